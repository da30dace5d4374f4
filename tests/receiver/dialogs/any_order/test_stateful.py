"""Any letters, corrections and erasures in any order, crashing before or behind any write.

After each step, and after whatever a crash left half done is settled, the dialogs must show what
the rule makes of all letters and facts. STATEFUL_EXAMPLES: how often.
"""

import asyncio
import os
import secrets
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import closing
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar, get_args

import pytest
from bson import ObjectId
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine
from motor.motor_asyncio import AsyncIOMotorClient

from contract.event import Answer
from contract.reading.addresses import canonical
from receiver.erasing.erase import Erasing
from receiver.erasing.order import Order
from receiver.erasing.survey import held
from receiver.errors import Problem
from receiver.filing.collections import Store
from receiver.filing.corrections import Corrected, Corrections
from receiver.filing.filing import Filing
from receiver.filing.sweeper import Sweeper
from receiver.letters.letter import Letter
from receiver.projecting.mailbox import Projecting
from receiver.retaining.retain import Retained, Retaining
from receiver.store import schema
from receiver.store.letters import kept_of
from receiver.store.mongo import Document
from receiver.threads.facts import in_force
from receiver.threads.group import Group, Policy
from receiver.threads.partition import partition
from receiver.threads.projection import messages_of, summary_of
from tests.receiver.dialogs.any_order.clocks import AHEAD, FIVE_MINUTES, clocks
from tests.receiver.dialogs.any_order.fragile import Crash, FragileDatabase
from tests.receiver.written import MAILBOX, arrival, person, project, written

__all__ = ["clocks"]

T = TypeVar("T")
EXAMPLES = int(os.environ.get("STATEFUL_EXAMPLES", "5"))
NUMBERS = st.sampled_from("0123456789")
SUBJECTS = st.sampled_from(["Заказ", "Re: Заказ", "Счёт"])
PEOPLE = st.sampled_from(["ivan", "olga", "petr"])
SAID = st.tuples(NUMBERS, PEOPLE, PEOPLE, st.lists(NUMBERS, max_size=3, unique=True), SUBJECTS)
Said = tuple[str, str, str, list[str], str]
# Shrinking takes minutes: SHRINK=1 asks for it.
PHASES = list(Phase) if os.environ.get("SHRINK") else [Phase.explicit, Phase.generate]
CHOICES = st.integers(0, 1000)
CRASHES = st.none() | st.integers(0, 14)


