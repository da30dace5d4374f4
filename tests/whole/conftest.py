"""The whole service on a database of the test's own."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from tests import servers
from tests.servers import Service


@dataclass(repr=False)
class Whole:
    """A bridge, its receiver, and the dialogs that they fill."""

    bridge: Service
    receiver: Service
    client: MongoClient[dict[str, Any]]
    database: str

    @property
    def smtp_port(self) -> str:
        return self.bridge.env["SMTP_PORT"]

    def spool(self, state: str) -> list[Path]:
        return sorted((Path(self.bridge.env["DATA_DIR"]) / "spool" / state).iterdir())

    def wait_until_delivered(self, seconds: float = 120.0) -> None:
        """Return once the spool is empty."""
        servers.wait_until(lambda: not self.spool("new") and not self.spool("cur"), seconds)

    def dialogs(self) -> list[dict[str, Any]]:
        return list(self.client[self.database].dialogs.find().sort("_id", 1))

    def messages(self) -> list[dict[str, Any]]:
        return [message for dialog in self.dialogs() for message in dialog["messages"]]


@pytest.fixture
def receiver_settings() -> dict[str, str]:
    """What the receiver's environment says beside the usual."""
    return {}


@pytest.fixture
def whole(
    tmp_path: Path, mongo_uri: str, database_name: str, receiver_settings: dict[str, str]
) -> Iterator[Whole]:
    """A running service."""
    (tmp_path / "receiver").mkdir()
    (tmp_path / "bridge").mkdir()
    receiver = servers.receiver(
        tmp_path / "receiver", mongo_uri, database_name, **receiver_settings
    )
    bridge = servers.bridge(tmp_path / "bridge", receiver.env["RECEIVER_PORT"])
    with MongoClient[dict[str, Any]](mongo_uri) as client, servers.running(receiver, bridge):
        yield Whole(bridge, receiver, client, database_name)
