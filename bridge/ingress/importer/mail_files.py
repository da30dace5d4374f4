"""Letters in files: mbox, Maildir and folders of ``.eml``, the oldest first.

The order is always the same for the same files; an mbox is read in its own order, that of arrival.
"""

import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from bridge.ingress.importer.finding import MailFile, NotMail, find
from bridge.ingress.importer.kinds import kind
from bridge.ingress.importer.looks import HEAD_BYTES, is_binary
from bridge.ingress.importer.mbox import read_mbox
from bridge.ingress.importer.source import NoLetter, Past, Position


class Files:
    """Every letter under the paths. A place is the index of a file and the byte to go on from.

    ``no_letters`` are the files that were passed over. ``archives`` maps folders of unpacked
    letters to their archives, whose names a person knows; ``left_out`` was not unpacked. Raises
    NotMail.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        max_size: int,
        archives: Mapping[Path, Path] | None = None,
        left_out: Sequence[NoLetter] = (),
    ) -> None:
        self._files: list[MailFile] = []
        self._archives = {str(folder): str(path) for folder, path in (archives or {}).items()}
        passed: list[NoLetter] = []
        try:
            for found in (each for path in paths for each in find(path)):
                if isinstance(found, NoLetter):
                    passed.append(replace(found, path=self._called(found.path)))
                else:
                    self._files.append(found)
        except NotMail as error:
            raise NotMail(self._called(str(error))) from None
        self._files.sort(key=lambda file: (file.written, file.path))
        self.no_letters = sorted([*passed, *left_out], key=lambda file: file.rank)
        self._max_size = max_size

    @property
    def size(self) -> int:
        """The bytes of all files."""
        return sum(file.size for file in self._files)

    @property
    def fingerprint(self) -> str:
        """A digest of names and sizes: with one file more or less, an index means another file."""
        digest = hashlib.sha256()
        for file in self._files:
            digest.update(os.fsencode(f"{file.path}\0{file.size}\0"))
        return digest.hexdigest()

    def letters(self, after: Position | None) -> Iterator[Past]:
        """Yield the letters after the place, or all."""
        first, start = (after.file, after.position) if after else (0, 0)
        done = sum(file.size for file in self._files[:first])
        for index, file in enumerate(self._files[first:], first):
            for content, came, end in self._read(file, start):
                name = self._called(file.path)
                label = f"{name} at {end}" if file.many else name
                place = Position(index, end)
                if file.many and content and is_binary(content):
                    what = kind(content[:HEAD_BYTES])
                    yield Past(None, came, label, place, done + end, what)
                else:
                    yield Past(content, came, label, place, done + end)
            done += file.size
            start = 0

    def _called(self, text: str) -> str:
        """Return the text with unpacked files called by their names in the archive."""
        for folder, archive in self._archives.items():
            first, *others = re.split(rf"{re.escape(folder)}/(?:\d+-)?", text)
            text = f"{archive}: ".join([first, *others]).replace(folder, archive)
        return text

    def _read(self, file: MailFile, start: int) -> Iterator[tuple[bytes | None, datetime, int]]:
        """Yield each letter's bytes, arrival and end; the bytes are None if they cannot be read."""
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


def _present(name: str) -> Path:
    """Return the letter's present path: mail programs rename letters they show (maildir(5))."""
    path = Path(name)
    current = path.parent.parent / "cur"
    if path.exists() or path.parent.name not in ("cur", "new") or not current.is_dir():
        return path
    unique = path.name.partition(":")[0]
    return next((each for each in current.iterdir() if each.name.split(":")[0] == unique), path)
