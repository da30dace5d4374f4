"""The main job, with real processes: letters go in by SMTP and dialogs come out in MongoDB."""

import hashlib
import random
import signal
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bridge.courier.event import email_received
from bridge.parse.message import read_letter
from bridge.spool.envelope import Delivery
from contract.event import Blob
from receiver.letters.arrival import arrival_of
from tests import servers, stored
from tests.letters import letter
from tests.smtp_client import on_the_wire, send, send_at_once
from tests.whole.conftest import Whole

REAL_LETTERS = 60


def conversation(name: str, length: int) -> list[bytes]:
    """Return a thread in which each letter answers the one before."""
    ids = [f"{name}.{turn}@example.ru" for turn in range(length)]
    return [
        letter(
            ids[turn],
            subject=("Re: " if turn else "") + f"Заказ {name}",
            text=f"Письмо {turn} о заказе {name}\n",
            in_reply_to=ids[turn - 1] if turn else "",
            references=tuple(ids[:turn]),
            minute=turn,
        )
        for turn in range(length)
    ]


def test_a_conversation_out_of_order_is_one_dialog(whole: Whole) -> None:
    first, second, third = conversation("17", 3)
    assert send(whole.smtp_port, [third, first, second]) == 3
    whole.wait_until_delivered()
    [dialog] = whole.dialogs()
    assert dialog["email_from"] == "ivan@example.ru"
    assert [message["subject"] for message in dialog["messages"]] == [
        "Заказ 17",
        "Re: Заказ 17",
        "Re: Заказ 17",
    ]
    assert [message["body"] for message in dialog["messages"]] == [
        f"Письмо {turn} о заказе 17\n" for turn in range(3)
    ]


def digest(content: bytes) -> str:
    return hashlib.sha256(on_the_wire(content)).hexdigest()


def key(content: bytes) -> str:
    """Return the identity that the service gives to a letter."""
    now = datetime.now(UTC)
    delivery = Delivery("1-a", "support@yandex.ru", now)
    raw = Blob(sha256=digest(content), size=len(on_the_wire(content)))
    event = email_received(delivery, read_letter(on_the_wire(content)), raw)
    return arrival_of("1-a", event.data, now).letter.key


def check(whole: Whole, letters: list[bytes]) -> None:
    """Check that each letter is in exactly one dialog, once, and that nothing else is there."""
    shown = Counter(message["key"] for message in whole.messages())
    assert set(shown) == {key(content) for content in letters}
    assert set(shown.values()) == {1}
    database = whole.client[whole.database]
    originals = [stored.original(database, kept) for kept in whole.letters()]
    assert set(originals) <= {on_the_wire(content) for content in letters}
    assert len(originals) == len(shown)
    assert whole.spool("failed") == []


def send_twice_and_check(whole: Whole, letters: list[bytes], seed: int) -> None:
    shuffled = random.Random(seed).sample(letters, len(letters))
    assert send_at_once(whole.smtp_port, shuffled, connections=6) == len(letters)
    whole.wait_until_delivered()
    check(whole, letters)
    before = whole.dialogs()
    assert send_at_once(whole.smtp_port, shuffled[::-1], connections=6) == len(letters)
    whole.wait_until_delivered()
    assert whole.dialogs() == before


def test_many_conversations_at_once_and_then_again(whole: Whole) -> None:
    letters = [each for name in range(20) for each in conversation(str(name), 4)]
    send_twice_and_check(whole, letters, seed=1)


@pytest.mark.parametrize("receiver_settings", [{"JOIN_POLICY": "anyone"}], ids=["anyone"])
@pytest.mark.parametrize("name", ["usrp-users", "openbmc"])
def test_real_conversations_at_once_and_then_again(whole: Whole, corpus: Path, name: str) -> None:
    """Only the first letters of each set; `make threading` takes all, in any order."""
    paths = sorted((corpus / "threads" / name).glob("*.eml"))[:REAL_LETTERS]
    letters = [path.read_bytes() for path in paths]
    assert letters
    send_twice_and_check(whole, letters, seed=2)


def test_letters_wait_while_the_receiver_is_away(whole: Whole) -> None:
    letters = conversation("away", 10)
    assert whole.receiver.stop() == 0
    assert send_at_once(whole.smtp_port, letters, connections=3) == 10
    assert len(whole.spool("new")) == 10
    whole.receiver.start()
    whole.wait_until_delivered()
    check(whole, letters)


def test_every_250_outlives_a_kill(whole: Whole) -> None:
    letters = conversation("killed", 10)
    whole.receiver.stop()
    assert send(whole.smtp_port, letters) == 10
    whole.bridge.kill()
    assert len(whole.spool("new")) == 10
    whole.receiver.start()
    whole.bridge.start()
    whole.wait_until_delivered()
    check(whole, letters)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_both_stop_when_asked(whole: Whole, number: int) -> None:
    send(whole.smtp_port, conversation("stop", 2))
    assert whole.bridge.stop(number) == 0
    assert whole.receiver.stop(number) == 0


def test_two_bridges_do_not_share_a_spool(whole: Whole) -> None:
    second = servers.Service(
        whole.bridge.command,
        {**whole.bridge.env, "SMTP_PORT": str(servers.free_port())},
        lambda: False,
        whole.bridge.log,
    )
    with pytest.raises(ChildProcessError, match="another bridge or import works"):
        second.start()


def test_one_letter_to_two_mailboxes_opens_a_dialog_in_each(tmp_path: Path, whole: Whole) -> None:
    both = '{"sales@yandex.ru": ["all@b.example"], "support@yandex.ru": ["all@c.example"]}'
    directory = tmp_path / "second"
    directory.mkdir()
    bridge = servers.bridge(directory, whole.receiver.env["RECEIVER_PORT"], MAILBOXES=both)
    with servers.running(bridge):
        for recipient in ("all@b.example", "all@c.example"):
            assert send(bridge.env["SMTP_PORT"], [letter()], recipient) == 1
        servers.wait_until(lambda: len(whole.dialogs()) == 2)
    assert {dialog["mailbox"] for dialog in whole.dialogs()} == {
        "sales@yandex.ru",
        "support@yandex.ru",
    }
