"""Processes of our programs without a second of imports each: forks of one that has loaded them.

If a fork would differ from a start (Python's own variables, a locale, planned faults), the caller
must start the program as usual: ``may`` tells.
"""

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PROGRAMS = ("bridge", "receiver", "local.demo")
# What is looked at while Python starts and modules load, but for how soon is written what is said.
SETTLED_EARLY = ("PYTHON", "LC_", "LANG", "TZ", "SSL_CERT", "FAULTS_DIR")
NO_MATTER = {("PYTHONUNBUFFERED", "1"), ("PYTHONPATH", str(ROOT))}


class Fork:
    """A process, as ``subprocess.Popen`` has one."""

    def __init__(self, args: Sequence[str], pid: int, told: int) -> None:
        self.args = args
        self.pid = pid
        self.returncode: int | None = None
        self._told = told

    def poll(self) -> int | None:
        """Return the status if it has ended."""
        return self._status(0)

    def wait(self, timeout: float | None = None) -> int:
        """Return the status once it has ended; raise TimeoutExpired after so many seconds."""
        status = self._status(timeout)
        if status is None:
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        return status

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def _status(self, seconds: float | None) -> int | None:
        if self.returncode is None and select.select([self._told], [], [], seconds)[0]:
            self.returncode = int(os.read(self._told, 100))
            os.close(self._told)
        return self.returncode


class Forks:
    """Starts processes by a process that has loaded their programs, in a similar environment.

    That one is started with the first of them.
    """

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = dict(env)
        self._asking: socket.socket | None = None

    def may(self, command: Sequence[str], env: Mapping[str, str]) -> bool:
        """Tell whether a fork would be the same as a start."""
        ours = [*command[:2]] == [sys.executable, "-m"] and command[2] in PROGRAMS
        return ours and hasattr(os, "pidfd_open") and _early(env) == _early(self._env)

    def start(
        self,
        command: Sequence[str],
        directory: Path,
        env: Mapping[str, str],
        streams: Sequence[int],
        leads: bool = False,
    ) -> Fork:
        """Start ``python -m PROGRAM …`` with three descriptors as streams.

        ``leads``: a session of its own.
        """
        asking = self._asking or self._load()
        mask = os.umask(0)
        os.umask(mask)
        asked: dict[str, Any] = {"program": command[2], "words": [*command[3:]], "env": dict(env)}
        asked |= {"directory": str(directory), "mask": mask, "leads": leads}
        reading, told = os.pipe()
        try:
            socket.send_fds(asking, [json.dumps(asked).encode()], [*streams, told])
        finally:
            os.close(told)
        return Fork(command, int(asking.recv(100)), reading)

    def _load(self) -> socket.socket:
        asking, asked = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-m", "tests.forked", str(asked.fileno())]
        with asked:
            process = subprocess.Popen(command, cwd=ROOT, env=self._env, pass_fds=[asked.fileno()])

        def end() -> None:
            asking.close()
            process.wait()

        atexit.register(end)
        self._asking = asking
        return asking


def _early(env: Mapping[str, str]) -> dict[str, str]:
    """Return the part of an environment that takes effect before a program begins."""
    early = {name: text for name, text in env.items() if name.startswith(SETTLED_EARLY)}
    return dict(early.items() - NO_MATTER)
