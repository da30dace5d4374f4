"""Letters are read anew from their originals, in a database of commit 2683ab8 and in others.

The reading is today's own: a process of ``python -m bridge read``.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from contract.event import LetterContent
from contract.process import CannotStart
from receiver.database import opened
from receiver.filing.collections import Store
from receiver.migration.migrating import Migrating
from receiver.projecting.mailbox import Projecting
from receiver.reparsing import reader as reparsing_reader
from receiver.reparsing.reader import Readings, reading
from receiver.reparsing.reparse import Looked, Reparsing, _arrival
from receiver.settings import ReceiverSettings
from receiver.store.mongo import Database, Document
from receiver.store.packed import packed
from tests.receiver.dialogs.any_order.fragile import Crash, FragileDatabase
from tests.receiver.running import Run
from tests.receiver.written import MAILBOX, corrections
from tests.receiver.years.earlier.dump import LINES, place_of

pytestmark = pytest.mark.asyncio(loop_scope="module")
WITH_ORIGINALS = ("100", "101", "205", "340", "404", "421", "501", "521", "530", "621", "722")
LOST = "102"
MAILBOXES = (MAILBOX, "info@yandex.ru")
DOCUMENT = b"%PDF that only a better reading has found"


def original(message: Document, *, names: tuple[str, ...] = ()) -> bytes:
    """Return a letter as it may have been received, with more than was read of it then."""
    letter = EmailMessage()
    letter["From"] = f"Кто-то <{message['from']['address']}>"
    letter["To"] = ", ".join(each["address"] for each in message["to"])
    letter["Subject"] = message["subject"]
    letter["Date"] = format_datetime(message["created"])
    letter["Message-ID"] = "<another-now@example.ru>"
    if named := [*message["references"], *names]:
        letter["References"] = " ".join(f"<{each}>" for each in named)
    letter.set_content(f"{message['body']}, read better")
    letter.add_alternative(f"<p>{message['body']}, read better</p>", subtype="html")
    letter.add_attachment(DOCUMENT, maintype="application", subtype="pdf", filename="счёт.pdf")
    return letter.as_bytes(policy=letter.policy.clone(linesep="\r\n"))


async def test_when_a_letter_without_a_date_came_does_not_hang_on_when_it_is_read() -> None:
    """The same holds for a letter that arrived while the clock was ahead."""
    came = datetime(2099, 12, 28, 9, 30, tzinfo=UTC)
    raw = {"sha256": "a" * 64, "size": 3}
    document: Document = {
        "_id": "1", "mailbox": MAILBOX, "content": {"received": came, "raw": raw},
        "message": {"from": {"address": "ivan@example.ru"}},
    }  # fmt: skip
    said = LetterContent.model_validate({"from": {"address": "ivan@example.ru"}})
    found = await _arrival(document, said)
    assert (found.letter.created, found.content["received"]) == (came, came)


async def give_original(
    database: Database, document: Document, content: bytes, *, apart: bool
) -> None:
    """Have a letter have an original, in its own document or in GridFS."""
    digest, size = hashlib.sha256(content).hexdigest(), len(content)
    raw = {"sha256": digest, "size": size}
    fields: Document = {"content.raw": raw}
    if apart:
        await Store.of(database).blobs.store(digest, size, BytesIO(content))
        fields["digests"] = sorted({*document.get("digests", ()), digest})
    else:
        fields["content.original"] = packed(content)
    await database.letters.update_one({"_id": document["_id"]}, {"$set": fields})


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def reader() -> AsyncIterator[Readings]:
    """One reading process for the tests here."""
    async with reading() as found:
        yield found


@pytest_asyncio.fixture(loop_scope="module")
async def earlier(mongo_uri: str, database_name: str) -> AsyncIterator[Database]:
    """A database of 2683ab8's, migrated; some letters have originals, one of which is lost."""
    settings = ReceiverSettings(mongo_uri=mongo_uri, mongo_database=database_name)
    async with opened(settings) as database:
        for name in ("dialogs", "blobs.files", "blobs.chunks"):
            await database[name].insert_many([dict(each) for one, each in LINES if one == name])
        await Migrating(database, "participants", 1 << 20).run(
            regroup=False, tell=lambda _mailbox, _found: None
        )
        for number in (*WITH_ORIGINALS, LOST):
            letter = await letter_of(database, number)
            await give_original(
                database,
                letter,
                original(letter["message"]),
                apart=number in ("100", "340", "621", LOST),
            )
        lost = await letter_of(database, LOST)
        await database["blobs.files"].delete_one({"_id": lost["content"]["raw"]["sha256"]})
        await database["blobs.chunks"].delete_many({"files_id": lost["content"]["raw"]["sha256"]})
        yield database


