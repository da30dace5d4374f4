"""MIME parts that are written while they are read (RFC 2045, 2046); line ends are LF."""

import base64
import hashlib
import re
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from email.message import MIMEPart
from email.policy import default

LINE_BYTES = 57  # of what base64 makes one line of
_TYPE = re.compile(r"[\w.+-]{1,100}/[\w.+-]{1,100}", re.ASCII)
_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_CONTENT_ID = re.compile(r"[!-;=?-~]{1,900}")

Pieces = Callable[[], AsyncIterator[bytes]]


@dataclass(frozen=True)
class MimePart:
    """A part: its header fields with line ends, and its content, which ends with a line end."""

    head: bytes
    pieces: Pieces


def text(words: str, subtype: str) -> MimePart:
    """Return a part with text in a suitable encoding."""
    part = MIMEPart(default)
    part.set_content(words, subtype=subtype)
    head, _, content = part.as_bytes().partition(b"\n\n")

    async def pieces() -> AsyncIterator[bytes]:
        yield content

    return MimePart(head + b"\n", pieces)


def file(name: str, media: str, read: Pieces, *, inline: bool, content_id: str = "") -> MimePart:
    """Return a part with a file, in base64; attached letters must not be encoded (RFC 2046 5.2)."""
    media = media.lower() if _TYPE.fullmatch(media) else "application/octet-stream"
    if media.startswith("multipart/"):  # of which it is none without its boundary
        media = "application/octet-stream"
    is_letter = media.startswith("message/")
    part = MIMEPart(default)
    part["Content-Type"] = media
    part["Content-Transfer-Encoding"] = "8bit" if is_letter else "base64"
    how, name = "inline" if inline else "attachment", _BREAKS.sub(" ", name)
    if name.strip():
        part.add_header("Content-Disposition", how, filename=name)
    else:
        part["Content-Disposition"] = how
    if _CONTENT_ID.fullmatch(content_id):
        part["Content-ID"] = f"<{content_id}>"
    pieces = (lambda: _ended(read())) if is_letter else (lambda: _in_base64(read()))
    return MimePart("".join(default.fold(*each) for each in part.items()).encode(), pieces)


def together(kind: str, parts: Sequence[MimePart], seed: str) -> MimePart:
    """Return several parts as one; no sender can know ``seed``, and so forge the boundary."""
    if len(parts) == 1:
        return parts[0]
    boundary = hashlib.sha256(f"{kind}\n{seed}".encode()).hexdigest()[:40]
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"\n'

    async def pieces() -> AsyncIterator[bytes]:
        for each in parts:
            yield f"--{boundary}\n".encode() + each.head + b"\n"
            async for piece in each.pieces():
                yield piece
            yield b"\n"
        yield f"--{boundary}--\n".encode()

    return MimePart(head.encode(), pieces)


async def _in_base64(read: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    rest = b""
    async for piece in read:
        rest += piece
        whole = len(rest) // LINE_BYTES * LINE_BYTES
        yield base64.encodebytes(rest[:whole])
        rest = rest[whole:]
    yield base64.encodebytes(rest)


async def _ended(read: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    last = b""
    async for piece in read:
        last = piece or last
        yield piece
    if not last.endswith(b"\n"):
        yield b"\n"
