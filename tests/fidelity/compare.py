"""When a letter was read as a judge says: the rules, one function each.

They are told to the reader in ``docs/fidelity.md``; every leniency has its reason here.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from difflib import SequenceMatcher

from bridge.parse.charset import read_text
from bridge.parse.html_text import text_of
from bridge.parse.letter import Letter
from bridge.parse.message import read_letter
from bridge.parse.sanitise import sanitise
from contract.event import Attachment
from tests.fidelity.sources import Digest, Expected

COLUMNS = ("from", "name", "subject", "body", "attachments", "digests", "id", "references", "date")
ENOUGH_ALIKE = 0.98
MAX_WORDS = 3000
MAX_DEPTH = 5
MORE_TEXTS = 5
MAX_SUMMARY = 200  # what the reference reader writes of an attached letter's header

_IMAGE = re.compile(r"\[(?:image: |encrypted with )[^\]]*\]")  # our own marks
_NO_SIGN = re.compile("[\u200b\ufeff\u00ad\x00]")
_MADE_NAME = re.compile(r"part-\d+\.\w+|letter\.eml|[a-z]+\.(?:asc|p7s|p7m|txt)")
_SECURITY = frozenset({
    "application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature",
    "application/pgp-encrypted",
})  # fmt: skip
Result = tuple[object, object] | tuple[()] | None
Findings = dict[str, tuple[object, object]]


def disagreements(expected: Expected, letter: Letter) -> tuple[set[str], Findings]:
    """Return the columns that were compared, and of these what the judge said and what we read."""
    checks = {
        "from": _sender(expected, letter),
        "name": _name(expected, letter),
        "subject": _subject(expected, letter),
        "body": _body(expected, letter),
        "attachments": _attachments(expected, letter),
        "digests": _digests(expected, letter),
        "id": _id(expected, letter),
        "references": _references(expected, letter),
        "date": _date(expected, letter),
    }
    for column, result in checks.items():
        if result and _judge_blind(*result):
            checks[column] = None
    compared = {column for column, result in checks.items() if result is not None}
    return compared, {column: result for column, result in checks.items() if result}


def _judge_blind(wanted: object, ours: object) -> bool:
    """A text that the judge shows as U+FFFD for a good part, and we do not, is no expectation."""
    return str(wanted).count("\ufffd") * 10 > len(str(wanted)) and "\ufffd" not in str(ours)


def _sender(expected: Expected, letter: Letter) -> Result:
    """Addresses are equal without regard to case and to the form of an international domain."""
    if not expected.sender:
        return None
    return _differ(_address(expected.sender), _address(letter.sender.address))


def _name(expected: Expected, letter: Letter) -> Result:
    """A name that only repeats the address counts as none."""
    if expected.name is None:
        return None
    wanted, ours = _line(expected.name).strip("\"'"), letter.sender.name.strip("\"'")
    bare = {_line(expected.sender or "").lower(), letter.sender.address.lower(), ""}
    if wanted.lower() in bare and ours.lower() in bare:
        return ()
    return _differ(wanted, _line(ours))


def _subject(expected: Expected, letter: Letter) -> Result:
    if expected.subject is None:
        return None
    return _differ(_line(expected.subject), _line(letter.subject))


def _body(expected: Expected, letter: Letter) -> Result:
    """Of the words one in fifty may differ, white space does not count.

    Judges mark links, rules and images of HTML in ways of their own; a wrong charset or a part
    too many changes far more. A judge that prefers HTML is compared with the letter's HTML.
    """
    if isinstance(expected.text, Digest):
        return _digest(expected.text, letter)
    if expected.text is not None:
        wanted = expected.text
    elif expected.html is not None:
        wanted = text_of(sanitise(expected.html))
    else:
        return None
    for ours in _readings(letter):
        if alike(wanted, ours) or (wanted.strip() and _first_part(wanted, letter)):
            return ()
    return wanted, letter.body


def _readings(letter: Letter) -> Iterator[str]:
    """The body; the other alternative; and what a judge adds that counts attached letters in."""
    yield letter.body
    if letter.html:
        yield text_of(letter.html)
    reports = [text for kind, text in _attached(letter) if kind == "message/delivery-status"]
    letters = [text for kind, text in _attached(letter) if kind != "message/delivery-status"]
    for added in (reports, letters, reports + letters):
        if added:
            yield "\n".join([letter.body, *added])
            yield "\n".join(added)


def _attached(letter: Letter) -> list[tuple[str, str]]:
    """The texts of the attached letters and reports, as a judge may add them."""
    texts = []
    for part in letter.parts:
        kind = part.attachment.content_type
        if kind == "message/rfc822":
            texts.append((kind, read_letter(part.content).body))
        elif kind.startswith(("message/", "text/")):
            texts.append((kind, read_text(part.content)))
    return texts


def _first_part(wanted: str, letter: Letter) -> bool:
    """Some judges keep only the first of several text parts: it must end at a line's end."""
    start = letter.body.strip()[: len(wanted.strip()) + 1]
    return start.strip() == wanted.strip() and len(wanted.split()) > 0 and _is_joined(letter)


