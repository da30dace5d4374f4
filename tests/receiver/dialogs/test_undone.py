"""Corrections that are all undone leave no trace: each dialog has its letters, under its id.

The function that says what dialogs must be, without a database. UNDONE_EXAMPLES: how often.
"""

import os
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from bson import ObjectId
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from receiver.errors import Problem
from receiver.filing import aims, settling
from receiver.filing import corrections as filing_corrections
from receiver.filing.collections import Store
from receiver.filing.corrections import Corrections
from receiver.filing.dialog_ids import about_to_leave, with_new_ids
from receiver.filing.settling import Settling
from receiver.letters.letter import Letter
from receiver.projecting.mailbox import Projecting
from receiver.projecting.plan import parted, plan_of
from receiver.store.dialog import Dialog
from receiver.store.letters import Kept
from receiver.store.mongo import Database
from receiver.threads.facts import Fact, What
from tests.letters import START
from tests.receiver.dialogs.any_order.fragile import Crash, FragileDatabase
from tests.receiver.written import (
    MAILBOX,
    corrections,
    file,
    filing,
    flaws_in,
    person,
    sent,
    sweeper_of,
    written,
)

EXAMPLES = int(os.environ.get("UNDONE_EXAMPLES", "150"))


@dataclass
class Mailbox:
    """What is stored of a mailbox, and what people do to it; letters are named by numbers."""

    kept: dict[str, Kept] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    dialogs: dict[Any, Dialog] = field(default_factory=dict)
    leads: dict[Any, Any] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)

    def comes(self, number: str, letter: Letter) -> None:
        """Keep a letter, and show it."""
        own = ObjectId()
        self.kept[letter.key] = Kept(own, letter, own)
        self.keys[number] = letter.key
        self.settle()

    def settle(self) -> None:
        """Show what the plan says; letters point to where they went, ids lead there."""
        plan = plan_of(MAILBOX, self.kept, self.facts, self.dialogs, "participants")
        found: dict[Any, Dialog] = {}
        goes_to = {key: each.id for each in plan.dialogs if each.corrections for key in each.keys}
        for one, kept in about_to_leave(self.dialogs.values(), goes_to, self.kept).items():
            for letter in kept:
                letter.stood = one
        without = partial(parted, MAILBOX, self.kept, "participants")
        new = with_new_ids(self.dialogs.values(), goes_to, self.kept, plan.decided, without)
        for one, kept in new.items():
            for letter in kept:
                letter.stood = one
        for each in plan.dialogs:
            for key in each.keys:
                if self.kept[key].dialog not in (each.id, *each.absorbed):
                    self.kept[key].dialog = each.id
            letters = sorted(
                (self.kept[key].letter for key in each.keys), key=lambda one: one.order
            )
            head = {"_id": each.id, "opened_by": letters[0].key, "messages": []}
            head["messages"] = [one.message for one in letters]
            assert each.id not in found
            found[each.id] = Dialog(head)
            self.leads |= dict.fromkeys(each.absorbed, each.id)
        self.dialogs = found

    def shown(self) -> dict[Any, set[str]]:
        """Return the letters of each dialog."""
        numbers = {key: number for number, key in self.keys.items()}
        return {
            one: {numbers[each["key"]] for each in dialog.messages}
            for one, dialog in self.dialogs.items()
        }

    def at(self, number: str) -> Any:
        """Return the dialog of a letter."""
        return next(one for one, numbers in self.shown().items() if number in numbers)

    def fact(self, what: What, dialogs: Iterable[Any] = (), **said: Any) -> Any:
        """Keep a fact, show it, and return its id."""
        when = START + timedelta(seconds=len(self.facts))
        fact = Fact(ObjectId(), what, "olga", when, dialogs=tuple(dialogs), **said)
        self.facts.append(fact)
        self.settle()
        return fact.id

    def held(self, one: Any) -> frozenset[str]:
        return frozenset(each["key"] for each in self.dialogs[one].messages)

    def split(self, numbers: Iterable[str]) -> Any:
        """Give letters of one dialog, but not all of them, one of their own."""
        keys = frozenset(self.keys[each] for each in numbers)
        source, opened = self.at(min(numbers)), ObjectId()
        rest = self.held(source) - keys
        return self.fact("split", [source, opened], keys=keys, rest=rest, opened=opened)

    def merge(self, one: str, other: str) -> Any:
        """Make the dialogs of two letters one."""
        ids = self.at(one), self.at(other)
        return self.fact("merge", ids, keys=self.held(ids[0]), joins=self.held(ids[1]))

    def move(self, numbers: Iterable[str], to: str) -> Any:
        """Move letters of one dialog to that of another letter."""
        keys = frozenset(self.keys[each] for each in numbers)
        source, target = self.at(min(numbers)), self.at(to)
        rest, joins = self.held(source) - keys, self.held(target)
        return self.fact("move", [source, target], keys=keys, rest=rest, joins=joins)

    def undo(self, fact_id: Any) -> None:
        """Undo a correction."""
        self.fact("undo", undoes=fact_id)


