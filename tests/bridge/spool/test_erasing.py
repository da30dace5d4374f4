"""``python -m bridge erase``: a person's letters leave the spool, nobody else's do."""

import time
from pathlib import Path

import pytest

from bridge.command_line import command_line
from bridge.erasing.remembered import remember
from bridge.reporting.refusals import Refusals
from bridge.settings import BridgeSettings
from bridge.spool.envelope import Delivery, trace_block
from bridge.spool.spool import Spool, new_id
from contract.process import CannotStart
from tests.letters import START

MAILBOX = "support@yandex.ru"


def put(spool: Spool, sender: str, to: str, *, failed: bool, mail_from: str = "x@b.example") -> str:
    delivery = Delivery(new_id(), MAILBOX, START, mail_from, ("in@b.example",))
    draft = spool.draft(delivery.id)
    text = f"From: {sender}\r\nTo: {to}\r\nSubject: x\r\n\r\nx\r\n"
    draft.write(trace_block(delivery, "b.example") + text.encode())
    draft.commit()
    if failed:
        [waiting] = [each for each in spool.waiting() if each.id == delivery.id]
        spool.fail(waiting, "422", time.time())
    return delivery.id


def erase(spool: Spool, *words: str) -> int:
    return run(spool.root.parent, "erase", *words)


def run(directory: Path, *words: str) -> int:
    arguments = command_line().parse_args([*words])
    return int(arguments.run(BridgeSettings(data_dir=directory), arguments))


