"""A small builder of letters, so that a test shows only what it is about."""

from base64 import encodebytes

HEADER = {
    "From": "Иван Петров <ivan@example.ru>",
    "To": "support@example.com",
    "Subject": "Привет",
    "Date": "Mon, 02 Mar 2026 10:00:00 +0300",
    "Message-ID": "<one@example.ru>",
    "MIME-Version": "1.0",
}


def letter(body: bytes | str = "Текст", /, **fields: str | bytes | None) -> bytes:
    """Return a letter; a field is named with ``_`` for ``-``, None leaves one out."""
    header: dict[str, str | bytes | None] = dict(HEADER)
    by_lower = {name.lower(): name for name in header}
    for name, value in fields.items():
        dashed = name.replace("_", "-")
        header[by_lower.get(dashed.lower(), dashed)] = value
    lines = [
        name.encode() + b": " + _bytes(value) for name, value in header.items() if value is not None
    ]
    return b"\r\n".join([*lines, b"", _bytes(body)])


def part(
    content: bytes | str, content_type: str = "text/plain; charset=utf-8", **fields: str
) -> bytes:
    """Return one part of a multipart, header and content."""
    header = {"Content-Type": content_type} | {k.replace("_", "-"): v for k, v in fields.items()}
    lines = [f"{name}: {value}".encode() for name, value in header.items()]
    return b"\r\n".join([*lines, b"", _bytes(content)])


def base64_part(content: bytes, content_type: str, **fields: str) -> bytes:
    """Return one part whose content travels as base64."""
    return part(encodebytes(content), content_type, Content_Transfer_Encoding="base64", **fields)


def multipart(
    *parts: bytes, subtype: str = "mixed", boundary: str = "=_edge", **more: str
) -> bytes:
    """Return a whole letter of several parts."""
    return letter(joined(*parts, boundary=boundary), **_typed(subtype, boundary), **more)


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
