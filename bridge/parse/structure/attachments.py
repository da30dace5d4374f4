"""The parts of a letter that are kept as files, under names that never vary (F11, F12, F17)."""

import hashlib
import mimetypes
import re

from bridge.parse.header.block import MAX_BLOCK, read_block
from bridge.parse.letter import Part
from bridge.parse.structure.encodings.true_encoding import undo_file
from bridge.parse.structure.file_names import safe_name
from bridge.parse.structure.mime import Node
from bridge.parse.text.charset import read_text
from bridge.parse.text.encoded_words import decode_words
from bridge.parse.text.storable import clean_line
from contract.bounds import MAX_ATTACHMENTS, MAX_LINE
from contract.event import Attachment

MAX_DESCRIPTION = 80
# Unregistered type names that senders use, and file extensions that tell the type.
_OF_TYPE = {
    **dict.fromkeys(("image/jpg", "image/pjpeg", "image/jpeg"), ".jpg"),
    "image/x-png": ".png",
    "application/x-pdf": ".pdf",
    **dict.fromkeys(("application/x-zip-compressed", "application/x-zip"), ".zip"),
    "application/x-rar-compressed": ".rar",
}
_OF_START = {
    b"%PDF-": ".pdf",
    b"\x89PNG": ".png",
    b"\xff\xd8\xff": ".jpg",
    b"GIF8": ".gif",
    b"PK\x03\x04": ".zip",
    b"Rar!": ".rar",
}
_EXTENSION = re.compile(r"\S\.[A-Za-z][A-Za-z0-9]{1,4}\Z")
_NAMES = {
    "text/calendar": "invitation.ics",
    "message/delivery-status": "delivery-status.txt",
    "message/disposition-notification": "disposition-notification.txt",
    "message/feedback-report": "feedback-report.txt",
    "text/rfc822-headers": "headers.txt",
    "application/pgp-signature": "signature.asc",
    "application/pkcs7-signature": "smime.p7s",
    "application/pkcs7-mime": "smime.p7m",
}


def read_attachments(nodes: tuple[Node, ...]) -> tuple[tuple[Part, ...], tuple[str, ...]]:
    """Return at most ``MAX_ATTACHMENTS`` attachments in the letter's order, and defects."""
    parts: list[Part] = []
    defects: list[str] = []
    for number, node in enumerate(nodes[:MAX_ATTACHMENTS], 1):
        undone = undo_file(node.encoded, node.encoding, node.content_type)
        parts.append(_part(node, number, undone.pieces[0]))
        if undone.defect:
            defects.append(f"{parts[-1].attachment.filename[:MAX_DESCRIPTION]}: {undone.defect}")
    if len(nodes) > MAX_ATTACHMENTS:
        defects.append(f"more than {MAX_ATTACHMENTS} attachments")
    return tuple(parts), tuple(defects)


def _part(node: Node, number: int, content: bytes) -> Part:
    content_id = (node.block.first("content-id") or b"").decode("utf-8", "replace")
    content_id = clean_line(content_id, MAX_LINE).strip("<> ")
    described = Attachment(
        filename=safe_name(node.filename) or _made_name(node, content, number),
        content_type=clean_line(node.content_type, MAX_LINE),
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        content_id=content_id,
        inline=node.disposition == "inline" or (bool(content_id) and not node.disposition),
    )
    return Part(described, content)


def _made_name(node: Node, content: bytes, number: int) -> str:
    """Name a part without a name: by its letter's subject, its description, or its place."""
    if node.content_type in ("message/rfc822", "message/global"):  # RFC 6532: UTF-8
        block = read_block(content[:MAX_BLOCK].lstrip())
        subject = decode_words(read_text(block.first("subject") or b""))
        name = safe_name(f"{subject.strip() or _described(node) or 'letter'}.eml")
        return name if _EXTENSION.search(name) else "letter.eml"  # a subject made of dots
    if node.content_type in _NAMES:
        return _NAMES[node.content_type]
    extension = _extension(node.content_type, content)
    described = _described(node)
    for told in (described, _located(node)):
        if _EXTENSION.search(told):
            return safe_name(decode_words(told))
    return safe_name(described + extension) if described else f"part-{number}{extension}"


def _extension(content_type: str, content: bytes) -> str:
    """Return the file extension for such content, by its type, else by its first bytes."""
    guessed = _OF_TYPE.get(content_type) or mimetypes.guess_extension(content_type, strict=True)
    if guessed and guessed != ".bin":
        return guessed
    known = (ending for start, ending in _OF_START.items() if content.startswith(start))
    return next(known, ".bin")


def _located(node: Node) -> str:
    """Fall back on Content-Location for a name, if the part has a disposition."""
    located = read_text(node.block.first("content-location") or b"").strip()
    return located if node.disposition and "/" not in located else ""


def _described(node: Node) -> str:
    text = decode_words(read_text(node.block.first("content-description") or b"")).strip()
    return text if len(text) <= MAX_DESCRIPTION else ""
