"""Letters that are in memory, brought to the disk in rounds: what waits goes together.

One thread takes what waits, writes each letter to a file of its own and begins to bring all of them
to the disk before it asks for the first, so that one commit of the file system's journal serves the
round (``posix_fadvise``; it is still fsync that answers for each letter). Then each is renamed, and
one fsync of the directory serves all. Only then is anybody told. A letter that fails fails alone;
where the directory fails none is kept. The idea is the group commit of databases.
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
    """A letter, its copies by their ids and first lines, and who waits for it."""

    copies: Sequence[tuple[str, bytes]]
    content: bytes
    kept: Callable[[float], None]
    told: Future[None] = field(default_factory=Future)
    files: list[_File] = field(default_factory=list)
    error: BaseException | None = None


class Rounds:
    """Writes letters into one spool, in a thread that starts with the first.

    ``pause`` is how far ahead the letters' next attempt is written down, in seconds, and 0 where it
    is now: whoever is told of a letter at once need not write it down before the first attempt.
    Without ``durable`` nothing is brought to the disk: a letter is then kept only while the machine
    runs, as is enough for what its source has as well.
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
        """Bring a letter to the disk, all copies or none; the value fails with OSError.

        Each copy is an id, and what stands above the content. ``kept`` is called in the thread once
        the letter is kept, with the Unix time that is written down for its next attempt, if any.
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
        """Do a step for the letters that are well."""
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
        """Let go of the files and tell; what is not kept is removed."""
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
