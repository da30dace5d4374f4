"""A receiver and a bridge that reads a mailbox by IMAP, too, and how their commands are run."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from pymongo import MongoClient

from bridge.command_line import status_of as bridge_status_of
from receiver.store.mongo import Document
from tests import servers
from tests.imap.conftest import pymap_port
from tests.imap.dovecot import PASSWORD, USER
from tests.imap.mailbox import Mailbox
from tests.receiver.running import Run

__all__ = ["Operated", "a_target_of_hooks", "operated", "pymap_port"]


class _Taking(BaseHTTPRequestHandler):
    """Takes every event."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *_: object) -> None:
        """Print nothing."""


@contextmanager
def a_target_of_hooks() -> Iterator[str]:
    """Run what takes every event, and give its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Taking) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@dataclass
class Operated:
    """A receiver and a bridge that reads a mailbox by IMAP, too, and how their commands run."""

    receiver: servers.Service
    bridge: servers.Service
    runs: dict[str, Run]
    client: MongoClient[Document]
    database: str

    @property
    def mailbox(self) -> Mailbox:
        """The mailbox as its owner sees it."""
        return Mailbox(int(self.bridge.env["IMAP_PORT"]), "Sent")

    def settings(self, side: str) -> dict[str, str]:
        """Return what the environment of a side has beside that of the tests."""
        env = (self.receiver if side == "receiver" else self.bridge).env
        return {name: value for name, value in env.items() if os.environ.get(name) != value}

    def run(self, side: str, *words: str, **settings: str) -> tuple[int, str, str]:
        """Run a command of a side; return status, output, complaints."""
        return self.runs[side](*words, **self.settings(side) | settings)

    @property
    def letters(self) -> int:
        return self.client[self.database].letters.count_documents({})


@pytest.fixture
def operated(
    tmp_path: Path,
    pymap_port: int,
    mongo_uri: str,
    database_name: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> Iterator[Operated]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(servers.ROOT))
    for name in ("data", "spool"):
        (tmp_path / name).mkdir()
    ours = {"HOOK_PRIVATE_ADDRESSES": "true", "LOG_LEVEL": "DEBUG"}
    receiver = servers.receiver(tmp_path / "data", mongo_uri, database_name, **ours)
    imap = {"IMAP_HOST": "127.0.0.1", "IMAP_PORT": str(pymap_port), "IMAP_SECURITY": "none"}
    login = {"IMAP_USER": USER, "IMAP_PASSWORD": PASSWORD}
    told = imap | login | {"LOG_LEVEL": "DEBUG", "IMAP_POLL": "3"}
    bridge = servers.bridge(tmp_path / "spool", receiver.env["RECEIVER_PORT"], **told)
    words = (monkeypatch, capsys, caplog, mongo_uri, database_name)
    runs = {"receiver": Run(*words), "bridge": Run(*words, bridge_status_of)}
    mailbox = Mailbox(pymap_port, "Sent")
    mailbox.empty()
    mailbox.close()
    mask = os.umask(0o077)
    with MongoClient[Document](mongo_uri) as client, servers.running(receiver, bridge):
        yield Operated(receiver, bridge, runs, client, database_name)
    os.umask(mask)
