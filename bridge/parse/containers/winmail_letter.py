"""A letter that Outlook packed into a winmail.dat, written as one that any program opens."""

from base64 import encodebytes
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, formataddr

from bridge.parse.text.encoded_words import encode_word

_WINDOWS_BEGAN = datetime(1601, 1, 1, tzinfo=UTC)  # [MS-DTYP] 2.3.3: FILETIME, in 100 ns
_EDGE = b"=_winmail"  # a delimiter that base64 cannot contain


def as_letter(
    fields: Mapping[str, str], texts: Mapping[str, str], files: Sequence[tuple[str, str, bytes]]
) -> bytes:
    """Return the letter; ``texts`` by their type, ``files`` are names, types and bytes.

    The result is always the same, as the digest of an attachment must be.
    """
    parts = [
        _part(f"{kind}; charset=utf-8", text.encode("utf-8", "replace"))
        for kind, text in texts.items()
        if text
    ]
    body = _joined("alternative", parts, b"-a") if len(parts) > 1 else b"".join(parts)
    more = [_part(kind, content, name) for name, kind, content in files]
    if more or not body:
        body = _joined("mixed", [body or _part("text/plain", b""), *more], b"-m")
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value)
    return f"{head}MIME-Version: 1.0\r\n".encode("ascii", "replace") + body


def person(name: str, address: str) -> str:
    """Return a sender in the form of From."""
    name, address = _one_line(name), _one_line(address)
    if not address.isascii() or "@" not in address:
        return encode_word(name or address)
    return f"{encode_word(name)} <{address}>" if not name.isascii() else formataddr((name, address))


def words(text: str) -> str:
    """Return a text in the form of a header field."""
    text = _one_line(text)
    return text if text.isascii() else encode_word(text)


def date(filetime: bytes) -> str:
    """Return a Windows time in the form of Date, empty if it is none."""
    ticks = int.from_bytes(filetime[:8], "little")
    try:
        return (
            format_datetime(_WINDOWS_BEGAN + timedelta(microseconds=ticks // 10)) if ticks else ""
        )
    except OverflowError:
        return ""


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _part(kind: str, content: bytes, name: str = "") -> bytes:
    disposition = f'Content-Disposition: attachment; filename="{words(name)}"\r\n' if name else ""
    head = (
        f"Content-Type: {_one_line(kind)}\r\nContent-Transfer-Encoding: base64\r\n{disposition}\r\n"
    )
    return head.encode("ascii", "replace") + encodebytes(content).replace(b"\n", b"\r\n")


def _joined(kind: str, parts: Sequence[bytes], suffix: bytes) -> bytes:
    edge = _EDGE + suffix
    head = f'Content-Type: multipart/{kind}; boundary="{edge.decode()}"\r\n\r\n'.encode()
    return head + b"".join(b"--" + edge + b"\r\n" + one for one in parts) + b"--" + edge + b"--\r\n"
