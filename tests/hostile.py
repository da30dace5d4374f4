"""Letters made to break parsers: each is named after what it does."""

from tests.letters import START

HEAD = (
    "From: Mallory <mallory@example.ru>\r\nTo: support@yandex.ru\r\n"
    "Subject: {name}\r\nMessage-ID: <{id}@hostile.example>\r\nMIME-Version: 1.0\r\n"
    f"Date: {START:%d %b %Y %H:%M:%S} +0000\r\n"
)


def nested(depth: int) -> bytes:
    """Return multipart bodies within each other, so many deep."""
    opened = "".join(
        f'Content-Type: multipart/mixed; boundary="b{level}"\r\n\r\n--b{level}\r\n'
        for level in range(depth)
    )
    return (opened + "Content-Type: text/plain\r\n\r\ndeep\r\n").encode()


def many_parts(count: int) -> bytes:
    """Return a flat multipart of so many parts."""
    part = "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n"
    return ('Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + part * count + "--b--").encode()


def html(text: str) -> bytes:
    """Return a body of HTML."""
    return b"Content-Type: text/html; charset=utf-8\r\n\r\n" + text.encode() + b"\r\n"


BODIES: dict[str, bytes] = {
    "nested a thousand deep": nested(1000),
    "fifty thousand parts": many_parts(50_000),
    "a flood of encoded words": ("X: " + "=?utf-8?q?x?=\r\n " * 20_000 + "\r\n\r\nx\r\n").encode(),
    "a header bomb": ("X-Bomb: y\r\n" * 30_000 + "\r\nx\r\n").encode(),
    "a header of a megabyte": b"X-Long: " + b"z" * 1_000_000 + b"\r\n\r\nx\r\n",
    "a line of a megabyte": b"\r\n" + b"z" * 1_000_000 + b"\r\n",
    "a hundred thousand references": ("References: " + "<a@b>\r\n " * 30_000 + "\r\nx").encode(),
    "ten thousand recipients": ("Cc: " + "a@b.ru,\r\n " * 10_000 + "c@d.ru\r\n\r\nx").encode(),
    "divs a hundred thousand deep": html("<div>" * 100_000),
    "two hundred thousand comments": html("<!--" * 200_000),
    "a table without end": html("<table><tr><td>" * 30_000),
    "quotes without end": ("\r\n" + ">" * 200_000 + " x\r\n" + "> x\r\n" * 50_000).encode(),
    "blank lines without end": b"\r\n" + b"\r\n" * 300_000,
    "NUL and control characters": b"\r\n" + b"\x00\x01\x02\x1b[31m" * 100_000 + b"\r\n",
    "a megabyte of control characters": b"\r\n" + b"\x01" * 1_040_000 + b"\r\n",
    "names of operators": b"$where: 1\r\na.b: 2\r\n__proto__: 3\r\n$set: 5\r\n\r\nx\r\n",
    "a charset that is none": b"Content-Type: text/plain; charset=zip\r\n\r\nx\r\n",
    "base64 that is none": b"Content-Transfer-Encoding: base64\r\n\r\n" + b"=" * 200_000,
    "a header without a body": b"X-End: cut off",
    "only bytes": bytes(range(256)) * 1000,
}


def letters() -> dict[str, bytes]:
    """Return the whole letters by name."""
    return {
        name: HEAD.format(name=name, id=number).encode() + body
        for number, (name, body) in enumerate(BODIES.items())
    }
