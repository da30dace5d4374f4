"""Text that is mostly UTF-8 with characters of a code page in it; and code pages by themselves."""

import codecs
import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice

from bridge.parse.text.cyrillic import RUSSIAN_ENOUGH, best_code_page, is_mostly_high
from bridge.parse.text.east_asian import guess

MAX_SAMPLE = 20_000
MULTI_BYTE = frozenset({"gb18030", "big5hkscs", "cp932", "cp949", "euc_jp"})
_LOW = bytes(range(128))
_HIGH = bytes(range(128, 256))
_FEW = 12
_LONGEST_FOOTER = 20
_UTF8 = re.compile(
    rb"(?:[\xc2-\xdf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xe0[\xa0-\xbf][\x80-\xbf]"
    rb"|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}"
    rb"|\xf4[\x80-\x8f][\x80-\xbf]{2})+"
)
_CUT_OFF = re.compile(
    rb"(?<![\xc0-\xff])(?:[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf4][\x80-\xbf]{0,2})\Z"
)


def read_mixed(content: bytes) -> str | None:
    """Read text that is mostly UTF-8, or return None if it is not.

    A footer in another charset is read by itself; a byte that touches UTF-8 is damage.
    """
    whole, content = content, _CUT_OFF.sub(b"", content)
    sample = content[:MAX_SAMPLE]
    if not (sample.isascii() or _mostly_utf8(sample)) or not _mostly_utf8(content):
        return None
    if _is_utf8_by_chance(content) or _is_east_asian(whole):
        return None
    foreign = _UTF8.sub(b"", content)
    page, score = best_code_page(foreign)
    other = page if score >= RUSSIAN_ENOUGH and is_mostly_high(foreign) else "cp1252"
    output: list[str] = []
    position = 0
    for run in _UTF8.finditer(content):
        output.append(_foreign(content[position : run.start()], other, bool(output), True))
        output.append(run.group().decode("utf-8"))
        position = run.end()
    output.append(_foreign(content[position:], other, bool(output), False))
    return "".join(output)


def utf8_ends(content: bytes) -> tuple[int, int]:
    """Return where a code page's text begins and ends between lines of UTF-8.

    A gateway writes its banner and footer in UTF-8, whatever the text's charset.
    """
    lines = content.splitlines(keepends=True)
    above, below = _utf8_lines(lines), _utf8_lines(reversed(lines))
    return above, len(content) - below


def _utf8_lines(lines: Iterable[bytes]) -> int:
    """Return how many bytes the first lines of UTF-8 have, if they hold words beyond ASCII."""
    size = told = ascii_since = 0
    for line in islice(lines, _LONGEST_FOOTER):
        if line.isascii():
            ascii_since += len(line)
            continue
        if strictly(line, "utf-8") is None:
            break
        told += len(line.translate(None, _LOW))
        size, ascii_since = size + ascii_since + len(line), 0
    return size if told >= _FEW else 0


def _is_utf8_by_chance(content: bytes) -> bool:
    """Tell whether this is Russian in a code page, with letters that make UTF-8 by chance.

    A few letters of which a third does not fit, or CP866, whose small letters also make three-byte
    characters.
    """
    high = content[:MAX_SAMPLE].translate(None, _LOW)
    if len(high) <= _FEW and len(_UTF8.sub(b"", high)) * 3 >= len(high):
        return best_code_page(content)[1] >= RUSSIAN_ENOUGH
    found = "".join(run.group().decode("utf-8") for run in _UTF8.finditer(content[:MAX_SAMPLE]))
    usual = sum("\x80" <= sign < "\u0530" for sign in found)
    rare = sum(sign >= "\u0530" for sign in found)
    if rare <= usual:
        return False
    page, score = best_code_page(content)
    return page == "cp866" and score >= RUSSIAN_ENOUGH


def _is_east_asian(content: bytes) -> bool:
    """Tell whether this is East Asian text whose pairs make UTF-8 by chance («лл» for 谢谢).

    Only for sets in which both halves of a pair are above ASCII.
    """
    codec = guess(content)
    return codec in ("euc_jp", "gb18030", "cp949") and strictly(content, codec) is not None


def _mostly_utf8(content: bytes) -> bool:
    foreign = _UTF8.sub(b"", content)
    strange = len(foreign) - len(foreign.translate(None, _HIGH))
    return len(content) - len(foreign) > strange


def _foreign(piece: bytes, codec: str, after_utf8: bool, before_utf8: bool) -> str:
    if piece.isascii():
        return piece.decode("ascii")
    text = by_code_page(piece, codec)
    if after_utf8 and piece[0] >= 0x80:
        text = "\ufffd" + text.lstrip("".join(sign for sign in text if sign > "\x7f"))
    if before_utf8 and piece[-1] >= 0x80 and text[-1:] != "\ufffd":
        text = text.rstrip("".join(sign for sign in text if sign > "\x7f")) + "\ufffd"
    return text


def by_code_page(content: bytes, codec: str) -> str:
    """Decode a one-byte charset; an undefined byte becomes a control character (WHATWG 9.1)."""
    text = strictly(content, codec)
    if text is not None:
        return text
    if codec in MULTI_BYTE:
        return content.decode(codec, "replace")
    return codecs.charmap_decode(content, "strict", _table(codec))[0]


@lru_cache(maxsize=32)
def _table(codec: str) -> str:
    """Return the 256 characters of a one-byte charset."""
    return "".join(bytes((byte,)).decode(codec, "ignore") or chr(byte) for byte in range(256))


def strictly(content: bytes, codec: str) -> str | None:
    """Return the text if every byte is as the codec writes it, else None."""
    try:
        text = content.decode(codec)
        text.encode("utf-8")  # some codecs let lone surrogates through
    except (UnicodeError, LookupError):
        return None
    return text
