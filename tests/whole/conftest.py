"""The whole service, shared by tests that each find it empty."""

import json
import secrets
from collections.abc import Iterator, Mapping
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

    def letters(self) -> list[dict[str, Any]]:
        """Return what is kept of the letters: beside the message its content and its copies."""
        return list(self.client[self.database].letters.find().sort("_id", 1))


class Shared:
    """Services that tests use one after the other; whatever one did to them, the next does not see.

    Those that a test stopped, or gave another environment, are started anew.
    """

    def __init__(
        self, directory: Path, mongo_uri: str, client: MongoClient[dict[str, Any]]
    ) -> None:
        self._directory = directory
        self._mongo_uri = mongo_uri
        self._client = client
        self._started: dict[str, Whole] = {}
        self._as_described: dict[str, tuple[Mapping[str, str], ...]] = {}

    def lent(self, settings: Mapping[str, str]) -> Whole:
        """Return running services whose receiver has these settings, without a letter."""
        name = json.dumps(settings, sort_keys=True)
        if name not in self._started:
            self._describe(name, settings)
        whole, envs = self._started[name], self._as_described[name]
        used = (whole.bridge.env, whole.receiver.env) != envs
        for service, env in zip((whole.receiver, whole.bridge), envs[::-1], strict=True):
            if used or service.process is None or service.ended():
                service.kill()
                service.env = env
        self._empty(whole)
        for service in (whole.receiver, whole.bridge):
            if service.process is None:
                service.start()
        return whole

    def end(self) -> None:
        """Stop them all, and forget what they stored."""
        for whole in self._started.values():
            whole.bridge.kill()
            whole.receiver.kill()
            self._client.drop_database(whole.database)

    def _describe(self, name: str, settings: Mapping[str, str]) -> None:
        number = len(self._started)
        ours, theirs = (self._directory / f"{side}{number}" for side in ("bridge", "receiver"))
        ours.mkdir()
        theirs.mkdir()
        database = f"test_{secrets.token_hex(6)}"
        receiver = servers.receiver(theirs, self._mongo_uri, database, **settings)
        bridge = servers.bridge(ours, receiver.env["RECEIVER_PORT"], PARSE_WORKERS="2")
        self._started[name] = Whole(bridge, receiver, self._client, database)
        self._as_described[name] = (bridge.env, receiver.env)

    def _empty(self, whole: Whole) -> None:
        database = self._client[whole.database]
        for collection in database.list_collection_names():
            database[collection].delete_many({})
        spool = Path(whole.bridge.env["DATA_DIR"]) / "spool"
        waiting = [path for state in ("new", "cur", "failed") for path in (spool / state).glob("*")]
        for path in waiting:
            path.unlink()
        if waiting:
            whole.bridge.kill()  # it has heard of them
        for service in (whole.bridge, whole.receiver):
            service.log.write_text("")


@pytest.fixture(scope="session")
def shared(mongo_uri: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """The services of this session."""
    with MongoClient[dict[str, Any]](mongo_uri) as client:
        services = Shared(tmp_path_factory.mktemp("shared"), mongo_uri, client)
        try:
            yield services
        finally:
            services.end()


@pytest.fixture
def receiver_settings() -> dict[str, str]:
    """What the receiver's environment says beside the usual."""
    return {}


@pytest.fixture
def whole(shared: Shared, receiver_settings: dict[str, str]) -> Whole:
    """A running service that holds nothing yet."""
    return shared.lent(receiver_settings)
