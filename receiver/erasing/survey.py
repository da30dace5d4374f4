"""Finds the data held about a person in a mailbox: in all of its letters, as no index names people.

There are three circles, each found by the one before. First his own letters: he wrote them, or they
name nobody else but the mailbox. These, and letters that name him, give his traces: spellings of
his address, his names, the ids and words of his letters. By the traces the letters of others that
mention him are found: linked ones, which stand in a dialog with his or name one of his, are
searched for quoted words and names; all others only for his address.

So every letter of a mailbox is read. Such requests are rare, and an index of everybody mentioned
anywhere would be just what he asks us not to keep.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from contract.reading.addresses import is_his
from receiver.erasing.afterwards.remembered import digests_of_traces
from receiver.erasing.order import Erasure
from receiver.erasing.searched_bytes import ByteSearch, in_groups, too_large
from receiver.erasing.tombstones import LATEST
from receiver.erasing.traces.letters import why_touched
from receiver.erasing.traces.own import (
    but_for_a_plus,
    like_him,
    said_at,
    traces_of,
    united,
    wrote,
)
from receiver.erasing.traces.traces import Traces
from receiver.filing.collections import Store
from receiver.letters.belonging import (
    digest_of_person,
    digests_of_letter,
    named_in,
    owners_of,
)
from receiver.letters.letter import Letter
from receiver.store.dialog import Dialog
from receiver.store.letters import WITH_TEXTS, Kept
from receiver.store.mongo import Document
from receiver.store.packed import headers_in

AT_ONCE = 500
RECEIVED: Document = {"key": 1, "content.received": 1}


@dataclass
class Held:
    """The data held about a person in a mailbox.

    ``own`` are the letters that belong to him, by key; ``touched`` those of others that mention
    him, each with how. ``files`` are digests of his letters' attachments with their sizes;
    ``unsearched`` counts files of others' letters that are too large to search; ``beside`` are the
    ids of letters beside his; ``since`` is when the survey began, by the database; ``counted`` are
    the letters surveyed; ``but_for_a_plus`` are addresses that may be his, too, and are not
    searched for; ``mine`` are his traces in this mailbox, ``traces`` those in all.
    """

    mailbox: str
    person: str
    own: dict[str, Kept] = field(default_factory=dict)
    raws: dict[str, str] = field(default_factory=dict)
    headers: dict[str, list[list[str]]] = field(default_factory=dict)
    touched: dict[str, str] = field(default_factory=dict)
    telling: set[str] = field(default_factory=set)
    unsearched: int = 0
    files: dict[str, int] = field(default_factory=dict)
    bytes: int = 0
    dialogs: dict[Any, Dialog] = field(default_factory=dict)
    beside: set[str] = field(default_factory=set)
    since: datetime = LATEST
    every: dict[str, Kept] = field(default_factory=dict)
    counted: set[str] = field(default_factory=set)
    like_him: frozenset[str] = frozenset()
    but_for_a_plus: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()
    mine: Traces = field(default_factory=lambda: Traces(""))
    traces: Traces = field(default_factory=lambda: Traces(""))

    @property
    def is_nothing(self) -> bool:
        """Whether nothing is held."""
        return not self.own and not self.touched

    @property
    def gone(self) -> int:
        """How many dialogs have only letters of his."""
        shown = ({each["key"] for each in one.messages} for one in self.dialogs.values())
        return sum(bool(keys) and keys <= self.own.keys() for keys in shown)

    @property
    def touched_dialogs(self) -> set[Any]:
        """The dialogs that lose something without him."""
        keys = self.own.keys() | self.touched.keys()
        return {
            one
            for one, each in self.dialogs.items()
            if any(message["key"] in keys for message in each.messages)
        }


async def held(
    store: Store, mailboxes: Iterable[str], person: str, until: datetime | None = None
) -> list[Held]:
    """Return the data held about a canonical address in each mailbox.

    His traces in one mailbox are searched for in all: a colleague may have forwarded his words
    there. With ``until``, letters both dated and stored later do not count: he wrote again.
    """
    found = [await _his(store, each, person, until) for each in mailboxes]
    others = frozenset().union(*(each.like_him for each in found))
    ids = united(person, [each.mine for each in found], others).ids
    theirs = frozenset().union(*(_ids_of_others(each) for each in found))
    for each in found:
        each.mine = replace(each.mine, ids=each.mine.ids - theirs)
    traces = united(person, [each.mine for each in found], others)
    for each in found:
        each.traces, each.ids = traces, ids
        await _of_others(store, each)
    return found


async def _his(store: Store, mailbox: str, person: str, until: datetime | None) -> Held:
    """Return a mailbox's letters that belong to him, and his traces in them."""
    found = Held(mailbox, person, since=await store.dialogs.now())
    found.every = {each.letter.key: each async for each in store.letters.of_mailbox(mailbox)}
    found.counted = {
        key
        for key, each in found.every.items()
        if until is None or min(each.letter.created, each.since or LATEST) <= until
    }
    found.own = {
        key: found.every[key]
        for key in found.counted
        if person in owners_of(mailbox, found.every[key].letter.message)
    }
    found.dialogs = await store.dialogs.outlines(mailbox)
    opening = frozenset(each.head.get("opened_by", "") for each in found.dialogs.values())
    people = {key: named_in(mailbox, each.letter.message) for key, each in found.every.items()}
    named = {key for key in found.counted if any(is_his(each, person) for each in people[key])}
    everybody = frozenset().union(*people.values())
    found.like_him = like_him(person, everybody)
    found.but_for_a_plus = but_for_a_plus(person, everybody)
    his = [each.letter for each in found.own.values() if wrote(person, each.letter)]
    found.ids = frozenset(each.message_id for each in his)
    near = await _as_said(store, found, _linked(found) | found.own.keys() | named)
    texts = [each async for each in _with_texts(store, mailbox, near)]
    found.mine = traces_of(person, texts, opening)
    return found