async def letter_of(database: Database, number: str) -> Document:
    found = await database.letters.find_one({"mailbox": MAILBOX, "message.body": number})
    assert found is not None
    return found


async def standing(database: Database) -> dict[str, Any]:
    """Return what must stay: keys and ids of letters, where they are shown, what is corrected."""
    letters = {
        each["key"]: (each["_id"], each["message"]["message_id"], each["message"].get("guess"))
        async for each in database.letters.find()
    }
    shown: dict[Any, list[str]] = {}
    corrected: dict[Any, Any] = {}
    async for each in database.dialogs.find():
        one = each.get("part_of", each["_id"])
        shown[one] = sorted([*shown.get(one, []), *(m["key"] for m in each["messages"])])
        corrected[one] = [*corrected.get(one, []), *each.get("corrections", [])]
    facts = {each["_id"] async for each in database.facts.find({"who": {"$ne": "reparse"}})}
    return {"letters": letters, "shown": shown, "corrected": corrected, "facts": facts}


async def everything(database: Database) -> dict[str, list[Document]]:
    names = sorted(await database.list_collection_names())
    return {
        name: await database[name].find().sort("_id", 1).to_list(None)
        for name in names
        if name not in ("meta", "search", "search_pieces")
    }


async def reparse(database: Any, reader: Readings, *, regroup: bool = False) -> Looked:
    """Return what was found of the first mailbox."""
    work = Reparsing(database, Store.of(database), "participants", reader)
    found = [
        await work.run(mailbox, regroup=regroup, tell=lambda _document, _changes: None)
        for mailbox in MAILBOXES
    ]
    return found[0]


async def is_whole(database: Database) -> bool:
    """Tell whether dialogs show what letters and facts come to."""
    checks = [await Projecting(Store.of(database), "participants").check(one) for one in MAILBOXES]
    return all(not each.differ and not each.unkept for each in checks)


async def test_letters_are_read_anew_and_keys_ids_and_corrections_stay(
    earlier: Database, run: Run
) -> None:
    before, all_before = await standing(earlier), await everything(earlier)
    status, output, complaints = run("reparse", "--dry-run", MONGO_DATABASE=earlier.name)
    assert (status, "nothing was written" in complaints) == (0, True)
    lines = [each for each in output.splitlines() if each.startswith("101@example.ru ")]
    assert f"101@example.ru {MAILBOX} body: 3 → 17 characters" in lines
    assert any("attachments: 0 → 1" in each for each in lines)
    assert await everything(earlier) == all_before
    again = run("reparse", MONGO_DATABASE=earlier.name)
    assert again[:2] == (0, output)  # what it said
    assert "letters: 11 change" in again[2]
    assert "have no original" in again[2]
    assert await standing(earlier) == before
    assert await is_whole(earlier)
    for number in WITH_ORIGINALS:
        query = {"message.body": {"$regex": f"^{number}, read better"}}
        [letter] = await earlier.letters.find(query).to_list(None)
        assert letter["message"]["from"]["name"] == "Кто-то"
        assert "read better" in letter["content"]["html"]
        [name] = [each["filename"] for each in letter["message"]["attachments"]]
        assert name == "счёт.pdf"
    assert (await letter_of(earlier, LOST))["message"]["from"]["name"] == ""
    status, output, _ = run("fsck", MONGO_DATABASE=earlier.name)
    assert (status, len(output.splitlines())) == (1, 1)  # the original that was lost before


async def test_a_sender_whom_the_envelope_told_stays(earlier: Database, reader: Readings) -> None:
    """The original has no From, so by itself it has no sender."""
    letter = await letter_of(earlier, "100")
    content = b"Subject: x\r\nMessage-ID: <a@b>\r\n\r\nread better\r\n"
    await give_original(earlier, letter, content, apart=False)
    await reparse(earlier, reader)
    read = await earlier.letters.find_one({"_id": letter["_id"]})
    assert read is not None
    assert read["message"]["body"].startswith("read better")
    assert read["message"]["from"]["address"] == letter["message"]["from"]["address"]


async def test_again_there_is_nothing_to_do(earlier: Database, reader: Readings) -> None:
    await reparse(earlier, reader)
    before = await everything(earlier)
    looked = await reparse(earlier, reader)
    assert (looked.counts["same"], looked.counts["changed"]) == (11, 0)
    assert await everything(earlier) == before


