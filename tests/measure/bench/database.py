"""The one database server of a run."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from pymongo import MongoClient
from pymongo.uri_parser import parse_uri

from tests import servers


class NotCountable(Exception):
    """The database cannot be reached through a plain proxy."""


@dataclass(frozen=True)
class Server:
    """Where a database server is reached, and its process if that is ours to measure."""

    uri: str
    pid: int | None = None


@contextmanager
def database_server() -> Iterator[Server]:
    """Give the server that the environment names, or an embedded one."""
    if given := os.environ.get("MONGO_URI") or os.environ.get("TEST_MONGO_URI"):
        yield Server(given)
        return
    port = servers.free_port()
    with TemporaryDirectory(prefix="data-bench-", dir=servers.ROOT) as directory:
        service = servers.embedded_database(Path(directory), port)
        with servers.running(service):
            assert service.process
            yield Server(f"mongodb://127.0.0.1:{port}", service.process.pid)


def describe(server: Server) -> str:
    """Return what the server says it is."""
    with MongoClient[dict[str, object]](server.uri) as client:
        told = client.server_info()
    embedded = "embedded " if server.pid else ""
    return f"{embedded}server of MongoDB {told['version']}'s protocol"


def behind(mongo_uri: str) -> tuple[str, int]:
    """Return the host and port to put a counting proxy before; raises NotCountable."""
    if mongo_uri.startswith("mongodb+srv:"):
        raise NotCountable("the address is an SRV record")
    parsed = parse_uri(mongo_uri)
    if len(parsed["nodelist"]) != 1 or parsed["username"] or parsed["options"].get("tls"):
        raise NotCountable("the server is a set, or wants TLS or a login")
    host, port = parsed["nodelist"][0]
    return host, port
