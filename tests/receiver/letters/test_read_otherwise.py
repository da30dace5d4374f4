"""A better reading of a letter has another key but makes no second letter."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest

from contract.event import Email
from receiver.letters.arrival import Arrival, arrival_of
from receiver.letters.identity import earlier_key
from receiver.letters.letter import Letter
from receiver.store.blobs import Blobs
from receiver.store.mongo import Database
from tests.letters import START
from tests.receiver.written import MAILBOX, arrival, dialogs, empty, filing, written

SEEN = START + timedelta(hours=3)
NOBODY = "unknown@unknown.invalid"
PARTS, OTHER_PARTS = "5" * 64, "6" * 64
HEADER = """\
From: Ivan <ivan@example,ru>
To: support@yandex.ru
Message-ID: <1@example.ru>
Date: 2 Jan 2026 31:00 MSK

1
"""
ON_TOP = "Received: from mx by mx2; Fri, 2 Jan 2026 12:00:01 +0300\n"
# How a header is changed, and what is read of it: at first, and later of it again.
ENTITIES = ("<1@example.ru>", "&lt;1@example.ru&gt;")
WORD = ("<1@example.ru>", "=?utf-8?Q?=3C1=40example=2Eru=3E?=")
EMPTY = ("Message-ID", "Message-ID:\nMessage-ID")
NO_ID = ("Message-ID: <1@example.ru>\n", "")
PLAIN = ("", "")
PARTS_OF_A_SECOND = ("2 Jan 2026 31:00 MSK", "2026-01-02T12:31:00.123456789+03:00")


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


async def test_two_other_readings_that_come_together_are_both_copies(database: Database) -> None:
    """The first of them shows that the mailbox itself sent the letter."""
    files = filing(database)
    await files.file([came(written("1"), "a")])
    sent = written("1", "ivan.petrov", direction="out")
    answers = await files.file([came(sent, "a"), came(written("1", date=SEEN), "a")])
    assert [each.outcome for each in answers] == ["duplicate", "duplicate"]
    kept = await database.letters.find_one({})
    assert kept is not None
    assert [each["direction"] for each in kept["copies"]] == ["in", "out"]
    assert kept["message"]["direction"] == "out"


def event(original: str, small: bool = True, parts: str = PARTS, **read: Any) -> Arrival:
    """Return what brings this original, read as told."""
    raw = original.encode()
    digest = sha256(raw).hexdigest()
    content = {"content": raw} if small else {}
    email = Email.model_validate(
        {
            "mailbox": MAILBOX,
            "from": {"address": read.get("sender", "ivan@example.ru")},
            "to": [{"address": MAILBOX}],
            "message_id": read.get("id", "1@example.ru"),
            "subject": "1",
            "text": "1",
            "date": read.get("date", START),
            "parts_sha256": parts,
            "headers": [
                tuple(line.split(":", 1)) for line in original.split("\n\n")[0].split("\n")
            ],
            "raw": {"sha256": digest, "size": len(raw), **content},
        }
    )
    return arrival_of("event", email, START + timedelta(days=400))


async def stored(database: Database, original: str) -> None:
    """Store an original as a file."""
    raw = original.encode()
    blobs = Blobs(database)
    await blobs.ensure()
    await blobs.store(sha256(raw).hexdigest(), len(raw), BytesIO(raw))


async def as_2683ab8_kept_it(database: Database, first: Arrival, original: str) -> None:
    """Have the only letter be as `migrate` takes it over: no header fields, its bytes as a file."""
    await stored(database, original)
    assert first.email
    digest = sha256(original.encode()).hexdigest()
    known = first.letter.ids
    await database.letters.update_one(
        {},
        {
            "$set": {
                "key": earlier_key("event", first.email),
                "message.key": earlier_key("event", first.email),
                "earlier": digest,
                "digests": [digest],
                "known": list(known),
                "content.headers": [],
            },
            "$unset": {"content.original": ""},
        },
    )
    await database.dialogs.update_one(
        {}, {"$set": {"messages.0.key": earlier_key("event", first.email)}}
    )


Row = tuple[tuple[str, str], dict[str, Any], str]
EARLIER_READING: list[Row] = [
    (ENTITIES, {"id": "&lt;1@example.ru&gt;"}, "entities around the id"),
    (WORD, {"id": "=?utf-8?Q?=3C1=40example=2Eru=3E?="}, "an encoded word around the id"),
    (ENTITIES, {"id": "&lt;1@example.ru&gt;", "date": SEEN}, "the id and the date"),
    (ENTITIES, {"id": "&lt;1@example.ru&gt;", "sender": NOBODY, "date": None}, "all of it"),
    (PLAIN, {"date": SEEN}, "the date"),
    (PLAIN, {"date": None}, "no date"),
    (PARTS_OF_A_SECOND, {"date": SEEN.replace(microsecond=123456)}, "the date, in millionths"),
    (PLAIN, {"sender": "ivan@example"}, "the sender"),
    (PLAIN, {"sender": NOBODY, "date": SEEN}, "the sender and the date"),
]
ONLY_BYTES: list[Row] = [
    (EMPTY, {"id": None}, "no id, for the first field is empty"),
    (NO_ID, {"id": None, "sender": NOBODY}, "no id at all, and another sender"),
    (NO_ID, {"id": None, "date": None}, "no id at all, and no date"),
]


@pytest.mark.parametrize("version", ["2683ab8", "today", "a large letter"])
async def test_what_was_read_otherwise_is_the_same_letter(database: Database, version: str) -> None:
    small = version != "a large letter"
    rows = [(*each, top) for top in ("", ON_TOP) for each in EARLIER_READING]
    for changed, read, what, top in rows + [(*each, "") for each in ONLY_BYTES]:
        if not small and changed is WORD:
            continue  # what is asked of a large letter is its header as it was decoded
        await empty(database)
        original = HEADER.replace(*changed) if changed[0] else HEADER
        files = filing(database)
        for each in {original, top + original} if not small else ():
            await stored(database, each)
        first = event(original, small, **read)
        [before] = await files.file([first])
        if version == "2683ab8":
            await as_2683ab8_kept_it(database, first, original)
        today: dict[str, Any] = {"id": None} if changed is NO_ID else {}
        for _ in range(2):
            [after] = await files.file([event(top + original, small, **today)])
            assert (after.outcome, after.dialog) == ("duplicate", before.dialog), what + top
        assert await database.letters.count_documents({}) == 1
        assert len(await dialogs(database)) == 1


ANOTHER: list[tuple[str, str, dict[str, Any]]] = [
    (HEADER.replace("2 Jan", "3 Jan"), PARTS, {"date": SEEN}),
    (HEADER.replace("ivan@", "petr@"), PARTS, {"sender": "petr@example.ru"}),
    (HEADER + "2\n", OTHER_PARTS, {}),
    (HEADER + "2\n", OTHER_PARTS, {"date": SEEN}),
    (HEADER.replace("<1@", "<2@"), PARTS, {"id": "2@example.ru"}),
]


async def test_another_letter_is_another_under_the_same_id_too(database: Database) -> None:
    """It differs in Date, From or parts, or in parts and the reading of the date."""
    files = filing(database)
    for original, parts, read in ANOTHER:
        await empty(database)
        await files.file([event(HEADER)])
        text = {"text": "2"} if parts == OTHER_PARTS else {}
        second = event(original, parts=parts, **read)
        assert second.email
        second = arrival_of("2", second.email.model_copy(update=text), START + timedelta(days=400))
        await files.file([second])
        assert await database.letters.count_documents({}) == 2, original


async def test_read_again_and_then_a_copy_of_it_comes(database: Database) -> None:
    """`reparse` stores today's reading under the same key."""
    files = filing(database)
    await files.file([event(HEADER, sender="ivan@example")])
    await database.letters.update_one({}, {"$set": {"message.from.address": "ivan@example.ru"}})
    await files.file([event(ON_TOP + HEADER)])
    assert await database.letters.count_documents({}) == 1
