"""What bytes say in UTF-16 and UTF-32 around each sign of an address: pure.

Nothing tells where such text begins within other bytes, but the sign tells its own place, its width
and its order. So the signs beside it are read as they are, whatever bytes they are made of.
"""

import re
from collections.abc import Iterator

REACH = 512  # bytes on each side: an address has at most 254 characters
_SIGNS = {
    "utf-16-le": re.compile(rb"[@%&]\0"),
    "utf-16-be": re.compile(rb"(?<=\0)[@%&]"),
    "utf-32-le": re.compile(rb"[@%&]\0\0\0"),
    "utf-32-be": re.compile(rb"(?<=\0\0\0)[@%&]"),
}
_WIDTH = {"utf-16-le": 2, "utf-16-be": 2, "utf-32-le": 4, "utf-32-be": 4}


def wide_texts(content: bytes) -> Iterator[str]:
    """Yield for each encoding what stands around the signs; those close together in one text."""
    if 0 not in content:
        return
    for codec, sign in _SIGNS.items():
        if around := "\n".join(_around(content, codec, sign)):
            yield around


def _around(content: bytes, codec: str, sign: re.Pattern[bytes]) -> Iterator[str]:
    width = _WIDTH[codec]
    before_sign = width - 1 if codec.endswith("be") else 0
    start = end = -1
    for found in sign.finditer(content):
        at = found.start() - before_sign
        if start >= 0 and at < end and (at - start) % width == 0:
            end = max(end, at + REACH)
            continue
        if start >= 0:
            yield content[start:end].decode(codec, "replace")
        start, end = at - min(REACH, at // width * width), at + REACH
    if start >= 0:
        yield content[start:end].decode(codec, "replace")
