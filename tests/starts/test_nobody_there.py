"""A command that gets no answer says from where, why, and what to look at."""

import argparse
import logging
import socket
import threading
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import SecretStr
from pymongo.errors import ConfigurationError

from bridge.command_line import _wrong_with_smtp
from bridge.ingress.smtp.recipients import mistakes_in, read_mailboxes
from bridge.settings import BridgeSettings
from contract.keyring import Keyring
from contract.sending.direct import address_of
from local import run
from receiver.commands.command import at_least_one
from receiver.commands.ping import wrong_with_service
from receiver.doctor.trouble import in_words
from receiver.running.readiness import Readiness
from receiver.settings import ReceiverSettings
from tests import servers


def test_ping_names_host_and_port_and_the_cause() -> None:
    port = servers.free_port()
    by_http = wrong_with_service(ReceiverSettings(receiver_port=port))
    [by_smtp] = _wrong_with_smtp(BridgeSettings(smtp_port=port))
    for told in (by_http, by_smtp):
        assert told
        assert f"does not answer at 127.0.0.1:{port}: nobody listens there: is it running" in told


def test_a_proxy_of_the_environment_does_not_stand_before_the_receiver(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "")
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            for _ in range(2):
                connection, _ = server.accept()
                with connection:
                    connection.recv(4096)
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

        threading.Thread(target=answer, daemon=True).start()
        settings = ReceiverSettings(receiver_port=server.getsockname()[1])
        assert wrong_with_service(settings) is None
        assert run.is_ready(settings)


@pytest.mark.parametrize("said", [b"* OK IMAP ready\r\n", b""])
def test_who_speaks_no_http_is_not_taken_for_the_receiver(said: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            for _ in range(2):
                connection, _ = server.accept()
                with connection:
                    connection.sendall(said)
                    connection.recv(4096)

        threading.Thread(target=answer, daemon=True).start()
        settings = ReceiverSettings(receiver_port=server.getsockname()[1])
        assert "does not answer at" in (wrong_with_service(settings) or "")
        assert not run.is_ready(settings)


@pytest.mark.parametrize(
    ("host", "called"),
    [
        ("127.0.0.1", "127.0.0.1:80"),
        ("0.0.0.0", "127.0.0.1:80"),
        ("::", "[::1]:80"),
        ("::1", "[::1]:80"),
        ("bridge", "bridge:80"),
    ],
)
def test_how_a_listener_is_called_from_here(host: str, called: str) -> None:
    assert address_of(host, 80) == called


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("The DNS query name does not exist: _mongodb._tcp.x.example.", "with mongodb+srv:// the"),
        ("The resolution lifetime expired: DNS operation timed out.", "DNS does not answer"),
        ("All nameservers failed to answer the query x. IN SRV", "DNS does not answer"),
    ],
)
def test_a_name_that_dns_does_not_know_is_told_with_a_remedy(text: str, said: str) -> None:
    assert said in in_words(ConfigurationError(text), "x.example")


def test_one_mailbox_in_two_spellings_is_one_complaint() -> None:
    read = read_mailboxes("a@x.ru A@X.RU")
    assert isinstance(read, dict)
    assert mistakes_in(read, 254) == ['"a@x.ru" and "A@X.RU" are one mailbox: name it once']


@pytest.mark.parametrize("text", ["0", "-1", "x", "1.5", "²"])
def test_a_list_has_one_line_at_least(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="whole number of 1 or more"):
        at_least_one(text)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"250 OK", ""),
        (b"452 4.3.1 Insufficient system storage", "takes no letters at 127.0.0.1:PORT: 452 4.3.1"),
    ],
)
def test_a_door_that_takes_no_letter_is_not_well(answer: bytes, told: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def talk() -> None:
            connection, _ = server.accept()
            with connection, connection.makefile("rwb", 0) as lines:
                lines.write(b"220 bridge\r\n")
                said = {b"mail": answer, b"quit": b"221 bye"}
                for line in lines:
                    lines.write(said.get(line[:4].lower(), b"250 OK") + b"\r\n")

        threading.Thread(target=talk, daemon=True).start()
        port = server.getsockname()[1]
        found = "".join(_wrong_with_smtp(BridgeSettings(smtp_port=port)))
    assert bool(found) == bool(told)
    assert told.replace("PORT", str(port)) in found


async def test_the_same_trouble_of_the_database_is_said_once_a_minute(
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings = ReceiverSettings(mongo_uri=SecretStr("mongodb+srv://x.example"))
    store: Any = SimpleNamespace(letters=None, blobs=None, dialogs=None)
    database: Any = dict.fromkeys(("dialogs", "meta"))
    with caplog.at_level(logging.WARNING):
        readiness = Readiness(database, store, settings, Keyring(settings))
        for why in ("no such name", "no such name", "no answer", "no answer", "no such name"):
            readiness._say("MongoDB is not ready: %s", why)
    assert [each.rpartition(": ")[2] for each in caplog.messages] == [
        "no such name",
        "no answer",
        "no such name",
    ]
