"""Following INBOX and Sent on servers that behave, and on servers that do not."""

import json
import re
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests import servers
from tests.imap.dovecot import USER
from tests.imap.mailbox import Mailbox, bridge, health, is_watching, taken, wait_for
from tests.imap.proxy import ImapProxy
from tests.letters import letter

CHANGES = rb"SELECT|STORE|EXPUNGE|MOVE|COPY|APPEND|CLOSE|DELETE|RENAME|CREATE|SEARCH|STRUCTURE"


def subjects(directory: Path) -> list[str]:
    """Return the number that each letter in the spool bears, in order."""
    return sorted(
        match[1].decode()
        for _, raw in taken(directory)
        if (match := re.search(rb"Message-ID: <(\w+)@", raw))
    )


@pytest.mark.every_server
def test_both_sides_come_in_and_nothing_is_changed(
    tmp_path: Path, mailbox: Mailbox, worse: ImapProxy
) -> None:
    theirs = letter("1@example.ru")
    ours = letter("2@yandex.ru", sender=USER, to="ivan@example.ru", in_reply_to="1@example.ru")
    mailbox.put(theirs)
    mailbox.put(ours, mailbox.sent)
    before = mailbox.state()
    with servers.running(bridge(tmp_path, worse.port)):
        wait_for(tmp_path, 2)
        mailbox.put(letter("3@example.ru"))
        found = {raw: delivery for delivery, raw in wait_for(tmp_path, 3)}
    assert {(d.via, d.direction, d.mailbox, d.folder) for d in found.values()} == {
        ("imap", "in", USER, "INBOX"),
        ("imap", "out", USER, mailbox.sent),
    }
    assert found[theirs].direction == "in"
    assert found[ours].direction == "out"
    assert abs(found[ours].received - datetime.now(UTC)) < timedelta(minutes=2)
    assert [line.split(b"FLAGS")[1] for line in mailbox.state()["INBOX"][:1]] == [
        line.split(b"FLAGS")[1] for line in before["INBOX"]
    ]
    for command in worse.commands:
        assert not re.match(rb"\S+ (UID )?(" + CHANGES + rb")\b", command, re.IGNORECASE)
        assert b"BODY[" not in command.upper()


WORSE: dict[str, dict[str, object]] = {
    "no IDLE": {"hidden": {b"IDLE"}},
    "an IDLE that falls silent": {"silent_idle": True},
    "a slow server": {"delay": 0.02},
    "a bare server": {"hidden": {b"IDLE", b"LITERAL+", b"UIDPLUS", b"NAMESPACE", b"SPECIAL-USE"}},
}


@pytest.mark.parametrize("faults", WORSE.values(), ids=WORSE.keys())
def test_letters_come_in_from(
    tmp_path: Path, mailbox: Mailbox, worse: ImapProxy, faults: dict[str, object]
) -> None:
    for name, value in faults.items():
        setattr(worse, name, value)
    with servers.running(bridge(tmp_path, worse.port, IMAP_POLL="1")):
        mailbox.put(letter("1@a.ru"))
        mailbox.put(letter("2@a.ru"), mailbox.sent)
        wait_for(tmp_path, 2)
    assert subjects(tmp_path) == ["1", "2"]


@pytest.mark.every_server
def test_a_letter_that_the_server_does_not_give_blocks_no_other(
    tmp_path: Path, mailbox: Mailbox, worse: ImapProxy
) -> None:
    uids = [mailbox.put(letter(f"{number}@a.ru")) for number in range(1, 5)]
    worse.refused_uids = {uids[1]}
    service = bridge(tmp_path, worse.port, IMAP_POLL="0.5")
    with servers.running(service):
        wait_for(tmp_path, 3)
        assert subjects(tmp_path) == ["1", "3", "4"]
        assert "Backend error" in service.log.read_text()
        worse.refused_uids = set()
        wait_for(tmp_path, 4)
    assert subjects(tmp_path) == ["1", "2", "3", "4"]


