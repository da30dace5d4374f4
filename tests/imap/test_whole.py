"""Both sides of the dialog with real processes: Dovecot, the bridge, the receiver, MongoDB.

``SOAK_LETTERS`` and ``SOAK_KILLS`` set the size: ``make imap-soak`` runs the large one.
"""

import os
import random
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from pymongo import MongoClient

from receiver.mongo import Document
from tests import servers
from tests.imap import dovecot
from tests.imap.mailbox import Mailbox, bridge
from tests.letters import letter
from tests.smtp_client import send
from tests.whole.conftest import Whole

LETTERS = int(os.environ.get("SOAK_LETTERS", "160"))
KILLS = int(os.environ.get("SOAK_KILLS", "5"))
SUPPORT = dovecot.USER


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
def both(tmp_path: Path, mailbox: Mailbox, mongo_uri: str, database_name: str) -> Iterator[Whole]:
    """A bridge that reads the mailbox, and its receiver."""
    (tmp_path / "receiver").mkdir()
    receiver = servers.receiver(tmp_path / "receiver", mongo_uri, database_name)
    service = bridge(tmp_path / "bridge", mailbox.port, receiver.env["RECEIVER_PORT"])
    with MongoClient[Document](mongo_uri) as client, servers.running(receiver):
        yield Whole(service, receiver, client, database_name)


def conversation(number: int, length: int = 4) -> list[tuple[bytes, bool]]:
    """Return letters of a user and the specialist in turn, and whether each went out."""
    ids = [f"{number}.{turn}@{'yandex.ru' if turn % 2 else 'example.ru'}" for turn in range(length)]
    user = f"user{number}@example.ru"
    return [
        (
            letter(
                ids[turn],
                subject=("Re: " if turn else "") + "Вопрос",  # the same for all: ids must decide
                text=f"Письмо {turn} разговора {number}\n",
                sender=SUPPORT if turn % 2 else user,
                to=user if turn % 2 else SUPPORT,
                in_reply_to=ids[turn - 1] if turn else "",
                references=tuple(ids[:turn]),
                minute=turn,
            ),
            bool(turn % 2),
        )
        for turn in range(length)
    ]


def test_a_letter_is_in_the_database_within_two_seconds(both: Whole, mailbox: Mailbox) -> None:
    waits = []
    with servers.running(both.bridge):
        for number in range(10):
            folder = mailbox.sent if number % 2 else "INBOX"
            time.sleep(random.random() * 0.3)
            began = time.monotonic()
            mailbox.put(letter(f"{number}@example.ru", subject=f"Вопрос {number}"), folder)
            found = {"thread_ids": f"{number}@example.ru"}
            dialogs = both.client[both.database].dialogs
            while dialogs.find_one(found) is None:
                assert time.monotonic() - began < 10
                time.sleep(0.005)
            waits.append(time.monotonic() - began)
    del waits[:2]  # the parsing processes start with their first letters
    shown = ", ".join(f"{wait * 1000:.0f}" for wait in sorted(waits))
    print(f"\nfrom the mailbox to MongoDB with IDLE, ms: {shown}")
    assert max(waits) < 2.0


def test_a_specialists_letter_opens_the_dialog_and_the_answer_finds_it(
    both: Whole, mailbox: Mailbox
) -> None:
    mailbox.put(letter("1@yandex.ru", sender=SUPPORT, to="ivan@example.ru"), mailbox.sent)
    with servers.running(both.bridge):
        servers.wait_until(lambda: len(both.messages()) == 1)
        mailbox.put(letter("2@example.ru", subject="без темы", in_reply_to="1@yandex.ru"))
        servers.wait_until(lambda: len(both.messages()) == 2)
    [dialog] = both.dialogs()
    assert dialog["email_from"] == "ivan@example.ru"
    found = [(each["direction"], each["source"]["folder"]) for each in dialog["messages"]]
    assert found == [("out", dovecot.SENT), ("in", "INBOX")]


def test_one_letter_by_every_way_is_one_message(
    tmp_path: Path, both: Whole, mailbox: Mailbox
) -> None:
    theirs = letter("1@example.ru", attachments={"счёт.csv": b"1;2\n"})
    ours = letter("2@yandex.ru", sender=SUPPORT, to="ivan@example.ru", in_reply_to="1@example.ru")
    door = servers.bridge(tmp_path, both.receiver.env["RECEIVER_PORT"])
    with servers.running(door, both.bridge):
        assert send(door.env["SMTP_PORT"], [b"X-Yandex-Forward: 0123\r\n" + theirs]) == 1
        mailbox.put(b"X-Yandex-Spam: 1\r\n" + theirs)
        for _ in range(2):  # by the web page, and appended by a mail program
            mailbox.put(ours, mailbox.sent)
        servers.wait_until(lambda: len(both.messages()) == 2)
        mailbox.put(letter("3@example.ru", subject="другое"))
        servers.wait_until(lambda: len(both.messages()) == 3)
        both.wait_until_delivered()
    assert sorted(len(dialog["messages"]) for dialog in both.dialogs()) == [1, 2]


