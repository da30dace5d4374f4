"""The doctor's findings about a MongoDB: a real one, whose answers are changed on the way."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from yarl import URL

from receiver.doctor import server as rules
from receiver.store.mongo import Document
from tests import servers
from tests.receiver.running import Run
from tests.receiver.years import mongo_proxy
from tests.receiver.years.mongo_proxy import MongoProxy

MEMBERS = ["127.0.0.1:27017", "127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3", "127.0.0.1:4"]


@pytest.fixture(scope="module")
def proxy(mongo_uri: str) -> Iterator[MongoProxy]:
    with mongo_proxy.before(URL(mongo_uri).port or 27017) as found:
        yield found


@pytest.fixture
def doctor(proxy: MongoProxy, receiver: servers.Service, run: Run, tmp_path: Path) -> Iterator[Any]:
    """What runs the doctor through the proxy, and returns (status, {check: finding})."""
    ours = {
        "RECEIVER_PORT": receiver.env["RECEIVER_PORT"],
        "WEBHOOK_SECRETS": servers.SECRET,
        "MONGO_URI": f"mongodb://127.0.0.1:{proxy.port}/?directConnection=true",
        "DATA_DIR": str(tmp_path),
    }

    def ask(**settings: str) -> tuple[int, dict[str, Any]]:
        status, output, _ = run("doctor", "--json", **(ours | settings))
        return status, {each["check"]: each for each in json.loads(output)["checks"]}

    yield ask
    proxy.changes.clear()
    proxy.slow.clear()


def of_set(data: int, arbiters: int = 0) -> Document:
    """Return what a primary says of a replica set."""
    members = {"hosts": MEMBERS[:data], "arbiters": MEMBERS[data : data + arbiters]}
    return {"setName": "rs0", "primary": MEMBERS[0], "me": MEMBERS[0], **members}


@pytest.mark.parametrize(
    ("says", "state", "words"),
    [
        ({}, "look", "standalone"),
        ({"msg": "isdbgrid"}, "well", "sharded"),
        (of_set(1), "well", "only copy"),
        (of_set(2), "look", "rs0 of 2, 2 with data: one down stops all writes"),
        (of_set(3), "well", "rs0 of 3"),
        (of_set(1, 1), "look", "one down stops"),
        # One with data is left, and two must have a write.
        (of_set(2, 1), "look", "rs0 of 3, 2 with data"),
        (of_set(4, 1), "well", "rs0 of 5"),
        (of_set(3, 2), "look", "one down stops"),
    ],
)
def test_whether_one_member_may_be_down(says: Document, state: str, words: str) -> None:
    found = rules.topology(says)
    assert (found.state, words in found.says.en) == (state, True), found


def shifted(seconds: float) -> Callable[[Document], None]:
    def change(answer: Document) -> None:
        answer["localTime"] = datetime.now(UTC) + timedelta(seconds=seconds)

    return change


def lacking(answer: Document) -> None:
    privilege = {"resource": {"db": "", "collection": ""}, "actions": ["find", "insert"]}
    answer["authInfo"] = {
        "authenticatedUsers": [{"user": "listener", "db": "admin"}],
        "authenticatedUserPrivileges": [privilege],
    }


def says(**fields: Any) -> Callable[[Document], None]:
    return lambda answer: answer.update(fields)


@pytest.mark.parametrize(
    ("command", "change", "check", "state", "words"),
    [
        ("buildInfo", says(version="4.4.29"), "mongodb", "broken", "version 5 or newer"),
        ("hello", says(**of_set(2)), "topology", "look", "three members"),
        ("hello", shifted(-60), "clock", "look", "NTP"),
        ("hello", shifted(4000), "clock", "broken", "NTP"),
        ("dbStats", says(fsTotalSize=9.0e9, fsUsedSize=8.9e9), "mongodb-disk", "broken", "room"),
        ("dbStats", says(fsTotalSize=9.0e9, fsUsedSize=6.0e9), "mongodb-disk", "look", "room"),
        ("connectionStatus", lacking, "rights", "broken", "readWrite and dbAdmin"),
    ],
)
def test_what_a_server_says_is_told_with_what_to_do(
    proxy: MongoProxy, doctor: Any, command: str, change: Any, check: str, state: str, words: str
) -> None:
    proxy.changes[command] = change
    status, found = doctor()
    assert (found[check]["state"], words in found[check]["do"]) == (state, True), found[check]
    assert status >= (2 if state == "broken" else 1)


def test_a_slow_majority_is_told(proxy: MongoProxy, doctor: Any) -> None:
    proxy.slow["update"] = rules.SLOW_WRITE_SECONDS + 0.1
    found = doctor()[1]["write"]
    assert (found["state"], "lag of its members" in found["do"]) == ("look", True)


def test_a_set_without_a_majority_has_no_primary(proxy: MongoProxy, doctor: Any) -> None:
    def secondary(answer: Document) -> None:
        answer.update(of_set(3), isWritablePrimary=False, ismaster=False, secondary=True)
        answer["hosts"][0] = answer["me"] = f"127.0.0.1:{proxy.port}"
        del answer["primary"]

    proxy.changes["hello"] = secondary
    uri = f"mongodb://127.0.0.1:{proxy.port}/?replicaSet=rs0"
    status, found = doctor(MONGO_URI=uri, MONGO_TIMEOUT="1")
    assert (status, found["mongodb"]["state"]) == (2, "broken")
    assert "no primary: look at the replica set" in found["mongodb"]["says"]
    assert found["mongodb"]["do"]


def test_a_write_that_no_majority_takes_is_told(proxy: MongoProxy, doctor: Any) -> None:
    late = {"code": 64, "codeName": "WriteConcernFailed", "errmsg": "waiting for replication"}
    late["errInfo"] = {"wtimeout": True}
    proxy.changes["update"] = says(writeConcernError=late)
    status, found = doctor()
    assert status == 2
    assert "too few members of the replica set have the write" in found["mongodb"]["says"]
