"""A spool that cannot be written, or not be read, is named; nobody calls it empty."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bridge.command_line import command_line
from bridge.doctor.here import checks
from bridge.settings import BridgeSettings
from bridge.spool.deliveries import Deliveries
from bridge.spool.envelope import Delivery, trace_block
from bridge.spool.spool import Spool, new_id
from contract.doctor.examining import checked
from tests.letters import START
from tests.servers import SECRET

NOBODY = 65534


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A directory that an ordinary user owns, with a spool in it and a letter to import."""
    root = Path(tempfile.mkdtemp())
    data = root / "data"
    Spool(data / "spool").prepare()
    (root / "old").mkdir()
    (root / "old" / "1.eml").write_text("From: a@example.ru\nSubject: 1\n\n1\n")
    if os.geteuid() == 0:
        for path in (root, *root.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
    yield data
    for path in (root, data, data / "spool", root / "old"):
        path.chmod(0o700)
    shutil.rmtree(root)


@contextmanager
def ordinary_user() -> Iterator[None]:
    """Become an ordinary user if root runs the tests: for root no rights make a disk read-only."""
    if os.geteuid() != 0:
        yield
        return
    os.setresuid(NOBODY, NOBODY, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


def ran(data_dir: Path, *words: str) -> int:
    settings = BridgeSettings(
        data_dir=data_dir, mailboxes="support@yandex.ru", webhook_secrets=SECRET
    )
    arguments = command_line().parse_args(words)
    with ordinary_user():
        return int(arguments.run(settings, arguments))


COMMANDS = [("spool", "list"), ("trace", "1793000000000000")]


@pytest.mark.parametrize("words", COMMANDS)
def test_one_that_may_not_be_written_to_is_named(
    data_dir: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    ran(data_dir, *words)
    assert capsys.readouterr().err == ""
    tmp = data_dir / "spool" / "tmp"
    tmp.chmod(0o500)
    ran(data_dir, *words)
    said = capsys.readouterr()
    assert said.err == f"no letter is taken: {tmp} cannot be written to\n"
    assert said.out


@pytest.mark.parametrize("words", COMMANDS)
def test_one_that_may_not_be_read_is_not_empty(
    data_dir: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    (data_dir / "spool").chmod(0)
    assert ran(data_dir, *words) == 1
    said = capsys.readouterr()
    assert said.err.startswith(f"{data_dir}/spool/")
    assert said.err.endswith(": Permission denied\n")
    assert not said.out


@pytest.mark.parametrize("place", ["spool/tmp", "spool/new", "spool"])
def test_the_doctor_names_what_it_may_not_use(data_dir: Path, place: str) -> None:
    settings = BridgeSettings(data_dir=data_dir, webhook_secrets_file=data_dir / "secret")
    (data_dir / place).chmod(0o500)
    with ordinary_user():
        [found] = checked("spool", dict(checks(settings))["spool"])
    assert (found.state, f"may not read and write {data_dir}/{place}" in found.says.en) == (
        "broken",
        True,
    )


@pytest.mark.parametrize("words", [*COMMANDS, ("spool", "list", "--failed", "--json")])
def test_failed_letters_that_may_not_be_listed_are_not_none(
    data_dir: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    failed = data_dir / "spool" / "failed"
    failed.chmod(0)
    assert ran(data_dir, *words) == 1
    assert capsys.readouterr() == ("", f"{failed}: Permission denied\n")


HIS = b"From: ivan@example.ru\r\nSubject: x\r\n\r\nx\r\n"


def two_of_his(data_dir: Path) -> list[Path]:
    """Put in two letters of one person, of which the first failed."""
    spool = Spool(data_dir / "spool")
    for number in range(2):
        delivery = Delivery(new_id(), "support@yandex.ru", START, "ivan@example.ru", ("in@b.ru",))
        draft = spool.draft(delivery.id)
        draft.write(trace_block(delivery, "b.ru") + HIS)
        draft.commit()
        if not number:
            spool.fail(next(iter(spool.waiting())), "422", time.time())
    if os.geteuid() == 0:
        for path in data_dir.rglob("*"):
            os.chown(path, NOBODY, NOBODY)
    return [next((spool.root / each).glob("*.eml")) for each in ("failed", "new")]


@pytest.mark.parametrize(("closed", "left"), [("failed", "new"), ("new", "failed")])
@pytest.mark.parametrize(("rights", "told"), [(0, "is not looked into"), (0o500, "is not erased")])
def test_an_erasure_names_what_it_may_not_reach_and_does_the_rest(
    data_dir: Path,
    capsys: pytest.CaptureFixture[str],
    closed: str,
    left: str,
    rights: int,
    told: str,
) -> None:
    paths = {path.parent.name: path for path in two_of_his(data_dir)}
    (data_dir / "spool" / closed).chmod(rights)
    assert ran(data_dir, "erase", "ivan@example.ru", "--yes") == 1
    said = capsys.readouterr()
    assert f"{data_dir}/spool/{closed}" in said.err
    assert f" {told}: Permission denied" in said.err
    assert said.out.splitlines()[1:] == ["1 letters erased"]
    assert not paths[left].exists()
    assert (data_dir / "erased.json").exists()
    (data_dir / "spool" / closed).chmod(0o700)
    ended = [*Deliveries.beside(data_dir / "spool").find(paths[closed].stem)]
    assert (paths[closed].exists(), ended) == (True, [])


def test_the_doctor_says_how_a_secret_of_another_user_is_read(data_dir: Path) -> None:
    secret = data_dir / "secret"
    secret.write_text(SECRET)
    secret.chmod(0o600)
    settings = BridgeSettings(data_dir=data_dir, webhook_secrets_file=secret)
    with ordinary_user():
        [found] = checked("secret", dict(checks(settings))["secret"])
    assert "Permission denied" in found.says.en
    assert found.do is not None
    assert found.do.en.startswith("let the user of the service read the file")


def test_an_import_names_the_setting_or_the_folder(
    data_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    old = data_dir.parent / "old"
    data_dir.chmod(0o500)
    assert ran(data_dir, "import", str(old)) == 1
    data_dir.chmod(0o700)
    old.chmod(0)
    assert ran(data_dir, "import", str(old)) == 1
    after = "; the same command goes on from here"
    assert caplog.messages == [
        f"stopped: DATA_DIR: {data_dir}/import: Permission denied{after}",
        f"stopped: {old}: Permission denied{after}",
    ]
