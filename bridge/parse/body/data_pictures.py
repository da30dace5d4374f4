"""Pictures inside HTML in ``data:`` addresses (RFC 2397), made into files of the letter.

A screenshot pasted into a text is such a picture. The page keeps a ``cid:`` address in its place,
as for any picture that is a part of the letter.
"""

import mimetypes
import re
from urllib.parse import unquote_to_bytes

from bridge.parse.header.block import Block, Field
from bridge.parse.structure.encodings.transfer_encoding import BASE64, decode
from bridge.parse.structure.mime import Node, file_node

MAX_PICTURES = 50
MAX_ADDRESSES = 1000

_ADDRESS = re.compile(
    rb"(\b(?:src|href|background|data|poster)\s*=\s*)"
    rb"(?:\"\s*data:([^\",]{0,200}),([^\"]*)\"|'\s*data:([^',]{0,200}),([^']*)'"
    rb"|data:([^\"'>\s,]{0,200}),([^\"'>\s]*))",
    re.IGNORECASE,
)
# Addresses in style sheets or source lists are not shown here, but their pictures are files, too.
_STYLED = re.compile(
    rb"(url\(\s*(?:[\"']|&quot;|&#0?3[49];)?\s*)data:([^,\"'>)]{0,200}),([^\"'\s)>&]*)",
    re.IGNORECASE,
)
_SOURCES = re.compile(rb"\bsrcset\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]+)", re.IGNORECASE)
_IN_SOURCES = re.compile(rb"(\A|[\s,=\"'])data:([^,\s\"']{0,200}),([^\s\"',>]*)", re.IGNORECASE)
_STARTS = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
_KEPT = re.compile(r"(?:image|audio|video|application)/(?!.*(?:script|html))[a-z0-9.+-]+")


class DataPictures:
    """Takes the pictures out of the pages of one letter; equal pictures become one file.

    ``files_before`` is the number of files before them: their names are numbers.
    """

    def __init__(self, files_before: int) -> None:
        self._before = files_before
        self.files: list[Node] = []
        self.names: dict[str, str] = {}
        self.too_many = False
        self._known: dict[bytes, bytes] = {}
        self._addresses = 0

    def take(self, page: bytes) -> bytes:
        """Return ``page`` with an address in place of each picture; unreadable pictures stay."""
        if b"data:" not in page and b"DATA:" not in page and b"Data:" not in page:
            return page
        page = _ADDRESS.sub(self._replaced, page)
        for found in _STYLED.finditer(page):
            self._content_id(found[2], found[3])
        for sources in _SOURCES.finditer(page):
            for found in _IN_SOURCES.finditer(sources.group()):
                self._content_id(found[2], found[3])
        return page

    def _replaced(self, found: re.Match[bytes]) -> bytes:
        kind, data = next((found[n], found[n + 1]) for n in (2, 4, 6) if found[n] is not None)
        content_id = self._content_id(kind, data)
        return found[1] + b'"cid:' + content_id + b'"' if content_id else found.group()

    def _content_id(self, kind: bytes, data: bytes) -> bytes:
        """Take one picture; return its Content-ID, empty if it is none or one too many."""
        self._addresses += 1
        if self._addresses > MAX_ADDRESSES:
            self.too_many = True
            return b""
        content_type, *parameters = kind.decode("latin-1").lower().replace(" ", "").split(";")
        is_base64 = "base64" in parameters
        if not content_type:  # RFC 2397: a missing type means plain text, but nobody means that
            start = _content(data[:16], is_base64)
            content_type = next(
                (told for mark, told in _STARTS.items() if start[:4].startswith(mark)), ""
            )
        content = _content(data, is_base64) if _KEPT.fullmatch(content_type) else b""
        if not content:
            return b""
        if content not in self._known:
            if len(self.files) >= MAX_PICTURES:
                self.too_many = True
                return b""
            self._known[content] = self._kept(content, content_type)
        return self._known[content]

    def _kept(self, content: bytes, content_type: str) -> bytes:
        """Keep a picture as a part of the letter; return its Content-ID."""
        number = self._before + len(self.files) + 1
        name = f"part-{number}{mimetypes.guess_extension(content_type) or '.bin'}"
        content_id = f"part-{number}.data".encode()
        node = file_node(name, content, content_type)
        node.block = Block((Field("Content-ID", content_id),), 0)
        node.disposition = "inline"
        self.files.append(node)
        self.names[content_id.decode()] = name
        return content_id


def _content(data: bytes, is_base64: bool) -> bytes:
    if b"%" in data:
        data = unquote_to_bytes(data)
    return decode(data, BASE64) if is_base64 else data
