"""A mailbox as its owner's mail programs change it, and the bridge that reads it."""

import imaplib
import json
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from bridge.spool.envelope import Delivery, read_trace
from tests import servers
from tests.imap.dovecot import PASSWORD, USER


def utf7(name: str) -> str:
    """Return a folder's name as IMAP writes it (RFC 3501 5.1.3)."""
    from imapclient.imap_utf7 import encode

    return '"' + str(encode(name).decode("ascii")) + '"'


class Mailbox:
    """One mailbox on one server."""

    def __init__(self, port: int, sent: str, user: str = USER, password: str = PASSWORD) -> None:
        self.port, self.sent, self.user, self.password = port, sent, user, password
        self._client: imaplib.IMAP4 | None = None

    @property
    def client(self) -> imaplib.IMAP4:
        if self._client is None:
            self._client = imaplib.IMAP4("127.0.0.1", self.port)
            self._client.login(self.user, self.password)
        return self._client

    def close(self) -> None:
        if self._client is not None:
            with suppress(OSError, imaplib.IMAP4.error):
                self._client.logout()
            self._client = None

    def put(self, content: bytes, folder: str = "INBOX", came: datetime | None = None) -> int:
        """Put a letter into a folder and return its UID."""
        date = imaplib.Time2Internaldate(came) if came else None
        status, data = self.client.append(utf7(folder), "", date or "", content)
        assert status == "OK", data
        return int(data[0].split(b"]")[0].split()[-1])

    def empty(self) -> None:
        """Remove every letter."""
        for folder in ("INBOX", self.sent):
            status, _ = self.client.select(utf7(folder))
            if status == "OK":
                self.client.uid("STORE", "1:*", "+FLAGS.SILENT", "(\\Deleted)")
                self.client.expunge()
                self.client.close()

    def remove(self, uid: int, folder: str = "INBOX") -> None:
        """Remove one letter."""
        self.client.select(utf7(folder))
        self.client.uid("STORE", str(uid), "+FLAGS.SILENT", "(\\Deleted)")
        self.client.expunge()
        self.client.close()

    def state(self) -> dict[str, list[Any]]:
        """Return the flags of every letter, without changing them."""
        found = {}
        for folder in ("INBOX", self.sent):
            self.client.select(utf7(folder), readonly=True)
            found[folder] = self.client.uid("FETCH", "1:*", "(FLAGS)")[1]
            self.client.close()
        return found


def bridge(
    directory: Path, port: int, receiver_port: str = "9", **settings: str
) -> servers.Service:
    """Describe a bridge that reads the mailbox on this port, patient as a test can be."""
    directory.mkdir(exist_ok=True)
    fast = {
        "WEBHOOK_URL": f"http://127.0.0.1:{receiver_port}/webhook/email",
        "WEBHOOK_SECRETS": servers.SECRET,
        "DATA_DIR": str(directory),
        "SMTP_HOSTNAME": "bridge.example",
        "DNS_CHECKS": "false",
        "PARSE_WORKERS": "1",
        "HEALTH_PORT": "0",
        "IMAP_HOST": "127.0.0.1",
        "IMAP_PORT": str(port),
        "IMAP_SECURITY": "none",
        "IMAP_USER": USER,
        "IMAP_PASSWORD": PASSWORD,
        "IMAP_BACKOFF": "0.5",
        "IMAP_TIMEOUT": "10",
    }
    env = servers.environment(**(fast | settings))
    command = [sys.executable, "-m", "bridge", "imap"]
    (directory / "imap").mkdir(exist_ok=True)
    (directory / "imap" / "health.json").unlink(missing_ok=True)
    return servers.Service(command, env, lambda: is_watching(directory), directory / "bridge.log")


def health(directory: Path) -> dict[str, dict[str, Any]]:
    """Return what the bridge reports of each folder."""
    with suppress(FileNotFoundError):
        return dict(json.loads((directory / "imap" / "health.json").read_text()))
    return {}


def is_watching(directory: Path) -> bool:
    """Tell whether every folder is followed."""
    entries = health(directory)
    return bool(entries) and all(entry["state"] == "watching" for entry in entries.values())


def taken(directory: Path) -> list[tuple[Delivery, bytes]]:
    """Return the content of the bridge's spool: how each letter came, and its bytes."""
    found = []
    new = directory / "spool" / "new"
    for path in sorted(new.glob("*.eml")) if new.is_dir() else []:
        content = path.read_bytes()
        delivery, start = read_trace(content)
        found.append((delivery, content[start:]))
    return found


def wait_for(
    directory: Path, count: int, seconds: float = servers.START_SECONDS
) -> list[tuple[Delivery, bytes]]:
    """Return the spool's letters once there are ``count`` of them."""
    servers.wait_until(lambda: len(taken(directory)) >= count, seconds)
    return taken(directory)
