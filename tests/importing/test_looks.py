"""A file that is no letter is not imported, and is called what it is."""

from pathlib import Path

import pytest

from bridge.ingress.importer.finding import NotMail
from bridge.ingress.importer.kinds import is_named_as_letters, kind
from bridge.ingress.importer.looks import is_letter
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
    "head",
    [
        LETTER,
        b"Received: by x with SMTP id 1; now\n\nx",
        b"Received: from a\n\tby b\n\nx",
        b"Message-ID: <1@a.ru>\n\n",
        b"From a@b.ru Mon Nov 23 10:00:00 2026\nSubject: x\nTo: y\n\n",
        "Subject: Заказ\nFrom: Иван\n\n".encode(),
        b"Date: Mon, 23 Nov 2026 10:00:00 +0300\nSubject: x\n\n",
        b"Subject: x\nContent-Type: text/plain\n\n",
    ],
)
def test_what_makes_a_file_of_any_name_a_letter(head: bytes) -> None:
    assert is_letter(head, is_filed=False)


@pytest.mark.parametrize(
    "head",
    [
        b"From: To, the, Subject <a@b.ru>\n\nx",
        b"From:\tIvan\nTo:\ta@b.ru\n\n",
        b"Subject: From, To, Date\nFrom: a@b.ru\n\n",
        b"To: from;date\nFrom: a@b.ru\n\n",
    ],
)
def test_a_letter_that_speaks_of_fields_is_no_table(head: bytes) -> None:
    assert is_letter(head)


@pytest.mark.parametrize("name", ["a.eml", "cur/1:2,S"])
def test_a_table_named_as_a_letter_is_none(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"From:,To:,Subject:\na@b.ru,c@d.ru,x\n")
    with pytest.raises(NotMail, match="a table"):
        Files([path], 1000)


def test_a_program_between_the_letters_of_an_mbox_is_passed_over(tmp_path: Path) -> None:
    begins = b"From a@b.ru Mon Nov 23 10:00:00 2026\n"
    program = Path("/bin/ls").read_bytes() + b"\n"
    odd = [b"no header at all, and text\n", b"\xff\xfe odd bytes\n", b": odd\n\n\0\n"]
    parts = [LETTER, program, *odd, b"Subject: x\n\na \0 in it\n", LETTER]
    (path := tmp_path / "a.mbox").write_bytes(b"\n".join(begins + part for part in parts))
    found = [*Files([path], 10_000_000).letters(None)]
    passed = [each for each in found if each.no_letter]
    assert [each.no_letter for each in passed] == ["a program", "binary data"]
    assert not any(each.content for each in passed)
    assert len([each for each in found if each.content]) == 5


ICS = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nX-WR-CALNAME:Work\r\nMETHOD:REQUEST\r\n"
VCF = b"BEGIN:VCARD\nVERSION:3.0\nEMAIL:a@b.ru\nX-ABUID:1\n"
CHANGES = (
    b"Format: 1.8\nDate: Mon, 23 Nov 2026 10:00:00 +0300\nSource: x\nBinary: x\n"
    b"Maintainer: A <a@b.ru>\nChanged-By: A <a@b.ru>\n"
)
MHTML = (
    b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://a.ru/\r\nSubject: x\r\n"
    b"MIME-Version: 1.0\r\n\r\n"
)


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (ICS, "a calendar"),
        (VCF, "contacts"),
        (CHANGES, "a package's description"),
        (MHTML, "a web page that was saved"),
        (b"From:,To:,Subject:\na@b.ru,c@d.ru,x\n", "a table"),
        (b"From;To;Date;Subject\r\na@b.ru;c@d.ru;x;y\r\n", "a table"),
        (b'"Subject","From","To"\n"x","a@b.ru","c@d.ru"\n', "a table"),
        (b"Date\tFrom\tTo\nx\ta@b.ru\tc@d.ru\n", "a table"),
        (b"services:\n  mail:\n    to: a\ndate: today\n", "YAML"),
        (b"---\nsubject: x\nfrom: y\n", "YAML"),
        (b"-----BEGIN CERTIFICATE-----\n", "a certificate or key"),
        (b"version: 3\non:\n  - push\nsubject: x\n", "YAML"),
        (b"Title: x\nDate: 2026-11-23\nTags: a\n\nText", "text without the header"),
        (b"Manifest-Version: 1.0\nX-COMMENT: y\n", "text without the header"),
        (b"subject: no end", "text without the header"),
    ],
)
def test_what_is_written_as_letters_are_is_named(head: bytes, said: str) -> None:
    assert not is_letter(head, is_filed=False)
    assert said in kind(head)


@pytest.mark.parametrize("head", [ICS, VCF])
def test_nor_is_it_a_letter_by_a_letters_name(head: bytes) -> None:
    assert not is_letter(head)


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (b"\x7fELF\x02\x01", "a program"),
        (b"PK\x03\x04rest", "a zip file: import it by itself, or unpack it first"),
        (b"\x1f\x8b\x08", "a gzip file: unpack it first"),
        (b"BZh91AY", "a bzip2 file: unpack it first"),
        (b"\xfd7zXZ\0\0", "an xz file: unpack it first"),
        (b"\x28\xb5\x2f\xfd\x04", "a zstd file: unpack it first"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z file: unpack it first"),
        (b"Rar!\x1a\x07", "a rar file: unpack it first"),
        (b"\xcf\xad\x12\xfe\xc5", "Outlook Express (.dbx): export it"),
        (b"// <!-- <mdb:mork:z v=", "the letters are in the file beside it"),
        (b"a.eml" + b"\0" * 252 + b"ustar\x0000", "a tar file: import it by itself"),
        (b"%PDF-1.7", "a PDF"),
        (b"!BDN", "export it"),
        (b"\xd0\xcf\x11\xe0", ".eml"),
        (b"\0\0\0", "binary data"),
        (b"", "empty"),
        (b"root:x:0:0:root:/root:/bin/bash\n", "text without the header"),
        (b"Dear Ivan,\n\nSubject: x\n", "text without the header"),
        (b"<html>\n", "a web page"),
    ],
)
def test_what_is_no_letter_is_named(head: bytes, said: str) -> None:
    assert not is_letter(head)
    assert said in kind(head)


@pytest.mark.parametrize(
    ("name", "head", "said"),
    [
        ("a.olm", b"PK\x03\x04rest", "an archive of Outlook for Mac (.olm): export it"),
        ("a.TBB", b"\x15\x20\0\0", "a folder of The Bat! (.tbb): export it"),
        ("a.nsf", b"\x1a\0\0\x04", "a database of Notes (.nsf): export it"),
        ("a.nsf", b"some notes\n", "text without the header"),
        ("a.olm", b"", "an empty file"),
    ],
)
def test_some_are_named_by_their_name(name: str, head: bytes, said: str) -> None:
    assert said in kind(head, name)


@pytest.mark.parametrize(
    ("name", "is_named"),
    [
        ("a.eml", True), ("a.MBX", True), ("a.eml.gz", True), ("a.mbox.zst", True),
        ("a.tar.gz", True), ("a.zip", True), ("a.7z", True), ("a.olm", True),
        ("a.gz", False), ("a.log.gz", False), ("a", False), (".eml", False), ("a.txt", False),
    ],
)  # fmt: skip
def test_what_is_named_as_letters_is_packed_or_not(name: str, is_named: bool) -> None:
    assert is_named_as_letters(name) == is_named


def test_a_path_that_is_no_letter_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ls").write_bytes(b"\x7fELF")
    with pytest.raises(NotMail, match="ls is no letter and no mbox: it is a program"):
        Files([tmp_path / "ls"], 1000)
