"""An archive of an empty DATA_DIR displaces none that has something: its volume may be lost."""

from pathlib import Path

import pytest

from bridge.keeping.archive import archives
from bridge.keeping.last import last_backup
from contract.process import CannotStart
from tests.bridge.spool.test_keeping import filled, run

__all__ = ["filled"]


@pytest.mark.usefixtures("quick_keys")
@pytest.mark.parametrize("key", ["", "sixteen characters and more"])
def test_an_archive_of_nothing_displaces_none(
    filled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], key: str
) -> None:
    place, nothing = tmp_path / "backups", tmp_path / "nothing"
    nothing.mkdir()
    for _ in range(2):
        assert run(filled, "backup", str(place), "--keep", "2", key=key) == 0
    good = archives(place)
    for _ in range(3):
        assert run(nothing, "backup", str(place), "--keep", "1", key=key) == 0
        assert f"{nothing} is empty" in capsys.readouterr().err
    *kept, empty = archives(place)
    assert kept == good
    with pytest.raises(CannotStart, match="name the one"):
        run(tmp_path / "new", "restore", str(place), key=key)
    assert run(tmp_path / "new", "restore", str(good[-1]), key=key) == 0
    assert (tmp_path / "new" / "webhook.secret").read_text() == "whsec_x\n"
    assert run(filled, "backup", str(place), "--keep", "1", key=key) == 0
    assert archives(place)[:-1] == [empty]


@pytest.mark.parametrize("key", ["", "sixteen characters and more"])
def test_a_new_volume_with_a_new_secret_and_a_few_letters_displaces_none(
    filled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], key: str
) -> None:
    place, other = tmp_path / "backups", tmp_path / "other"
    for _ in range(2):
        assert run(filled, "backup", str(place), "--keep", "2", key=key) == 0
    good = archives(place)
    other.mkdir()
    (other / "webhook.secret").write_text("whsec_new\n")
    for _ in range(3):
        assert run(other, "backup", str(place), "--keep", "1", key=key) == 0
        assert f"2 archives, up to {good[-1]}, are of another DATA_DIR" in capsys.readouterr().err
    assert [each for each in archives(place) if each in good] == good
    assert len(archives(place)) == 3
    assert last_backup(other).others == 2
    with pytest.raises(CannotStart, match="name the one"):
        run(tmp_path / "new", "restore", str(place), key=key)
    assert run(tmp_path / "new", "restore", str(good[-1]), key=key) == 0
    archives(place)[-1].unlink()
    assert run(tmp_path / "new", "backup", str(place), "--keep", "1", key=key) == 0  # goes on
    assert not {*good} & {*archives(place)}
    assert last_backup(tmp_path / "new").others == 0


def test_an_archive_that_cannot_be_deleted_is_told_and_the_new_one_counts(
    filled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It may be another user's, or, as here, no file at all."""
    place = tmp_path / "backups"
    stuck = place / "bridge-2020-01-01T000000000000Z.tar.gz"
    stuck.mkdir(parents=True)
    for _ in range(2):
        assert run(filled, "backup", str(place), "--keep", "1") == 1
        assert f"{stuck} cannot be deleted" in capsys.readouterr().err
    assert len(archives(place)) == 2
    assert last_backup(filled).when is not None


def test_an_empty_directory_although_one_was_made_may_be_a_disk_that_is_not_mounted(
    filled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "backups"
    for _ in range(2):
        assert run(filled, "backup", str(place)) == 0
        assert "is its disk mounted" not in capsys.readouterr().err
    place.rename(tmp_path / "unmounted")
    assert run(filled, "backup", str(place)) == 0
    assert f"{place} had no archive, but one was made on" in capsys.readouterr().err
