"""The collections ``links`` and ``sign_ins``: who may look at the page, from which browser.

Only the SHA-256 of a link or a cookie is stored, as ``_id``. A link is good for one sign-in. One
that was made with a token names it, and ends with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pymongo import ReturnDocument

from receiver.store.mongo import Database, Document, store_errors

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)  # for whoever asks, however clocks differ


@dataclass(frozen=True)
class Pass:
    """The rights of a link or a sign-in, and their end; ``token`` is a token's digest, or None."""

    name: str
    rights: Sequence[str]
    mailboxes: Sequence[str]
    expires: datetime
    token: str | None = None


class SignIns:
    """Stores links and sign-ins; each method raises StoreUnavailable when in doubt."""

    def __init__(self, database: Database) -> None:
        self._links = database["links"]
        self._sign_ins = database["sign_ins"]

    async def add_link(self, digest: str, allows: Pass, now: datetime) -> None:
        """Keep a link."""
        with store_errors():
            await self._links.insert_one(_document(digest, allows, now))

    async def link(self, digest: str, now: datetime) -> Document | None:
        """Return a link that is still valid."""
        with store_errors():
            return await self._links.find_one({"_id": digest, "expires": {"$gt": now}})

    async def use_link(self, digest: str, now: datetime) -> Document | None:
        """Return a valid link and invalidate it: of two callers, one gets it."""
        with store_errors():
            return await self._links.find_one_and_update(
                {"_id": digest, "expires": {"$gt": now}},
                {"$set": {"expires": LONG_AGO}},
                return_document=ReturnDocument.BEFORE,
            )

    async def add(self, digest: str, allows: Pass, now: datetime) -> None:
        """Keep a sign-in."""
        with store_errors():
            await self._sign_ins.insert_one(_document(digest, allows, now))

    async def find(self, digest: str, now: datetime) -> Document | None:
        """Return the sign-in of a cookie's digest, if it has not ended."""
        with store_errors():
            return await self._sign_ins.find_one({"_id": digest, "expires": {"$gt": now}})

    async def note_use(self, digest: str, when: datetime) -> None:
        """Note when a sign-in was last used."""
        with store_errors():
            await self._sign_ins.update_one({"_id": digest}, {"$max": {"used": when}})

    async def every(self, now: datetime) -> list[Document]:
        """Return all that have not ended, the oldest first."""
        with store_errors():
            found = self._sign_ins.find({"expires": {"$gt": now}}).sort("created", 1)
            return await found.to_list(None)

    async def end(self, digest: str) -> None:
        """Have a sign-in end now."""
        with store_errors():
            await self._sign_ins.delete_one({"_id": digest})

    async def end_all_of(self, name: str, *token: str | None) -> int:
        """End all links and sign-ins of a name, or of one token with this name; return how many.

        ``None`` means those without a token: a token may have the name of another person.
        """
        query: Document = {"name": name} | ({"token": token[0]} if token else {})
        with store_errors():
            links = await self._links.delete_many(query)
            return (
                int(links.deleted_count) + (await self._sign_ins.delete_many(query)).deleted_count
            )


def _document(digest: str, allows: Pass, now: datetime) -> Document:
    return {
        "_id": digest,
        "name": allows.name,
        "rights": list(allows.rights),
        "mailboxes": list(allows.mailboxes),
        "token": allows.token,
        "created": now,
        "used": None,
        "expires": allows.expires,
    }