LETTERS = [
    *((each, written(each, "ivan", names="" if each == "1" else "1")) for each in "1234"),
    *((each, written(each, "petr", names="" if each == "5" else "5")) for each in "56"),
]


def two_dialogs() -> Mailbox:
    """Return Ivan's letters 1 to 4, and Petr's 5 and 6."""
    mailbox = Mailbox()
    for number, letter in LETTERS:
        mailbox.comes(number, letter)
    return mailbox


def test_letters_moved_one_after_the_other_come_back_one_by_one() -> None:
    mailbox = two_dialogs()
    ivan, petr = mailbox.at("1"), mailbox.at("5")
    first, second = mailbox.move("2", "5"), mailbox.move("3", "5")
    assert mailbox.shown() == {ivan: {*"14"}, petr: {*"2356"}}
    mailbox.undo(second)
    assert mailbox.shown() == {ivan: {*"134"}, petr: {*"256"}}
    mailbox.undo(first)
    assert mailbox.shown() == {ivan: {*"1234"}, petr: {*"56"}}
    assert mailbox.leads == {}


def test_letters_moved_together_come_back_together() -> None:
    mailbox = two_dialogs()
    before = mailbox.shown()
    moved = mailbox.move("23", "5")
    assert mailbox.shown() == {mailbox.at("1"): {*"14"}, mailbox.at("5"): {*"2356"}}
    mailbox.undo(moved)
    assert mailbox.shown() == before


@pytest.mark.parametrize("user", ["anna", "petr"])
@pytest.mark.parametrize("first", ["ivan", "other"])
def test_what_was_parted_and_moved_on_joins_no_dialogs_once_the_parting_is_undone(
    user: str, first: str
) -> None:
    """As if it had been moved at once: the two dialogs stay two, whichever came first."""
    ivans = [(each, written(each, "ivan", names="" if each == "1" else "1")) for each in "123"]
    others = [("5", written("5", user))]
    mailbox, at_once = Mailbox(), Mailbox()
    for number, letter in [*ivans, *others] if first == "ivan" else [*others, *ivans]:
        mailbox.comes(number, letter)
        at_once.comes(number, letter)
    ids = mailbox.at("1"), mailbox.at("5")
    split = mailbox.split("3")
    moved = mailbox.move("3", "5")
    mailbox.undo(split)
    at_once.move("3", "5")
    assert sorted(map(sorted, mailbox.shown().values())) == [[*"12"], [*"35"]]
    assert sorted(map(sorted, at_once.shown().values())) == [[*"12"], [*"35"]]
    assert (mailbox.at("1"), mailbox.at("5")) == ids
    mailbox.undo(moved)
    assert mailbox.shown() == {ids[0]: {*"123"}, ids[1]: {"5"}}


def test_what_was_split_off_and_merged_is_as_if_it_had_never_been_split_off_once_undone() -> None:
    """So the merge, while it stands, joins the dialogs; it does not once it is undone, too."""
    mailbox, without = two_dialogs(), two_dialogs()
    before = mailbox.shown()
    split = mailbox.split("3")
    merge = mailbox.merge("3", "5")
    assert sorted(map(sorted, mailbox.shown().values())) == [[*"124"], [*"356"]]
    mailbox.undo(split)
    without.merge("3", "5")
    assert [*mailbox.shown().values()] == [*without.shown().values()] == [{*"123456"}]
    mailbox.undo(merge)
    assert mailbox.shown() == before


def test_what_was_moved_twice_joins_no_dialogs_once_the_first_move_is_undone() -> None:
    mailbox = two_dialogs()
    mailbox.comes("7", written("7", "anna"))
    first = mailbox.move("3", "5")
    mailbox.move("3", "7")
    mailbox.undo(first)
    assert sorted(map(sorted, mailbox.shown().values())) == [[*"124"], [*"37"], [*"56"]]


