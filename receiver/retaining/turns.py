"""Whose turn it is to do what one receiver of all does now and then; the turns lie in ``meta``."""

from datetime import datetime, timedelta

from receiver.store.mongo import Database, DuplicateKey, store_errors


async def take_turn(database: Database, name: str, now: datetime, every: timedelta) -> bool:
    """Tell whether it is ours: nobody has had one within ``every``; raises StoreUnavailable."""
    try:
        with store_errors():
            done = await database["meta"].update_one(
                {"_id": name, "next": {"$lte": now}},
                {"$set": {"next": now + every}},
                upsert=True,
            )
    except DuplicateKey:  # it is not time yet
        return False
    return bool(done.matched_count or done.upserted_id)
