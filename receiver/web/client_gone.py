"""Stops work once the client that waits for its result has gone."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from aiohttp import web

LOOK_SECONDS = 1.0

Found = TypeVar("Found")


async def while_waited_for(request: web.Request, work: Coroutine[Any, Any, Found]) -> Found:
    """Return the result of work that only reads; raises ConnectionError once the client has gone.

    aiohttp lets a handler go on after that: a client that gives up and asks again would have both
    running.
    """
    task, is_gone = asyncio.create_task(work), gone_from(request)
    try:
        while not task.done():
            if is_gone():
                raise ConnectionResetError
            await asyncio.wait({task}, timeout=LOOK_SECONDS)
        return task.result()
    finally:
        if task.cancel():
            with suppress(asyncio.CancelledError):
                await task


def gone_from(request: web.Request) -> Callable[[], bool]:
    """Return a function that tells whether the client of a request has gone."""
    return lambda: request.transport is None
