"""The processes under test, each started again whenever it ends."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from receiver.threads.group import Policy
from tests.measure.chaos.leaving import RETENTION
from tests.servers import ROOT, SECRET, environment, free_port

EXPECTED = {0, -signal.SIGKILL, -signal.SIGTERM}


class Process:
    """One process that a supervisor keeps alive, as Docker would."""

    def __init__(self, name: str, command: list[str], env: Mapping[str, str], log: Path) -> None:
        self.name = name
        self.strange: Counter[int] = Counter()
        self._command = command
        self._env = env
        self._log = log
        self._wanted = True
        self._popen = self._spawn()
        self._thread = threading.Thread(target=self._supervise, daemon=True)
        self._thread.start()

    def send(self, number: int) -> None:
        """Send a signal to the process, if it lives just now."""
        with suppress(ProcessLookupError):
            self._popen.send_signal(number)

    def children(self) -> list[int]:
        """Return the ids of the processes that it has started."""
        path = Path(f"/proc/{self._popen.pid}/task/{self._popen.pid}/children")
        try:
            return [int(word) for word in path.read_text().split()]
        except OSError:
            return []

    def end(self) -> None:
        """End the process for good."""
        self._wanted = False
        self.send(signal.SIGCONT)
        self.send(signal.SIGKILL)
        self._thread.join(10)

    def _spawn(self) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as output:
            return subprocess.Popen(
                self._command, cwd=ROOT, env=self._env, stdout=output, stderr=output
            )

    def _supervise(self) -> None:
        while True:
            status = self._popen.wait()
            if not self._wanted:
                return
            if status not in EXPECTED:
                self.strange[status] += 1
            time.sleep(0.1)
            self._popen = self._spawn()


class Stack:
    """Database, two receivers and a bridge, on ports of their own."""

    def __init__(self, directory: Path, policy: Policy) -> None:
        self.directory = directory
        self._policy = policy
        self.faults = directory / "faults"
        for path in (self.faults, directory / "a", directory / "b", directory / "bridge"):
            path.mkdir()
        names = ("mongo", "mongo_proxy", "a", "b", "receiver_proxy", "smtp", "smtp_proxy", "health")
        self.ports = {name: free_port() for name in names}
        self.mongo = self._mongo()
        self.receivers = [self._receiver("a"), self._receiver("b")]
        self.bridge = self._bridge()

    @property
    def all(self) -> list[Process]:
        """Every process."""
        return [self.mongo, *self.receivers, self.bridge]

    @property
    def spool(self) -> Path:
        """The bridge's spool."""
        return self.directory / "bridge" / "spool"

    def command(self, *words: str) -> str:
        """Run one of the bridge's commands and return its output."""
        done = subprocess.run(
            [sys.executable, "-m", "bridge", *words],
            cwd=ROOT,
            env={**self.bridge_env, "FAULTS_DIR": ""},
            capture_output=True,
            timeout=60,
            check=True,
        )
        return done.stdout.decode()

    def retain(self, kill_after: float | None) -> bool:
        """Run retention beside the receivers, perhaps not to its end; tell whether it got there."""
        with (self.directory / "retain.log").open("ab") as output:
            command = [sys.executable, "-m", "receiver", "retain"]
            process = subprocess.Popen(
                command, cwd=ROOT, env=self.receiver_env, stdout=output, stderr=output
            )
            try:
                return process.wait(kill_after or 120.0) == 0
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                return False

    def end(self) -> None:
        """End every process."""
        for process in reversed(self.all):
            process.end()

    def _mongo(self) -> Process:
        command = [str(Path(sys.executable).parent / "secantusd-py"), "--standalone"]
        command += ["--enable-test-commands", "--log-level", "WARNING", "--sync-on-commit"]
        command += ["--port", str(self.ports["mongo"])]
        command += ["--storage-path", str(self.directory / "mongo")]
        return Process("database", command, dict(os.environ), self.directory / "mongo.log")

    def _receiver(self, name: str) -> Process:
        uri = f"mongodb://127.0.0.1:{self.ports['mongo_proxy']}/?directConnection=true"
        env = environment(
            MONGO_URI=uri,
            MONGO_DATABASE="chaos",
            MONGO_TIMEOUT="3",
            JOIN_POLICY=self._policy,
            DIALOG_PART_BYTES="8192",  # a few letters: so that dialogs have parts
            WEBHOOK_SECRETS=SECRET,
            DATA_DIR=str(self.directory / name),
            RECEIVER_PORT=str(self.ports[name]),
            HOOK_PRIVATE_ADDRESSES="true",
            RETENTION=RETENTION,
            FAULTS_DIR=str(self.faults),
        )
        self.receiver_env = env
        log = self.directory / f"receiver-{name}.log"
        return Process("receiver", [sys.executable, "-m", "receiver"], env, log)

    def _bridge(self) -> Process:
        mailboxes = (
            '{"support@yandex.ru": ["support.example"], "sales@yandex.ru": ["sales.example"]}'
        )
        self.bridge_env = environment(
            WEBHOOK_URL=f"http://127.0.0.1:{self.ports['receiver_proxy']}/webhook/email",
            WEBHOOK_SECRETS=SECRET,
            WEBHOOK_TIMEOUT="5",
            DATA_DIR=str(self.directory / "bridge"),
            SMTP_PORT=str(self.ports["smtp"]),
            SMTP_HOSTNAME="bridge.example",
            HEALTH_PORT=str(self.ports["health"]),
            DNS_CHECKS="false",
            MAILBOXES=mailboxes,
            FAULTS_DIR=str(self.faults),
        )
        command = [sys.executable, "-m", "bridge", "smtp"]
        return Process("bridge", command, self.bridge_env, self.directory / "bridge.log")
