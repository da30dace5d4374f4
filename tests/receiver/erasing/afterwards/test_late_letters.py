"""Late letters of an erased person that do not say when they were written, and new ones."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bridge.parse.header.dates import read_date
from receiver.store.mongo import Database
from tests.receiver.erasing.people import IVAN, come, email
from tests.receiver.running import Run

NOW = datetime.now(UTC)
BEFORE, AFTER = NOW - timedelta(hours=1), NOW + timedelta(hours=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ({"date": None, "received_at": BEFORE}, "erased"),
        ({"date": EPOCH, "received_at": BEFORE}, "erased"),
        ({"date": NOW + timedelta(days=900), "received_at": BEFORE}, "erased"),
        ({"date": BEFORE, "received_at": AFTER}, "erased"),
        ({"date": None, "received_at": AFTER}, "created"),
        ({"date": EPOCH, "received_at": AFTER}, "created"),
        ({"date": AFTER, "received_at": AFTER}, "created"),
    ],
)
async def test_a_letter_without_a_date_counts_by_its_arrival(
    database: Database, run: Run, tmp_path: Path, said: dict[str, Any], outcome: str
) -> None:
    await come(database, email(1, IVAN))
    words = ("erase", IVAN, "--reason", "asked", "--yes")
    assert run(*words, DATA_DIR=str(tmp_path))[0] == 0
    [answer] = await come(database, email(2, IVAN, **said))
    assert answer.outcome == outcome


@pytest.mark.parametrize("date", ["", "no date", "Thu, 01 Jan 1970 00:00:00 +0000", "0000"])
def test_the_topmost_received_tells_when_a_letter_without_a_date_came(date: str) -> None:
    hop = "from a.example by mx.example.ru with ESMTP id {}; Mon, {} Nov 2026 10:00:00 +0300"
    received = [hop.format(day, day) for day in (9, 8, 7)]
    assert read_date(date, None, received) == datetime(2026, 11, 9, 7, tzinfo=UTC)
