"""A short run of ``make chaos`` with a fixed seed, and proof that its ledger sees what is wrong."""

import random
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId
from pymongo import MongoClient
from receiver.threads.join_policy import Policy

from bridge.courier.event import email_received
from bridge.parse.message import read_letter
from bridge.spool.envelope import Delivery
from contract.event import Blob
from receiver.filing.filing import Filing
from receiver.letters.letter import letter_of
from receiver.settings import ReceiverSettings
from receiver.store.dialogs import Dialogs
from receiver.store.mongo import Database, Document, connected
from tests.measure.chaos.ledger import Ledger, Sent
from tests.measure.chaos.verdict import ChaosVerdict, reach_verdict
from tests.servers import ROOT


@pytest.mark.parametrize("policy", ["participants", "anyone"])
def test_a_short_chaos_balances(policy: str) -> None:
    command = [sys.executable, "-m", "tests.measure.chaos", "--seconds", "6", "--seed", "17"]
    command += ["--policy", policy]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=240, check=False)
    output = done.stdout.decode() + done.stderr.decode()
    assert done.returncode == 0, output
    assert "lost: 0" in output


async def store(database: Database, sent: Sent, policy: Policy) -> None:
    """Put a letter where the service would, with its bytes."""
    when = datetime(2026, 11, 23, tzinfo=UTC)
    delivery = Delivery(sent.sha256[:20], sent.mailboxes[0], when, "", ())
    read, raw = read_letter(sent.content), Blob(sha256=sent.sha256, size=len(sent.content))
    event = email_received(delivery, read, raw)
    dialogs = Dialogs(database)
    await Filing(dialogs, policy).file(letter_of(delivery.id, event.data, when))
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
    ledger = Ledger(random.Random(3))
    letters = [ledger.next_letter() for _ in range(60)]
    letters = [sent for sent in letters if len(sent.mailboxes) == 1]
    ledger.letters = {sent.message_id: sent for sent in letters}
    with MongoClient[dict[str, Any]](mongo_uri) as client:
        client.drop_database("chaos")
        async with connected(
            ReceiverSettings(mongo_uri=mongo_uri, mongo_database="chaos")
        ) as database:
            for sent in random.Random(4).sample(letters, len(letters)):
                sent.promised = sent.possible = True
                await store(database, sent, POLICY)
            yield ledger, database, lambda: reach_verdict(ledger, client, tmp_path, POLICY)
        client.drop_database("chaos")


def without_first(dialog: Document) -> Document:
    return dialog | {"messages": dialog["messages"][1:]}


def with_first_twice(dialog: Document) -> Document:
    return dialog | {"messages": [dialog["messages"][0], *dialog["messages"]]}


def with_a_foreign_letter(dialog: Document) -> Document:
    dialog["messages"][0]["message_id"] = "foreign@example.ru"
    return dialog


def with_another_raw(dialog: Document) -> Document:
    dialog["messages"][0]["raw"]["sha256"] = "0" * 64
    return dialog


WRONGS: dict[str, tuple[str, Callable[[Document], Document]]] = {
    "a letter is gone": ("lost", without_first),
    "a letter is there twice": ("doubled", with_first_twice),
    "a letter was never sent": ("foreign", with_a_foreign_letter),
    "a letter's bytes are others": ("changed", with_another_raw),
    "letters are out of order": ("torn", lambda d: d | {"messages": d["messages"][::-1]}),
    "letters are under way": ("torn", lambda d: d | {"transfer": {"id": 1, "messages": []}}),
    "a person is missing": ("torn", lambda d: d | {"participants": []}),
    "the dialog's subject is another": ("torn", lambda d: d | {"subject": "Другое"}),
    "an id is not known": ("torn", lambda d: d | {"thread_ids": ["x"]}),
    "a link leads nowhere": ("torn", lambda d: d | {"related": [ObjectId()]}),
    "a dialog continues nothing": ("torn", lambda d: d | {"continues": ObjectId()}),
}


async def test_the_ledger_sees_what_is_wrong(books: tuple[Ledger, Database, Judge]) -> None:
    ledger, database, judge = books
    verdict = judge()
    assert verdict.balanced, verdict
    assert verdict.stored == len(ledger.letters)
    assert verdict.merged > 0
    right = await database.dialogs.find_one({"messages.1": {"$exists": True}})
    assert right is not None
    for name, (kind, spoil) in WRONGS.items():
        await database.dialogs.replace_one({"_id": right["_id"]}, spoil(deepcopy(right)))
        assert getattr(judge(), kind), name
    await database.dialogs.replace_one({"_id": right["_id"]}, right)
    another = {"_id": {"$ne": right["_id"]}, "mailbox": right["mailbox"]}
    other = await database.dialogs.find_one_and_delete(another)
    assert other is not None
    together = {name: [*right[name], *other[name]] for name in ("messages", "thread_ids")}
    await database.dialogs.replace_one({"_id": right["_id"]}, right | together)
    assert any("in one dialog" in each for each in judge().torn)
    parted = [{**right, "messages": [one]} for one in right["messages"]]
    parted[1] |= {"_id": ObjectId(), "thread_ids": ["x"]}
    await database.dialogs.replace_one({"_id": right["_id"]}, parted[0])
    await database.dialogs.insert_one(parted[1])
    assert any("is in 2 dialogs" in each for each in judge().torn)