class Conversations(RuleBasedStateMachine):
    """Letters, and a person who corrects."""

    shared: tuple[asyncio.Runner, AsyncIOMotorClient[Document]]

    def __init__(self) -> None:
        super().__init__()
        self.keys: set[str] = set()
        self.ids: set[ObjectId] = set()
        self.called = 0

    @initialize(full=st.sampled_from([128, 128, 4]), policy=st.sampled_from(get_args(Policy)))
    def connect(self, full: int, policy: Policy) -> None:
        self.policy: Policy = policy
        self.run(self._connect(full, policy))

    async def _connect(self, full: int, policy: Policy) -> None:
        self.database = self.shared[1][f"test_{secrets.token_hex(6)}"]
        await schema.ensure(self.database)
        self.fragile = FragileDatabase(self.database)
        self.store = Store.of(self.fragile, full_letters=full)  # type: ignore[arg-type]
        self.filing = Filing(self.store, self.policy)
        self.corrections = Corrections(self.store, self.filing.settle)
        at_once = timedelta(seconds=-1)
        shows = project(self.database, policy)
        self.sweeper = Sweeper(self.store, self.filing.settle, self.corrections, shows, at_once)

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.run(self.shared[1].drop_database(self.database.name))

    def run(self, doing: Awaitable[T]) -> T:
        async def done() -> T:
            return await doing

        return self.shared[0].run(done())

    def until_done(self, call: Callable[[], Awaitable[T]], lives: int | None) -> T:
        """Do as a client does: again, if the process died before all was written."""
        self.called += 1
        self.fragile.lives = lives
        try:
            return self.run(call())
        except Crash:
            if not self.run(self.store.facts.not_shown()):
                self.called += 1
            return self.run(call())
        finally:
            self.fragile.lives = None

    @rule(said=st.lists(SAID, min_size=1, max_size=4), lives=CRASHES)
    def file(self, said: list[Said], lives: int | None) -> None:
        letters = [letter_of(*each) for each in said]
        answers = self.until_done(lambda: self._file(letters), lives)
        for letter, answer in zip(letters, answers, strict=True):
            assert (answer.outcome == "duplicate") >= (letter.key in self.keys)
            assert lives is not None or (answer.outcome == "duplicate") == (letter.key in self.keys)
            self.keys |= {letter.key} if answer.outcome != "erased" else set()
        self.check()

    @rule(said=st.lists(SAID, max_size=6), receivers=st.integers(1, 3))
    def file_at_once(self, said: list[Said], receivers: int) -> None:
        letters = [letter_of(*each) for each in said]
        filings = [Filing(self.store, self.policy) for _ in range(receivers)]

        async def file(receiver: int, letter: Letter) -> None:
            AHEAD.set(FIVE_MINUTES[receiver])
            [answer] = await filings[receiver].file([arrival(letter)])
            self.keys |= {letter.key} if answer.outcome != "erased" else set()

        async def all_at_once() -> None:
            twice = enumerate([*letters, *letters[::-1]])
            await asyncio.gather(*(file(at % receivers, each) for at, each in twice))

        self.run(all_at_once())
        self.check()

    @precondition(lambda self: self.keys)
    @rule(one=CHOICES, other=CHOICES, lives=CRASHES)
    def merge(self, one: int, other: int, lives: int | None) -> None:
        ids = self._id(one), self._id(other)
        self.corrected(lambda: self.corrections.merge(*ids, "olga"), lives)

    @precondition(lambda self: self.keys)
    @rule(one=CHOICES, which=CHOICES, lives=CRASHES)
    def split(self, one: int, which: int, lives: int | None) -> None:
        dialog = self.run(self.corrections.dialog(self._id(one)))
        keys = [each["key"] for each in dialog.messages]
        some = {key for at, key in enumerate(keys) if which >> at & 1}
        if some and len(some) < len(keys):
            self.corrected(lambda: self.corrections.split(dialog.id, some, "olga"), lives)

    @precondition(lambda self: self.keys)
    @rule(one=CHOICES, which=CHOICES, other=CHOICES, lives=CRASHES)
    def move(self, one: int, which: int, other: int, lives: int | None) -> None:
        dialog, to = self.run(self.corrections.dialog(self._id(one))), self._id(other)
        held = [each["key"] for each in dialog.messages]
        keys = {key for at, key in enumerate(held) if which >> at & 1} or {held[0]}
        self.corrected(lambda: self.corrections.move(dialog.id, keys, to, "olga"), lives)

    @precondition(lambda self: self.keys)
    @rule(one=CHOICES, lives=CRASHES)
    def undo(self, one: int, lives: int | None) -> None:
        dialog_id = self._id(one)
        try:
            self.until_done(lambda: self.corrections.undo(dialog_id, "olga"), lives)
        except Problem as problem:
            if problem.status != 409:
                raise
        self.check()

    @precondition(lambda self: self.keys)
    @rule(one=CHOICES, which=CHOICES, lives=CRASHES)
    def undo_named(self, one: int, which: int, lives: int | None) -> None:
        """Undo any correction of a dialog, or an undo: asked for again it changes nothing."""
        dialog = self.run(self.corrections.dialog(self._id(one)))
        listed = [each for each in dialog.head["corrections"] if each["what"] != "erasure"]
        if listed:
            named = listed[which % len(listed)]["id"]
            call = partial(self.corrections.undo, dialog.id, "olga", named)
            self.until_done(call, lives)
            self.check()
            assert not self.run(call()).changed
            self.check()

    @precondition(lambda self: self.keys)
    @rule(who=PEOPLE, lives=CRASHES)
    def erase(self, who: str, lives: int | None) -> None:
        self.goes(lambda: self._erase(canonical(person(who))), lives)

    @precondition(lambda self: self.keys)
    @rule(one=CHOICES, lives=CRASHES)
    def grow_too_old(self, one: int, lives: int | None) -> None:
        dialog_id = self.run(self.corrections.dialog(self._id(one))).id
        self.goes(lambda: self._take_away(dialog_id), lives)

    def goes(self, call: Callable[[], Awaitable[None]], lives: int | None) -> None:
        """Have letters go; what is left of each dialog stays there."""
        before = self._shown()
        self.until_done(call, lives)
        letters = self.run(self.database.letters.find({}, {"key": 1}).to_list(None))
        self.keys = {each["key"] for each in letters}
        assert self._shown() == {
            one: left for one, keys in before.items() if (left := keys & self.keys)
        }
        self.ids = {one for one in self.ids if self._leads(one)}
        if self.keys:
            self.check()

    async def _erase(self, who: str) -> None:
        order = Order(ObjectId(), "olga", "asked", await self.store.dialogs.now())
        for each in await held(self.store, [MAILBOX], who):
            await Erasing(self.store, self.policy).erase(each, order)

    async def _take_away(self, dialog_id: Any) -> None:
        projects = Projecting(self.store, self.policy).project
        retaining = Retaining(self.database, self.store, self.policy, projects)
        going = await self.store.dialogs.heads([dialog_id])
        await retaining._remove(MAILBOX, {one: going[one] for one in going}, Retained())

    def _shown(self) -> dict[Any, frozenset[str]]:
        heads = self.run(self.database.dialogs.find({"part_of": None}, {"_id": 1}).to_list(None))
        return self.run(self.store.dialogs.keys([each["_id"] for each in heads]))

    def _leads(self, one: Any) -> bool:
        try:
            self.run(self.corrections.head(one))
        except Problem:
            return False
        return True

    def corrected(self, call: Callable[[], Awaitable[Corrected]], lives: int | None) -> None:
        """Correct until it is done; a repeated call changes nothing."""
        try:
            done = self.until_done(call, lives)
            self.check()
            again = self.run(call())
        except Problem as problem:  # after a crash it may be done already, and fit no more
            if lives is None or problem.status not in (404, 409):
                raise
        else:
            assert again == Corrected(done.dialog, changed=False)
        self.check()

    async def _file(self, letters: Sequence[Letter]) -> list[Answer]:
        return await self.filing.file([arrival(each) for each in letters])

    def _id(self, number: int) -> ObjectId:
        """Return an id that some dialog had at some time."""
        return sorted(self.ids)[number % len(self.ids)]

    def check(self) -> None:
        """Show what is not, and compare the whole collection with the rule."""
        self.run(self.sweeper.sweep())
        letters = {
            each.letter.key: each.letter
            for each in map(kept_of, self.run(self.database.letters.find().to_list(None)))
        }
        assert letters.keys() == self.keys
        facts = self.run(self.store.facts.of_mailbox(MAILBOX))
        made = [each for each in facts if each.what != "erasure"]
        assert len(made) <= self.called  # however often a call came again
        decided = in_force(facts)
        groups = partition(letters.values(), self.policy, decided)
        documents: list[Document] = self.run(self.database.dialogs.find().to_list(None))
        found = {each["_id"]: each for each in documents if "part_of" not in each}
        shown = {one: self.run(self.store.dialogs.whole([one]))[one] for one in found}
        assert {one: 1 for each in found.values() for one in each["parts"]} == {
            each["_id"]: 1 for each in documents if "part_of" in each
        }
        held = [each["key"] for one in documents for each in one["messages"]]
        assert sorted(held) == sorted(self.keys)
        together = {frozenset(each["key"] for each in one.messages): one for one in shown.values()}
        assert together.keys() == {group.keys for group in groups}
        for group in groups:
            assert_right(group, together[group.keys].head, together[group.keys].messages, decided)
        self._ids_answer(shown)
        done = self.run(Projecting(self.store, self.policy).check(MAILBOX))
        assert not done.differ
        assert not done.unkept

    def _ids_answer(self, shown: Iterable[Any]) -> None:
        """Every id that a letter or dialog ever had leads to a dialog, a living one to itself."""
        for one in shown:
            assert self.run(self.corrections.dialog(one)).id == one
            self.ids.add(one)
        self.ids |= {each["_id"] for each in self.run(self.database.letters.find().to_list(None))}
        for one in self.ids:
            self.run(self.corrections.dialog(one))


