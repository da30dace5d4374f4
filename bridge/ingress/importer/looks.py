"""Whether a file seems to be a letter, by its first bytes. Pure.

Many formats look like a letter's header (a name, a colon, a value): calendars, contacts, packages,
YAML, the tops of articles. Unlike them a letter says who it is from or what transported it: it has
one field that only mail has, or two that mostly mail has, with values of their kind. If a file is
named or stored like a letter, one field is enough, so that no poor letter is missed.
"""

import re

from bridge.ingress.importer.kinds import SAVED_PAGE, TABLE

HEAD_BYTES = 64 * 1024

_FIELD = re.compile(rb"[!-9;-~]{1,100}[ \t]*:")
# A file that begins so is no letter, whatever its name.
_NEVER = re.compile(rb"BEGIN[ \t]*:[ \t]*V", re.IGNORECASE)
_OF_MAIL_ALONE = re.compile(
    rb"^(?:received[ \t]*:.*?\b(?:from|by|with|for|id)\b|return-path|delivered-to|message-id"
    rb"|x-mailer|mime-version|in-reply-to|content-type[ \t]*:[ \t]*multipart/|references[ \t]*:\s*<"
    rb"|(?:from|sender|to|cc|reply-to)[ \t]*:.*?@)",
    re.IGNORECASE | re.MULTILINE,
)
_MOSTLY_OF_MAIL = (
    rb"(?:from|to|cc|bcc)[ \t]*:[ \t]*\S",
    rb"subject[ \t]*:",
    rb"date[ \t]*:.{0,12}\b\d{1,2} [a-z]{3} \d{2,4} \d",
    rb"content-type[ \t]*:[ \t]*(?:text|multipart|message)/",
    rb"x-[a-z0-9-]+[ \t]*:",
)
_MOSTLY = [re.compile(rb"^" + each, re.IGNORECASE | re.MULTILINE) for each in _MOSTLY_OF_MAIL]
# Every letter written by a mail program has one of these (RFC 5322 3.6).
_USUAL = re.compile(
    rb"^(?:from|date|subject|to|cc|received|return-path|message-id|mime-version|delivered-to|"
    rb"content-type|x-[a-z0-9-]+)[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
_BOM = b"\xef\xbb\xbf"


def is_letter(head: bytes, *, is_filed: bool = True) -> bool:
    """Tell whether a file that begins so can be a letter: it begins with a header.

    ``is_filed``: its name or place is a letter's.
    """
    head = head.removeprefix(_BOM).lstrip(b"\r\n").lstrip(b" \t")
    first, _, _ = head.partition(b"\n")
    begins = _FIELD.match(first) is not None or first.startswith((b"From ", b">From "))
    header = re.split(rb"\r?\n\r?\n|\r\r(?!\n)", head, maxsplit=1)[0]
    if not begins or _NEVER.match(first) or TABLE.match(head):
        return False
    if is_filed:
        return _USUAL.search(header) is not None
    if SAVED_PAGE.search(header):
        return False
    return bool(_OF_MAIL_ALONE.search(header)) or _mostly(header) > 1


def is_binary(content: bytes) -> bool:
    """Tell whether what stands between letters is a program or the like, and no poor letter."""
    head = content[:HEAD_BYTES]
    return b"\0" in head and not is_letter(head)


def _mostly(header: bytes) -> int:
    return sum(field.search(header) is not None for field in _MOSTLY)
