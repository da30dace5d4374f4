"""When a letter was read as a judge says: the rules, one function each.

They are told to the reader in ``docs/fidelity.md``; every leniency has its reason here.
"""

import re
import unicodedata
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from difflib import SequenceMatcher

from bridge.parse.html_text import text_of
from bridge.parse.letter import Letter
from bridge.parse.sanitise import sanitise
from tests.fidelity.sources import Digest, Expected

COLUMNS = ("from", "name", "subject", "body", "attachments", "id", "references", "date")
ENOUGH_ALIKE = 0.98
MAX_WORDS = 3000

Findings = dict[str, tuple[object, object]]


def disagreements(expected: Expected, letter: Letter) -> tuple[set[str], Findings]:
    """Return the columns that were compared, and of these what the judge said and what we read."""
    checks = {
        "from": _sender(expected, letter),
        "name": _name(expected, letter),
        "subject": _subject(expected, letter),
        "body": _body(expected, letter),
        "attachments": _attachments(expected, letter),
        "id": _id(expected, letter),
        "references": _references(expected, letter),
        "date": _date(expected, letter),
    }
    compared = {column for column, result in checks.items() if result is not None}
    return compared, {column: result for column, result in checks.items() if result}


def _sender(expected: Expected, letter: Letter) -> tuple[object, object] | tuple[()] | None:
    """Addresses are equal without regard to case and to the form of an international domain."""
    if not expected.sender:
        return None
    return _differ(_address(expected.sender), _address(letter.sender.address))


def _name(expected: Expected, letter: Letter) -> tuple[object, object] | tuple[()] | None:
    """A name that only repeats the address counts as none."""
    if expected.name is None:
        return None
    wanted, ours = _line(expected.name).strip("\"'"), letter.sender.name.strip("\"'")
    bare = {_line(expected.sender or "").lower(), letter.sender.address.lower(), ""}
    if wanted.lower() in bare and ours.lower() in bare:
        return ()
    return _differ(wanted, _line(ours))


def _subject(expected: Expected, letter: Letter) -> tuple[object, object] | tuple[()] | None:
    if expected.subject is None:
        return None
    return _differ(_line(expected.subject), _line(letter.subject))


def _body(expected: Expected, letter: Letter) -> tuple[object, object] | tuple[()] | None:
    """White space does not count, and of the words one in fifty may differ.

    Judges mark links, rules and tables of HTML in ways of their own; a wrong charset or a part
    too many changes far more. Where a judge prefers HTML, its HTML is read by our own renderer.
    """
    if isinstance(expected.text, Digest):
        return _digest(expected.text, letter)
    if expected.text is not None:
        if alike(expected.text, letter.body):
            return ()
        wanted = expected.text
    elif expected.html is not None:
        wanted = text_of(sanitise(expected.html))
    else:
        return None
    if alike(wanted, letter.body) or alike(_with_attached(letter), wanted):
        return ()
    return wanted, letter.body


def _digest(wanted: Digest, letter: Letter) -> tuple[object, object] | tuple[()]:
    """Of a long text the judge keeps the head and the length; both must be near."""
    head = _words(wanted.head)[:-1]
    for ours in (letter.body, _with_attached(letter)):
        words = _words(ours)
        length = len(" ".join(ours.split()))
        if abs(length - wanted.length) <= max(20, wanted.length * 0.03) and _near(
            head, words[: len(head)]
        ):
            return ()
    return (wanted.length, wanted.head), (len(" ".join(letter.body.split())), letter.body)


def _with_attached(letter: Letter) -> str:
    """The reference reader adds the text of attached letters and reports to the body."""
    attached = [
        part.content.decode("utf-8", "replace")
        for part in letter.parts
        if part.attachment.content_type.startswith(("message/", "text/"))
    ]
    return "\n".join([letter.body, *attached])


def alike(one: str, other: str) -> bool:
    """Tell whether two texts are the same but for white space and one word in fifty."""
    first, second = _words(one), _words(other)
    return "".join(first) == "".join(second) or _near(first, second)


