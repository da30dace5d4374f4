"""Archives of letters: opened within bounds, told by their own names, whatever lies in them."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.ingress.importer.archives import zip_parts
from bridge.ingress.importer.archives.left_out import NAMED, left_out
from bridge.ingress.importer.archives.unpacking import (
    ArchiveBounds,
    NotUnpacked,
    is_archive,
    unpack,
)
from bridge.ingress.importer.finding import NotMail
from bridge.ingress.importer.looks import HEAD_BYTES
from bridge.ingress.importer.mail_files import Files

ROOM = ArchiveBounds(total=10_000_000, letter=1_000_000)
LETTER = b"From: a@b.ru\r\nSubject: x\r\n\r\nx\r\n"


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
def test_what_an_archive_holds_that_is_not_read_is_told_of(tmp_path: Path, packed: Packed) -> None:
    """Only its beginning is unpacked, unless it is a letter under another name."""
    members = {
        "a.msg": b"\xd0\xcf\x11\xe0" + bytes(200_000),
        "b.msg": b"Subject: 1\nFrom: a@b.ru\n\n" + b"x" * 200_000,
        "c.eml.gz": b"\x1f\x8b" + bytes(200_000),
        "inner.zip": b"PK\x03\x04" + bytes(200_000),
        "d.mbx": b"From a@b.ru Mon Nov 23 10:00:00 2026\nSubject: 3\n\n" + b"x" * 200_000,
    }
    path = packed(tmp_path / "letters", members)
    folder = unpack(path, tmp_path / "unpacked", ROOM)
    files = Files([folder], 1_000_000)
    assert sorted(each.what for each in files.no_letters) == [
        "a gzip file: unpack it first",
        "a zip file: import it by itself, or unpack it first",
        "an Outlook or Office file (.msg): save it as .eml",
    ]
    assert sum(each.stat().st_size for each in folder.iterdir()) < 400_200 + 3 * HEAD_BYTES
    letters = [len(past.content or b"") for past in files.letters(None)]
    assert len(letters) == 2
    assert min(letters) > 200_000


@pytest.mark.parametrize("packed", [zipped, tarred])
def test_letters_of_any_name_are_unpacked_and_the_others_told(
    tmp_path: Path, packed: Packed
) -> None:
    mbox = b"From a@b.ru Mon Nov 23 10:00:00 2026\n" + LETTER
    letters = {"c": LETTER, "d.txt": LETTER, "j.Eml ": LETTER, "l.mht": LETTER, "mh/4": LETTER}
    others = {"notes.txt": b"Subject: no\n", "a/scan.pdf": b"%PDF-1.7", ".keep": b""}
    path = packed(tmp_path / "past", {**letters, "old.2024": mbox, **others})
    folder = unpack(path, tmp_path / "unpacked", ROOM)
    told = left_out(folder, path)
    assert {each.path: each.what for each in told} == {
        f"{path}: notes.txt": "text without the header of a letter",
        f"{path}: a/scan.pdf": "a PDF",
        f"{path}: .keep": "an empty file",
    }
    files = Files([folder], 1_000_000, {folder: path}, told)
    assert len(list(files.letters(None))) == 6
    assert len(files.no_letters) == 3


def test_of_many_that_are_left_out_the_first_are_named_and_the_rest_counted(tmp_path: Path) -> None:
    path = zipped(tmp_path / "many", {f"{n}.jpg": b"\xff\xd8\xff" for n in range(NAMED + 7)})
    told = left_out(unpack(path, tmp_path / "unpacked", ROOM), path)
    assert sum(each.count for each in told) == NAMED + 7
    assert (len(told), told[-1].count) == (NAMED + 1, 7)


def test_links_in_a_tar_are_told(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        for kind in (tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE):
            member = tarfile.TarInfo(f"{kind.decode()}.eml")
            member.type, member.linkname = kind, "b.eml"
            archive.addfile(member)
    told = left_out(unpack(tmp_path / "a.tar", tmp_path / "unpacked", ROOM), tmp_path / "a.tar")
    assert [each.what for each in told] == ["a link, a pipe or a device"] * 2


@pytest.mark.parametrize("packed", [zipped, tarred])
def test_an_archive_is_unpacked_within_bounds(tmp_path: Path, packed: Packed) -> None:
    path = packed(tmp_path / "bomb", {f"{n}.eml": bytes(900_000) for n in range(20)})
    told = r"more than 10000000 bytes \(SPOOL_MAX_BYTES\), or than half .* the disk of DATA_DIR"
    with pytest.raises(NotUnpacked, match=told):
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


@pytest.mark.parametrize("size", [4, 60, 5000, -1])
def test_an_archive_that_was_not_copied_whole_is_said_to_be_none(tmp_path: Path, size: int) -> None:
    path = zipped(tmp_path / "half", {f"{n}.eml": LETTER for n in range(100)})
    path.write_bytes(path.read_bytes()[:size])
    assert is_archive(path)
    with pytest.raises(NotUnpacked) as told:
        unpack(path, tmp_path / "unpacked", ROOM)
    assert str(told.value) == f"{path} cannot be unpacked: its end is missing: copy it anew"


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({}, "{} holds no Maildir, .eml or .mbox"),
        ({"notes.txt": b"x"}, "{} holds no Maildir, .eml or .mbox"),
        ({"scan.eml": b"%PDF-1.7"}, "{} holds no letter: {}: scan.eml is a PDF"),
        (
            {"a.eml": b"%PDF-1.7", "b.eml": b""},
            "{} holds no letter: {}: a.eml is a PDF, and 1 other is none either",
        ),
    ],
)
@pytest.mark.parametrize("packed", [zipped, tarred])
def test_an_archive_without_letters_is_told_by_its_name(
    tmp_path: Path, members: dict[str, bytes], said: str, packed: Packed
) -> None:
    archive = packed(tmp_path / "past", members)
    folder = unpack(archive, tmp_path / "unpacked", ROOM)
    with pytest.raises(NotMail) as wrong:
        Files([folder], 10**6, {folder: archive})
    assert str(wrong.value) == said.replace("{}", str(archive))


@pytest.mark.parametrize("when", ["nan", "inf", "-5", "1e30"])
def test_the_time_of_a_member_is_taken_where_it_is_one(tmp_path: Path, when: str) -> None:
    with tarfile.open(tmp_path / "odd.tar", "w", format=tarfile.PAX_FORMAT) as archive:
        member = tarfile.TarInfo("a.eml")
        member.size, member.pax_headers = len(LETTER), {"mtime": when}
        archive.addfile(member, io.BytesIO(LETTER))
    try:
        [file] = unpack(tmp_path / "odd.tar", tmp_path / "unpacked", ROOM).iterdir()
    except NotUnpacked as error:
        assert "cannot be unpacked" in str(error)  # noqa: PT017 - one of the two
    else:
        assert file.read_bytes() == LETTER


def test_a_name_of_gigabytes_is_not_read_into_memory(tmp_path: Path) -> None:
    member = tarfile.TarInfo("a.eml")
    member.type, member.size = tarfile.XHDTYPE, 2**33
    (tmp_path / "bomb.tar").write_bytes(member.tobuf(tarfile.GNU_FORMAT) + bytes(10_000))
    assert is_archive(tmp_path / "bomb.tar")
    with pytest.raises(NotUnpacked, match="a name or attribute in it has 8589934592 bytes"):
        unpack(tmp_path / "bomb.tar", tmp_path / "unpacked", ROOM)


def test_what_is_no_letter_is_not_unpacked_for_ever(tmp_path: Path) -> None:
    """A gigabyte of zeros is one megabyte in gzip; only the beginning of such a member is read."""
    member = tarfile.TarInfo("zeros.bin")
    member.size = 2**40
    (tmp_path / "bomb.tgz").write_bytes(gzip.compress(member.tobuf() + bytes(10_000)))
    with pytest.raises(NotUnpacked, match="more than 1000 times its own size"):
        unpack(tmp_path / "bomb.tgz", tmp_path / "unpacked", ROOM)


def test_an_encrypted_zip_is_said_to_be_one(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"1.eml": LETTER})
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\1\2") + 8] |= 1
    content[content.index(b"PK\3\4") + 6] |= 1
    path.write_bytes(content)
    with pytest.raises(NotUnpacked) as told:
        unpack(path, tmp_path / "unpacked", ROOM)
    assert str(told.value) == f"{path} cannot be unpacked: it is encrypted"
    assert list((tmp_path / "unpacked").iterdir()) == []


@pytest.mark.parametrize("ending", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_letter_that_ends_in_a_zip_is_a_letter(tmp_path: Path, ending: int) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", ending) as archive:
        archive.writestr("a.txt", "x")
    (tmp_path / "a.eml").write_bytes(LETTER + inner.getvalue() + b"\r\n--end--\r\n")
    (tmp_path / "b").write_bytes(
        b"From a@b.ru Mon Nov 23 10:00:00 2026\n" + LETTER + inner.getvalue()
    )
    assert not is_archive(tmp_path / "a.eml")
    assert not is_archive(tmp_path / "b")


SOUND = io.BytesIO()
with tarfile.open(fileobj=SOUND, mode="w") as sound:
    for name in ("a.eml", "b.txt", "Inbox/cur/1"):
        one = tarfile.TarInfo(name)
        one.size = len(LETTER)
        sound.addfile(one, io.BytesIO(LETTER))
ZIP = io.BytesIO()
with zipfile.ZipFile(ZIP, "w") as sound_zip:
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        sound_zip.writestr(f"{method}.eml", LETTER * 20, method)


@given(
    content=st.sampled_from(
        [
            SOUND.getvalue(),
            gzip.compress(SOUND.getvalue()),
            bz2.compress(SOUND.getvalue()),
            lzma.compress(SOUND.getvalue()),
            ZIP.getvalue(),
        ]
    ),
    changes=st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 255)), max_size=6),
    length=st.integers(0, 20_000),
)
def test_a_damaged_archive_is_unpacked_or_said_to_be_broken(
    tmp_path_factory: pytest.TempPathFactory,
    content: bytes,
    changes: list[tuple[int, int]],
    length: int,
) -> None:
    damaged = bytearray(content)
    for place, value in changes:
        damaged[place % len(damaged)] = value
    directory = tmp_path_factory.mktemp("damaged")
    path = directory / "damaged"
    path.write_bytes(damaged[: len(damaged) - length % len(damaged)])
    if is_archive(path):
        try:
            folder = unpack(path, directory / "unpacked", ROOM)
        except NotUnpacked as error:
            assert str(path) in str(error)  # noqa: PT017 - one of the two
            assert list((directory / "unpacked").iterdir()) == []
        else:
            assert all(each.stat().st_size <= ROOM.letter + 1 for each in folder.iterdir())


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
def test_whichever_bit_has_changed_no_letter_is_read_otherwise_or_left_out(
    tmp_path: Path, compress: Callable[[bytes], bytes]
) -> None:
    """Even if everything can be unpacked: the checksum after the last letter is read."""
    content = compress(SOUND.getvalue())
    for place in range(0, len(content), max(1, len(content) // 60)):
        flipped = bytearray(content)
        flipped[place] ^= 16
        path = tmp_path / f"{place}.tar"
        path.write_bytes(flipped)
        try:
            folder = unpack(path, tmp_path / "unpacked", ROOM)
        except NotUnpacked:
            continue
        assert [each.read_bytes() for each in folder.iterdir()] == [LETTER] * 3


@pytest.mark.parametrize("compress", [bytes, gzip.compress])
def test_a_tar_that_goes_on_behind_what_can_be_read_is_said_to_be_broken(
    tmp_path: Path, compress: Callable[[bytes], bytes]
) -> None:
    """A member's header is damaged or cut off, or a second tar follows the first.

    Letters behind that were left out without a word.
    """
    whole = SOUND.getvalue()
    second = 2 * tarfile.BLOCKSIZE
    damaged = bytearray(whole)
    damaged[second + 3] ^= 16
    for name, content in (("a", damaged), ("b", whole[: second + 200]), ("c", whole + whole)):
        path = tmp_path / f"{name}.tar"
        path.write_bytes(compress(bytes(content)))
        with pytest.raises(NotUnpacked, match="it goes on where it cannot be read"):
            unpack(path, tmp_path / "unpacked", ROOM)
    path.write_bytes(compress(whole + bytes(20_000)))  # padded
    assert len(list(unpack(path, tmp_path / "unpacked", ROOM).iterdir())) == 3


@pytest.mark.parametrize("count", [0, 1, 3, 4, 11])
@pytest.mark.parametrize("before", [b"", b"#!/bin/sh\n"])
@pytest.mark.parametrize("limit", [zipfile.ZIP_FILECOUNT_LIMIT, 2])  # beyond it zip64 is written
def test_a_zip_is_read_in_parts_as_it_is_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int, before: bytes, limit: int
) -> None:
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", limit)
    monkeypatch.setattr(zip_parts, "ENTRIES_AT_ONCE", 3)
    members = {f"папка/{n}.eml": LETTER * n for n in range(count)}
    path = zipped(tmp_path / "a.zip", members)
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = b"of an editor PK\x05"
    path.write_bytes(before + path.read_bytes())
    found: dict[str, bytes] = {}
    sizes = []
    for part in zip_parts.parts(path):
        with zipfile.ZipFile(part) as archive:
            sizes.append(len(archive.namelist()))
            found |= {name: archive.read(name) for name in archive.namelist()}
    assert found == members
    assert sum(sizes) == count
    assert all(1 <= size <= 3 for size in sizes)
