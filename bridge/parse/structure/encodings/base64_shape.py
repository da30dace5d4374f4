"""Base64 with plain text above, below or inside it, recognised by the shape of its lines.

Base64 comes in lines of its alphabet without blanks. A block of such lines counts if it decodes to
readable text; other lines are text and stay text.

Words and numbers are in the alphabet, too («OkThanks», 89161234567). They stay what they look like
unless they decode to a text that cannot be there by chance.
"""

import re
from collections.abc import Iterator
from itertools import islice

from bridge.parse.structure.encodings.base64_mended import (
    BASE64_BYTES,
    MIN_LINE,
    in_usual_letters,
    is_clean,
    is_whole,
    mended,
    plus_for_blank,
    with_lines_apart,
)
from bridge.parse.structure.encodings.transfer_encoding import BASE64, decode
from bridge.parse.structure.encodings.undone import AROUND, NOT_BASE64, Undone
from bridge.parse.text.charset_labels import codec_of
from bridge.parse.text.cyrillic import CODE_PAGES, count_high, russian_code_page
from bridge.parse.text.legible import has_rubbish, is_legible, is_mostly_ascii

MAX_SHORT = 200
MAX_BLOCKS = 1000
MIN_LATIN_BYTES = 6
MIN_DAMAGED = 8
WESTERN = ("cp1252", "iso8859-2", "iso8859-15", "cp1250", "cp1254")
MAX_FOREIGN = 8  # one byte in so many

_NOT_BASE64 = bytes(set(range(256)) - set(BASE64_BYTES.strip()))
_LINE = re.compile(rb"[^\n]*\n|[^\n]+\Z")
_STRICT = re.compile(rb"[ \t]*+[A-Za-z0-9+/]++={0,2}+[ \t\r]*+\n?+")
_STRETCH = re.compile(rb"[A-Z]?[a-z]++|[A-Z]++|[0-9]++")
MIN_STRETCH = 2.5  # characters to a stretch: base64 changes its kind more often
_PROSE_LINE = re.compile(rb"[\x80-\xff]|\S[ \t]+\S+[ \t]+\S")
_WORDS_IN_LINE = re.compile(rb"\S[ \t]+\S")
_FIELD = re.compile(rb"(?:\s*+[A-Za-z][A-Za-z-]{1,40}:[^\n]*\n){2}")


def _with_pluses(content: bytes, label: str) -> bytes:
    """Return base64 with ``+`` put back where a form turned each into a blank."""
    restored = plus_for_blank(content)
    if restored is None:
        return content
    letters = content.translate(None, b" ")
    if is_whole(letters) and _is_certain(decode(letters, BASE64), label):
        return content
    return restored if _is_certain(decode(restored, BASE64), label) else content


def base64_text(content: bytes, label: str) -> Undone:
    """Decode words; ``label`` is their charset, which helps to tell blocks from words."""
    content = _with_pluses(mended(content), label)
    decoded = decode(content, BASE64)
    clean = is_clean(content)
    lines = _line_by_line(content) if clean else b""
    if lines and not is_legible(decoded, label) and is_legible(lines, label):
        return Undone((lines,))
    if clean and _is_even(content):
        if decoded and _is_as_it_stands(content, decoded, label):
            return Undone((content,), NOT_BASE64)
        return Undone((decoded,))
    mainly = _is_by_and_large(content)
    certain = mainly and _is_certain(decoded, label)
    if not _PROSE_LINE.search(content) and certain:
        return Undone((decoded,))
    apart = content if clean else with_lines_apart(content)
    pieces = list(_text_pieces(apart, label))
    if pieces != [apart]:
        return Undone(tuple(pieces), AROUND)
    is_base64 = certain or (mainly and clean and is_legible(decoded, label))
    if not is_base64 and content.strip() and (_is_raw(content) or is_legible(content, label)):
        return Undone((content,), NOT_BASE64)
    return Undone((decoded,))


def _is_raw(content: bytes) -> bool:
    """Tell whether too much is beyond ASCII to be damage."""
    return count_high(content) * MAX_FOREIGN > len(content)


def _is_even(content: bytes) -> bool:
    """Tell whether base64 has padding only at its end and no short line before it."""
    first, second, *_ = [*content.split(b"\n", 2), b"", b""]
    return len(first.strip()) >= len(second.strip()) and b"=" not in content.rstrip(b"=\r\n")


def _is_as_it_stands(content: bytes, decoded: bytes, label: str) -> bool:
    """Tell whether a text within base64's alphabet is short plain text, never encoded."""
    if len(content) >= MAX_SHORT:
        return False
    words = _is_words(content)
    if not is_whole(content):  # no encoder leaves it so
        return words or not _is_certain(decoded, label)
    if words:
        return not (_is_certain(decoded, label) or _is_word_of(decoded, label))
    return b"=" not in content and has_rubbish(decoded, label)


def _line_by_line(content: bytes) -> bytes:
    """Decode lines that were encoded one by one without padding; empty if each is whole.

    Lines of equal length are pieces of one text; other lines were lines before.
    """
    lines = content.split()
    lengths = [len(line) for line in lines]
    if len(lines) < 2 or not any(length % 4 for length in lengths[:-1]):
        return b""
    cut = len(set(lengths[:-1])) == 1 and lengths[-1] <= lengths[0]
    pieces = [decode(line, BASE64) for line in lines]
    return b"".join(piece if cut or piece.endswith(b"\n") else piece + b"\n" for piece in pieces)


def _is_words(content: bytes) -> bool:
    """Tell whether apparent base64 may be plain words and numbers."""
    signs = b"".join(content.split())
    stretches = _STRETCH.findall(signs)
    return b"=" not in signs and len(stretches) * MIN_STRETCH <= len(signs) + 1


