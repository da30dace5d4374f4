"""Two IMAP servers: pymap always, Dovecot if it is installed."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import servers
from tests.imap import dovecot, proxy
from tests.imap.mailbox import Mailbox, bridge
from tests.whole.conftest import Shared, Whole, shared

__all__ = ["shared"]


@pytest.fixture(scope="session")
def running_dovecot() -> Iterator[dovecot.Dovecot]:
    """A Dovecot for the session."""
    if dovecot.DOVECOT is None:
        pytest.skip("Dovecot is not installed: apt-get install dovecot-imapd")
    with dovecot.running() as server:
        yield server


@pytest.fixture(scope="session")
def pymap_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A pymap for the session, which knows neither IDLE's manners nor special-use flags."""
    port = servers.free_port()
    options = ["--host", "127.0.0.1", "--port", str(port), "--no-tls", "--no-service", "admin"]
    user = ["dict", "--demo-user", dovecot.USER, "--demo-password", dovecot.PASSWORD]
    command = [str(Path(sys.executable).parent / "pymap"), *options, *user]
    log = tmp_path_factory.mktemp("pymap") / "log"
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output) as run:
        try:
            servers.wait_until(lambda: servers.listens(port))
            first = Mailbox(port, "Sent")
            first.client.create("Sent")
            first.close()
            yield port
        finally:
            run.kill()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test marked ``every_server`` on both servers, any other on the better one there is."""
    if "server" in metafunc.fixturenames:
        best = "pymap" if dovecot.DOVECOT is None else "dovecot"
        both = metafunc.definition.get_closest_marker("every_server") is not None
        metafunc.parametrize("server", ["dovecot", "pymap"] if both else [best])


@pytest.fixture
def mailbox(request: pytest.FixtureRequest, server: str) -> Iterator[Mailbox]:
    """An empty mailbox."""
    if server == "dovecot":
        port = request.getfixturevalue("running_dovecot").port
        found = Mailbox(port, dovecot.SENT)
    else:
        found = Mailbox(request.getfixturevalue("pymap_port"), "Sent")
    try:
        found.empty()
        yield found
    finally:
        found.close()


@pytest.fixture
def worse(mailbox: Mailbox) -> Iterator[proxy.ImapProxy]:
    """The mailbox's server as seen through the proxy."""
    with proxy.before(mailbox.port) as found:
        found.refuses += [proxy.yandex_search, proxy.yandex_structure]
        yield found


@pytest.fixture
def on_dovecot(running_dovecot: dovecot.Dovecot) -> Iterator[Mailbox]:
    """An empty mailbox on Dovecot, whatever other servers there are."""
    found = Mailbox(running_dovecot.port, dovecot.SENT)
    try:
        found.empty()
        yield found
    finally:
        found.close()


@pytest.fixture
def both(tmp_path: Path, on_dovecot: Mailbox, shared: Shared) -> Whole:
    """A bridge that reads the mailbox, not started yet, and its receiver, which runs."""
    lent = shared.lent({})
    service = bridge(tmp_path / "bridge", on_dovecot.port, lent.receiver.env["RECEIVER_PORT"])
    return Whole(service, lent.receiver, lent.client, lent.database)
