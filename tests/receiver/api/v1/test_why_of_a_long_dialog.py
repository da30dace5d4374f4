"""Why the letters of a dialog of any length are there: some at a time, and all of them told."""

from typing import Any

import pytest

from receiver.filing.collections import Store
from receiver.store.mongo import Database, Document
from receiver.why import reasons
from receiver.why.reasons import AT_ONCE, reasons_in_parts, reasons_of
from tests.receiver.api_client import Caller
from tests.receiver.written import file, filing, written
from tests.webhook_client import Client

LETTERS = 7


@pytest.fixture
async def head(database: Database) -> Document:
    """A dialog in several documents, which shares an id with one that it could not join."""
    filer = filing(database, full_letters=2)
    for number in range(1, LETTERS + 1):
        await file(filer, written(str(number), names="1" if number > 1 else ""))
    await file(filer, written("other", sender="petr", names="1"))
    found = await database.dialogs.find_one({"part_of": None, "count": LETTERS}) or {}
    assert len(found["parts"]) > 1
    assert found["related"]
    return found


async def test_all_of_its_letters_are_told_on_both_paths(
    caller: Caller, client: Client, head: Document
) -> None:
    said = await caller.get(f"/v1/dialogs/{head['_id']}/why")
    status, signed = await client.call("GET", f"/dialogs/{head['_id']}/why")
    assert (said.status, status) == (200, 200)
    assert said.headers["Content-Type"] == "application/json; charset=utf-8"
    told: list[Any] = said.json["messages"]
    assert [each["message_id"] for each in told] == [
        f"{number}@example.ru" for number in range(1, LETTERS + 1)
    ]
    assert [each["why"] for each in told] == [each["why"] for each in signed["messages"]]
    for each in (said.json, signed):
        assert each.keys() == said.json.keys()
        assert each["related"] == [str(one) for one in head["related"]]


@pytest.mark.parametrize("at_once", [1, 2, LETTERS, AT_ONCE])
async def test_some_at_a_time_say_what_all_together_say(
    database: Database, head: Document, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reasons, "AT_ONCE", at_once)
    store = Store.of(database)
    dialog = (await store.dialogs.whole([head["_id"]]))[head["_id"]]
    parts = [each["messages"] async for each in reasons_in_parts(store, dialog)]
    assert all(len(each) <= at_once for each in parts)
    whole = await reasons_of(store, dialog)
    assert [one for part in parts for one in part] == whole["messages"]