def test_a_letter_that_breaks_the_connection_blocks_no_other(
    tmp_path: Path, mailbox: Mailbox, worse: ImapProxy
) -> None:
    uids = [mailbox.put(letter(f"{number}@a.ru")) for number in range(1, 4)]
    worse.deadly_uids = {uids[0]}
    with servers.running(bridge(tmp_path, worse.port, IMAP_POLL="0.5", IMAP_BACKOFF="0.1")):
        wait_for(tmp_path, 2)
        assert subjects(tmp_path) == ["2", "3"]
        worse.deadly_uids = set()
        wait_for(tmp_path, 3)


def test_letters_that_are_removed_before_they_are_fetched_cost_no_connection(
    tmp_path: Path, mailbox: Mailbox, worse: ImapProxy
) -> None:
    worse.vanishing_uids = {mailbox.put(letter(f"{number}@a.ru")) for number in range(1, 6)}
    mailbox.put(letter("6@a.ru"))
    with servers.running(bridge(tmp_path, worse.port)):
        wait_for(tmp_path, 1)
        assert json.loads(cursor(tmp_path).read_text())["skipped"] == {}
    assert (subjects(tmp_path), worse.logins) == (["6"], 2)


def test_a_letter_that_is_too_large_is_left_there(tmp_path: Path, mailbox: Mailbox) -> None:
    for number in range(4):
        mailbox.put(letter(f"{number}@a.ru", text="строка\n" * 9000))
    mailbox.put(letter("4@a.ru"))
    limits = {"SMTP_MAX_SIZE": "65536", "IMAP_POLL": "0.3", "IMAP_BACKOFF": "0.1"}
    service = bridge(tmp_path, mailbox.port, **limits)
    with servers.running(service):
        wait_for(tmp_path, 1)
        servers.wait_until(lambda: service.log.read_text().count("SMTP_MAX_SIZE") >= 8)
    assert subjects(tmp_path) == ["4"]
    assert service.log.read_text().count("logged in") == 2


@pytest.mark.parametrize(
    ("size", "passed_over"),
    [(b"9" * 30, ""), (b"4294967295", "4294967295 bytes are more than SMTP_MAX_SIZE")],
)
def test_a_size_that_cannot_be_true_is_no_full_spool(
    tmp_path: Path, mailbox: Mailbox, worse: ImapProxy, size: bytes, passed_over: str
) -> None:
    mailbox.put(letter("1@a.ru"))
    worse.announced_size = size
    service = bridge(tmp_path, worse.port, IMAP_POLL="0.3")
    with servers.running(service):
        if passed_over:
            servers.wait_until(lambda: passed_over in service.log.read_text())
            worse.announced_size = b""
        wait_for(tmp_path, 1)
    assert subjects(tmp_path) == ["1"]
    assert "the spool" not in service.log.read_text().replace("is in the spool", "")


def test_a_letter_for_which_there_is_never_room_blocks_no_other(
    tmp_path: Path, mailbox: Mailbox
) -> None:
    mailbox.put(letter("1@a.ru", text="строка\n" * 90_000))
    mailbox.put(letter("2@a.ru"))
    service = bridge(tmp_path, mailbox.port, SPOOL_MAX_BYTES=str(1024 * 1024), IMAP_POLL="0.3")
    with servers.running(service):
        wait_for(tmp_path, 1)
    assert subjects(tmp_path) == ["2"]
    assert "bytes are more than SPOOL_MAX_BYTES" in service.log.read_text()


def test_a_full_spool_leaves_letters_in_the_mailbox_until_there_is_room(
    tmp_path: Path, mailbox: Mailbox
) -> None:
    for number in range(4):
        mailbox.put(letter(f"{number}@a.ru", text="строка\n" * 25_000))  # 440 kB each
    service = bridge(
        tmp_path, mailbox.port, SPOOL_MAX_BYTES=str(1024 * 1024), IMAP_FOLDERS='["INBOX"]'
    )
    service.ready = lambda: "the spool is full" in service.log.read_text()
    with servers.running(service):
        wait_for(tmp_path, 2)  # the second may still be written when the third has no room
        first = subjects(tmp_path)
        assert len(first) == 2
        time.sleep(0.5)  # several looks
        assert service.log.read_text().count("the spool is full") == 1
        for path in (tmp_path / "spool" / "new").iterdir():
            path.unlink()
        wait_for(tmp_path, 2)
        assert sorted(first + subjects(tmp_path)) == ["0", "1", "2", "3"]
        servers.wait_until(lambda: is_watching(tmp_path))
        assert "INBOX: letters are taken again" in service.log.read_text()


