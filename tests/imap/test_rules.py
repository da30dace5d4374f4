"""Pauses, folders, cursors, health and credentials, with no server."""

import json
import logging
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bridge.ingress.imap.backoff import before_login, before_refetch, forgives
from bridge.ingress.imap.connection import OpenedFolder, Summary
from bridge.ingress.imap.cursor import OVERLAP, Cursor, cursor_path, load, save
from bridge.ingress.imap.folders import Listed, find_folder, goes_out
from bridge.ingress.imap.login import Login, NoCredentials, credentials
from bridge.ingress.imap.settings import Account
from bridge.ingress.imap.states import LOCK, FolderStates, complaints
from bridge.ingress.imap.watcher import Rules, Watcher
from bridge.spool.capacity import Capacity
from bridge.spool.intake import Intake
from bridge.spool.spool import Spool
from contract.files.locks import taken
from tests import servers

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
YANDEX: list[Listed] = [
    (("\\Unmarked", "\\HasNoChildren", "\\Drafts"), "|", "Черновики"),
    (("\\Unmarked", "\\NoInferiors"), "|", "INBOX"),
    (("\\Unmarked", "\\HasNoChildren", "\\Sent"), "|", "Отправленные"),
    (("\\Unmarked", "\\HasNoChildren", "\\Junk"), "|", "Спам"),
]
NAMED: list[Listed] = [((), "/", "INBOX"), ((), "/", "INBOX/Sent Items"), ((), "/", "Sent me")]
FOLDERS: dict[str, tuple[str, list[Listed], str, str | None]] = {
    "by flag": ("\\Sent", YANDEX, "", "Отправленные"),
    "another flag": ("\\junk", YANDEX, "", "Спам"),
    "by usual name": ("\\Sent", NAMED, "", "INBOX/Sent Items"),
    "by the settings": ("\\Sent", NAMED, "Sent me", "Sent me"),
    "the settings err": ("\\Sent", YANDEX, "Sent me", None),
    "not a folder for letters": ("\\Sent", [(("\\NoSelect", "\\Sent"), "/", "Sent")], "", None),
    "INBOX in any case": ("inbox", YANDEX, "", "INBOX"),
    "by name": ("Спам", YANDEX, "", "Спам"),
    "none": ("Архив", YANDEX, "", None),
}


@pytest.mark.parametrize(("wish", "listed", "sent", "name"), FOLDERS.values(), ids=FOLDERS.keys())
def test_a_folder_is_found(wish: str, listed: list[Listed], sent: str, name: str | None) -> None:
    assert find_folder(wish, listed, sent) == name


@pytest.mark.parametrize(
    ("name", "listed", "sent", "out"),
    [
        ("Отправленные", YANDEX, "", True),
        ("INBOX/Sent Items", NAMED, "", True),
        ("Sent me", NAMED, "Sent me", True),
        ("Sent me", NAMED, "", False),
        ("INBOX", YANDEX, "", False),
        ("Спам", YANDEX, "", False),
        ("INBOX", [((), "/", "INBOX")], "", False),
    ],
)
def test_letters_of_sent_went_out(name: str, listed: list[Listed], sent: str, out: bool) -> None:
    assert goes_out(name, listed, sent) is out


def test_logins_are_one_to_thirty_minutes_apart() -> None:
    pauses = [before_login(failures, 60.0, 0.0) / 60 for failures in range(1, 8)]
    assert pauses == [1, 2, 4, 8, 16, 30, 30]
    assert before_login(1, 60.0, 1.0) == 78.0
    assert not forgives(299.0, 60.0)
    assert forgives(300.0, 60.0)


def test_a_letter_is_asked_for_again_less_and_less_often() -> None:
    pauses = [before_refetch(tries, 60.0) for tries in range(1, 9)]
    assert pauses == [30, 120, 480, 1920, 7680, 21600, 21600, 21600]


def summary(uid: int, days_ago: float = 0.0) -> Summary:
    return Summary(uid, 100, NOW - timedelta(days=days_ago))


def test_only_letters_of_the_past_are_bound_by_the_date() -> None:
    cursor = Cursor.begin(OpenedFolder("INBOX", 1, 11), NOW, days=7)
    assert not cursor.wants(summary(10, days_ago=8))
    assert cursor.wants(summary(10, days_ago=6))
    assert cursor.wants(summary(11, days_ago=800)), "moved into the folder since"


def test_a_letter_is_taken_once_and_one_that_shows_late_still() -> None:
    cursor = Cursor("INBOX", 1)
    for uid in (1, 2, 4):
        cursor.took(summary(uid))
    assert [uid for uid in range(1, 6) if cursor.wants(summary(uid))] == [3, 5]
    cursor.took(summary(500))
    assert not cursor.wants(summary(3))
    assert cursor.first_to_list == 500 - OVERLAP + 1


