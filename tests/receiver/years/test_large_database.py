"""A database so large that reading it takes longer than MONGO_TIMEOUT: everything still completes.

MongoDB counts the ``maxTimeMS`` of a find for all answers of its cursor together, and breaks off an
index that is not built by then; the embedded server does neither. Here each answer is a third of
what the client gives, and no index is ever built in less than an hour.
https://www.mongodb.com/docs/manual/reference/method/cursor.maxTimeMS/
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from pymongo import MongoClient
from yarl import URL

from receiver.store.mongo import Database, Document
from tests import servers
from tests.receiver.erasing.people import IVAN, OLGA, come, email
from tests.receiver.running import Run
from tests.receiver.written import MAILBOX, corrections
from tests.receiver.years import mongo_proxy
from tests.receiver.years.earlier.dump import LINES

EXPIRED = {"ok": 0, "code": 50, "codeName": "MaxTimeMSExpired"}
EXPIRED["errmsg"] = "operation exceeded time limit"
HOUR = 3_600_000
ANSWERS = 3


class Slow:
    """Two documents an answer, each a third of the time that a cursor has; an index takes long."""

    def __init__(self) -> None:
        self.broken_off: list[str] = []
        self._bounded: set[int] = set()
        self._cursors: dict[int, str] = {}
        self._answers = Counter[int]()
        self._late: dict[int, str] = {}
        self._indexes: set[str] = set()

    def asked(self, number: int, command: Document) -> None:
        name = next(iter(command))
        is_bounded = command.get("maxTimeMS", HOUR) < HOUR
        if name == "getMore" or (name == "find" and _may_find_many(command)):
            command["batchSize"] = 2
        if name == "find" and is_bounded and _may_find_many(command):
            self._bounded.add(number)
            self._cursors[number] = command["find"]
        elif name == "getMore" and command["getMore"] in self._cursors:
            self._answers[command["getMore"]] += 1
            if self._answers[command["getMore"]] >= ANSWERS:
                self._late[number] = f"find {self._cursors[command['getMore']]}"
        elif name == "createIndexes" and is_bounded and not self._has_said_indexes(command):
            self._late[number] = f"index of {command['createIndexes']}"
            kept = {each: command[each] for each in ("$db", "lsid") if each in command}
            command.clear()
            command.update({"ping": 1} | kept)

    def _has_said_indexes(self, command: Document) -> bool:
        """Tell whether a client knows that all are there: then nothing is built."""
        return {each["name"] for each in command["indexes"]} <= self._indexes

    def answered(self, number: int, answer: Document) -> None:
        said = answer.get("cursor", {}).get("firstBatch", [])
        self._indexes |= {each["name"] for each in said if "name" in each and "key" in each}
        if number in self._late:
            self.broken_off.append(self._late[number])
            answer.clear()
            answer.update(EXPIRED)
        elif number in self._bounded and (cursor := answer.get("cursor", {}).get("id")):
            self._cursors[cursor] = self._cursors[number]


def _may_find_many(find: Document) -> bool:
    """Tell whether it grows with the database: it has no limit, and does not say which ones."""
    wanted = find.get("filter", {}).values()
    return not find.get("limit") and not any(
        "$in" in each for each in wanted if isinstance(each, dict)
    )


@pytest.fixture
def slow(mongo_uri: str) -> Iterator[tuple[Slow, str]]:
    """The rule, and the address of the server that holds to it."""
    with mongo_proxy.before(URL(mongo_uri).port or 27017) as proxy:
        proxy.rule = rule = Slow()
        yield rule, f"mongodb://127.0.0.1:{proxy.port}/?directConnection=true"


@pytest.fixture
async def many(database: Database) -> Database:
    """Ten dialogs of ten people with corrections, and one of ten letters; each has an original."""
    people = [f"p{number}@example.ru" for number in range(10)]
    opened = [email(n, each, text=f"opened {n}") for n, each in enumerate(people)]
    long = [email(n, IVAN, in_reply_to=[f"{n - 1}@a.ru"]) for n in range(20, 30)]
    about = [email(n, OLGA, f"{MAILBOX},{IVAN}", text=f"told {n}") for n in range(40, 50)]
    await come(database, *opened, *long, *about)
    heads = await database.dialogs.find({"email_from": {"$in": people}}).to_list(None)
    for one, other in zip(heads[::2], heads[1::2], strict=True):
        await corrections(database).merge(one["_id"], other["_id"], "anna")
    return database


def is_as_it_was_asked(rule: Slow, answer: tuple[int, str, str]) -> None:
    """Find a command at its end: 1 is what some say who found something."""
    status, _, complaints = answer
    assert rule.broken_off == []
    assert status == 0, complaints


@pytest.mark.parametrize(
    "words",
    [
        "project --check",
        "project",
        "fsck",
        "retain --dry-run",
        "retain",
        "reparse --dry-run",
        "search letter -n 20",
        f"person {IVAN}",
        f"export {IVAN} DIR/his.zip",
        f"erase {IVAN} --reason withdrawn --yes",
        "backup DIR/backups",
    ],
)
async def test_what_reads_all_of_it_comes_to_its_end(
    many: Database, run: Run, tmp_path: Path, slow: tuple[Slow, str], words: str
) -> None:
    rule, uri = slow
    assert await many.letters.count_documents({}) == 30
    here = {"MONGO_URI": uri, "DATA_DIR": str(tmp_path), "RETENTION": "* originals=9 dialogs=999"}
    answer = run(*words.replace("DIR", str(tmp_path)).split(), **here)
    is_as_it_was_asked(rule, answer)


async def test_a_backup_is_restored(
    many: Database, run: Run, tmp_path: Path, slow: tuple[Slow, str]
) -> None:
    """Indexes are built at the end, which takes longer than the time limit of other commands."""
    rule, uri = slow
    assert run("backup", str(tmp_path / "backups"))[0] == 0
    into = {"MONGO_DATABASE": f"{many.name}_restored", "DATA_DIR": str(tmp_path)}
    try:
        is_as_it_was_asked(rule, run("restore", str(tmp_path / "backups"), MONGO_URI=uri, **into))
        assert run("project", "--check", **into)[0] == 0
    finally:
        await many.client.drop_database(into["MONGO_DATABASE"])


async def test_one_of_before_is_migrated(
    run: Run, mongo_uri: str, database_name: str, slow: tuple[Slow, str]
) -> None:
    rule, uri = slow
    with MongoClient[Document](mongo_uri) as client:
        documents = [dict(each) for name, each in LINES if name == "dialogs"]
        client[database_name].dialogs.insert_many(documents)
    for words in (["migrate", "--dry-run"], ["migrate"]):
        is_as_it_was_asked(rule, run(*words, MONGO_URI=uri, MONGO_DATABASE=database_name))


def test_a_receiver_that_starts_on_it_builds_its_indexes_and_has_it_searched(
    run: Run, tmp_path: Path, slow: tuple[Slow, str], database_name: str
) -> None:
    rule, uri = slow
    with servers.running(servers.receiver(tmp_path, uri, database_name)):
        assert rule.broken_off == []