def _is_joined(letter: Letter) -> bool:
    return any(
        "multipart/mixed" in value.lower()
        for name, value in letter.headers
        if name.lower() == "content-type"
    )


def _digest(wanted: Digest, letter: Letter) -> Result:
    """Of a long text the judge keeps digest, head and length; the last two may be near instead.

    The reference reader adds the text of attached letters, with their headers, to the body.
    """
    for ours in _readings(letter):
        collapsed = " ".join(ours.split())
        if hashlib.sha256(collapsed.encode()).hexdigest() == wanted.sha256:
            return ()
        slack = 0.5 if "\ufffd" in wanted.head or "ï¿½" in wanted.head else 0.03
        near = abs(len(ours) - wanted.length) <= max(20, wanted.length * slack)
        if near and _same_head(wanted.head, ours):
            return ()
    attached = [len(part.content) for part in letter.parts if _is_no_file(part.attachment)]
    longest = len(letter.body) + 2 * sum(attached) + MAX_SUMMARY * len(attached)
    between = len(letter.body) * 0.97 < wanted.length < longest
    if attached and between and _same_head(wanted.head, letter.body):
        return ()
    return (wanted.length, wanted.head), (len(letter.body), letter.body)


def _same_head(head: str, ours: str) -> bool:
    words = _words(head)[:-1]
    found = _words(ours)
    size = min(len(words), len(found))
    if "\ufffd" in head or "ï¿½" in head:
        return same_signs("".join(words[: size - 1]), "".join(found[: size - 1]))
    return _near(words[:size], found[:size])


def alike(wanted: str, ours: str) -> bool:
    """Tell whether two texts are the same but for white space and one word in fifty."""
    first, second = _words(wanted), _words(ours)
    return (
        same_signs("".join(first), "".join(second))
        or _near(first, second)
        or _near_but_for_lost_signs(first, second)
    )


def _near_but_for_lost_signs(first: list[str], second: list[str]) -> bool:
    """Tell whether the texts are near where the judge left out the signs it could not read."""
    readable = [_readable(word) for word in second]
    most = sum(map(len, readable)) * 2 > sum(map(len, second))
    return most and "".join(first).isascii() and _near(first, readable)


def same_signs(wanted: str, ours: str) -> bool:
    """Tell whether two lines are equal, where the judge could read them.

    Where it could not it wrote U+FFFD, ``ï¿½`` for that, or left the sign out.
    """
    if wanted == ours:
        return True
    if "\ufffd" in wanted or "ï¿½" in wanted:
        pieces = re.split("(?:\ufffd|ï¿½)+", wanted)
        pattern = "[^\x00-\x7f]*".join(map(re.escape, pieces))
        return bool(re.fullmatch(pattern, ours))
    return len(wanted) * 2 > len(ours) and wanted.isascii() and wanted == _readable(ours)


def _readable(text: str) -> str:
    return "".join(sign for sign in text if sign < "\x80")


def _near(first: list[str], second: list[str]) -> bool:
    first, second = first[:MAX_WORDS], second[:MAX_WORDS]
    if abs(len(first) - len(second)) > max(1, 0.05 * max(len(first), len(second))):
        return False
    return SequenceMatcher(None, first, second, autojunk=False).ratio() >= ENOUGH_ALIKE


