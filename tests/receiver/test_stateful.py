"""Any letters and corrections in any order, crashing between any two writes, against a model.

After each step, and after whatever a crash left under way is finished, the collection must hold
what the model says (``tests.receiver.dialog_model``). STATEFUL_EXAMPLES: how often.
"""

import asyncio
import os
import secrets
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import closing
from itertools import cycle
from typing import Any, TypeVar

import pytest
from bson import ObjectId
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine
from motor.motor_asyncio import AsyncIOMotorClient

from receiver.errors import Problem
from receiver.filing.corrections import Corrected, Corrections
from receiver.filing.filing import Filing
from receiver.letters.letter import Letter
from receiver.store import schema
from receiver.store.dialogs import Dialogs
from receiver.store.mongo import Document
from receiver.store.store import PART_BYTES
from receiver.store.summary import in_order, subject_changed, summary
from tests.receiver.dialog_model import Conversation, Model
from tests.receiver.written import written

T = TypeVar("T")
EXAMPLES = int(os.environ.get("STATEFUL_EXAMPLES", "12"))
NUMBERS = st.sampled_from("0123456789")
SUBJECTS = st.sampled_from(["Заказ", "Re: Заказ", "Счёт"])
Said = tuple[str, list[str], str]
SAID = st.tuples(NUMBERS, st.lists(NUMBERS, max_size=3, unique=True), SUBJECTS)
CRASHES = st.none() | st.integers(0, 9)
OF_ALL = (
    "email_from",
    "user",
    "subject",
    "base_subject",
    "created",
    "opened_by",
    "updated",
)
AS_SETS = ("participants", "writers")


class Crash(Exception):
    """The process has died."""


class Fragile:
    """The collection, until the process dies before or behind one of its writes."""

    def __init__(self, documents: Any) -> None:
        self._documents = documents
        self.lives: int | None = None

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._documents, name)
        if name not in ("insert_one", "update_one", "replace_one", "delete_one"):
            return found

        async def fragile(*words: Any, **named: Any) -> Any:
            self._live()
            done = await found(*words, **named)
            self._live()
            return done

        return fragile

    def _live(self) -> None:
        if self.lives == 0:
            self.lives = None
            raise Crash
        if self.lives is not None:
            self.lives -= 1


