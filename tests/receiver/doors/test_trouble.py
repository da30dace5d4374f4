"""MongoDB's troubles in words: host, cause and remedy, and never the password."""

import asyncio
import re

import pytest
from pydantic import SecretStr
from pymongo import ReadPreference
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    ConfigurationError,
    NetworkTimeout,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
    WTimeoutError,
)

from contract.keyring import Keyring
from receiver.database import opened
from receiver.doctor.trouble import hosts_of, in_words, wrong_uri
from receiver.running.readiness import NOT_REACHED, NOT_YET_ASKED
from receiver.settings import ReceiverSettings
from receiver.store.mongo import connected
from receiver.wiring import ReceiverParts
from tests import servers


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OperationFailure("Authentication failed.", 18), "login is refused"),
        (OperationFailure("bad auth", 8000), "login is refused"),
        (OperationFailure("not authorized on dialog", 13), "give it the roles readWrite"),
        (OperationFailure("Invalid database name", 73), "at most 63 bytes"),
        (OperationFailure("something new", 424242), "the server refuses: something new"),
        (
            ServerSelectionTimeoutError("h:1: [Errno 111] Connection refused (configured"),
            "nobody listens there",
        ),
        (
            ServerSelectionTimeoutError("h:1: [Errno -2] Name or service not known"),
            "no such host",
        ),
        (ServerSelectionTimeoutError("No servers found yet, Timeout: 1s"), "no answer in time"),
        (ServerSelectionTimeoutError("No primary available for writes"), "no primary"),
        (NetworkTimeout("h:1: timed out"), "no answer in time"),
        (AutoReconnect("SSL handshake failed: certificate verify failed"), "TLS does not come"),
        (AutoReconnect("h:1: connection closed"), "does it still run? its log says why"),
        (AutoReconnect("h:1: something new"), "does not come about: h:1: something new"),
        (OperationFailure("No space left on device", 14031), "make room there"),
        (BulkWriteError({"writeErrors": [{"code": 11000}, {"code": 14031}]}), "make room there"),
        (
            ConfigurationError("The DNS query name does not exist"),
            "with mongodb+srv:// the name is the one that Atlas or your administrator gave",
        ),
        (ConfigurationError("Unknown option"), "look at MONGO_URI, such as mongodb://"),
        (WTimeoutError("waiting for replication timed out", 64), "too few members"),
        (PyMongoError("other"), "other"),
        (None, ""),
    ],
)
def test_host_cause_and_remedy_are_told(error: PyMongoError | None, said: str) -> None:
    words = in_words(error, "db:27017")
    assert words.startswith("MONGO_URI db:27017: ")
    assert said in words


@pytest.mark.parametrize(
    "uri",
    [
        "mongodb://127.0.0.1",
        "mongodb://127.0.0.1:27017/",
        "mongodb://u:p%40ss@h/?authSource=admin&replicaSet=rs0",
        "mongodb://a:1,b:2,c:3/?replicaSet=rs0",
        "mongodb+srv://u:p@cluster.example/?retryWrites=true",
        "mongodb://[::1]:27017/",
        "mongodb://u@h/?authMechanism=MONGODB-X509",
    ],
)
def test_what_the_driver_takes_is_taken(uri: str) -> None:
    assert wrong_uri(uri) == ""


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("mongodb+srv://u:p@cluster.example.net:27017/", "must not include a port number"),
        ("mongodb+srv://u@h.example.ru/", "A password is required"),
        ("mongodb+srv://a,b/", "one, and only one, hostname"),
        ("mongodb+srv://h.example.ru/?tlsCAFile=/nosuch", "tlsCAFile: /nosuch: No such file"),
        ("mongodb+srv://h.example.ru/a b", "Bad database name"),
        ("mongodb+srv://h.example.ru/?directConnection=true", "Cannot specify directConnection"),
        ("mongodb://h/?zlibCompressionLevel=x", "the option zlibCompressionLevel: .* integer"),
        ("mongodb://h/?server_api=1", "the option server_api: "),
        ("mongodb://h/?w=1&driver=x", "the option driver: "),
        ("mongodb://h/?datetime_conversion=x", "the option datetime_conversion: .* no such value"),
        ("mongodb://h/?readPreference=x", "the option readPreference: x is not a valid"),
        ("mongodb://h/?compressors=snappy", "^$"),
    ],
)
def test_what_the_driver_does_not_take_is_told_without_asking_dns(
    monkeypatch: pytest.MonkeyPatch, uri: str, said: str
) -> None:
    monkeypatch.setattr("socket.socket.sendto", pytest.fail)
    assert re.search(said, wrong_uri(uri)), wrong_uri(uri)


def test_hosts_are_told_without_the_login() -> None:
    assert hosts_of("mongodb://u:hunter2@a:1,b:2/x?y=z") == "a:1,b:2"
    assert hosts_of("nonsense") == "MongoDB"


async def test_a_receiver_without_its_database_says_that_and_nothing_of_indexes() -> None:
    chosen = ReceiverSettings(
        mongo_uri=SecretStr("mongodb://olga:hunter2@127.0.0.1:1"), mongo_timeout=1
    )
    async with opened(chosen) as database:
        readiness = ReceiverParts.of(chosen, Keyring(chosen), database).readiness
        assert readiness.waits() == NOT_YET_ASKED
        preparing = asyncio.create_task(readiness.prepare())
        await asyncio.to_thread(servers.wait_until, lambda: readiness.waits() != NOT_YET_ASKED)
        assert readiness.waits() == NOT_REACHED
        preparing.cancel()


@pytest.mark.parametrize(
    "options",
    ["w=0", "journal=false", "readConcernLevel=local", "readPreference=secondary", "minPoolSize=9"],
)
async def test_what_is_promised_is_asked_for_whatever_the_connection_string_says(
    options: str,
) -> None:
    """Another member of a replica set may not have what was just written."""
    async with connected(f"mongodb://h/?{options}", "dialog", timeout=1, pool=5) as database:
        assert database.write_concern.document == {"w": "majority", "j": True}
        assert database.read_concern.level == "majority"
        assert database.read_preference == ReadPreference.PRIMARY