def test_what_was_parted_and_moved_back_is_as_if_nothing_had_been_done() -> None:
    mailbox = two_dialogs()
    before = mailbox.shown()
    split = mailbox.split("3")
    mailbox.move("3", "1")
    mailbox.undo(split)
    assert mailbox.shown() == before


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["the merge first", "the split first"])
def test_all_letters_of_one_of_two_that_were_merged_are_split_off(order: tuple[int, int]) -> None:
    mailbox = two_dialogs()
    before = mailbox.shown()
    made = [mailbox.merge("1", "5"), mailbox.split("1234")]
    for each in order:
        mailbox.undo(made[each])
    assert mailbox.shown() == before


def test_who_came_along_in_a_merge_and_was_split_off_has_the_old_id() -> None:
    mailbox = Mailbox()
    mailbox.comes("1", written("1", "ivan"))
    mailbox.comes("2", written("2", "olga", names="1"))  # a stranger there, until they merge
    mailbox.comes("3", written("3", "olga"))
    before = mailbox.shown()
    made = [mailbox.merge("1", "3")]
    assert mailbox.shown() == {mailbox.at("1"): {*"123"}}
    made.append(mailbox.split("23"))
    for each in made:
        mailbox.undo(each)
    assert mailbox.shown() == before


def test_who_was_drawn_in_and_came_apart_by_another_undo_has_the_old_id() -> None:
    mailbox = Mailbox()
    mailbox.comes("0", written("0", "olga"))
    mailbox.comes("1", written("1", "petr"))
    mailbox.comes("2", written("2", "olga", names="1"))  # drawn in, and named by no move
    mailbox.comes("3", written("3", "olga", names="2"))
    before = mailbox.shown()
    moved, split = mailbox.move("0", "1"), mailbox.split("02")
    mailbox.undo(split)
    mailbox.undo(moved)
    assert mailbox.shown() == before


def test_where_letters_were_parted_and_moved_on_those_left_behind_keep_their_ids() -> None:
    mailbox = Mailbox()
    mailbox.comes("1", written("1", "ivan"))
    mailbox.comes("2", written("2", "olga"))
    mailbox.comes("3", written("3", "olga", names="2"))
    mailbox.comes("4", written("4", "petr"))
    olga, petr = mailbox.at("2"), mailbox.at("4")
    split, _, _ = mailbox.split("3"), mailbox.move("4", "3"), mailbox.move("3", "1")
    mailbox.undo(split)  # 3 has been moved away from 2 and from 4
    shown = mailbox.shown()
    assert shown == {mailbox.at("1"): {*"13"}, olga: {*"2"}, petr: {*"4"}}
    mailbox.settle()
    assert mailbox.shown() == shown


NUMBERS = st.integers(0, 6)
STEPS = st.lists(
    st.tuples(st.sampled_from(["split", "merge", "move", "undo"]), NUMBERS, NUMBERS, NUMBERS),
    min_size=1,
    max_size=7,
)
WRITERS = st.sampled_from(["ivan", "petr"])
ANSWERED = st.lists(st.tuples(WRITERS, st.integers(0, 6)), min_size=2, max_size=7)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(answered=ANSWERED, steps=STEPS, data=st.data())
def test_whatever_was_corrected_and_undone_in_any_order_leaves_no_trace(
    answered: list[tuple[str, int]], steps: list[tuple[str, int, int, int]], data: st.DataObject
) -> None:
    mailbox = Mailbox()
    for number, (writer, to) in enumerate(answered):
        names = str(to) if to < number else ""
        mailbox.comes(str(number), written(str(number), writer, names=names))
    before, made = mailbox.shown(), list[Any]()
    for what, *chosen in steps:
        made += corrected(mailbox, what, [str(each % len(answered)) for each in chosen], made)
        assert ids_lead_to_dialogs(mailbox)
        assert stays(mailbox)
    for each in data.draw(st.permutations(made)):
        mailbox.undo(each)
        assert ids_lead_to_dialogs(mailbox)
        assert stays(mailbox)
    assert mailbox.shown() == before


def stays(mailbox: Mailbox) -> bool:
    """Tell whether showing it once more changes nothing."""
    shown = mailbox.shown()
    mailbox.settle()
    return mailbox.shown() == shown


