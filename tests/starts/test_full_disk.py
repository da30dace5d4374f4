"""A disk that takes nothing more: each start says so in a line that names the setting."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from local.run import specialist
from tests import servers

ROOT = Path(__file__).parents[2]


def _full() -> None:
    """Have every write to a file fail from here on, as on a full disk (EFBIG of setrlimit(2))."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


@pytest.mark.parametrize("users", ["", '{"anna": "a password of hers"}'], ids=["own", "set"])
def test_make_run_names_the_directory_and_leaves_no_empty_password(
    tmp_path: Path, users: str
) -> None:
    ports = {name: str(servers.free_port()) for name in ("SMTP_PORT", "RECEIVER_PORT")}
    env = {"PATH": "", "ENV_FILE": "", "DATA_DIR": str(tmp_path), "LC_ALL": "C.UTF-8", **ports}
    env |= {"SMTP_USERS": users, "SMTP_AUTH_WITHOUT_TLS": "true"} if users else {}
    done = subprocess.run(
        [sys.executable, "-m", "local.run"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        encoding="utf-8",
        preexec_fn=_full,
        timeout=120,
    )
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
