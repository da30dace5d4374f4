"""The letters that a line may mean, else the dialogs where they may be."""

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from contract.reading.addresses import canonical
from receiver.bridges.further_ids import FurtherIds
from receiver.filing.collections import Store
from receiver.listing.rows import MOST, Rows
from receiver.page.tracing.pasted import Pasted
from receiver.page.tracing.subjects import by_part
from receiver.search.query import MAX_LENGTH, QueryWrong
from receiver.search.searching import Searching
from receiver.store.mongo import Document

SHOWN = 10  # letters whose way is shown
MAX_OF_AN_ID = 50  # the others are shown by their dialogs
SECONDS, AT_ONCE = 4.0, 10  # for searching mailboxes, so many at once
MAX_OF_A_PERSON = MOST - 1  # dialogs, in each mailbox; one more tells that there are more
AT_A_TIME, MAX_FOUND = 200, 1000  # letters by each reading of a line, for finding dialogs
MAX_LOOKED_AT = 1000
SHORT_WORD = 3  # letters: prepositions, and the like
_WORD = re.compile(r"\w+")
TAKEN_WITHIN = (timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(days=7))


class InTime:
    """Mailboxes in turn while there is time; ``is_all`` if there was time for all of them."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds
        self.is_all = True

    def of(self, mailboxes: Sequence[str], at_once: int) -> Iterator[Sequence[str]]:
        """Yield the next few."""
        for start in range(0, len(mailboxes), at_once):
            if self.is_over():
                return
            yield mailboxes[start : start + at_once]

    def is_over(self) -> bool:
        """Tell whether the time is over, and remember that something is left."""
        over = time.monotonic() > self._until
        self.is_all = self.is_all and not over
        return over


@dataclass
class LettersMeant:
    """The letters meant, or dialogs, the newest first.

    ``by_id``: the letters are those of the id in the line, so no other is meant. ``is_all``: all
    dialogs were searched for a part of a word. ``more``: there are dialogs beyond the maximum.
    """

    letters: list[Document] = field(default_factory=list)
    heads: list[Document] = field(default_factory=list)
    by_id: bool = False
    is_all: bool = True
    more: bool = False


class Seeker:
    """Searches for them; each method raises StoreUnavailable."""

    def __init__(self, store: Store, rows: Rows, again: FurtherIds, searching: Searching) -> None:
        self._store = store
        self._rows = rows
        self._again = again
        self._searching = searching

    async def sought(self, turns: InTime, mailboxes: list[str], asked: Pasted) -> LettersMeant:
        """Return what a line means in these mailboxes."""
        found = LettersMeant()
        if asked.line:
            letters = await self._letters(turns, mailboxes, asked)
            rest = {each["dialog"] for each in letters[SHOWN:MAX_OF_AN_ID]}
            found.letters, found.more = letters[:SHOWN], len(letters) > MAX_OF_AN_ID
            found.by_id = bool(letters)
            found.heads = list((await self._store.dialogs.heads(rest)).values())
        if asked.line and not found.letters:
            await self._by_person_or_words(found, turns, mailboxes, asked)
        if asked.words and not (found.letters or found.heads or asked.name or asked.taken):
            in_turn = (each for some in turns.of(mailboxes, 1) for each in some)
            part = await by_part(self._rows, in_turn, asked.subject)
            ids = part.ids[:MAX_OF_A_PERSON]
            found.is_all, found.more = part.is_all, len(part.ids) > len(ids)
            found.heads = list((await self._store.dialogs.heads(set(ids))).values())
        found.heads.sort(key=lambda head: head["updated"], reverse=True)
        return found

    async def _by_person_or_words(
        self, found: LettersMeant, turns: InTime, mailboxes: list[str], asked: Pasted
    ) -> None:
        """Add the dialogs of a person, and those of letters; or the letter, if there is one."""
        heads, more = await self._of_person(turns, mailboxes, asked.name)
        places, more_letters = await self._found(turns, mailboxes, asked)
        if not (heads or places) and "@" in asked.name:
            heads, more = await self._of_person(turns, mailboxes, asked.name, near=True)
        if len(places) == 1 and not more_letters:
            [(mailbox, key)] = places
            found.letters = await self._documents(mailbox, {key})
        others = set(places.values()) - {head["_id"] for head in heads}
        found.heads = heads + list((await self._store.dialogs.heads(others)).values())
        found.more = more or more_letters

    async def _letters(self, turns: InTime, mailboxes: list[str], asked: Pasted) -> list[Document]:
        """Return the letters with a Message-ID, a key, or a moment of arrival."""
        found = await self._again.find(mailboxes, asked.number) if asked.number else []
        if found:
            return found
        if asked.ids:
            found = await self._store.letters.of_message_ids(mailboxes, asked.ids, MAX_OF_AN_ID + 1)
        if len(asked.line) == 64:
            for mailbox in mailboxes:
                found += await self._documents(mailbox, {asked.line})
        if asked.taken and not found:
            for [mailbox] in turns.of(mailboxes, 1):
                found += await self._taken(mailbox, asked.taken, asked.number)
        return found

    async def _documents(self, mailbox: str, keys: set[str]) -> list[Document]:
        """Return the letters with these keys."""
        letters = [await self._store.letters.document(mailbox, key) for key in sorted(keys)]
        return [each for each in letters if each]

    async def _taken(self, mailbox: str, taken: datetime, number: str) -> list[Document]:
        """Return the letter that the bridge took by an id in a second, if it was stored soon.

        For older letters, which have no stored id, all that it took in that second.
        """
        since = taken
        for within in TAKEN_WITHIN:
            kept = await self._store.letters.kept_between(mailbox, since, taken + within)
            letters = await self._store.letters.of_ids(kept[:MAX_LOOKED_AT])
            documents = await self._documents(mailbox, {each.letter.key for each in letters})
            at = [each for each in documents if each["content"].get("received") == taken]
            known = [each for each in at if each["content"].get("event_id") == number]
            if found := known or [each for each in at if "event_id" not in each["content"]]:
                return found
            since = taken + within
        return []

    async def _of_person(
        self, turns: InTime, mailboxes: list[str], name: str, near: bool = False
    ) -> tuple[list[Document], bool]:
        """Return the newest dialogs of an address, or some of those that differ in a tag.

        And whether one mailbox has more of them.
        """
        if not name:
            return [], False
        person, ask = canonical(name), self._rows.near_person if near else self._rows.of_person
        rows = [await ask(each, person, MAX_OF_A_PERSON + 1) for [each] in turns.of(mailboxes, 1)]
        heads = [head for some in rows for head in some[:MAX_OF_A_PERSON]]
        return heads, any(len(some) > MAX_OF_A_PERSON for some in rows)

    async def _found(
        self, turns: InTime, mailboxes: list[str], asked: Pasted
    ) -> tuple[dict[tuple[str, str], Any], bool]:
        """Return letters that an address wrote, sent or got, or with these words as subjects.

        By mailbox and key, each with its dialog; and whether there are more.
        """
        found, more = await self._of_lines(turns, mailboxes, _lines_of(asked, asked.words))
        if not found and asked.subject != asked.words:  # that letter may have come without "Re:"
            lines = _lines_of(asked, asked.subject)
            found, more = await self._of_lines(turns, mailboxes, lines)
        if not found and not asked.name and (line := _near(asked.subject)):
            found, more = await self._of_lines(turns, mailboxes, [line])
        if "@" in asked.name:
            senders = {asked.name, asked.name.casefold(), canonical(asked.name)}
            sent = await self._store.letters.of_envelopes(mailboxes, senders, AT_A_TIME + 1)
            more = more or len(sent) > AT_A_TIME
            found |= {(each["mailbox"], each["key"]): each["dialog"] for each in sent[:AT_A_TIME]}
        return found, more

    async def _of_lines(
        self, turns: InTime, mailboxes: list[str], lines: Sequence[str]
    ) -> tuple[dict[tuple[str, str], Any], bool]:
        """Return the results of some searches, and whether there are more."""
        found: dict[tuple[str, str], Any] = {}
        more = False
        for some in turns.of(mailboxes, AT_ONCE):
            for line in lines:
                letters, is_all = await self._by_words(turns, some, line[:MAX_LENGTH])
                found |= letters
                more = more or not is_all
        return found, more

    async def _by_words(
        self, turns: InTime, mailboxes: Sequence[str], line: str
    ) -> tuple[dict[tuple[str, str], Any], bool]:
        """Return the results of a search, page by page, and whether these are all."""
        found: dict[tuple[str, str], Any] = {}
        cursor: str | None = None
        while len(found) < MAX_FOUND:
            try:
                results = await self._searching.search(mailboxes, line, cursor, AT_A_TIME)
            except QueryWrong:  # of signs alone, or of very many words
                return found, True
            found |= {(each.mailbox, each.key): each.dialog for each in results.letters}
            cursor = results.next
            if cursor is None:
                return found, True
            if turns.is_over():
                break
        return found, False


def _lines_of(asked: Pasted, words: str) -> list[str]:
    """Return the searches for the address of a line, and for these words as a subject."""
    lines = [f'from:"{asked.name}"', f'to:"{asked.name}"'] if asked.name else []
    return lines + ([f'subject:"{words}"'] if words and words != asked.name else [])


def _near(subject: str) -> str:
    """Return the search for a subject remembered nearly: its longer words, in any order."""
    words = [each for each in _WORD.findall(subject) if len(each) > SHORT_WORD]
    return " ".join(f'subject:"{each}"' for each in words)
