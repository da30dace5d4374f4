"""On a full disk each start says so in a line that names the setting."""

import resource
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from local.run import specialist
from tests import servers

ROOT = Path(__file__).parents[2]


def _full() -> None:
    """Have every write to a file fail from here on, as on a full disk (EFBIG of setrlimit(2))."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def on_a_full_disk(env: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """Run a module of ours to its end."""
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=ROOT,
        env=env,
        capture_output=True,
        encoding="utf-8",
        preexec_fn=_full,
        timeout=120,
    )


@pytest.mark.parametrize("users", ["", '{"anna": "a password of hers"}'], ids=["own", "set"])
def test_make_run_names_the_directory_and_leaves_no_empty_password(
    tmp_path: Path, users: str
) -> None:
    ports = {name: str(servers.free_port()) for name in ("SMTP_PORT", "RECEIVER_PORT")}
    env = {"PATH": "", "ENV_FILE": "", "DATA_DIR": str(tmp_path), "LC_ALL": "C.UTF-8", **ports}
    env |= {"SMTP_USERS": users, "SMTP_AUTH_WITHOUT_TLS": "true"} if users else {}
    done = on_a_full_disk(env, "local.run")
    assert done.returncode == 78, done.stderr
    assert f"DATA_DIR: {tmp_path}: File too large" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "specialist.password").exists()


def test_an_empty_password_of_an_earlier_start_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "specialist.password").touch()
    env: dict[str, str] = {}
    again: dict[str, str] = {}
    specialist(env, tmp_path)
    assert "specialist" in env["SMTP_USERS"]
    assert len((tmp_path / "specialist.password").read_text("ascii").strip()) == 32
    specialist(again, tmp_path)
    assert again == env


def test_the_receiver_names_the_setting_and_the_path(tmp_path: Path) -> None:
    env = {"PATH": "", "ENV_FILE": "", "LC_ALL": "C.UTF-8"}
    env |= {"MONGO_URI": f"mongodb://127.0.0.1:{servers.free_port()}"}
    env |= {"RECEIVER_PORT": str(servers.free_port())}
    for name, text in (
        ("DATA_DIR", str(tmp_path)),
        ("WEBHOOK_SECRETS_FILE", str(tmp_path / "a.secret")),
    ):
        done = on_a_full_disk({**env, name: text}, "receiver")
        assert done.returncode == 78, done.stderr
        assert f"cannot start: {name}: {tmp_path}" in done.stderr
        assert "File too large" in done.stderr
        assert not list(tmp_path.iterdir())


def test_an_import_names_the_directory_that_is_full(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "past.zip", "w") as archive:
        archive.writestr("1.eml", "From: a@example.ru\nSubject: a\nMessage-ID: <1@a.ru>\n\nHello\n")
    (data := tmp_path / "data").mkdir()
    env = {"PATH": "", "ENV_FILE": "", "LC_ALL": "C.UTF-8", "DATA_DIR": str(data)}
    env |= {"MAILBOXES": "support@yandex.ru", "SPOOL_MIN_FREE": "0"}
    done = on_a_full_disk(env, "bridge", "import", str(tmp_path / "past.zip"))
    assert done.returncode == 1, done.stderr
    assert f"stopped: DATA_DIR: {data}: File too large; the same command" in done.stderr
