"""Whatever else a session does: each letter that got 250 is stored once.

Sessions of several letters with STARTTLS, AUTH, RSET, commands that come together, letters beyond
what is held in memory and clients that leave. What a session may do is told here a second time, as
a few rules, and the door has to agree: no letter where the rules see none, and none of ours but of
one who logged in.
"""

import hashlib
import itertools
import socket
import ssl
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from hypothesis import given, settings
from hypothesis import strategies as st
from pymongo import MongoClient

from tests import servers
from tests.whole.conftest import Whole
from tests.whole.test_any_letter_arrives import SECONDS

NUMBERS = itertools.count()
LARGE = 200 * 1024  # more than is held in memory
# A session of these brings several letters; `make fuzz` tries many more.
EXAMPLES = max(settings().max_examples // 4, 1)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def service(
    tmp_path_factory: pytest.TempPathFactory, mongo_uri: str, authority: trustme.CA
) -> Iterator[Whole]:
    """A service whose door has TLS and a user."""
    directory = tmp_path_factory.mktemp("sessions")
    certificate = authority.issue_cert("127.0.0.1")
    certificate.private_key_pem.write_to_path(str(directory / "key.pem"))
    certificate.cert_chain_pems[0].write_to_path(str(directory / "cert.pem"))
    name = f"sessions_{directory.name}"
    receiver = servers.receiver(directory, mongo_uri, name)
    bridge = servers.bridge(
        directory,
        receiver.env["RECEIVER_PORT"],
        SMTP_TLS_CERT=str(directory / "cert.pem"),
        SMTP_TLS_KEY=str(directory / "key.pem"),
        SMTP_USERS='{"specialist": "password-1"}',
    )
    with MongoClient[dict[str, Any]](mongo_uri) as client, servers.running(receiver, bridge):
        yield Whole(bridge, receiver, client, name)
        for each in (bridge, receiver):
            assert "Traceback" not in each.log.read_text()
        client.drop_database(name)


