"""SMTP clients: one that speaks line by line, and many that send at once."""

import re
import select
import smtplib
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from tests.letters import SUPPORT
from tests.servers import Service

HELLO = """
S: 220
C: EHLO client.example
S: 250-
"""
TO_DATA = (
    HELLO
    + """
C: MAIL FROM:<ivan@example.ru>
S: 250
C: RCPT TO:<support@yandex.ru>
S: 250 2.1.5
C: DATA
S: 354
"""
)


def on_the_wire(content: bytes) -> bytes:
    """Return the letter as SMTP carries it: every line ended by CRLF, the last one as well."""
    lines = re.sub(rb"\r\n|\n|\r", b"\r\n", content)
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"


def send(port: str, letters: Sequence[bytes], recipient: str = SUPPORT) -> int:
    """Send the letters over one connection and return how many were answered 250."""
    accepted = 0
    with smtplib.SMTP("127.0.0.1", int(port), timeout=60) as client:
        for content in letters:
            client.ehlo_or_helo_if_needed()
            client.mail("sender@example.ru")
            client.rcpt(recipient)
            status, _ = client.data(on_the_wire(content))
            accepted += status == 250
    return accepted


def send_at_once(port: str, letters: Sequence[bytes], connections: int) -> int:
    """Spread the letters over connections that send at the same time; return the 250s."""
    shares = [letters[start::connections] for start in range(connections)]
    with ThreadPoolExecutor(connections) as pool:
        return sum(pool.map(lambda share: send(port, share), shares))


class SmtpDialogue:
    """A client that speaks line by line; ``address`` is its own, on loopback."""

    def __init__(self, service: Service, address: str = "127.0.0.1") -> None:
        server = ("127.0.0.1", int(service.env["SMTP_PORT"]))
        self.socket = socket.create_connection(server, 10, source_address=(address, 0))
        self.answers = self.socket.makefile("rb")

    def __enter__(self) -> "SmtpDialogue":
        return self

    def __exit__(self, *_: object) -> None:
        self.answers.close()
        self.socket.close()

    def fileno(self) -> int:
        """The socket's descriptor, for ``select``."""
        return self.socket.fileno()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def answer(self) -> str:
        """Return a whole answer; of several lines, the last one ends it."""
        lines = ""
        while True:
            line = self.answers.readline().decode()
            lines += line
            if line[3:4] != "-":
                return lines

    def said_within(self, seconds: float) -> str:
        """Return the line that comes within so many seconds, or nothing."""
        ready, _, _ = select.select([self.socket], [], [], seconds)
        return self.answers.readline().decode() if ready else ""

    def play(self, script: str) -> None:
        for line in filter(None, script.splitlines()):
            if line.startswith("C:"):
                self.send(line[2:].removeprefix(" ").encode() + b"\r\n")
            else:
                answer = self.answer()
                assert answer.startswith(line[3:]), f"{line!r} expected, {answer!r} came"
