"""When a letter was read as a judge says: the rules, one function each.

They are told to the reader in ``docs/fidelity.md``; every leniency has its reason here.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime

from bridge.parse.letter import ParsedLetter
from bridge.parse.message import read_letter
from bridge.parse.text.charset import read_text
from contract.html.html_text import text_of
from contract.html.sanitise import sanitise
from tests.measure.fidelity.files import attachments, digests, is_no_file
from tests.measure.fidelity.sources import Digest, Expected
from tests.measure.fidelity.texts import alike, differ, near, one_line, same_signs, words_of

COLUMNS = ("from", "name", "subject", "body", "attachments", "digests", "id", "references", "date")
MAX_SUMMARY = 200  # what the reference reader writes of an attached letter's header

Result = tuple[object, object] | tuple[()] | None
Findings = dict[str, tuple[object, object]]


def disagreements(expected: Expected, letter: ParsedLetter) -> tuple[set[str], Findings]:
    """Return the columns compared, and for those that differ the judge's value and ours."""
    checks = {
        "from": _sender(expected, letter),
        "name": _name(expected, letter),
        "subject": _subject(expected, letter),
        "body": _body(expected, letter),
        "attachments": attachments(expected, letter),
        "digests": digests(expected, letter),
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


def _sender(expected: Expected, letter: ParsedLetter) -> Result:
    """Addresses are equal without regard to case and to the form of an international domain."""
    if not expected.sender:
        return None
    return differ(_address(expected.sender), _address(letter.from_.address))


def _name(expected: Expected, letter: ParsedLetter) -> Result:
    """A name that only repeats the address counts as none."""
    if expected.name is None:
        return None
    wanted, ours = one_line(expected.name).strip("\"'"), letter.from_.name.strip("\"'")
    bare = {one_line(expected.sender or "").lower(), letter.from_.address.lower(), ""}
    if wanted.lower() in bare and ours.lower() in bare:
        return ()
    return differ(wanted, one_line(ours))


def _subject(expected: Expected, letter: ParsedLetter) -> Result:
    if expected.subject is None:
        return None
    return differ(one_line(expected.subject), one_line(letter.subject))


def _body(expected: Expected, letter: ParsedLetter) -> Result:
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
    return wanted, letter.text


def _readings(letter: ParsedLetter) -> Iterator[str]:
    """Return the body, the other alternative, and a judge's extra text of attached letters."""
    yield letter.text
    if letter.html:
        yield text_of(letter.html)
    reports = [text for kind, text in _attached(letter) if kind == "message/delivery-status"]
    letters = [text for kind, text in _attached(letter) if kind != "message/delivery-status"]
    for added in (reports, letters, reports + letters):
        if added:
            yield "\n".join([letter.text, *added])
            yield "\n".join(added)


def _attached(letter: ParsedLetter) -> list[tuple[str, str]]:
    """The texts of the attached letters and reports, as a judge may add them."""
    texts = []
    for part in letter.parts:
        kind = part.attachment.content_type
        if kind == "message/rfc822":
            texts.append((kind, read_letter(part.content).text))
        elif kind.startswith(("message/", "text/")):
            texts.append((kind, read_text(part.content)))
    return texts


def _first_part(wanted: str, letter: ParsedLetter) -> bool:
    """Some judges keep only the first of several text parts: it must end at a line's end."""
    start = letter.text.strip()[: len(wanted.strip()) + 1]
    return start.strip() == wanted.strip() and len(wanted.split()) > 0 and _is_joined(letter)


def _is_joined(letter: ParsedLetter) -> bool:
    return any(
        "multipart/mixed" in value.lower()
        for name, value in letter.headers
        if name.lower() == "content-type"
    )


def _digest(wanted: Digest, letter: ParsedLetter) -> Result:
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
    attached = [len(part.content) for part in letter.parts if is_no_file(part.attachment)]
    longest = len(letter.text) + 2 * sum(attached) + MAX_SUMMARY * len(attached)
    between = len(letter.text) * 0.97 < wanted.length < longest
    if attached and between and _same_head(wanted.head, letter.text):
        return ()
    return (wanted.length, wanted.head), (len(letter.text), letter.text)


def _same_head(head: str, ours: str) -> bool:
    words = words_of(head)[:-1]
    found = words_of(ours)
    size = min(len(words), len(found))
    if "\ufffd" in head or "ï¿½" in head:
        return same_signs("".join(words[: size - 1]), "".join(found[: size - 1]))
    return near(words[:size], found[:size])


def _id(expected: Expected, letter: ParsedLetter) -> Result:
    if not expected.message_id:
        return None
    wanted = re.sub(r"[\s<>]", "", expected.message_id)
    return differ(wanted, letter.message_id or "")


def _references(expected: Expected, letter: ParsedLetter) -> Result:
    """The last id decides where a letter belongs; ids without ``@`` are dropped by rule."""
    if expected.references is None:
        return None
    wanted = {one for value in expected.references for one in _ids(value)}
    ours = set(letter.references)
    return differ(sorted(wanted - {letter.message_id}), sorted(ours))


def _date(expected: Expected, letter: ParsedLetter) -> Result:
    wanted = None
    if expected.date and not _no_date(expected.date):
        wanted = _moment(expected.date)
    if wanted is None:
        return None
    return differ(wanted, letter.date.astimezone(UTC) if letter.date else None)


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


def _no_date(value: str) -> bool:
    """A year beyond belief is a judge's way to say that it found no date."""
    year = re.search(r"\d{4}", value)
    return not year or not 1960 <= int(year.group()) <= 2100


def _address(value: str) -> str:
    local, at, domain = one_line(value).lower().rpartition("@")
    with suppress(UnicodeError):
        domain = domain.encode("ascii").decode("idna")
    return f"{local}{at}{domain}".strip('<> ."')
