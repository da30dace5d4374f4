"""Whether a letter's files are those that a judge found."""

import re
import unicodedata

from bridge.parse.letter import ParsedLetter
from bridge.parse.message import read_letter
from contract.event import Attachment
from tests.measure.fidelity.sources import Expected
from tests.measure.fidelity.texts import same_signs

MAX_DEPTH = 5
MORE_TEXTS = 5

_MADE_NAME = re.compile(r"part-\d+\.\w+|letter\.eml|[a-z]+\.(?:asc|p7s|p7m|txt)")
_SECURITY = frozenset({
    "application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature",
    "application/pgp-encrypted",
})  # fmt: skip


def attachments(
    expected: Expected, letter: ParsedLetter
) -> tuple[object, object] | tuple[()] | None:
    """The number, every name the judge gives, and the sizes.

    Judges differ on parts that nobody attached as a file: reports, attached letters, signatures,
    parts without a name. Such a part may be counted or not, and may be named in any way. A judge
    by RFC 8621 also counts texts that stand in neither of its two body lists.
    """
    if expected.attachments is None:
        return None
    ours = [part.attachment for part in letter.parts]
    files = [one for one in ours if not is_no_file(one)]
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


def digests(expected: Expected, letter: ParsedLetter) -> tuple[object, object] | tuple[()] | None:
    """Every binary part's bytes, also those inside an attached letter, which stays whole here."""
    if not expected.digests:
        return None
    missing = set(expected.digests) - _all_digests(letter, 0)
    return (sorted(missing), [part.attachment for part in letter.parts]) if missing else ()


def _all_digests(letter: ParsedLetter, depth: int) -> set[str]:
    found = {part.attachment.sha256 for part in letter.parts}
    for part in letter.parts:
        if part.attachment.content_type == "message/rfc822" and depth < MAX_DEPTH:
            found |= _all_digests(read_letter(part.content), depth + 1)
    return found


def is_no_file(one: Attachment) -> bool:
    """Tell whether judges differ on counting the part."""
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


def _file_name(value: str) -> str:
    """Paths are cut, and signs that some readers replace do not count."""
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", value))[-1]
    return re.sub(r"[\s_\W]+", "", name).lower()
