"""The comparison of each day logs in no more often than the watchers would."""

import json
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from bridge.proving.daily import DailyComparison
from bridge.settings import BridgeSettings

SECRET = "whsec_" + "A" * 43 + "="


class Refusing(socketserver.StreamRequestHandler):
    """A server that rejects all passwords, and records them."""

    tried: ClassVar[list[bytes]]

    def handle(self) -> None:
        self.wfile.write(b"* OK [CAPABILITY IMAP4rev1] ready\r\n")
        for line in self.rfile:
            tag, command, *words = line.split()
            if command.upper() == b"LOGIN":
                self.tried.append(words[-1].strip(b'"'))
                self.wfile.write(tag + b" NO [AUTHENTICATIONFAILED] no\r\n")
            elif command.upper() == b"LOGOUT":
                self.wfile.write(b"* BYE\r\n" + tag + b" OK done\r\n")
                return
            else:
                self.wfile.write(b"* CAPABILITY IMAP4rev1\r\n" + tag + b" OK done\r\n")


@pytest.fixture
def refusing() -> Iterator[tuple[int, list[bytes]]]:
    """The port of such a server, and the passwords tried there."""
    Refusing.tried = []
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Refusing) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1], Refusing.tried
        server.shutdown()


@pytest.fixture
def settings(
    tmp_path: Path, refusing: tuple[int, list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> BridgeSettings:
    """Those of a bridge that reads one mailbox there; its password lies in a file."""
    (tmp_path / "password").write_text("first")
    for name, value in {
        "DATA_DIR": str(tmp_path),
        "MAILBOXES": "",
        "IMAP_HOST": "127.0.0.1",
        "IMAP_PORT": str(refusing[0]),
        "IMAP_SECURITY": "none",
        "IMAP_USER": "support@yandex.ru",
        "IMAP_PASSWORD_FILE": str(tmp_path / "password"),
        "WEBHOOK_SECRETS": SECRET,
        "ENV_FILE": "",
    }.items():
        monkeypatch.setenv(name, value)
    return BridgeSettings.load()


def test_a_refused_password_is_not_tried_again_until_it_changes(
    settings: BridgeSettings, refusing: tuple[int, list[bytes]], tmp_path: Path
) -> None:
    daily = DailyComparison(settings)
    daily.look()
    daily.look()
    (tmp_path / "password").write_text("second")
    daily.look()
    daily.look()
    assert refusing[1] == [b"first", b"second"]


def test_a_mailbox_whose_watcher_was_refused_is_not_asked(
    settings: BridgeSettings, refusing: tuple[int, list[bytes]]
) -> None:
    settings.imap_health.parent.mkdir(parents=True)
    settings.imap_health.write_text(json.dumps({"support@yandex.ru INBOX": {"state": "refused"}}))
    DailyComparison(settings).look()
    assert refusing[1] == []
