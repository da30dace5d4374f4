"""Which files hold letters, and in which order they are read."""

import os
import re
from pathlib import Path

import pytest

from bridge.ingress.importer.finding import NotMail
from bridge.ingress.importer.mail_files import Files
from bridge.spool.crlf import wire_form
from tests.importing.test_mbox import ASCTIME


def letter(number: int) -> bytes:
    return b"Subject: %d\n\nx\n" % number


def tree(top: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (1_700_000_000, 1_700_000_000))
    return top


TREES: dict[str, tuple[dict[str, bytes], list[bytes]]] = {
    "a folder of .eml": (
        {
            "b.eml": letter(2),
            "a.EML": letter(1),
            "notes.txt": letter(9),
            "letter.pdf": b"%PDF-1.7",
            "c/d.eml": letter(3),
        },
        [letter(1), letter(2), letter(3)],
    ),
    "a Maildir with a folder": (
        {
            "cur/1.a:2,S": letter(1),
            "new/2.b": letter(2),
            "tmp/3.c": b"half",
            "dovecot-uidlist": b"3 V1",
            "Sent/cur/4.d:2,": letter(4),
            "Sent/new/.keep": b"",
            "Sent/tmp/5.e": b"half",
        },
        [letter(4), letter(1), letter(2)],
    ),
    "mbox files": (
        {"Inbox": ASCTIME + b"S: 1\n\n", "Sent.mbox": ASCTIME + b"S: 2\n\n", "Inbox.msf": b"x"},
        [b"S: 1\n", b"S: 2\n"],
    ),
    "letters of known dates": (
        {
            "a.eml": b"Date: Mon, 23 Nov 2026 12:00:00 +0300\n\n3",
            "b.eml": b"Subject: x\nDATE: Mon, 23 Nov 2026\n 11:30:00 +0300\n\n2",
            "c.eml": b"Received: by x; Mon, 23 Nov 2026 08:00:00 +0000\nDate: ?\n\n1",
            "d/e.mbox": ASCTIME + b"Date: Mon, 23 Nov 2026 10:00:00 +0000\n\n4\n",
            "f.eml": b"Subject: of no date, so that of the file\n",
        },
        [
            b"Subject: of no date, so that of the file\n",
            b"Received: by x; Mon, 23 Nov 2026 08:00:00 +0000\nDate: ?\n\n1",
            b"Subject: x\nDATE: Mon, 23 Nov 2026\n 11:30:00 +0300\n\n2",
            b"Date: Mon, 23 Nov 2026 12:00:00 +0300\n\n3",
            b"Date: Mon, 23 Nov 2026 10:00:00 +0000\n\n4\n",
        ],
    ),
}


@pytest.mark.parametrize(("files", "letters"), TREES.values(), ids=TREES.keys())
def test_a_folder_is_read_the_oldest_first_and_from_any_place(
    tmp_path: Path, files: dict[str, bytes], letters: list[bytes]
) -> None:
    source = Files([tree(tmp_path, files)], 1000)
    found = list(source.letters(None))
    assert [each.content for each in found] == letters
    assert found[-1].done == source.size
    for number, each in enumerate(found):
        assert [rest.content for rest in source.letters(each.after)] == letters[number + 1 :]


def test_a_single_letter_is_a_source(tmp_path: Path) -> None:
    path = tree(tmp_path, {"letter": b"To: a@b.ru\n\none"}) / "letter"
    assert [each.content for each in Files([path], 1000).letters(None)] == [b"To: a@b.ru\n\none"]


def test_what_is_too_large_is_named(tmp_path: Path) -> None:
    [found] = Files([tree(tmp_path, {"a.eml": letter(1) + b"x" * 1001})], 1000).letters(None)
    assert found.content is None
    assert "a.eml" in found.label


