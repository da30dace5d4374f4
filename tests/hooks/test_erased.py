"""No hook is told of erased data, however long its events have waited."""

from pathlib import Path
from typing import Any

import pytest

from receiver.hooks.hooks import Hooks
from receiver.store.mongo import Database
from tests.hooks.conftest import Teller
from tests.hooks.listening import Listening, saying
from tests.receiver.running import Run
from tests.receiver.written import file, filing, written

HIS_ID = "ivan-private@example.ru"
BOUNCE: dict[str, Any] = {"kind": "bounce", "bounce": {"message_id": HIS_ID}}


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    mongo_uri: str,
    database: Database,
) -> Run:
    return Run(monkeypatch, capsys, caplog, mongo_uri, database.name)


async def test_what_waits_is_not_told_once_its_letters_are_erased(
    database: Database, teller: Teller, target: Listening, run: Run, tmp_path: Path
) -> None:
    hook = await teller.make(target.url)
    target.answer = saying(500)
    await file(filing(database), written("1"), written("2", **BOUNCE), written("3", "olga"))
    await teller.round(hook)
    waits = (await teller.document(hook))["late"]
    assert HIS_ID in str(waits)
    hers = {each["of"] for each in waits if each["data"].get("letter") == written("3", "olga").key}
    assert hers
    await Hooks(database).switch(hook, "off")
    words = ("--reason", "asked", "--who", "Anna", "--yes")
    status, _, complaints = run("erase", "ivan@example.ru", *words, DATA_DIR=str(tmp_path))
    assert status == 0, complaints
    left = (await teller.document(hook))["late"]
    assert HIS_ID not in str(left)
    assert {each["data"].get("letter") for each in left} <= {*hers, None}
    lost = [each for each in waits if each not in left]
    await database.hooks.update_one({"_id": hook}, {"$set": {"late": waits}})  # who was slow
    assert lost
    await Hooks(database).switch(hook, "on")
    await teller.take(hook)
    await teller.due_now(hook)
    target.heard.clear()
    target.answer = saying(204)
    await teller.round(hook)
    told = {each.data["letter"] for each in target.heard if "letter" in each.data}
    assert told == hers
    opened = {each.data["dialog"] for each in target.heard if each.type == "dialog.opened"}
    there = {str(each["_id"]) for each in await database.dialogs.find({}).to_list(None)}
    assert opened == there
    assert (await teller.document(hook))["late"] == []