def test_a_letter_that_is_not_given_is_given_up_after_days() -> None:
    cursor = Cursor("INBOX", 1)
    now = 1_800_000_000.0
    while not cursor.unreadable:
        cursor.skip(summary(1), now, base=60.0)
        assert not cursor.wants(summary(1))
        assert cursor.due(now, 60.0) == []
        now = cursor.skipped[1].next
    assert 5 * 86400 <= now - cursor.skipped[1].first < 6 * 86400
    assert cursor.due(now + 1e9, 60.0) == []


def test_days_in_which_nobody_asked_give_no_letter_up() -> None:
    """The bridge was off for a week, or its clock was a week ahead."""
    cursor = Cursor("INBOX", 1)
    now, week = 1_800_000_000.0, 7 * 86400
    for start in (now, now + week, now + week):
        assert not cursor.skip(summary(1), start, base=60.0).given_up
    assert [each.uid for each in cursor.due(now, 60.0)] == [1]
    assert not cursor.skip(summary(1), now, base=60.0).given_up
    assert cursor.due(now, 60.0) == []


def test_a_renumbered_folder_is_read_from_before_the_newest_or_the_one_not_given() -> None:
    cursor = Cursor("INBOX", 1)
    cursor.took(summary(5, days_ago=3))
    assert cursor.renumbered(OpenedFolder("INBOX", 2, 9), NOW, 7).since == str_of(days=10)
    cursor.skip(summary(6, days_ago=30), 0.0, 60.0)
    again = cursor.renumbered(OpenedFolder("INBOX", 2, 9), NOW, 7)
    assert (again.since, again.uidvalidity, again.last) == (str_of(days=37), 2, 0)


def str_of(days: float) -> str:
    return (NOW - timedelta(days=days)).isoformat()


@given(uids=st.lists(st.integers(1, 2**32 - 1), max_size=400), skipped=st.sets(st.integers(1, 50)))
def test_a_cursor_is_read_back_as_written_and_stays_small(
    tmp_path_factory: pytest.TempPathFactory, uids: list[int], skipped: set[int]
) -> None:
    cursor = Cursor("Отправленные", 7)
    for uid in uids:
        cursor.took(summary(uid))
        assert not cursor.wants(summary(uid))
    for uid in skipped:
        cursor.skip(summary(uid), 5.0, 60.0)
    path = cursor_path(tmp_path_factory.mktemp("c"), "h", "a@b.ru", "\\Sent/x")
    save(path, cursor)
    assert load(path) == cursor
    assert len(cursor.recent) <= OVERLAP
    assert path.parent.name == "a@b.ru@h"


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"folder": 1, "skipped": []}'])
def test_what_is_no_cursor_is_said_to_be_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "c").write_text(text)
    with pytest.raises(ValueError, match=r".+"):
        load(tmp_path / "c")


@pytest.fixture
def follows(tmp_path: Path) -> Iterator[ExitStack]:
    """A bridge follows the mailboxes of the directory, until it is closed."""
    with ExitStack() as stack:
        assert taken(stack.enter_context((tmp_path / LOCK).open("wb")).fileno())
        yield stack


@pytest.mark.usefixtures("follows")
def test_health_complains_of_what_a_person_must_mend(tmp_path: Path) -> None:
    path = tmp_path / "health.json"
    health = FolderStates(path)
    health.say("a INBOX", "watching")
    said = json.loads(path.read_text())["a INBOX"]["seen"]
    assert list(complaints(path, 180.0, said + 60)) == []
    assert list(complaints(path, 180.0, said + 1000)) != []
    health.say("a INBOX", "waiting", "connection lost")
    assert list(complaints(path, 180.0, said + 60)) == []
    assert "connection lost" in next(complaints(path, 180.0, said + 1000))
    health.say("a INBOX", "refused", "a new app password is needed")
    assert "app password" in next(complaints(path, 180.0, said + 1))
    health.say("a INBOX", "watching", unreadable=2)
    assert "2 letters" in next(complaints(path, 180.0, said + 1))
    assert "is the disk full?" in next(complaints(tmp_path / "none", 180.0, said))