def _ids_of_others(found: Held) -> frozenset[str]:
    """Return the ids of letters that he did not write: one of his may have the same id."""
    letters = (each.letter for each in found.every.values())
    return frozenset(each.message_id for each in letters if not wrote(found.person, each))


async def _of_others(store: Store, found: Held) -> None:
    """Find the letters of others that have a trace of his."""
    mailbox, linked = found.mailbox, _linked(found)
    looking = ByteSearch(store.blobs, store.said, found.traces)
    beside = ByteSearch(store.blobs, store.said, found.traces, words=True)
    near = linked | found.own.keys()
    found.beside = {found.every[one].letter.message_id for one in near if one in found.every}
    async for some in in_groups(store.leaving.whole(mailbox)):
        for document in (each for each in some if each["key"] in found.own):
            _count(found, document)
        others = [each for each in some if each["key"] in found.counted - found.own.keys()]
        looks = [beside if each["key"] in linked else looking for each in others]
        told = await asyncio.to_thread(_why_touched, found.traces, others, looks)
        for document, why, look in zip(others, told, looks, strict=True):
            key = document["key"]
            look = beside if why == "quotes" else look
            if not why and await look.stored_tells(document):
                why = "mentions" if look is looking else "quotes"
            found.unsearched += len(list(too_large(document)))
            if why:
                found.touched[key] = why
                found.telling |= await look.files_that_tell(document)


def _why_touched(
    traces: Traces, documents: Sequence[Document], looks: Sequence[ByteSearch]
) -> list[str | None]:
    """Return how letters mention him, by their documents."""
    found = []
    for each, look in zip(documents, looks, strict=True):
        why = why_touched(traces, each, linked=look.words)
        if not why and look.original_tells(each):
            why = "quotes" if look.words else "mentions"
        found.append(why)
    return found


def planned(key: bytes, held: Held) -> Erasure:
    """Return the plan of an erasure with its tombstones by this key; files are not counted."""
    gone = held.gone
    digests = (
        digests_of_letter(
            *(key, held.mailbox, each.letter.message, held.raws.get(one, "")),
            held.headers.get(one, ()),
        )
        for one, each in held.own.items()
    )
    return Erasure(
        held.mailbox,
        letters=len(held.own),
        redacted=len(held.touched),
        dialogs_gone=gone,
        dialogs_kept=len(held.touched_dialogs) - gone,
        unsearched=held.unsearched,
        tombstones=sorted(set().union(*digests)),
        person=digest_of_person(key, held.mailbox, held.person),
        traces=sorted(digests_of_traces(key, held.mailbox, held.mine, held.beside)),
    )


async def _with_texts(store: Store, mailbox: str, keys: list[str]) -> AsyncIterator[Letter]:
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        kept = await store.letters.of_keys(mailbox, some, WITH_TEXTS)
        letters = {each.letter.key: each.letter for each in kept}
        for key in (each for each in some if each in letters):
            yield letters[key]


async def _as_said(store: Store, found: Held, keys: Set[str]) -> list[str]:
    """Return letters in the order in which they count as said."""
    order: dict[str, tuple[datetime, tuple[datetime, str]]] = {}
    wanted = sorted(keys)
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        for key, each in (await store.letters.documents(found.mailbox, some, RECEIVED)).items():
            letter = found.every[key].letter
            received = each.get("content", {}).get("received")
            order[key] = said_at(letter.created, received), letter.order
    return sorted(order, key=order.__getitem__)


def _linked(found: Held) -> set[str]:
    """Return the letters beside his, or that name one of his."""
    beside: set[str] = set()
    for dialog in found.dialogs.values():
        keys = {each["key"] for each in dialog.messages}
        if not keys.isdisjoint(found.own):
            beside |= keys
    naming = {
        key
        for key, each in found.every.items()
        if not found.ids.isdisjoint(one for _, one in each.letter.cited)
    }
    return (beside | naming) - found.own.keys()


def _count(found: Held, document: Document) -> None:
    raw = document["content"].get("raw")
    found.raws[document["key"]] = (raw or {}).get("sha256") or document.get("earlier") or ""
    found.headers[document["key"]] = headers_in(document["content"])
    found.bytes += (raw or {}).get("size", 0)
    for each in document["message"]["attachments"]:
        found.files[each["sha256"]] = each["size"]
