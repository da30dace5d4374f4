"""What root's commands make in a service's directory is the service's to read and to write."""

import os
from pathlib import Path

import pytest

from bridge.command_line import status_of
from contract.files.ownership import given_to_owner

NOBODY = 65534

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")


@pytest.fixture
def services(tmp_path: Path) -> Path:
    """A directory that belongs to the user of a service."""
    found = tmp_path / "data"
    found.mkdir()
    os.chown(found, NOBODY, NOBODY)
    return found


def of_root(directory: Path) -> set[str]:
    return {each.name for each in directory.rglob("*") if each.lstat().st_uid == 0}


def test_what_is_made_is_given_at_any_depth_and_whatever_happens(services: Path) -> None:
    def act() -> None:
        with given_to_owner(services):
            (services / "erasures" / "one").mkdir(parents=True)
            (services / "erasures" / "one" / "akt.txt").write_text("x")
            raise RuntimeError("no room for the extract")

    with pytest.raises(RuntimeError, match="no room"):
        act()
    assert of_root(services) == set()


def test_by_another_name_of_the_directory_too(services: Path, tmp_path: Path) -> None:
    """For example the link that systemd makes for a dynamic user."""
    (other := tmp_path / "other").symlink_to(services)
    with given_to_owner(other):
        (other / "erased.json").write_text("x")
    assert of_root(services) == set()


def test_what_lies_elsewhere_stays_roots(services: Path, tmp_path: Path) -> None:
    """The service's user could name other people's files there."""
    (elsewhere := tmp_path / "elsewhere").write_text("x")
    with given_to_owner(services):
        (services / "link").symlink_to(elsewhere)
        (services / "folder").symlink_to(tmp_path)
        (services / "same").hardlink_to(elsewhere)
        os.mkfifo(services / "pipe")
    assert elsewhere.stat().st_uid == tmp_path.stat().st_uid == 0
    assert of_root(services) == {"link", "folder", "same", "pipe"}


def test_where_there_is_no_such_directory_nothing_happens(tmp_path: Path) -> None:
    with given_to_owner(tmp_path / "none"):
        pass


def test_what_a_bridges_commands_leave_is_the_services(
    services: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATA_DIR", str(services))
    monkeypatch.setenv("WEBHOOK_SECRETS", "whsec_" + "A" * 43 + "=")
    backups = tmp_path / "backups"
    backups.mkdir()
    os.chown(backups, NOBODY, NOBODY)
    for words in (["erase", "ivan@example.ru", "--yes"], ["backup", str(backups)]):
        assert status_of(words) == 0
    assert (services / "erased.json").is_file()
    assert of_root(services) | of_root(backups) == set()