def _is_by_and_large(content: bytes) -> bool:
    """Tell whether a text is mostly base64: few other characters, none in a short one."""
    if len(content) >= MAX_SHORT:
        return True
    signs = b"".join(content.split())
    foreign = len(signs.translate(None, BASE64_BYTES))
    if foreign * MAX_FOREIGN > len(signs):
        return False
    return len(signs) >= MIN_DAMAGED or (len(signs) > 0 and is_whole(signs))


def _is_word_of(decoded: bytes, label: str) -> bool:
    """Tell whether this is a word in the code page of the label: «Für», 日本語."""
    codec = codec_of(label)
    if codec in (None, "utf-8", *CODE_PAGES):
        return False
    try:
        word = decoded.decode(str(codec)).strip()
    except (UnicodeDecodeError, LookupError):
        return False
    return word.isalpha() and (codec not in WESTERN or sum(map(str.isascii, word)) * 2 >= len(word))


def _is_certain(decoded: bytes, label: str) -> bool:
    """Tell whether doubtful base64 decoded to a text that cannot be there by chance."""
    try:
        decoded.decode("utf-8")
    except UnicodeDecodeError:
        if codec_of(label) not in (None, "utf-8") and is_mostly_ascii(decoded):
            return len(decoded) >= MIN_LATIN_BYTES and is_legible(decoded, label)
        russian = codec_of(label) in CODE_PAGES and russian_code_page(decoded) is not None
        return russian and is_legible(decoded, label)
    return is_legible(decoded, label)


def _text_pieces(content: bytes, label: str) -> Iterator[bytes]:
    """Yield stretches of plain text unchanged and blocks of base64 decoded."""
    plain_from = 0
    for start, end in islice(_blocks(content), MAX_BLOCKS):
        decoded = decode(content[start:end], BASE64)
        if not is_legible(decoded, label):  # perhaps a word stands below the block
            end = content.rfind(b"\n", start, end - 1) + 1
            decoded = decode(content[start:end], BASE64)
        block = content[start:end]
        if not decoded or not is_legible(decoded, label):
            continue
        if _is_as_it_stands(block, decoded, label):
            continue
        if content[plain_from:start].strip():
            yield content[plain_from:start]
        yield decoded
        plain_from = end
    rest = content[plain_from:]
    if not plain_from or rest.strip():
        yield rest


def _blocks(content: bytes) -> Iterator[tuple[int, int]]:
    """Yield where base64 may stand: adjacent lines of its alphabet in the shape of a block."""
    run: list[tuple[int, int]] = []
    for line in _LINE.finditer(content):
        if _STRICT.fullmatch(line.group()) or _is_damaged(line.group().strip()):
            run.append(line.span())
            continue
        if run and (block := _core(content, run)):
            yield block
        run = []
    if run and (block := _core(content, run)):
        yield block


def _is_damaged(line: bytes) -> bool:
    """Tell whether a line is base64 except for a few foreign bytes, none of them blank."""
    foreign = len(line.translate(None, BASE64_BYTES))
    return 0 < foreign * MAX_FOREIGN <= len(line) and not _WORDS_IN_LINE.search(line)


def _core(content: bytes, run: list[tuple[int, int]]) -> tuple[int, int] | None:
    """Return the lines of a run from the first full one to the first shorter one after it.

    A lone word is in the alphabet, too: it belongs to no block, unless it is one.
    """
    lengths = [len(content[start:end].strip()) for start, end in run]
    full = max(lengths)
    if full < MIN_LINE:
        letters = b"".join(content[start:end].translate(None, _NOT_BASE64) for start, end in run)
        whole = len(letters) % 4 == 0 and (letters.endswith(b"=") or len(letters) > 15)
        return (run[0][0], run[-1][1]) if whole else None
    first = lengths.index(full)
    while first and lengths[first - 1] >= MIN_LINE:
        first -= 1
    last = first
    while last + 1 < len(run) and lengths[last] == full:
        last += 1
    if last + 1 < len(run) and any(length >= MIN_LINE for length in lengths[last + 1 :]):
        last = len(run) - 1  # lines of uneven length, or blocks joined
    return run[first][0], run[last][1]


def _is_wrapped(content: bytes) -> bool:
    """Tell whether all lines but the last have one length, as encoders write them."""
    lengths = [len(line) for line in content.split()]
    return max(lengths) >= MIN_LINE and len({*lengths[:-1], max(lengths)}) == 1


def base64_file(content: bytes) -> Undone:
    """Decode a file, in which only the shape of the lines shows what is base64."""
    content = in_usual_letters(content)
    if is_clean(content):
        return Undone((decode(content, BASE64),))
    if (restored := plus_for_blank(content)) is not None and _is_wrapped(restored):
        return Undone((decode(restored, BASE64),))
    if _FIELD.match(content[:5000]):
        return Undone((content,), NOT_BASE64)
    blocks = list(_blocks(content))
    if not blocks:
        foreign = content.translate(None, BASE64_BYTES)
        if len(foreign) * 20 > len(content):
            return Undone((content,), NOT_BASE64)
        return Undone((decode(content, BASE64),))
    kept = bytearray()
    for number, (start, end) in enumerate(blocks):
        between = content[blocks[number - 1][1] : start] if number else b""
        if between and not _WORDS_IN_LINE.search(between):
            kept += between  # a damaged line
        kept += content[start:end]
    dropped = len(content.strip()) - len(bytes(kept).strip())
    return Undone((decode(bytes(kept), BASE64),), AROUND if dropped > 0 else "")
