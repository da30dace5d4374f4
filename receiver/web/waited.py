"""Who waits for a long answer: work for nobody ends."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from aiohttp import web

LOOK_SECONDS = 1.0

Found = TypeVar("Found")


async def while_waited_for(request: web.Request, work: Coroutine[Any, Any, Found]) -> Found:
    """Return what work that only reads comes to; raises ConnectionError once the client has gone.

    aiohttp lets a handler go on after that: who gives up and asks again would have both at work.
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
    """Return what tells whether the client of a request has gone."""
    return lambda: request.transport is None
