"""Letters in memory are brought to disk in rounds: all that wait go together.

One thread takes the waiting letters, writes each to its own file and starts bringing all of them to
the disk before it waits for the first, so that one commit of the file system's journal serves the
round (``posix_fadvise``; still fsync answers for each letter). Then each file is renamed, and one
fsync of the directory serves all. Only then are the senders told. A letter that fails fails alone;
if the directory fails, none is stored. The idea is the group commit of databases.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

from bridge.spool import disk
from bridge.spool.spool import SUFFIX, Spool
from contract.faults import reach

log = logging.getLogger(__name__)

AT_ONCE = 32


@dataclass(slots=True)
class _File:
    """One copy that is being written."""

    name: str
    descriptor: int


@dataclass(slots=True)
class _Letter:
    """A letter, the ids and first lines of its copies, and who waits for it."""

    copies: Sequence[tuple[str, bytes]]
    content: bytes
    kept: Callable[[float], None]
    told: Future[None] = field(default_factory=Future)
    files: list[_File] = field(default_factory=list)
    error: BaseException | None = None


class Rounds:
    """Writes letters into one spool, in a thread that starts with the first.

    ``pause`` is how many seconds ahead the letters' next attempt is written down; 0 means now. A
    courier that is told of a letter at once need not write that down before the first attempt.
    Without ``durable`` nothing is synced: a letter is then kept only while the machine runs, which
    is enough if its source has it as well.
    """

    def __init__(self, spool: Spool, pause: float = 0.0, *, durable: bool = True) -> None:
        self._tmp, self._new = f"{spool.tmp}/", f"{spool.new}/"
        self.pause = pause
        self._durable = durable
        self._waiting: SimpleQueue[_Letter] = SimpleQueue()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def put(
        self,
        copies: Sequence[tuple[str, bytes]],
        content: bytes,
        kept: Callable[[float], None],
    ) -> Future[None]:
        """Store a letter, all copies or none; the future fails with OSError.

        Each copy is an id and the lines above the content. ``kept`` is called in the thread once
        the letter is stored, with the Unix time written down for its next attempt, if any.
        """
        letter = _Letter(copies, content, kept)
        letter.told.set_running_or_notify_cancel()  # from here on nobody can take it back
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="spool", daemon=True)
                self._thread.start()
        self._waiting.put(letter)
        return letter.told

    def _run(self) -> None:
        while True:
            letters = [self._waiting.get()]
            with suppress(Empty):
                while len(letters) < AT_ONCE:
                    letters.append(self._waiting.get_nowait())
            due = time.time() + self.pause if self.pause else 0.0
            try:
                self._round(letters, due)
            except BaseException as error:
                log.exception("a round of letters failed")
                for letter in letters:
                    letter.error = letter.error or OSError(str(error))
            for letter in letters:
                try:
                    self._end(letter, due)
                except BaseException:
                    log.exception("a round of letters failed")

    def _round(self, letters: Sequence[_Letter], due: float) -> None:
        reach("round.begun")
        self._each(letters, lambda letter: self._write(letter, due))
        reach("round.written")
        if self._durable:
            self._each(letters, _sync)
        reach("round.synced")
        self._each(letters, self._rename)
        reach("round.renamed")
        if self._durable:
            self._sync_names(letters)
        reach("round.kept")

    def _sync_names(self, letters: Sequence[_Letter]) -> None:
        try:
            disk.sync_directory(self._new)
        except OSError as error:
            for letter in letters:
                letter.error = letter.error or error

    def _each(self, letters: Sequence[_Letter], step: Callable[[_Letter], None]) -> None:
        """Do a step for the letters that have not failed."""
        for letter in letters:
            if letter.error is None:
                try:
                    step(letter)
                except OSError as error:
                    letter.error = error

    def _write(self, letter: _Letter, due: float) -> None:
        for letter_id, above in letter.copies:
            name = letter_id + SUFFIX
            descriptor = disk.create(self._tmp + name)
            letter.files.append(_File(name, descriptor))
            disk.write(descriptor, above + letter.content)
            if due:
                os.utime(descriptor, (due, due))
            if self._durable:
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)

    def _rename(self, letter: _Letter) -> None:
        for file in letter.files:
            disk.rename(self._tmp + file.name, self._new + file.name)

    def _end(self, letter: _Letter, due: float) -> None:
        """Close the files and tell the senders; remove what is not stored."""
        for file in letter.files:
            with suppress(OSError):
                os.close(file.descriptor)
            for directory in (self._tmp, self._new) if letter.error else ():
                with suppress(OSError):  # what cannot be removed now is swept at the next start
                    os.unlink(directory + file.name)  # noqa: PTH108 - text, see disk.Where
        if letter.error is None:
            try:
                letter.kept(due)
            except BaseException as error:
                letter.error = error
        if letter.error is None:
            letter.told.set_result(None)
        else:
            letter.told.set_exception(letter.error)
        reach("round.answered")


def _sync(letter: _Letter) -> None:
    for file in letter.files:
        disk.sync(file.descriptor)
