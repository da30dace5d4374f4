"""The collection ``tokens``: each token's SHA-256 (``_id``), name, rights and mailboxes."""

from collections.abc import Collection, Sequence
from datetime import datetime

from receiver.access.token import is_in_force
from receiver.store.mailboxes import KeptMailboxes
from receiver.store.mongo import Database, Document, store_errors


class Tokens:
    """Keeps tokens; each method raises StoreUnavailable when in doubt."""

    def __init__(self, database: Database) -> None:
        self._tokens = database["tokens"]
        self._mailboxes = KeptMailboxes(database)

    async def add(
        self,
        digest: str,
        name: str,
        rights: Sequence[str],
        mailboxes: Sequence[str],
        *,
        now: datetime,
        expires: datetime | None,
    ) -> None:
        """Store a token; raises DuplicateKey if the name was ever given."""
        document = {
            "_id": digest,
            "name": name,
            "rights": list(rights),
            "mailboxes": list(mailboxes),
            "created": now,
            "expires": expires,
            "revoked": None,
            "used": None,
        }
        with store_errors():
            await self._tokens.insert_one(document)

    async def find(self, digest: str) -> Document | None:
        """Return the token with this digest."""
        with store_errors():
            return await self._tokens.find_one({"_id": digest})

    async def mailboxes(self, allowed: Document) -> frozenset[str]:
        """Return the mailboxes of a token or sign-in, spelt as their letters have them."""
        return frozenset([await self._mailboxes.spelt(each) for each in allowed["mailboxes"]])

    async def ended(self, names: Collection[str], now: datetime) -> set[str]:
        """Return those names whose tokens are no longer valid."""
        with store_errors():
            found = await self._tokens.find({"name": {"$in": sorted(names)}}).to_list(None)
        return {each["name"] for each in found if not is_in_force(each, now)}

    async def every(self) -> list[Document]:
        """Return all tokens, the oldest first."""
        with store_errors():
            return await self._tokens.find().sort("created", 1).to_list(None)

    async def note_use(self, digest: str, when: datetime) -> None:
        """Record when a token was last used."""
        with store_errors():
            await self._tokens.update_one({"_id": digest}, {"$max": {"used": when}})

    async def revoke(self, name: str, when: datetime) -> bool:
        """End a token now; return False if no valid one has this name."""
        with store_errors():
            done = await self._tokens.update_one(
                {"name": name, "revoked": None}, {"$set": {"revoked": when}}
            )
        return bool(done.matched_count)

    async def renew(self, name: str) -> bool:
        """Make a suspended token valid again; return False if there is none, or it was revoked."""
        suspended = {"name": name, "revoked": None, "suspended": {"$exists": True}}
        with store_errors():
            done = await self._tokens.update_one(suspended, {"$unset": {"suspended": ""}})
        return bool(done.matched_count)

    async def suspended_by(self, backup: str) -> int:
        """Return how many tokens are still suspended after the restore of this backup."""
        with store_errors():
            return await self._tokens.count_documents({"suspended": backup})

    async def renew_all(self, backup: str) -> None:
        """Undo all suspensions made by the restore of this backup."""
        with store_errors():
            await self._tokens.update_many({"suspended": backup}, {"$unset": {"suspended": ""}})
