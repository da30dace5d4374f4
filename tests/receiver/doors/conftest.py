"""The application itself, behind a real port."""

from collections.abc import AsyncIterator

import pytest

from contract.keyring import Keyring
from receiver.app import build
from receiver.settings import ReceiverSettings
from receiver.store.mongo import Database
from receiver.web.server import listening
from receiver.wiring import ReceiverParts
from tests import servers
from tests.servers import SECRET


@pytest.fixture
async def port(database: Database) -> AsyncIterator[int]:
    """The port of the real application in this process."""
    found = servers.free_port()
    chosen = ReceiverSettings(receiver_port=found, webhook_secrets=SECRET)
    parts = ReceiverParts.of(chosen, Keyring(chosen), database)
    async with listening(build(parts), chosen):
        await parts.readiness.prepare()
        yield found
