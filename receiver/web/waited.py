"""Long work for an answer: it ends with the client who asked for it."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from aiohttp import web

LOOK_SECONDS = 1.0

Found = TypeVar("Found")


async def while_waited_for(request: web.Request, work: Coroutine[Any, Any, Found]) -> Found:
    """Return what work that only reads comes to; raises ConnectionError once the client has gone.

    aiohttp lets a handler go on after that: who gives up and asks again would have both at work.
    """
    task = asyncio.create_task(work)
    try:
        while not task.done():
            if request.transport is None:
                raise ConnectionResetError
            await asyncio.wait({task}, timeout=LOOK_SECONDS)
        return task.result()
    finally:
        if task.cancel():
            with suppress(asyncio.CancelledError):
                await task
