"""After any erasure the rest of each dialog stays one under its id, and no two become one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

from hypothesis import given
from hypothesis import strategies as st

from receiver.erasing.pins import Mailbox, pins_of
from receiver.letters.belonging import owners_of
from receiver.letters.letter import Letter
from receiver.projecting.plan import plan_of
from receiver.store.dialog import Dialog
from receiver.store.letters import Kept
from receiver.threads.facts import Fact, What
from receiver.threads.group import Policy
from tests.receiver.written import MAILBOX, sent, written

PEOPLE = ["ivan", "olga", "petr"]
NUMBERS = [str(n) for n in range(1, 9)]
NOW = datetime(2026, 11, 26, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


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


@st.composite
def decisions(draw: st.DrawFn, keys: list[str]) -> list[Fact]:
    """Return some corrections of any of these letters."""
    found = []
    for number in range(draw(st.integers(0, 4))):
        some = frozenset(draw(st.lists(st.sampled_from(keys), min_size=1, max_size=3)))
        others = frozenset(draw(st.lists(st.sampled_from(keys), max_size=3))) - some
        says: dict[str, Any] = {"joins" if draw(st.booleans()) else "rest": others}
        what: What = "merge" if "joins" in says else "split"
        if what == "split":
            says["opened"] = 100 + number
        found.append(Fact(number, what, "olga", NOW + timedelta(seconds=number), keys=some, **says))
    return found


@given(letters(), st.sampled_from(PEOPLE), st.sampled_from(get_args(Policy)), st.data())
def test_any_dialogs_that_lose_letters_stay_under_their_ids(
    some: list[Letter], who: str, policy: Policy, data: st.DataObject
) -> None:
    facts = data.draw(decisions([each.key for each in some]))
    kept = {each.key: Kept(at, each, at) for at, each in enumerate(some)}  # type: ignore[arg-type]
    dialogs = {
        each.id: shown(each.id, [key for key in kept if key in each.keys])
        for each in plan_of(MAILBOX, kept, facts, {}, policy).dialogs
    }
    erased = {each.key for each in some if f"{who}@example.ru" in owners_of(MAILBOX, each.message)}
    after = [each for each in some if each.key not in erased]
    touched = [one for one, each in dialogs.items() if each.keys & erased]
    touched = touched if data.draw(st.booleans()) else []
    pins = pins_of(Mailbox(kept, after, facts, dialogs), touched, policy, "anna", LATER)
    left = {
        one: rest
        for one, each in dialogs.items()
        if (rest := [m["key"] for m in each.messages if m["key"] not in erased])
    }
    known = [*(without(each, erased) for each in facts), *(fact for fact, _ in pins)]
    there = {one: shown(one, keys) for one, keys in left.items()}
    planned = plan_of(
        MAILBOX, {each.key: kept[each.key] for each in after}, known, there, policy
    ).dialogs
    assert {each.id: each.keys for each in planned} == {
        one: frozenset(keys) for one, keys in left.items()
    }


def shown(one: Any, keys: list[str]) -> Dialog:
    messages = [{"key": key, "created": NOW} for key in keys]
    return Dialog({"_id": one, "opened_by": keys[0], "messages": messages})


def without(fact: Fact, erased: set[str]) -> Fact:
    sets = {name: getattr(fact, name) - erased for name in ("keys", "rest", "joins")}
    return replace(fact, parted=sets["rest"] != fact.rest, **sets)
