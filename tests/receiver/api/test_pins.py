"""After any erasure the rest of each dialog stays one, and no two become one: any letters."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from receiver.erasing.pins import Mailbox, pins_of
from receiver.letters.belonging import owners_of
from receiver.letters.letter import Letter
from receiver.threads.facts import in_force
from receiver.threads.group import Policy
from receiver.threads.partition import partition
from tests.receiver.written import MAILBOX, sent, written

PEOPLE = ["ivan", "olga", "petr"]
NUMBERS = [str(n) for n in range(1, 9)]
NOW = datetime(2026, 11, 26, tzinfo=UTC)


@st.composite
def letters(draw: st.DrawFn) -> list[Letter]:
    """Return some letters of three people and the mailbox, naming each other at random."""
    found = []
    for number in draw(st.lists(st.sampled_from(NUMBERS), unique=True, min_size=2)):
        names = " ".join(draw(st.lists(st.sampled_from(NUMBERS), max_size=3)))
        to = " ".join(draw(st.lists(st.sampled_from(PEOPLE), max_size=2, unique=True)))
        sender = draw(st.sampled_from([*PEOPLE, ""]))
        if sender:
            found.append(written(number, sender, to, names, text="x"))
        else:
            found.append(sent(number, to or "ivan", names, text="x"))
    return found


@given(letters(), st.sampled_from(PEOPLE), st.sampled_from(["participants", "anyone"]))
def test_what_is_left_stays_as_it_was(some: list[Letter], who: str, policy: Policy) -> None:
    erased = {each.key for each in some if f"{who}@example.ru" in owners_of(MAILBOX, each.message)}
    dialogs = {number: one.keys for number, one in enumerate(partition(some, policy))}
    after = [each for each in some if each.key not in erased]
    touched = [one for one, keys in dialogs.items() if keys & erased]
    pins = pins_of(Mailbox(some, after, [], dialogs), touched, policy, "anna", NOW)
    decided = in_force([fact for fact, _ in pins])
    left = {one.keys for one in partition(after, policy, decided)}
    assert left == {keys - erased for keys in dialogs.values()} - {frozenset()}
