"""The service that sends for hooks: its start, its pauses, and its orderly end."""

import asyncio

from receiver.hooks.event import KINDS
from receiver.hooks.hooks import Hooks
from receiver.hooks.manage.managing import HookManaging
from receiver.hooks.service import HookService
from receiver.store.mongo import Database, connected
from tests.hooks.conftest import Teller
from tests.hooks.listening import Listening
from tests.receiver.written import MAILBOX, file, filing, written


async def test_while_the_database_is_not_to_be_used_nothing_is_told(
    database: Database, teller: Teller, target: Listening
) -> None:
    ready = True
    managing = HookManaging(database, private=True)
    await managing.make(target.url, "", [MAILBOX], KINDS, full=False, who="a test")
    service = HookService(database, lambda: ready, private=True)
    running = asyncio.create_task(service.run())
    files = filing(database)
    await file(files, written("1"))
    await target.until(lambda: len(target.heard) == 2)
    ready = False
    await target.until(lambda: not service.is_telling)
    await file(files, written("2", "petr"))
    ready = True
    await target.until(lambda: len(target.heard) == 4)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert not service.is_telling
    assert [each["lease"]["holder"] for each in await Hooks(database).leases()] == [None]


async def test_who_never_held_a_hook_ends_without_the_database() -> None:
    """Without a database the receiver once took ten seconds to stop; then Docker kills it."""
    async with connected("mongodb://127.0.0.1:1", "dialog", timeout=300) as nobody:
        running = asyncio.create_task(HookService(nobody, lambda: False, private=True).run())
        await asyncio.sleep(0)
        running.cancel()
        async with asyncio.timeout(60):
            await asyncio.gather(running, return_exceptions=True)
