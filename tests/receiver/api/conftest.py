"""A caller of ``/v1`` with all rights in every mailbox."""

from collections.abc import AsyncIterator

import pytest

from receiver.store.mongo import Database
from tests.receiver.api_client import Caller, calling, make_token
from tests.servers import Service


@pytest.fixture
async def caller(receiver: Service, database: Database) -> AsyncIterator[Caller]:
    """A caller who may do all with every mailbox."""
    token = await make_token(database, "read raw post correct")
    async with calling(receiver.env["RECEIVER_PORT"], token) as found:
        yield found
