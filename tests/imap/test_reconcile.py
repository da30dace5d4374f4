"""``reconcile`` names exactly the letters that are not in both mailbox and store, and why."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from bridge.ingress.imap.cursor import Cursor, Skipped
from bridge.proving.verdict import Listed, Surroundings, why_not_stored
from receiver.store.mongo import Document
from tests import servers
from tests.imap import dovecot
from tests.imap.mailbox import Mailbox, bridge
from tests.letters import letter
from tests.whole.conftest import Whole

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("letter", "around", "what"),
    [
        ({}, {"cursor": None}, "waits"),
        ({"uid": 60}, {}, "waits"),
        ({"message_id": "here@a.ru"}, {"spooled": {"here@a.ru": "it failed, and is"}}, "waits"),
        ({"size": 2000}, {}, "passed over"),
        ({"uid": 7}, {}, "passed over"),
        ({"received": NOW - timedelta(days=9)}, {}, "passed over"),
        ({"uid": 31, "received": NOW - timedelta(days=9)}, {}, "missing"),
        ({}, {}, "missing"),
    ],
)
def test_why_a_letter_is_not_stored(
    letter: dict[str, Any], around: dict[str, Any], what: str
) -> None:
    since = (NOW - timedelta(days=7)).isoformat()
    cursor = Cursor("INBOX", 1, last=50, since=since, until=30)
    cursor.skipped[7] = Skipped(3, 0.0, 0.0, NOW.isoformat())
    said: dict[str, Any] = {"uid": 20, "size": 10, "received": NOW, "message_id": "m@a.ru"}
    known: dict[str, Any] = {"cursor": cursor, "spooled": {}, "max_size": 1000}
    found = why_not_stored(Listed(**said | letter), Surroundings(**known | around))
    assert found[0] == what


@pytest.fixture
def mailbox(running_dovecot: dovecot.Dovecot) -> Iterator[Mailbox]:
    """An empty mailbox on Dovecot."""
    found = Mailbox(running_dovecot.port, dovecot.SENT)
    try:
        found.empty()
        yield found
    finally:
        found.close()


@pytest.fixture
def whole(tmp_path: Path, mailbox: Mailbox, mongo_uri: str, database_name: str) -> Iterator[Whole]:
    """A bridge that reads the mailbox, and its receiver, which runs."""
    (tmp_path / "receiver").mkdir()
    receiver = servers.receiver(tmp_path / "receiver", mongo_uri, database_name)
    service = bridge(tmp_path / "bridge", mailbox.port, receiver.env["RECEIVER_PORT"])
    with MongoClient[Document](mongo_uri) as client, servers.running(receiver):
        yield Whole(service, receiver, client, database_name)


def reconcile(whole: Whole, *words: str, **settings: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "bridge", "reconcile", *words]
    env = os.environ | whole.bridge.env | settings
    done = subprocess.run(
        command, cwd=servers.ROOT, env=env, capture_output=True, timeout=60, check=False, text=True
    )
    return done.returncode, done.stdout + done.stderr


def differences(output: str) -> dict[str, str]:
    found = [each for report in json.loads(output) for each in report["differences"]]
    return {each["message_id"]: each["what"] for each in found}


def counts(output: str) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for report in json.loads(output):
        for day in report["days"].values():
            for what, count in day.items():
                into = found.setdefault(report["folder"], {})
                into[what] = into.get(what, 0) + count
    return found


def test_what_was_removed_is_named_and_nothing_else(whole: Whole, mailbox: Mailbox) -> None:
    uids = {n: mailbox.put(letter(f"{n}@example.ru", subject=str(n))) for n in range(1, 6)}
    mailbox.put(letter("6@yandex.ru", sender=dovecot.USER, to="ivan@example.ru"), mailbox.sent)
    without_id = letter("7@example.ru").replace(b"Message-ID: <7@example.ru>\r\n", b"")
    assert b"Message-ID" not in without_id
    mailbox.put(without_id)
    with servers.running(whole.bridge):
        servers.wait_until(lambda: len(whole.messages()) == 7)
        whole.wait_until_delivered()
    status, output = reconcile(whole, "--json")
    assert (status, differences(output)) == (0, {})
    assert counts(output) == {"INBOX": {"stored": 6}, dovecot.SENT: {"stored": 1}}

    letters = whole.client[whole.database].letters
    letters.delete_one({"message.message_id": "1@example.ru"})  # from the store
    letters.delete_one({"message.message_id": "6@yandex.ru"})
    letters.delete_one({"message.message_id": {"$regex": "no-message-id"}})
    mailbox.remove(uids[2])  # from the folder
    mailbox.put(letter("8@example.ru"))  # not read yet
    status, output = reconcile(whole, "--json")
    assert status == 1
    assert differences(output) == {
        "1@example.ru": "missing",
        "6@yandex.ru": "missing",
        "": "missing",
        "2@example.ru": "left",
        "8@example.ru": "waits",
    }
    assert counts(output)["INBOX"] == {"stored": 3, "missing": 2, "left": 1, "waits": 1}
    status, output = reconcile(whole)
    assert "INBOX" in output
    assert "missing: UID 1 1@example.ru: it was read and is not stored" in " ".join(output.split())

    result = json.loads((Path(whole.bridge.env["DATA_DIR"]) / "reconcile.json").read_text())
    assert sorted(result["missing"].values()) == [1, 2]


def test_who_was_erased_is_not_missing(whole: Whole, mailbox: Mailbox) -> None:
    mailbox.put(letter("1@example.ru", sender="ivan@example.ru"))
    mailbox.put(letter("2@example.ru", sender="olga@example.ru"))
    with servers.running(whole.bridge):
        servers.wait_until(lambda: len(whole.messages()) == 2)
    words = ["erase", "ivan@example.ru", "--reason", "asked", "--yes"]
    command = [sys.executable, "-m", "receiver", *words]
    env = os.environ | whole.receiver.env
    subprocess.run(command, cwd=servers.ROOT, env=env, capture_output=True, check=True, timeout=60)
    late = letter("3@example.ru", sender="ivan@example.ru", minute=3)  # dated before, as he is met
    mailbox.put(late, mailbox.sent)
    # The receiver learns of its first erasure within ten seconds.
    servers.wait_until(
        lambda: (
            counts(reconcile(whole, "--json")[1])
            == {"INBOX": {"stored": 1, "erased": 1}, dovecot.SENT: {"erased": 1}}
        ),
        40,
    )


def test_who_is_not_reached_is_75(whole: Whole, mailbox: Mailbox) -> None:
    mailbox.put(letter("1@example.ru"))
    status, output = reconcile(whole, WEBHOOK_URL="http://127.0.0.1:9/webhook/email")
    assert (status, "127.0.0.1:9" in output) == (75, True)
    assert reconcile(whole, IMAP_PORT="9")[0] == 75
    secret = "whsec_" + "A" * 43 + "="
    status, output = reconcile(whole, WEBHOOK_SECRETS=secret)
    assert (status, "401" in output) == (75, True)
