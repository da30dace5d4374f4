"""``python -m bridge import`` with a real receiver: counts, kills, twice, beside the service."""

import os
import re
import signal
import zipfile
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests import servers
from tests.imap import dovecot
from tests.imap.mailbox import Mailbox
from tests.importing.process import Import, counts, stored_in_mbox
from tests.letters import letter
from tests.smtp_client import send
from tests.stored import whole_dialogs
from tests.whole.conftest import Whole
from tests.whole.test_main_job import conversation

ATTACHED = {"счёт.txt": "строка\nещё строка\n".encode()}


def mbox(path: Path, letters: list[bytes]) -> Path:
    """Write the letters into one file."""
    path.write_bytes(b"".join(map(stored_in_mbox, letters)))
    return path


def test_a_file_is_imported_once_however_often_it_is_given(tmp_path: Path, whole: Whole) -> None:
    letters = [*conversation("17", 5), letter("a@b.ru", attachments=ATTACHED)]
    assert send(whole.smtp_port, letters[:1] + letters[-1:]) == 2
    whole.wait_until_delivered()
    path = mbox(tmp_path / "past", letters)
    first = Import(tmp_path / "bridge", whole.receiver.env["RECEIVER_PORT"], str(path))
    status, said = first.run()
    assert status == 0, said
    assert counts(said) == (4, 2, 0)
    assert counts(first.run()[1]) == (0, 6, 0)
    assert len(whole.messages()) == 6


def test_letters_of_the_specialist_are_imported_as_such(tmp_path: Path, whole: Whole) -> None:
    question = letter("1@example.ru")
    answer = letter("2@y.ru", sender="support@yandex.ru", to="ivan@example.ru", minute=5)
    thanks = letter("3@example.ru", in_reply_to="2@y.ru", minute=9)
    port = whole.receiver.env["RECEIVER_PORT"]
    (tmp_path / "sent.eml").write_bytes(answer)
    assert Import(tmp_path / "a", port, str(tmp_path / "sent.eml"), "--out").run()[0] == 0
    assert (
        Import(tmp_path / "b", port, str(mbox(tmp_path / "in", [question, thanks]))).run()[0] == 0
    )
    dialogs = {dialog["messages"][0]["message_id"]: dialog for dialog in whole.dialogs()}
    joined = dialogs["2@y.ru"]
    assert joined["email_from"] == "ivan@example.ru"
    assert [each["direction"] for each in joined["messages"]] == ["out", "in"]


def test_the_mailbox_is_named_where_the_settings_know_none(tmp_path: Path, whole: Whole) -> None:
    port = whole.receiver.env["RECEIVER_PORT"]
    words = [str(mbox(tmp_path / "past", [letter("1@example.ru")])), "--mailbox", "a@yandex.ru"]
    status, said = Import(tmp_path, port, *words[:1], MAILBOXES="").run()
    assert (status, "says whose letters they are: MAILBOXES names none" in said) == (78, True)
    status, said = Import(tmp_path, port, *words).run()
    assert (status, "none of support@yandex.ru" in said) == (78, True)
    assert Import(tmp_path, port, *words, MAILBOXES="").run()[0] == 0
    assert [dialog["mailbox"] for dialog in whole.dialogs()] == ["a@yandex.ru"]


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({}, "WEBHOOK_URL http://127.0.0.1:PORT/webhook/email: nobody listens there"),
        ({"WEBHOOK_URL": "http://127.0.0.1:PORT/else"}, "look at the path in WEBHOOK_URL"),
        ({"WEBHOOK_URL": "http://127.0.0.1:PORT/"}, "look at the path in WEBHOOK_URL"),
        ({"WEBHOOK_SECRETS": ""}, "cannot import: WEBHOOK_SECRETS_FILE: "),
    ],
)
def test_a_receiver_that_is_not_there_is_said(
    tmp_path: Path, more: dict[str, str], reason: str, request: pytest.FixtureRequest
) -> None:
    port = str(servers.free_port())
    if more:
        port = request.getfixturevalue("whole").receiver.env["RECEIVER_PORT"]
    path = str(mbox(tmp_path / "past", [letter("1@example.ru")]))
    settings = {name: text.replace("PORT", port) for name, text in more.items()}
    status, said = Import(tmp_path, port, path, **settings).run()
    assert (status, reason.replace("PORT", port) in said) == (78, True), said


def test_an_imap_server_that_is_not_there_is_said(tmp_path: Path) -> None:
    settings = {"IMAP_HOST": "127.0.0.1", "IMAP_PORT": "1", "IMAP_SECURITY": "none"}
    settings |= {"IMAP_USER": "support@yandex.ru", "IMAP_PASSWORD": "x"}
    status, said = Import(tmp_path, "1", "--imap", "INBOX", **settings).run()
    assert status == 78
    assert "cannot import: 127.0.0.1:1: nobody listens there: look at IMAP_HOST and IMAP" in said


def test_a_zip_of_letters_is_imported(tmp_path: Path, whole: Whole) -> None:
    with zipfile.ZipFile(tmp_path / "past.zip", "w") as archive:
        for number in range(3):
            archive.writestr(f"{number}.eml", letter(f"{number}@example.ru", subject=str(number)))
        archive.writestr("scan.eml", b"%PDF-1.7")
        archive.writestr("notes.txt", b"Dear Ivan")
    service = Import(tmp_path, whole.receiver.env["RECEIVER_PORT"], str(tmp_path / "past.zip"))
    status, said = service.run()
    assert status == 0, said
    assert f"{tmp_path / 'past.zip'}: scan.eml is passed over: it is a PDF" in said
    assert f"{tmp_path / 'past.zip'}: notes.txt is passed over: it is text without" in said
    assert "3 new, 0 duplicate, 0 failed; passed over: 2" in said
    assert not list(tmp_path.rglob("unpacked"))


