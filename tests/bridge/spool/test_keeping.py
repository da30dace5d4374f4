"""``python -m bridge backup`` and ``restore``: spool, cursors and secret, byte by byte."""

import errno
import fcntl
import os
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from pydantic import SecretStr

from bridge.command_line import command_line
from bridge.keeping.archive import seconds_since_the_newest
from bridge.keeping.last import NAME, last_backup
from bridge.settings import BridgeSettings
from bridge.spool import disk
from bridge.spool.envelope import Delivery, trace_block
from bridge.spool.spool import LOCK, Spool, SpoolInUse, new_id
from contract.files.locks import is_held
from contract.process import CannotStart
from tests.letters import START, letter
from tests.receiver.years.test_full_disk import room_for
from tests.servers import ROOT, wait_until


def run(directory: Path, *words: str, key: str = "") -> int:
    arguments = command_line().parse_args(list(words))
    settings = BridgeSettings(data_dir=directory, backup_key=SecretStr(key) if key else None)
    return int(arguments.run(settings, arguments))


def contents(directory: Path) -> dict[str, tuple[bytes, int]]:
    """Return every file with its bytes and, to the second, the time of its next attempt.

    The note of the last backup and the lock are this directory's alone.
    """
    return {
        str(path.relative_to(directory)): (path.read_bytes(), int(path.stat().st_mtime))
        for path in directory.rglob("*")
        if path.is_file() and path.name not in (NAME, LOCK)
    }


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """A bridge's directory: letters that wait and failed, a cursor, a secret."""
    directory = tmp_path / "data"
    spool = Spool(directory / "spool").prepare()
    for number in range(4):
        delivery = Delivery(new_id(), "support@yandex.ru", START, "ivan@example.ru", ("a@b.ru",))
        draft = spool.draft(delivery.id)
        draft.write(trace_block(delivery, "b.example") + letter(f"{number}@example.ru"))
        draft.commit()
    first, second, *_ = sorted(spool.waiting(), key=lambda each: each.id)
    spool.fail(first, "422", time.time())
    spool.explain(second, "503")
    spool.defer(second, time.time() + 1000)
    cursor = directory / "imap" / "support@yandex.ru@imap.yandex.ru" / "INBOX.json"
    cursor.parent.mkdir(parents=True)
    cursor.write_text("{}")
    (directory / "webhook.secret").write_text("whsec_x\n")
    return directory


def test_what_is_restored_is_what_was_there(filled: Path, tmp_path: Path) -> None:
    assert run(filled, "backup", str(tmp_path / "backups")) == 0
    before = contents(filled)
    assert len(before) == 9
    [archive] = (tmp_path / "backups").glob("bridge-*")
    assert archive.stat().st_mode & 0o777 == 0o600
    assert run(tmp_path / "new", "restore", str(archive)) == 0
    assert contents(tmp_path / "new") == before
    assert run(tmp_path / "new", "restore", str(archive)) == 1  # there are letters


def test_only_the_newest_stay(filled: Path, tmp_path: Path) -> None:
    for _ in range(3):
        assert run(filled, "backup", str(tmp_path / "backups"), "--keep", "2") == 0
    assert len(list((tmp_path / "backups").glob("bridge-*"))) == 2


