"""Schemathesis on a running receiver, a few questions an operation; ``make fuzz`` asks far more."""

import pytest

from tests.measure.fuzz.api import FEW, PROGRAM, every_one_was_tested, fuzz_api


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
