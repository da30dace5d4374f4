"""The collection ``alarms``: what somebody should look at, since when, and until when.

An alarm that stands has no ``cleared``; an index has it stand once, whoever raises it. It is about
some mailboxes, or about all (``*``), and told to the hooks that may know of those.
"""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta

from receiver.access.grant import EVERY_MAILBOX
from receiver.store import standing
from receiver.store.mongo import Database, Document, DuplicateKey, store_errors

BACKUP_IS_OLD = timedelta(hours=26)  # as ops/prometheus/alarms.yml has it


class Alarms:
    """Raises alarms and clears them; each method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._alarms = database["alarms"]

    async def raised(self, name: str, says: str, mailboxes: Iterable[str], now: datetime) -> None:
        """Raise an alarm, unless it stands."""
        document = {"name": name, "says": says, "mailboxes": sorted(mailboxes)}
        with suppress(DuplicateKey), store_errors():
            await self._alarms.insert_one(document | {"raised": now, "cleared": None})

    async def clear(self, name: str, now: datetime) -> None:
        """Clear an alarm, if it stands."""
        query = {"name": name, "cleared": None}
        with store_errors():
            await self._alarms.update_one(query, {"$set": {"cleared": now}})

    async def stand(self) -> list[Document]:
        """Return the alarms that stand, the oldest first."""
        with store_errors():
            found = await self._alarms.find({"cleared": None}).to_list(None)
        return sorted(found, key=lambda each: (each["raised"], each["_id"]))

    async def look(self, hooks: Iterable[Document], now: datetime) -> None:
        """Raise and clear what the database says: hooks that were disabled, the last backup."""
        right = {
            f"the hook {each['name']} is disabled": (each["why"], each["mailboxes"])
            for each in hooks
            if each["state"] == "failed"
        }
        last = await standing.backed_up(self._database)
        if last is not None and now - last > BACKUP_IS_OLD:
            says = f"the last backup is of {last:%Y-%m-%d %H:%M} UTC"
            right["the backup is old"] = (says, [EVERY_MAILBOX])
        stand = {each["name"] for each in await self.stand()}
        for name in right.keys() - stand:
            await self.raised(name, *right[name], now)
        for name in stand - right.keys():
            await self.clear(name, now)
