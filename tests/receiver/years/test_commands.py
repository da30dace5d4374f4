"""The commands as a person runs them: their output and exit status."""

from pathlib import Path

import pytest

from receiver.filing.collections import Store
from receiver.store.blobs import CHUNK_BYTES
from receiver.store.mongo import Database, Document
from tests import servers
from tests.receiver.running import Run
from tests.receiver.written import LARGE, MAILBOX, a_letter_with_bytes, filed, written


async def test_fsck_says_that_all_is_there(database: Database, run: Run) -> None:
    await a_letter_with_bytes(database)
    status, output, complaints = run("fsck")
    assert (status, output) == (0, "")
    assert "0 wrong of the bytes of 1 letters, 1 in GridFS" in complaints


@pytest.mark.parametrize(
    ("collection", "query", "update", "says"),
    [
        ("blobs.files", {}, None, "is not there"),
        ("blobs.chunks", {"n": 1}, None, f"has {CHUNK_BYTES} bytes of {len(LARGE)}"),
        ("blobs.chunks", {"n": 2}, {"$set": {"data": b"?"}}, f"bytes of {len(LARGE)}"),
        ("blobs.chunks", {"n": 0}, {"$set": {"data": bytes(CHUNK_BYTES)}}, "other bytes"),
        ("letters", {}, {"$set": {"content.original": b"?"}}, "cannot be unpacked"),
        ("letters", {}, {"$set": {"content.raw.size": 5}}, "raw"),
    ],
)
async def test_fsck_says_what_is_missing(
    database: Database,
    run: Run,
    collection: str,
    query: Document,
    update: Document | None,
    says: str,
) -> None:
    await a_letter_with_bytes(database)
    if update is None:
        await database[collection].delete_one(query)
    else:
        await database[collection].update_one(query, update)
    status, output, _ = run("fsck")
    assert status == 1
    assert says in output


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("заказ где", ["Где мой заказ?"]),
        ("ЗАКАЗ?", ["Где мой заказ?"]),
        ("мой возврат", []),
        ("ivan@straße.de", ["Где мой заказ?"]),
        ("ivan@strasse.de", ["Возврат"]),
    ],
)
async def test_all_words_are_found_in_any_order_and_nobody_elses_dialogs(
    database: Database, run: Run, words: str, found: list[str]
) -> None:
    one = written("1", "ivan@straße.de")
    await filed(database, [one, written("2", "ivan@strasse.de", names="1", subject="Возврат")])
    if "ß" in words:  # it was kept under the other's address before
        await database.dialogs.update_one({"subject": "Возврат"}, {"$set": {"user": "x@y.ru"}})
        kept = {"$set": {"user": "ivan@strasse.de"}}
        await database.dialogs.update_one({"subject": "Где мой заказ?"}, kept)
    status, output, _ = run("find", words)
    assert status == (0 if found else 1)
    assert [each for each in ("Где мой заказ?", "Возврат") if each in output] == found


async def test_project_checks_and_makes_anew(database: Database, run: Run) -> None:
    await filed(database, [written("1"), written("2", names="1"), written("3", "petr")])
    assert run("project", "--check")[:2] == (0, "")
    [head] = await database.dialogs.find({"messages.body": "1"}).to_list(None)
    await database.dialogs.update_one({"_id": head["_id"]}, {"$pop": {"messages": 1}})
    assert run("project", "--check")[:2] == (1, f"{head['_id']} {MAILBOX} differs\n")
    assert run("project")[:2] == (0, f"{head['_id']} {MAILBOX} made anew\n")
    assert run("project", "--check")[:2] == (0, "")


async def test_another_policy_must_be_adopted(database: Database, run: Run) -> None:
    await filed(database, [written("1"), written("2", "stranger", names="1")])
    try:
        status, _, complaints = run("project", JOIN_POLICY="anyone")
        assert (status, "project --adopt" in complaints) == (78, True)
        assert run("project", "--adopt", JOIN_POLICY="anyone")[0] == 0
        assert len(await Store.of(database).dialogs.outlines(MAILBOX)) == 1
        assert run("project", "--check", JOIN_POLICY="anyone")[:2] == (0, "")
    finally:
        run("project", "--adopt")


@pytest.mark.parametrize("command", ["project", "fsck", "ping"])
def test_a_wrong_setting_is_78(run: Run, command: str) -> None:
    assert run(command, MONGO_URI="mongo://x")[0] == 78


@pytest.mark.parametrize(
    ("language", "told"), [("C", "File exists"), ("ru", "такой файл уже есть")]
)
def test_of_a_file_that_is_in_the_way_its_name_is_told_and_no_number(
    run: Run, tmp_path: Path, language: str, told: str
) -> None:
    (tmp_path / "file").touch()
    status, _, complaints = run("backup", str(tmp_path / "file"), LC_ALL=language)
    assert status == 78
    assert complaints.strip().endswith(f"{tmp_path / 'file'}: {told}")


def test_a_database_that_does_not_answer_is_75(run: Run) -> None:
    status, _, complaints = run("fsck", MONGO_URI="mongodb://127.0.0.1:1", MONGO_TIMEOUT="1")
    assert (status, "nobody listens there" in complaints) == (75, True)


async def test_a_receiver_of_another_policy_does_not_file(
    mongo_uri: str, tmp_path_factory: pytest.TempPathFactory, database_name: str, run: Run
) -> None:
    first = servers.receiver(tmp_path_factory.mktemp("first"), mongo_uri, database_name)
    with servers.running(first):
        pass
    folder = tmp_path_factory.mktemp("second")
    second = servers.receiver(folder, mongo_uri, database_name, JOIN_POLICY="anyone")
    second.ready = lambda: "no letter is filed" in second.log.read_text()
    with servers.running(second):
        port = int(second.env["RECEIVER_PORT"])
        assert not servers.is_ready(port)
        status, _, complaints = run("ping", RECEIVER_PORT=str(port))
        assert (status, "JOIN_POLICY=participants" in complaints) == (1, True)
        assert run("project", "--adopt", MONGO_DATABASE=database_name, JOIN_POLICY="anyone")[0] == 0
        servers.wait_until(lambda: servers.is_ready(port))
    assert second.log.read_text().count("no letter is filed") == 1
