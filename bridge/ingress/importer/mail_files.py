"""Letters in files: mbox, Maildir and folders of ``.eml``, the oldest first.

The order is always the same for the same files. Within an mbox it is that of the file, in which
letters lie as they came.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bridge.ingress.importer.date_written import written
from bridge.ingress.importer.looks import HEAD_BYTES, is_letter, kind
from bridge.ingress.importer.mbox import is_mbox, read_mbox
from bridge.ingress.importer.source import Past, Position


class NotMail(Exception):
    """A path that is neither mbox nor Maildir nor letters."""


@dataclass(frozen=True, slots=True)
class MailFile:
    """A file of one letter, or of many (mbox); times are Unix times.

    ``path`` is text and not a Path, of which a hundred thousand take much memory.
    """

    path: str
    size: int
    changed: float
    written: float
    many: bool

    @property
    def came(self) -> datetime:
        """When the file was changed, the nearest to when its letter came."""
        return datetime.fromtimestamp(self.changed, UTC)


class Files:
    """Every letter under the paths. A place is the index of its file and the byte to go on from."""

    def __init__(self, paths: Sequence[Path], max_size: int) -> None:
        found = (file for path in paths for file in find(path))
        self._files = sorted(found, key=lambda file: (file.written, file.path))
        self._max_size = max_size

    @property
    def size(self) -> int:
        """All bytes together."""
        return sum(file.size for file in self._files)

    @property
    def fingerprint(self) -> str:
        """A digest of names and sizes: a file more or less, and an index means another one."""
        digest = hashlib.sha256()
        for file in self._files:
            digest.update(os.fsencode(f"{file.path}\0{file.size}\0"))
        return digest.hexdigest()

    def letters(self, after: Position | None) -> Iterator[Past]:
        """Yield the letters that come after the place, or all."""
        first, start = (after.file, after.position) if after else (0, 0)
        done = sum(file.size for file in self._files[:first])
        for index, file in enumerate(self._files[first:], first):
            for content, came, end in self._read(file, start):
                label = f"{file.path} at {end}" if file.many else file.path
                yield Past(content, came, label, Position(index, end), done + end)
            done += file.size
            start = 0

    def _read(self, file: MailFile, start: int) -> Iterator[tuple[bytes | None, datetime, int]]:
        """Yield each letter's bytes, when it came, and where the next begins; None for no bytes."""
        whole = max(file.size, 1)
        if start >= whole:
            return
        try:
            if file.many:
                for stored in read_mbox(Path(file.path), start, self._max_size):
                    start = stored.end
                    yield stored.content, stored.came or file.came, start
            else:
                content = _present(file.path).read_bytes() if file.size <= self._max_size else None
                yield content or None, file.came, whole
        except OSError:
            yield None, file.came, whole


def find(path: Path) -> Iterator[MailFile]:
    """Yield the files of letters under the path; raises NotMail for one that holds none."""
    if path.is_file() and (path.suffix.lower() == ".mbox" or is_mbox(path)):
        yield from _mbox(path)
    elif path.is_file():
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
        if not is_letter(head):
            raise NotMail(f"{path} is no letter and no mbox: it is {kind(head)}")
        yield from _file(path, many=False)
    elif path.is_dir():
        empty = True
        for found in _walk(path):
            empty = False
            yield found
        if empty:
            raise NotMail(f"{path} holds no Maildir, .eml or .mbox")
    else:
        raise NotMail(f"{path} does not exist")


def _walk(top: Path) -> Iterator[MailFile]:
    for name, folders, files in os.walk(top):
        directory = Path(name)
        folders.sort()
        in_maildir = {"cur", "new"} <= set(folders)
        if in_maildir:
            for state in ("cur", "new"):
                for path in (directory / state).iterdir():
                    if path.is_file() and not path.name.startswith("."):
                        yield from _file(path, many=False)
            folders[:] = [folder for folder in folders if folder not in ("cur", "new", "tmp")]
        for filename in files:
            path = directory / filename
            suffix = path.suffix.lower()
            if suffix == ".eml":
                yield from _file(path, many=False)
            elif suffix == ".mbox":
                yield from _mbox(path)
            elif not in_maildir and not suffix and is_mbox(path):
                yield from _file(path, many=True)


def _mbox(path: Path) -> Iterator[MailFile]:
    """Yield a file that is named an mbox; one without a letter is empty."""
    if is_mbox(path):
        yield from _file(path, many=True)
    elif path.stat().st_size:
        raise NotMail(f"{path} is no mbox")


def _file(path: Path, many: bool) -> Iterator[MailFile]:
    try:
        status = path.stat()
    except FileNotFoundError:  # moved or removed since the listing
        return
    try:
        date = written(path)
    except OSError:
        date = None
    time = status.st_mtime if date is None else date
    yield MailFile(str(path), status.st_size, status.st_mtime, time, many)


def _present(name: str) -> Path:
    """Return where the letter is by now: a mail program that shows it renames it (maildir(5))."""
    path = Path(name)
    current = path.parent.parent / "cur"
    if path.exists() or path.parent.name not in ("cur", "new") or not current.is_dir():
        return path
    unique = path.name.partition(":")[0]
    return next((each for each in current.iterdir() if each.name.split(":")[0] == unique), path)
