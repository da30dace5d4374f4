"""The meaning of the line given to *Trace*: pure.

People paste what they have: a header field, a name with its address, a ``mailto:`` link, the
server's answer to the sender's program. Each names a letter or a person by its content. Text pasted
from a header is read as it was when the letter was stored: encoded words are decoded (RFC 2047),
white space in a Message-ID does not count.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from html import unescape
from urllib.parse import unquote

from contract.subject import mark_of, prefix_of, visible

MAX_WORDS = 2000  # twice the contract's length of a Message-ID
_FIELD = re.compile(
    r"(?:message-id|in-reply-to|references|subject|from|to|cc|reply-to|sender|return-path"
    r"|тема|от|кому|копия)\s*:\s*",
    re.IGNORECASE,
)
_OF_PEOPLE = re.compile(r"(?:from|to|cc|reply-to|sender|return-path|от|кому|копия)\s*:", re.I)
_LINK = re.compile(r"mailto:([^?\s]+)", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"<([^<>]+)>")
_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)+\"@[^\s<>,;\"()]+")
_OWN_ID = re.compile(r"(?:^|\s)message-id\s*:\s*(<[^<>]+>)", re.IGNORECASE)
_SCHEME = re.compile(r"(?:mid|cid|news|rfc822msgid):", re.IGNORECASE)
_ALONE = re.compile(r"[^\s<>,;\"()]+@[^\s<>,;\"()]+")
_SPOOLED = re.compile(r"\b(\d{16})-[0-9a-f]{16}\b")
_ANSWER = re.compile(r"(?:\d{3}[ -].*?)?\d{16}-[0-9a-f]{16}")
_SIGNS = re.compile(r"[\"«»“”„]+")


@dataclass(frozen=True)
class Pasted:
    """A line as given (``line``), and what it may mean.

    ``name`` is a Message-ID or an address, or empty, ``is_person`` if it can only be an address;
    ``ids`` are all Message-IDs that may be meant, as stored; ``words`` may be those of a subject;
    ``number`` is the id of a letter in the bridge's answer, ``taken`` the second when it took it:
    such digits may also be a part of a Message-ID or a subject.
    """

    line: str
    name: str = ""
    words: str = ""
    taken: datetime | None = None
    number: str = ""
    is_person: bool = False
    ids: frozenset[str] = frozenset()

    @property
    def is_bare(self) -> bool:
        """Whether a name is typed like an address, seldom like a Message-ID: without ``<>``."""
        return "@" in self.name and self.line == self.name

    @property
    def subject(self) -> str:
        """``words`` without what answering, forwarding, a list or a ticket put before them."""
        text = visible(self.words)
        while True:
            prefix = prefix_of(text)
            rest = text[prefix.end if prefix else len(mark_of(text)) :].strip()
            if not rest or rest == text:
                return text
            text = rest


def read_pasted(text: str) -> Pasted:
    """Return what a line may mean."""
    line = " ".join(text.split())[:MAX_WORDS]
    read = _written_out(line)
    spooled = _SPOOLED.search(read)
    if spooled and _ANSWER.fullmatch(read):
        return Pasted(line, taken=taken_at(spooled[0]), number=spooled[0])
    own = _OWN_ID.search(read)  # of a whole header, it is the letter that is meant
    rest = own[1] if own else (_FIELD.sub("", read, count=1) if _FIELD.match(read) else read)
    words = " ".join(_SIGNS.sub(" ", rest).split())
    name = _name_in(rest)
    is_person = "@" in name and not own and _is_person(read, rest, name)
    taken, number = (taken_at(spooled[0]), spooled[0]) if spooled else (None, "")
    ids = _ids(rest, name, words) | _ids(line, _name_in(line), "")
    return Pasted(line, name, words, taken, number, is_person, ids)


def _written_out(line: str) -> str:
    """Undo what a header, a page's source or a link did to a line."""
    read = unescape(line) if "&lt;" in line else line
    read = unquote(read) if "<" not in read and "%3c" in read.casefold() else read
    return " ".join(_decoded(read).split()) if "=?" in read else read


def _decoded(line: str) -> str:
    """Return a line with its encoded words decoded; unchanged if that is impossible."""
    try:
        return "".join(
            part
            if isinstance(part, str)
            else part.decode(charset or "raw-unicode-escape", "replace")
            for part, charset in decode_header(line)
        )
    except (HeaderParseError, LookupError, ValueError):
        return line


def _ids(rest: str, name: str, words: str) -> frozenset[str]:
    """Return the Message-IDs that may be meant; ``words`` are one without ``@``."""
    found = {_squeezed(each) for each in (name, _SCHEME.sub("", name, count=1), rest)}
    return frozenset((found | ({words} if " " not in words else set())) - {""})


def _squeezed(text: str) -> str:
    return re.sub(r"[\s<>]+", "", text)


def _is_person(line: str, rest: str, name: str) -> bool:
    """Tell whether a name is an address by its field, its link, or the words before it.

    ``17@example.ru`` alone may be either.
    """
    if line != rest:
        return _OF_PEOPLE.match(line) is not None
    return bool(_LINK.search(rest)) or _squeezed(rest) != _squeezed(name)


def taken_at(number: str) -> datetime:
    """Return when the bridge took a letter, by its id: microseconds, and a random part.

    Raises ValueError for any other text.
    """
    return datetime.fromtimestamp(int(number.partition("-")[0]) // 1_000_000, UTC)


def _name_in(text: str) -> str:
    """Return the Message-ID or the address of a line, or nothing."""
    if link := _LINK.search(text):
        return link[1]
    named = _IN_BRACKETS.findall(text)
    if with_at := next((each for each in named if "@" in each), ""):
        return with_at if _QUOTED.fullmatch(with_at) else "".join(with_at.split())
    if in_one := [each for each in named if " " not in each]:
        return str(in_one[-1])
    if quoted := _QUOTED.search(text):
        return quoted[0]
    bare = text.strip("<> ")
    if "@" in bare and " " not in bare:
        return bare
    alone = _ALONE.search(text)
    return alone[0].strip(".:'") if alone else ""