def test_another_file_or_size_makes_another_fingerprint(tmp_path: Path) -> None:
    tree(tmp_path, {"a.eml": letter(1), "b.eml": letter(2)})
    before = Files([tmp_path], 1000).fingerprint
    assert Files([tmp_path], 1000).fingerprint == before
    tree(tmp_path, {"a.eml": letter(1) + b"longer"})
    assert Files([tmp_path], 1000).fingerprint != before
    tree(tmp_path, {"a.eml": letter(1), "c.eml": letter(3)})
    assert Files([tmp_path], 1000).fingerprint != before


def test_letters_that_go_or_are_renamed_meanwhile_stop_nothing(tmp_path: Path) -> None:
    tree(
        tmp_path,
        {"cur/1.a:2,": letter(1), "new/2.b": letter(2), "new/3.c": letter(3), "tmp/.keep": b""},
    )
    source = Files([tmp_path], 1000)
    (tmp_path / "cur" / "1.a:2,").rename(tmp_path / "cur" / "1.a:2,S")
    (tmp_path / "new" / "2.b").rename(tmp_path / "cur" / "2.b:2,S")
    (tmp_path / "new" / "3.c").unlink()
    assert [each.content for each in source.letters(None)] == [letter(1), letter(2), None]


def test_an_empty_mbox_has_no_letter(tmp_path: Path) -> None:
    tree(tmp_path, {"b.mbox": b"", "c.eml": letter(3)})
    source = Files([tmp_path], 1000)
    assert [each.content for each in source.letters(None)] == [letter(3)]
    assert source.no_letters == []
    assert list(Files([tmp_path / "b.mbox"], 1000).letters(None)) == []


# What is named as a letter: its first bytes, and what is said of it; nothing if it is imported.
NAMED = {
    "letter.eml": (letter(1), ""),
    "bom.eml": (b"\xef\xbb\xbfFrom: a@b.ru\n\nx", ""),
    "blank.eml": (b"\r\n \tFrom: a@b.ru\r\n\r\nx", ""),
    "separator.eml": (ASCTIME + letter(1), ""),
    "one.mbox": (letter(1), ""),
    "cur/1.a:2,S": (letter(1), ""),
    "cur/2.a:2,S": (b"\0" * 100, "binary data"),
    "new/3.a": (b"", "an empty file"),
    "program.eml": (b"\x7fELF\x02", "a program"),
    "pdf.EML": (b"%PDF-1.7", "a PDF"),
    "notes.eml": (b"Dear Ivan,\n\nSubject: x\n", "text without the header of a letter"),
    "page.eml": (b"<!DOCTYPE html>", "a web page"),
    "wide.eml": ("From: a@b.ru".encode("utf-16"), "text in UTF-16: save it as UTF-8"),
    "empty.eml": (b"", "an empty file"),
    "zip.eml": (b"PK\x03\x04", "a zip file: import it by itself, or unpack it first"),
    "packed.eml.gz": (b"\x1f\x8b\x08", "a gzip file: unpack it first"),
    "past.zip": (b"PK\x03\x04", "a zip file: import it by itself, or unpack it first"),
    "past.7z": (b"7z\xbc\xaf", "a 7z file: unpack it first"),
    "one.mbx": (ASCTIME + letter(1), ""),
    "false.mbox": (b"no mbox\n", "text without the header of a letter"),
    "sub/1.emlx": (b"12  \nFrom: a@b.ru\n", "a letter of Apple Mail (.emlx): export it as mbox"),
    "a.msg": (b"\xd0\xcf\x11\xe0", "an Outlook or Office file (.msg): save it as .eml"),
    "a.pst": (b"!BDN", "an Outlook file (.pst): export it as .eml or mbox"),
}


def test_what_is_named_as_a_letter_and_is_none_is_passed_over_and_named(tmp_path: Path) -> None:
    top = tree(tmp_path, {name: content for name, (content, _) in NAMED.items()})
    os.mkfifo(top / "pipe.eml")
    (top / "gone.eml").symlink_to(top / "nothing")
    (top / "folder.eml").mkdir()
    source = Files([top], 1000)
    said = {str(Path(each.path).relative_to(top)): each.what for each in source.no_letters}
    assert said == {name: what for name, (_, what) in NAMED.items() if what} | {
        "pipe.eml": "a pipe or a device",
        "gone.eml": "a link that leads nowhere",
    }
    letters = sum(not what for _, what in NAMED.values())
    assert len([each.content for each in source.letters(None) if each.content]) == letters


