"""What mongodump wrote is restored as a backup is: by files laid out as it documents them.

Where a real mongodump is in PATH, it is asked, too.
"""

import gzip
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from receiver.access.tokens import Tokens
from receiver.backup.directory import complete
from receiver.backup.raw import RawDocuments
from receiver.store.mongo import Database
from tests.receiver.running import Run
from tests.receiver.written import a_letter_with_bytes
from tests.receiver.years.test_retaining import NOW


async def dumped(database: Database, out: Path, *, packed: bool = False) -> Path:
    """Write a database as mongodump --out does; with --gzip each file is packed."""
    directory = out / database.name
    directory.mkdir(parents=True)
    raw, end = RawDocuments(database), ".gz" if packed else ""
    pack = gzip.compress if packed else bytes
    for collection in await raw.collections():
        content = b"".join([each async for each in raw.every(collection)])
        (directory / f"{collection}.bson{end}").write_bytes(pack(content))
        about = json.dumps({"indexes": [], "collectionName": collection, "type": "collection"})
        (directory / f"{collection}.metadata.json{end}").write_bytes(pack(about.encode()))
    (out / f"prelude.json{end}").write_bytes(pack(b'{"ToolVersion":"100.8.0"}'))
    return directory


async def documents(database: Database) -> dict[str, list[bytes]]:
    raw = RawDocuments(database)
    names = ("letters", "dialogs", "facts", "blobs.files", "blobs.chunks")
    return {name: [each async for each in raw.every(name)] for name in names}


@pytest.mark.parametrize("packed", [False, True])
async def test_what_mongodump_wrote_is_restored_whole(
    database: Database, run: Run, tmp_path: Path, database_name: str, packed: bool
) -> None:
    await a_letter_with_bytes(database)
    await Tokens(database).add("digest", "crm", ["read"], ["*"], now=NOW, expires=None)
    directory = await dumped(database, tmp_path / "dump", packed=packed)
    settings = {"MONGO_DATABASE": database_name, "DATA_DIR": str(tmp_path)}
    status, _, told = run("restore", str(tmp_path / "dump"), "--check", **settings)
    assert (status, "every document can be read" in told, "1 letters" in told) == (0, True, True)
    for place in (tmp_path / "dump", directory):  # again: it is not empty any more
        status, _, told = run("restore", str(place), **settings)
        assert status == (0 if place == tmp_path / "dump" else 78), told
    restored = database.client[database_name]
    assert await documents(restored) == await documents(database)
    [token] = await Tokens(restored).every()
    assert token["suspended"] == f"dump/{database.name}"


async def test_blobs_that_it_lacks_are_told(
    database: Database, run: Run, tmp_path: Path, database_name: str
) -> None:
    """It reads collections in an order of its own: a letter's bytes may be stored too late."""
    await a_letter_with_bytes(database)
    directory = await dumped(database, tmp_path / "dump")
    for each in ("blobs.files", "blobs.chunks"):
        (directory / f"{each}.bson").write_bytes(b"")
    settings = {"MONGO_DATABASE": database_name, "DATA_DIR": str(tmp_path)}
    status, output, told = run("restore", str(directory), **settings)
    assert (status, "is not there" in output + told) == (1, True)
    assert await database.client[database_name].letters.count_documents({}) == 1


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("letters.bson", b"\xff\xff\xff\xff", "holds what is no document"),
        ("letters.bson", b"\x40\x00\x00\x00ab", "ends within a document"),
        ("letters.bson", b"\x06\x00\x00\x00\x07\x00", "holds what is no document"),
        ("letters.bson.gz", b"no gzip", "cannot be read"),
    ],
)
async def test_what_is_damaged_is_named_before_anything_is_written(
    database: Database,
    run: Run,
    tmp_path: Path,
    database_name: str,
    name: str,
    content: bytes,
    says: str,
) -> None:
    await a_letter_with_bytes(database)
    directory = await dumped(database, tmp_path / "dump")
    (directory / "letters.bson").unlink()
    (directory / name).write_bytes(content)
    settings = {"MONGO_DATABASE": database_name, "DATA_DIR": str(tmp_path)}
    status, _, told = run("restore", str(directory), **settings)
    assert (status, name in told, says in told) == (1, True, True), told
    assert await database.client[database_name].list_collection_names() == []


async def test_what_only_mongorestore_can_read_is_refused(
    database: Database, run: Run, tmp_path: Path
) -> None:
    await a_letter_with_bytes(database)
    out = tmp_path / "dump"
    await dumped(database, out)
    (out / "oplog.bson").write_bytes(b"")
    status, _, told = run("restore", str(out), "--check")
    assert (status, "mongorestore --oplogReplay" in told) == (78, True)
    (out / "oplog.bson").unlink()
    (out / database.name).rename(out / "one")
    await dumped(database, out)
    status, _, told = run("restore", str(out), "--check")
    assert (status, "has several databases" in told) == (78, True)


async def test_a_backup_of_ours_without_its_manifest_is_none_of_mongodump(
    database: Database, run: Run, tmp_path: Path
) -> None:
    await a_letter_with_bytes(database)
    assert run("backup", str(tmp_path))[0] == 0
    [directory] = complete(tmp_path)
    (directory / "manifest.json").unlink()
    status, _, told = run("restore", str(directory), "--check")
    assert (status, "it is no backup, or was cut short" in told) == (1, True)


@pytest.mark.parametrize("packed", [[], ["--gzip"]])
@pytest.mark.skipif(shutil.which("mongodump") is None, reason="mongodump is not installed")
async def test_what_a_real_mongodump_writes_is_restored_whole(
    database: Database,
    run: Run,
    tmp_path: Path,
    database_name: str,
    mongo_uri: str,
    packed: list[str],
) -> None:
    await a_letter_with_bytes(database)
    words = ["mongodump", "--uri", mongo_uri, "--db", database.name, "--out", str(tmp_path / "out")]
    subprocess.run([*words, *packed], check=True, timeout=60)  # noqa: ASYNC221 - ours
    settings = {"MONGO_DATABASE": database_name, "DATA_DIR": str(tmp_path)}
    status, _, told = run("restore", str(tmp_path / "out"), **settings)
    assert status == 0, told
    assert await documents(database.client[database_name]) == await documents(database)
