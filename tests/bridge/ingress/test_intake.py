"""The only entrance to the spool: a letter is stored, counted and announced; or nothing is."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bridge import metrics
from bridge.spool.capacity import Capacity
from bridge.spool.envelope import Delivery
from bridge.spool.intake import Intake
from bridge.spool.spool import Spool, Waiting, new_id, read_head
from tests.faults import forget, plan

ROOM = 10_000


@pytest.fixture
def told() -> list[str]:
    """The ids that the courier has heard of."""
    return []


@pytest.fixture
def intake(tmp_path: Path, told: list[str]) -> Intake:
    spool = Spool(tmp_path / "spool").prepare()

    def arrived(letter: Waiting) -> None:
        assert letter.path.stat().st_size > letter.size > 0  # kept before it is told of
        told.append(letter.id)

    return Intake(spool, Capacity(spool, ROOM, 0), "bridge.example", arrived)


@pytest.fixture
def faults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    directory = tmp_path / "faults"
    directory.mkdir()
    monkeypatch.setattr("contract.faults.DIRECTORY", str(directory))
    yield directory
    forget(directory)


def delivery(mailbox: str = "support@yandex.ru") -> Delivery:
    return Delivery(new_id(), mailbox, datetime.now(UTC), via="imap", protocol="IMAP")


def files(intake: Intake) -> list[Path]:
    return [path for path in intake.spool.root.rglob("*") if path.is_file()]


def accepted() -> float:
    return metrics.REGISTRY.get_sample_value("bridge_letters_accepted_total") or 0.0


def test_a_letter_is_kept_counted_and_told_of(intake: Intake, told: list[str]) -> None:
    before, given = accepted(), delivery()
    intake.keep(given, b"Subject: x\n\n" + b"y" * 5_000)
    [letter] = intake.spool.waiting()
    kept, content = read_head(letter.path)
    assert (kept.mailbox, kept.via) == (given.mailbox, "imap")
    assert content == b"Subject: x\r\n\r\n" + b"y" * 5_000 + b"\r\n"
    assert told == [given.id] == [letter.id]
    assert accepted() == before + 1
    assert intake.lacks(ROOM - 6_000) == ""
    assert intake.lacks(ROOM - 5_000) == "the spool is full"


def test_a_letter_for_two_mailboxes_is_two_in_the_spool(intake: Intake, told: list[str]) -> None:
    both = [delivery(), delivery("sales@yandex.ru")]
    letter = intake.begin(both)
    for piece in (b"Subject: x\r\n", b"\r\n", b"y\r\n"):
        letter.write(piece)
    letter.commit()
    letter.discard()  # comes too late
    assert {read_head(each.path)[1] for each in intake.spool.waiting()} == {
        b"Subject: x\r\n\r\ny\r\n"
    }
    assert told == letter.ids == [each.id for each in both]


@pytest.mark.parametrize("point", ["disk.create", "disk.write", "disk.sync", "disk.rename"])
def test_what_is_not_kept_is_neither_counted_nor_told_of(
    intake: Intake, told: list[str], faults: Path, point: str
) -> None:
    before = accepted()
    plan(faults, point, "ENOSPC")
    with pytest.raises(OSError, match="planned at"):
        intake.keep(delivery(), b"y" * 5_000)
    assert files(intake) == []
    assert (told, accepted()) == ([], before)
    assert intake.lacks(ROOM) == ""


def test_bytes_on_their_way_take_room_until_the_letter_is_given_up(intake: Intake) -> None:
    letter = intake.begin([delivery()])
    letter.write(b"y" * 6_000)
    with pytest.raises(OSError, match="the spool is full"):
        intake.require(5_000)
    letter.discard()
    intake.require(ROOM)
    letter.write(b"y")
    letter.commit()  # both come too late
    assert files(intake) == []


def test_a_look_at_the_spool_sees_what_left_it(intake: Intake) -> None:
    intake.keep(delivery(), b"y" * 9_000)
    with pytest.raises(OSError, match="the spool is full"):
        intake.require(5_000)
    for letter in intake.spool.waiting():
        intake.spool.remove(letter)
    intake.recount()
    assert intake.lacks(5_000) == ""


def test_what_was_delivered_makes_room_before_anybody_is_refused(intake: Intake) -> None:
    intake.keep(delivery(), b"y" * 9_000)
    for letter in intake.spool.waiting():
        intake.spool.remove(letter)
    assert intake.lacks(5_000) == "the spool is full"
    intake.require(5_000)
    assert intake.lacks(5_000) == ""
