"""Whatever field of whatever document is damaged: a command names it, goes on and exits with 1."""

from collections.abc import AsyncIterator, Iterator
from copy import deepcopy
from typing import Any

import pytest
from bson import ObjectId

from receiver.database import opened
from receiver.migration.earlier import damage_before
from receiver.settings import ReceiverSettings
from receiver.store import schema
from receiver.store.mongo import Database, Document
from tests.receiver.running import Run
from tests.receiver.written import LARGE, a_letter_with_bytes, corrections, file, filing, written
from tests.receiver.years.earlier.dump import EARLIER

GONE = object()
OTHERWISE: tuple[Any, ...] = (GONE, None, 7, "?", [], {}, True)
FULL = 4

MIGRATED = ["mailbox", "messages"] + [
    f"messages.0.{each}" for each in ("key", "message_id", "from", "created", "to", "direction")
]


def paths(document: Document, before: str = "") -> Iterator[str]:
    """Yield the path of each field of a document, in lists that of the first element's."""
    for name, value in document.items():
        if name != "_id":
            yield before + name
            inner = value[0] if isinstance(value, list) and value else value
            if isinstance(inner, dict):
                yield from paths(inner, f"{before}{name}{'.0' if inner is not value else ''}.")


def changed(document: Document, path: str, value: Any) -> Document:
    """Return a copy of a document with another value of a field, or without it."""
    copy = deepcopy(document)
    inner: Any = copy
    *before, last = path.split(".")
    for each in before:
        inner = inner[int(each) if each.isdigit() else each]
    if value is GONE:
        del inner[last]
    else:
        inner[last] = value
    return copy


async def damages(
    database: Database, collection: str, document: Document
) -> list[tuple[Any, str, Any]]:
    """Insert a copy of a document for each of its fields and each wrong value of it."""
    await database.command("collMod", collection, validator={})
    for name in await database[collection].index_information():
        if name != "_id_":
            await database[collection].drop_index(name)
    made, documents = [], []
    for path in paths(document):
        for value in OTHERWISE:
            one = ObjectId()
            own: Document = {"_id": one}
            if collection == "letters":
                own |= {"key": f"{one}", "message": document["message"] | {"key": f"{one}"}}
            if path == "key":  # two without one in a mailbox are what an index does not allow
                own |= {"mailbox": f"{one}@yandex.ru"}
            documents.append(changed(document | own, path, value))
            made.append((one, path, value))
    await database[collection].insert_many(documents)
    return made


@pytest.fixture
async def database(mongo_uri: str, database_name: str) -> AsyncIterator[Database]:
    """A database of the test's own: it loses its indexes."""
    settings = ReceiverSettings(mongo_uri=mongo_uri, mongo_database=database_name)
    async with opened(settings) as found:
        yield found


@pytest.fixture
def command(run: Run, database_name: str) -> Run:
    """What runs a command on that database."""
    run._settings["MONGO_DATABASE"] = database_name
    return run


@pytest.fixture
async def whole(database: Database) -> Database:
    """A letter with bytes and an attachment, a long dialog, and a correction."""
    await schema.ensure(database)
    await a_letter_with_bytes(database)
    files = filing(database, full_letters=FULL)
    for number in range(10, 20):
        await file(files, written(f"{number}", names="10" if number > 10 else ""))
    head = await database.dialogs.find_one({"messages.body": "19"})
    assert head is not None
    await corrections(database).split(head["_id"], {head["messages"][-1]["key"]}, "olga")
    return database


OF_PROJECT: list[tuple[str, Document]] = [
    ("letters", {}),
    ("facts", {}),
    ("dialogs", {"part_of": None}),
]
OF_PROJECT.append(("dialogs", {"part_of": {"$ne": None}}))
# Which of several values is right, nothing tells, or nothing goes by it.
TOLD = {
    "letters": """mailbox key dialog known message message.created message.key message.from
        message.from.address message.to message.references message.attachments message.kind""",
    "facts": "mailbox what who when keys rest joins dialogs",
    "dialogs": "mailbox revision messages messages.0.key messages.0.created",
}


@pytest.mark.parametrize(("collection", "query"), OF_PROJECT)
async def test_project_names_what_it_cannot_read(
    whole: Database, command: Run, collection: str, query: Document
) -> None:
    document = await whole[collection].find_one(query)
    assert document is not None
    made = await damages(whole, collection, document)
    for words in (["project", "--check"], ["project"]):
        status, output, complaints = command(*words)
        assert (status, "Traceback" in complaints) == (1, False), complaints[-2000:]
        told = {line.split()[0] for line in output.splitlines()}
        for one, path, value in made:
            if path in TOLD[collection].split() and value in (GONE, None):
                assert str(one) in told, (path, value)


async def test_fsck_names_what_it_cannot_read(whole: Database, command: Run) -> None:
    document = await whole.letters.find_one({"message.attachments.0": {"$exists": True}})
    assert document is not None
    made = await damages(whole, "letters", document)
    status, output, complaints = command("fsck")
    assert (status, "Traceback" in complaints) == (1, False), complaints[-2000:]
    told = {line.split()[0] for line in output.splitlines()}
    must = "mailbox message message.attachments message.attachments.0.sha256 content content.raw"
    for one, path, value in made:
        if path in must.split() and value is GONE:
            assert str(one) in told, (path, value)


@pytest.mark.parametrize("collection", ["blobs.files", "blobs.chunks"])
async def test_fsck_names_bytes_whose_documents_are_damaged(
    whole: Database, command: Run, collection: str
) -> None:
    document = await whole[collection].find_one({"n": 0} if collection != "blobs.files" else {})
    assert document is not None
    one = {"_id": document["_id"]}
    for path in paths(document):
        for value in OTHERWISE:
            try:
                await whole[collection].replace_one(one, changed(document, path, value))
            except Exception:  # what the database itself refuses
                continue
            status, output, complaints = command("fsck")
            assert "Traceback" not in complaints, (path, value)
            if path in ("length", "data", "files_id") or (path == "n" and value is not True):
                assert status == 1, (path, value)
                assert f"{len(LARGE)} bytes of {len(LARGE)}" not in output
    await whole[collection].replace_one(one, document)
    assert command("fsck")[0] == 0


async def test_migrate_names_what_it_cannot_read(database: Database, command: Run) -> None:
    await database.dialogs.insert_many([dict(each) for each in EARLIER])
    assert [damage_before(each) for each in EARLIER if damage_before(each)] == []
    document = next(each for each in EARLIER if each.get("corrections"))
    made = await damages(database, "dialogs", document)
    before = await database.dialogs.count_documents({})
    for words in (["migrate", "--dry-run"], ["migrate"]):
        status, output, complaints = command(*words)
        assert (status, "Traceback" in complaints) == (1, False), complaints[-2000:]
        told = {line.split()[0] for line in output.splitlines()}
        for one, path, value in made:
            if path in MIGRATED and value in (GONE, None):
                assert str(one) in told, (path, value)
    assert "nothing was written" in complaints
    assert await database.dialogs.count_documents({}) == before
    assert "letters" not in await database.list_collection_names()