class Conversations(RuleBasedStateMachine):
    """Letters under ``anyone`` by ids alone, and a person who corrects."""

    shared: tuple[asyncio.Runner, AsyncIOMotorClient[Document]]

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.ids: set[ObjectId] = set()

    @initialize(part_bytes=st.sampled_from([PART_BYTES, PART_BYTES, 5000]))
    def connect(self, part_bytes: int) -> None:
        self.run(self._connect(part_bytes))

    async def _connect(self, part_bytes: int) -> None:
        self.database = self.shared[1][f"test_{secrets.token_hex(6)}"]
        await schema.ensure(self.database)
        self.dialogs = Dialogs(self.database, part_bytes)
        self.fragile = Fragile(self.dialogs.documents)
        self.dialogs.documents = self.fragile  # type: ignore[assignment]
        self.filing = Filing(self.dialogs, "anyone", match_by_subject=False)
        self.corrections = Corrections(self.dialogs, self.filing.moving)

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.run(self.shared[1].drop_database(self.database.name))

    def run(self, doing: Awaitable[T]) -> T:
        async def done() -> T:
            return await doing

        return self.shared[0].run(done())

    def until_done(
        self, call: Callable[[], Awaitable[T]], lives: int | None, between: Iterable[Letter] = ()
    ) -> T:
        """Do as a client does: again, if the process died; other letters may come ``between``."""
        self.fragile.lives = lives
        try:
            return self.run(call())
        except Crash:
            for letter in between:
                self.run(self.filing.file(letter))
            return self.run(call())
        finally:
            self.fragile.lives = None

    @rule(said=SAID, lives=CRASHES, between=st.lists(SAID, max_size=2))
    def file(self, said: Said, lives: int | None, between: list[Said]) -> None:
        letter, others = letter_of(*said), [letter_of(*each) for each in between]
        if any(each.apart for each in self.model.conversations):
            others = []  # which half a letter joins may depend on what came first
        known = letter.key in self.model.letters
        answer = self.until_done(lambda: self.filing.file(letter), lives, others)
        assert (answer.outcome == "duplicate") == known or lives is not None
        if lives is not None:
            for each in others:  # whether they came between or not makes no difference
                self.run(self.filing.file(each))
                self.model.file(each)
        self.model.file(letter)
        self.check()

    @rule(said=st.lists(SAID, max_size=6), receivers=st.integers(1, 3))
    def file_at_once(self, said: list[Said], receivers: int) -> None:
        some = [letter_of(*each) for each in said]
        if any(each.apart for each in self.model.conversations):
            some = some[:1]
        filings = [Filing(self.dialogs, "anyone", match_by_subject=False) for _ in range(receivers)]

        async def all_at_once() -> None:
            pairs = zip(cycle(filings), [*some, *some[::-1]], strict=False)
            await asyncio.gather(*(filing.file(letter) for filing, letter in pairs))

        self.run(all_at_once())
        for each in some:
            self.model.file(each)
        self.check()

    @precondition(lambda self: self.model.letters)
    @rule(data=st.data(), lives=CRASHES)
    def file_again(self, data: st.DataObject, lives: int | None) -> None:
        letter = self.model.letters[data.draw(st.sampled_from(sorted(self.model.letters)))]
        answer = self.until_done(lambda: self.filing.file(letter), lives)
        assert answer.outcome == "duplicate"
        self.check()

    @precondition(lambda self: self.model.letters)
    @rule(data=st.data(), lives=CRASHES)
    def merge(self, data: st.DataObject, lives: int | None) -> None:
        ours, theirs = self._one_of(data), self._one_of(data)
        one, other = self._id_of(data, ours), self._id_of(data, theirs)
        self.corrected(lambda: self.corrections.merge(one, other, "olga"), lives, "merge")
        self.model.merge(ours, theirs)
        self.check()

    @precondition(lambda self: self.model.letters)
    @rule(data=st.data(), lives=CRASHES)
    def split(self, data: st.DataObject, lives: int | None) -> None:
        source = self._one_of(data)
        dialog_id, keys = self._id_of(data, source), self._some_of(data, source)
        if self._empties(dialog_id, keys):
            with pytest.raises(Problem, match="409"):
                self.run(self.corrections.split(dialog_id, keys, "olga"))
        else:
            self.corrected(lambda: self.corrections.split(dialog_id, keys, "olga"), lives, "split")
            self.model.split(source, keys)
        self.check()

    @precondition(lambda self: self.model.letters)
    @rule(data=st.data(), lives=CRASHES)
    def move(self, data: st.DataObject, lives: int | None) -> None:
        source, target = self._one_of(data), self._one_of(data)
        key = min(self._some_of(data, source))
        dialog_id, to = self._id_of(data, source), self._id_of(data, target)
        alone = source.letters.keys() == {key}
        if source is not target and self._empties(dialog_id, {key}) and not alone:
            with pytest.raises(Problem, match="409"):
                self.run(self.corrections.move(dialog_id, key, to, "olga"))
        else:
            self.corrected(lambda: self.corrections.move(dialog_id, key, to, "olga"), lives, "move")
            if alone:
                self.model.merge(target, source)
            elif source is not target:
                self.model.move(source, {key}, target)
        self.check()

    def corrected(
        self, call: Callable[[], Awaitable[Corrected]], lives: int | None, what: str
    ) -> None:
        """Correct until it is done; asked for again it changes nothing; it is recorded once."""
        done = self.until_done(call, lives)
        before = self.run(self._records(done.dialog))
        assert self.run(call()) == Corrected(done.dialog, changed=False)
        assert self.run(self._records(done.dialog)) == before
        if done.changed:
            assert (what, "olga") in [(each["what"], each["who"]) for each in before]
        assert len({each["id"] for each in before}) == len(before)

    async def _records(self, dialog_id: ObjectId) -> list[Document]:
        return list((await self.corrections.dialog(dialog_id))["corrections"])

    def _one_of(self, data: st.DataObject) -> Conversation:
        return self.model.holding(data.draw(st.sampled_from(sorted(self.model.letters))))

    def _some_of(self, data: st.DataObject, of: Conversation) -> set[str]:
        some = st.sampled_from(sorted(of.letters))
        return set(data.draw(st.lists(some, min_size=1, unique=True)))

    def _id_of(self, data: st.DataObject, of: Conversation) -> ObjectId:
        """Return an id that a dialog answers to: its own or one of those merged into it."""
        query: Document = {"messages.key": min(of.letters)}
        held = self.run(self.database.dialogs.find_one(query))
        assert held
        head = self._head(held["_id"])
        names: list[ObjectId] = [head["_id"], *head.get("former_ids", [])]
        return names[data.draw(st.integers(0, 5)) % len(names)]

    def _head(self, dialog_id: ObjectId) -> Document:
        return self.run(self.corrections.dialog(dialog_id))

    def _empties(self, dialog_id: ObjectId, keys: set[str]) -> bool:
        return {each["key"] for each in self._head(dialog_id)["messages"]} <= keys

    def check(self) -> None:
        """Finish what is under way, and compare the whole collection with the model."""
        self.run(self.filing.moving.finish_all())
        documents: list[Document] = self.run(
            self.database.dialogs.find().sort("_id", 1).to_list(None)
        )
        stored = [each["key"] for one in documents for each in one["messages"]]
        assert sorted(stored) == sorted(self.model.letters)
        known = [one for each in documents for one in each["thread_ids"]]
        assert len(known) == len(set(known))
        heads = {each["_id"]: [each] for each in documents if "continues" not in each}
        former = {one: head for head, [each] in heads.items() for one in each.get("former_ids", [])}
        for each in documents:
            if "continues" in each:
                heads[former.get(each["continues"], each["continues"])].append(each)
        for dialog in heads.values():
            assert_whole(dialog)
        self.ids |= heads.keys()
        assert self.ids == heads.keys() | (self.ids & former.keys())
        assert {frozenset(keys_of(each)) for each in heads.values()} == self.model.partition
        assert {ids_of(each) for each in heads.values()} - {frozenset()} == self.model.owned


