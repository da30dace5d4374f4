"""``/live``: server-sent events that name the changed dialogs of a mailbox, as it happens."""

import json
import time
from collections.abc import Iterable
from datetime import datetime

from aiohttp import web

from receiver.changes.state import Row, Told
from receiver.errors import Problem
from receiver.filing.collections import Store
from receiver.page.finding import own_mailbox
from receiver.page.lists.pages import mailboxes
from receiver.page.serving import PageServing, Visit
from receiver.web.client_gone import gone_from
from receiver.web.requests import Route
from receiver.web.v1.cursor import milliseconds, moment
from receiver.web.v1.following.coming_again import patience
from receiver.web.v1.following.feeds import Feeds

LOOK_SECONDS = 2.0  # between two looks whether somebody is still signed in, if much happens
STILL_SECONDS = 4.0  # and if nothing does
HEADERS = {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
    "X-Content-Type-Options": "nosniff",
}
BEGINNING = b"event: ready\ndata: {}\n\n"


class LivePages:
    """Sends live changes to open pages."""

    def __init__(self, serving: PageServing, store: Store, feeds: Feeds) -> None:
        self._serving = serving
        self._store = store
        self._feeds = feeds

    def routes(self) -> list[Route]:
        """Return the routes of this file."""
        return [self._serving.get("/live", self.listen, streams=True)]

    async def listen(self, visit: Visit) -> web.StreamResponse:
        """Send an event for each change since a time, until the browser shall reconnect.

        Or until it goes, or the sign-in ends, which is checked every few seconds. Earlier changes
        are sent at once, so that a reconnect misses nothing.
        """
        if not (named := visit.asked("mailbox")):
            return await self._first(visit)
        mailbox = await own_mailbox(visit, self._store.mailboxes, named)
        if mailbox is None:
            raise Problem(404, "there is no such mailbox for you")
        since = _since(visit.asked("since"))
        response = web.StreamResponse(headers=HEADERS)
        due = 0.0
        gone = gone_from(visit.request)
        with self._feeds.listening(mailbox, visit.grant, gone, STILL_SECONDS) as listener:
            await response.prepare(visit.request)
            missed = await self._feeds.missed(mailbox, since)
            await response.write(patience(1.5) + BEGINNING + _missed(missed))
            async for told in listener:
                if (now := time.monotonic()) >= due:
                    if not await self._serving.is_signed_in(visit):
                        break
                    due = now + LOOK_SECONDS
                if told is None:
                    await response.write(b"event: still\ndata: {}\n\n")
                    continue
                await response.write(_changed(told.rows, since))
        await response.write_eof()
        return response

    async def _first(self, visit: Visit) -> web.Response:
        """Tell whether there is a mailbox by now; the browser asks again until there is."""
        there = await mailboxes(visit.grant, self._store)
        text = patience(1.5) + BEGINNING + (b"event: first\ndata: {}\n\n" if there else b"")
        return web.Response(body=text, headers=HEADERS)


def _missed(told: Told | None) -> bytes:
    """Return the events of earlier changes; if not all are known, one that there may be more."""
    more = b"event: more\ndata: {}\n\n"
    if told is None:
        return more
    return _changed(told.rows) + (more if told.more else b"")


def _changed(rows: Iterable[Row], since: datetime | None = None) -> bytes:
    events = []
    for row in rows:
        if since is None or row.changed >= since:
            said = {"id": str(row.id), "revision": row.revision, "gone": row.gone}
            said["at"] = milliseconds(row.changed)
            events.append(f"event: changed\ndata: {json.dumps(said)}\n\n")
    return "".join(events).encode()


def _since(text: str) -> datetime:
    try:
        return moment(int(text[:20]))
    except ValueError:
        raise Problem(404, "there is no such time") from None
