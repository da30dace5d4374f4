"""How settings are read; the words about wrong ones are tested in tests/starts."""

import os
from pathlib import Path

import pytest
from pydantic import SecretStr

from bridge.settings import BridgeSettings
from receiver.settings import ReceiverSettings
from tests import servers
from tests.servers import SECRET


def test_without_a_mailbox_only_what_needs_none_can_be_done(tmp_path: Path) -> None:
    env = {**os.environ, "DATA_DIR": str(tmp_path), "MAILBOXES": ""}
    status, output = run(["bridge", "smtp"], env)
    assert status == 78
    assert "MAILBOXES: names nobody: name the mailboxes" in output
    status, output = run(["bridge", "spool", "list"], env)
    assert status == 1
    assert f"there is no spool at {tmp_path}/spool: look at DATA_DIR" in output
    assert not (tmp_path / "spool").exists()
    (tmp_path / "spool").mkdir()
    assert run(["bridge", "spool", "list"], env)[0] == 0


def run(words: list[str], env: dict[str, str]) -> tuple[int, str]:
    done = servers.run(*words, env=env)
    return done.returncode, done.stdout + done.stderr


def test_a_secret_setting_may_lie_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "uri").write_text("mongodb://user:password@db.example\n")
    monkeypatch.setenv("MONGO_URI_FILE", str(tmp_path / "uri"))
    settings = ReceiverSettings.load()
    assert settings.mongo_uri.get_secret_value() == "mongodb://user:password@db.example"
    assert "password" not in repr(settings)


def test_no_secret_shows_in_what_is_printed() -> None:
    settings = BridgeSettings(
        mailboxes={"a@b.ru": ["a@b.ru"]},
        webhook_secrets=SecretStr(SECRET),
        smtp_users={"specialist": SecretStr("hunter2")},
        smtp_auth_without_tls=True,
    )
    assert SECRET not in repr(settings)
    assert "hunter2" not in repr(settings)