def corrected(mailbox: Mailbox, what: str, chosen: list[str], made: list[Any]) -> list[Any]:
    """Carry a step out if it fits, and return what must be undone in the end."""
    one, other, to = chosen
    held = mailbox.shown()[mailbox.at(one)]
    some = {one, other} & held
    if what == "split" and some != held:
        return [mailbox.split(sorted(some))]
    if what == "merge" and other not in held:
        return [mailbox.merge(one, other)]
    if what == "move" and to not in held:
        return [mailbox.move(sorted(some), to)]
    if what == "undo" and made:
        mailbox.undo(made.pop(int(one) % len(made)))
    return []


def ids_lead_to_dialogs(mailbox: Mailbox) -> bool:
    """Tell whether each id that a dialog ever had leads to one."""
    for one in mailbox.leads:
        seen = set()
        while one not in mailbox.dialogs and one not in seen:
            seen.add(one)
            one = mailbox.leads[one]
        if one not in mailbox.dialogs:
            return False
    return True


MADE_AND_UNDONE = {
    "two moves, the second first": ("move 2 5", "move 3 5", "undo 1", "undo 0"),
    "two moves, the first first": ("move 2 5", "move 3 5", "undo 0", "undo 1"),
    "one move of two": ("move 23 5", "undo 0"),
    "a merge, and all of one split off": ("merge 1 5", "split 1234", "undo 0", "undo 1"),
    "a merge, and all of the other split off": ("merge 1 5", "split 56", "undo 0", "undo 1"),
    "a move of all": ("move 1234 5", "undo 0"),
    "a split of the first": ("split 1", "move 1 5", "undo 0", "undo 1"),
}


@pytest.mark.parametrize("steps", MADE_AND_UNDONE.values(), ids=MADE_AND_UNDONE.keys())
async def test_the_store_shows_what_was_there_before(
    database: Database, steps: tuple[str, ...]
) -> None:
    files, store = filing(database), Store.of(database)
    for _, letter in LETTERS:
        await file(files, letter)
    before = await shown(database)
    made: list[tuple[Any, Any]] = []
    for step in steps:
        what, some, *to = step.split()
        if what == "undo":
            await corrections(database).undo(made[int(some)][0], "olga", made[int(some)][1])
        else:
            source = await correct(database, what, some, "".join(to))
            made.append((source, (await store.facts.of_mailbox(MAILBOX))[-1].id))
        assert (await Projecting(store, "participants").check(MAILBOX)).differ == set()
    assert await shown(database) == before


async def test_who_died_while_he_split_and_undid_leaves_no_letter_in_two_dialogs(
    database: Database,
) -> None:
    fragile = FragileDatabase(database)
    store: Any = Store.of(fragile)  # type: ignore[arg-type]
    files = filing(database)
    dying = Corrections(store, Settling(store, "anyone").settle)
    sweeper = sweeper_of(database, timedelta(seconds=-1))
    for lives in range(8, 15):
        letters = [written(f"{lives}"), written(f"{lives}-b", names=f"{lives}")]
        for each in letters:
            await file(files, each)
        source, key = await place(database, letters[0]), letters[1].key
        await until_done(fragile, 4, partial(dying.split, source, {key}, "olga"))
        await sweeper.sweep()  # and it reads none of this again
        await until_done(fragile, lives, partial(dying.undo, source, "olga"))
        await sweeper.sweep()
        held = await database.dialogs.find({"messages.key": key}).to_list(None)
        assert len(held) == 1, lives


async def test_a_call_that_is_repeated_after_a_crash_is_one_correction(database: Database) -> None:
    fragile = FragileDatabase(database)
    store: Any = Store.of(fragile)  # type: ignore[arg-type]
    files = filing(database)
    dying = Corrections(store, Settling(store, "anyone").settle)
    letters = [written("1"), written("2", names="1"), written("3", names="1")]
    for each in letters:
        await file(files, each)
    source = await place(database, letters[0])
    for each in letters[1:]:  # the second time nothing is shown when the process dies
        await until_done(fragile, 2, partial(dying.split, source, {each.key}, "olga"))
    await until_done(fragile, 2, partial(dying.undo, source, "olga"))
    assert sorted(map(sorted, (await shown(database)).values())) == [["1", "3"], ["2"]]
    whats = [each.what for each in await store.facts.of_mailbox(MAILBOX)]
    assert whats == ["split", "split", "undo"]


