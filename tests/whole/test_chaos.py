"""A short run of ``make chaos`` with a fixed seed, and proof that its ledger sees what is wrong."""

import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from tests.chaos.ledger import Ledger, Sent
from tests.chaos.verdict import reach_verdict
from tests.servers import ROOT


def test_a_short_chaos_balances() -> None:
    command = [sys.executable, "-m", "tests.chaos", "--seconds", "8", "--seed", "17"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=240, check=False)
    output = done.stdout.decode() + done.stderr.decode()
    assert done.returncode == 0, output
    assert "lost: 0" in output


@pytest.fixture
def books(mongo_uri: str, tmp_path: Path) -> Any:
    """A ledger of one promised letter, and an empty database named as chaos names it."""
    (tmp_path / "failed").mkdir()
    ledger = Ledger(random.Random(1))
    sent = ledger.next_letter()
    sent.promised = sent.possible = True
    with MongoClient[dict[str, Any]](mongo_uri) as client:
        client.drop_database("chaos")
        yield ledger, sent, client, tmp_path
        client.drop_database("chaos")


def store(client: MongoClient[dict[str, Any]], sent: Sent, **changes: object) -> None:
    database = client["chaos"]
    message = {
        "message_id": sent.message_id,
        "raw": {"sha256": sent.sha256},
        "attachments": [],
        "defects": [],
    }
    database["blobs.files"].replace_one({"_id": sent.sha256}, {"_id": sent.sha256}, upsert=True)
    chunk = {"files_id": sent.sha256, "n": 0, "data": sent.content}
    database["blobs.chunks"].replace_one({"files_id": sent.sha256}, chunk, upsert=True)
    dialog = {"mailbox": sent.mailboxes[0], "messages": [message | changes]}
    database.dialogs.insert_one(dialog)


def test_the_ledger_sees_what_is_wrong(books: Any) -> None:
    ledger, sent, client, spool = books
    assert len(reach_verdict(ledger, client, spool).lost) == len(sent.mailboxes)
    store(client, sent)
    assert reach_verdict(ledger, client, spool).balanced
    store(client, sent)
    verdict = reach_verdict(ledger, client, spool)
    assert verdict.doubled
    assert verdict.torn
    store(client, sent, message_id="foreign@a.ru")
    assert reach_verdict(ledger, client, spool).foreign
    client["chaos"]["blobs.chunks"].delete_many({})
    assert reach_verdict(ledger, client, spool).changed
