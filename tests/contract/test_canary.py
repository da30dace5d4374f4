"""Only with the secret can a canary be made, for one mailbox, and for six days."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.proving.canary import steps_of
from contract.canary import CLOCKS_DIFFER, FIELD, OLDEST_SECONDS, CanaryMark, mark, mark_in
from contract.signature import Key, new_secret

OLD, NEW, OTHER = (Key(new_secret()) for _ in range(3))
NAME, MAILBOX, NOW = "ab" * 16, "support@example.ru", 1_795_000_000
VALUE = mark([OLD], MAILBOX, NAME, NOW)


@pytest.mark.parametrize(
    ("headers", "mailbox", "keys", "later", "is_one"),
    [
        ([(FIELD, VALUE)], MAILBOX, [OLD], 0, True),
        ([(FIELD.lower(), f" {VALUE} ")], "Support@Example.ru ", [NEW, OLD], 0, True),
        ([(FIELD, VALUE)], MAILBOX, [OLD], OLDEST_SECONDS, True),
        ([(FIELD, VALUE)], MAILBOX, [OLD], -CLOCKS_DIFFER, True),
        ([(FIELD, VALUE)], MAILBOX, [OLD], OLDEST_SECONDS + 1, False),
        ([(FIELD, VALUE)], MAILBOX, [OLD], -CLOCKS_DIFFER - 1, False),
        ([(FIELD, VALUE)], "sales@example.ru", [OLD], 0, False),
        ([(FIELD, VALUE)], MAILBOX, [OTHER], 0, False),
        ([(FIELD, VALUE.replace(str(NOW), str(NOW + 1)))], MAILBOX, [OLD], 0, False),
        ([(FIELD, VALUE.replace("ab", "ac", 1))], MAILBOX, [OLD], 0, False),
        ([(FIELD, VALUE), (FIELD, VALUE)], MAILBOX, [OLD], 0, False),
        ([(FIELD, "v1")], MAILBOX, [OLD], 0, False),
        ([("Subject", VALUE)], MAILBOX, [OLD], 0, False),
        ([], MAILBOX, [OLD], 0, False),
    ],
)
def test_what_is_a_canary(
    headers: list[tuple[str, str]], mailbox: str, keys: list[Key], later: int, is_one: bool
) -> None:
    found = mark_in(keys, mailbox, headers, NOW + later)
    assert found == (CanaryMark(NAME, NOW) if is_one else None)


@pytest.mark.parametrize(
    ("ago", "bridge", "receiver"),
    [
        (1.0, 2.0, 1.0),
        (0.0, 3.0, 0.0),
        (-240.0, 3.0, 0.0),  # two receivers, one of whose clocks is ahead
        (240.0, 0.0, 3.0),
        (3.2, 0.0, 3.0),  # it was there before the door had said 250
    ],
)
def test_the_steps_of_a_canary(ago: float, bridge: float, receiver: float) -> None:
    assert steps_of(100.0, 101.0, 104.0, ago) == {
        "smtp": 1.0,
        "bridge": bridge,
        "receiver": receiver,
        "all": 4.0,
    }


TIMES = st.lists(st.floats(0, 1e6), min_size=3, max_size=3).map(sorted)


@given(TIMES, st.floats(-1e6, 1e6))
def test_whatever_the_clocks_say_no_step_is_below_nothing_and_all_are_their_sum(
    times: list[float], ago: float
) -> None:
    began, taken, seen = times
    *steps, whole = steps_of(began, taken, seen, ago).values()
    assert min(steps) >= 0
    assert sum(steps) == pytest.approx(whole)
