"""Line ends that a transport doubled (CR CR LF) or an old Mac wrote (CR), made normal.

A program that turns every LF into CRLF does it also to those that are CRLF already. Then no empty
line is found and no boundary stands alone. If most lines of a letter end so, nothing else can be
meant: no line of such a letter ends with a lone CR.
"""

import re

DOUBLED = "lines end in CR CR LF"
ALONE = "lines end in CR"
TURNED = "lines end in LF CR"

_TURNED = re.compile(rb"\n\r(?![\r\n])")
_DOUBLED = re.compile(rb"\r\r++\n")


def mended(raw: bytes) -> tuple[bytes, str]:
    """Return the letter with single line ends, and the defect if there was any."""
    first = raw.find(b"\n")
    if first < 0:
        return (raw.replace(b"\r", b"\n"), ALONE) if b"\r" in raw else (raw, "")
    if raw[first - 1 : first] != b"\r" and _TURNED.match(raw, max(first, 0)):
        return raw.replace(b"\n\r", b"\n"), TURNED
    first = raw.find(b"\r\r\n")
    if first < 0:
        return raw, ""
    # A relay or a mailbox adds fields with correct line ends around the others.
    end = raw.find(b"\n\r\n")
    in_header = end < 0 or first < end
    if not in_header and raw.count(b"\r\r\n", end) * 2 < raw.count(b"\n", end):
        return raw, ""
    return _DOUBLED.sub(b"\r\n", raw), DOUBLED
