"""Two receivers, killed at the worst moment and at random ones: what their hooks are told."""

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientError

from receiver.hooks.event import KINDS
from receiver.hooks.hooks import Hooks
from receiver.hooks.manage.managing import HookManaging
from receiver.store.mongo import Database
from tests.hooks.listening import Listening
from tests.receiver.written import MAILBOX
from tests.servers import Service, receiver
from tests.webhook_client import connected, event

LETTERS = 40


@pytest.fixture
async def pair(
    mongo_uri: str, database_name: str, database: Database, tmp_path: Path
) -> AsyncIterator[list[Service]]:
    """Two receivers of one database."""
    services = []
    (tmp_path / "faults").mkdir()
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        settings = {"HOOK_PRIVATE_ADDRESSES": "true", "FAULTS_DIR": str(tmp_path / "faults")}
        services.append(receiver(tmp_path / name, mongo_uri, database_name, **settings))
    try:
        await asyncio.gather(*(asyncio.to_thread(each.start) for each in services))
        yield services
    finally:
        for each in services:
            each.kill()


async def test_each_event_arrives_and_repeats_under_the_same_name(
    pair: list[Service], database: Database, target: Listening, tmp_path: Path
) -> None:
    managing = HookManaging(database, private=True)
    made = await managing.make(target.url, "", [MAILBOX], KINDS, full=False, who="a test")
    expected: set[str] = set()

    async def post(numbers: range) -> None:
        for number in numbers:
            for each in random.Random(number).sample(pair, 2):
                try:
                    async with connected(each.env["RECEIVER_PORT"]) as client:
                        said = event(message_id=f"{number}@a.ru", sender=f"u{number}@a.ru")
                        status, _ = await client.post(said, event_id=f"event-{number}")
                except (OSError, ClientError):
                    continue
                if status in (200, 201):
                    expected.add(f"{number}@a.ru")
                    break

    def told() -> set[str]:
        return {each.data["letter"] for each in target.of("letter.stored")}

    async def is_told() -> None:
        found = await database.letters.find({}, {"key": 1}).to_list(None)
        keys = {each["key"] for each in found}
        await target.until(lambda: keys <= told())

    await post(range(LETTERS // 2))
    await target.until(lambda: len(target.heard) > 4)
    # Whoever holds the lease dies between sending and noting; the other one finds no such plan.
    (tmp_path / "faults" / "hook.sent").write_text("kill")
    await post(range(LETTERS // 2, LETTERS))
    await target.until(lambda: any(each.ended() for each in pair))
    [dead] = [each for each in pair if each.ended()]
    [other] = [each for each in pair if each is not dead]
    await asyncio.to_thread(dead.start)
    await asyncio.sleep(random.Random(7).random())
    other.kill()
    await post(range(LETTERS, LETTERS + 1))
    await is_told()
    assert len(expected) == LETTERS + 1
    shown = await database.dialogs.find({"part_of": None}, {"_id": 1}).to_list(None)
    dialogs = {str(each["_id"]) for each in shown}
    await target.until(
        lambda: dialogs <= {each.data["dialog"] for each in target.of("dialog.opened")}
    )
    names: dict[bytes, str] = {}
    for heard in target.heard:
        assert names.setdefault(heard.body, heard.id) == heard.id
    assert len(set(names.values())) == len(names)
    assert len(target.heard) > len(names)  # something did come again
    holder = (await Hooks(database).leases())[0]["lease"]["holder"]
    assert dead.stop() == 0
    leases = await Hooks(database).leases()
    assert holder is not None
    assert [each["lease"]["holder"] for each in leases] == [None]
    assert leases[0]["_id"] == made["_id"]
