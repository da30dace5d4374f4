"""Outlook's ``winmail.dat`` opened: its files and its text ([MS-OXTNEF] 2.1).

Our own small and bounded reader: the libraries for it are under the LGPL.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bridge.parse.containers.winmail_letter import as_letter, date, person, words
from bridge.parse.containers.winmail_properties import Malformed, Reader, properties
from bridge.parse.rich_text.compressed_rtf import decompressed
from bridge.parse.rich_text.rtf import read_rtf
from bridge.parse.structure.choice import Passage
from bridge.parse.structure.mime import Node, file_node
from bridge.parse.text.charset import read_text

MAX_ATTRIBUTES = 5000
MAX_FILES = 100
MAX_DEPTH = 3  # letters within letters

_SIGNATURE = bytes.fromhex("789f3e22")
_SIGNATURE_IN_BASE64 = b"eJ8+I"
FILE_NAME = "winmail.dat"
TYPES = ("application/ms-tnef", "application/vnd.ms-tnef", "application/x-tnef")

# attribute ids, [MS-OXTNEF] 2.1.3.2
_BODY, _MESSAGE_PROPERTIES, _CODE_PAGE = 0x0002800C, 0x00069003, 0x00069007
_MESSAGE_CLASS = 0x00078008
_NEW_FILE, _TITLE, _DATA, _FILE_PROPERTIES = 0x00069002, 0x00018010, 0x0006800F, 0x00069005
# property ids, [MS-OXPROPS]
_TEXT, _HTML, _RTF, _LONG_NAME, _MIME_TYPE = 0x1000, 0x1013, 0x1009, 0x3707, 0x370E
_FILE_BYTES = 0x3701
_SUBJECT, _SENDER, _SENT = 0x0037, 0x0C1A, 0x0039
_ADDRESSES, _TO = (0x5D01, 0x0C1F), 0x0E04
_UNICODE, _OBJECT = 0x001F, 0x000D
# A receipt: read, deleted unread or delivered, as Outlook writes it now and formerly, 2.1.3.3.
_RECEIPT = re.compile(
    r"REPORT\..{1,100}\.(?:IPNRN|IPNNRN|DR)|IPM\.Microsoft Mail\.Read Receipt", re.IGNORECASE
)
_CLASS_ID = 16  # precedes an object's bytes, [MS-OXTNEF] 2.1.3.4.2


@dataclass(frozen=True, slots=True)
class Unpacked:
    """The letter's files with every winmail.dat replaced by what it holds.

    ``words`` are its words; beside those of one that holds nothing else, and only as rich text,
    it stands itself: for where the letter says the same.
    """

    files: list[Node]
    words: tuple[tuple[Passage, Node | None], ...] = ()
    defects: tuple[str, ...] = ()


@dataclass(slots=True)
class _File:
    title: str = ""
    content_type: str = ""
    content: bytes = b""


@dataclass(slots=True)
class _Message:
    code_page: str = ""
    text: str = ""
    html: str = ""
    rtf: bytes = b""
    rich: bool = False
    files: list[_File] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    depth: int = 0


def open_tnef(files: list[Node]) -> Unpacked:
    """Replace every readable winmail.dat by its content, and return its words."""
    opened: list[Node] = []
    words: list[tuple[Passage, Node | None]] = []
    defects: list[str] = []
    for node in files:
        message = _read(node.content) if _is_tnef(node) else None
        if message is None or not (message.files or message.text or message.html):
            opened.append(node)
            continue
        defects.append("winmail.dat opened")
        opened.extend(_nodes(message))
        if message.text.strip() or message.html.strip():
            words.append((_passage(message), None if message.files or not message.rich else node))
    return Unpacked(opened, tuple(words), tuple(dict.fromkeys(defects)))


def is_receipt(content: bytes) -> bool:
    """Tell whether a winmail.dat is a receipt, by its message class."""
    for number, value in _attributes(content):
        if number == _MESSAGE_CLASS:
            return _RECEIPT.fullmatch(_string(value[:200], "")) is not None
    return False


def _is_tnef(node: Node) -> bool:
    if node.content_type in TYPES or node.filename.lower() == FILE_NAME:
        return True
    if not node.content_type.startswith("application/"):
        return False
    return node.encoded[:100].lstrip().startswith((_SIGNATURE, _SIGNATURE_IN_BASE64))


def _nodes(message: _Message) -> list[Node]:
    return [file_node(one.title, one.content, one.content_type) for one in message.files]


def _passage(message: _Message) -> Passage:
    def text_node(text: str, content_type: str) -> tuple[Node, ...]:
        node = file_node("", text.encode("utf-8", "replace"), content_type)
        node.parameters["charset"] = "utf-8"
        return (node,) if text.strip() else ()

    return Passage(text_node(message.text, "text/plain"), text_node(message.html, "text/html"))


def _read(content: bytes, depth: int = 0) -> _Message | None:
    """Read the attributes up to the end or to damage; None if it is not TNEF.

    Outlook also writes plain text as rich text: that is read as a last resort.
    """
    if content[:4] != _SIGNATURE:
        return None
    message = _Message(depth=depth)
    try:
        for number, value in _attributes(content):
            _add(message, number, value)
    except Malformed:  # of properties
        pass
    if not message.text.strip() and not message.html.strip():
        rich = read_rtf(decompressed(message.rtf))
        message.text, message.html, message.rich = rich.text, rich.page, True
    return message


def _attributes(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield number and value of each attribute, up to the end or to damage."""
    if content[:4] != _SIGNATURE:
        return
    reader = Reader(content[4:])
    try:
        reader.take(2)
        for _ in range(MAX_ATTRIBUTES):
            if reader.left < 9:
                return
            reader.take(1)
            number, size = reader.number(4), reader.number(4)
            value = reader.take(size)
            reader.take(min(2, reader.left))
            yield number, value
    except Malformed:
        return


