"""A database with its indexes, a target that listens, and hooks that are told in this process."""

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from bson import ObjectId

from receiver.hooks.calling.target import Target
from receiver.hooks.event import KINDS
from receiver.hooks.hook import hook_of
from receiver.hooks.hooks import Hooks
from receiver.hooks.manage.managing import HookManaging
from receiver.hooks.sending import Sending
from receiver.store import schema
from receiver.store.mongo import Database
from tests.hooks.listening import Listening, listening
from tests.receiver.written import MAILBOX


@dataclass
class Teller:
    """Makes hooks and sends for them, a round at a time, as the holder of their leases."""

    database: Database
    sending: Sending
    holder: str

    async def make(self, url: str, *mailboxes: str, **how: Any) -> ObjectId:
        """Make a hook and take its lease."""
        managing = HookManaging(self.database, private=True)
        wanted: dict[str, Any] = {"kinds": KINDS, "full": False, "who": "a test", "name": ""} | how
        made = await managing.make(url, mailboxes=mailboxes or [MAILBOX], **wanted)
        await self.take(made["_id"])
        return ObjectId(made["_id"])

    async def take(self, hook: ObjectId) -> None:
        """Take a free lease."""
        lease = {"holder": None, "beat": (await self.document(hook))["lease"]["beat"]}
        assert await Hooks(self.database).take(hook, lease, self.holder)

    async def document(self, hook: ObjectId) -> dict[str, Any]:
        """Return a hook's document."""
        found = await Hooks(self.database).find(hook)
        assert found is not None
        return found

    async def round(self, hook: ObjectId) -> None:
        """Send what is due for a hook, until there is no more at once."""
        while await self.sending.round(hook_of(await self.document(hook))):
            pass

    async def due_now(self, hook: ObjectId) -> None:
        """Let the time pass after which waiting events are tried again."""
        document = await self.document(hook)
        for each in document["late"]:
            each["due"] = each["since"]
        await self.database["hooks"].update_one({"_id": hook}, {"$set": {"late": document["late"]}})


@pytest.fixture
async def teller(database: Database) -> Teller:
    """Whoever tells hooks of this test's own database."""
    await schema.ensure(database)
    holder = secrets.token_hex(4)
    return Teller(database, Sending(database, Target(private=True), holder), holder)


@pytest.fixture
async def target() -> AsyncIterator[Listening]:
    """A target that takes everything, until told otherwise."""
    async with listening() as found:
        yield found
