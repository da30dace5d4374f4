"""What a person separated concerns those letters, and whatever names both sides: nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receiver.letters.letter import Letter
from receiver.threads.facts import Fact, InForce, in_force
from receiver.threads.group import Policy
from receiver.threads.partition import partition
from tests.letters import START
from tests.receiver.api.test_pins import letters
from tests.receiver.written import parted, sent, written

ELSEWHERE = [written("91", "zoja", subject="Счёт"), written("92", "zoja", names="91")]


def separated(one: Letter, other: Letter) -> InForce:
    """Return a person's decision that these two are apart."""
    keys, rest = frozenset([one.key]), frozenset([other.key])
    return in_force([Fact(1, "split", "olga", START, keys=keys, rest=rest)])


def texts(some: list[Letter], policy: Policy, decided: InForce) -> list[str]:
    groups = partition(some, policy, decided)
    return sorted(" ".join(sorted(each.message["body"] for each in one.letters)) for one in groups)


@given(letters(), st.sampled_from(["participants", "anyone"]))
def test_any_separation_changes_nothing_elsewhere(some: list[Letter], policy: Policy) -> None:
    found = texts([*some, *ELSEWHERE], policy, separated(*ELSEWHERE))
    assert found == sorted([*parted(some, policy), "91", "92"])


def test_whom_a_letter_addresses_counts_though_others_were_separated() -> None:
    """Ours names a stranger's letter first, and one whose writer it addresses."""
    some = [written("1", "petr", text="1"), written("2", text="2"), sent("3", "ivan", "1 2")]
    assert parted(some) == ["1", "2 3"]
    assert texts([*some, *ELSEWHERE], "participants", separated(*ELSEWHERE)) == [
        "1",
        "2 3",
        "91",
        "92",
    ]


def test_only_the_sides_count_for_who_names_both() -> None:
    """It names a third dialog before them."""
    first, second = written("1", text="1"), written("2", names="1", text="2")
    some = [first, second, written("4", "petr", text="4"), sent("3", "ivan", "4 2 1", text="3")]
    assert texts(some, "participants", separated(first, second)) == ["1", "2 3", "4"]


@pytest.mark.parametrize(("names", "goes"), [("1 2", ["1 3", "2"]), ("2 1", ["1", "2 3"])])
def test_who_names_both_sides_goes_with_the_first(names: str, goes: list[str]) -> None:
    first, second = written("1", text="1"), written("2", names="1", text="2")
    third = sent("3", "ivan", names, text="3")
    assert texts([first, second, third], "participants", separated(first, second)) == goes


def test_who_names_one_side_stays_there_though_an_answer_on_the_other_names_both() -> None:
    """They name the same id, which ties letters whose own is elsewhere."""
    first, second = written("1", text="1"), written("2", names="1", text="2")
    both, one = written("3", names="2 1", text="3"), written("4", names="1", text="4")
    found = texts([first, second, both, one], "participants", separated(first, second))
    assert found == ["1 4", "2 3"]
