"""The real processes that tests talk to: started on free ports, stopped for sure."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.forks import Fork, Forks

ROOT = Path(__file__).parent.parent
SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
START_SECONDS = 90.0  # a busy machine is no failure
FIRST_PORT, PORTS = 20_000, 12_000
_given: deque[int] = deque(maxlen=200)
Process = subprocess.Popen[bytes] | Fork
forks: Forks | None = None  # what starts our programs for the tests; what is measured starts anew


def free_port() -> int:
    """Return a port on loopback that nothing listens on just now.

    It is below those that outgoing connections take by themselves, and the workers of one test run
    draw from different ones: nobody takes it before the service that it is for. Nor is it one of
    those given before, whose services may not have taken theirs yet.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    while True:
        port = secrets.randbelow(PORTS // workers) * workers + worker + FIRST_PORT
        if port in _given:
            continue
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            _given.append(port)
            return port


def wait_until(condition: Callable[[], bool], seconds: float = START_SECONDS) -> None:
    """Return once the condition holds; raise TimeoutError if it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds} s: {condition}")
        time.sleep(0.05)


def listens(port: int) -> bool:
    """Tell whether something accepts connections on the loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def is_ready(port: int) -> bool:
    """Tell whether the receiver on this port says that it is ready."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


@dataclass
class Service:
    """One process of ours; it can be stopped and started again on the same ports."""

    command: list[str]
    env: Mapping[str, str]
    ready: Callable[[], bool]
    log: Path
    directory: Path = ROOT
    process: Process | None = field(default=None, init=False)

    def start(self) -> "Service":
        """Start the process and wait until it serves."""
        with self.log.open("ab") as output:
            number = output.fileno()
            self.process = started(self.command, self.env, (0, number, number), self.directory)
        try:
            wait_until(lambda: self.ended() or self.ready())
            if self.ended():
                raise ChildProcessError(self.log.read_text())
        except BaseException:
            self.kill()
            raise
        return self

    def ended(self) -> bool:
        """Tell whether the process has ended by itself."""
        return self.process is not None and self.process.poll() is not None

    def stop(self, signal_number: int = signal.SIGTERM) -> int:
        """Ask the process to stop and return its exit status."""
        if self.process is None:
            return 0
        self.process.send_signal(signal_number)
        status = self.process.wait(timeout=40)
        self.process = None
        return status

    def kill(self) -> None:
        """End the process at once."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


def started(
    command: list[str],
    env: Mapping[str, str],
    streams: tuple[int, int, int],
    directory: Path = ROOT,
) -> Process:
    """Start a process with these descriptors as its streams: a fork where that is the same."""
    if forks is not None and forks.may(command, env):
        return forks.start(command, directory, env, streams)
    reading, writing, complaining = streams
    return subprocess.Popen(
        command, cwd=directory, env=env, stdin=reading, stdout=writing, stderr=complaining
    )


def run(
    *command: str, env: Mapping[str, str], seconds: float = START_SECONDS
) -> subprocess.CompletedProcess[str]:
    """Run ``python -m COMMAND`` to its end, and return what it said; raise TimeoutExpired."""
    words = [sys.executable, "-m", *command]
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        process = started(words, env, (0, output.fileno(), errors.fileno()))
        try:
            status = process.wait(seconds)
        finally:
            process.kill()
        said = []
        for each in (output, errors):
            each.seek(0)
            said.append(each.read().decode())
    return subprocess.CompletedProcess(words, status, *said)


def environment(**settings: str) -> dict[str, str]:
    """Return this process's environment with the settings on top.

    Who has issued the web's certificates is not looked up, as aiohttp does at each import, for a
    tenth of the start: what speaks TLS here names its authority.
    """
    nobody = {"SSL_CERT_FILE": os.devnull, "SSL_CERT_DIR": os.devnull}
    return {**os.environ, "PYTHONUNBUFFERED": "1", **nobody, **settings}


def receiver(directory: Path, mongo_uri: str, database: str, **settings: str) -> Service:
    """Describe a receiver on a free port, or on the one that the settings name."""
    port = settings.setdefault("RECEIVER_PORT", str(free_port()))
    env = environment(
        MONGO_URI=mongo_uri,
        MONGO_DATABASE=database,
        WEBHOOK_SECRETS=SECRET,
        DATA_DIR=str(directory),
        **settings,
    )
    command = [sys.executable, "-m", "receiver"]
    return Service(command, env, lambda: is_ready(int(port)), directory / "receiver.log")


def bridge(directory: Path, receiver_port: str, **settings: str) -> Service:
    """Describe a bridge on a free port, or on the one that the settings name."""
    port = settings.setdefault("SMTP_PORT", str(free_port()))
    settings.setdefault("HEALTH_PORT", str(free_port()))
    settings.setdefault("DNS_CHECKS", "false")
    settings.setdefault("PARSE_WORKERS", "1")  # each costs as much as a start
    settings.setdefault("MAILBOXES", '{"support@yandex.ru": ["support@yandex.ru"]}')
    env = environment(
        WEBHOOK_URL=f"http://127.0.0.1:{receiver_port}/webhook/email",
        WEBHOOK_SECRETS=SECRET,
        DATA_DIR=str(directory),
        SMTP_HOSTNAME="bridge.example",
        **settings,
    )
    command = [sys.executable, "-m", "bridge", "smtp"]
    return Service(command, env, lambda: listens(int(port)), directory / "bridge.log")


@contextmanager
def running(*services: Service) -> Iterator[None]:
    """Start the services in turn, and stop them in the end, whatever happens."""
    try:
        for service in services:
            service.start()
        yield
    finally:
        for service in reversed(services):
            service.kill()


@contextmanager
def mongo(directory: Path, *, replica_set: bool = False) -> Iterator[str]:
    """Run an embedded server of MongoDB's protocol, with failpoints, and give its address."""
    port = free_port()
    with running(embedded_database(directory, port, replica_set=replica_set)):
        yield f"mongodb://127.0.0.1:{port}" + ("/?directConnection=true" if replica_set else "")


def embedded_database(directory: Path, port: int, *, replica_set: bool = False) -> Service:
    """Describe an embedded server of MongoDB's protocol, with failpoints."""
    command = [str(Path(sys.executable).parent / "secantusd-py")]
    command += [] if replica_set else ["--standalone"]
    command += ["--enable-test-commands", "--log-level", "WARNING", "--port", str(port)]
    command += ["--storage-path", str(directory / "mongo")]
    return Service(command, environment(), lambda: listens(port), directory / "mongo.log")
