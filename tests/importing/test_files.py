"""Which files hold letters, and in which order they are read."""

import os
from pathlib import Path

import pytest

from bridge.ingress.importer.mail_files import Files, NotMail
from bridge.spool.crlf import wire_form
from tests.importing.test_mbox import ASCTIME


def tree(top: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (1_700_000_000, 1_700_000_000))
    return top


TREES: dict[str, tuple[dict[str, bytes], list[bytes]]] = {
    "a folder of .eml": (
        {"b.eml": b"2", "a.EML": b"1", "notes.txt": b"x", "c/d.eml": b"3"},
        [b"1", b"2", b"3"],
    ),
    "a Maildir with a folder": (
        {
            "cur/1.a:2,S": b"1",
            "new/2.b": b"2",
            "tmp/3.c": b"half",
            "dovecot-uidlist": b"3 V1",
            "Sent/cur/4.d:2,": b"4",
            "Sent/new/.keep": b"",
            "Sent/tmp/5.e": b"half",
        },
        [b"4", b"1", b"2"],
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
            "f.eml": b"of no date, so that of the file\n",
        },
        [
            b"of no date, so that of the file\n",
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
    path = tree(tmp_path, {"letter": b"Subject: 1\n\none"}) / "letter"
    assert [each.content for each in Files([path], 1000).letters(None)] == [b"Subject: 1\n\none"]


def test_what_is_too_large_is_named(tmp_path: Path) -> None:
    [found] = Files([tree(tmp_path, {"a.eml": b"x" * 1001})], 1000).letters(None)
    assert found.content is None
    assert "a.eml" in found.label


def test_another_file_or_size_makes_another_fingerprint(tmp_path: Path) -> None:
    tree(tmp_path, {"a.eml": b"1", "b.eml": b"2"})
    before = Files([tmp_path], 1000).fingerprint
    assert Files([tmp_path], 1000).fingerprint == before
    tree(tmp_path, {"a.eml": b"longer"})
    assert Files([tmp_path], 1000).fingerprint != before
    tree(tmp_path, {"a.eml": b"1", "c.eml": b"3"})
    assert Files([tmp_path], 1000).fingerprint != before


def test_letters_that_go_or_are_renamed_meanwhile_stop_nothing(tmp_path: Path) -> None:
    tree(tmp_path, {"cur/1.a:2,": b"1", "new/2.b": b"2", "new/3.c": b"3", "tmp/.keep": b""})
    source = Files([tmp_path], 1000)
    (tmp_path / "cur" / "1.a:2,").rename(tmp_path / "cur" / "1.a:2,S")
    (tmp_path / "new" / "2.b").rename(tmp_path / "cur" / "2.b:2,S")
    (tmp_path / "new" / "3.c").unlink()
    assert [each.content for each in source.letters(None)] == [b"1", b"2", None]


def test_an_empty_mbox_has_no_letter_and_an_empty_file_is_none(tmp_path: Path) -> None:
    tree(tmp_path, {"a.eml": b"", "b.mbox": b"", "c.eml": b"3"})
    found = [each.content for each in Files([tmp_path], 1000).letters(None)]
    assert sorted(found, key=bool) == [None, b"3"]
    assert list(Files([tmp_path / "b.mbox"], 1000).letters(None)) == []


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
