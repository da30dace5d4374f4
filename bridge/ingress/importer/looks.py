"""What a file seems to be, by its first bytes: a letter, or something to say no to. Pure.

Much is written as letters are, a name, a colon, a value: calendars, contacts, packages, YAML, the
tops of articles. A letter says who it is from or what brought it, as those do not: a field that
only mail has, or two that mail mostly has, with values of their kind. Of a file that is named or
filed as a letter one field is enough, so that none is passed over for being poor.
"""

import re

from bridge.words import texts

HEAD_BYTES = 64 * 1024

_FIELD = re.compile(rb"[!-9;-~]{1,100}[ \t]*:")
# Whatever it is called, what begins so is none.
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
_SAVED_PAGE = re.compile(rb"^(?:snapshot-content-location|from[ \t]*: <?saved by )", re.I | re.M)
# One of these is in every letter that a mail program ever wrote (RFC 5322 3.6).
_USUAL = re.compile(
    rb"^(?:from|date|subject|to|cc|received|return-path|message-id|mime-version|delivered-to|"
    rb"content-type|x-[a-z0-9-]+)[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
_OF_APPLE = re.compile(rb"\d{1,12} *\n[!-9;-~]{1,100}[ \t]*:")  # its length, then the letter
_BOM = b"\xef\xbb\xbf"
_KINDS = {
    b"\x7fELF": "a program",
    b"MZ": "a program of Windows",
    b"PK\x03\x04": "a zip file",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a gzip file",
    b"7z\xbc\xaf": "a 7z file",
    b"Rar!": "a rar file",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"!BDN": "an Outlook file (.pst): export it as .eml or mbox",
    b"\xd0\xcf\x11\xe0": "an Outlook or Office file (.msg): save it as .eml",
    b"GIF8": "an image",
    b"SQLite format 3": "a database",
    b"{\\rtf": "a text with formatting (.rtf)",
    b"\xff\xfe": "text in UTF-16: save it as UTF-8",
    b"\xfe\xff": "text in UTF-16: save it as UTF-8",
}


_SHAPES = [
    (re.compile(rb"\A\s*BEGIN[ \t]*:[ \t]*VCALENDAR", re.IGNORECASE), "a calendar (.ics)"),
    (re.compile(rb"\A\s*BEGIN[ \t]*:[ \t]*VCARD", re.IGNORECASE), "contacts (.vcf)"),
    (_SAVED_PAGE, "a web page that was saved (.mhtml)"),
    (re.compile(rb"\A\s*<(?:!doctype html|html)", re.IGNORECASE), "a web page"),
    (re.compile(rb"\A\s*<\?xml"), "XML"),
    (re.compile(rb"^(?:Architecture|Binary|Package): .*", re.MULTILINE), "a package's description"),
    (re.compile(rb"\A(?:---|%YAML)|^[\w.-]+:[ \t]*\r?\n +(?:- |[\w.-]+:)", re.M), "YAML"),
]


def is_letter(head: bytes, *, is_filed: bool = True) -> bool:
    """Tell whether a file that begins so can be a letter: it begins with a header.

    ``is_filed`` says that its name or place is a letter's.
    """
    head = head.removeprefix(_BOM).lstrip(b"\r\n").lstrip(b" \t")
    first, _, _ = head.partition(b"\n")
    begins = _FIELD.match(first) is not None or first.startswith((b"From ", b">From "))
    header = re.split(rb"\r?\n\r?\n|\r\r(?!\n)", head, maxsplit=1)[0]
    if not begins or _NEVER.match(first):
        return False
    if is_filed:
        return _USUAL.search(header) is not None
    if _SAVED_PAGE.search(header):
        return False
    return bool(_OF_MAIL_ALONE.search(header)) or _mostly(header) > 1


def _mostly(header: bytes) -> int:
    return sum(field.search(header) is not None for field in _MOSTLY)


def kind(head: bytes) -> str:
    """Return in words what a file is that is no letter."""
    for magic, words in _KINDS.items():
        if head.startswith(magic):
            return texts.word(words)
    if not head:
        return texts.word("an empty file")
    if _OF_APPLE.match(head):
        return texts.word("a letter of Apple Mail (.emlx): export it as mbox")
    for shape, words in _SHAPES:
        if shape.search(head):
            return texts.word(words)
    if b"\0" in head:
        return texts.word("binary data")
    return texts.word("text without the header of a letter")
