"""The one database server of a run."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from pymongo import MongoClient
from pymongo.uri_parser import parse_uri

from tests import servers


class NotCountable(Exception):
    """The database cannot be reached through a plain proxy."""


@contextmanager
def database_server() -> Iterator[str]:
    """Give the address of the server that the environment names, or of an embedded one."""
    if given := os.environ.get("MONGO_URI") or os.environ.get("TEST_MONGO_URI"):
        yield given
        return
    with (
        TemporaryDirectory(prefix="data-bench-", dir=servers.ROOT) as directory,
        servers.mongo(Path(directory)) as uri,
    ):
        yield uri


def describe(mongo_uri: str) -> str:
    """Return what the server says it is."""
    with MongoClient[dict[str, object]](mongo_uri) as client:
        told = client.server_info()
    embedded = "" if os.environ.get("MONGO_URI") or os.environ.get("TEST_MONGO_URI") else "embedded"
    return f"{embedded} server of MongoDB {told['version']}'s protocol".strip()


def behind(mongo_uri: str) -> tuple[str, int]:
    """Return the host and port to put a counting proxy before; raises NotCountable."""
    if mongo_uri.startswith("mongodb+srv:"):
        raise NotCountable("the address is an SRV record")
    parsed = parse_uri(mongo_uri)
    if len(parsed["nodelist"]) != 1 or parsed["username"] or parsed["options"].get("tls"):
        raise NotCountable("the server is a set, or wants TLS or a login")
    host, port = parsed["nodelist"][0]
    return host, port
