"""What all tests share: a database server for the session, a database for each test."""

import gc
import os
import secrets
import sys
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from pymongo import MongoClient

from contract.sealing.seal import WORK
from receiver.database import opened
from receiver.settings import ReceiverSettings
from receiver.store.mongo import Database, Document
from tests import dispositions, servers
from tests.forks import Forks
from tests.real_mail import CORPUS

# `make fuzz` runs the same properties with more and fresh examples; no test is too slow for it.
settings.register_profile("fuzz", max_examples=500, deadline=None, database=None)
# Here the examples are few, the same every time, and a busy machine is no failure.
settings.register_profile("same", max_examples=40, derandomize=True, deadline=None)
settings.load_profile("same")

# A .env of whoever runs the tests is not for them.
os.environ["ENV_FILE"] = ""

# Where Python is told to keep no compiled files, each of the hundreds of processes that tests start
# would compile all of its files anew, for half its time.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

dispositions.of_a_terminal()
servers.forks = Forks(servers.environment())

LONG_FIRST = ("whole", "importing", "starts", "page", "receiver", "imap", "hooks", "bridge")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage among the tests, which stay to the end: neither now nor later.

    Each worker collects all of them; it takes a third less time so, and so do later collections.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the folders that run processes first: short tests are left for the end."""
    place = {name: number for number, name in enumerate(LONG_FIRST)}
    here = Path(__file__).parent

    def turn(item: pytest.Item) -> int:
        return place.get(item.path.relative_to(here).parts[0], len(place))

    items.sort(key=turn)


@pytest.fixture(scope="session")
def mongo_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server of MongoDB's protocol: TEST_MONGO_URI, or an embedded one."""
    if given := os.environ.get("TEST_MONGO_URI"):
        yield given
        return
    with servers.mongo(tmp_path_factory.mktemp("mongo")) as uri:
        yield uri


@pytest.fixture
def database_name(mongo_uri: str) -> Iterator[str]:
    """The name of a database of this test's own."""
    name = f"test_{secrets.token_hex(6)}"
    yield name
    with MongoClient[Document](mongo_uri) as client:
        client.drop_database(name)


@pytest.fixture
async def database(mongo_uri: str, database_name: str) -> AsyncIterator[Database]:
    """This test's database as the receiver connects to it."""
    settings = ReceiverSettings(mongo_uri=mongo_uri, mongo_database=database_name)
    async with opened(settings) as found:
        yield found


@pytest.fixture
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passphrases become keys at once; tests/contract/test_sealing.py holds the work it takes."""
    monkeypatch.setitem(WORK, "n", 2)


@pytest.fixture
def corpus() -> Path:
    """The corpus of real mail; tests that need it are skipped without it."""
    if not CORPUS.is_dir():
        pytest.skip(f"there is no corpus of real mail at {CORPUS}")
    return CORPUS
