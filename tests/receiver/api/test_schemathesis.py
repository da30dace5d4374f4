"""Schemathesis on a running receiver, a few questions an operation; ``make fuzz`` asks far more."""

from collections import Counter

import pytest

from tests.measure.fuzz.api import (
    CORRECTED,
    FEW,
    PROGRAM,
    answers_of,
    every_one_was_tested,
    fuzz_api,
    missed,
)


@pytest.mark.skipif(not PROGRAM.exists(), reason="Schemathesis is not installed: make fuzz does it")
def test_whatever_is_asked_is_answered_as_described() -> None:
    assert fuzz_api(1, *FEW)


@pytest.mark.parametrize(
    ("summary", "every_one"),
    [
        ("  Selected: 27/38\n  Tested: 27\n", True),
        ("  Selected: 27/38\n  Tested: 1\n", False),
        ("  Selected: 0/38\n  Tested: 0\n", False),
        ("", False),
    ],
)
def test_a_run_that_left_operations_out_is_told(summary: str, every_one: bool) -> None:
    assert every_one_was_tested(summary) is every_one


def test_what_each_operation_answered_is_told_apart() -> None:
    paths = {
        "/v1/dialogs/{id}": {"get": {"operationId": "dialog"}},
        "/v1/dialogs/{id}/undo": {"post": {"operationId": "undo"}},
    }
    asked = [("GET /v1/dialogs/1", 200), ("POST /v1/dialogs/1/undo", 409)]
    asked += [("GET /v1/dialogs/2", 404), ("GET /v1/else", 404)]
    assert answers_of({"paths": paths}, asked) == {"dialog": {200: 1, 404: 1}, "undo": {409: 1}}


def test_corrections_that_were_never_done_or_never_refused_are_told() -> None:
    every = {name: Counter({200: 1, 409: 2, 422: 1}) for name in CORRECTED}
    assert missed(every) == []
    assert missed(every | {"move": Counter({404: 3, 409: 1})}) == ["move was never 2xx"]
    assert missed(every | {"undo": Counter({200: 3})}) == ["undo was never 409"]
