"""An IMAP server that refuses, or does not answer: host and port, cause and remedy are named."""

import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from bridge.ingress.imap.connection import Connection
from bridge.ingress.imap.failures import LoginRefused, Lost, Refused
from bridge.ingress.imap.settings import Account
from bridge.ingress.imap.states import complaints
from contract.files.locks import taken
from tests.imap.dovecot import PASSWORD
from tests.imap.dovecot import USER as LOGIN
from tests.imap.mailbox import Mailbox


@pytest.fixture(scope="module")
def untrusted() -> Iterator[int]:
    """The port of a server with an untrusted certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("imap.example").configure_cert(context)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                    context.wrap_socket(connection, server_side=True).close()
                except ssl.SSLError:
                    continue
                except OSError:
                    return

        threading.Thread(target=greet, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def refusal(host: str = "127.0.0.1", secret: str = PASSWORD, **fields: object) -> str:
    """Return the words about a login that failed."""
    values = {"user": LOGIN, "mailbox": "a@b.ru", "password": "x", "security": "none", **fields}
    account = Account.model_construct(**{"host": host, **values})  # type: ignore[arg-type]
    with pytest.raises((Lost, Refused, LoginRefused)) as error:
        Connection.open(account, secret, None, 10.0).close()
    return str(error.value)


def test_a_wrong_password(mailbox: Mailbox) -> None:
    said = refusal(port=mailbox.port, secret="wrong")
    assert said.startswith(f"127.0.0.1:{mailbox.port}: ")
    assert "b'" not in said


def test_a_server_without_the_tls_that_is_asked_for(mailbox: Mailbox) -> None:
    said = refusal(port=mailbox.port, security="starttls")
    assert said.startswith(f"127.0.0.1:{mailbox.port}: ")
    assert "look at IMAP_" in said


def test_nobody_who_answers(untrusted: int) -> None:
    for fields, said in (
        ({"port": 1}, "127.0.0.1:1: nobody listens there: look at IMAP_HOST and IMAP_PORT"),
        (
            {"host": "nowhere.invalid", "port": 993},
            "nowhere.invalid:993: no such host: look at IMAP_HOST, or at DNS",
        ),
    ):
        assert refusal(**fields) == said
    said = refusal(port=untrusted, security="tls")
    assert said.startswith(f"127.0.0.1:{untrusted}: its certificate is not trusted (")
    assert said.endswith("look at IMAP_CA_FILE")


def test_a_watcher_who_cannot_write_what_he_is_at(tmp_path: Path) -> None:
    with (tmp_path / "lock").open("w") as lock:
        assert taken(lock.fileno())
        assert [*complaints(path := tmp_path / "health.json", 1.0, 0.0)] == [
            f"nobody knows whether IMAP is watched: {path} is not written: is the disk full?"
        ]


def test_nobody_who_watches(tmp_path: Path) -> None:
    (tmp_path / "broken").write_text("{")
    assert [*complaints(tmp_path / "none", 1.0, 0.0)] == [
        f"IMAP is not watched: no bridge has begun to, by DATA_DIR ({tmp_path})"
    ]
    [said] = complaints(tmp_path / "broken", 1.0, 0.0)
    assert said.startswith(f"IMAP is not watched: {tmp_path / 'broken'} cannot be read")
