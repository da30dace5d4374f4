"""The one file that knows the driver: Motor today, PyMongo's own async client tomorrow."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection, AsyncIOMotorDatabase
from pymongo.errors import BulkWriteError, DuplicateKeyError, PyMongoError
from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)

from contract import faults
from receiver.errors import DuplicateKey, StoreUnavailable
from receiver.settings import ReceiverSettings

Document = dict[str, Any]
Collection = AsyncIOMotorCollection[Document]
Database = AsyncIOMotorDatabase[Document]

DUPLICATE_KEY = 11000


class CrashPoints(CommandListener):
    """Makes a crash possible before and behind every command to the database, for tests."""

    def started(self, event: CommandStartedEvent) -> None:
        """Reach the point before the command."""
        faults.reach(f"mongo.{event.command_name}")

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Reach the point behind the command."""
        faults.reach(f"mongo.{event.command_name}.done")

    def failed(self, event: CommandFailedEvent) -> None:
        """A command that failed has no point."""


@asynccontextmanager
async def connected(settings: ReceiverSettings) -> AsyncIterator[Database]:
    """Give the database; an acknowledged write is on the journal of a majority.

    So is all that is read: a duplicate that only a lost primary has seen must not be answered 2xx.
    """
    milliseconds = int(settings.mongo_timeout * 1000)
    client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(
        settings.mongo_uri.get_secret_value(),
        w="majority",
        journal=True,
        readConcernLevel="majority",
        tz_aware=True,
        timeoutMS=milliseconds,
        serverSelectionTimeoutMS=milliseconds,
        maxPoolSize=settings.mongo_pool,
        appname="email-listener",
        event_listeners=[CrashPoints()] if faults.DIRECTORY else [],
    )
    try:
        yield client[settings.mongo_database]
    finally:
        client.close()


@contextmanager
def store_errors() -> Iterator[None]:
    """Translate the driver's errors: DuplicateKey, or StoreUnavailable for all others.

    An error leaves open whether the write happened, so each is answered by trying again.
    """
    try:
        yield
    except DuplicateKeyError as error:
        raise DuplicateKey from error
    except BulkWriteError as error:
        failures = error.details["writeErrors"]
        certain = not error.details["writeConcernErrors"]
        if certain and failures and all(each["code"] == DUPLICATE_KEY for each in failures):
            raise DuplicateKey from error
        raise StoreUnavailable(type(error).__name__) from error
    except PyMongoError as error:
        raise StoreUnavailable(type(error).__name__) from error
