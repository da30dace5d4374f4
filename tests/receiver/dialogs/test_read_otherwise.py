"""A better reading of a letter never makes a second one of it, though its key is another."""

from dataclasses import replace
from datetime import timedelta

import pytest

from receiver.letters.arrival import Arrival
from receiver.letters.letter import Letter
from receiver.store.mongo import Database
from tests.letters import START
from tests.receiver.written import arrival, dialogs, filing, written

SEEN = START + timedelta(hours=3)


def came(letter: Letter, digest: str) -> Arrival:
    """Return the letter as bytes of this digest brought it."""
    came = arrival(letter)
    raw = {"sha256": digest * 64, "size": 1, "media_type": "message/rfc822"}
    return replace(came, content=came.content | {"raw": raw})


@pytest.mark.parametrize(
    ("again", "digest", "letters"),
    [
        (written("1", date=SEEN), "a", 1),
        (written("1", "ivan.petrov"), "a", 1),
        (written("1", date=SEEN), "b", 2),
        (written("1", "ivan.petrov"), "b", 2),
        (written("2", date=SEEN), "a", 2),
    ],
    ids=["a date", "a sender", "other bytes", "another sender", "another Message-ID"],
)
async def test_the_same_bytes_are_the_same_letter(
    database: Database, again: Letter, digest: str, letters: int
) -> None:
    files = filing(database)
    [first] = await files.file([came(written("1"), "a")])
    [second] = await files.file([came(again, digest)])
    assert await database.letters.count_documents({}) == letters
    assert (second.outcome == "duplicate") is (letters == 1)
    assert letters == 2 or second.dialog == first.dialog
    assert sum(len(each.split()) for each in await dialogs(database)) == letters
