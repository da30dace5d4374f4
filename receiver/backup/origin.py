"""A database's name for life, by which its backups and files of erasures are known."""

import secrets

from receiver.store.mongo import Database, store_errors

ORIGIN = "origin"  # in ``meta``


async def origin(database: Database) -> str:
    """Return the name, made once: a restore brings it back. Raises StoreUnavailable.

    A database of the same name on another volume has another.
    """
    one = {"_id": ORIGIN}
    with store_errors():
        fresh = {"$setOnInsert": {"id": secrets.token_hex(8)}}
        await database["meta"].update_one(one, fresh, upsert=True)
        found = await database["meta"].find_one(one)
    return str(found["id"]) if found else ""
