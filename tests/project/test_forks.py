"""Our programs behave the same whether they are forked from a loaded process or started."""

import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import servers
from tests.forks import Forks

Start = Callable[..., tuple[servers.Process, Path]]


@pytest.fixture(params=["a fork", "a start"])
def start(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Start]:
    """Start a program; return it, and where it writes what it says."""
    processes: list[servers.Process] = []

    def begin(*words: str, **settings: str) -> tuple[servers.Process, Path]:
        written = tmp_path / "said"
        with written.open("wb") as said:
            command = [sys.executable, "-m", *words]
            env = servers.environment(DATA_DIR=str(tmp_path), **settings)
            forked = servers.forks
            try:
                if request.param == "a start":
                    servers.forks = None
                processes.append(servers.started(command, env, (0, said.fileno(), said.fileno())))
            finally:
                servers.forks = forked
        return processes[-1], written

    yield begin
    for each in processes:
        each.kill()
        each.wait()


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["bridge", "--version"], 0, "email-listener "),
        (["receiver", "nonsense"], 2, "invalid choice: 'nonsense'"),
        (["bridge", "spool", "list"], 1, "there is no spool at "),
        (["bridge", "smtp"], 78, "MAILBOXES: names nobody"),
    ],
    ids=str,
)
def test_it_says_and_ends_alike(start: Start, words: list[str], status: int, said: str) -> None:
    process, written = start(*words)
    assert process.wait(servers.START_SECONDS) == status
    assert process.poll() == status
    assert said in written.read_text()


@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGTERM, 0), (signal.SIGINT, 0), (signal.SIGHUP, 0), (signal.SIGKILL, -9)],
)
def test_it_is_stopped_alike(start: Start, number: int, status: int) -> None:
    port = str(servers.free_port())
    uri = "mongodb://127.0.0.1:1"
    process, written = start("receiver", MONGO_URI=uri, RECEIVER_PORT=port)
    servers.wait_until(lambda: "HTTP on" in written.read_text())
    process.send_signal(number)
    assert process.wait(servers.START_SECONDS) == status
    process.kill()  # nobody else, who may have its number by now


def test_what_python_looks_at_while_it_starts_needs_a_start() -> None:
    env = servers.environment()
    forks = Forks(env)
    command = [sys.executable, "-m", "bridge", "smtp"]
    assert forks.may(command, env | {"MAILBOXES": "support@yandex.ru"})
    for name in ("PYTHONPATH", "PYTHONIOENCODING", "LC_ALL", "TZ", "FAULTS_DIR", "SSL_CERT_FILE"):
        assert not forks.may(command, env | {name: "another"}), name
    assert not forks.may([sys.executable, "-m", "local.run"], env)
    assert not forks.may(["sh", "-c", "true"], env)
