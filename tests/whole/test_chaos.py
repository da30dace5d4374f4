"""The verdict of ``make chaos`` sees each kind of fault. The run itself is not tested here."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId
from pymongo import MongoClient

from bridge.courier.event import email_received
from bridge.parse.message import read_letter
from bridge.spool.envelope import Delivery
from contract.event import Blob
from receiver.database import opened
from receiver.filing.collections import Store
from receiver.filing.filing import Filing
from receiver.letters.arrival import arrival_of
from receiver.settings import ReceiverSettings
from receiver.store.mongo import Database, Document
from receiver.store.packed import packed
from receiver.threads.group import Policy
from tests.measure.chaos.follower import differences
from tests.measure.chaos.ledger import Ledger, Sent
from tests.measure.chaos.verdict import ChaosVerdict, reach_verdict

TABLES = {
    "all": ({"a": 1, "b": 0}, {"a": 1, "b": 0}, ""),
    "one is missing": ({"a": 1}, {"a": 1, "b": 0}, "b was never told of"),
    "one is gone": ({"a": 1, "b": 0}, {"a": 1}, "b is gone"),
    "one is old": ({"a": 1, "b": 0}, {"a": 2, "b": 0}, "a is known at revision 1"),
}


@pytest.mark.parametrize(("known", "there", "says"), TABLES.values(), ids=TABLES)
def test_the_follower_sees_what_was_not_told(
    known: dict[str, int], there: dict[str, int], says: str
) -> None:
    found = differences(known, there)
    assert len(found) == bool(says)
    assert all(each.startswith(says) for each in found)


async def store(database: Database, sent: Sent, policy: Policy) -> None:
    """Put a letter where the service would, with its bytes."""
    when = datetime(2026, 11, 23, tzinfo=UTC)
    delivery = Delivery(sent.sha256[:20], sent.mailboxes[0], when, "", ())
    read, raw = read_letter(sent.content), Blob(sha256=sent.sha256, size=len(sent.content))
    event = email_received(delivery, read, raw)
    filing = Filing(Store.of(database, full_bytes=8192), policy)
    await filing.file([arrival_of(delivery.id, event.data, when)])
    blobs = {sent.sha256: sent.content, **{p.attachment.sha256: p.content for p in read.parts}}
    for sha256, content in blobs.items():
        await database["blobs.files"].replace_one({"_id": sha256}, {}, upsert=True)
        chunk = {"files_id": sha256, "n": 0, "data": content}
        await database["blobs.chunks"].replace_one({"files_id": sha256}, chunk, upsert=True)


Judge = Callable[[], ChaosVerdict]
POLICY: Policy = "participants"


@pytest.fixture
async def books(mongo_uri: str, tmp_path: Path) -> AsyncIterator[tuple[Ledger, Database, Judge]]:
    """Sixty letters that were promised and stored, in another order, and a judge of them."""
    (tmp_path / "failed").mkdir()
    ledger = Ledger(random.Random(3), sizes=(10, 5_000))
    letters = [ledger.next_letter() for _ in range(60)]
    letters = [sent for sent in letters if len(sent.mailboxes) == 1]
    ledger.letters = {sent.message_id: sent for sent in letters}
    with MongoClient[dict[str, Any]](mongo_uri) as client:
        client.drop_database("chaos")
        async with opened(
            ReceiverSettings(mongo_uri=mongo_uri, mongo_database="chaos")
        ) as database:
            for sent in random.Random(4).sample(letters, len(letters)):
                sent.promised = sent.possible = True
                await store(database, sent, POLICY)
            yield ledger, database, lambda: reach_verdict(ledger, client, tmp_path, POLICY)
        client.drop_database("chaos")


COLLECTIONS = ("letters", "dialogs", "redirects")
Spoil = Callable[[Database, Document], Awaitable[object]]


def on_dialog(update: Document) -> Spoil:
    """Return what changes the dialog's head so."""
    return lambda database, head: database.dialogs.update_one({"_id": head["_id"]}, update)


def on_letter(update: Document) -> Spoil:
    """Return what changes so the letter that the dialog shows first."""
    return lambda database, head: database.letters.update_one(
        {"mailbox": head["mailbox"], "key": head["messages"][0]["key"]}, update
    )


async def without_first(database: Database, head: Document) -> None:
    await on_dialog({"$pop": {"messages": -1}})(database, head)


async def without_the_letter(database: Database, head: Document) -> None:
    await database.letters.delete_one({"key": head["messages"][0]["key"]})


async def with_first_twice(database: Database, head: Document) -> None:
    await on_dialog({"$push": {"messages": head["messages"][0]}})(database, head)


async def in_two_dialogs(database: Database, head: Document) -> None:
    other = {"_id": {"$ne": head["_id"]}, "mailbox": head["mailbox"]}
    await database.dialogs.update_one(other, {"$push": {"messages": head["messages"][0]}})


