"""The builders of letters: what a test does not name is ordinary.

``letter`` writes one of a conversation, as a mail program does; ``raw_letter`` and the parts below
it write the very bytes that a test is about, well-formed or not.
"""

from base64 import encodebytes
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

SUPPORT = "support@yandex.ru"
USER = "Иван Петров <ivan@example.ru>"
START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
ORDINARY = {
    "From": "Иван Петров <ivan@example.ru>",
    "To": "support@example.com",
    "Subject": "Привет",
    "Date": "Mon, 02 Mar 2026 10:00:00 +0300",
    "Message-ID": "<one@example.ru>",
    "MIME-Version": "1.0",
}


def letter(
    message_id: str | None = "1@example.ru",
    *,
    subject: str = "Где мой заказ?",
    text: str = "Здравствуйте! Заказ 17 не пришёл.\n",
    sender: str = USER,
    to: str = SUPPORT,
    cc: str = "",
    in_reply_to: str = "",
    references: tuple[str, ...] = (),
    minute: int = 0,
    html: str = "",
    attachments: dict[str, bytes] | None = None,
) -> bytes:
    """Return the bytes of a letter with CRLF line ends; ids are given without brackets."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = to
    if cc:
        message["Cc"] = cc
    message["Subject"] = subject
    message["Date"] = format_datetime(START + timedelta(minutes=minute))
    if message_id:
        message["Message-ID"] = f"<{message_id}>"
    if in_reply_to:
        message["In-Reply-To"] = f"<{in_reply_to}>"
    if references:
        message["References"] = " ".join(f"<{each}>" for each in references)
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    for filename, content in (attachments or {}).items():
        message.add_attachment(
            content, maintype="application", subtype="octet-stream", filename=filename
        )
    return message.as_bytes(policy=message.policy.clone(linesep="\r\n"))


def raw_letter(body: bytes | str = "Текст", /, **fields: str | bytes | None) -> bytes:
    """Return a letter byte by byte; a field is named with ``_`` for ``-``, None leaves one out."""
    header: dict[str, str | bytes | None] = dict(ORDINARY)
    by_lower = {name.lower(): name for name in header}
    for name, value in fields.items():
        dashed = name.replace("_", "-")
        header[by_lower.get(dashed.lower(), dashed)] = value
    lines = [
        name.encode() + b": " + _bytes(value) for name, value in header.items() if value is not None
    ]
    return b"\r\n".join([*lines, b"", _bytes(body)])


def lined_letter(fields: str, body: str = "Здравствуйте!\n") -> bytes:
    """Return a letter whose header begins with these lines; the usual fields follow, once each."""
    named = {line.partition(":")[0].lower() for line in fields.splitlines()}
    given = {name: None for name in ORDINARY if name.lower() in named}
    rest = raw_letter(body.replace("\n", "\r\n"), **given)
    return "".join(f"{line}\r\n" for line in fields.splitlines()).encode() + rest


def part(
    content: bytes | str, content_type: str = "text/plain; charset=utf-8", **fields: str
) -> bytes:
    """Return one part of a multipart, header and content."""
    header = {"Content-Type": content_type} | {k.replace("_", "-"): v for k, v in fields.items()}
    lines = [f"{name}: {value}".encode() for name, value in header.items()]
    return b"\r\n".join([*lines, b"", _bytes(content)])


def base64_part(content: bytes, content_type: str, **fields: str) -> bytes:
    """Return one part whose content travels as base64."""
    lines = encodebytes(content).replace(b"\n", b"\r\n")
    return part(lines, content_type, Content_Transfer_Encoding="base64", **fields)


def multipart(
    *parts: bytes, subtype: str = "mixed", boundary: str = "=_edge", **more: str
) -> bytes:
    """Return a whole letter of several parts."""
    return raw_letter(joined(*parts, boundary=boundary), **_typed(subtype, boundary), **more)


def container(*parts: bytes, subtype: str = "mixed", boundary: str = "=_inner") -> bytes:
    """Return a multipart to be put into another."""
    return part(joined(*parts, boundary=boundary), **_part_type(subtype, boundary))


def joined(*parts: bytes, boundary: str) -> bytes:
    edge = b"--" + boundary.encode()
    return b"".join(edge + b"\r\n" + one + b"\r\n" for one in parts) + edge + b"--\r\n"


def _typed(subtype: str, boundary: str) -> dict[str, str]:
    return {"Content_Type": f'multipart/{subtype}; boundary="{boundary}"'}


def _part_type(subtype: str, boundary: str) -> dict[str, str]:
    return {"content_type": f'multipart/{subtype}; boundary="{boundary}"'}


def _bytes(value: bytes | str) -> bytes:
    return value if isinstance(value, bytes) else value.encode()
