"""A correction that its client repeats without a name, as its process died: one, by any id.

Whoever undoes "the newest" and asks again must not take back the one before. Only a repeat after
the dialogs had shown all of it is a call of its own: nothing tells it from one. REPEATS_EVERY: at
each of how many places the process dies, before and behind its writes; other ones for each call.
"""

import os
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest

from receiver.filing.collections import Store
from receiver.filing.corrections import Corrections
from receiver.filing.filing import Filing
from receiver.store.mongo import Database
from tests.receiver.dialogs.any_order.fragile import Crash, FragileDatabase
from tests.receiver.written import MAILBOX, arrival, empty, sent, written

LETTERS = {
    **{each: written(each, names="" if each == "1" else "1") for each in "1234"},
    **{each: written(each, "petr", names="" if each == "5" else "5") for each in "56"},
    "7": sent("7", "anna", subject="Счёт"),
    "8": written("8", "anna", subject="Re: Счёт"),
}
BEFORE = [("split", "2", ""), ("merge", "1", "5")]
EVERY = int(os.environ.get("REPEATS_EVERY", "10"))
MANY = 10_000
CALLS = [
    *((("merge", "2", "5"), "undo", asked, "") for asked in "12"),
    *((("split", "34", ""), "undo", asked, "") for asked in "13"),
    *((("move", "3", "2"), "undo", asked, "") for asked in "13"),
    *((("move", "2", "7"), "undo", asked, "") for asked in "27"),
    (("move", "3", "2"), "redo", "3", ""),
    (("move", "3", "2"), "undo guess", "8", ""),
    *((("move", "3", "2"), "split", some, asked) for some, asked in (("4", "4"), ("45", "1"))),
    *((("move", "3", "2"), "merge", one, other) for one, other in ("47", "32")),
    *((("move", "3", "2"), "move", some, to) for some, to in (("4", "7"), ("78", "2"))),
]


class Mailbox:
    """A mailbox whose process may die; letters and dialogs are named by numbers of letters."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.fragile = FragileDatabase(database)
        self.store: Any = Store.of(self.fragile)  # type: ignore[arg-type]
        files = Filing(self.store, "participants")
        self.corrections = Corrections(self.store, files.settle)
        self.files = files
        self.ids: dict[str, Any] = {}
        self.last: Any = None

    async def begin(self, act: tuple[str, str, str]) -> None:
        """File all letters, and correct them."""
        await empty(self.database)
        for each in LETTERS.values():
            await self.files.file([arrival(each)])
        for letter in await self.database.letters.find().to_list(None):
            number = next(n for n, each in LETTERS.items() if each.key == letter["key"])
            self.ids[number] = letter["_id"]
        for what, some, other in (*BEFORE, act):
            self.last = (await self.call(what, some, other)()).correction

    def call(self, what: str, some: str, other: str) -> Callable[[], Awaitable[Any]]:
        """Return a call that asks by the ids of letters."""
        one, keys = self.ids[some[0]], {LETTERS[each].key for each in some}
        if what == "split":
            return partial(self.corrections.split, self.ids[other or some[0]], keys, "olga")
        if what == "merge":
            return partial(self.corrections.merge, one, self.ids[other], "olga")
        if what == "move":
            return partial(self.corrections.move, one, keys, self.ids[other], "olga")
        named = {"undo guess": {"message": min(keys)}, "redo": {"correction": self.last}}
        return partial(self.corrections.undo, one, "olga", **named.get(what, {}))

    async def shown(self) -> list[list[str]]:
        found = await self.database.dialogs.find().to_list(None)
        return sorted(sorted(one["body"] for one in each["messages"]) for each in found)

    async def facts(self) -> list[str]:
        return [each.what for each in await self.store.facts.of_mailbox(MAILBOX)]


@pytest.mark.parametrize(("act", "what", "some", "other"), CALLS)
async def test_a_call_that_is_repeated_after_a_crash_is_one_correction(
    database: Database, act: tuple[str, str, str], what: str, some: str, other: str
) -> None:
    mailbox = Mailbox(database)
    await mailbox.begin(act)
    if what == "redo":
        mailbox.last = (await mailbox.call("undo", some, other)()).correction
    mailbox.fragile.lives = MANY
    await mailbox.call(what, some, other)()
    places, mailbox.fragile.lives = MANY - mailbox.fragile.lives, None
    facts, shown = await mailbox.facts(), await mailbox.shown()
    crashes, number = 0, CALLS.index((act, what, some, other))
    for lives in range(1 + number % max(1, min(EVERY, places - 1)), places, EVERY):
        await mailbox.begin(act)
        if what == "redo":
            mailbox.last = (await mailbox.call("undo", some, other)()).correction
        call = mailbox.call(what, some, other)
        mailbox.fragile.lives = lives
        try:
            await call()
        except Crash:
            crashes += 1
            done = await mailbox.facts() == facts
            if done and what == "undo" and not await mailbox.store.facts.not_shown():
                continue
            print(lives)
            await call()
            assert await mailbox.facts() == facts, lives
            assert await mailbox.shown() == shown, lives
        mailbox.fragile.lives = None
    assert crashes or places < 2, "a call that is refused writes nothing"