def test_a_file_that_the_disk_does_not_give_keeps_no_letter_of_his(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file is the oldest, so it comes first; reading it fails as on a bad sector."""
    spool = Spool(tmp_path / "spool").prepare()
    unread = spool.new / f"{0:016d}-{'0' * 16}.eml"
    unread.symlink_to(unread)
    put(spool, "ivan@example.ru", MAILBOX, failed=False)
    assert erase(spool, "ivan@example.ru", "--yes") == 1
    said = capsys.readouterr()
    assert f"{unread} is not looked into: Too many levels of symbolic links" in said.err
    assert "1 letters erased" in said.out
    assert [*spool.new.iterdir()] == [unread]
    assert (tmp_path / "erased.json").exists()


@pytest.mark.parametrize("failed", [False, True])
def test_his_letters_go_and_others_stay(
    tmp_path: Path, failed: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    spool = Spool(tmp_path / "spool").prepare()
    his = [
        put(spool, "Иван <Ivan@Example.ru>", MAILBOX, failed=failed),
        put(spool, MAILBOX, "ivan@example.ru", failed=failed),
        put(spool, "robot@b.example", MAILBOX, failed=failed, mail_from="ivan@example.ru"),
    ]
    others = [
        put(spool, "olga@example.ru", MAILBOX, failed=failed),
        put(spool, MAILBOX, "olga@example.ru, ivan@example.ru", failed=failed),
    ]

    def there() -> set[str]:
        return {each.name.partition(".")[0] for each in spool.root.rglob("*") if each.is_file()}

    assert erase(spool, "ivan@example.ru") == 1
    assert there() == {*his, *others}
    capsys.readouterr()
    assert erase(spool, "IVAN@example.ru", "--yes") == 0
    assert there() == set(others)
    [told] = [line for line in capsys.readouterr().out.splitlines() if others[1] in line]
    assert "of somebody else" in told
    assert ("spool retry" in told) == failed
    assert erase(spool, "ivan@example.ru") == 0


@pytest.mark.parametrize(
    ("wrote", "told"),
    [
        ("Ivan.Petrov@ya.ru", "ivan-petrov@yandex.com"),
        ("i.vanov@gmail.com", "IVANOV@googlemail.com"),
        ("ivan@xn--e1afmkfd.xn--p1ai", "ivan@пример.рф"),
        ("ivan+shop@example.ru", "ivan@example.ru"),
    ],
)
def test_he_goes_however_he_is_spelt(tmp_path: Path, wrote: str, told: str) -> None:
    spool = Spool(tmp_path / "spool").prepare()
    put(spool, wrote, MAILBOX, failed=True)
    put(spool, MAILBOX, wrote, failed=False)
    put(spool, "robot@b.example", MAILBOX, failed=True, mail_from=wrote)
    other = put(spool, f"x{wrote}", MAILBOX, failed=False)
    assert erase(spool, told, "--yes") == 0
    assert {each.stem for each in spool.root.rglob("*.eml")} == {other.partition(".")[0]}


def test_refusals_forget_him_in_the_file_and_in_the_door_that_wrote_it(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool").prepare()
    door = Refusals(tmp_path / "refusals.json")
    door.note("552 5.3.4 too large", "192.0.2.7", "ivan.petrov@ya.ru", MAILBOX)
    door.note("550 5.1.1 <ivan-petrov@yandex.ru>: no", "192.0.2.8", "a@b.ru", "ivan-petrov@ya.ru")
    door.note("552 5.3.4 too large", "192.0.2.9", "olga@example.ru", MAILBOX)
    door.save()
    assert erase(spool, "Ivan-Petrov@yandex.com") == 0  # no letter, and --yes was not said
    assert "petrov" in (tmp_path / "refusals.json").read_text()
    assert erase(spool, "Ivan-Petrov@yandex.com", "--yes") == 0
    door.note("552 5.3.4 too large", "192.0.2.9", "petr@example.ru", MAILBOX)
    door.save()
    for known in (door, Refusals(tmp_path / "refusals.json")):
        told = [(each.number, each.mail_from, each.answer) for each in known.since(-1)]
        assert told == [
            (0, "", "552 5.3.4"),
            (1, "", "550 5.1.1"),
            (2, "olga@example.ru", "552 5.3.4 too large"),
            (3, "petr@example.ru", "552 5.3.4 too large"),
        ]
    assert "petrov" not in (tmp_path / "refusals.json").read_text()
    assert [*tmp_path.glob("*.tmp")] == []


@pytest.mark.parametrize("here", [True, False])
def test_an_archive_of_before_does_not_bring_his_letters_back(tmp_path: Path, here: bool) -> None:
    """The erasure is known from DATA_DIR, or from a later archive beside this one."""
    data, archives = tmp_path / "data", tmp_path / "archives"
    spool = Spool(data / "spool").prepare()
    put(spool, "Иван <Ivan@Example.ru>", MAILBOX, failed=True)
    put(spool, "ivan@example.ru", MAILBOX, failed=False)
    others = {put(spool, "olga@example.ru", MAILBOX, failed=each) for each in (True, False)}
    run(data, "backup", str(archives))
    assert erase(spool, "ivan@example.ru", "--yes") == 0
    run(data, "backup", str(archives))
    if here:
        for path in spool.root.rglob("*.*"):
            path.unlink()
    first = min(archives.glob("bridge-*"))
    place = data if here else tmp_path / "other"
    assert run(place, "restore", str(first)) == 0
    there = {each.name.partition(".")[0] for each in place.rglob("spool/*/*.*")}
    assert there == others
    assert "ivan" not in (place / "erased.json").read_text()
    run(place, "backup", str(tmp_path / "more"))  # which tells of it, too
    assert run(tmp_path / "third", "restore", str(min((tmp_path / "more").glob("*.gz")))) == 0
    assert (tmp_path / "third" / "erased.json").read_text() == (place / "erased.json").read_text()


def test_what_comes_from_him_after_it_is_brought_back(tmp_path: Path) -> None:
    data = tmp_path / "data"
    spool = Spool(data / "spool").prepare()
    remember(data, ["ivan@example.ru"], START.timestamp() - 1)
    kept = put(spool, "ivan@example.ru", MAILBOX, failed=True)
    run(data, "backup", str(tmp_path))
    assert run(tmp_path / "other", "restore", str(min(tmp_path.glob("*.gz")))) == 0
    assert [each.stem for each in (tmp_path / "other").rglob("*.eml")] == [kept]


def test_an_address_is_read_as_it_was_copied_and_two_are_refused(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool").prepare()
    put(spool, "Ivan <ivan@example.ru>", "support@yandex.ru", failed=False)
    with pytest.raises(CannotStart):
        run(tmp_path, "erase", "ivan@example.ru;olga@example.ru", "--yes")
    assert len(list(spool.waiting())) == 1
    assert run(tmp_path, "erase", "Ivan <ivan@example.ru>,", "--yes") == 0
    assert not list(spool.waiting())
