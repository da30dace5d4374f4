"""Every command of docs/operations.md is run, as it stands there, in the order of the page."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from pymongo import MongoClient

from receiver.backup.layout import complete
from receiver.store.mongo import Database, Document
from tests import servers
from tests.receiver.running import Run
from tests.receiver.years.test_commands import a_letter_with_bytes

PAGES = [servers.ROOT / "docs" / name for name in ("operations.md", "operations.ru.md")]
COMMAND = re.compile(
    r"^    (?:MONGO_DATABASE=(?P<database>\w+) )?python -m (?P<side>receiver|bridge)"
    r" (?P<words>.+?)(?:   .*)?$",
    re.MULTILINE,
)


def commands(page: Path) -> list[tuple[str | None, str, str]]:
    """Return of each command of a page: the database it names, the side, the words."""
    found = COMMAND.finditer(page.read_text(encoding="utf-8"))
    return [(each["database"], each["side"], each["words"]) for each in found]


def test_both_languages_have_the_same_commands() -> None:
    english, russian = map(commands, PAGES)
    assert english == russian
    assert len(english) > 8


async def test_each_command_does_what_the_page_says(
    database: Database,
    receiver: servers.Service,
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    mongo_uri: str,
    database_name: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    await a_letter_with_bytes(database)
    for named, side, words in commands(PAGES[0]):
        if side == "bridge":
            continue  # tests/bridge/test_doctor.py
        if "--every" in words:
            assert goes_on(words, mongo_uri, database.name, tmp_path)
            continue
        into = named or (database_name if words == "restore backups" else database.name)
        ours = {"RECEIVER_PORT": receiver.env["RECEIVER_PORT"], "MONGO_DATABASE": into}
        ours["RETENTION"] = "* originals=36500"
        status, output, complaints = run(*words.split(), WEBHOOK_SECRETS=servers.SECRET, **ours)
        # A standalone server is worth a look, as the doctor says.
        assert status == (1 if "doctor" in words else 0), (words, output, complaints)
    with MongoClient[Document](mongo_uri) as client:
        for name in ("drill", database_name):
            assert client[name].letters.count_documents({}) == 1
        client.drop_database("drill")


def goes_on(words: str, mongo_uri: str, name: str, directory: Path) -> bool:
    """Tell whether a command makes a backup, and goes on after it."""
    before = len(complete(directory / "backups"))
    env = servers.environment(MONGO_URI=mongo_uri, MONGO_DATABASE=name)
    env["PYTHONPATH"] = str(servers.ROOT)
    with MongoClient[Document](mongo_uri) as client:
        client[name].meta.delete_one({"_id": "backup"})  # else it waits for a day
    command = [sys.executable, "-m", "receiver", *words.split()]
    with subprocess.Popen(command, env=env, cwd=directory) as process:
        try:
            servers.wait_until(lambda: len(complete(directory / "backups")) > before)
            return process.poll() is None
        finally:
            process.kill()
