"""Clients that send everything and close their side, and connections that break anywhere."""

import socket
import struct
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from bridge.ingress.smtp.command_lines import as_connection_reset
from tests import servers
from tests.servers import Service
from tests.smtp_client import HELLO, TO_DATA, SmtpDialogue

WHOLE = (
    b"EHLO c.example\r\nMAIL FROM:<i@a.ru>\r\nRCPT TO:<support@yandex.ru>\r\nDATA\r\n"
    b"Subject: x\r\n\r\nText\r\n.\r\n"
)


def said(client: SmtpDialogue) -> list[str]:
    """Return all reply codes until the other side is done."""
    lines = client.answers.read().decode().splitlines()
    return [line[:3] for line in lines if line[3:4] != "-"]


@pytest.mark.parametrize(
    ("sent", "codes", "kept"),
    [
        (WHOLE, ["220", "250", "250", "250", "354", "250"], 1),
        (
            WHOLE * 2,
            ["220", "250", "250", "250", "354", "250", "250", "250", "250", "354", "250"],
            2,
        ),
        (WHOLE + b"QUIT\r\n", ["220", "250", "250", "250", "354", "250", "221"], 1),
        (WHOLE + b"NOO", ["220", "250", "250", "250", "354", "250"], 1),
        (WHOLE[:-3], ["220", "250", "250", "250", "354"], 0),
        (WHOLE[:-1], ["220", "250", "250", "250", "354"], 0),
        (b"", ["220"], 0),
    ],
)
def test_what_was_said_before_a_client_closes_its_side_is_answered(
    lonely_bridge: Service, new_letters: Path, sent: bytes, codes: list[str], kept: int
) -> None:
    """``nc -N`` does so. A client that gets no 250 would send the letter again."""
    with SmtpDialogue(lonely_bridge) as client:
        client.send(sent)
        client.socket.shutdown(socket.SHUT_WR)
        assert said(client) == codes
    assert len([*new_letters.iterdir()]) == kept


def test_who_guesses_and_closes_his_side_is_not_waited_for(tmp_path: Path) -> None:
    """Otherwise its place would stay taken for as long as the refusals are delayed."""
    guesses = b"RCPT TO:<a@b.ru>\r\n" * 60
    bridge = servers.bridge(tmp_path, str(servers.free_port()))
    with servers.running(bridge), SmtpDialogue(bridge) as client:
        client.play(HELLO + "C: MAIL FROM:<i@a.ru>\nS: 250")
        began = time.monotonic()
        client.send(guesses)
        client.socket.shutdown(socket.SHUT_WR)
        assert set(said(client)) == {"550"}
        assert time.monotonic() - began < 5


def breaks_off(service: Service, sent: bytes, *, reset: bool) -> None:
    client = SmtpDialogue(service)
    client.play("S: 220")
    client.send(sent)
    if reset:
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.__exit__()


def beginnings() -> Iterator[bytes]:
    yield from (WHOLE[:size] for size in range(1, len(WHOLE), 7))
    yield b"EHLO a\r\nAUTH PLAIN\r\nAGE"
    yield WHOLE[:-3] + b"x" * 300_000


def test_a_connection_that_breaks_off_anywhere_is_no_fault_of_ours(lonely_bridge: Service) -> None:
    for sent in beginnings():
        for reset in (False, True):
            with suppress(ConnectionError):
                breaks_off(lonely_bridge, sent, reset=reset)
    with SmtpDialogue(lonely_bridge) as client:
        client.play(TO_DATA + "C: .\nS: 250")
    log = lonely_bridge.log.read_text()
    assert "a fault in an SMTP session" not in log
    assert "Traceback" not in log


@pytest.mark.parametrize(
    "error",
    [
        EOFError(),
        ConnectionResetError(),
        BrokenPipeError(),
        TimeoutError(),
        OSError(113, "No route to host"),
    ],
)
def test_however_it_breaks_off(error: Exception) -> None:
    with pytest.raises(ConnectionResetError), as_connection_reset():
        raise error