async def test_what_an_undone_split_leaves_takes_no_id_of_others(database: Database) -> None:
    files, corrects = filing(database), corrections(database)
    [before] = await file(files, written("0", "zoja"))
    letters = [written("1", "petr", "mark"), written("2", "mark", names="1")]
    letters.append(written("3", "petr", names="1"))
    for each in letters:
        await file(files, each)
    one = await place(database, letters[0])
    split = await corrects.split(one, {each.key for each in letters[1:]}, "olga")
    await corrects.move(split.dialog, {letters[2].key}, one, "olga")
    await corrects.undo(one, "olga", correction=split.correction)
    left = await place(database, letters[1])
    await corrects.merge(ObjectId(before.dialog), one, "olga")
    expected = {ObjectId(before.dialog): {"0", "1", "3"}, left: {"2"}}
    assert await shown(database) == expected
    projecting = Projecting(Store.of(database), "participants")
    assert not (await projecting.check(MAILBOX)).differ
    assert not (await projecting.project(MAILBOX)).differ
    assert await shown(database) == expected


async def test_who_was_cast_out_by_a_merge_gives_the_others_their_id_back(
    database: Database,
) -> None:
    """What two have in common leaves them for those merged, so one of them needs another id."""
    files, corrects = filing(database), corrections(database)
    merged = [written("2", "petr", names="2 x"), written("3", "ivan", names="x 5", days=2)]
    letters = [
        sent("1", "", "4", answers="8", bcc=[{"address": person("ivan")}]),
        merged[0],
        written("4", "petr", names="1 x"),
        sent("5", "olga", days=1),
        written("7", "ivan", names="8", days=1),
        merged[1],
        written("8", "zoja", names="8", answers="8", days=5),
    ]
    for each in letters:
        await file(files, each)
    before = await shown(database)
    one, other = [await place(database, each) for each in merged]
    await corrects.merge(one, other, "olga")
    dialogs = [*(await shown(database)).values()]
    assert {"7"} in dialogs
    assert {"8"} in dialogs
    await corrects.undo(one, "olga")
    assert await shown(database) == before


async def test_more_corrections_are_undone_than_a_dialog_lists(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A correction counts though no dialog has an id any more that it names."""
    for each in (aims, settling, filing_corrections):
        monkeypatch.setattr(each, "MAX_RECORDS", 1)
    files, corrects = filing(database), corrections(database)
    anna, boris, clara = written("1", "anna"), written("2", "boris"), written("3", "clara")
    dora = written("4", "dora", "boris")
    await file(files, anna, boris, clara, dora)

    async def at(letter: Letter) -> Any:
        return await place(database, letter)

    await corrects.merge(await at(anna), await at(boris), "olga")
    first = await corrects.move(await at(anna), {anna.key}, await at(clara), "olga")
    await corrects.split(await at(anna), {anna.key}, "olga")
    second = await corrects.move(await at(dora), {dora.key}, await at(anna), "olga")
    await corrects.split(await at(dora), {dora.key}, "olga")
    await file(files, written("5", "boris", "dora", "4 2"))
    for done in (second, first):
        await corrects.undo(await at(anna), "olga", correction=done.correction)
        assert not await flaws_in(database)


async def until_done(
    fragile: FragileDatabase, lives: int, call: Callable[[], Awaitable[Any]]
) -> None:
    """Do it, and again if the process dies meanwhile."""
    fragile.lives = lives
    try:
        await call()
    except Crash:
        with suppress(Problem):
            await call()
    fragile.lives = None


async def correct(database: Database, what: str, some: str, to: str) -> Any:
    """Correct where these letters are, and return that dialog."""
    letters = dict(LETTERS)
    keys = {letters[each].key for each in some}
    source = await place(database, letters[some[0]])
    target = await place(database, letters[to]) if to else None
    if what == "split":
        await corrections(database).split(source, keys, "olga")
    elif what == "merge":
        await corrections(database).merge(source, target, "olga")
    else:
        await corrections(database).move(source, keys, target, "olga")
    return source


async def place(database: Database, letter: Letter) -> Any:
    found = await database.dialogs.find_one({"messages.key": letter.key})
    assert found is not None
    return found["_id"]


async def shown(database: Database) -> dict[Any, set[str]]:
    found = await database.dialogs.find().to_list(None)
    return {each["_id"]: {one["body"] for one in each["messages"]} for each in found}
