"""The collection ``letters``: one document a letter. What a letter says is written once.

Only erasing takes letters away, or what quotes an erased person out of them (``redacted``), and
retention what is older than a mailbox keeps (``trimmed``).

Beside that stand where it is shown (``dialog``: the dialog's id, or one that leads to it), the ways
by which its copies came, and under which names it is found (``known``). An id alone is the name of
the first letter that knows it, and of each that carries it; in any other dialog the letters that
know the id have names of id and person (``receiver.filing.look``). So a look at an id costs the
same if five thousand know it.
"""

from collections.abc import AsyncIterator, Collection, Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from receiver.letters.letter import Letter
from receiver.store.mailboxes import KeptMailboxes
from receiver.store.mongo import (
    Database,
    Document,
    all_of,
    each_of,
    insert_new,
    store_errors,
    update_each,
)
from receiver.store.packed import packed
from receiver.store.schema import WITH_OTHER_NAME

MAX_COPIES = 20
MANY = 500  # of a whole mailbox at a time: no answer takes longer than allowed (MONGO_TIMEOUT)
FEW = 100  # values that a query looks for
# By name: fields that a query excludes are first copied by the embedded database.
WITH_TEXTS: Document = dict.fromkeys(
    ("mailbox", "message", "known", "dialog", "stood", "earlier", "kept"), 1
)
POINTERS: Document = dict.fromkeys(("mailbox", "message.key", "known", "dialog", "stood"), 1)
NAMING = ("message_id", "known_as", "in_reply_to", "references", "kind", "bounce", "guess")
IDS: Document = POINTERS | dict.fromkeys((f"message.{each}" for each in NAMING), 1)
WITHOUT_TEXTS: Document = {"content": 0, "copies": 0, "message.body": 0, "message.reply": 0}


@dataclass
class Kept:
    """A stored letter: its id, where it is shown, and the names that it is found under.

    ``earlier`` is set if its key is of an earlier version: the digest of its bytes, or empty.
    ``redacted``: it is yet to be written, without somebody erased before it came. ``since`` is when
    it was stored, by the database. ``stood`` is its dialog before a person's correction first moved
    it.
    """

    id: ObjectId
    letter: Letter
    dialog: ObjectId
    known: frozenset[str] = frozenset()
    earlier: str | None = None
    redacted: bool = False
    since: datetime | None = None
    stood: ObjectId | None = None


def named(message_id: str, person: str) -> str:
    """Return the name of an id in a dialog that was not the first to know it."""
    return f"{message_id}\n{person}"


def kept_of(document: Document) -> Kept:
    """Return what a letter's document says."""
    letter = Letter(document["mailbox"], document["message"])
    return Kept(
        document["_id"],
        letter,
        document["dialog"],
        frozenset(document["known"]),
        document.get("earlier"),
        since=document.get("kept"),
        stood=document.get("stood"),
    )


