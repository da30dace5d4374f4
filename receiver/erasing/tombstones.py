"""Erased data must not come back: the collections ``erasures`` and ``tombstones``.

An erasure records who asked for it, when, and how much it was, never about whom. A tombstone's
``_id`` is a keyed digest: of a letter; or, with ``until``, of a person or of what mentions him in
letters of others (``receiver.erasing.afterwards``): letters dated later are new ones. A person's
tombstone is ``held`` if letters of that mailbox mentioned him, so that readers of another mailbox
learn of nobody whom it never saw.

The key is in ``meta``. It must be the same for every receiver and every way in, come back with
every backup, and never change; a file beside the database would be lost some day, and the next
import would bring all erased letters back.
"""

import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

from bson import Binary, ObjectId

from receiver.backup.origin import origin
from receiver.store.mongo import Database, Document, all_of, insert_new, store_errors

KEY = "erasing"
KEY_BYTES = 32
ASK_SECONDS = 10.0
AT_ONCE = 1000
AT_WORK = timedelta(minutes=30)
"""How long an erasure is believed to be at work; two at once do no harm, but work twice."""
LATEST = datetime.max.replace(tzinfo=UTC)  # where the last date is not noted


class Tombstones:
    """Writes and finds what was erased; each method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._meta = database["meta"]
        self._tombstones = database["tombstones"]
        self._erasures = database["erasures"]
        self._key: bytes | None = None
        self._until: datetime | None = None
        self._asked = -ASK_SECONDS

    async def key(self) -> bytes | None:
        """Return the key, None as long as nothing was erased; cached for a short time."""
        if monotonic() - self._asked >= ASK_SECONDS:
            with store_errors():
                found = await self._meta.find_one({"_id": KEY})
            self._key = bytes(found["key"]) if found else None
            self._until = found.get("until", LATEST) if found else None
            self._asked = monotonic()
        return self._key

    async def until(self) -> datetime | None:
        """Return the latest date up to which somebody is erased, as of the last look.

        None as long as nothing was erased.
        """
        await self.key()
        return self._until

    async def origin(self) -> str:
        """Return the name for life of the database, by which files of erasures know theirs."""
        return await origin(self._database)

    async def made_key(self) -> bytes:
        """Return the key; the first one that is made stays."""
        return await self.adopt_key(secrets.token_bytes(KEY_BYTES))

    async def adopt_key(self, key: bytes) -> bytes:
        """Store this key unless there is one; return the key in use."""
        with store_errors():
            await self._meta.update_one(
                {"_id": KEY}, {"$setOnInsert": {"key": Binary(key)}}, upsert=True
            )
            found = await self._meta.find_one({"_id": KEY})
        self._key = bytes(found["key"]) if found else key
        return self._key

    async def standing(self, digests: Iterable[str]) -> dict[str, datetime | None]:
        """Return which digests have a tombstone, each with the date up to which it counts."""
        wanted = sorted(set(digests))
        found: dict[str, datetime | None] = {}
        for start in range(0, len(wanted), AT_ONCE):
            query = {"_id": {"$in": wanted[start : start + AT_ONCE]}}
            with store_errors():
                documents = await self._tombstones.find(query).to_list(None)
            found |= {each["_id"]: each.get("until") for each in documents}
        return found

    async def for_person(self, erasure: ObjectId, digests: Iterable[str], until: datetime) -> None:
        """Write tombstones of a person and of what mentions him; the later of two dates counts."""
        wanted = sorted(set(digests))
        there = await self.standing(wanted)
        new = [
            {"_id": each, "erasure": erasure, "until": until}
            for each in wanted
            if each not in there
        ]
        for start in range(0, len(new), AT_ONCE):
            await insert_new(self._tombstones, new[start : start + AT_ONCE])
        for start in range(0, len(wanted), AT_ONCE):
            some = {"_id": {"$in": wanted[start : start + AT_ONCE]}}
            with store_errors():
                await self._tombstones.update_many(some, {"$max": {"until": until}})
        with store_errors():
            await self._meta.update_one({"_id": KEY}, {"$max": {"until": until}})

    async def say_held(self, person: str) -> None:
        """Mark a person's tombstone: letters of its mailbox mentioned him."""
        with store_errors():
            await self._tombstones.update_one({"_id": person}, {"$set": {"held": True}})

    async def held(self, people: Iterable[str]) -> bool:
        """Tell whether letters mentioned one of these people; each digest is of one mailbox."""
        query = {"_id": {"$in": sorted(people)}, "held": True}
        with store_errors():
            return await self._tombstones.find_one(query) is not None

    async def for_letters(self, erasure: ObjectId, digests: Iterable[str]) -> None:
        """Write tombstones of letters unless they exist."""
        wanted = sorted(set(digests))
        there = await self.standing(wanted)
        new = [{"_id": each, "erasure": erasure} for each in wanted if each not in there]
        for start in range(0, len(new), AT_ONCE):
            # Another erasure may write the same ones now.
            await insert_new(self._tombstones, new[start : start + AT_ONCE])

    async def every(self) -> list[Document]:
        """Return all tombstones."""
        with store_errors():
            return await all_of(self._tombstones.find())

    async def note(self, erasure: ObjectId, says: Mapping[str, Any]) -> None:
        """Record what an erasure did."""
        with store_errors():
            await self._erasures.update_one({"_id": erasure}, {"$set": dict(says)}, upsert=True)

    async def reasons(self) -> list[str]:
        """Return why people were erased."""
        with store_errors():
            found = await all_of(self._erasures.find({}, {"reason": 1}))
        return [each.get("reason", "") for each in found]

    async def clean(self, cleaned: Callable[[str], str]) -> None:
        """Remove from who ordered others' erasures, and why, what ``cleaned`` removes."""
        with store_errors():
            for each in await all_of(self._erasures.find()):
                said = {name: each.get(name, "") for name in ("who", "reason")}
                left = {name: cleaned(text) for name, text in said.items()}
                if left != said:
                    await self._erasures.update_one({"_id": each["_id"]}, {"$set": left})

    async def unfinished(self, mailbox: str) -> list[Document]:
        """Return a mailbox's erasures without an end: cut short, or running."""
        with store_errors():
            found = self._erasures.find({"mailbox": mailbox, "done": False})
            return await found.to_list(None)

    async def say_acted(self, orders: Iterable[ObjectId], people: Iterable[str] = ()) -> None:
        """Record that these orders, and whatever was begun before for these people, have their act.

        ``people`` are digests, each of one mailbox in which nothing of him is left.
        """
        ours, his = {"order": {"$in": list(orders)}}, {"person": {"$in": list(people)}}
        with store_errors():
            await self._erasures.update_many(ours, {"$set": {"act": True}})
            await self._erasures.update_many(his, {"$set": {"act": True, "done": True}})

    async def cut_short(self, now: datetime) -> list[Document]:
        """Return the records of erasures that were cut short, oldest first.

        One that is ``done`` only lacks its act. Several may belong to one ``order``.
        """
        query = {"$or": [{"done": False}, {"act": False}], "when": {"$lte": now - AT_WORK}}
        with store_errors():
            return await self._erasures.find(query).sort("when", 1).to_list(None)

    async def listed(self) -> list[Document]:
        """Return all erasures, the oldest first."""
        with store_errors():
            return await all_of(self._erasures.find().sort("when", 1))


def counts(until: datetime | None, dated: datetime) -> bool:
    """Tell whether a tombstone applies to a letter of this date."""
    return until is None or dated <= until