async def out_of_order(database: Database, head: Document) -> None:
    await on_dialog({"$set": {"messages": head["messages"][::-1]}})(database, head)


async def with_another_attachment(database: Database, _: Document) -> None:
    attached = {"message.attachments.0": {"$exists": True}}
    another = {"message.attachments.0.sha256": "0" * 64}
    await database.letters.update_one(attached, {"$set": another})


async def made_one(database: Database, head: Document) -> None:
    """Another dialog's letters go into this one, and point there, as if it had been merged."""
    other = {"_id": {"$ne": head["_id"]}, "mailbox": head["mailbox"], "related": []}
    gone = await database.dialogs.find_one_and_delete(other)
    assert gone is not None
    pushed = {"messages": {"$each": gone["messages"], "$sort": {"created": 1}}}
    await on_dialog({"$push": pushed})(database, head)
    await database.redirects.insert_one({"_id": gone["_id"], "into": head["_id"]})


async def made_two(database: Database, head: Document) -> None:
    """The last letter goes into a dialog of its own, and points there."""
    last = head["messages"][-1]
    alone = head | {"_id": ObjectId(), "messages": [last], "parts": []}
    await database.dialogs.insert_one(alone)
    await on_dialog({"$pop": {"messages": 1}})(database, head)
    await database.letters.update_one({"key": last["key"]}, {"$set": {"dialog": alone["_id"]}})


STRANGE = {"messages.0.message_id": "foreign@example.ru"}
WRONGS: dict[str, tuple[str, str, Spoil]] = {
    "a letter is gone": ("lost", "", without_first),
    "a letter is there twice": ("doubled", "", with_first_twice),
    "a letter is in two dialogs": ("doubled", "and is shown in", in_two_dialogs),
    "a letter was never sent": ("foreign", "", on_dialog({"$set": STRANGE})),
    "a letter's bytes are others": (
        "changed",
        "",
        on_letter({"$set": {"content.original": packed(b"x")}}),
    ),
    "an attachment's bytes are others": ("changed", "", with_another_attachment),
    "a letter is shown and not kept": ("torn", "is shown and not kept", without_the_letter),
    "a letter is kept and not shown": ("torn", "and is shown in []", without_first),
    "a letter points elsewhere": (
        "torn",
        "points to None",
        on_letter({"$set": {"dialog": ObjectId()}}),
    ),
    "letters are out of order": ("torn", "out of order", out_of_order),
    "a message is another": (
        "torn",
        "as it is: ['body']",
        on_dialog({"$set": {"messages.0.body": "Другое"}}),
    ),
    "a reason is another": (
        "torn",
        "as it is: ['matched_by']",
        on_dialog({"$set": {"messages.1.matched_by": "subject"}}),
    ),
    "a person is missing": ("torn", "['participants']", on_dialog({"$set": {"participants": []}})),
    "the dialog's subject is another": (
        "torn",
        "['subject']",
        on_dialog({"$set": {"subject": "Другое"}}),
    ),
    "the letters are counted wrongly": ("torn", "counts", on_dialog({"$inc": {"count": 1}})),
    "its size is another": ("torn", "is measured wrongly", on_dialog({"$inc": {"bytes": 1}})),
    "a relation leads nowhere": ("torn", "is related to", on_dialog({"$set": {"related": [1]}})),
    "a part is nobody's": (
        "torn",
        "which does not say so",
        on_dialog({"$set": {"part_of": ObjectId()}}),
    ),
    "a part is not there": ("torn", "that is not there", on_dialog({"$push": {"parts": 1}})),
    "two dialogs are one": ("torn", "and must not be", made_one),
    "one dialog is two": ("torn", "must be one dialog, and are not", made_two),
    "users are in one dialog": ("torn", "]] in one dialog", made_one),
    "a user is in two": ("torn", "is in 2 dialogs", made_two),
}


async def test_the_ledger_sees_what_is_wrong(books: tuple[Ledger, Database, Judge]) -> None:
    ledger, database, judge = books
    verdict = judge()
    assert verdict.balanced, verdict
    assert verdict.stored == len(ledger.letters)
    assert verdict.merged > 0
    assert await database.dialogs.count_documents({"part_of": {"$exists": True}}) > 0
    right = {name: await database[name].find().to_list(None) for name in COLLECTIONS}
    query = {"messages.1": {"$exists": True}, "parts": []}
    head = await database.dialogs.find_one(query)
    assert head is not None
    for name, (kind, words, spoil) in WRONGS.items():
        await spoil(database, head)
        found: list[str] = getattr(judge(), kind)
        assert found, name
        assert kind != "torn" or any(words in each for each in found), (name, found)
        for collection, documents in right.items():
            if await database[collection].find().to_list(None) == documents:
                continue
            await database[collection].delete_many({})
            if documents:
                await database[collection].insert_many(documents)
    assert judge().balanced
