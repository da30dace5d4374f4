"""Canaries that arrived (collection ``canaries``), with the time of each step. None is a letter."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from contract.canary import mark_in
from contract.event import Answer, Email
from contract.signature import Key
from receiver import metrics
from receiver.store.mongo import Database, Document, store_errors


class Canaries:
    """Recognises canaries by their mark and records them; raises StoreUnavailable."""

    def __init__(self, database: Database, keys: Callable[[], Sequence[Key]]) -> None:
        self._canaries = database["canaries"]
        self._keys = keys

    async def take(self, email: Email, now: datetime, ahead: float) -> Answer | None:
        """Record a canary, and return its answer; None if the event is a letter's.

        ``ahead``: by how many seconds our clock is ahead of the sender's.
        """
        headers = [each for each in email.headers if each[0].casefold().startswith("x-email-l")]
        found = mark_in(self._keys(), email.mailbox, headers, now.timestamp()) if headers else None
        if found is None:
            return None
        sent = datetime.fromtimestamp(found.sent, UTC)
        document = {
            "mailbox": email.mailbox,
            "sent": sent,
            "received": email.received_at,
            "arrived": now,
        }
        with store_errors():
            await self._canaries.update_one(
                {"_id": found.name}, {"$setOnInsert": document}, upsert=True
            )
        took = (datetime.now(UTC) - sent).total_seconds() - ahead
        metrics.CANARY.set(max(took, 0.0))
        metrics.CANARY_WHEN.set(now.timestamp())
        return Answer(dialog="", outcome="canary", matched_by="key")

    async def find(self, name: str) -> Document | None:
        """Return the record of a canary, if it has arrived."""
        with store_errors():
            return await self._canaries.find_one({"_id": name})
