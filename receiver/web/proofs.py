"""``/webhook/known`` and ``/webhook/stored``: which letters are stored, for ``reconcile``."""

import asyncio
from collections import defaultdict
from datetime import UTC, datetime

from aiohttp import web

from contract.batch import (
    KNOWN,
    MAX_BATCH_BYTES,
    MAX_LINES,
    MOST_STORED,
    NDJSON,
    STORED,
    Known,
    Line,
    StoredAsked,
    StoredLetter,
)
from contract.event import Email
from receiver.errors import Problem
from receiver.filing.collections import Store
from receiver.proving.known import known_of
from receiver.proving.stored import stored_of
from receiver.store.mongo import Database
from receiver.web.access import Access, demand
from receiver.web.requests import JSON, Route, media_type, read_json


class ProofRequests:
    """Answers the bridge; the store has ``seconds`` for each request."""

    def __init__(self, access: Access, store: Store, database: Database, seconds: float) -> None:
        self._access = access
        self._store = store
        self._database = database
        self._seconds = seconds

    def routes(self) -> list[Route]:
        """Return the routes of this file."""
        return [Route("POST", KNOWN, self.known), Route("POST", STORED, self.stored)]

    async def known(self, request: web.Request) -> web.Response:
        """Answer with a line for each letter: 401, 403, 413, 422."""
        media_type(request, NDJSON)
        grant, body = await self._access.asking(request, MAX_BATCH_BYTES)
        demand(grant, "read")
        lines = [line for line in body.split(b"\n") if line.strip()]
        if len(lines) > MAX_LINES:
            raise Problem(413, f"there are more than {MAX_LINES} events in the body")
        events: defaultdict[str, list[tuple[str, Email]]] = defaultdict(list)
        order = []
        for line in lines:
            event = read_json(Line, line, "event")
            mailbox = await self._store.mailboxes.spelt(event.data.mailbox)
            if not grant.covers(mailbox):
                raise Problem(404, "there is no such mailbox for this token")
            events[mailbox].append((event.id, event.data))
            order.append(event.id)
        told: dict[str, Known] = {}
        async with asyncio.timeout(self._seconds):
            for mailbox, some in events.items():
                found = await known_of(self._store, mailbox, some, datetime.now(UTC))
                told |= {each.id: each for each in found}
        return _lines([told[each] for each in order])

    async def stored(self, request: web.Request) -> web.Response:
        """Answer with a line for each letter that was read from a folder in a span of time."""
        media_type(request, JSON)
        grant, body = await self._access.asking(request)
        demand(grant, "read")
        asked = read_json(StoredAsked, body, "body")
        mailbox = await self._store.mailboxes.spelt(asked.mailbox)
        if not grant.covers(mailbox):
            raise Problem(404, "there is no such mailbox for this token")
        async with asyncio.timeout(self._seconds):
            found = await stored_of(self._database, mailbox, asked, MOST_STORED + 1)
        if len(found) > MOST_STORED:
            raise Problem(413, f"there are more than {MOST_STORED} letters: ask for fewer days")
        return _lines(found)


def _lines(told: "list[Known] | list[StoredLetter]") -> web.Response:
    text = "".join(each.model_dump_json() + "\n" for each in told)
    return web.Response(text=text, content_type=NDJSON)