def _attachments(expected: Expected, letter: Letter) -> Result:
    """The number, every name the judge gives, and the sizes.

    Judges differ on parts that nobody attached as a file: reports, attached letters, signatures,
    parts without a name. Such a part may be counted or not, and may be named in any way. A judge
    by RFC 8621 also counts texts that stand in neither of its two body lists.
    """
    if expected.attachments is None:
        return None
    ours = [part.attachment for part in letter.parts]
    files = [one for one in ours if not _is_no_file(one)]
    wanted = (expected.attachments, expected.names, expected.sizes)
    found = [(one.filename, one.content_type, one.size) for one in ours]
    names = {_file_name(one.filename) for one in ours}
    unknown = [name for name in expected.names or () if not _is_among(_file_name(name), names)]
    fits = (
        len(files) <= expected.attachments <= len(ours) + MORE_TEXTS * expected.texts_may_count
        and len(unknown) <= len(ours) - len(files)
        and (not expected.sizes or _same_sizes(expected.sizes, files))
    )
    return () if fits else (wanted, found)


def _digests(expected: Expected, letter: Letter) -> Result:
    """Every binary part's bytes, also those inside an attached letter, which stays whole here."""
    if not expected.digests:
        return None
    missing = set(expected.digests) - _all_digests(letter, 0)
    return (sorted(missing), [part.attachment for part in letter.parts]) if missing else ()


def _all_digests(letter: Letter, depth: int) -> set[str]:
    found = {part.attachment.sha256 for part in letter.parts}
    for part in letter.parts:
        if part.attachment.content_type == "message/rfc822" and depth < MAX_DEPTH:
            found |= _all_digests(read_letter(part.content), depth + 1)
    return found


def _is_no_file(one: Attachment) -> bool:
    return one.content_type.startswith(("message/", "text/rfc822", "text/calendar")) or (
        one.content_type in _SECURITY or bool(_MADE_NAME.fullmatch(one.filename))
    )


def _is_among(name: str, names: set[str]) -> bool:
    return any(same_signs(name, other) for other in names)


def _same_sizes(wanted: tuple[int, ...], files: list[Attachment]) -> bool:
    """Every file has a size the judge names; line ends of text may count one byte or two."""
    left = sorted(wanted)
    for one in sorted(files, key=lambda one: one.size):
        slack = max(2, one.size // 20) if one.content_type.startswith("text/") else 2
        fitting = next((size for size in left if abs(size - one.size) <= slack), None)
        if fitting is None:
            return False
        left.remove(fitting)
    return True


def _id(expected: Expected, letter: Letter) -> Result:
    if not expected.message_id:
        return None
    wanted = re.sub(r"[\s<>]", "", expected.message_id)
    return _differ(wanted, letter.message_id or "")


def _references(expected: Expected, letter: Letter) -> Result:
    """The last id decides where a letter belongs; ids without ``@`` are dropped by rule."""
    if expected.references is None:
        return None
    wanted = {one for value in expected.references for one in _ids(value)}
    ours = set(letter.references)
    return _differ(sorted(wanted - {letter.message_id}), sorted(ours))


def _date(expected: Expected, letter: Letter) -> Result:
    wanted = None
    if expected.date and not _no_date(expected.date):
        wanted = _moment(expected.date)
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
    if isinstance(wanted, str) and isinstance(ours, str) and same_signs(wanted, ours):
        return ()
    return () if wanted == ours else (wanted, ours)


def _no_date(value: str) -> bool:
    """A year beyond belief is a judge's way to say that it found no date."""
    year = re.search(r"\d{4}", value)
    return not year or not 1960 <= int(year.group()) <= 2100


def _line(value: str) -> str:
    return " ".join(unicodedata.normalize("NFC", value.replace("\x00", "")).split())


def _words(value: str) -> list[str]:
    value = unicodedata.normalize("NFC", _IMAGE.sub(" ", _NO_SIGN.sub("", value)))
    return value.split()


def _file_name(value: str) -> str:
    """Paths are cut, and signs that some readers replace do not count."""
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", value))[-1]
    return re.sub(r"[\s_\W]+", "", name).lower()


def _address(value: str) -> str:
    local, at, domain = _line(value).lower().rpartition("@")
    with suppress(UnicodeError):
        domain = domain.encode("ascii").decode("idna")
    return f"{local}{at}{domain}".strip('<> ."')
