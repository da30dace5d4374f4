"""Restoring an older backup brings nobody back who was erased since."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from contract.bridge.report import BridgeReport
from receiver.backup.directory import complete
from receiver.filing.collections import Store
from receiver.retaining.holds import Holds
from receiver.store.mongo import Database
from tests.receiver.erasing.people import (
    IVAN,
    NAME,
    OLGA,
    PETR,
    SUBJECT,
    TELLS,
    WORDS,
    after_six_days,
    come,
    email,
    erase,
    everything,
    letters,
)
from tests.receiver.running import Run

AHEAD = datetime.now(UTC) + timedelta(days=400)
IN_COPY = f"support@yandex.ru,{OLGA},{IVAN}"
CAME: list[dict[str, Any]] = [
    {"text": f"Спросите {IVAN}, он знает."},
    {"to": IN_COPY, "date": AHEAD, "text": "Вот."},
]


@pytest.fixture
async def restored(database_name: str, database: Database) -> AsyncIterator[Database]:
    """A database of another name, which goes afterwards."""
    name = f"{database_name}_restored"
    yield database.client[name]
    await database.client.drop_database(name)


async def tell_of_him(database: Database) -> None:
    """Hold somebody else's dialog for his sake; have a bridge report what it refused him."""
    await come(database, email(80, PETR, subject="x", text="y"))
    store = Store.of(database)
    [dialog] = await database.dialogs.find({"messages.message_id": "80@a.ru"}).to_list(None)
    now = await store.dialogs.now()
    await Holds(database, store.dialogs).place(dialog, "anna", f"{IVAN} sues", now, None)
    refusals = [
        {"number": 0, "at": now, "peer": "192.0.2.7", "mail_from": IVAN, "answer": "552 5.3.4"},
        {"number": 1, "at": now, "peer": "192.0.2.7", "answer": f"550 5.1.1 <{IVAN}>: no"},
    ]
    report: dict[str, Any] = {"bridge": "bridge-1", "host": "mx", "version": "1", "started": now}
    report["refusals"] = refusals
    await store.bridges.take(BridgeReport.model_validate(report), now)


async def test_who_was_only_mentioned_or_named_in_a_letter_dated_ahead_does_not_come_back(
    database: Database, run: Run, tmp_path: Path, restored: Database
) -> None:
    about = {"sender": PETR, "subject": "Вопрос"}
    await come(database, *(email(90 + at, **about | each) for at, each in enumerate(CAME)))
    await tell_of_him(database)
    run("backup", str(tmp_path / "backups"))
    erase(run, tmp_path)
    words = ("restore", str(complete(tmp_path / "backups")[0]))
    where = {"MONGO_DATABASE": restored.name, "DATA_DIR": str(tmp_path)}
    status, _, complaints = run(*words, **where)
    assert status == 0, complaints
    await after_six_days(restored)
    assert TELLS.findall(await everything(restored)) == []
    assert await restored.letters.count_documents({}) == await database.letters.count_documents({})


async def test_what_he_wrote_after_it_stays_in_a_backup_of_later(
    database: Database, run: Run, tmp_path: Path, restored: Database
) -> None:
    await come(database, *letters().values())
    erase(run, tmp_path)
    new: dict[str, Any] = {"date": AHEAD, "text": WORDS, "subject": f"Re: {SUBJECT}"}
    await come(database, email(95, IVAN, **new), email(96, PETR, date=AHEAD, text=f"{NAME} {IVAN}"))
    run("backup", str(tmp_path / "backups"))
    words = ("restore", str(complete(tmp_path / "backups")[0]))
    assert run(*words, MONGO_DATABASE=restored.name, DATA_DIR=str(tmp_path))[0] == 0
    for number in (95, 96):
        one = {"message.message_id": f"{number}@a.ru"}
        assert await restored.letters.find_one(one) == await database.letters.find_one(one)
