"""Letters in files: mbox, Maildir and folders of ``.eml``, in an order that is always the same."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bridge.importer.letters import Past, Place
from bridge.importer.mbox import is_mbox, read_mbox


class NotMail(Exception):
    """A path that is neither mbox nor Maildir nor letters."""


@dataclass(frozen=True, slots=True)
class MailFile:
    """A file of one letter, or of many (mbox)."""

    path: Path
    size: int
    many: bool


class Files:
    """Every letter under the paths. A place is the index of its file and the byte to go on from."""

    def __init__(self, paths: Sequence[Path], max_size: int) -> None:
        self._files = [file for path in paths for file in find(path)]
        self._max_size = max_size

    @property
    def size(self) -> int:
        """All bytes together."""
        return sum(file.size for file in self._files)

    def letters(self, after: Place | None) -> Iterator[Past]:
        """Yield the letters that come after the place, or all."""
        first, start = (after.file, after.position) if after else (0, 0)
        done = sum(file.size for file in self._files[:first])
        for index, file in enumerate(self._files[first:], first):
            for content, came, end in self._read(file, start):
                label = f"{file.path} at {end}" if file.many else str(file.path)
                yield Past(content, came, label, Place(index, end), done + end)
            done += file.size
            start = 0

    def _read(self, file: MailFile, start: int) -> Iterator[tuple[bytes | None, datetime, int]]:
        changed = datetime.fromtimestamp(file.path.stat().st_mtime, UTC)
        if file.many:
            for stored in read_mbox(file.path, start, self._max_size):
                yield stored.content, stored.came or changed, stored.end
        elif start < max(file.size, 1):
            content = file.path.read_bytes() if file.size <= self._max_size else None
            yield content, changed, max(file.size, 1)


def find(path: Path) -> Iterator[MailFile]:
    """Yield the files of letters under the path; raises NotMail for one that holds none."""
    if path.is_file():
        many = is_mbox(path)
        if not many and path.suffix.lower() == ".mbox" and path.stat().st_size:
            raise NotMail(f"{path} is no mbox")
        yield MailFile(path, path.stat().st_size, many)
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
                for path in sorted((directory / state).iterdir()):
                    if path.is_file() and not path.name.startswith("."):
                        yield MailFile(path, path.stat().st_size, many=False)
            folders[:] = [folder for folder in folders if folder not in ("cur", "new", "tmp")]
        for filename in sorted(files):
            path = directory / filename
            suffix = path.suffix.lower()
            if suffix == ".eml":
                yield MailFile(path, path.stat().st_size, many=False)
            elif suffix == ".mbox" or (not in_maildir and not suffix and is_mbox(path)):
                yield MailFile(path, path.stat().st_size, many=is_mbox(path))
