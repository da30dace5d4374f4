"""What a file without readable letters is, by its first bytes, and what to do about it. Pure."""

import re
from pathlib import PurePath

from bridge.words import texts

# File names of letters and mailboxes in mail programs, including formats that we only report.
NAMED_AS_LETTERS = frozenset(
    [".eml", ".mbox", ".mbx", ".emlx", ".msg", ".pst", ".ost", ".olm", ".dbx", ".nsf", ".tbb"]
)
_PACKED = frozenset([".gz", ".bz2", ".xz", ".zst", ".lz4", ".z"])
_ARCHIVES = frozenset([".zip", ".tar", ".tgz", ".tbz2", ".txz", ".7z", ".rar"])
_OF_APPLE = re.compile(rb"\d{1,12} *\n[!-9;-~]{1,100}[ \t]*:")  # its length, then the letter
SAVED_PAGE = re.compile(rb"^(?:snapshot-content-location|from[ \t]*: <?saved by )", re.I | re.M)
_FIELD = rb'"?(?:from|to|cc|bcc|subject|date|sender|reply-to|message-id) *:? *"?'
TABLE = re.compile(rb"\A\s*" + _FIELD + rb"[,;|\t] *" + _FIELD + rb"(?:[,;|\t]|\r?\n|\Z)", re.I)
"""The first line of a table of letters, ``From:,To:,Subject:``."""
_BEGIN_WITH = {
    b"\x7fELF": "a program",
    b"MZ": "a program of Windows",
    b"PK\x03\x04": "a zip file: import it by itself, or unpack it first",
    b"%PDF": "a PDF",
    b"-----BEGIN ": "a certificate or key (PEM), or text of PGP",
    b"\x1f\x8b": "a gzip file: unpack it first",
    b"BZh": "a bzip2 file: unpack it first",
    b"\xfd7zXZ\0": "an xz file: unpack it first",
    b"\x28\xb5\x2f\xfd": "a zstd file: unpack it first",
    b"\x04\x22\x4d\x18": "an lz4 file: unpack it first",
    b"\x1f\x9d": "a compressed file (.Z): unpack it first",
    b"7z\xbc\xaf": "a 7z file: unpack it first",
    b"Rar!": "a rar file: unpack it first",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"!BDN": "an Outlook file (.pst): export it as .eml or mbox",
    b"\xd0\xcf\x11\xe0": "an Outlook or Office file (.msg): save it as .eml",
    b"\xcf\xad\x12\xfe": "a folder of Outlook Express (.dbx): export it as .eml or mbox",
    b"*mbx*": "a mailbox of UW IMAP (.mbx): export it as mbox",
    b"// <!-- <mdb:mork": "an index of Thunderbird (.msf): the letters are in the file beside it",
    b"GIF8": "an image",
    b"SQLite format 3": "a database",
    b"{\\rtf": "a text with formatting (.rtf)",
    b"\xff\xfe": "text in UTF-16: save it as UTF-8",
    b"\xfe\xff": "text in UTF-16: save it as UTF-8",
}
# Here the name says more than the first bytes, whether these are a zip's or unknown.
_BY_NAME = {
    ".olm": "an archive of Outlook for Mac (.olm): export it as .eml or mbox",
    ".nsf": "a database of Notes (.nsf): export it as .eml or mbox",
    ".tbb": "a folder of The Bat! (.tbb): export it as .eml or mbox",
}
_SHAPES = [
    (
        re.compile(rb"\A.{257}ustar", re.DOTALL),
        "a tar file: import it by itself, or unpack it first",
    ),
    (re.compile(rb"\A\s*BEGIN[ \t]*:[ \t]*VCALENDAR", re.IGNORECASE), "a calendar (.ics)"),
    (re.compile(rb"\A\s*BEGIN[ \t]*:[ \t]*VCARD", re.IGNORECASE), "contacts (.vcf)"),
    (TABLE, "a table (.csv): export the letters as .eml or mbox"),
    (SAVED_PAGE, "a web page that was saved (.mhtml)"),
    (re.compile(rb"\A\s*<(?:!doctype html|html)", re.IGNORECASE), "a web page"),
    (re.compile(rb"\A\s*<\?xml"), "XML"),
    (re.compile(rb"^(?:Architecture|Binary|Package): .*", re.MULTILINE), "a package's description"),
    (re.compile(rb"\A(?:---(?!-)|%YAML)|^[\w.-]+:[ \t]*\r?\n +(?:- |[\w.-]+:)", re.M), "YAML"),
]


def is_named_as_letters(name: str) -> bool:
    """Tell whether a file may hold letters by its name, also in an archive."""
    path = PurePath(name.lower().rstrip())
    if path.suffix in _PACKED:
        return path.with_suffix("").suffix in NAMED_AS_LETTERS | _ARCHIVES
    return path.suffix in NAMED_AS_LETTERS | _ARCHIVES


def kind(head: bytes, name: str = "") -> str:
    """Return in words what a file that is no letter is."""
    if not head:
        return texts.word("an empty file")
    if (words := _BY_NAME.get(PurePath(name).suffix.lower())) and (
        b"\0" in head or head[:2] == b"PK"
    ):
        return texts.word(words)
    for magic, words in _BEGIN_WITH.items():
        if head.startswith(magic):
            return texts.word(words)
    if _OF_APPLE.match(head):
        return texts.word("a letter of Apple Mail (.emlx): export it as mbox")
    for shape, words in _SHAPES:
        if shape.search(head):
            return texts.word(words)
    if b"\0" in head:
        return texts.word("binary data")
    return texts.word("text without the header of a letter")
