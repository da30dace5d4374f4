"""Any letters and corrections in any order, crashing between any two writes, against a model.

The model is a set of letters and what names what. After each step, and after whatever a crash left
under way is finished, the collection must hold what the model says. STATEFUL_EXAMPLES: how often.
"""

import asyncio
import os
import secrets
from collections.abc import Awaitable, Callable, Iterable
from contextlib import closing
from itertools import cycle
from typing import Any, TypeVar

from bson import ObjectId
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine
from motor.motor_asyncio import AsyncIOMotorClient

from receiver import schema
from receiver.corrections import Corrected, Corrections
from receiver.dialogs import PART_BYTES, Dialogs
from receiver.errors import Problem
from receiver.filing import Filing
from receiver.letter import Letter
from receiver.mongo import Document
from receiver.summary import in_order, summary
from tests.receiver.written import written

T = TypeVar("T")
EXAMPLES = int(os.environ.get("STATEFUL_EXAMPLES", "12"))
NUMBERS = st.sampled_from("0123456789")
CRASHES = st.none() | st.integers(0, 9)
OF_ALL = (
    "email_from",
    "user",
    "subject",
    "base_subject",
    "created",
    "opened_by",
    "updated",
    "size",
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
        self.letters: dict[str, Letter] = {}
        self.parted = False
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

    def until_done(self, call: Callable[[], Awaitable[T]], lives: int | None) -> T | None:
        """Do as a client does: again, if the process died; None if it does not fit."""
        self.fragile.lives = lives
        try:
            return self.run(call())
        except Crash:
            return self.until_done(call, None)
        except Problem as problem:
            if problem.status != 409:
                raise
            return None
        finally:
            self.fragile.lives = None

    @rule(number=NUMBERS, names=st.lists(NUMBERS, max_size=3, unique=True), lives=CRASHES)
    def file(self, number: str, names: list[str], lives: int | None) -> None:
        letter = letter_of(number, names)
        answer = self.until_done(lambda: self.filing.file(letter), lives)
        assert answer
        assert answer.outcome != "created" or letter.key not in self.letters or lives is not None
        self.letters[letter.key] = letter
        self.check()

    @rule(
        said=st.lists(st.tuples(NUMBERS, st.lists(NUMBERS, max_size=3, unique=True)), max_size=6),
        receivers=st.integers(1, 3),
    )
    def file_at_once(self, said: list[tuple[str, list[str]]], receivers: int) -> None:
        some = [letter_of(number, names) for number, names in said]
        filings = [Filing(self.dialogs, "anyone", match_by_subject=False) for _ in range(receivers)]

        async def all_at_once() -> None:
            pairs = zip(cycle(filings), [*some, *some[::-1]], strict=False)
            await asyncio.gather(*(filing.file(letter) for filing, letter in pairs))

        self.run(all_at_once())
        self.letters |= {letter.key: letter for letter in some}
        self.check()

    @precondition(lambda self: self.letters)
    @rule(data=st.data(), lives=CRASHES)
    def file_again(self, data: st.DataObject, lives: int | None) -> None:
        letter = self.letters[data.draw(st.sampled_from(sorted(self.letters)))]
        answer = self.until_done(lambda: self.filing.file(letter), lives)
        assert answer
        assert answer.outcome == "duplicate"
        self.check()

    @precondition(lambda self: len(self.ids) > 1)
    @rule(data=st.data(), lives=CRASHES)
    def merge(self, data: st.DataObject, lives: int | None) -> None:
        some = st.sampled_from(sorted(self.ids))
        one, other = data.draw(some), data.draw(some)
        done = self.until_done(lambda: self.corrections.merge(one, other, "olga"), lives)
        assert done
        for each in (one, other):
            assert self.run(self.corrections.dialog(each))["_id"] == done.dialog
        self.parted = True
        self.check()

    @precondition(lambda self: self.letters)
    @rule(data=st.data(), lives=CRASHES)
    def split(self, data: st.DataObject, lives: int | None) -> None:
        dialog_id, keys = self._some_of_one(data)

        def call() -> Awaitable[Corrected]:
            return self.corrections.split(dialog_id, keys, "olga")

        if done := self.until_done(call, lives):
            assert self._keys(done.dialog) == keys
            assert self.run(call()).changed is False
            self.parted = True
        self.check()

    @precondition(lambda self: self.letters)
    @rule(data=st.data(), lives=CRASHES)
    def move(self, data: st.DataObject, lives: int | None) -> None:
        dialog_id, keys = self._some_of_one(data)
        key, to = min(keys), data.draw(st.sampled_from(sorted(self.ids)))

        def call() -> Awaitable[Corrected]:
            return self.corrections.move(dialog_id, key, to, "olga")

        if done := self.until_done(call, lives):
            assert key in self._keys(done.dialog)
            assert self.run(call()).changed is False
            self.parted = True
        self.check()

    def _some_of_one(self, data: st.DataObject) -> tuple[ObjectId, set[str]]:
        dialog_id = data.draw(st.sampled_from(sorted(self.ids)))
        keys = sorted(self._keys(dialog_id))
        return dialog_id, set(data.draw(st.lists(st.sampled_from(keys), min_size=1, unique=True)))

    def _keys(self, dialog_id: ObjectId) -> set[str]:
        head = self.run(self.corrections.dialog(dialog_id))
        parts = self.run(self.dialogs.parts(head["_id"]))
        return {each["key"] for one in (head, *parts) for each in one["messages"]}

    def check(self) -> None:
        """Finish what is under way, and compare the whole collection with the model."""
        self.run(self.filing.moving.finish_all())
        documents: list[Document] = self.run(self.database.dialogs.find().to_list(None))
        stored = [each["key"] for one in documents for each in one["messages"]]
        assert sorted(stored) == sorted(self.letters)
        known = [one for each in documents for one in each["thread_ids"]]
        assert len(known) == len(set(known))
        dialogs: dict[Any, set[str]] = {}
        for each in documents:
            assert_whole(each)
            keys = {message["key"] for message in each["messages"]}
            dialogs.setdefault(each.get("continues", each["_id"]), set()).update(keys)
        heads = {each["_id"] for each in documents if "continues" not in each}
        former = {one for each in documents for one in each.get("former_ids", [])}
        assert dialogs.keys() <= heads | former
        self.ids |= heads
        assert self.ids == heads | (self.ids & former)
        if not self.parted:
            joined = {frozenset(self._keys(head)) for head in heads}
            assert joined == components(self.letters.values())


def letter_of(number: str, names: list[str]) -> Letter:
    """Return a letter of this number; what it names makes it another one."""
    return written(number, names=" ".join(names), text=f"{number} {names}", html="х" * 500)


def assert_whole(document: dict[str, Any]) -> None:
    """What a document says of its messages follows from them."""
    messages = document["messages"]
    assert messages == in_order(messages)
    assert messages
    assert "transfer" not in document
    if document.get("continued") or "continues" in document:
        return
    expected = summary(document["mailbox"], messages)
    for name in OF_ALL:
        assert document[name] == expected[name], name
    for name in AS_SETS:
        assert set(document[name]) == set(expected[name]), name


def components(letters: Iterable[Letter]) -> set[frozenset[str]]:
    """Return which letters are one dialog: those that share an id, directly or by others."""
    groups: list[tuple[set[str], set[str]]] = []
    for letter in letters:
        keys, ids = {letter.key}, set(letter.ids)
        apart = []
        for group in groups:
            if group[1] & ids:
                keys |= group[0]
                ids |= group[1]
            else:
                apart.append(group)
        groups = [*apart, (keys, ids)]
    return {frozenset(keys) for keys, _ in groups}


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
