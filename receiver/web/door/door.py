"""All connections of the HTTP door: closes those in excess and those out of time."""

import asyncio
import logging
import time

from contract.door.sparing_log import SparingLog
from receiver.web.door.connection import HttpConnection
from receiver.web.door.crowd import gives_way

log = logging.getLogger(__name__)

WATCH_SECONDS = 1.0
TELL_SECONDS = 60.0


class HttpDoor:
    """All connections, at most ``limit``."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.connections: set[HttpConnection] = set()
        self._closed = 0
        self.malformed = SparingLog(log, "malformed requests")

    def enter(self, connection: HttpConnection) -> None:
        """Count a connection; if it is one too many, close the one that gives way."""
        self.connections.add(connection)
        if len(self.connections) > self._limit:
            goes = gives_way(self.connections, connection, time.monotonic())
            self._closed += 1
            self.leave(goes)
            goes.abort()

    def leave(self, connection: HttpConnection) -> None:
        """Forget a connection."""
        self.connections.discard(connection)

    async def watch(self) -> None:
        """Close, for ever, connections out of time; log once a minute what had to make room."""
        told = -TELL_SECONDS
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            now = time.monotonic()
            for connection in [each for each in self.connections if each.overdue(now)]:
                connection.abort()
            if self._closed and now - told >= TELL_SECONDS:
                text = "%d connections closed to make room: %d are all that the descriptors allow"
                log.warning(text, self._closed, self._limit)
                self._closed, told = 0, now
