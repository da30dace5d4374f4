"""Nobody can get others' letters erased with his own by writing cunning letters.

Vera's letters stay as they are, whatever somebody in their dialog wrote and forged: to the byte
where they do not name him, and without him where they do.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from contract.event import Email
from receiver.store.mongo import Database
from tests.receiver.erasing.people import START, come, email
from tests.receiver.running import Run

VERA, EVE = "vera@example.ru", "eve@example.net"
CLAIM = "Требуем вернуть предоплату за непоставленные дубовые доски в размере двухсот тысяч рублей."
SUBJECT = "Претензия по доскам"
CALLED = "Вера Павлова"


def of_vera(number: int, text: str, **fields: Any) -> Email:
    sender = {"name": CALLED, "address": VERA}
    text = f"{text}\n\nС уважением,\n{CALLED}"
    about: dict[str, Any] = {"from": sender, "subject": SUBJECT, **fields}
    about["cc"] = [{"address": EVE}] if number == 1 else []
    return email(number, VERA, text=text, **about)


def of_eve(number: int, text: str, name: str = "", **fields: Any) -> Email:
    about = {"subject": f"Re: {SUBJECT}", "in_reply_to": ["1@a.ru"], **fields}
    about["from"] = {"name": name, "address": EVE}
    return email(number, EVE, text=text, **about)


FORGED: dict[str, Any] = {
    "date": START - timedelta(days=3),
    "received_at": START + timedelta(hours=9),
}
WRITES: dict[str, Email] = {
    "her text, under a date of before": of_eve(9, CLAIM, **FORGED),
    "her subject, under a date of before": of_eve(9, "ok", **FORGED, subject=SUBJECT),
    "her name as his own": of_eve(9, "ok", CALLED),
    "her name, otherwise spaced and in capitals": of_eve(9, "ok", "ВЕРА  ПАВЛОВА"),
    "the id of a letter of hers": of_eve(9, "ok", message_id="1@a.ru"),
}


@pytest.mark.parametrize("what", WRITES)
async def test_what_he_writes_takes_nothing_away_from_others(
    database: Database, run: Run, tmp_path: Path, what: str
) -> None:
    hers = [
        of_vera(1, CLAIM),
        of_vera(2, f"Напоминаем. {CLAIM}", in_reply_to=["1@a.ru"]),
    ]
    await come(database, *hers, WRITES[what])
    query = {"message.from.address": VERA}
    before = await database.letters.find(query).sort("message.created", 1).to_list(None)
    words = ("--reason", "asked", "--yes")
    assert run("erase", EVE, *words, DATA_DIR=str(tmp_path))[0] == 0
    assert await database.letters.count_documents({}) == len(hers)
    after = await database.letters.find(query).sort("message.created", 1).to_list(None)
    assert after[1] == before[1]
    assert {*after[0]["known"]} == {one for one in before[0]["known"] if EVE not in one}
    assert after[0]["message"] == before[0]["message"] | {"cc": []}
