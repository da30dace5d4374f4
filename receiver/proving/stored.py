"""Which letters that were read from a folder are stored."""

from contract.batch import StoredAsked, StoredLetter
from receiver.store.mongo import Database, store_errors


async def stored_of(
    database: Database, mailbox: str, asked: StoredAsked, limit: int
) -> list[StoredLetter]:
    """Return key, Message-ID and time of letters that came from a folder in a span of time.

    At most ``limit`` of them; raises StoreUnavailable.
    """
    query = {
        "mailbox": mailbox,
        "kept": {"$gte": asked.since},
        "content.received": {"$gte": asked.since, "$lt": asked.until},
        "copies.source.folder": asked.folder,
    }
    fields = {"key": 1, "message.message_id": 1, "content.received": 1}
    with store_errors():
        found = await database["letters"].find(query, fields).limit(limit).to_list(limit)
    return [
        StoredLetter(
            key=each["key"],
            message_id=each["message"]["message_id"],
            received=each["content"]["received"],
        )
        for each in found
    ]