def test_a_path_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    service = Import(tmp_path, str(servers.free_port()), str(tmp_path / "nothing.eml"))
    status, said = service.run()
    assert (status, "does not exist" in said) == (78, True)


def test_killed_and_started_again_it_ends_as_if_nothing_had_been(
    tmp_path: Path, whole: Whole
) -> None:
    opened = [conversation(str(name), 2)[0] for name in range(100)]
    letters = [*opened, *(conversation(str(name), 2)[1] for name in range(100))]
    service = Import(
        tmp_path / "bridge",
        whole.receiver.env["RECEIVER_PORT"],
        str(mbox(tmp_path / "past", letters)),
    )
    for share in (15, 45):
        with service.running():
            servers.wait_until(lambda share=share: service.settled() >= share)  # type: ignore[misc]
    status, said = service.run()
    assert status == 0, said
    assert re.search(r"going on after \d{2,} letters", said)
    assert sum(counts(said)) == len(letters)
    assert counts(said)[2] == 0
    # The identities of dialogs tell in which order they were opened: that of the file.
    assert [ids_of(dialog) for dialog in whole.dialogs()] == [
        [f"{name}.0@example.ru", f"{name}.1@example.ru"] for name in range(100)
    ]


def ids_of(dialog: dict[str, Any]) -> list[str]:
    return [message["message_id"] for message in dialog["messages"]]


def test_files_that_changed_since_the_kill_are_read_from_the_beginning(
    tmp_path: Path, whole: Whole
) -> None:
    past = tmp_path / "past"
    past.mkdir()
    for number in range(120):
        (past / f"{number}.eml").write_bytes(letter(f"{number}@a.ru", minute=60 + number))
    service = Import(tmp_path / "bridge", whole.receiver.env["RECEIVER_PORT"], str(past))
    with service.running():
        servers.wait_until(lambda: service.settled() >= 10)
    for number in range(10):  # older than all, so that every other letter's index grows
        (past / f"new{number}.eml").write_bytes(letter(f"new{number}@a.ru", minute=number))
    status, said = service.run()
    assert status == 0, said
    assert sum(counts(said)) == 130
    assert len(whole.messages()) == 130


def test_two_imports_do_not_run_at_once(tmp_path: Path, whole: Whole) -> None:
    port = whole.receiver.env["RECEIVER_PORT"]
    letters = conversation("17", 100)
    first = Import(tmp_path / "one", port, str(mbox(tmp_path / "past", letters)))
    with first.running() as process:
        servers.wait_until(lambda: first.settled() > 0)
        process.send_signal(signal.SIGSTOP)  # it would have ended before the other looks
        status, said = first.run()
    assert status == 78
    assert "another" in said


def test_a_folder_of_the_server_is_imported_since_a_date(
    tmp_path: Path, whole: Whole, running_dovecot: dovecot.Dovecot
) -> None:
    mailbox = Mailbox(running_dovecot.port, dovecot.SENT)
    mailbox.empty()
    answer = letter("2@y.ru", sender="support@yandex.ru", to="ivan@example.ru")
    mailbox.put(answer, mailbox.sent)
    mailbox.close()
    settings = {
        "IMAP_HOST": "127.0.0.1",
        "IMAP_PORT": str(running_dovecot.port),
        "IMAP_SECURITY": "none",
        "IMAP_USER": dovecot.USER,
        "IMAP_PASSWORD": dovecot.PASSWORD,
    }
    port = whole.receiver.env["RECEIVER_PORT"]
    refused = settings | {"IMAP_PASSWORD": "wrong"}
    status, said = Import(tmp_path / "x", port, "--imap", "INBOX", **refused).run()
    assert (status, "app password" in said, "Traceback" in said) == (78, True, False)
    for since, expected in (("2090-01-01", (0, 0, 0)), ("2020-01-01", (1, 0, 0))):
        words = ["--imap", mailbox.sent, "--since", since]
        status, said = Import(tmp_path / "bridge", port, *words, **settings).run()
        assert status == 0, said
        assert counts(said) == expected
    [message] = whole.messages()
    assert message["direction"] == "out"
    assert [copy["source"]["via"] for kept in whole.letters() for copy in kept["copies"]] == [
        "import"
    ]


def test_real_conversations_of_the_corpus_killed_twice_end_as_in_one_run(
    tmp_path: Path, whole: Whole, corpus: Path
) -> None:
    named = os.environ.get("IMPORT_THREADS")
    files = sorted((corpus / "threads" / (named or "openbmc")).glob("*.eml"))
    source = [str(path) for path in (files if named else files[:40])]
    port = whole.receiver.env["RECEIVER_PORT"]
    through = Import(tmp_path / "through", port, *source)
    status, said = through.run()
    assert status == 0, said
    first = comparable(whole.dialogs())
    letters = sum(counts(said))
    database = whole.client[whole.database]
    for name in database.list_collection_names():
        database[name].delete_many({})
    killed = Import(tmp_path / "killed", port, *source)
    for share in (letters // 4, letters // 2):
        with killed.running() as process:
            servers.wait_until(partial(_has_come_to, killed, process, share), 200)
    assert killed.run()[0] == 0
    assert comparable(whole.dialogs()) == first


def _has_come_to(service: Import, process: servers.Process, share: int) -> bool:
    return service.settled() >= share or process.poll() is not None


def comparable(dialogs: list[dict[str, Any]]) -> list[list[str]]:
    """Return which letters are together, in any parts of a dialog, without names of a run."""
    return sorted(
        sorted(message["key"] for message in dialog["messages"])
        for dialog in whole_dialogs(dialogs)
    )
