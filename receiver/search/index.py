"""Where the index is stored: ``search`` has a manifest per mailbox, ``search_pieces`` the pieces.

The *manifest* of a mailbox lists its segments, and up to which time letters were read. Pieces are
written first and never changed. The index is what the manifest lists, and the manifest is changed
by compare-and-set on ``revision``. So a reader sees a complete index; of two writers one wins, and
the other removes its pieces. Pieces of a writer that died are listed as ``pending``, old ones as
``dropped``, until they are deleted.

Everything is found by ``_id``: any database with this protocol does that quickly.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bson import Binary, ObjectId

from receiver.search.segment import Segment
from receiver.search.terms import RULE
from receiver.store.mongo import Database, Document, store_errors

AT_ONCE = 500
READ_TOGETHER = 16  # the embedded database compares each piece with each requested name


@dataclass(frozen=True)
class IndexManifest:
    """The state of a mailbox's index; all letters stored before ``until`` are in it.

    ``again`` are letters whose words must be removed, and since when; those that still exist are
    read again. ``rewritten`` changes when that begins and ends, so that receivers know that the
    terms in their memory may be outdated. ``of_before``: its words were made by another rule; it is
    read as an empty index whose segments are dropped, and so made anew.
    """

    mailbox: str
    revision: int = -1
    until: datetime | None = None
    segments: tuple[Segment, ...] = ()
    pending: tuple[tuple[Segment, datetime], ...] = ()
    dropped: tuple[Segment, ...] = ()
    again: Mapping[bytes, datetime] = field(default_factory=dict)
    busy: datetime | None = None
    rewritten: int = 0
    of_before: bool = False


class Index:
    """Reads and writes manifests and pieces; each method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._manifests = database["search"]
        self._pieces = database["search_pieces"]

    async def manifest(self, mailbox: str) -> IndexManifest:
        """Return a mailbox's manifest, an empty one if there is none."""
        with store_errors():
            found = await self._manifests.find_one({"_id": mailbox})
        return _read(mailbox, found) if found else IndexManifest(mailbox)

    async def save(self, manifest: IndexManifest, **changes: Any) -> IndexManifest | None:
        """Store a manifest; return None if somebody else has changed it meanwhile."""
        after = replace(manifest, **changes, revision=manifest.revision + 1, of_before=False)
        written = _written(after)
        told = written.keys() if manifest.of_before else changes.keys()
        said = {name: written[name] for name in told} | {"revision": after.revision}
        with store_errors():
            if manifest.revision < 0:
                start = {"$setOnInsert": _written(IndexManifest(manifest.mailbox, revision=0))}
                await self._manifests.update_one({"_id": manifest.mailbox}, start, upsert=True)
                fresh = await self.manifest(manifest.mailbox)
                return await self.save(fresh, **changes) if fresh.revision == 0 else None
            guard = {"_id": manifest.mailbox, "revision": manifest.revision}
            done = await self._manifests.update_one(guard, {"$set": said})
        return after if done.matched_count else None

    async def set_back(self, place: datetime) -> None:
        """Let letters be read again from a place on: the clock was set back.

        A running writer loses and is not waited for; a letter that is read twice is in the index
        once.
        """
        query = {"$or": [{"until": {"$gt": place}}, {"busy": {"$gt": place}}]}
        with store_errors():
            found = await self._manifests.find(query, {"_id": 1}).to_list(None)
        for each in found:
            while True:
                manifest = await self.manifest(each["_id"])
                until = manifest.until and min(manifest.until, place)
                if await self.save(manifest, until=until, busy=None) is not None:
                    break

    async def pieces(self, names: Sequence[str]) -> dict[str, bytes]:
        """Return the existing pieces of these names."""
        found: dict[str, bytes] = {}
        for start in range(0, len(names), READ_TOGETHER):
            query = {"_id": {"$in": list(names[start : start + READ_TOGETHER])}}
            with store_errors():
                documents = await self._pieces.find(query).to_list(None)
            found |= {each["_id"]: bytes(each["content"]) for each in documents}
        return found

    async def write(self, pieces: Mapping[str, bytes]) -> None:
        """Write new pieces."""
        documents = [{"_id": name, "content": Binary(each)} for name, each in pieces.items()]
        for start in range(0, len(documents), AT_ONCE):
            with store_errors():
                await self._pieces.insert_many(documents[start : start + AT_ONCE], ordered=False)

    async def take_away(self, segments: Collection[Segment]) -> None:
        """Delete the existing pieces of segments."""
        names = [name for each in segments for name in each.pieces]
        for start in range(0, len(names), AT_ONCE):
            with store_errors():
                await self._pieces.delete_many({"_id": {"$in": names[start : start + AT_ONCE]}})


def _read(mailbox: str, found: Document) -> IndexManifest:
    manifest = _as_written(mailbox, found)
    if found.get("rule") == RULE:
        return manifest
    dropped = (*manifest.dropped, *manifest.segments)
    return replace(manifest, segments=(), dropped=dropped, until=None, of_before=True)


def _as_written(mailbox: str, found: Document) -> IndexManifest:
    return IndexManifest(
        mailbox,
        found["revision"],
        found["until"],
        tuple(Segment(*each) for each in found["segments"]),
        tuple((Segment(*each), since) for each, since in found["pending"]),
        tuple(Segment(*each) for each in found["dropped"]),
        {one.binary: since for one, since in found["again"]},
        found["busy"],
        found.get("rewritten", 0),
    )


def _written(manifest: IndexManifest) -> Document:
    return {
        "revision": manifest.revision,
        "rule": RULE,
        "until": manifest.until,
        "segments": [_listed(each) for each in manifest.segments],
        "pending": [[_listed(each), since] for each, since in manifest.pending],
        "dropped": [_listed(each) for each in manifest.dropped],
        "again": [[ObjectId(one), since] for one, since in manifest.again.items()],
        "busy": manifest.busy,
        "rewritten": manifest.rewritten,
    }


def _listed(segment: Segment) -> list[Any]:
    return [segment.name, segment.letters, segment.newest, segment.oldest]