def _near(first: list[str], second: list[str]) -> bool:
    first, second = first[:MAX_WORDS], second[:MAX_WORDS]
    if abs(len(first) - len(second)) > 0.05 * max(len(first), len(second)):
        return False
    return SequenceMatcher(None, first, second, autojunk=False).ratio() >= ENOUGH_ALIKE


def _attachments(expected: Expected, letter: Letter) -> tuple[object, object] | tuple[()] | None:
    """The number, every name the judge gives, and the sizes."""
    if expected.attachments is None:
        return None
    ours = [part.attachment for part in letter.parts]
    wanted = (expected.attachments, expected.names, expected.sizes)
    found = [(one.filename, one.content_type, one.size) for one in ours]
    if len(ours) != expected.attachments:
        return wanted, found
    names = Counter(map(_file_name, expected.names or ()))
    if names - Counter(_file_name(one.filename) for one in ours):
        return wanted, found
    if expected.sizes and not _same_sizes(expected.sizes, [one.size for one in ours]):
        return wanted, found
    return ()


def _same_sizes(wanted: tuple[int, ...], ours: list[int]) -> bool:
    """Line ends of text may be counted as one byte or two."""
    pairs = zip(sorted(wanted), sorted(ours), strict=True)
    return all(abs(one - other) <= max(2, other * 0.05) for one, other in pairs)


def _id(expected: Expected, letter: Letter) -> tuple[object, object] | tuple[()] | None:
    if not expected.message_id:
        return None
    wanted = re.sub(r"[\s<>]", "", expected.message_id)
    return _differ(wanted, letter.message_id or "")


def _references(expected: Expected, letter: Letter) -> tuple[object, object] | tuple[()] | None:
    """The last id decides where a letter belongs; ids without ``@`` are dropped by rule."""
    if expected.references is None:
        return None
    wanted = {one for value in expected.references for one in _ids(value)}
    ours = set(letter.references)
    return _differ(sorted(wanted - {letter.message_id}), sorted(ours))


def _date(expected: Expected, letter: Letter) -> tuple[object, object] | tuple[()] | None:
    wanted = _moment(expected.date) if expected.date else None
    if wanted is None:
        return None
    return _differ(wanted, letter.date.astimezone(UTC) if letter.date else None)


def _moment(value: str) -> datetime | None:
    if value.startswith("datetime.datetime("):
        numbers = re.match(r"datetime\.datetime\(([\d, ]+)", value)
        if not numbers:
            return None
        year, month, day, *clock = (int(n) for n in numbers.group(1).split(",") if n.strip())
        hour, minute, second = (*clock, 0, 0, 0)[:3]
        offset = re.search(r"days=(-?\d+)", value), re.search(r"seconds=(-?\d+)", value)
        shift = sum(
            int(found.group(1)) * unit
            for found, unit in zip(offset, (86400, 1), strict=True)
            if found
        )
        at = datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp() - shift
        return datetime.fromtimestamp(at, UTC)
    try:
        return datetime.fromisoformat(value).astimezone(UTC).replace(microsecond=0)
    except ValueError:
        return None


def _ids(value: str) -> list[str]:
    found = re.findall(r"<([^<>]+)>", value) or re.findall(r"[^\s<>,]+", value)
    return [squeezed for one in found if "@" in (squeezed := re.sub(r"\s+", "", one))]


def _differ(wanted: object, ours: object) -> tuple[object, object] | tuple[()]:
    return () if wanted == ours else (wanted, ours)


def _line(value: str) -> str:
    return " ".join(unicodedata.normalize("NFC", value.replace("\x00", "")).split())


def _words(value: str) -> list[str]:
    value = unicodedata.normalize("NFC", value.replace("\u200b", "").replace("\ufeff", ""))
    return value.split()


def _file_name(value: str) -> str:
    """Paths are cut, and signs that some readers replace do not count."""
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", value))[-1]
    return re.sub(r"[\s_\W]+", "", name).lower()


def _address(value: str) -> str:
    local, at, domain = _line(value).lower().rpartition("@")
    with suppress(UnicodeError):
        domain = domain.encode("ascii").decode("idna")
    return f"{local}{at}{domain}".strip("<> .")
