"""Letters rewritten after they were stored: a search finds what a scan finds."""

import ast
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import receiver
from receiver.letters.letter import Letter
from receiver.search.indexing import Indexing
from receiver.search.searching import Searching
from receiver.search.writing import IndexWriting
from receiver.store import schema
from receiver.store.mongo import Database
from tests.receiver.written import MAILBOX, file, filing, written
from tests.search.world import Clock, found, scanned

pytestmark = pytest.mark.usefixtures("clock")
AUDITOR = {"name": "Аудитор", "address": "auditor@secret.ru"}
CHANGES = {"update_one", "update_many", "bulk_write", "replace_one", "find_one_and_update"}
TAKES_AWAY = {"delete_one", "delete_many", "find_one_and_delete"}
WITHIN = "its callers are within IndexWriting.changing"
WRITERS = {
    "store/letters.py Letters.point_all": "where a letter stands is no word of it",
    "store/letters.py Letters.note_where_they_stood": "where it stood is none",
    "store/letters.py Letters.name": "ids are not searched",
    "store/letters.py Letters.add_copy": WITHIN,
    "store/leaving.py Leaving.rewrite": WITHIN,
    "store/leaving.py Leaving.remove": WITHIN,
    "reparsing/originals.py Originals.write": WITHIN,
    "bridges/further_ids.py FurtherIds.note": "ids are not searched",
    "migration/store.py MigrationStore._write": "before there is an index",
}
"""Everything that writes letters that are there: whoever adds to it sees to the index, too."""


async def keys(searching: Searching, line: str) -> list[str]:
    """Return the keys of the letters that one receiver, with its memory, finds."""
    return [each.key for each in (await searching.search((MAILBOX,), line, None, 50)).letters]


def with_bcc(letter: Letter) -> Letter:
    return Letter(letter.mailbox, letter.message | {"bcc": [AUDITOR]})


def by_a_form(direction: str) -> Letter:
    """A letter that the mailbox wrote to itself for somebody, or that it sent."""
    letter = written("form", MAILBOX.partition("@")[0], text="заявка")
    person = {"name": "Пётр", "address": "petr@customers.ru"}
    says = {"from": {"name": "", "address": MAILBOX}, "reply_to": [person]}
    return Letter(MAILBOX, letter.message | says | {"direction": direction})


@pytest.mark.parametrize("indexed", [True, False])
@pytest.mark.parametrize(
    ("first", "again", "lines"),
    [
        (
            written("1", direction="out", text="отчёт"),
            with_bcc(written("1", direction="out", text="отчёт")),
            ("to:auditor@secret.ru", "auditor@secret.ru", "кому:аудитор", "отчёт"),
        ),
        (by_a_form("in"), by_a_form("out"), ("from:petr", "от:петр", "заявка")),
    ],
    ids=["a Bcc", "our own"],
)
async def test_what_a_second_copy_tells_is_found(
    database: Database,
    clock: Clock,
    first: Letter,
    again: Letter,
    lines: tuple[str, ...],
    indexed: bool,
) -> None:
    """It is found in the index, and by a receiver that has the letter in memory."""
    await schema.ensure(database)
    files, searching = filing(database), Searching(database)
    [stored] = await file(files, first)
    await database.letters.update_many({}, {"$set": {"kept": clock.time - timedelta(minutes=1)}})
    if indexed:
        assert await Indexing(database).follow_mailbox(MAILBOX, wait=False) == 1
    for line in lines:  # has the letter read into memory, if it waits
        assert await keys(searching, line) == await scanned(database, line)
    [answer] = await file(files, again)
    assert (stored.outcome, answer.outcome) == ("created", "duplicate")
    for line in lines:
        assert await keys(searching, line) == await scanned(database, line), line
        assert await found(database, line) == await scanned(database, line), line


async def test_what_is_rewritten_while_it_waits_is_read_again(
    database: Database, clock: Clock
) -> None:
    await schema.ensure(database)
    here, letter = Searching(database), written("1", text="прежнее")
    await file(filing(database), letter)
    await database.letters.update_many({}, {"$set": {"kept": clock.time - timedelta(minutes=1)}})
    assert await keys(here, "прежнее") == [letter.key]
    async with IndexWriting(database).changing(MAILBOX, {letter.key}):  # another receiver
        await database.letters.update_many({}, {"$set": {"message.body": "новое"}})
    assert await keys(here, "новое") == [letter.key]
    assert await keys(here, "прежнее") == []


def test_everything_that_rewrites_letters_is_known() -> None:
    assert set(_writers()) == WRITERS.keys()


def _writers() -> Iterator[str]:
    root = Path(receiver.__file__).parent
    for path in root.rglob("*.py"):
        tree = ast.parse(path.read_text())
        for held in ast.walk(tree):
            if isinstance(held, ast.ClassDef):
                for function in held.body:
                    if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and any(
                        map(_writes_letters, ast.walk(function))
                    ):
                        yield f"{path.relative_to(root)} {held.name}.{function.name}"


def _writes_letters(node: Any) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr=name, value=value)) if name in CHANGES | TAKES_AWAY:
            return _are_letters(value)
        case ast.Call(func=ast.Name("update_each"), args=[collection, *_]):
            return _are_letters(collection)
    return False


def _are_letters(node: ast.expr) -> bool:
    match node:
        case ast.Attribute(attr="_letters") | ast.Subscript(slice=ast.Constant(value="letters")):
            return True
        case ast.Attribute(attr="letters"):
            return True
    return False