class Letters:
    """Keeps letters and finds them; each method raises StoreUnavailable when in doubt."""

    def __init__(self, database: Database) -> None:
        self._letters = database["letters"]
        self._mailboxes = KeptMailboxes(database)

    async def keep(
        self, letters: Sequence[tuple[Kept, Document, Document]], when: datetime
    ) -> set[str]:
        """Insert letters, each with its content and its copy; return the keys that were there."""
        await self._mailboxes.mark({each.letter.mailbox for each, _, _ in letters}, when)
        documents = [_document(*each, when) for each in letters]
        there = await insert_new(self._letters, documents)
        return {documents[place]["key"] for place in there}

    async def knowing(
        self, mailbox: str, names: Iterable[str], projection: Document = WITH_TEXTS
    ) -> list[Kept]:
        """Return the letters that are found under any of the names."""
        return await self._with_one_of(mailbox, "known", names, projection)

    async def sharing(self, mailbox: str, ids: Iterable[str], limit: int) -> list[Kept]:
        """Return the letters found under ids, with any person; of no id that has more than that."""
        found: list[Kept] = []
        for one in sorted(ids):
            names = {"$elemMatch": {"$gte": one, "$lt": named(one, "\uffff")}}
            with store_errors():
                query = self._letters.find({"mailbox": mailbox, "known": names}, WITH_TEXTS)
                some = await query.limit(limit + 1).to_list(limit + 1)
            found += map(kept_of, some) if len(some) <= limit else ()
        return found

    async def of_message_ids(
        self, mailboxes: Sequence[str], ids: Collection[str], limit: int
    ) -> list[Document]:
        """Return whole documents of letters with such a Message-ID, even an unusable one."""
        query: Document = {"mailbox": {"$in": list(mailboxes)}}
        query["message.message_id"] = {"$in": sorted(ids)}
        ways = ({"known": {"$in": sorted(ids)}}, WITH_OTHER_NAME)
        return await self._whole((query | way for way in ways), limit)

    async def of_envelopes(
        self, mailboxes: Sequence[str], senders: Collection[str], limit: int
    ) -> list[Document]:
        """Return whole documents of letters that SMTP took from these senders, as spelt."""
        of: Document = {"mailbox": {"$in": list(mailboxes)}}
        queries = ({"copies.source.mail_from": each} | of for each in sorted(senders))
        return await self._whole(queries, limit)

    async def of_keys(
        self, mailbox: str, keys: Iterable[str], projection: Document = WITH_TEXTS
    ) -> list[Kept]:
        """Return the letters of these keys."""
        return await self._with_one_of(mailbox, "key", keys, projection)

    async def of_earlier(self, mailbox: str, keys: Iterable[str], digest: str) -> list[Kept]:
        """Return letters by keys of an earlier version, and by the digest of their bytes.

        Among them may be one to which these bytes are attached.
        """
        same: Document = {"digests": digest, "mailbox": mailbox}
        return await self.of_keys(mailbox, keys) + (await self._found(same) if digest else [])

    async def documents(
        self, mailbox: str, keys: Iterable[str], fields: Document
    ) -> dict[str, Document]:
        """Return these fields of letters, ``key`` among them, by key."""
        query = {"mailbox": mailbox, "key": {"$in": sorted(set(keys))}}
        with store_errors():
            found = await self._letters.find(query, fields).to_list(None)
        return {each["key"]: each for each in found}

    async def of_mailbox(
        self, mailbox: str, but: Collection[Any] = frozenset()
    ) -> AsyncIterator[Kept]:
        """Yield every letter of a mailbox, without its texts, except those of some ids."""
        with store_errors():
            found = self._letters.find({"mailbox": mailbox}, WITHOUT_TEXTS).batch_size(MANY)
            async for document in each_of(found):
                if document["_id"] not in but:
                    yield kept_of(document)

    async def of_id(self, letter_id: ObjectId) -> Kept | None:
        """Return where the letter of this id stands, as far as ``POINTERS`` say."""
        with store_errors():
            found = await self._letters.find_one({"_id": letter_id}, POINTERS)
        return kept_of(found) if found else None

    async def point_all(self, kept: Sequence[Kept], dialog: ObjectId) -> bool:
        """Move letters' pointers to another dialog; return False if somebody else moved one.

        Pointers requested together with that one are then moved all the same.
        """
        for start in range(0, len(kept), MANY):
            some = kept[start : start + MANY]
            guards = [{"_id": each.id, "dialog": each.dialog} for each in some]
            updates = [(guard, {"$set": {"dialog": dialog}}) for guard in guards]
            if not await update_each(self._letters, updates):
                return False
        return True

    async def note_where_they_stood(
        self, kept: Sequence[Kept], dialog: ObjectId, *, anew: bool = False
    ) -> None:
        """Note that letters stood in a dialog; if several processes do, the least id counts.

        With ``anew`` it replaces what was noted before.
        """
        update = {"$set" if anew else "$min": {"stood": dialog}}
        for few in _by_few([each.id for each in kept]):
            with store_errors():
                await self._letters.update_many({"_id": {"$in": few}}, update)

    async def name(self, kept: Kept, names: Set[str]) -> None:
        """Add names under which a letter is found."""
        with store_errors():
            await self._letters.update_one(
                {"_id": kept.id}, {"$addToSet": {"known": {"$each": sorted(names)}}}
            )

    async def document(self, mailbox: str, key: str) -> Document | None:
        """Return a letter's whole document."""
        with store_errors():
            return await self._letters.find_one({"mailbox": mailbox, "key": key})

    async def beside(self, mailbox: str, keys: Iterable[str]) -> dict[str, Document]:
        """Return what is stored beside the messages of letters, by key, without large fields.

        ``has_html`` tells whether there is HTML; ``content`` has none of it.
        """
        fields = ("key", "kept", "copies", "content.raw", "content.received", "content.left_out")
        found = await self.documents(mailbox, keys, dict.fromkeys(fields, 1))
        # By _id: with mailbox and key the embedded database looks through all letters for it.
        pages: Document = {"_id": {"$in": [each["_id"] for each in found.values()]}}
        pages["content.html"] = {"$gt": ""}
        with store_errors():
            with_html = await self._letters.find(pages, {"key": 1}).to_list(None)
        have = {each["key"] for each in with_html}
        return {key: each | {"has_html": key in have} for key, each in found.items()}

    async def add_copy(self, document: Document, copy: Document, changes: Document) -> bool:
        """Add a copy, and its changes to the letter; return False if it was changed meanwhile."""
        guard = {"_id": document["_id"], "copies": document["copies"]}
        update: Document = {"$push": {"copies": copy}}
        if changes:
            update["$set"] = changes
        with store_errors():
            return bool((await self._letters.update_one(guard, update)).matched_count)

    async def kept_between(self, mailbox: str, since: datetime, until: datetime) -> list[Any]:
        """Return the ids of the letters stored in a span of the database's time."""
        query = {"mailbox": mailbox, "kept": {"$gte": since, "$lt": until}}
        with store_errors():
            found = await all_of(self._letters.find(query, {"_id": 1}))
        return [each["_id"] for each in found]

    async def of_ids(
        self, ids: Collection[Any], projection: Document = WITHOUT_TEXTS
    ) -> list[Kept]:
        """Return letters by their ids."""
        return await self._found({"_id": {"$in": list(ids)}}, projection) if ids else []

    async def _with_one_of(
        self, mailbox: str, field: str, values: Iterable[str], projection: Document
    ) -> list[Kept]:
        """Return the letters whose field has one of these values, each letter once.

        The embedded database compares each letter of a query with each value: it is asked for a few
        at a time, as a long dialog's would take longer than allowed. Letters that many of them find
        are fetched by id, so that each comes once.
        """
        queries = [
            {"mailbox": mailbox, field: {"$in": few}} for few in _by_few(sorted(set(values)))
        ]
        if len(queries) > 1:
            ids: set[ObjectId] = set()
            for each in queries:
                with store_errors():
                    some = await self._letters.find(each, {"_id": 1}).to_list(None)
                ids |= {one["_id"] for one in some}
            queries = [{"_id": {"$in": few}} for few in _by_few(sorted(ids))]
        return [one for each in queries for one in await self._found(each, projection)]

    async def _whole(self, queries: Iterable[Document], limit: int) -> list[Document]:
        """Return the whole documents that any of the queries finds, at most ``limit`` for each."""
        found: dict[Any, Document] = {}
        for query in queries:
            with store_errors():
                some = await self._letters.find(query).limit(limit).to_list(limit)
            found |= {each["_id"]: each for each in some}
        return list(found.values())

    async def _found(self, query: Document, projection: Document = WITH_TEXTS) -> list[Kept]:
        with store_errors():
            documents = await self._letters.find(query, projection).to_list(None)
        return [kept_of(each) for each in documents]


def _by_few(values: Sequence[Any]) -> list[Sequence[Any]]:
    return [values[start : start + FEW] for start in range(0, len(values), FEW)]


def _document(kept: Kept, content: Document, copy: Document, when: datetime) -> Document:
    content = content_packed(content)
    attached = {each["sha256"] for each in kept.letter.message["attachments"]}
    raw = content["raw"]
    if raw and "original" not in content:
        attached.add(raw["sha256"])
    return {
        "_id": kept.id,
        "mailbox": kept.letter.mailbox,
        "key": kept.letter.key,
        "known": sorted(kept.known),
        "dialog": kept.dialog,
        "kept": when,
        "message": kept.letter.message,
        "content": content,
        "copies": [copy],
        **({"digests": sorted(attached)} if attached else {}),
        **({"redacted": True} if kept.redacted else {}),
    }


def content_packed(content: Document) -> Document:
    """Return the stored form of a letter's content."""
    packing = {name: packed(content[name]) for name in ("headers", "original") if name in content}
    return content | packing
