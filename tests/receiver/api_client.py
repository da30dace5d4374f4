"""A client of ``/v1`` that comes with a token, and what makes tokens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import ClientResponse, ClientSession

from receiver.access.token import digest_of, new_token
from receiver.access.tokens import Tokens
from receiver.store.mongo import Database


async def make_token(
    database: Database,
    rights: str = "read",
    *mailboxes: str,
    name: str = "",
    expires: datetime | None = None,
) -> str:
    """Return a token with these rights, for all mailboxes unless some are named."""
    token = new_token()
    await Tokens(database).add(
        digest_of(token),
        name or token[-8:],
        rights.split(),
        mailboxes or ["*"],
        now=datetime.now(UTC),
        expires=expires,
    )
    return token


@dataclass
class Said:
    """An answer, read."""

    status: int
    headers: Any
    content: bytes
    json: Any = field(default=None)


@dataclass
class Caller:
    """Calls the receiver with a token."""

    session: ClientSession
    base: str
    token: str | None

    async def call(self, method: str, path: str, json: object = None, **headers: str) -> Said:
        """Call and return the answer; a redirect is not followed."""
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token is not None:
            said.setdefault("Authorization", f"Bearer {self.token}")
        async with self.session.request(
            method, self.base + path, json=json, headers=said, allow_redirects=False
        ) as got:
            return await _read(got)

    async def get(self, path: str, **headers: str) -> Said:
        """GET."""
        return await self.call("GET", path, **headers)


async def _read(got: ClientResponse) -> Said:
    if got.content_type == "text/event-stream":  # it does not end
        return Said(got.status, got.headers, await got.content.readany())
    content = await got.read()
    is_json = "json" in got.content_type and content
    return Said(
        got.status, got.headers, content, await got.json(content_type=None) if is_json else None
    )


@asynccontextmanager
async def calling(port: str, token: str | None) -> AsyncIterator[Caller]:
    """Give a caller with this token."""
    async with ClientSession() as session:
        yield Caller(session, f"http://127.0.0.1:{port}", token)