def _add(message: _Message, number: int, value: bytes) -> None:
    if number == _CODE_PAGE:
        message.code_page = f"cp{int.from_bytes(value[:4], 'little')}"
    elif number == _BODY:
        message.text = message.text or _string(value, message.code_page)
    elif number == _MESSAGE_PROPERTIES:
        found = properties(value)
        message.text = _property(found, _TEXT, message.code_page) or message.text
        message.html = _property(found, _HTML, message.code_page)
        message.rtf = found.get(_RTF, (0, b""))[1]
        message.fields = _fields(found, message.code_page)
    elif number == _NEW_FILE and len(message.files) < MAX_FILES:
        message.files.append(_File())
    elif message.files:
        _add_to_file(message.files[-1], number, value, message)


def _add_to_file(one: _File, number: int, value: bytes, message: _Message) -> None:
    code_page = message.code_page
    if number == _TITLE:
        one.title = one.title or _string(value, code_page)
    elif number == _DATA:
        one.content = value
    elif number == _FILE_PROPERTIES:
        found = properties(value)
        one.title = _property(found, _LONG_NAME, code_page) or one.title
        one.content_type = _property(found, _MIME_TYPE, code_page).lower()
        kind, content = found.get(_FILE_BYTES, (0, b""))
        if kind == _OBJECT:
            _add_object(one, content[_CLASS_ID:], message.depth)
        elif not one.content:
            one.content = content


def _add_object(one: _File, content: bytes, depth: int) -> None:
    """Take in an attached object; a letter becomes one that any program opens."""
    inner = _read(content, depth + 1) if depth < MAX_DEPTH else None
    if inner is None or not (inner.text.strip() or inner.html.strip() or inner.files):
        one.content = content or one.content  # an object of another kind, or a contact, a list
        return
    texts = {"text/plain": inner.text, "text/html": inner.html}
    files = [(each.title, each.content_type, each.content) for each in inner.files]
    one.content, one.content_type = as_letter(inner.fields, texts, files), "message/rfc822"
    one.title = ""  # the name comes from its subject


def _fields(found: dict[int, tuple[int, bytes]], code_page: str) -> dict[str, str]:
    addresses = (_property(found, number, code_page) for number in _ADDRESSES)
    address = next((one for one in addresses if "@" in one), "")
    return {
        "From": person(_property(found, _SENDER, code_page), address),
        "To": words(_property(found, _TO, code_page)),
        "Subject": words(_property(found, _SUBJECT, code_page)),
        "Date": date(found.get(_SENT, (0, b""))[1]),
    }


def _property(found: dict[int, tuple[int, bytes]], number: int, code_page: str) -> str:
    kind, value = found.get(number, (0, b""))
    if kind == _UNICODE:
        return value.decode("utf-16-le", "replace").partition("\x00")[0]
    return _string(value, code_page)


def _string(value: bytes, code_page: str) -> str:
    return read_text(value.partition(b"\x00")[0], code_page)
