"""A server of another protocol, or TLS where there is none: what each of our clients tells."""

import asyncio
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path

import pytest
import trustme
from pydantic import SecretStr
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from bridge.courier.receiver_client import connected
from bridge.ingress.imap.connection import Connection
from bridge.ingress.imap.failures import Lost, Refused
from bridge.ingress.imap.settings import Account, Security
from bridge.ingress.imap.trouble import CLOSED, no_imap, unreachable
from contract.doctor.russian import in_russian
from contract.signature import parse_keys
from receiver.doctor.trouble import in_words
from tests.servers import SECRET

GREETINGS = {
    "IMAP": b"* OK [CAPABILITY IMAP4rev1] ready\r\n",
    "POP3": b"+OK ready\r\n",
    "SMTP": b"220 mx.example ESMTP\r\n",
    "SSH": b"SSH-2.0-OpenSSH_9\r\n",
    "nothing": b"",
}
# Words of a library that tell an administrator nothing.
VAGUE = (
    "unexpected response",
    "unterminated",
    "None",
    "response id",
    "Errno",
    "_ssl.c",
    "Timeout:",
)


SMTP, POP3 = (25, 465, 587), (110, 995)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """The file of an authority, and a server's context with its certificate."""
    authority = trustme.CA()
    path = tmp_path_factory.mktemp("authority") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    return path, context


@contextmanager
def speaking_like(name: str, tls: ssl.SSLContext | None) -> Iterator[int]:
    """Serve a greeting, read what comes, and hang up; yield the port."""

    def serve(connection: socket.socket) -> None:
        with suppress(OSError), ExitStack() as held:
            held.enter_context(connection)
            connection.settimeout(3)
            if tls:
                connection = held.enter_context(tls.wrap_socket(connection, server_side=True))
            connection.sendall(GREETINGS[name])
            connection.recv(4000)

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def of_imap(port: int, authority: Path, security: Security) -> str:
    """Return what is told of an IMAP server at that port."""
    account = Account(
        host="127.0.0.1" if security == "none" else "localhost",
        port=port,
        security=security,
        user="a@b.ru",
        password=SecretStr("x"),
    )
    with pytest.raises((Lost, Refused)) as failed:
        Connection.open(account, "x", authority, 1.0)
    return str(failed.value)


def of_webhook(port: int, _authority: Path, scheme: str) -> str:
    """Return what is told of a receiver at that port."""

    async def look() -> str:
        url = f"{scheme}://localhost:{port}/webhook/email"
        async with connected(url, lambda: parse_keys(SECRET), 3) as webhook:
            return (await webhook.look()).reason

    return asyncio.run(look())


def of_database(port: int, _authority: Path, options: str) -> str:
    """Return what is told of MongoDB at that port."""
    place = f"localhost:{port}"
    with (
        MongoClient[dict[str, object]](
            f"mongodb://{place}/{options}", serverSelectionTimeoutMS=500
        ) as client,
        pytest.raises(PyMongoError) as failed,
    ):
        client.admin.command("ping")
    return in_words(failed.value, place)


TLS = "?tls=true&tlsAllowInvalidCertificates=true"
Ask = Callable[[int, Path], str]
IMAP, IMAPS, STARTTLS = (
    partial(of_imap, security=security) for security in ("none", "tls", "starttls")
)
HTTP, HTTPS = (partial(of_webhook, scheme=scheme) for scheme in ("http", "https"))
MONGO, MONGOS = (partial(of_database, options=options) for options in ("", TLS))
NO_IMAP = "no IMAP server .it says '{}'.: look at IMAP_PORT: 993 is usual"
ENDED = "the server closed the connection before it spoke IMAP: "
NO_MONGO = "what answers there is no MongoDB: look at host and port"


@pytest.mark.parametrize(
    ("ask", "name", "tls", "said"),
    [
        (IMAPS, "IMAP", False, r"no TLS comes about .*: perhaps IMAP_SECURITY=starttls"),
        (IMAPS, "SMTP", True, NO_IMAP.format("220 mx.example ESMTP")),
        (IMAPS, "POP3", True, "no IMAP server: look at IMAP_PORT"),
        (IMAPS, "nothing", True, f"({ENDED}|no answer: is the port IMAP's)"),
        (IMAP, "SMTP", False, NO_IMAP.format("220 mx.example ESMTP")),
        (IMAP, "SSH", False, NO_IMAP.format("SSH-2.0-OpenSSH_9")),
        (IMAP, "IMAP", True, f"({ENDED}|no answer: is the port IMAP's. )perhaps IMAP_SECURITY=tls"),
        (STARTTLS, "IMAP", True, f"({ENDED}|no answer.*)perhaps IMAP_SECURITY=tls"),
        (STARTTLS, "POP3", False, "no IMAP server: look at IMAP_PORT"),
        (HTTP, "SMTP", False, "speaks SMTP, and not HTTP: look at the port"),
        (HTTP, "IMAP", False, "speaks IMAP, and not HTTP: look at the port"),
        (HTTP, "POP3", False, "speaks POP3, and not HTTP: look at the port"),
        (HTTP, "SSH", False, "speaks SSH, and not HTTP: look at the port"),
        (HTTP, "nothing", True, "is it https:// there, or another port"),
        (HTTPS, "SMTP", False, "no TLS comes about: is it http:// there, or another port"),
        (MONGO, "SMTP", False, NO_MONGO),
        (MONGO, "IMAP", False, NO_MONGO),
        (MONGO, "nothing", True, "or that it wants TLS .tls=true in MONGO_URI"),
        (MONGOS, "SMTP", False, "no TLS is spoken there: leave tls=true out"),
        (MONGOS, "IMAP", True, NO_MONGO),
    ],
)
def test_what_answers_and_what_would_be_right_are_told(
    files: tuple[Path, ssl.SSLContext], ask: Ask, name: str, tls: bool, said: str
) -> None:
    authority, context = files
    with speaking_like(name, context if tls else None) as port:
        told = ask(port, authority)
    assert re.search(said, told), told
    assert str(port) in told
    assert not [word for word in VAGUE if word in told], told


@pytest.mark.parametrize(
    ("port", "security", "right"),
    [
        (143, "tls", "at 143 TLS begins later: IMAP_PORT=993, or IMAP_SECURITY=starttls"),
        (993, "starttls", "at 993 TLS comes first: IMAP_SECURITY=tls, or IMAP_PORT=143"),
        *(
            (port, "tls", f"port {port} is usual for SMTP: IMAP_PORT=993 is for IMAP")
            for port in SMTP
        ),
        *(
            (port, "tls", f"port {port} is usual for POP3: IMAP_PORT=993 is for IMAP")
            for port in POP3
        ),
        (8080, "tls", "port 8080 is usual for HTTP: IMAP_PORT=993 is for IMAP"),
    ],
)
def test_a_port_of_something_else_is_told_so(port: int, security: Security, right: str) -> None:
    account = Account(
        host="imap.example.ru", port=port, security=security, user="a@b.ru", password=SecretStr("x")
    )
    begins = f"imap.example.ru:{port}: "
    for told in (
        unreachable(account, ssl.SSLError(1, "x")),
        unreachable(account, TimeoutError()),
        no_imap(account, CLOSED),
    ):
        assert told.startswith(begins)
        assert told.endswith(right)
        assert not re.search("(?<!=)\\b[a-z]{4,}", in_russian(told).partition(begins)[2])
