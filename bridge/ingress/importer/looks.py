"""What a file seems to be, by its first bytes: a letter, or something to say no to. Pure."""

import re

from bridge.words import texts

HEAD_BYTES = 64 * 1024

_FIELD = re.compile(rb"[!-9;-~]{1,100}[ \t]*:")
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


def is_letter(head: bytes) -> bool:
    """Tell whether a file that begins so can be a letter: it begins with a header."""
    head = head.removeprefix(_BOM).lstrip(b"\r\n").lstrip(b" \t")
    first, _, _ = head.partition(b"\n")
    begins = _FIELD.match(first) is not None or first.startswith((b"From ", b">From "))
    header = re.split(rb"\r?\n\r?\n|\r\r(?!\n)", head, maxsplit=1)[0]
    return begins and _USUAL.search(header) is not None


def kind(head: bytes) -> str:
    """Return in words what a file is that is no letter."""
    for magic, words in _KINDS.items():
        if head.startswith(magic):
            return texts.word(words)
    if not head:
        return texts.word("an empty file")
    if _OF_APPLE.match(head):
        return texts.word("a letter of Apple Mail (.emlx): export it as mbox")
    if b"\0" in head:
        return texts.word("binary data")
    return texts.word("text without the header of a letter")
