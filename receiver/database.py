"""The database of the settings."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from contract import faults
from receiver.settings import ReceiverSettings
from receiver.store.mongo import Database, connected


@asynccontextmanager
async def opened(settings: ReceiverSettings) -> AsyncIterator[Database]:
    """Open the database; in tests every command is a place to crash."""
    async with connected(
        settings.mongo_uri.get_secret_value(),
        settings.mongo_database,
        timeout=settings.mongo_timeout,
        pool=settings.mongo_pool,
        tell=faults.reach if faults.DIRECTORY else None,
    ) as database:
        yield database