def test_sent_is_sent_also_by_its_name(tmp_path: Path, mailbox: Mailbox) -> None:
    mailbox.put(letter("1@a.ru"))
    mailbox.put(letter("2@a.ru"), mailbox.sent)
    folders = json.dumps(["INBOX", mailbox.sent])
    with servers.running(bridge(tmp_path, mailbox.port, IMAP_FOLDERS=folders)):
        found = wait_for(tmp_path, 2)
    ways = {(delivery.folder, delivery.direction) for delivery, _ in found}
    assert ways == {("INBOX", "in"), (mailbox.sent, "out")}


def test_a_letter_that_is_listed_late_is_not_missed(
    tmp_path: Path, mailbox: Mailbox, worse: ImapProxy
) -> None:
    worse.late_uids = {mailbox.put(letter("1@a.ru"))}
    mailbox.put(letter("2@a.ru"))
    with servers.running(bridge(tmp_path, worse.port, IMAP_POLL="0.5")):
        wait_for(tmp_path, 1)
        worse.late_uids = set()
        wait_for(tmp_path, 2)
    assert subjects(tmp_path) == ["1", "2"]


def test_cut_connections_are_made_anew_and_nothing_is_lost(
    tmp_path: Path, mailbox: Mailbox, worse: ImapProxy
) -> None:
    for number in range(10):
        mailbox.put(letter(f"{number}@a.ru", text="text\n" * 200))
    worse.cut_after = 6000
    with servers.running(bridge(tmp_path, worse.port, IMAP_POLL="1", IMAP_BACKOFF="0.1")):
        wait_for(tmp_path, 10)
        worse.cut()
        mailbox.put(letter("10@a.ru"))
        wait_for(tmp_path, 11)
    assert subjects(tmp_path) == sorted(map(str, range(11)))


@pytest.mark.every_server
def test_after_a_stop_it_goes_on_where_it_was(tmp_path: Path, mailbox: Mailbox) -> None:
    first = mailbox.put(letter("1@a.ru"))
    service = bridge(tmp_path, mailbox.port)
    with servers.running(service):
        wait_for(tmp_path, 1)
        servers.wait_until(lambda: '"last": ' in cursor(tmp_path).read_text())
        assert service.stop() == 0
    mailbox.remove(first)
    mailbox.put(letter("2@a.ru"))
    with servers.running(service):
        wait_for(tmp_path, 2)
        time.sleep(0.3)
    assert subjects(tmp_path) == ["1", "2"]


def cursor(directory: Path) -> Path:
    return directory / "imap" / f"{USER}@127.0.0.1" / "INBOX.json"


@pytest.mark.every_server
def test_a_renumbered_folder_is_looked_through_again(tmp_path: Path, mailbox: Mailbox) -> None:
    old = datetime.now(UTC) - timedelta(days=60)
    mailbox.put(letter("1@a.ru"), came=old)
    mailbox.put(letter("2@a.ru"))
    service = bridge(tmp_path, mailbox.port)
    with servers.running(service):
        wait_for(tmp_path, 1)
        assert service.stop() == 0
    mailbox.put(letter("3@a.ru"))
    said = json.loads(cursor(tmp_path).read_text())
    cursor(tmp_path).write_text(json.dumps(said | {"uidvalidity": 1, "last": 4_000_000}))
    with servers.running(service):
        wait_for(tmp_path, 3)
    # The second comes twice, which the receiver knows; the first is older than what is asked for.
    assert subjects(tmp_path) == ["2", "2", "3"]


