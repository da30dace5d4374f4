"""What only one receiver of all does now and then, in turns that are kept in ``meta``."""

from datetime import datetime, timedelta

from receiver.store.mongo import Database, DuplicateKey, store_errors

CLOCKS_DIFFER = timedelta(minutes=1)
LEAP = timedelta(days=2)


async def take_turn(database: Database, name: str, now: datetime, every: timedelta) -> bool:
    """Tell whether the turn is ours: nobody had one within ``every``; raises StoreUnavailable.

    A next turn further away was noted by a clock that was set back since.
    """
    due = [{"next": {"$lte": now}}, {"next": {"$gt": now + every + CLOCKS_DIFFER}}]
    try:
        with store_errors():
            done = await database["meta"].update_one(
                {"_id": name, "$or": due},
                {"$set": {"next": now + every}},
                upsert=True,
            )
    except DuplicateKey:  # it is not due yet
        return False
    return bool(done.matched_count or done.upserted_id)


async def put_off_after_a_leap(
    database: Database, name: str, now: datetime, every: timedelta
) -> bool:
    """Postpone the next turn if it was due days ago; tell whether it was. Raises StoreUnavailable.

    Either no receiver ran in these days, or the clock has leapt ahead, and young letters would be
    deleted as old. Nobody can tell which, so people get time to set the clock right.
    """
    with store_errors():
        done = await database["meta"].update_one(
            {"_id": name, "next": {"$lt": now - LEAP}}, {"$set": {"next": now + every}}
        )
    return bool(done.matched_count)