FROM = b"From: a@b.ru\nSubject: x\n\n"
# What is not named as a letter, in a folder: nothing is said of what is imported.
ANY_NAME = {
    "x.eml": (FROM, ""),
    "4": (letter(4), ""),
    "sub/5": (FROM, ""),
    "letter": (FROM, ""),
    "d.txt": (FROM, ""),
    "j.Eml ": (letter(1), ""),
    "l.mht": (FROM, ""),
    "old.2024": (ASCTIME + letter(1), ""),
    ".hidden": (FROM, ""),
    "6": (b"%PDF-1.7", "a PDF"),
    "notes.txt": (b"Subject: no\n\n", "text without the header of a letter"),
    "scan.pdf": (b"%PDF-1.7", "a PDF"),
    "box/tmp/7.a": (FROM, "a letter that was not written whole"),
    "box/cur/.keep": (b"", "an empty file"),
    "box/new/8.a": (FROM, ""),
}


def test_every_file_of_a_folder_is_imported_or_told(tmp_path: Path) -> None:
    top = tree(tmp_path / "top", {name: content for name, (content, _) in ANY_NAME.items()})
    os.mkfifo(top / "pipe")
    (top / "circle").symlink_to(top / "circle")
    (top / "linked").symlink_to(tree(tmp_path / "elsewhere", {"9.eml": FROM}))
    source = Files([top], 1000)
    said = {str(Path(each.path).relative_to(top)): each.what for each in source.no_letters}
    assert said == {name: what for name, (_, what) in ANY_NAME.items() if what} | {
        "pipe": "a pipe or a device",
        "circle": "a link that leads nowhere",
        "linked": "a link to a folder: import it by itself",
    }
    assert len(list(source.letters(None))) == sum(not what for _, what in ANY_NAME.values())
    assert source.no_letters[0].is_named


@pytest.mark.parametrize(("name", "content", "what"), [(n, *both) for n, both in NAMED.items()])
def test_a_file_that_is_named_by_itself_is_a_letter_or_refused(
    tmp_path: Path, name: str, content: bytes, what: str
) -> None:
    path = tree(tmp_path, {name: content}) / name
    if what:
        with pytest.raises(NotMail, match=re.escape(f"is no letter and no mbox: it is {what}")):
            Files([path], 1000)
    else:
        assert len(list(Files([path], 1000).letters(None))) == 1


def test_a_folder_of_no_letters_is_refused_in_words(tmp_path: Path) -> None:
    tree(tmp_path, {"a.eml": b"%PDF", "b.eml": b"x", "c.eml": b"x"})
    with pytest.raises(NotMail, match=r"a\.eml is a PDF, and 2 others are none either"):
        Files([tmp_path], 1000)


@pytest.mark.parametrize("name", ["nowhere", "empty", "false.mbox", "."])
def test_what_holds_no_letters_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "false.mbox").write_bytes(b"no mbox\n")
    with pytest.raises(NotMail):
        Files([tmp_path / name], 1000)


WIRE = {
    b"a\nb": b"a\r\nb\r\n",
    b"a\r\nb\r\n": b"a\r\nb\r\n",
    b"a\r\nb\nc\n": b"a\r\nb\r\nc\r\n",
    b"a\rb\r\n": b"a\rb\r\n",
    b"": b"\r\n",
}


@pytest.mark.parametrize(("stored", "sent"), WIRE.items())
def test_a_letter_takes_the_form_in_which_it_travels(stored: bytes, sent: bytes) -> None:
    assert wire_form(stored) == sent
    assert wire_form(sent) == sent
