"""What is no letter is not imported; archives of letters are, within bounds."""

import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from bridge.ingress.importer.archive import ArchiveBounds, NotUnpacked, is_archive, unpack
from bridge.ingress.importer.finding import NotMail
from bridge.ingress.importer.looks import is_letter, kind
from bridge.ingress.importer.mail_files import Files

ROOM = ArchiveBounds(total=10_000_000, letter=1_000_000)
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


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def tarred(path: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


Packed = Callable[[Path, dict[str, bytes]], Path]


@pytest.mark.parametrize("packed", [zipped, tarred])
def test_the_letters_of_an_archive_are_read(tmp_path: Path, packed: Packed) -> None:
    mbox = b"From a@b.ru Mon Nov 23 10:00:00 2026\nSubject: 3\n\nx\n"
    members = {
        "a.eml": b"Subject: 1\n\n",
        "deep/../../../etc/b.EML": b"Subject: 2\n\n",
        "c.mbox": mbox,
        "Inbox/cur/1.x:2,S": b"Subject: 4\n\n",
        "notes.txt": b"Subject: no\n\n",
        ".hidden.eml": b"Subject: no\n\n",
        "../\x1b[31m счёт.eml": b"%PDF-1.7",
    }
    path = packed(tmp_path / "letters", members)
    assert is_archive(path)
    folder = unpack(path, tmp_path / "unpacked", ROOM)
    assert folder.parent == tmp_path / "unpacked"
    files = Files([folder], 1000)
    assert [(Path(each.path).name, each.what) for each in files.no_letters] == [
        ("0000005-_31m_счёт.eml", "a PDF")
    ]
    letters = [past.content or b"" for past in files.letters(None)]
    assert sorted(each.partition(b"\n")[0] for each in letters) == [
        b"Subject: 1",
        b"Subject: 2",
        b"Subject: 3",
        b"Subject: 4",
    ]
    assert unpack(path, tmp_path / "unpacked", ROOM) == folder  # an import that goes on
    assert not is_archive(next(folder.glob("0000001-*")))


@pytest.mark.parametrize("packed", [zipped, tarred])
def test_an_archive_is_unpacked_within_bounds(tmp_path: Path, packed: Packed) -> None:
    path = packed(tmp_path / "bomb", {f"{n}.eml": bytes(900_000) for n in range(20)})
    with pytest.raises(NotUnpacked, match="more than 10000000 bytes"):
        unpack(path, tmp_path / "unpacked", ROOM)
    assert list((tmp_path / "unpacked").iterdir()) == []


def test_a_letter_that_is_too_large_is_not_written_whole(tmp_path: Path) -> None:
    path = zipped(tmp_path / "large", {"a.eml": bytes(5_000_000), "b.eml": LETTER})
    folder = unpack(path, tmp_path / "unpacked", ROOM)
    sizes = sorted(each.stat().st_size for each in folder.iterdir())
    assert sizes == [len(LETTER), ROOM.letter + 1]


def test_a_broken_archive_is_said(tmp_path: Path) -> None:
    path = zipped(tmp_path / "broken", {"a.eml": bytes(range(256)) * 100})
    content = bytearray(path.read_bytes())
    content[60:90] = bytes(30)
    path.write_bytes(content)
    with pytest.raises(NotUnpacked, match="cannot be unpacked"):
        unpack(path, tmp_path / "unpacked", ROOM)
