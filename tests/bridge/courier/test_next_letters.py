"""Which letters go next: the oldest, and with each the rest of its conversation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.courier.next_letters import MOST_OF_ONE, next_letters


def named(letter: str) -> str:
    """Letters of a conversation begin with the same sign."""
    return letter[0]


@pytest.mark.parametrize(
    ("waiting", "most", "chosen"),
    [
        ("", 3, ""),
        ("b1 a1 b2", 3, "b1 a1 b2"),  # all fit in: nothing is put in order
        ("a1 b1 a2 b2", 3, "a1 a2 b1"),
        ("a1 b1 a2 b2", 1, "a1"),
        ("a1 b1 c1 d1", 2, "a1 b1"),
        ("a1 b1 c1 a2 b2 c2", 4, "a1 a2 b1 b2"),
    ],
)
def test_a_conversation_goes_whole_behind_its_oldest_letter(
    waiting: str, most: int, chosen: str
) -> None:
    assert next_letters(waiting.split(), named, most) == chosen.split()


def test_no_conversation_goes_whole_ahead_of_all_others() -> None:
    busy = [f"a{number}" for number in range(100)]
    [*ahead, last] = next_letters([busy[0], "b", *busy[1:]], named, MOST_OF_ONE + 1)
    assert (ahead, last) == (busy[:MOST_OF_ONE], "b")


@given(st.lists(st.sampled_from("abcdef"), max_size=120), st.integers(1, 40))
def test_always_all_go_and_none_waits_for_long(conversations: list[str], most: int) -> None:
    waiting = [f"{each}{number}" for number, each in enumerate(conversations)]
    left, gone = waiting, list[str]()
    while left:
        some = next_letters(left, named, most)
        assert left[0] in some
        assert len(some) == min(most, len(left))
        gone += some
        left = [each for each in left if each not in some]
    assert sorted(gone) == sorted(waiting)
    for place, each in enumerate(waiting):
        assert gone.index(each) <= place * MOST_OF_ONE
    for one in set(conversations):
        assert [each for each in gone if named(each) == one] == [
            each for each in waiting if named(each) == one
        ]
