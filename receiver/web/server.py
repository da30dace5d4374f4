"""The listening socket, within the descriptors available to the process."""

import asyncio
import errno
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from aiohttp import web

from contract.door.crowd import ACCEPTED_AT_ONCE, have_wait
from contract.door.listening import cannot_listen, in_brackets
from contract.door.sparing_log import SparingLog
from contract.language.speaking import language_of_log, speaking
from contract.process import CannotStart
from receiver.settings import ReceiverSettings
from receiver.web.door.connection import IDLE_SECONDS, READ_BYTES, HttpConnection
from receiver.web.door.descriptors import connection_limit
from receiver.web.door.door import HttpDoor
from receiver.web.problems import TOLD

log = logging.getLogger(__name__)

STOP_SECONDS = 30.0
LINGER_SECONDS = 3.0  # reading what a refused client still sends, so that it sees the answer


@asynccontextmanager
async def listening(
    app: web.Application, settings: ReceiverSettings, begin: Callable[[], None] = lambda: None
) -> AsyncIterator[HttpDoor]:
    """Serve the application; at the end finish the requests that have begun.

    ``begin`` is called once the address is ours, before anybody is served. Raises CannotStart.
    """
    limit = connection_limit(settings.mongo_pool)
    door = HttpDoor(limit)
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_quiet_accept)
    runner = web.AppRunner(app, shutdown_timeout=STOP_SECONDS)
    await runner.setup()
    try:
        server = await _bound(settings, lambda: _connection(door, runner, loop))
        begin()
        await _open(settings, server)
        log.info("at most %d connections", limit)
        log.info("HTTP on %s", in_brackets(settings.receiver_host, settings.receiver_port))
        watching = loop.create_task(door.watch())
        try:
            yield door
        finally:
            server.close()
            watching.cancel()
    finally:
        await runner.cleanup()


async def _bound(settings: ReceiverSettings, make: Callable[[], HttpConnection]) -> asyncio.Server:
    loop = asyncio.get_running_loop()
    with _had(settings) as (host, port):
        return await loop.create_server(
            make, host, port, backlog=ACCEPTED_AT_ONCE, start_serving=False
        )


async def _open(settings: ReceiverSettings, server: asyncio.Server) -> None:
    with _had(settings):
        await server.start_serving()
    have_wait(server)


@contextmanager
def _had(settings: ReceiverSettings) -> Iterator[tuple[str, int]]:
    host, port = settings.receiver_host, settings.receiver_port
    try:
        yield host, port
    except (OSError, UnicodeError) as error:
        with speaking(language_of_log(settings.log_format)):
            wrong = cannot_listen("RECEIVER_HOST", host, "RECEIVER_PORT", port, error)
        raise CannotStart(str(wrong)) from None


def _connection(
    door: HttpDoor, runner: web.AppRunner, loop: asyncio.AbstractEventLoop
) -> HttpConnection:
    assert runner.server is not None  # noqa: S101 - there is one from setup() to cleanup()
    return HttpConnection(
        door,
        runner.server,
        runner.app[TOLD],
        loop=loop,
        access_log=None,
        auto_decompress=False,
        keepalive_timeout=IDLE_SECONDS,
        lingering_time=LINGER_SECONDS,
        read_bufsize=READ_BYTES,
        max_headers=64,
    )


_no_descriptors = SparingLog(log, "connections could not be accepted", lines=1)


def _quiet_accept(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log sparingly if descriptors run out all the same; asyncio logs a hundred lines a second."""
    error = context.get("exception")
    if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
        _no_descriptors.warning("a connection could not be accepted: %s", error.strerror)
    else:
        loop.default_exception_handler(context)