@pytest.mark.parametrize(
    ("days", "expected"), [("0", ["3"]), ("7", ["2", "3"]), ("90", ["1", "2", "3"])]
)
def test_the_first_start_looks_back_as_told(
    tmp_path: Path, mailbox: Mailbox, days: str, expected: list[str]
) -> None:
    mailbox.put(letter("1@a.ru"), came=datetime.now(UTC) - timedelta(days=60))
    mailbox.put(letter("2@a.ru"), came=datetime.now(UTC) - timedelta(days=2))
    with servers.running(bridge(tmp_path, mailbox.port, IMAP_RESCAN_DAYS=days)):
        mailbox.put(letter("3@a.ru"))
        wait_for(tmp_path, len(expected))
        time.sleep(0.3)
    assert subjects(tmp_path) == expected


def test_a_broken_cursor_is_no_reason_to_stop(tmp_path: Path, mailbox: Mailbox) -> None:
    mailbox.put(letter("1@a.ru"))
    cursor(tmp_path).parent.mkdir(parents=True)
    cursor(tmp_path).write_text('{"folder"')
    with servers.running(bridge(tmp_path, mailbox.port)):
        wait_for(tmp_path, 1)


REFUSALS = {
    "wrong password": b"NO [AUTHENTICATIONFAILED] LOGIN invalid credentials or IMAP is disabled",
    "no code": b"NO LOGIN failed",
}


@pytest.mark.parametrize("answer", REFUSALS.values(), ids=REFUSALS.keys())
def test_a_refused_login_is_not_tried_again_until_the_password_changes(
    tmp_path: Path, mailbox: Mailbox, worse: ImapProxy, answer: bytes
) -> None:
    worse.login_answer = answer
    password = tmp_path / "password"
    password.write_text("an old one\n")
    settings = {"IMAP_PASSWORD": "", "IMAP_PASSWORD_FILE": str(password), "IMAP_BACKOFF": "0.05"}
    service = bridge(tmp_path, worse.port, **settings)
    service.ready = lambda: any(entry["state"] == "refused" for entry in health(tmp_path).values())
    with servers.running(service):
        time.sleep(1.5)
        assert worse.logins == 1
        assert "app password" in service.log.read_text()
        ping = servers.Service(
            [*service.command[:-1], "ping", "imap"],
            service.env,
            lambda: False,
            tmp_path / "ping.log",
        )
        with pytest.raises(ChildProcessError, match="refused"):
            ping.start()
        worse.login_answer = b""
        password.write_text("app-password\n")
        servers.wait_until(lambda: is_watching(tmp_path))


def test_a_command_that_prints_another_token_each_time_does_not_hammer_at_the_door(
    tmp_path: Path, mailbox: Mailbox, worse: ImapProxy
) -> None:
    worse.login_answer = REFUSALS["wrong password"]
    mint = f"{sys.executable} -c 'import time; print(time.time_ns())'"
    settings = {"IMAP_PASSWORD": "", "IMAP_TOKEN_COMMAND": mint, "IMAP_BACKOFF": "0.4"}
    service = bridge(tmp_path, worse.port, **settings)
    service.ready = lambda: worse.logins >= 1
    with servers.running(service):
        began = time.monotonic()
        servers.wait_until(lambda: worse.logins >= 4)
        assert time.monotonic() - began > 0.4 + 0.8 + 1.6 - 0.2


def test_a_login_that_fails_for_now_is_tried_again_later_and_later(
    tmp_path: Path, mailbox: Mailbox, worse: ImapProxy
) -> None:
    worse.login_answer = b"NO [UNAVAILABLE] try again later"
    service = bridge(tmp_path, worse.port, IMAP_BACKOFF="0.2")
    service.ready = lambda: worse.logins >= 3
    with servers.running(service):
        worse.login_answer = b""
        servers.wait_until(lambda: all(e["state"] == "watching" for e in health(tmp_path).values()))
    waits = [float(each) for each in re.findall(r"again in (\d+) s", service.log.read_text())]
    assert waits == sorted(waits)
    assert "app-password" not in service.log.read_text()
