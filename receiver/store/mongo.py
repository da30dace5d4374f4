"""The only file that knows the driver: Motor today, PyMongo's own async client tomorrow."""

import warnings
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any, Final, TypeVar

import pymongo
from motor.core import AgnosticBaseCursor
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection, AsyncIOMotorDatabase
from pymongo import IndexModel, UpdateOne
from pymongo.errors import BulkWriteError, DuplicateKeyError, PyMongoError
from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)

Document = dict[str, Any]
Collection = AsyncIOMotorCollection[Document]
Database = AsyncIOMotorDatabase[Document]
D = TypeVar("D", bound=Mapping[str, Any])

DUPLICATE_KEY = 11000
CLOCK_SECONDS = 60.0
LONG_SECONDS, INDEXING_SECONDS = 600, 24 * 3600


class StoreUnavailable(Exception):
    """The database does not answer, refuses, or may or may not have written: try again."""


class DuplicateKey(Exception):
    """A document with this ``_id`` or unique key exists already: look again."""


class _Commands(CommandListener):
    """Calls ``tell`` for every command before it is sent and after its success."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell

    def started(self, event: CommandStartedEvent) -> None:
        self._tell(f"mongo.{event.command_name}")

    def succeeded(self, event: CommandSucceededEvent) -> None:
        self._tell(f"mongo.{event.command_name}.done")

    def failed(self, event: CommandFailedEvent) -> None:
        """Do nothing: a failed command may be sent again."""


PROMISED: Final[Mapping[str, Any]] = {
    "w": "majority",
    "journal": True,
    "readConcernLevel": "majority",
    "readPreference": "primary",
    "minPoolSize": 0,
}
"""What we ask of MongoDB whatever the connection string says; some options do not go with it."""


@asynccontextmanager
async def connected(
    uri: str,
    name: str,
    *,
    timeout: float = 10.0,  # noqa: ASYNC109 - each operation's own bound, kept by the driver
    pool: int = 50,
    tell: Callable[[str], None] | None = None,
) -> AsyncIterator[Database]:
    """Open the database; an acknowledged write is in the journal of a majority.

    So is all that is read: a duplicate that only a lost primary has seen must not be answered 2xx.
    ``timeout`` is in seconds; ``tell`` is called for every command, so that a test can crash there.
    """
    milliseconds = int(timeout * 1000)
    with warnings.catch_warnings():  # about options of MONGO_URI without effect: a compressor
        warnings.simplefilter("ignore")
        client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(
            uri,
            **PROMISED,
            tz_aware=True,
            timeoutMS=milliseconds,
            socketTimeoutMS=milliseconds,  # of one answer, for reads by ``each_of``
            serverSelectionTimeoutMS=milliseconds,
            maxPoolSize=pool,
            appname="email-listener",
            event_listeners=[_Commands(tell)] if tell else [],
        )
    try:
        yield client[name]
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


async def each_of(cursor: AgnosticBaseCursor[D]) -> AsyncIterator[D]:
    """Yield all that a cursor finds: ``timeout`` bounds each answer, not all of them together.

    Otherwise the server would bound the sum: ``maxTimeMS``, which the driver sends, is the total
    time of a cursor, and reading a whole mailbox takes longer the more there is.
    https://www.mongodb.com/docs/manual/reference/method/cursor.maxTimeMS/
    """
    while True:
        with pymongo.timeout(0):  # not around the yield: it would apply to the consumer
            try:
                document = await anext(cursor)
            except StopAsyncIteration:
                return
        yield document


async def all_of(cursor: AgnosticBaseCursor[D]) -> list[D]:
    """Return all that a cursor finds, read like ``each_of``."""
    return [document async for document in each_of(cursor)]


def at_length() -> AbstractContextManager[None]:
    """Let commands that look at much take longer: ten minutes together.

    With ``timeout`` the server would abort them each time. Never around a ``yield``.
    """
    return pymongo.timeout(LONG_SECONDS)


async def have_indexes(collection: Collection, indexes: Sequence[IndexModel]) -> None:
    """Build a collection's missing indexes, without a time limit."""
    present = await collection.index_information()
    are_missing = any(each.document["name"] not in present for each in indexes)
    with pymongo.timeout(INDEXING_SECONDS) if are_missing else nullcontext():
        await collection.create_indexes(indexes)


async def insert_new(collection: Collection, documents: Sequence[Document]) -> set[int]:
    """Insert documents in one call; return the places of those whose identity exists already."""
    with store_errors():
        try:
            await collection.insert_many(documents, ordered=False)
        except BulkWriteError as error:
            failures = error.details["writeErrors"]
            if error.details["writeConcernErrors"] or any(
                each["code"] != DUPLICATE_KEY for each in failures
            ):
                raise
            return {each["index"] for each in failures}
    return set()


async def update_each(collection: Collection, updates: Sequence[tuple[Document, Document]]) -> bool:
    """Make updates of one document each, in one call; tell whether all found theirs."""
    with store_errors():
        done = await collection.bulk_write([UpdateOne(*each) for each in updates], ordered=False)
    return done.matched_count == len(updates)


class ServerClock:
    """The database's time, by one question a minute, as receivers' own clocks may differ."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._asked = -CLOCK_SECONDS
        self._offset = timedelta(0)

    async def asked(self) -> datetime:
        """Ask for the time now; raises StoreUnavailable."""
        self._asked = monotonic() - CLOCK_SECONDS
        return await self.now()

    async def now(self) -> datetime:
        """Return the time, to about a second; raises StoreUnavailable."""
        if monotonic() - self._asked >= CLOCK_SECONDS:
            with store_errors():
                answer = await self._database.client.admin.command("hello")
            self._offset = answer["localTime"].replace(tzinfo=UTC) - datetime.now(UTC)
            self._asked = monotonic()
        now = datetime.now(UTC) + self._offset
        return now.replace(microsecond=now.microsecond // 1000 * 1000)