def test_credentials_are_read_anew_each_time(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("one\n")
    account = Account(user="a@b.ru", token_file=token)
    assert credentials(account) == "one"
    token.write_text("two\n")
    assert credentials(account) == "two"
    command = f"{sys.executable} -c \"print('printed')\""
    assert credentials(Account(user="a@b.ru", token_command=command)) == "printed"
    assert credentials(Account(user="a@b.ru", password=SecretStr(" p "))) == " p "


def test_a_secret_that_stands_behind_its_name_is_told(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("IMAP_PASSWORD=hunter2\n")
    with pytest.raises(NoCredentials, match="password: the secret alone must stand there") as told:
        credentials(Account(user="a@b.ru", password_file=tmp_path / "password"))
    assert "hunter2" not in str(told.value)


@pytest.mark.parametrize("what", ["missing", "empty", "two lines", "failing"])
def test_no_credentials_are_no_login(tmp_path: Path, what: str) -> None:
    token = tmp_path / "token"
    if what != "missing":
        token.write_text({"empty": "\n", "two lines": "a\nb", "failing": "x"}[what])
    account = Account(user="a@b.ru", token_file=token)
    if what == "failing":
        command = f"{sys.executable} -c \"raise SystemExit('secret')\""
        account = Account(user="a@b.ru", token_command=command)
    with pytest.raises(NoCredentials) as error:
        credentials(account)
    assert "secret" not in str(error.value)


def test_a_fault_of_ours_before_the_login_ends_no_watcher(tmp_path: Path) -> None:
    stop, health = threading.Event(), FolderStates(tmp_path / "health.json")
    spool = Spool(tmp_path / "spool")
    account = Account(user="a@b.ru", token_command=" ")  # the start refuses it
    login = Login(account, ca_file=None, timeout=1, backoff=0.01, health=health, stop=stop)
    watcher = Watcher(
        account,
        "INBOX",
        login=login,
        cursor_path=tmp_path / "cursor",
        intake=Intake(spool, Capacity(spool, 2**40, 0), "bridge.example"),
        health=health,
        stop=stop,
        rules=Rules(rescan_days=1, poll=1, backoff=0.01, most={"SMTP_MAX_SIZE": 1}),
    )
    thread = threading.Thread(target=watcher.run, daemon=True)
    thread.start()
    servers.wait_until(lambda: "a fault of ours" in (tmp_path / "health.json").read_text())
    assert thread.is_alive()
    stop.set()
    thread.join(10)
    assert not thread.is_alive()


def test_a_disk_that_takes_no_state_ends_no_watcher(tmp_path: Path) -> None:
    directory = tmp_path / "imap"
    directory.mkdir()
    states = FolderStates(directory / "health.json")
    shutil.rmtree(directory)
    states.say("a@b.ru INBOX", "waiting", "disk: No space left on device")
    directory.mkdir()
    states.say("a@b.ru INBOX", "watching")
    said = json.loads((directory / "health.json").read_text())
    assert said["a@b.ru INBOX"]["state"] == "watching"


def test_what_the_watchers_of_an_earlier_run_were_at_is_nothing(
    tmp_path: Path, follows: ExitStack
) -> None:
    path = tmp_path / "health.json"
    states = FolderStates(path)
    states.say("a@b.ru INBOX", "refused")
    assert "refused" in next(complaints(path, 60, time.time(), ["a@b.ru"]))
    follows.close()
    assert [*complaints(path, 60, time.time(), ["a@b.ru"])] == [
        f"IMAP is not watched: no bridge is running, by DATA_DIR ({tmp_path})"
    ]


@pytest.mark.usefixtures("follows")
def test_a_mailbox_that_nobody_follows_is_not_well(tmp_path: Path) -> None:
    path = tmp_path / "health.json"
    states = FolderStates(path)
    [told] = complaints(path, 60, time.time(), ["a@b.ru"])
    assert told.startswith("a@b.ru: no bridge follows this mailbox")
    states.say("ba@b.ru INBOX", "watching")
    assert [*complaints(path, 60, time.time(), ["a@b.ru", "ba@b.ru"])] == [told]
    states.say("a@b.ru INBOX", "watching")
    assert [*complaints(path, 60, time.time(), ["a@b.ru", "ba@b.ru"])] == []


@pytest.mark.parametrize("is_told", [True, False])
def test_what_the_watcher_has_told_is_not_told_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, is_told: bool
) -> None:
    login = Login(
        Account(user="a@b.ru", password=SecretStr("x")),
        ca_file=None,
        timeout=1,
        backoff=60,
        health=FolderStates(tmp_path / "health.json"),
        stop=threading.Event(),
    )
    with caplog.at_level(logging.WARNING):
        for _ in range(3):  # the second one comes while a pause is kept
            login.lost(1.0, ValueError("no folder Sent"), is_told=is_told)
    assert len(caplog.messages) == (0 if is_told else 1)
