"""What is no letter is not imported, and called what it is."""

from pathlib import Path

import pytest

from bridge.ingress.importer.finding import NotMail
from bridge.ingress.importer.looks import is_letter, kind
from bridge.ingress.importer.mail_files import Files

LETTER = b"From: a@b.ru\r\nSubject: x\r\n\r\nx\r\n"


@pytest.mark.parametrize(
    "head",
    [
        LETTER,
        b"\r\n" + LETTER,
        b"Received: by x; now\n\nx",
        b"X-Mailer: y\nSubject : x\n\n",
        b"From a@b.ru Mon Nov 23 10:00:00 2026\nSubject: x\n\n",
        b"subject: no end",
        b"Comments: \xff\xfe\nDate: x\n\n\0",
    ],
)
def test_what_a_letter_begins_with(head: bytes) -> None:
    assert is_letter(head)


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (b"\x7fELF\x02\x01", "a program"),
        (b"PK\x03\x04rest", "a zip file"),
        (b"%PDF-1.7", "a PDF"),
        (b"!BDN", "export it"),
        (b"\xd0\xcf\x11\xe0", ".eml"),
        (b"\0\0\0", "binary data"),
        (b"", "empty"),
        (b"root:x:0:0:root:/root:/bin/bash\n", "text without the header"),
        (b"Dear Ivan,\n\nSubject: x\n", "text without the header"),
        (b"<html>\n", "text without the header"),
    ],
)
def test_what_is_no_letter_is_named(head: bytes, said: str) -> None:
    assert not is_letter(head)
    assert said in kind(head)


def test_a_path_that_is_no_letter_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ls").write_bytes(b"\x7fELF")
    with pytest.raises(NotMail, match="ls is no letter and no mbox: it is a program"):
        Files([tmp_path / "ls"], 1000)