def keys_of(documents: Iterable[Document]) -> list[str]:
    return [message["key"] for each in documents for message in each["messages"]]


def ids_of(documents: Iterable[Document]) -> frozenset[str]:
    """Return the Message-IDs that a dialog owns, without what stands for none."""
    return frozenset(one for each in documents for one in each["thread_ids"] if " " not in one)


def letter_of(number: str, names: list[str], subject: str) -> Letter:
    """Return a letter of this number; what it names makes it another one, from somebody else."""
    return written(
        number,
        f"user{len(names)}",
        names=" ".join(names),
        subject=subject,
        text=f"{number} {names}",
        html="х" * 500,
    )


def assert_whole(documents: Sequence[Document]) -> None:
    """What a dialog says of its messages follows from them; its head says it of all documents."""
    head = documents[0]
    assert bool(head.get("continued")) or len(documents) == 1
    for each in documents:
        assert each["messages"] == in_order(each["messages"])
        assert each["messages"]
        assert "transfer" not in each
        assert each["size"] == summary(each["mailbox"], each["messages"])["size"]
    messages = [message for each in documents for message in each["messages"]]
    expected = summary(head["mailbox"], messages)
    for name in OF_ALL:
        assert head[name] == expected[name], name
    for name in AS_SETS:
        assert set(head[name]) == set(expected[name]), name
    for message in messages:
        changed = subject_changed(message, expected["base_subject"])
        assert message["subject_changed"] == changed


def test_the_collection_is_what_the_model_says(mongo_uri: str) -> None:
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
            ),
        )
