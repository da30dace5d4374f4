"""A bridge whose webhook does not answer, so that its letters stay visible in the spool."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import servers


@pytest.fixture(scope="session")
def lonely_bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Service]:
    """A running bridge with no receiver behind it, a size limit of 1 MiB, and no TLS."""
    directory = tmp_path_factory.mktemp("bridge")
    nowhere = str(servers.free_port())
    settings = {"SMTP_MAX_SIZE": str(1024 * 1024), "SMTP_MAX_CONNECTIONS": "20"}
    with servers.running(service := servers.bridge(directory, nowhere, **settings)):
        yield service


@pytest.fixture
def new_letters(lonely_bridge: servers.Service) -> Path:
    """The directory of the lonely bridge's waiting letters, emptied first."""
    new = Path(lonely_bridge.env["DATA_DIR"]) / "spool" / "new"
    for path in new.iterdir():
        path.unlink()
    return new
