"""``reconcile`` names exactly the letters that are not in both mailbox and store, and why."""

import dataclasses
import json
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bridge.command_line import status_of
from bridge.ingress.imap.cursor import Cursor, Skipped
from bridge.parse.message import read_letter
from bridge.proving import result
from bridge.proving.spooled import names_of
from bridge.proving.verdict import Listed, Surroundings, judged, why_not_stored
from tests import servers
from tests.imap import dovecot
from tests.imap.mailbox import Mailbox
from tests.letters import letter
from tests.receiver.running import Run
from tests.whole.conftest import Whole

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("letter", "around", "what"),
    [
        ({}, {"cursor": None}, "waits"),
        ({"uid": 60}, {}, "waits"),
        ({"names": frozenset({("s",)})}, {"spooled": {("s",): "it failed, and is"}}, "waits"),
        ({"names": frozenset({("s",)})}, {"spooled": {("t",): "it failed, and is"}}, "missing"),
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
    known: dict[str, Any] = {"cursor": cursor, "spooled": {}, "most": {"SMTP_MAX_SIZE": 1000}}
    found = why_not_stored(Listed(**said | letter), Surroundings(**known | around))
    assert found[0] == what


@pytest.mark.parametrize("uid", [7, 20])
@pytest.mark.parametrize(
    ("size", "setting"), [(1001, "SPOOL_MAX_BYTES"), (2001, "SMTP_MAX_SIZE, SPOOL_MAX_BYTES")]
)
def test_what_never_has_room_is_told_by_the_setting_that_says_so(
    uid: int, size: int, setting: str
) -> None:
    """Also for a letter that the watcher has given up: it is the setting, not the server."""
    cursor = Cursor("INBOX", 1, last=50)
    cursor.skipped[7] = Skipped(3, 0.0, 0.0, NOW.isoformat())
    around = Surroundings(cursor, {}, {"SMTP_MAX_SIZE": 2000, "SPOOL_MAX_BYTES": 1000})
    found = why_not_stored(Listed(uid, size, NOW, "m@a.ru"), around)
    assert found == ("passed over", f"{size} bytes are more than {setting}")


def test_a_copy_that_came_another_way_is_known_in_the_spool_and_no_other_letter() -> None:
    plain = letter(None)
    names = names_of("S@yandex.ru", read_letter(plain), plain)
    copy = b"Received: from a.ru by b.ru; Wed, 25 Nov 2026 10:00:00 +0000\r\n" + plain
    assert names & names_of("s@yandex.ru", read_letter(copy), copy)
    for other in (letter(None, subject="Другое"), letter(None, to="sales@yandex.ru")):
        assert not names & names_of("s@yandex.ru", read_letter(other), other)
    assert not names & names_of("sales@yandex.ru", read_letter(plain), plain)


def test_of_two_letters_that_are_known_as_one_neither_has_left() -> None:
    """They have one sender, Message-ID and date, so the receiver answers with one key for both."""
    twins = [Listed(uid, 10, NOW, "m@a.ru") for uid in (1, 2)]
    states = {1: ("stored", "a"), 2: ("stored", "a")}
    stored = {"a": ("m@a.ru", NOW), "b": ("m@a.ru", NOW)}
    around, since = Surroundings(None, {}, {}), NOW - timedelta(days=1)
    report = judged("m@a.ru", "INBOX", twins, states, stored, around, since)
    assert report.differences == []
    more = stored | {"c": ("m@a.ru", NOW)}  # one of three is not there any more
    report = judged("m@a.ru", "INBOX", twins, states, more, around, since)
    assert [each.what for each in report.differences] == ["left"]


Reconcile = Callable[..., tuple[int, str]]


@pytest.fixture
def reconcile(
    both: Whole,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    mongo_uri: str,
) -> Reconcile:
    """Runs the command with the bridge's settings: returns its status, and all its output."""
    run = Run(monkeypatch, capsys, caplog, mongo_uri, both.database, status_of)
    own = {name: value for name, value in both.bridge.env.items() if os.environ.get(name) != value}

    def reconciled(*words: str, **settings: str) -> tuple[int, str]:
        status, output, complaints = run("reconcile", *words, **own | settings)
        return status, output + complaints

    return reconciled


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


def test_what_was_removed_is_named_and_nothing_else(
    both: Whole, on_dovecot: Mailbox, reconcile: Reconcile
) -> None:
    uids = {n: on_dovecot.put(letter(f"{n}@example.ru", subject=str(n))) for n in range(1, 6)}
    on_dovecot.put(
        letter("6@yandex.ru", sender=dovecot.USER, to="ivan@example.ru"), on_dovecot.sent
    )
    without_id = letter("7@example.ru").replace(b"Message-ID: <7@example.ru>\r\n", b"")
    assert b"Message-ID" not in without_id
    on_dovecot.put(without_id)
    on_dovecot.put(re.sub(rb"Date: .*\r\n", b"", without_id))  # known by its bytes alone
    on_dovecot.put(re.sub(rb"Date: .*\r\n", b"Date: yesterday\r\n", without_id))
    long = b"To: support@yandex.ru\r\nno field, and " + b"many words\r\n" * 150_000
    on_dovecot.put(long)  # no parts of it are seen: its words count
    on_dovecot.put(long.replace(b"words\r\n", b"words "))  # kept with an end of line
    with servers.running(both.bridge):
        servers.wait_until(lambda: len(both.messages()) == 11)
        both.wait_until_delivered()
    status, output = reconcile("--json")
    assert (status, differences(output)) == (0, {})
    assert counts(output) == {"INBOX": {"stored": 10}, dovecot.SENT: {"stored": 1}}

    letters = both.client[both.database].letters
    letters.delete_one({"message.message_id": "1@example.ru"})  # from the store
    letters.delete_one({"message.message_id": "6@yandex.ru"})
    letters.delete_many({"message.message_id": {"$regex": "no-message-id"}})
    on_dovecot.remove(uids[2])  # from the folder
    on_dovecot.put(letter("8@example.ru"))  # not read yet
    status, output = reconcile("--json")
    assert status == 1
    assert differences(output) == {
        "1@example.ru": "missing",
        "6@yandex.ru": "missing",
        "": "missing",
        "2@example.ru": "left",
        "8@example.ru": "waits",
    }
    assert counts(output)["INBOX"] == {"stored": 3, "missing": 6, "left": 1, "waits": 1}
    status, output = reconcile()
    assert "INBOX" in output
    told = f"missing: UID {uids[1]} 1@example.ru: it was read and is not stored"
    assert told in " ".join(output.split())

    data = Path(both.bridge.env["DATA_DIR"])
    [found] = result.by_account(data).values()
    assert sorted(found.missing.values()) == [1, 6]
    assert result.read(data, []) is None  # nobody asks any more what is missing there


def spooled_of(both: Whole) -> list[Path]:
    return sorted((Path(both.bridge.env["DATA_DIR"]) / "spool").glob("*/*.eml"))


def test_what_waits_or_failed_is_known_without_a_message_id(
    both: Whole, on_dovecot: Mailbox, reconcile: Reconcile
) -> None:
    plain = letter(None)
    undated = re.sub(rb"Date: .*\r\n", b"", plain)
    no_at = b"Message-ID: <noat>\r\n" + letter(None, subject="без собаки")
    long = b"To: support@yandex.ru\r\nno field, and " + b"many words\r\n" * 150_000
    letters = (plain, undated, no_at, long, letter("with@example.ru"))
    for each in letters:
        on_dovecot.put(each)
    cut_off = {**both.bridge.env, "WEBHOOK_URL": "http://127.0.0.1:9/webhook/email"}
    with servers.running(dataclasses.replace(both.bridge, env=cut_off)):
        servers.wait_until(lambda: len(spooled_of(both)) == len(letters))
    on_dovecot.put(letter(None, subject="не прочитано"))
    assert len(spooled_of(both)) == len(letters)
    for path in spooled_of(both)[:2]:
        path.rename(path.parent.parent / "failed" / path.name)
    status, output = reconcile("--json")
    assert (status, counts(output)) == (0, {"INBOX": {"waits": len(letters) + 1}})
    whys = [each["why"] for report in json.loads(output) for each in report["differences"]]
    assert sum("it failed, and is in the spool" in each for each in whys) == 2
    assert sum("it waits in the spool" in each for each in whys) == len(letters) - 2


def test_what_waits_for_one_mailbox_does_not_hide_what_another_has_lost(
    both: Whole, on_dovecot: Mailbox, reconcile: Reconcile
) -> None:
    other = Mailbox(on_dovecot.port, on_dovecot.sent, "sales@yandex.ru")
    here = {"host": "127.0.0.1", "port": on_dovecot.port, "security": "none"}
    here |= {"password": dovecot.PASSWORD, "folders": ["INBOX"]}
    accounts = [here | {"user": user} for user in (dovecot.USER, other.user)]
    several = {"IMAP_HOST": "", "IMAP_USER": "", "IMAP_PASSWORD": "", "IMAP_SENT": ""}
    several |= {"IMAP_ACCOUNTS": json.dumps(accounts)}
    env = {**both.bridge.env, **several, "WEBHOOK_URL": "http://127.0.0.1:9/webhook/email"}
    try:
        other.empty()
        for each in (on_dovecot, other):
            each.put(letter("1@example.ru", to=f"{dovecot.USER}, {other.user}"))
        with servers.running(dataclasses.replace(both.bridge, env=env)):
            servers.wait_until(lambda: len(spooled_of(both)) == 2)
    finally:
        other.close()
    lost = [each for each in spooled_of(both) if b"Delivered-To: support@" in each.read_bytes()]
    lost[0].unlink()
    status, output = reconcile("--json", **several)
    whats = {
        each["mailbox"]: [d["what"] for d in each["differences"]] for each in json.loads(output)
    }
    assert (status, whats) == (1, {dovecot.USER: ["missing"], other.user: ["waits"]})


def test_who_was_erased_is_not_missing(
    both: Whole, on_dovecot: Mailbox, reconcile: Reconcile
) -> None:
    on_dovecot.put(letter("1@example.ru", sender="ivan@example.ru"))
    on_dovecot.put(letter("2@example.ru", sender="olga@example.ru"))
    with servers.running(both.bridge):
        servers.wait_until(lambda: len(both.messages()) == 2)
    words = ("erase", "ivan@example.ru", "--reason", "asked", "--yes")
    done = servers.run("receiver", *words, env=os.environ | both.receiver.env)
    assert done.returncode == 0, done.stderr
    late = letter("3@example.ru", sender="ivan@example.ru", minute=3)  # dated before, as he is met
    on_dovecot.put(late, on_dovecot.sent)
    # The receiver learns of its first erasure within ten seconds.
    servers.wait_until(
        lambda: (
            counts(reconcile("--json")[1])
            == {"INBOX": {"stored": 1, "erased": 1}, dovecot.SENT: {"erased": 1}}
        ),
        40,
    )


def test_who_is_not_reached_is_75(on_dovecot: Mailbox, reconcile: Reconcile) -> None:
    on_dovecot.put(letter("1@example.ru"))
    status, output = reconcile(WEBHOOK_URL="http://127.0.0.1:9/webhook/email")
    assert (status, "127.0.0.1:9" in output) == (75, True)
    assert reconcile(IMAP_PORT="9")[0] == 75
    secret = "whsec_" + "A" * 43 + "="
    status, output = reconcile(WEBHOOK_SECRETS=secret)
    assert (status, "401" in output) == (75, True)


def test_of_several_mailboxes_one_that_is_not_reached_hides_no_other(
    both: Whole, on_dovecot: Mailbox, reconcile: Reconcile
) -> None:
    on_dovecot.put(letter("1@example.ru"))
    here = {"host": "127.0.0.1", "port": on_dovecot.port, "security": "none"}
    accounts = [
        here | {"user": user, "password": dovecot.PASSWORD, "port": port, "folders": ["INBOX"]}
        for user, port in (("nobody@yandex.ru", 9), (dovecot.USER, on_dovecot.port))
    ]
    several = {"IMAP_HOST": "", "IMAP_USER": "", "IMAP_PASSWORD": "", "IMAP_SENT": ""}
    several |= {"IMAP_ACCOUNTS": json.dumps(accounts)}
    status, output = reconcile("--json", **several)
    assert (status, "nobody@yandex.ru: 127.0.0.1:9" in output) == (75, True)
    assert [*result.by_account(Path(both.bridge.env["DATA_DIR"]))] == [f"{dovecot.USER} 127.0.0.1"]
