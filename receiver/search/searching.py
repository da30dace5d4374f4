"""Searching: one call that returns the letters found, newest first."""

import re
import time
from asyncio import to_thread
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from receiver.search.candidates import IndexMoved, Span, candidates, index_terms
from receiver.search.conditions import Conditions
from receiver.search.fresh import FreshLetters
from receiver.search.index import Index
from receiver.search.letters import KeptLetters, milliseconds
from receiver.search.pauses import Turns
from receiver.search.query import read
from receiver.search.searched import Searched, matches
from receiver.search.segment import IndexRow
from receiver.search.snippet import Snippet, fields_found, snippet_of
from receiver.store.dialogs import Dialogs
from receiver.store.mailboxes import KeptMailboxes
from receiver.store.mongo import Database, Document, StoreUnavailable

MOST = 200
LOOKED_THROUGH = 128  # letters from the index examined for one page that asks for fewer
AT_ONCE = 32
ATTEMPTS = 3
SECONDS = 2.0  # for reading letters that wait, and again for examining those found
TURN: Document = {"waiting": 1, "revision": 1}  # fields of a dialog that searches need
_CURSOR = re.compile(r"(-?[0-9]{1,15})-([0-9a-f]{24})")


class CursorWrong(ValueError):
    """The text is no cursor of a search."""


@dataclass(frozen=True)
class FoundLetter:
    """A letter that was found, its present dialog, and the words found.

    ``fields`` are those in which words were found: from, to, subject, file.
    """

    mailbox: str
    key: str
    dialog: Any
    waiting: str
    message: Document
    fields: Sequence[str]
    snippet: Snippet


@dataclass(frozen=True)
class Results:
    """Some letters, newest first; ``next`` is the cursor behind them.

    There may be fewer than asked for, even none, although more follow: a page examines a bounded
    number of letters, for a bounded time.
    """

    letters: Sequence[FoundLetter]
    next: str | None


class Searching:
    """Reads the index and the letters; each method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._index = Index(database)
        self._mailboxes = KeptMailboxes(database)
        self._letters = KeptLetters(database)
        self._fresh = FreshLetters(self._letters)
        self._dialogs = Dialogs(database)

    async def search(
        self, mailboxes: Sequence[str] | None, text: str, cursor: str | None, limit: int
    ) -> Results:
        """Return the letters of mailboxes, or of all, that a line asks for.

        Raises QueryWrong, which names what is wrong, and CursorWrong.
        """
        query = await to_thread(read, text)  # the first one reads the dictionary
        behind = _place(cursor) if cursor is not None else None
        names = sorted(await self._mailboxes.watermarks()) if mailboxes is None else mailboxes
        for _ in range(ATTEMPTS):
            try:
                return await self._search(names, query, behind, min(limit, MOST))
            except IndexMoved:
                continue
        raise StoreUnavailable("the index kept changing")

    async def _search(
        self, mailboxes: Sequence[str], query: Conditions, behind: IndexRow | None, limit: int
    ) -> Results:
        manifests = [await self._index.manifest(each) for each in mailboxes]
        wanted, _ = index_terms(query)
        until = time.monotonic() + SECONDS
        fresh = [row for each in manifests for row in await self._fresh.rows(each, wanted, until)]
        segments = [segment for each in manifests for segment in each.segments]
        allowed = set(mailboxes)
        found: list[FoundLetter] = []
        left, last = max(LOOKED_THROUGH, limit + 1), None
        until = time.monotonic() + SECONDS
        rows = candidates(self._index, segments, fresh, query, _span(query, behind))
        async with aclosing(_together(rows, limit + 1, left)) as together:
            async for some in together:
                heads, ids = await self._of_turn(query, [row.id for row in some])
                documents = (await self._letters.documents(ids)).values()
                seen = [each for each in documents if each["mailbox"] in allowed]
                shown = await self._shown(query, await asked_for(query, seen), heads)
                for row in some:
                    if row.id in shown and len(found) == limit:
                        return Results(found, _cursor(last))
                    found += [shown[row.id]] if row.id in shown else []
                    last = row
                left -= len(some)
                if not left or time.monotonic() >= until:
                    return Results(found, _cursor(last))
        return Results(found, None)

    async def _of_turn(
        self, query: Conditions, ids: Sequence[bytes]
    ) -> tuple[dict[Any, Document], Sequence[bytes]]:
        """Return the letters whose dialog waits as the query requires, and these dialogs' heads.

        With this condition few letters qualify: only they are read with their words.
        """
        if query.waiting is None:
            return {}, ids
        of = await self._letters.dialogs(ids)
        heads = await self._dialogs.heads(set(of.values()), TURN)
        right = {one: each for one, each in heads.items() if _waits(each) == query.waiting}
        return right, [one for one in ids if of.get(one) in right]

    async def _shown(
        self,
        query: Conditions,
        letters: Sequence[tuple[Document, Searched]],
        known: Mapping[Any, Document],
    ) -> dict[bytes, FoundLetter]:
        """Return letters with their dialogs, if the dialog is as the query requires."""
        wanted = {each["dialog"] for each, _ in letters}
        heads = {**known, **await self._dialogs.heads(wanted - known.keys(), TURN)}
        found = {}
        turns = Turns()
        for each, said in letters:
            await turns.give()
            head = heads.get(each["dialog"])
            if head is None or query.waiting not in (None, _waits(head)):
                continue
            found[each["_id"].binary] = FoundLetter(
                each["mailbox"],
                each["message"]["key"],
                head["_id"],
                head.get("waiting", "nobody"),
                each["message"],
                fields_found(said, query.phrases),
                snippet_of(said, query.phrases),
            )
        return found


async def asked_for(
    query: Conditions, documents: Iterable[Document]
) -> list[tuple[Document, Searched]]:
    """Return the letters that match, as far as they alone tell."""
    found, turns = [], Turns()
    for each in documents:
        if matches(query, said := Searched.of(each)):
            found.append((each, said))
        await turns.give()
    return found


def _waits(head: Document) -> bool:
    return bool(head.get("waiting") == "us")


async def _together(
    rows: AsyncGenerator[IndexRow, None], first: int, most: int
) -> AsyncGenerator[list[IndexRow], None]:
    """Yield groups of rows, at first as many as a page may need, and at most ``most`` in all."""
    some: list[IndexRow] = []
    count, left = min(first, AT_ONCE), most
    async with aclosing(rows):
        async for row in rows:
            some.append(row)
            if len(some) == count:
                yield some
                left -= count
                some, count = [], min(AT_ONCE, left)
            if not left:
                return
    if some:
        yield some


def _span(query: Conditions, behind: IndexRow | None) -> Span:
    oldest = IndexRow(milliseconds(query.after), b"") if query.after else None
    newest = IndexRow(milliseconds(query.before), b"") if query.before else None
    bounds = [each for each in (newest, behind) if each is not None]
    return Span(oldest, min(bounds) if bounds else None)


def _cursor(row: IndexRow | None) -> str | None:
    return None if row is None else f"{row.created}-{row.id.hex()}"


def _place(cursor: str) -> IndexRow:
    if found := _CURSOR.fullmatch(cursor):
        return IndexRow(int(found[1]), bytes.fromhex(found[2]))
    raise CursorWrong("not of a search")
