"""An address with a tag (``ivan+shop@``) is erased with the one that has none, not the reverse."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from receiver.store.mongo import Database
from tests.receiver.erasing.people import (
    OLGA,
    PETR,
    after_six_days,
    come,
    email,
    everything,
    file_of,
)
from tests.receiver.running import Run
from tests.receiver.written import MAILBOX, dialogs

ANNA, TAGGED = "anna@firm.ru", "anna+shop@firm.ru"
TELLS = re.compile(rb"anna(?:\+|%2B|&#43;)?\w*@firm", re.IGNORECASE)
WORDS = "Where are the blue curtains that were promised for last Thursday?"
PICTURE = b"a picture, sent by Anna+pictures@firm.ru"


async def erase(run: Run, tmp_path: Path, address: str) -> None:
    words = ("erase", address, "--reason", "asked", "--yes")
    status, _, complaints = run(*words, DATA_DIR=str(tmp_path))
    assert status == 0, complaints


@pytest.fixture
async def filled(database: Database) -> Database:
    called: dict[str, Any] = {"from": {"address": TAGGED, "name": "Anna Karlova"}}
    letters = [
        email(1, ANNA, text="One."),
        email(2, TAGGED, text=WORDS, **called),
        email(3, MAILBOX, "Anna+Box@firm.ru", text="Three.", direction="out"),
        email(4, PETR, f"{MAILBOX},{TAGGED}", text=f"I say\n\n> {WORDS}", reply="I say"),
        email(5, OLGA, text=f"Ask {TAGGED} (anna%2Bshop@firm.ru, anna&#43;shop@firm.ru)"),
        email(6, OLGA, text="Here.", attachments=[file_of(PICTURE, f"{TAGGED}.png")]),
        email(7, "joanna+shop@firm.ru", text="Seven."),
        email(8, "shop@firm.ru", text="Eight."),
    ]
    await come(database, *letters)
    return database


async def test_whoever_has_the_address_has_it_with_any_tag(
    filled: Database, run: Run, tmp_path: Path
) -> None:
    await erase(run, tmp_path, ANNA)
    await after_six_days(filled)
    left = await everything(filled)
    assert TELLS.findall(left.replace(b"joanna", b"")) == []
    assert all(each not in left for each in (WORDS.encode(), b"Karlova"))
    said = " ".join(sorted(await dialogs(filled)))
    assert all(each in said for each in ("I say", "Here.", "Seven.", "Eight."))
    assert "Ask [erased] ([erased], [erased])" in said
    assert run("project", "--check")[:2] == (0, "")


async def test_no_tag_brings_her_back(filled: Database, run: Run, tmp_path: Path) -> None:
    await erase(run, tmp_path, ANNA)
    later = datetime.now(UTC) + timedelta(hours=1)
    answers = await come(
        filled,
        email(20, "anna+never.seen@firm.ru"),
        email(21, OLGA, text="Or anna+another@firm.ru?"),
        email(22, TAGGED, date=later),
    )
    assert [each.outcome for each in answers] == ["erased", "created", "created"]
    told = await filled.letters.find_one({"message.message_id": "21@a.ru"})
    assert told is not None
    assert told["message"]["body"] == "Or [erased]?"


async def test_an_address_with_a_tag_goes_alone(filled: Database, run: Run, tmp_path: Path) -> None:
    status, output, _ = run("person", TAGGED)
    assert (status, '"anna@firm.ru"' in output, '"letters": 1' in output) == (0, True, True)
    await erase(run, tmp_path, TAGGED)
    left = " ".join(await dialogs(filled))
    assert all(each in left for each in ("One.", "Three."))
    assert not await filled.letters.find_one({"message.from.address": TAGGED})
