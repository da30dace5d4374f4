"""The collection ``alarms``: what somebody should look at, since when, and until when.

A standing alarm has no ``cleared``; an index makes it unique, whoever raises it. It concerns some
mailboxes, or all (``*``), and is told to the hooks that may know of those.
"""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from contract.doctor.checkup import BACKUP_AHEAD_HOURS, BACKUP_HOURS
from contract.sending.alarms import AlarmReport
from receiver.access.grant import EVERY_MAILBOX
from receiver.erasing.tombstones import Tombstones
from receiver.store import standing
from receiver.store.mailboxes import KeptMailboxes
from receiver.store.mongo import Database, Document, DuplicateKey, store_errors

NOT_HEARD_OF = timedelta(minutes=15)  # a bridge repeats standing alarms once a minute
BACKUP_IS_OLD = timedelta(hours=BACKUP_HOURS)
BACKUP_IS_AHEAD = timedelta(hours=BACKUP_AHEAD_HOURS)


class Alarms:
    """Raises alarms and clears them; each method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._alarms = database["alarms"]
        self._mailboxes = KeptMailboxes(database)

    async def raised(
        self, name: str, says: str, mailboxes: Iterable[str], now: datetime, source: str = ""
    ) -> None:
        """Raise an alarm unless it stands; ``source`` is the bridge that reports it."""
        document = {"name": name, "says": says, "mailboxes": sorted(mailboxes), "source": source}
        with suppress(DuplicateKey), store_errors():
            await self._alarms.insert_one(document | {"raised": now, "cleared": None, "heard": now})

    async def clear(self, name: str, now: datetime, says: str | None = None) -> None:
        """Clear a standing alarm; ``says`` is why, if that is not plain."""
        fields: Document = {"cleared": now} | ({"says": says} if says else {})
        with store_errors():
            await self._alarms.update_one({"name": name, "cleared": None}, {"$set": fields})

    async def reported(self, report: AlarmReport, now: datetime) -> None:
        """Take a bridge's report: raise what stands, clear what it does not name any more."""
        named = [await self._mailboxes.spelt(each) for each in report.mailboxes]
        mailboxes = named or [EVERY_MAILBOX]
        right = {f"{each} at {report.host}": each for each in report.stands}
        own = {each["name"] for each in await self.stand() if each.get("source") == report.source}
        for name in own - right.keys():
            await self.clear(name, now)
        for name in right.keys() - own:
            await self.raised(name, right[name], mailboxes, now, report.source)
        with store_errors():
            await self._alarms.update_many(
                {"source": report.source, "cleared": None}, {"$set": {"heard": now}}
            )

    async def stand(self) -> list[Document]:
        """Return the alarms that stand, the oldest first."""
        with store_errors():
            found = await self._alarms.find({"cleared": None}).to_list(None)
        return sorted(found, key=lambda each: (each["raised"], each["_id"]))

    async def look(self, hooks: Iterable[Document], now: datetime) -> None:
        """Raise and clear alarms about disabled hooks, the last backup, quiet mailboxes, erasures.

        Of erasures those that were cut short. All of this is read from the database.
        """
        right = {
            f"the hook {each['name']} ({each['_id']}) is disabled": (each["why"], each["mailboxes"])
            for each in hooks
            if each["state"] == "failed"
        }
        last = await standing.backed_up(self._database)
        if last is not None and not -BACKUP_IS_AHEAD <= now - last <= BACKUP_IS_OLD:
            says = f"the last backup is of {last:%Y-%m-%d %H:%M} UTC"
            right["the backup is old"] = (says, [EVERY_MAILBOX])
        if doubt := await standing.doubtful_backup(self._database):
            says = "it has {} letters, one before had {}; {} older ones stay beside it"
            right["the last backup is doubtful"] = (says.format(*doubt), [EVERY_MAILBOX])
        for mailbox, latest in (await standing.quiet(self._database)).items():
            says = f"the last letter came in at {latest:%Y-%m-%d %H:%M} UTC"
            right[f"{mailbox} is quiet"] = (says, [mailbox])
        for number, says in (await self._cut_short(now)).items():
            right[f"the erasure {number} was cut short"] = (says, [EVERY_MAILBOX])
        there = await self.stand()
        stand = {each["name"] for each in there if not each.get("source")}
        for name in right.keys() - stand:
            await self.raised(name, *right[name], now)
        for name in stand - right.keys():
            await self.clear(name, now)
        for each in there:
            if each.get("source") and now - each["heard"] > NOT_HEARD_OF:
                await self.clear(each["name"], now, "nothing was heard of that bridge since then")

    async def _cut_short(self, now: datetime) -> dict[Any, str]:
        """Return what to tell of each erasure that was cut short, by its number."""
        again = "erase the same person once more, for the act: python -m receiver erase"
        return {
            each["order"]: f"it began at {each['when']:%Y-%m-%d %H:%M} UTC; {again}"
            for each in await Tombstones(self._database).cut_short(now)
        }