def test_one_process_takes_mail_by_both_ways(tmp_path: Path, both: Whole, mailbox: Mailbox) -> None:
    port = str(servers.free_port())
    env = {**both.bridge.env, "SMTP_PORT": port, "MAILBOXES": SUPPORT}
    command = [*both.bridge.command[:-1], "smtp"]
    service = servers.Service(command, env, both.bridge.ready, both.bridge.log)
    with servers.running(service):
        assert send(port, [letter("1@example.ru")]) == 1
        mailbox.put(letter("2@example.ru"))
        servers.wait_until(lambda: len(both.messages()) == 2)
        ping = [*both.bridge.command[:-1], "ping"]
        assert (
            subprocess.run(ping, cwd=servers.ROOT, env=env, timeout=30, check=False).returncode == 0
        )
        assert service.stop() == 0


def test_beside_a_courier_of_another_process_letters_are_left_to_it(
    tmp_path: Path, both: Whole, mailbox: Mailbox
) -> None:
    env = {name: value for name, value in both.bridge.env.items() if not name.startswith("IMAP_")}
    env |= {"SMTP_PORT": (port := str(servers.free_port())), "MAILBOXES": SUPPORT}
    command = [*both.bridge.command[:-1], "smtp"]
    door = servers.Service(command, env, lambda: servers.listens(int(port)), tmp_path / "door.log")
    with servers.running(door, both.bridge):
        mailbox.put(letter("1@example.ru"))
        servers.wait_until(lambda: len(both.messages()) == 1)
        second = servers.Service(
            both.bridge.command, both.bridge.env, lambda: False, tmp_path / "second.log"
        )
        with pytest.raises(ChildProcessError, match="another process follows"):
            second.start()


def feed(mailbox: Mailbox, letters: list[tuple[bytes, bool]], pace: float) -> None:
    for content, out in letters:
        mailbox.put(content, mailbox.sent if out else "INBOX")
        time.sleep(pace)


def test_kills_and_renumbering_lose_and_double_nothing(
    both: Whole, mailbox: Mailbox, running_dovecot: dovecot.Dovecot
) -> None:
    luck = random.Random(6)
    threads = [conversation(number) for number in range(LETTERS // 4)]
    # Turns are shuffled among conversations, so that all of them go on at once.
    letters = [thread[turn] for turn in range(4) for thread in luck.sample(threads, len(threads))]
    both.bridge.ready = lambda: True
    began = time.monotonic()
    feeder = Mailbox(mailbox.port, mailbox.sent)
    pace = KILLS * 1.6 / len(letters)
    feeding = threading.Thread(target=feed, args=(feeder, letters, pace))
    feeding.start()
    try:
        for kill in range(KILLS):
            both.bridge.start()
            time.sleep(luck.uniform(0.8, 2.4))
            if kill == KILLS // 2:
                running_dovecot.renumber("INBOX", 4711)
            both.bridge.kill()
        feeding.join()
        with servers.running(both.bridge):
            servers.wait_until(lambda: len(both.messages()) >= len(letters), 120)
            both.wait_until_delivered()
    finally:
        feeding.join()
        feeder.close()
        both.bridge.kill()
    check(both, threads)
    seconds = time.monotonic() - began
    print(f"\n{len(letters)} letters, {KILLS} kills, 1 renumbering: each once, {seconds:.0f} s")


def check(both: Whole, threads: list[list[tuple[bytes, bool]]]) -> None:
    """Check that each letter is stored once, in its own dialog, on its own side."""
    stored = Counter(message["message_id"] for message in both.messages())
    assert set(stored.values()) == {1}
    assert len(stored) == sum(map(len, threads))
    assert len(both.dialogs()) == len(threads)
    for dialog in both.dialogs():
        ids = [message["message_id"] for message in dialog["messages"]]
        number = ids[0].partition(".")[0]
        assert sorted(ids) == sorted({each for each in stored if each.startswith(f"{number}.")})
        assert dialog["email_from"] == f"user{number}@example.ru"
        for message in dialog["messages"]:
            out = message["message_id"].endswith("@yandex.ru")
            assert message["direction"] == ("out" if out else "in")
    assert both.spool("failed") == []
