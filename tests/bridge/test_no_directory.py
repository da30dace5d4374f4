"""No command makes DATA_DIR, only services do: a mistyped one is reported, not filled."""

from pathlib import Path

import pytest

from bridge.command_line import main

NOTHING = "there is nothing at {path}"
COMMANDS = {
    "erase ivan@example.ru": (1, NOTHING),
    "erase ivan@example.ru --yes": (1, NOTHING),
    "doctor": (2, NOTHING),
    "import {letter}": (78, NOTHING),
    "reconcile": (78, NOTHING),
    "trace 1-a": (1, NOTHING),
    "backup {path}.archive": (1, "{path} is not there"),
    "spool list": (1, "there is no spool at {path}/spool"),
    "spool retry --all": (1, "there is no spool at {path}/spool"),
    "spool export 1-a": (1, "there is no spool at {path}/spool"),
    "ping": (1, "{path}"),
    "ping imap": (1, "{path}"),
    "canary": (78, "{path}/webhook.secret"),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_makes_no_directory(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    command: str,
) -> None:
    path, letter = tmp_path / "mistyped", tmp_path / "one.eml"
    letter.write_bytes(b"From: ivan@example.ru\r\nSubject: x\r\n\r\nx\r\n")
    status, said = COMMANDS[command]
    for name, text in {
        "DATA_DIR": str(path),
        "MAILBOXES": "support@yandex.ru",
        "IMAP_USER": "support@yandex.ru",
        "IMAP_PASSWORD": "hunter2",
        "IMAP_HOST": "127.0.0.1",
        "IMAP_PORT": "1",
        "SMTP_PORT": "1",
        "HEALTH_PORT": "0",
        "WEBHOOK_URL": "http://127.0.0.1:1/webhook/email",
        "LANGUAGE": "en",
    }.items():
        monkeypatch.setenv(name, text)
    words = command.format(path=path, letter=letter).split()
    monkeypatch.setattr("sys.argv", ["bridge", *words])
    monkeypatch.setattr("os.umask", lambda _mask: 0)
    monkeypatch.setattr("bridge.command_line.start_log", lambda *_settings: None)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main()
    told = "".join(capfd.readouterr()) + caplog.text
    assert not path.exists()
    assert said.format(path=path) in told, told
    assert ended.value.code == status, told
