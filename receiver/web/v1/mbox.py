"""Letters as an mbox (RFC 4155) that loses nothing: every From_ line is quoted (mboxrd)."""

import re
from collections.abc import AsyncIterator
from datetime import datetime
from email.headerregistry import HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from receiver.store.mongo import Document

MEDIA = "application/mbox"
_FROM = re.compile(rb"^(>*From )", re.MULTILINE)
_PLAIN = re.compile(r"[\w.+-]+@[\w.-]+", re.ASCII)
# What is kept as an address may be anything, over which a parser of addresses fails: none is used.
_AS_TEXT = SMTP.clone(header_factory=HeaderRegistry(use_default_map=False))


async def entry(
    original: AsyncIterator[bytes], sender: str, when: datetime
) -> AsyncIterator[bytes]:
    """Yield one letter of an mbox, line ends as LF; ``sender`` is of its envelope.

    The time is UTC, as ctime() has it.
    """
    address = re.sub(r"[^!-~]", "", sender) or "MAILER-DAEMON"
    yield f"From {address} {when.ctime()}\n".encode()
    rest = b""
    async for piece in original:
        lines, newline, rest = (rest + piece).rpartition(b"\n")
        if newline:
            yield _quoted(lines + newline)
    if rest:
        yield _quoted(rest) + b"\n"
    yield b"\n"


async def rebuilt(letter: Document) -> AsyncIterator[bytes]:
    """Yield a letter whose original is not kept, made of what is kept of it."""
    said = letter["message"]
    message = EmailMessage(_AS_TEXT)
    message["X-Email-Listener"] = "made of what is kept: the original is not"
    message["Date"] = format_datetime(said["created"])
    for name, values in (("From", [said["from"]]), ("To", said["to"]), ("Cc", said["cc"])):
        addresses = [_on_one_line(each["address"]) for each in values]
        if any(addresses):
            plain = all(map(_PLAIN.fullmatch, addresses))
            message[name if plain else f"X-{name}"] = ", ".join(addresses)
    message["Subject"] = _on_one_line(said["subject"])
    message["X-Message-ID"] = _on_one_line(said["message_id"])
    message.set_content(said["body"])
    yield message.as_bytes()


def _quoted(lines: bytes) -> bytes:
    return _FROM.sub(rb">\1", lines.replace(b"\r\n", b"\n"))


def _on_one_line(text: str) -> str:
    return " ".join(text.encode(errors="replace").decode().split())
