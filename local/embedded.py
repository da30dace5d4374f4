"""The database of ``make run``: its errors, and the loss of its directory.

It is another program (SecantusDB), with its own storage (WiredTiger): once that panics, every
command fails with a traceback until the process ends. So its output is read: only the last line of
a traceback is printed, and a fatal error ends everything, with one line that says why.
"""

import re
import sys
from pathlib import Path

from contract.process import EXIT_CONFIG
from local.ports import free_port
from local.supervisor import Part
from local.words import texts

PORT = 27017
FAILED = 1
_STORAGE = re.compile(r"^\[\d+:\d+\]\[.*\[ERROR\]: (?P<why>.*)")
_INFO = re.compile(r"^\S+ \S+ INFO ")
_LISTENS = "secantus listening on"
_PANIC = "WT_PANIC"
_TAKEN = "Address already in use"


class Directory:
    """DATA_DIR as it was at the start."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._was = self._identity()

    def gone(self) -> str:
        """Return on a line that it is gone, or nothing."""
        if self._identity() == self._was:
            return ""
        return texts(
            "DATA_DIR: {path} was removed or moved while make run works on it: everything stops,"
            " and letters that lay only there are lost",
            path=self._path,
        )

    def _identity(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino


class EmbeddedDatabase:
    """The process, its port, and its last words."""

    def __init__(self, data: Path) -> None:
        self.port = free_port(PORT)
        self._storage = data / "mongo"
        self._why = ""
        self._listens = False
        self._panicked = self._taken = self._in_traceback = False

    @property
    def uri(self) -> str:
        """The connection string."""
        return f"mongodb://127.0.0.1:{self.port}"

    def part(self) -> Part:
        """Return the part that starts it."""
        server = Path(sys.executable).parent / "secantusd-py"
        options = ["--standalone", "--sync-on-commit", "--log-level", "INFO"]
        place = ["--port", str(self.port), "--storage-path", str(self._storage)]
        return Part("mongo", [str(server), *options, *place], hears=self.heard)

    def heard(self, line: str) -> str | None:
        """Return what to print of a line of its output, or None."""
        if _INFO.match(line):
            self._listens = self._listens or _LISTENS in line
            return None
        if self._in_traceback and (line.startswith((" ", "\t")) or not line):
            return None
        self._in_traceback = line.startswith("Traceback (most recent call last)")
        if found := _STORAGE.match(line):
            self._why = found["why"] if _PANIC not in line else self._why
        self._panicked = self._panicked or _PANIC in line
        self._taken = self._taken or _TAKEN in line
        is_told = self._in_traceback or self._panicked or self._taken or found
        return None if is_told else line

    def listens(self) -> bool:
        """Tell whether it is itself that listens on the port, and not another program."""
        return self._listens

    def trouble(self) -> str:
        """Return on a line why it cannot go on, or nothing."""
        if self._taken:
            taken = "127.0.0.1:{port} was taken just now: start make run again, it finds a free one"
            return texts(taken, port=self.port)
        if self._panicked:
            panic = "the embedded database cannot use {path} any more: {why}: everything stops"
            return texts(panic, path=self._storage, why=self._why or _PANIC)
        return ""

    @property
    def status(self) -> int:
        """The exit status for its trouble."""
        return EXIT_CONFIG if self._taken else FAILED
