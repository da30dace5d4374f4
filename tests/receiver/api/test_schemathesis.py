"""Schemathesis on a running receiver, for a few seconds; ``make fuzz`` has it ask for longer."""

import pytest

from tests.measure.fuzz.api import PROGRAM, fuzz_api

SECONDS = 3.0


@pytest.mark.skipif(not PROGRAM.exists(), reason="Schemathesis is not installed: make fuzz does it")
def test_whatever_is_asked_is_answered_as_described() -> None:
    assert fuzz_api(SECONDS, seed=1)
