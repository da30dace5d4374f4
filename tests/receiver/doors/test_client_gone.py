"""Work ends once its client has gone; other clients get their answers."""

import asyncio

from aiohttp import web
from aiohttp.test_utils import TestServer

from receiver.web.client_gone import while_waited_for

REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
SECONDS = 60.0


async def test_work_ends_with_the_client() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def work() -> str:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return "never"

    async def handle(request: web.Request) -> web.Response:
        return web.Response(text=await while_waited_for(request, work()))

    app = web.Application()
    app.router.add_get("/", handle)
    async with TestServer(app) as server, asyncio.timeout(SECONDS):
        _, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(REQUEST)
        await begun.wait()
        assert not ended.is_set()
        writer.close()
        await ended.wait()


async def test_work_that_is_waited_for_is_answered() -> None:
    async def work() -> str:
        return "found"

    async def handle(request: web.Request) -> web.Response:
        return web.Response(text=await while_waited_for(request, work()))

    app = web.Application()
    app.router.add_get("/", handle)
    async with TestServer(app) as server, asyncio.timeout(SECONDS):
        reader, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(REQUEST)
        assert (await reader.readuntil(b"found")).startswith(b"HTTP/1.1 200")
        writer.close()
