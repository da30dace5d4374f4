"""A hook's target: a real HTTP server that records what it gets, and answers as told."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from standardwebhooks import Webhook, WebhookVerificationError


@dataclass
class Heard:
    """One request that came."""

    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def said(self) -> dict[str, Any]:
        return dict(json.loads(self.body))

    @property
    def type(self) -> str:
        return str(self.said["type"])

    @property
    def data(self) -> dict[str, Any]:
        return dict(self.said["data"])


@dataclass
class Listening:
    """The server: ``answer`` decides each answer."""

    url: str = ""
    heard: list[Heard] = field(default_factory=list)
    answer: Callable[[Heard], web.Response] = lambda _heard: web.Response()

    async def _handle(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        heard = Heard(headers, await request.read())
        self.heard.append(heard)
        return self.answer(heard)

    def types(self) -> list[str]:
        return [each.type for each in self.heard]

    def of(self, kind: str) -> list[Heard]:
        return [each for each in self.heard if each.type == kind]

    async def until(self, condition: Callable[[], bool], seconds: float = 60.0) -> None:
        """Wait until a condition holds; a busy machine is no failure."""
        async with asyncio.timeout(seconds):
            while not condition():  # noqa: ASYNC110 - several may be waited for
                await asyncio.sleep(0.05)


def is_signed_with(secret: str, heard: Heard) -> bool:
    """Tell whether somebody with only this secret accepts a request as genuine."""
    try:
        Webhook(secret).verify(heard.body, heard.headers)
    except WebhookVerificationError:
        return False
    return True


def saying(status: int, **headers: str) -> Callable[[Heard], web.Response]:
    """Return a function that always gives one answer."""
    return lambda _heard: web.Response(status=status, text="words", headers=headers)


@asynccontextmanager
async def listening() -> AsyncIterator[Listening]:
    """Run one on a free port of this machine."""
    found = Listening()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", found._handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        assert site._server
        port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
        found.url = f"http://127.0.0.1:{port}/hook"
        yield found
    finally:
        await runner.cleanup()
