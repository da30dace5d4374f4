"""One receiver for all tests of this folder; each test finds its database empty."""

from collections.abc import AsyncIterator, Iterator

import pytest

from receiver.database import opened
from receiver.settings import ReceiverSettings
from receiver.store.mongo import Database, Document
from tests import servers, webhook_client
from tests.receiver.running import Run

DATABASE = "test_receiver"
COLLECTIONS = (
    *("letters", "dialogs", "facts", "redirects", "gone", "tokens"),
    *("tombstones", "erasures", "holds", "hooks", "alarms", "canaries"),
    *("search", "search_pieces", "bridges", "refusals", "blobs.files", "blobs.chunks"),
    *("links", "sign_ins", "dialogs_before"),
)


@pytest.fixture(scope="session")
def receiver(tmp_path_factory: pytest.TempPathFactory, mongo_uri: str) -> Iterator[servers.Service]:
    """A running receiver."""
    directory = tmp_path_factory.mktemp("receiver")
    service = servers.receiver(directory, mongo_uri, DATABASE, HOOK_PRIVATE_ADDRESSES="true")
    with servers.running(service):
        yield service


@pytest.fixture
async def database(receiver: servers.Service, mongo_uri: str) -> AsyncIterator[Database]:
    """The receiver's database, emptied."""
    settings = ReceiverSettings(
        mongo_uri=mongo_uri,
        mongo_database=DATABASE,
        mongo_timeout=60,  # thousands of letters are emptied, too
    )
    async with opened(settings) as found:
        for collection in await not_empty(found):
            await found[collection].delete_many({})
        await found.meta.delete_many({"_id": {"$regex": "^(eras|read back |backup$|quiet$)"}})
        yield found


async def not_empty(database: Database) -> list[str]:
    """Return which collections hold something, asked at once: twenty deletes cost more a test."""

    def one_of(name: str) -> list[Document]:
        return [{"$limit": 1}, {"$project": {"_id": {"$literal": name}}}]

    first, *others = COLLECTIONS
    united = [{"$unionWith": {"coll": name, "pipeline": one_of(name)}} for name in others]
    found = await database[first].aggregate([*one_of(first), *united]).to_list(None)
    return [each["_id"] for each in found]


@pytest.fixture
async def client(
    receiver: servers.Service, database: Database
) -> AsyncIterator[webhook_client.Client]:
    """A client that knows the receiver's secret."""
    async with webhook_client.connected(receiver.env["RECEIVER_PORT"]) as found:
        yield found


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    mongo_uri: str,
) -> Run:
    """What runs the receiver's commands on the tests' database."""
    return Run(monkeypatch, capsys, caplog, mongo_uri, DATABASE)
