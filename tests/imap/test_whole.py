"""Both sides of the dialog with real processes: Dovecot, the bridge, the receiver, MongoDB."""

from pathlib import Path

import pytest

from tests import servers
from tests.imap import dovecot
from tests.imap.mailbox import Mailbox, bridge, health, taken, wait_for
from tests.letters import letter
from tests.measure.imap_soak.run import Soak
from tests.smtp_client import send
from tests.whole.conftest import Whole

SUPPORT = dovecot.USER


def test_a_specialists_letter_opens_the_dialog_and_the_answer_finds_it(
    both: Whole, on_dovecot: Mailbox
) -> None:
    on_dovecot.put(letter("1@yandex.ru", sender=SUPPORT, to="ivan@example.ru"), on_dovecot.sent)
    with servers.running(both.bridge):
        servers.wait_until(lambda: len(both.messages()) == 1)
        on_dovecot.put(letter("2@example.ru", subject="без темы", in_reply_to="1@yandex.ru"))
        servers.wait_until(lambda: len(both.messages()) == 2)
    [dialog] = both.dialogs()
    assert dialog["email_from"] == "ivan@example.ru"
    assert [each["direction"] for each in dialog["messages"]] == ["out", "in"]
    copies = [copy for kept in both.letters() for copy in kept["copies"]]
    found = [(each["direction"], each["source"]["folder"]) for each in copies]
    assert found == [("out", dovecot.SENT), ("in", "INBOX")]


def test_a_login_by_token_goes_on_with_a_renewed_one(
    tmp_path: Path, on_dovecot: Mailbox, running_dovecot: dovecot.Dovecot
) -> None:
    running_dovecot.tokens["first"] = SUPPORT
    token = tmp_path / "token"
    token.write_text("expired\n")
    on_dovecot.put(letter("1@example.ru"))
    settings = {"IMAP_PASSWORD": "", "IMAP_TOKEN_FILE": str(token), "IMAP_BACKOFF": "0.05"}
    service = bridge(tmp_path / "bridge", on_dovecot.port, **settings)
    service.ready = lambda: any(
        entry["state"] == "refused" for entry in health(tmp_path / "bridge").values()
    )
    with servers.running(service):
        assert taken(tmp_path / "bridge") == []
        token.write_text("first\n")
        wait_for(tmp_path / "bridge", 1)


def test_one_letter_by_every_way_is_one_message(
    tmp_path: Path, both: Whole, on_dovecot: Mailbox
) -> None:
    theirs = letter("1@example.ru", attachments={"счёт.csv": b"1;2\n"})
    ours = letter("2@yandex.ru", sender=SUPPORT, to="ivan@example.ru", in_reply_to="1@example.ru")
    door = servers.bridge(tmp_path, both.receiver.env["RECEIVER_PORT"])
    with servers.running(door, both.bridge):
        assert send(door.env["SMTP_PORT"], [b"X-Yandex-Forward: 0123\r\n" + theirs]) == 1
        on_dovecot.put(b"X-Yandex-Spam: 1\r\n" + theirs)
        for _ in range(2):  # by the web page, and appended by a mail program
            on_dovecot.put(ours, on_dovecot.sent)
        servers.wait_until(lambda: len(both.messages()) == 2)
        on_dovecot.put(letter("3@example.ru", subject="другое"))
        servers.wait_until(lambda: len(both.messages()) == 3)
        both.wait_until_delivered()
    assert sorted(len(dialog["messages"]) for dialog in both.dialogs()) == [1, 2]


def test_one_process_takes_mail_by_both_ways(
    tmp_path: Path, both: Whole, on_dovecot: Mailbox
) -> None:
    port = str(servers.free_port())
    env = {**both.bridge.env, "SMTP_PORT": port, "MAILBOXES": SUPPORT}
    command = [*both.bridge.command[:-1], "smtp"]
    service = servers.Service(command, env, both.bridge.ready, both.bridge.log)
    with servers.running(service):
        assert send(port, [letter("1@example.ru")]) == 1
        on_dovecot.put(letter("2@example.ru"))
        servers.wait_until(lambda: len(both.messages()) == 2)
        assert servers.run("bridge", "ping", env=env).returncode == 0
        assert service.stop() == 0


def test_beside_a_courier_of_another_process_letters_are_left_to_it(
    tmp_path: Path, both: Whole, on_dovecot: Mailbox
) -> None:
    env = {name: value for name, value in both.bridge.env.items() if not name.startswith("IMAP_")}
    env |= {"SMTP_PORT": (port := str(servers.free_port())), "MAILBOXES": SUPPORT}
    command = [*both.bridge.command[:-1], "smtp"]
    door = servers.Service(command, env, lambda: servers.listens(int(port)), tmp_path / "door.log")
    with servers.running(door, both.bridge):
        on_dovecot.put(letter("1@example.ru"))
        servers.wait_until(lambda: len(both.messages()) == 1)
        second = servers.Service(
            both.bridge.command, both.bridge.env, lambda: False, tmp_path / "second.log"
        )
        with pytest.raises(ChildProcessError, match="another bridge follows"):
            second.start()


@pytest.mark.usefixtures("on_dovecot")
def test_kills_and_renumbering_lose_and_double_nothing(
    tmp_path: Path, mongo_uri: str, database_name: str, running_dovecot: dovecot.Dovecot
) -> None:
    soak = Soak(tmp_path, mongo_uri, database_name, running_dovecot, seed=6)
    report = soak.run(48, kills=2, arrivals=1)
    assert report.good, report.lines()
