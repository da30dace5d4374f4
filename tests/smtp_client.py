"""Sending many letters over several SMTP connections at once."""

import re
import smtplib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from tests.letters import SUPPORT


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
