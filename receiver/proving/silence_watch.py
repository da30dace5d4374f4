"""Watches for mailboxes that are quiet for longer than their rhythm allows, by stored letters."""

import logging
from datetime import datetime, timedelta, timezone
from time import monotonic

from receiver import metrics
from receiver.proving.silence import WINDOW, Rhythm
from receiver.store import standing
from receiver.store.mailboxes import KeptMailboxes
from receiver.store.mongo import Database, all_of, store_errors

log = logging.getLogger(__name__)

MOSCOW = timezone(timedelta(hours=3))
LOOK_SECONDS = 60.0
OVERLAP = timedelta(minutes=1)
READ_TOGETHER = timedelta(weeks=1)


class QuietMailboxes:
    """Learns each mailbox's rhythm once, then goes on; each method raises StoreUnavailable.

    Posts by HTTP go on when a forwarding rule stops: they count only if no mail has ever come.
    """

    def __init__(self, database: Database, mailboxes: KeptMailboxes) -> None:
        self._database = database
        self._mailboxes = mailboxes
        self._rhythms: dict[str, tuple[Rhythm, Rhythm]] = {}
        self._read: dict[str, datetime] = {}
        self._looked = -LOOK_SECONDS

    async def look(self, now: datetime) -> None:
        """Return the quiet mailboxes, looked up at most once a minute; imports do not count."""
        if monotonic() - self._looked < LOOK_SECONDS:
            return
        self._looked = monotonic()
        await standing.say_quiet(self._database, await self.quiet(now))

    async def quiet(self, now: datetime) -> dict[str, datetime]:
        """Return the quiet mailboxes, each with the time of its last letter."""
        found = {}
        for mailbox in await self._mailboxes.watermarks():
            by_mail, posted = self._rhythms.setdefault(mailbox, (Rhythm(), Rhythm()))
            since = self._read.get(mailbox, now - WINDOW)
            while since < now:  # a year at once takes an embedded database too long
                until = min(since + READ_TOGETHER, now)
                for kept, via in await self._came_in(mailbox, since, until):
                    (posted if via == "http" else by_mail).add(_local(kept))
                since = self._read[mailbox] = until
            self._read[mailbox] = now - OVERLAP
            rhythm = posted if by_mail.last is None else by_mail
            suspicious = rhythm.silent_from()
            is_quiet = suspicious is not None and _local(now) >= suspicious
            metrics.QUIET.labels(mailbox).set(is_quiet)
            if rhythm.last is not None:
                last = rhythm.last.replace(tzinfo=MOSCOW)
                metrics.LAST_LETTER.labels(mailbox).set(last.timestamp())
                if is_quiet:
                    found[mailbox] = last
        return found

    async def _came_in(
        self, mailbox: str, since: datetime, until: datetime
    ) -> list[tuple[datetime, str]]:
        """Return when and by which way letters came in a span, without imports, in order.

        Not every database uses an index if asked for more than a span.
        """
        query = {"mailbox": mailbox, "kept": {"$gte": since, "$lt": until}}
        fields = {"kept": 1, "message.direction": 1, "copies.source.via": 1}
        with store_errors():
            found = await all_of(self._database["letters"].find(query, fields))
        came = (
            (each["kept"], each["copies"][0]["source"].get("via", "http"))
            for each in found
            if each["message"]["direction"] == "in"
        )
        return sorted((kept, via) for kept, via in came if via != "import")


def _local(moment: datetime) -> datetime:
    return moment.astimezone(MOSCOW).replace(tzinfo=None)