def test_an_archive_ahead_of_the_clock_is_told_and_neither_drops_another_nor_is_read(
    filled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "backups"
    assert run(filled, "backup", str(place), "--keep", "1") == 0
    [real] = place.glob("bridge-*")
    ahead = [place / f"bridge-{year}-01-01T000000000000Z.tar.gz" for year in (2231, 2232)]
    for each in ahead:
        shutil.copy(real, each)
    capsys.readouterr()
    assert run(filled, "backup", str(place), "--keep", "1") == 0
    said = capsys.readouterr()
    made = Path(said.out.partition(": ")[0])
    assert {*place.glob("bridge-*")} == {*ahead, made}
    assert all(f"{each}: its name is ahead of the clock" in said.err for each in ahead)
    os.utime(ahead[1], (time.time() + 9999,) * 2)
    assert 0 <= seconds_since_the_newest(place) < 3600
    assert run(tmp_path / "new", "restore", str(place)) == 0
    said = capsys.readouterr()
    assert said.out.startswith(f"{made}\n")
    assert f"{ahead[1]}: its name is ahead of the clock; it is passed over" in said.err


def test_by_a_timetable_one_is_made_when_the_newest_is_old(filled: Path, tmp_path: Path) -> None:
    place = tmp_path / "backups"
    words = ("backup", str(place), "--keep", "2", "--every", "24")
    env = os.environ | {"DATA_DIR": str(filled), "PYTHONPATH": str(ROOT)}

    def archives() -> set[Path]:
        return {*place.glob("bridge-*")}

    with subprocess.Popen([sys.executable, "-m", "bridge", *words], env=env) as process:
        try:
            wait_until(lambda: len(archives()) == 1 and not is_held(place / ".bridge.lock"))
            [first] = archives()
            # By hand meanwhile, unless one is being written.
            assert run(filled, "backup", str(place)) == 0
            with (place / ".bridge.lock").open("wb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                with pytest.raises(CannotStart, match="another backup is being written"):
                    run(filled, "backup", str(place))
            assert process.poll() is None
        finally:
            process.kill()
    [by_hand] = archives() - {first}
    by_hand.unlink()
    assert 0 <= seconds_since_the_newest(place) < 3600
    os.utime(first, (0, 0))
    assert seconds_since_the_newest(place) > 24 * 3600
    os.utime(first, (time.time() + 9999,) * 2)
    assert seconds_since_the_newest(place) == float("inf")  # a clock that was wrong
    assert seconds_since_the_newest(tmp_path) == float("inf")


def test_an_archive_that_is_damaged_or_not_ours_is_refused(filled: Path, tmp_path: Path) -> None:
    run(filled, "backup", str(tmp_path / "backups"))
    [archive] = (tmp_path / "backups").glob("bridge-*")
    content = archive.read_bytes()
    archive.write_bytes(content[: len(content) // 2])
    assert run(tmp_path / "half", "restore", str(archive)) == 1
    assert run(tmp_path / "none", "restore", str(tmp_path / "missing")) == 1
    for number, name in enumerate(
        ("../x", "spool/new/../../x", "/etc/x", "spool/tmp/x", "imap/../x.json")
    ):
        evil = tmp_path / "evil.tar.gz"
        with tarfile.open(evil, "w:gz") as tar:
            member = tarfile.TarInfo(name)
            member.size = 1
            tar.addfile(member, BytesIO(b"x"))
        assert run(tmp_path / f"evil{number}", "restore", str(evil)) == 1
        assert not (tmp_path / "x").exists()


def test_whichever_bit_of_an_archive_has_changed_no_letter_comes_back_otherwise(
    filled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Even if the changed bytes can be unpacked, for example inside a photo."""
    photo = next((filled / "spool").rglob("*.eml"))
    photo.write_bytes(photo.read_bytes() + os.urandom(20_000))
    run(filled, "backup", str(tmp_path / "backups"))
    [archive] = (tmp_path / "backups").glob("bridge-*")
    content, before = archive.read_bytes(), contents(filled)
    statuses = set()
    for place in range(0, len(content), len(content) // 50):
        flipped = bytearray(content)
        flipped[place] ^= 16
        archive.write_bytes(flipped)
        new = tmp_path / f"{place}"
        statuses.add(status := run(new, "restore", str(archive)))
        assert (contents(new) == before) if status == 0 else not new.exists()
        assert status == 0 or "cannot be read" in capsys.readouterr().err
    assert 1 in statuses


@pytest.mark.usefixtures("quick_keys")
def test_an_encrypted_archive_is_read_with_its_key_alone(
    filled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = "correct horse battery staple"
    for _ in range(2):
        assert run(filled, "backup", str(tmp_path / "backups"), "--keep", "1", key=key) == 0
    [archive] = (tmp_path / "backups").glob("bridge-*")
    content = archive.read_bytes()
    assert b"whsec_x" not in content
    assert archive.stat().st_mode & 0o777 == 0o600
    new = tmp_path / "new"
    assert run(new, "restore", str(archive)) == 1
    assert "is encrypted: BACKUP_KEY" in capsys.readouterr().err
    assert run(new, "restore", str(archive), key="correct horse battery stable") == 1
    assert "another BACKUP_KEY" in capsys.readouterr().err
    for broken in (content[:-1], content[: len(content) // 2], content[:20], b""):
        archive.write_bytes(broken)
        assert run(new, "restore", str(archive), key=key) == 1
        assert str(archive) in capsys.readouterr().err
    assert not new.exists()
    archive.write_bytes(content)
    assert run(new, "restore", str(archive), key=key) == 0
    assert contents(new) == contents(filled)


def test_a_full_disk_leaves_no_draft(
    filled: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    place = tmp_path / "backups"
    with monkeypatch.context() as faulty:
        faulty.setattr(os, "fsync", full)
        assert run(filled, "backup", str(place)) == 1
    assert "No space left" in capsys.readouterr().err
    assert [*place.glob("*bridge-*")] == []
    (place / ".bridge-2026-01-01T000000000000Z.tar.gz").write_bytes(b"of a crash")
    assert run(filled, "backup", str(place)) == 0
    assert len([*place.glob("*bridge-*")]) == 1


def test_a_restore_that_was_cut_short_is_begun_again(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a crash anywhere each file is whole and no cursor is there before the letters."""
    run(filled, "backup", str(tmp_path / "backups"))
    [archive] = (tmp_path / "backups").glob("bridge-*")
    whole = contents(filled)
    real = disk.rename
    for steps in range(len(whole)):
        new, done = tmp_path / f"new{steps}", iter(range(steps))

        def breaks(path: disk.Where, target: disk.Where, done: Iterator[int] = done) -> None:
            if next(done, None) is None:
                raise OSError(errno.EIO, "cut short")
            real(path, target)

        with monkeypatch.context() as faulty:
            faulty.setattr(disk, "rename", breaks)
            assert run(new, "restore", str(archive)) == 1
        found = {name: kept for name, kept in contents(new).items() if ".restoring" not in name}
        assert len(found) == steps
        assert found.items() <= whole.items()
        if any(name.startswith("imap/") for name in found):
            assert {name for name in whole if name.startswith("spool/")} <= set(found)
        assert run(new, "restore", str(archive)) == 0
        assert contents(new) == whole


def test_a_secret_in_another_volume_comes_back_too(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two volumes may be one device, and yet no file can be renamed from one to the other."""
    run(filled, "backup", str(tmp_path / "backups"))
    [archive] = (tmp_path / "backups").glob("bridge-*")
    volume, real = tmp_path / "secret", disk.rename
    volume.mkdir()
    (volume / "webhook").write_text("whsec_made_anew\n")

    def within_one(path: disk.Where, target: disk.Where) -> None:
        if (Path(str(path)).parent == volume) != (Path(str(target)).parent == volume):
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        real(path, target)

    monkeypatch.setattr(disk, "rename", within_one)
    settings = BridgeSettings(
        data_dir=tmp_path / "new", webhook_secrets_file=volume / "webhook", mailboxes={}
    )
    arguments = command_line().parse_args(["restore", str(archive)])
    assert arguments.run(settings, arguments) == 0
    assert sorted(each.name for each in volume.iterdir()) == ["webhook", "webhook.before"]
    assert (volume / "webhook").read_text() == "whsec_x\n"
    assert (volume / "webhook").stat().st_mode & 0o777 == 0o600


def test_nothing_is_restored_beneath_a_bridge_that_runs(filled: Path, tmp_path: Path) -> None:
    run(filled, "backup", str(tmp_path / "backups"))
    [archive] = (tmp_path / "backups").glob("bridge-*")
    spool = Spool(tmp_path / "new" / "spool").prepare()
    with spool.locked():
        assert run(tmp_path / "new", "restore", str(archive)) == 1
    assert run(tmp_path / "new", "restore", str(archive)) == 0


def test_nobody_else_works_on_a_directory_that_is_being_restored(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two restores would write into each other's files; a bridge would start with new cursors."""
    run(filled, "backup", str(tmp_path / "backups"))
    [archive] = (tmp_path / "backups").glob("bridge-*")
    new, real, others = tmp_path / "new", disk.rename, list[int]()

    def meanwhile(path: disk.Where, target: disk.Where) -> None:
        if not others:
            others.append(1)
            others.append(run(new, "restore", str(archive)))
            with pytest.raises(SpoolInUse), Spool(new / "spool").prepare().locked():
                pass
        real(path, target)

    monkeypatch.setattr(disk, "rename", meanwhile)
    assert run(new, "restore", str(archive)) == 0
    assert others == [1, 1]
    assert contents(new) == contents(filled)


def test_a_letter_that_leaves_meanwhile_is_left_out(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.open

    def delivered(path: Path, *words: object, **more: object) -> object:
        if path.suffix == ".eml" and path.parent.name == "new":
            os.unlink(path)  # noqa: PTH108 - the real one
        return real(path, *words, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", delivered)
    assert run(filled, "backup", str(tmp_path / "backups")) == 0
    monkeypatch.undo()
    [archive] = (tmp_path / "backups").glob("bridge-*")
    assert run(tmp_path / "new", "restore", str(archive)) == 0
    assert len(list((tmp_path / "new" / "spool").rglob("*.eml"))) == 1  # the one in failed


def test_a_file_that_cannot_be_read_keeps_no_other_out(
    filled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Otherwise one bad sector would prevent all later backups."""
    new = filled / "spool" / "new"
    folder, around = (new / f"{new_id()}.eml" for _ in range(2))
    folder.mkdir()
    around.symlink_to(around)
    assert run(filled, "backup", str(tmp_path / "backups")) == 1
    whole, said = contents(filled), capsys.readouterr()
    assert "4 letters" in said.out
    assert f"{folder} is not in it: Is a directory" in said.err
    assert f"{around} is not in it: Too many levels of symbolic links" in said.err
    assert last_backup(filled).when
    [archive] = (tmp_path / "backups").glob("bridge-*")
    assert run(tmp_path / "new", "restore", str(archive)) == 0
    assert contents(tmp_path / "new") == whole


@pytest.mark.parametrize("unbuffered", ["1", ""])
def test_output_that_goes_to_a_full_disk_is_told_and_the_archive_is_there(
    filled: Path, tmp_path: Path, unbuffered: str
) -> None:
    """For example cron's log, on another disk than the archives."""

    def run_to_full(*words: str) -> tuple[int, str]:
        env = os.environ | {"DATA_DIR": str(filled), "PYTHONUNBUFFERED": unbuffered}
        command = [sys.executable, "-m", "bridge", *words]
        with Path("/dev/full").open("wb") as full:
            done = subprocess.run(
                command, cwd=ROOT, env=env, stdout=full, stderr=subprocess.PIPE, check=False
            )
        return done.returncode, done.stderr.decode()

    status, said = run_to_full("backup", str(tmp_path / "backups"))
    [archive] = (tmp_path / "backups").glob("bridge-*")
    assert (status != 0, f"{archive}: 4 letters: what it prints" in said) == (True, True)
    status, said = run_to_full("spool", "list", "--json")
    assert (status != 0, "No space left on device" in said, "Traceback" in said) == (
        *(True, True, False),
    )
    status, said = run_to_full("doctor")
    assert (status, said) == (74, "what it prints cannot be written: No space left on device\n")


def test_when_the_last_one_was_complete_is_noted_and_one_that_failed_is_not(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert last_backup(filled).when is None
    with monkeypatch.context() as patched:
        patched.setattr(disk, "rename", refused)
        assert run(filled, "backup", str(tmp_path / "backups")) == 1
    assert last_backup(filled).when is None
    assert run(filled, "backup", str(tmp_path / "backups")) == 0
    assert time.time() - 60 < (last_backup(filled).when or 0) <= time.time()


def test_one_that_cannot_be_noted_is_a_backup_all_the_same(
    filled: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (filled / NAME).mkdir()
    assert run(filled, "backup", str(tmp_path / "backups")) == 0
    [said] = caplog.messages
    assert "doctor and alarm will not know" in said
    assert run(tmp_path / "new", "restore", str(*(tmp_path / "backups").glob("bridge-*"))) == 0


def refused(*_paths: Path) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_directory_that_is_not_there_is_no_backup_of_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "typo"
    assert run(missing, "backup", str(tmp_path / "backups")) == 1
    assert f"{missing} is not there: is DATA_DIR right?" in capsys.readouterr().err
    assert [*tmp_path.rglob("bridge-*")] == []


def test_whatever_room_there_is_a_backup_is_whole_or_none(
    filled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A limit on file sizes stands in for a full disk. The same holds for a restore."""
    place = tmp_path / "backups"
    statuses = []
    for room in (0, 1, 30, 100, 300, 1000, 10_000):
        with room_for(room):
            statuses.append(run(filled, "backup", str(place)))
        assert ("File too large" in capsys.readouterr().err) == bool(statuses[-1])
        assert len([*place.glob("*bridge-*")]) == statuses.count(0)
    assert statuses == sorted(statuses, reverse=True)
    [*_, archive] = sorted(place.glob("bridge-*"))
    new = tmp_path / "new"
    for room in (0, 1, 30, 100, 300):
        with room_for(room):
            assert run(new, "restore", str(archive)) == 1
        assert "File too large" in capsys.readouterr().err
        found = {name: kept for name, kept in contents(new).items() if ".restoring" not in name}
        assert found.items() <= contents(filled).items()
    assert run(new, "restore", str(archive)) == 0
    assert contents(new) == contents(filled)


def test_of_a_directory_the_newest_archive_is_read(
    filled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "backups"
    assert run(filled, "backup", str(place)) == 0
    (filled / "webhook.secret").write_text("whsec_y\n")
    assert run(filled, "backup", str(place)) == 0
    capsys.readouterr()
    assert run(tmp_path / "new", "restore", str(place)) == 0
    assert capsys.readouterr().out.splitlines()[0] == str(max(place.glob("bridge-*")))
    assert (tmp_path / "new" / "webhook.secret").read_text() == "whsec_y\n"
    assert run(tmp_path / "none", "restore", str(filled)) == 1
    assert "has no archive" in capsys.readouterr().err
