"""A receiver with a mailbox worth looking at, and visitors: one of each for this whole folder."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession, CookieJar

from receiver.database import opened
from receiver.page.signing.link import USUAL, new_link
from receiver.page.signing.sign_ins import SignIns
from receiver.settings import ReceiverSettings
from receiver.store.mongo import Database
from tests import servers, webhook_client
from tests.page.chromium import Eyes, looking
from tests.page.mailbox import fill

DATABASE = "test_page"


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory, mongo_uri: str) -> Iterator[servers.Service]:
    """A running receiver, with the mailbox in it."""
    directory = tmp_path_factory.mktemp("page")
    found = servers.receiver(directory, mongo_uri, DATABASE, MONGO_TIMEOUT="60")  # it may be busy

    async def filled() -> None:
        async with webhook_client.connected(found.env["RECEIVER_PORT"]) as client:
            await fill(client)

    with servers.running(found), asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(filled())
        yield found


@pytest.fixture
async def database(service: servers.Service, mongo_uri: str) -> AsyncIterator[Database]:
    """The receiver's database."""
    settings = ReceiverSettings(mongo_uri=mongo_uri, mongo_database=DATABASE)
    async with opened(settings) as found:
        yield found


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def eyes(service: servers.Service, mongo_uri: str) -> AsyncIterator[Eyes]:
    """Chromium, signed in to the receiver."""
    settings = ReceiverSettings(mongo_uri=mongo_uri, mongo_database=DATABASE)
    origin = f"http://127.0.0.1:{service.env['RECEIVER_PORT']}"
    async with looking(origin) as found:
        async with opened(settings) as database:
            link = await new_link(SignIns(database), origin, "olga", [*USUAL, "erase"])
        await found.sign_in(link)
        yield found


@dataclass
class Seen:
    """An answer, read."""

    status: int
    headers: Any
    text: str


@dataclass
class Browser:
    """A browser without scripts: keeps cookies, states its origin, sends forms."""

    session: ClientSession
    origin: str

    async def get(self, path: str, **headers: str) -> Seen:
        """Open a page; redirects are not followed."""
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.session.get(
            self.origin + path, headers=said, allow_redirects=False
        ) as answer:
            content = await answer.read()
            return Seen(answer.status, answer.headers, content.decode(errors="replace"))

    async def post(self, path: str, fields: Any = (), **headers: str | None) -> Seen:
        """Send a form, as a page of ours does; a header given as None is left out."""
        said = {"Origin": self.origin, "Sec-Fetch-Site": "same-origin"}
        changes = {name.replace("_", "-"): value for name, value in headers.items()}
        kept = {name: value for name, value in (said | changes).items() if value is not None}
        async with self.session.post(
            self.origin + path, data=fields, headers=kept, allow_redirects=False
        ) as answer:
            return Seen(answer.status, answer.headers, await answer.text())

    async def sign_in(self, link: str) -> Seen:
        """Use a link."""
        return await self.post("/sign-in", {"link": link.partition("link=")[2]})


@asynccontextmanager
async def browsing(service: servers.Service) -> AsyncIterator[Browser]:
    """Yield a browser that is not signed in."""
    async with ClientSession(
        headers={"Accept-Language": "en"}, cookie_jar=CookieJar(unsafe=True)
    ) as session:
        yield Browser(session, f"http://127.0.0.1:{service.env['RECEIVER_PORT']}")


@pytest.fixture
async def browser(service: servers.Service, database: Database) -> AsyncIterator[Browser]:
    """A browser signed in with the usual rights."""
    async with browsing(service) as found:
        await found.sign_in(await new_link(SignIns(database), "http://x", "olga"))
        yield found


async def until(holds: Callable[[], Awaitable[bool]], seconds: float = 60.0) -> None:
    """Return once a condition holds; raises TimeoutError if it does not in time."""
    deadline = time.monotonic() + seconds
    while not await holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds} s")
        await asyncio.sleep(0.2)
