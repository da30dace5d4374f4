"""Commands speak Russian to people with a Russian terminal, and English to programs."""

import argparse
import logging
import shlex
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import bridge.command_line
import receiver.command_line
from bridge.settings import BridgeSettings
from contract.language import command_line
from tests import servers
from tests.servers import SECRET


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["canary", "--mailbox", "q@q.ru"], "в MAILBOXES такого ящика нет"),
        (["canary", "--mailbox", "q@q.ru", "--json"], "MAILBOXES has no such mailbox"),
        (["erase", "ivan@example.ru"], "найдено писем: 0; ничего не стёрто: добавьте --yes"),
    ],
)
def test_what_a_command_did_is_told_in_russian_but_not_to_a_program(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
    words: list[str],
    said: str,
) -> None:
    monkeypatch.setenv("LC_ALL", "ru_RU.UTF-8")
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("MAILBOXES", "support@yandex.ru")
    with caplog.at_level(logging.ERROR):
        bridge.command_line.status_of(words)
    told = capsys.readouterr()
    assert said in "\n".join((told.out, told.err, *caplog.messages))


@pytest.mark.parametrize(
    ("log_format", "said"),
    [
        ("console", "запустить нельзя: SMTP_PORT: 127.0.0.1:{port} занят"),
        ("json", "cannot start: SMTP_PORT: 127.0.0.1:{port} is in use"),
    ],
)
def test_a_port_that_is_taken_between_the_look_and_the_start_is_one_line(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
    log_format: str,
    said: str,
) -> None:
    monkeypatch.setenv("LC_ALL", "ru_RU.UTF-8")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        settings = BridgeSettings(
            data_dir=tmp_path,
            smtp_port=port,
            log_format=log_format,
            health_port=0,
            webhook_secrets=SECRET,
        )
        assert bridge.command_line.smtp(settings, argparse.Namespace()) == 78
    [line] = [each.message for each in caplog.records if each.levelno >= logging.ERROR]
    assert said.format(port=port) in line


@pytest.mark.parametrize("side", [bridge, receiver], ids=["bridge", "receiver"])
def test_what_is_not_said_on_a_command_line_is_none_of_its_mistakes(side: object) -> None:
    """argparse parses a default that is a string as if it had been given."""
    made = side.command_line.command_line()  # type: ignore[attr-defined]
    for parser in command_line._all(made):
        for action in parser._actions:
            if isinstance(action.default, str) and callable(action.type):
                assert action.type(action.default) is not None


def test_make_run_with_too_few_descriptors_says_so_and_starts_nothing(tmp_path: Path) -> None:
    ports = {name: str(servers.free_port()) for name in ("SMTP_PORT", "RECEIVER_PORT")}
    env = servers.environment(ENV_FILE="", DATA_DIR=str(tmp_path), LC_ALL="ru_RU.UTF-8", **ports)
    command = f"ulimit -n 14; exec {shlex.quote(sys.executable)} -m local.run"
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=servers.ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 78, done.stderr
    assert "процессу можно открыть файлов: 14, а нужно" in done.stderr
    assert "увеличьте `ulimit -n` или уменьшите MONGO_POOL" in done.stderr
    assert not [*tmp_path.iterdir()]
