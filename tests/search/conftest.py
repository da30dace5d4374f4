"""A clock that the tests of the index advance by themselves."""

import pytest

from receiver.search.letters import KeptLetters
from tests.search.world import Clock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(KeptLetters, "now", clock.now)
    return clock
