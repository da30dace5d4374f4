"""What somebody means by the line that he gives to *Trace*: pure.

People paste what they have: a header field, a name with its address, a ``mailto:`` link, the
server's answer to the sender's program. Each names a letter or a person by what is within it.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

MAX_WORDS = 2000  # twice what the contract has of a Message-ID
_FIELD = re.compile(
    r"(?:message-id|in-reply-to|references|subject|from|to|cc|reply-to|sender|return-path"
    r"|тема|от|кому|копия)\s*:\s*",
    re.IGNORECASE,
)
_OF_PEOPLE = re.compile(r"(?:from|to|cc|reply-to|sender|return-path|от|кому|копия)\s*:", re.I)
_LINK = re.compile(r"mailto:([^?\s]+)", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"<([^<>\s]+)>")
_ALONE = re.compile(r"[^\s<>,;\"()]+@[^\s<>,;\"()]+")
_SPOOLED = re.compile(r"\b(\d{16})-[0-9a-f]{16}\b")
_SIGNS = re.compile(r"[\"«»“”„]+")


@dataclass(frozen=True)
class Pasted:
    """A line as it was given (``line``), and what it may mean.

    ``name`` is a Message-ID or an address, or nothing, and ``is_person`` if it can be an address
    only; ``words`` may be those of a subject; ``number`` is the id of a letter in the bridge's
    answer, ``taken`` the second when it took it.
    """

    line: str
    name: str = ""
    words: str = ""
    taken: datetime | None = None
    number: str = ""
    is_person: bool = False


def read_pasted(text: str) -> Pasted:
    """Return what a line may mean."""
    line = " ".join(text.split())[:MAX_WORDS]
    rest = _FIELD.sub("", line, count=1) if _FIELD.match(line) else line
    if spooled := _SPOOLED.search(rest):
        return Pasted(line, taken=taken_at(spooled[0]), number=spooled[0])
    words = " ".join(_SIGNS.sub(" ", rest).split())
    name = _name_in(rest)
    return Pasted(line, name, words, is_person="@" in name and _is_person(line, rest, name))


def _is_person(line: str, rest: str, name: str) -> bool:
    """Tell whether a name is an address by its field, its link, or the words before it.

    ``17@example.ru`` alone may be either.
    """
    if line != rest:
        return _OF_PEOPLE.match(line) is not None
    return bool(_LINK.search(rest)) or rest.strip("<> ") != name


def taken_at(number: str) -> datetime:
    """Return the second when the bridge took a letter, by its id: microseconds, and a random part.

    Raises ValueError where it is no such id.
    """
    return datetime.fromtimestamp(int(number.partition("-")[0]) // 1_000_000, UTC)


def _name_in(text: str) -> str:
    """Return the Message-ID or the address of a line, or nothing."""
    if link := _LINK.search(text):
        return link[1]
    named = _IN_BRACKETS.findall(text)
    if named:
        return str(next((each for each in named if "@" in each), named[-1]))
    bare = text.strip("<> ")
    if "@" in bare and " " not in bare:
        return bare
    alone = _ALONE.search(text)
    return alone[0].strip(".:'") if alone else ""
