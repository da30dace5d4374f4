"""Our programs behave the same whether they are forked from a loaded process or started."""

import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests import servers
from tests.forks import Forks
from tests.letters import letter
from tests.smtp_client import send

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


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="there is no /proc here")
def test_its_parsers_are_children_that_are_replaced_and_end_with_it_alike(
    start: Start, tmp_path: Path
) -> None:
    port = str(servers.free_port())
    settings = {"SMTP_PORT": port, "MAILBOXES": "support@yandex.ru", "DNS_CHECKS": "false"}
    settings |= {"WEBHOOK_URL": f"http://127.0.0.1:{servers.free_port()}/webhook/email"}
    settings |= {"HEALTH_PORT": "0", "PARSE_WORKERS": "1", "WEBHOOK_SECRETS": servers.SECRET}
    process, _ = start("bridge", "smtp", **settings)
    servers.wait_until(lambda: servers.listens(int(port)))
    waits = tmp_path / "spool" / "waits"
    assert send(port, [letter("1@example.ru")]) == 1
    servers.wait_until(lambda: waits.is_dir() and len([*waits.iterdir()]) == 1)
    [first] = parsers_of(process.pid)
    os.kill(first, signal.SIGKILL)
    servers.wait_until(lambda: not parsers_of(process.pid))
    assert send(port, [letter("2@example.ru")]) == 1
    servers.wait_until(lambda: len([*waits.iterdir()]) == 2)
    [second] = parsers_of(process.pid)
    assert second != first
    left = children(process.pid)
    process.kill()
    process.wait()
    servers.wait_until(lambda: not any(Path(f"/proc/{each}").exists() for each in left))


def children(pid: int) -> set[int]:
    """Return the processes whose parent this one is."""
    found: set[int] = set()
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):  # a thread may end meanwhile
            found.update(map(int, task.read_text().split()))
    return found


def parsers_of(pid: int) -> set[int]:
    """Return the children that have a limit of memory, as those who parse have."""
    found = set()
    for each in children(pid):
        with suppress(ProcessLookupError):
            if resource.prlimit(each, resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY:
                found.add(each)
    return found


def test_what_python_looks_at_while_it_starts_needs_a_start() -> None:
    env = servers.environment()
    forks = Forks(env)
    command = [sys.executable, "-m", "bridge", "smtp"]
    assert forks.may(command, env | {"MAILBOXES": "support@yandex.ru"})
    for name in ("PYTHONPATH", "PYTHONIOENCODING", "LC_ALL", "TZ", "FAULTS_DIR", "SSL_CERT_FILE"):
        assert not forks.may(command, env | {name: "another"}), name
    assert not forks.may([sys.executable, "-m", "local.run"], env)
    assert not forks.may(["sh", "-c", "true"], env)