def assert_right(group: Group, head: Document, messages: Sequence[Document], decided: Any) -> None:
    """What a dialog shows, and says of itself, follows from its letters."""
    expected = messages_of(group.letters, decided.moved)
    for message, right in zip(messages, expected, strict=True):
        for name in ("key", "matched_by", "matched_id", "subject_changed", "reply"):
            assert message[name] == right[name], name
    for name, value in summary_of(group.letters, decided.moved, head["related"]).items():
        if isinstance(value, list):
            assert sorted(head[name]) == sorted(value), name
        else:
            assert head[name] == value, name
    assert head["count"] == len(expected)


def letter_of(number: str, sender: str, to: str, names: list[str], subject: str) -> Letter:
    """Return a letter that quotes those it names; these make it another one under the same id."""
    own = f"{number} {sender} {to} {names}"
    quoted = [f"{lines_of(each)}\nответ {number}" for each in names]
    text = "\n".join([own, lines_of(number), *quoted])
    reply = text if number > "4" else own
    return written(number, sender, to, " ".join(names), subject=subject, text=text, reply=reply)


def lines_of(number: str) -> str:
    """Return the lines that are in every letter of an id."""
    return "\n".join(f"строка {line} письма {number}" for line in "абв")


@pytest.mark.usefixtures("clocks")
def test_the_dialogs_are_what_the_rule_makes_of_letters_and_facts(mongo_uri: str) -> None:
    client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(mongo_uri, tz_aware=True)
    with asyncio.Runner() as runner, closing(client):
        Conversations.shared = (runner, client)
        run_machine(
            Conversations,
            settings=settings(
                max_examples=EXAMPLES,
                stateful_step_count=15,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                phases=PHASES,
            ),
        )
