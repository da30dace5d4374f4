"""Pictures that travel inside HTML, in ``data:`` addresses (RFC 2397), made files of the letter.

A screenshot that was pasted into a text is such a picture. The page keeps a ``cid:`` address in its
place, as of any picture that is a part of the letter.
"""

import mimetypes
import re
from urllib.parse import unquote_to_bytes

from bridge.parse.header.block import Block, Field
from bridge.parse.structure.mime import Node, file_node
from bridge.parse.structure.transfer_encoding import BASE64, decode

MAX_PICTURES = 50
MAX_ADDRESSES = 1000

_ADDRESS = re.compile(
    rb"(\b(?:src|href|background|data|poster)\s*=\s*)"
    rb"(?:\"\s*data:([^\",]{0,200}),([^\"]*)\"|'\s*data:([^',]{0,200}),([^']*)'"
    rb"|data:([^\"'>\s,]{0,200}),([^\"'>\s]*))",
    re.IGNORECASE,
)
_KEPT = re.compile(r"(?:image|audio|video|application)/(?!.*(?:script|html))[a-z0-9.+-]+")


class DataPictures:
    """Takes the pictures out of the pages of one letter; the same picture is one file.

    ``files_before`` is how many files of the letter stand before them: they are named by number.
    """

    def __init__(self, files_before: int) -> None:
        self._before = files_before
        self.files: list[Node] = []
        self.names: dict[str, str] = {}
        self.too_many = False
        self._known: dict[bytes, bytes] = {}
        self._addresses = 0

    def take(self, page: bytes) -> bytes:
        """Return ``page`` with an address in place of each picture; the others stay as they are."""
        if b"data:" not in page and b"DATA:" not in page and b"Data:" not in page:
            return page
        return _ADDRESS.sub(self._replaced, page)

    def _replaced(self, found: re.Match[bytes]) -> bytes:
        self._addresses += 1
        if self._addresses > MAX_ADDRESSES:
            self.too_many = True
            return found.group()
        kind, data = next((found[n], found[n + 1]) for n in (2, 4, 6) if found[n] is not None)
        content_type, *parameters = kind.decode("latin-1").lower().replace(" ", "").split(";")
        content = _content(data, "base64" in parameters) if _KEPT.fullmatch(content_type) else b""
        if not content:
            return found.group()
        if content not in self._known:
            if len(self.files) >= MAX_PICTURES:
                self.too_many = True
                return found.group()
            self._known[content] = self._kept(content, content_type)
        return found[1] + b'"cid:' + self._known[content] + b'"'

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