class Session:
    """A client, and what it may expect: the rules of RFC 5321, 3207 and 4954 in short."""

    def __init__(self, service: Whole, authority: trustme.CA) -> None:
        self.number = next(NUMBERS)
        self._authority = authority
        # Who guesses passwords and recipients waits, by address.
        address = f"127.{1 + self.number // 250 % 250}.{1 + self.number % 250}.9"
        port = int(service.smtp_port)
        self._socket = socket.create_connection(("127.0.0.1", port), 20, (address, 0))
        self._read = self._socket.makefile("rb")
        self.greeted = self.secure = self.known = False
        self.sender, self.recipients = "", 0
        self.stored: dict[str, str] = {}
        self.refused: list[str] = []
        assert self.answer() == 220

    def answer(self) -> int:
        """Return the code of one answer."""
        while (line := self._read.readline())[3:4] == b"-":
            continue
        if line.startswith(b"421"):  # too many commands: what it brought by then counts
            raise ConnectionAbortedError
        return int(line[:3])

    def say(self, line: bytes) -> int:
        self._socket.sendall(line + b"\r\n")
        return self.answer()

    def hello(self) -> None:
        assert self.say(b"EHLO client.example") == 250
        self.greeted, self.sender, self.recipients = True, "", 0

    def starttls(self) -> None:
        """Begin TLS, with something for an attacker's sake that comes before its handshake."""
        together = b"STARTTLS\r\nMAIL FROM:<evil@a.ru>\r\n" if self.number % 2 else b"STARTTLS\r\n"
        if self.secure:
            assert self.say(b"STARTTLS") == 503
            return
        self._socket.sendall(together)
        assert self.answer() == 220
        context = ssl.create_default_context()
        self._authority.configure_trust(context)
        self._socket = context.wrap_socket(self._socket, server_hostname="127.0.0.1")
        self._read = self._socket.makefile("rb")
        self.greeted, self.secure = False, True
        self.sender, self.recipients = "", 0

    def log_in(self, password: str) -> None:
        name = "specialist" if password == "password-1" else f"guess-{self.number}"
        code = self.say(b"AUTH PLAIN " + b64encode(f"\0{name}\0{password}".encode()))
        may = self.greeted and self.secure and not self.known
        assert (code == 235) == (may and password == "password-1"), code
        self.known = self.known or code == 235

    def log_in_and_think_better_of_it(self) -> None:
        if self.say(b"AUTH LOGIN") == 334:
            assert self.say(b"*") == 501

    def mail(self) -> None:
        code = self.say(b"MAIL FROM:<i%d@a.ru> SIZE=10" % self.number)
        may = self.greeted and not self.sender
        assert (code == 250) == may, code
        if may:
            self.sender = f"i{self.number}@a.ru"

    def recipient(self, address: bytes) -> None:
        code = self.say(b"RCPT TO:<%s>" % address)
        may = bool(self.sender) and address == b"support@yandex.ru"
        assert (code == 250) == may, code
        self.recipients += may

    def letter(self, size: int, leaves: bool = False) -> None:
        """Send a letter where one may be sent; ``leaves`` before its end."""
        code = self.say(b"DATA")
        may = self.recipients > 0
        assert (code == 354) == may, code
        if not may:
            return
        content = self.content(size)
        digest = hashlib.sha256(content).hexdigest()
        on_the_wire = b"\r\n".join(
            b"." + line if line[:1] == b"." else line for line in content.split(b"\r\n")
        )
        if leaves:
            self._socket.sendall(on_the_wire)
            self.refused.append(digest)
            raise ConnectionAbortedError
        self._socket.sendall(on_the_wire + b".\r\n")
        assert self.answer() == 250
        self.stored[digest] = "out" if self.known else "in"
        self.sender, self.recipients = "", 0

    def content(self, size: int) -> bytes:
        number = next(NUMBERS)
        head = b"Subject: %d\r\nMessage-ID: <%d-%d@a.ru>\r\n\r\n" % (number, self.number, number)
        line = b"..a line of a letter, %d\r\n.\r\nQUIT\r\n" % number
        return head + line * max(1, size // len(line))

    def together(self) -> None:
        """A whole transaction but its letter in one packet, as a client with PIPELINING does."""
        may = self.greeted and not self.sender
        lines = (b"MAIL FROM:<i%d@a.ru>" % self.number, b"RCPT TO:<support@yandex.ru>")
        self._socket.sendall(b"".join(line + b"\r\n" for line in lines))
        assert [self.answer() == 250, self.answer() == 250] == [may, bool(self.sender) or may]
        self.sender, self.recipients = (
            f"i{self.number}@a.ru" if may else self.sender,
            (self.recipients + (may or bool(self.sender))),
        )
        self.letter(100)

    def play(self, step: str) -> None:
        """Do what the step says."""
        match step.split():
            case ["say", *words]:
                assert self.say(" ".join(words).encode()) in (250, 252, 500, 501, 502, 503)
            case ["reset"]:
                if self.say(b"RSET") == 250:
                    self.sender, self.recipients = "", 0
            case ["password", password]:
                self.log_in(password)
            case ["to", address]:
                self.recipient(address.encode())
            case ["letter", size]:
                self.letter(int(size))
            case ["leave"]:
                self.letter(LARGE, leaves=True)
            case [name]:
                getattr(self, name)()

    def end(self) -> None:
        self._read.close()
        self._socket.close()


TRANSACTION = ["mail", "to support@yandex.ru"]
STEPS = st.one_of(
    st.sampled_from(
        [
            ["hello"],
            ["starttls"],
            ["starttls", "hello"],
            ["password password-1"],
            ["password wrong"],
            ["log_in_and_think_better_of_it"],
            ["mail"],
            ["to support@yandex.ru"],
            ["to nobody@elsewhere.ru"],
            ["reset"],
            ["say NOOP"],
            ["say VRFY a"],
            ["say BDAT 10 LAST"],
            ["say TURN"],
            ["together"],
            ["letter 10"],
            ["leave"],
        ]
    ),
    st.sampled_from(
        [
            [*TRANSACTION, "letter 10"],
            [*TRANSACTION, "to support@yandex.ru", f"letter {LARGE}"],
            [*TRANSACTION, "reset", "letter 10"],
            [*TRANSACTION, "password password-1", "letter 10"],
            [*TRANSACTION, "starttls", "letter 10"],
        ]
    ),
)
SESSIONS = st.tuples(
    st.sampled_from([[], ["hello"], ["hello", "starttls", "hello", "password password-1"]]),
    st.lists(STEPS, min_size=1, max_size=8),
).map(lambda parts: [*parts[0], *itertools.chain.from_iterable(parts[1])])


@given(SESSIONS)
@settings(deadline=None, max_examples=EXAMPLES)
def test_what_any_session_was_told_250_for_is_stored_and_nothing_else(
    service: Whole, authority: trustme.CA, steps: list[str]
) -> None:
    session = Session(service, authority)
    try:
        for step in steps:
            session.play(step)
        assert session.say(b"QUIT") == 221
    except ConnectionAbortedError:
        pass
    finally:
        session.end()
    letters = service.client[service.database].letters

    def found() -> dict[str, str]:
        digests = [*session.stored, *session.refused]
        kept = letters.find({"content.raw.sha256": {"$in": digests}})
        return {each["content"]["raw"]["sha256"]: each["copies"][0]["direction"] for each in kept}

    servers.wait_until(lambda: len(found()) >= len(session.stored), SECONDS)
    assert found() == session.stored
    in_spool = Path(service.bridge.env["DATA_DIR"]) / "spool" / "failed"
    assert [*in_spool.iterdir()] == []