async def test_cut_short_anywhere_the_same_call_does_the_rest(
    earlier: Database, reader: Readings
) -> None:
    before = await standing(earlier)
    fragile: Any = FragileDatabase(earlier)
    for lives in (*range(0, 40, 3), *range(40, 400, 20)):
        fragile.lives = lives
        try:
            await reparse(fragile, reader)
        except Crash:
            assert (await standing(earlier))["letters"] == before["letters"]
        else:
            break
    fragile.lives = None
    await reparse(fragile, reader)
    assert await standing(earlier) == before
    assert await is_whole(earlier)
    better = {"message.body": {"$regex": "read better"}}
    assert await earlier.letters.count_documents(better) == len(WITH_ORIGINALS)


async def test_dialogs_stay_as_they_are_unless_they_are_to_be_grouped_anew(
    earlier: Database, reader: Readings
) -> None:
    """By today's reading a letter names one of another dialog of the same person."""
    letter, other = await letter_of(earlier, "501"), await letter_of(earlier, "430")
    text = original(
        letter["message"] | {"from": other["message"]["from"]}, names=("430@example.ru",)
    )
    await give_original(earlier, letter, text, apart=False)
    before = await standing(earlier)
    looked = await reparse(earlier, reader)
    assert place_of("501") in {each.dialog for each in looked.differs}
    after = await standing(earlier)
    assert (after["letters"], after["shown"]) == (before["letters"], before["shown"])
    assert await is_whole(earlier)
    # The facts that hold them are corrections of "reparse", which a person may undo.
    [head] = await earlier.dialogs.find({"_id": place_of("501")}).to_list(None)
    assert "reparse" in {each["who"] for each in head["corrections"]}
    await earlier.facts.delete_many({"who": "reparse"})
    assert not await is_whole(earlier)
    await Projecting(Store.of(earlier), "participants").project(MAILBOX)
    assert await is_whole(earlier)
    moved = await letter_of_key(earlier, letter["key"])
    found = await corrections(earlier).dialog(moved["dialog"])
    assert other["key"] in {each["key"] for each in found.messages}


async def letter_of_key(database: Database, key: str) -> Document:
    found = await database.letters.find_one({"mailbox": MAILBOX, "key": key})
    assert found is not None
    return found


async def test_what_others_do_meanwhile_holds(earlier: Database, reader: Readings) -> None:
    """What erasing and retention remove meanwhile stays away; a copy that comes meanwhile stays."""
    redacted, trimmed, copied = [await letter_of(earlier, one) for one in ("101", "205", "340")]
    await change(earlier, redacted, {"$set": {"redacted": True}})
    read, times = reader.read, 0

    async def late(originals: Any) -> Any:
        """Change letters behind the second look at them, before they are written."""
        nonlocal times
        found = await read(originals)
        times += trimmed["key"] in originals
        if times == 2:
            times += 1
            fields = {"trimmed": ["text"], "message.body": ""}
            await change(earlier, trimmed, {"$set": fields})
            copy = copied["copies"][0] | {"direction": "out"}
            fields = {"message.direction": "out"}
            await change(earlier, copied, {"$addToSet": {"copies": copy}, "$set": fields})
        return found

    reader.read = late  # type: ignore[method-assign]
    try:
        await reparse(earlier, reader)
    finally:
        reader.read = read  # type: ignore[method-assign]
    assert times == 3
    after = [await letter_of_key(earlier, each["key"]) for each in (redacted, trimmed, copied)]
    bodies = [each["message"]["body"] for each in after]
    assert bodies == ["101", "", "340, read better\n"]
    assert (len(after[2]["copies"]), after[2]["message"]["direction"]) == (2, "out")
    assert await is_whole(earlier)


async def change(database: Database, letter: Document, update: Document) -> None:
    await database.letters.update_one({"_id": letter["_id"]}, update)


async def test_a_reading_process_that_ends_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reparsing_reader, "COMMAND", ("-c", "import sys; sys.exit(3)"))
    async with reading() as broken:
        with pytest.raises(CannotStart, match="bridge read"):
            await broken.read({"a letter": b"From: a@example.ru\r\n\r\n"})


async def test_who_reads_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBHOOK_SECRETS", "a secret of ours")
    monkeypatch.setattr(reparsing_reader, "COMMAND", ("-c", "import sys; sys.stdin.read()"))
    async with reading() as found:
        environment = await asyncio.to_thread(Path(f"/proc/{found.pid}/environ").read_bytes)
    assert b"PYTHONPATH=" in environment
    assert b"a secret of ours" not in environment
