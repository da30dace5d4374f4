"""What a database says of itself: the rule of its dialogs, and its layout.

Versions before 0.2 said nothing, and are recognised by their indexes and fields; a layout of a
later version is left alone. Two receivers with different rules would rewrite each other's dialogs
for ever; so the rule is stored in the database (collection ``meta``), and a receiver with another
one does not file.
"""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime

from receiver.store.mongo import Database, Document, store_errors
from receiver.threads.group import NUMBER, Policy

EARLIER_INDEX = "a_message_id_belongs_to_one_dialog"
OUR_INDEX = "opened_lately"  # no version before 0.2 had one over dialogs of this name
A_FEW = 20
SCHEMA = "schema"
LAYOUT = 2
"""How this version lays out its documents; what was before 0.2 is the first."""
RULE = "rule"
RESTORE = "restore"
LIFE = "life"
BACKUP = "backup"
QUIET = "quiet"
MIGRATE = "stop every receiver of before, then run: python -m receiver migrate"


async def claim(database: Database, policy: Policy) -> str | None:
    """Return on a line why nobody may file here with this policy, or None; StoreUnavailable.

    A database without a rule takes ours.
    """
    if found := await refusal(database, policy):
        return found
    if await _note(database, SCHEMA, {"$setOnInsert": {"number": LAYOUT}}):
        await begin_life(database)
    await _note(database, RULE, {"$setOnInsert": _rule(policy)})
    return await differs(database, policy)


async def refusal(database: Database, policy: Policy, *, was_ours: bool = False) -> str | None:
    """Return on a line why nobody may file here with this policy, or None; nothing is written.

    ``was_ours`` skips the search for earlier dialogs.
    """
    if found := await later(database):
        return found
    if name := await under_restore(database):
        return f"a backup is being restored: wait, or run: python -m receiver restore …/{name}"
    return await _of_before(database, was_ours=was_ours) or await differs(database, policy)


async def unreadable(database: Database) -> str | None:
    """Return on a line why this version cannot read the database, or None."""
    return await later(database) or await _of_before(database, was_ours=False)


async def _of_before(database: Database, *, was_ours: bool) -> str | None:
    if await under_migration(database):
        return f"its migration is not finished: {MIGRATE}"
    if not was_ours and await is_earlier(database):
        return f"its dialogs are of an earlier version: {MIGRATE}"
    return None


async def later(database: Database) -> str | None:
    """Return on a line that a later version has changed the layout, or None."""
    return is_later(await _said(database, SCHEMA))


def is_later(schema: Document) -> str | None:
    """Return the same for the schema that a database, or a backup, states."""
    number = schema.get("number", LAYOUT)
    if number <= LAYOUT:
        return None
    return (
        f"a later version has laid it out (schema {number}, and this one knows {LAYOUT}): run that"
        " version, or restore a backup of before"
    )


async def differs(database: Database, policy: Policy) -> str | None:
    """Return on a line how our rule differs from that of the database, or None."""
    found = await _said(database, RULE)
    if not found or {name: found.get(name) for name in _rule(policy)} == _rule(policy):
        return None
    if found["adopting"]:
        return "its dialogs are being made anew: wait, or run: python -m receiver project --adopt"
    return (
        f"its dialogs were made by rule {found['number']} with JOIN_POLICY={found['policy']}, and"
        f" this is rule {NUMBER} with JOIN_POLICY={policy}: set what it was, or run: python -m"
        " receiver project --adopt"
    )


async def adopt(database: Database, policy: Policy, *, done: bool) -> None:
    """Record that the database's dialogs are being made by our rule, or were."""
    await _note(database, RULE, {"$set": _rule(policy) | {"adopting": not done}})


async def is_earlier(database: Database) -> bool:
    """Tell whether there is a dialog of a version before 0.2, which had thread_ids.

    Indexes tell it without looking at dialogs: an embedded database would read all of them.
    """
    dialogs = database["dialogs"]
    with store_errors():
        indexes = await dialogs.index_information()
        if OUR_INDEX in indexes and EARLIER_INDEX not in indexes:
            return False
        some = dialogs.find({}, {"thread_ids": {"$slice": 1}, "messages": 0}).limit(A_FEW)
        first = await some.to_list(A_FEW)
        if any("thread_ids" in each for each in first):
            return True
        if EARLIER_INDEX not in indexes:
            return False
        return await dialogs.find_one({"thread_ids": {"$exists": True}}, {"_id": 1}) is not None


