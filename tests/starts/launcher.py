"""Starts a program of ours with one environment after another, each in a process of its own.

Each start is a fork (tests/forks.py), so that two hundred take seconds.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.forks import Fork, Forks
from tests.servers import ROOT

SECONDS = 20.0


def start(
    forks: Forks, words: Sequence[str], env: Mapping[str, str], said: str, refused: bool
) -> tuple[int, str, bool]:
    """Return exit status, output, and whether a process was left behind.

    A start that is not refused is told to stop once its output matches ``said``.
    """
    with tempfile.NamedTemporaryFile() as output:
        written = Path(output.name)
        number = output.fileno()
        command = [sys.executable, "-m", *words]
        process = forks.start(command, ROOT, env, (0, number, number), leads=True)
        deadline = time.monotonic() + SECONDS
        told = False
        while not _has_ended(process):
            matches = not refused and re.search(said, written.read_text(errors="replace"))
            if not told and (matches or time.monotonic() > deadline):
                process.send_signal(signal.SIGTERM)
                told = True
            if time.monotonic() > deadline + SECONDS:
                os.killpg(process.pid, signal.SIGKILL)
        return process.wait(), written.read_text(errors="replace"), _left(process.pid)


def _has_ended(process: Fork) -> bool:
    """Tell whether a process has ended, or does within a moment."""
    try:
        process.wait(0.02)
    except subprocess.TimeoutExpired:
        return False
    return True


def _left(group: int) -> bool:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True
