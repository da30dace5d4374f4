"""The one file that knows the driver: Motor today, PyMongo's own async client tomorrow."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection, AsyncIOMotorDatabase
from pymongo.errors import BulkWriteError, DuplicateKeyError, PyMongoError

from receiver.errors import DuplicateKey, StoreUnavailable
from receiver.settings import ReceiverSettings

Document = dict[str, Any]
Collection = AsyncIOMotorCollection[Document]
Database = AsyncIOMotorDatabase[Document]

DUPLICATE_KEY = 11000


@asynccontextmanager
async def connected(settings: ReceiverSettings) -> AsyncIterator[Database]:
    """Give the database; an acknowledged write is on the journal of a majority."""
    milliseconds = int(settings.mongo_timeout * 1000)
    client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(
        settings.mongo_uri.get_secret_value(),
        w="majority",
        journal=True,
        tz_aware=True,
        timeoutMS=milliseconds,
        serverSelectionTimeoutMS=milliseconds,
        maxPoolSize=settings.mongo_pool,
        appname="email-listener",
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
        if failures and all(failure["code"] == DUPLICATE_KEY for failure in failures):
            raise DuplicateKey from error
        raise StoreUnavailable(type(error).__name__) from error
    except PyMongoError as error:
        raise StoreUnavailable(type(error).__name__) from error