async def under_migration(database: Database) -> bool:
    """Tell whether a migration has begun and is not finished."""
    found = await _said(database, "migration")
    return bool(found) and found["state"] != "done"


async def begin_life(database: Database, now: datetime | None = None) -> None:
    """Begin a new life of the database: followers start anew, as nobody knows what they were told.

    ``now`` is earlier than a time noted in the previous life.
    """
    latest = {"latest": now} if now else {}
    await _note(database, LIFE, {"$set": {"id": secrets.token_hex(8), **latest}})


async def latest(database: Database) -> datetime | None:
    """Return the latest time of the database noted in this life."""
    return (await _said(database, LIFE)).get("latest")


async def note_time(database: Database, now: datetime) -> None:
    """Note the database's time."""
    await _note(database, LIFE, {"$max": {"latest": now}})


async def life(database: Database) -> str:
    """Return the life of the database; one that an earlier version began has no name."""
    return str((await _said(database, LIFE)).get("id", ""))


async def under_restore(database: Database) -> str | None:
    """Return the name of the backup whose restore is not finished, or None."""
    return (await _said(database, RESTORE)).get("backup")


async def begin_restore(database: Database, backup: str) -> None:
    """Record that a backup is being restored, in a new life: nobody files."""
    await begin_life(database)
    await _note(database, RESTORE, {"$setOnInsert": {"backup": backup, "loaded": False}})


async def is_loaded(database: Database) -> bool:
    """Tell whether the whole backup that is being restored is loaded and compared."""
    return bool((await _said(database, RESTORE)).get("loaded"))


async def say_loaded(database: Database) -> None:
    """Record that the whole backup is loaded: only the dialogs must still be made."""
    await _note(database, RESTORE, {"$set": {"loaded": True}})


async def end_restore(database: Database) -> None:
    """Record that the restore is finished."""
    with store_errors():
        await database["meta"].delete_one({"_id": RESTORE})


async def say_backed_up(
    database: Database, backup: str, letters: int = 0, before: int = 0, aside: int = 0
) -> None:
    """Record that a backup is finished, the letters in it and in those before, and how many stay.

    ``aside`` are backups that it does not displace.
    """
    counts = {"letters": letters, "before": before, "aside": aside}
    await _note(database, BACKUP, {"$set": {"name": backup, "when": datetime.now(UTC), **counts}})


async def doubtful_backup(database: Database) -> tuple[int, int, int] | None:
    """Return the letters of the last backup, of those before, and how many stay aside of it.

    None if there is nothing doubtful about it.
    """
    noted = await _said(database, BACKUP)
    letters, before, aside = (noted.get(each, 0) for each in ("letters", "before", "aside"))
    return (letters, before, aside) if aside or is_far_fewer(letters, before) else None


def is_far_fewer(letters: int, before: int) -> bool:
    """Tell whether a backup has less than half the letters of the one before."""
    return 2 * letters < before


async def backed_up(database: Database) -> datetime | None:
    """Return when the last backup was finished, or None."""
    return (await _said(database, BACKUP)).get("when")


async def say_quiet(database: Database, quiet: Mapping[str, datetime]) -> None:
    """Note which mailboxes are quiet for too long, each with the time of its last letter."""
    listed = [{"mailbox": name, "last": last} for name, last in sorted(quiet.items())]
    await _note(database, QUIET, {"$set": {"mailboxes": listed}})


async def quiet(database: Database) -> dict[str, datetime]:
    """Return the mailboxes that are quiet for too long, each with the time of its last letter."""
    listed = (await _said(database, QUIET)).get("mailboxes", [])
    return {each["mailbox"]: each["last"] for each in listed}


async def policy_of(database: Database) -> str | None:
    """Return the join policy by which the dialogs were made, or None if it is not recorded."""
    return (await _said(database, RULE)).get("policy")


async def foreign(database: Database) -> int:
    """Return how many documents among the dialogs are not ours; they are left alone."""
    query: Document = {"mailbox": None}
    with store_errors():
        return int(await database["dialogs"].count_documents(query))


def _rule(policy: Policy) -> Document:
    return {"number": NUMBER, "policy": policy, "adopting": False}


async def _said(database: Database, name: str) -> Document:
    """Return the document of this name in ``meta``, an empty one if there is none."""
    with store_errors():
        return await database["meta"].find_one({"_id": name}) or {}


async def _note(database: Database, name: str, update: Document) -> bool:
    """Update the document of this name in ``meta``; tell whether it is new."""
    with store_errors():
        done = await database["meta"].update_one({"_id": name}, update, upsert=True)
    return done.upserted_id is not None
