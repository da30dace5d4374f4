"""What a backup of the bridge cannot read is named, and is all that is missing."""

import os
import tarfile
from pathlib import Path

import pytest

from bridge.keeping.archive import archives
from contract.process import CannotStart
from tests.bridge.spool.test_keeping import filled, run
from tests.unreadable import unreadable

__all__ = ["filled"]


def members(place: Path) -> set[str]:
    with tarfile.open(archives(place)[-1]) as archive:
        return set(archive.getnames())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has files of another user")
@pytest.mark.parametrize(
    ("closed", "left_out"),
    [
        ("imap", "imap/"),
        ("imap/support@yandex.ru@imap.yandex.ru", "imap/"),
        ("imap/support@yandex.ru@imap.yandex.ru/INBOX.json", "imap/"),
        ("spool/failed", "spool/failed/"),
        ("spool/new", "spool/new/"),
        ("webhook.secret", "webhook.secret"),
        ("origin", "origin"),
        ("erased.json", "erased.json"),
    ],
)
def test_what_is_closed_is_named_and_all_else_is_there(
    filled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], closed: str, left_out: str
) -> None:
    place = tmp_path / "backups"
    (filled / "erased.json").write_text("[]")
    assert run(filled, "backup", str(place)) == 0
    whole = members(place)
    capsys.readouterr()
    with unreadable(filled / closed, tmp_path):
        assert run(filled, "backup", str(place)) == 1
    assert f"{filled / closed} is not in it: Permission denied" in capsys.readouterr().err
    assert members(place) == {each for each in whole if not each.startswith(left_out)}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has files of another user")
@pytest.mark.parametrize("state", ["new", "failed"])
def test_an_erasure_names_what_it_may_not_look_into(
    filled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], state: str
) -> None:
    closed = filled / "spool" / state
    with unreadable(closed, tmp_path):
        assert run(filled, "erase", "ivan@example.ru", "--yes") == 1
    assert f"{closed} is not looked into: Permission denied" in capsys.readouterr().err


@pytest.mark.parametrize("content", ["", "[{", "{}x", '[{"salt": 1}]', "7"])
def test_torn_digests_of_the_erased_are_named(filled: Path, tmp_path: Path, content: str) -> None:
    place, new = tmp_path / "backups", tmp_path / "new"
    assert run(filled, "backup", str(place)) == 0
    new.mkdir()
    for directory in (new, filled):
        (directory / "erased.json").write_text(content)
    waiting = sorted((filled / "spool").rglob("*.eml"))
    with pytest.raises(CannotStart, match=r"erased\.json: it is torn or damaged"):
        run(new, "restore", str(archives(place)[-1]))
    assert not (new / "spool").exists()
    with pytest.raises(CannotStart, match=r"erased\.json: it is torn or damaged"):
        run(filled, "erase", "ivan@example.ru", "--yes")
    assert sorted((filled / "spool").rglob("*.eml")) == waiting
    assert run(filled, "backup", str(place)) == 0
    (new / "erased.json").unlink()
    assert run(new, "restore", str(archives(place)[-1])) == 1


@pytest.mark.parametrize("known_by", ["nothing", "erased.json", "a later archive"])
def test_a_later_archive_that_is_damaged(
    filled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], known_by: str
) -> None:
    """It is named; only if nothing else tells who was erased since, somebody must say so."""
    place, new = tmp_path / "backups", tmp_path / "new"
    for _ in range(3 if known_by == "a later archive" else 2):
        assert run(filled, "backup", str(place)) == 0
    first, damaged, *_ = archives(place)
    damaged.write_bytes(damaged.read_bytes()[:200])
    new.mkdir()
    if known_by == "erased.json":
        (new / "erased.json").write_text("[]")
    if known_by == "nothing":
        with pytest.raises(CannotStart, match="who was erased since is not known"):
            run(new, "restore", str(first))
        assert not (new / "spool").exists()
        assert run(new, "restore", str(first), "--erasures-lost") == 0
    else:
        assert run(new, "restore", str(first)) == 0
    told = capsys.readouterr().err
    assert f"a later archive tells nothing of who was erased: {damaged}" in told
    assert len(list((new / "spool").rglob("*.eml"))) == len(list((filled / "spool").rglob("*.eml")))


def test_a_secret_that_is_replaced_is_kept_and_named(
    filled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place, new = tmp_path / "backups", tmp_path / "new"
    assert run(filled, "backup", str(place)) == 0
    new.mkdir()
    (new / "webhook.secret").write_text("whsec_newer\n")
    assert run(new, "restore", str(place)) == 0
    assert f"the one before is in {new}/webhook.secret.before" in capsys.readouterr().err
    assert (new / "webhook.secret.before").read_text() == "whsec_newer\n"
    assert (new / "webhook.secret").read_text() == "whsec_x\n"
    other = tmp_path / "other"
    other.mkdir()
    (other / "webhook.secret").write_text("whsec_x\n")
    assert run(other, "restore", str(place)) == 0
    assert capsys.readouterr().err == ""
