"""The spool: what is on disk at each step, and what a person sees with ``ls``."""

import json
import os
import time
from pathlib import Path

import pytest

from bridge.spool.attempts import Tried, tried
from bridge.spool.spool import STALE_SECONDS, Spool, SpoolInUse, age, new_id


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool").prepare()


def put(spool: Spool, content: bytes = b"Subject: x\r\n\r\n") -> str:
    draft = spool.draft(new_id())
    draft.write(content)
    draft.commit()
    return draft.id


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def test_a_draft_is_not_a_letter_yet(spool: Spool) -> None:
    draft = spool.draft(new_id())
    draft.write(b"half a let")
    assert list(spool.waiting()) == []
    draft.discard()
    assert names(spool.tmp) == []


def test_a_committed_letter_waits(spool: Spool) -> None:
    letter_id = put(spool, b"whole")
    [letter] = spool.waiting()
    assert (letter.id, letter.path.read_bytes()) == (letter_id, b"whole")
    assert letter.due <= time.time()
    assert names(spool.tmp) == []


def test_file_and_directory_are_synced_in_order(
    spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    sync, rename = os.fsync, os.rename

    def fsync(descriptor: int) -> None:
        steps.append(f"sync {Path(f'/proc/self/fd/{descriptor}').readlink().parent.name}")
        sync(descriptor)

    def renamed(path: Path, target: Path) -> None:
        steps.append("rename")
        rename(path, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "rename", renamed)
    put(spool)
    assert steps == ["sync tmp", "rename", "sync spool"]


def test_a_letter_that_a_mail_program_moved_waits_all_the_same(spool: Spool) -> None:
    letter_id = put(spool)
    (spool.new / f"{letter_id}.eml").rename(spool.cur / f"{letter_id}.eml:2,S")
    assert [letter.id for letter in spool.waiting()] == [letter_id]


def test_files_of_others_are_left_alone(spool: Spool) -> None:
    (spool.new / "notes.txt").write_text("mine")
    (spool.new / "no-id.eml").write_text("mine")
    assert list(spool.waiting()) == []


def test_the_next_attempt_is_in_the_files_time(spool: Spool) -> None:
    put(spool)
    [letter] = spool.waiting()
    spool.defer(letter, 2_000_000_000.0)
    assert [again.due for again in spool.waiting()] == [2_000_000_000.0]


def test_a_refused_letter_keeps_its_reason_beside_it(spool: Spool) -> None:
    letter_id = put(spool, b"whole")
    [letter] = spool.waiting()
    spool.fail(letter, "422 data.from: required", time.time())
    assert list(spool.waiting()) == []
    assert names(spool.failed) == [f"{letter_id}.eml", f"{letter_id}.json"]
    assert (spool.failed / f"{letter_id}.eml").read_bytes() == b"whole"
    note = json.loads((spool.failed / f"{letter_id}.json").read_text())
    assert note["reason"] == "422 data.from: required"
    assert note["first_attempt"] <= note["last_attempt"]


def test_attempts_in_vain_are_counted_until_the_letter_leaves(spool: Spool) -> None:
    letter_id = put(spool)
    [letter] = spool.waiting()
    assert tried(spool.root, letter_id) == Tried()
    for times in (1, 2, 3):
        spool.explain(letter, f"503 {times}\nagain")
        assert tried(spool.root, letter_id) == Tried(times, f"503 {times}\nagain")
    (spool.waits / letter_id).write_text("503 as versions of before wrote it")
    assert tried(spool.root, letter_id) == Tried(1, "503 as versions of before wrote it")
    spool.fail(letter, "422 no", time.time())
    note = json.loads((spool.failed / f"{letter_id}.json").read_text())
    assert note["attempts"] == "2"
    assert tried(spool.root, letter_id) == Tried()


def test_attempts_before_a_letter_failed_count_when_it_is_tried_again(spool: Spool) -> None:
    letter_id = put(spool)
    [letter] = spool.waiting()
    spool.explain(letter, "503 no")
    spool.fail(letter, "422 no", time.time())
    assert spool.try_again(spool.failed / f"{letter_id}.eml")
    assert tried(spool.root, letter_id) == Tried(2, "422 no", 2)
    [letter] = spool.waiting()
    spool.explain(letter, "503 again")
    assert tried(spool.root, letter_id) == Tried(3, "503 again", 2)
    spool.fail(letter, "422 again", time.time())
    assert spool.try_again(spool.failed / f"{letter_id}.eml")
    assert tried(spool.root, letter_id) == Tried(4, "422 again", 4)
    [letter] = spool.waiting()
    spool.remove(letter)
    assert list(spool.waits.iterdir()) == []


@pytest.mark.parametrize("note", ["", "[]", '{"attempts": "many"}', '{"attempts": "9999999999"}'])
def test_whatever_the_note_of_a_failed_letter_is_it_is_tried_again(spool: Spool, note: str) -> None:
    letter_id = put(spool)
    (spool.new / f"{letter_id}.eml").rename(spool.failed / f"{letter_id}.eml")
    (spool.failed / f"{letter_id}.json").write_text(note)
    assert spool.try_again(spool.failed / f"{letter_id}.eml")
    assert tried(spool.root, letter_id) == Tried(1, "", 1)


def test_only_stale_drafts_are_swept(spool: Spool) -> None:
    fresh, stale = spool.draft(new_id()), spool.draft(new_id())
    old = time.time() - STALE_SECONDS - 1
    os.utime(spool.tmp / f"{stale.id}.eml", (old, old))
    assert spool.sweep(time.time()) == 1
    assert names(spool.tmp) == [f"{fresh.id}.eml"]
    fresh.discard()
    stale.discard()


def test_one_courier_a_spool(spool: Spool) -> None:
    with spool.locked(), pytest.raises(SpoolInUse), Spool(spool.root).locked():
        pass
    with Spool(spool.root).locked():
        pass


def test_letters_are_for_their_owner_alone(spool: Spool) -> None:
    for directory in (spool.root, spool.new, spool.failed):
        assert directory.stat().st_mode & 0o077 == 0


def test_ids_sort_by_time_and_tell_the_age() -> None:
    first = new_id()
    time.sleep(0.002)
    second = new_id()
    assert first < second
    assert "." not in first
    assert 0 <= age(first, time.time()) < 60
