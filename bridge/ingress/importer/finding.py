"""Which files under a path hold letters, and which only look like mail by name."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bridge.ingress.importer.date_written import written
from bridge.ingress.importer.kinds import NAMED_AS_LETTERS, is_named_as_letters, kind
from bridge.ingress.importer.looks import HEAD_BYTES, is_letter
from bridge.ingress.importer.mbox import is_mbox
from bridge.ingress.importer.source import NoLetter
from bridge.words import texts


class NotMail(Exception):
    """The path is no mbox, no Maildir, and holds no letters."""


@dataclass(frozen=True, slots=True)
class MailFile:
    """A file of one letter, or of many (mbox); times are Unix times.

    ``path`` is a str, as a hundred thousand Path objects take much memory.
    """

    path: str
    size: int
    changed: float
    written: float
    many: bool

    @property
    def came(self) -> datetime:
        """When the file was changed: the best guess at when its letter came."""
        return datetime.fromtimestamp(self.changed, UTC)


def find(path: Path) -> Iterator[MailFile | NoLetter]:
    """Yield the files of letters under the path; raises NotMail if it holds none.

    In a folder, every file is looked into, and those that are no letters are passed over; a file
    named directly is refused.
    """
    if path.is_dir():
        yield from _in_folder(path)
        return
    try:
        found = [*_seen(path)]
    except FileNotFoundError:
        raise NotMail(f"{path} does not exist") from None
    for one in found:
        if isinstance(one, NoLetter):
            raise NotMail(f"{path} is no letter and no mbox: it is {one.what}")
        yield one


def _in_folder(top: Path) -> Iterator[MailFile | NoLetter]:
    letters, passed = 0, list[NoLetter]()
    for found in _files(top):
        if isinstance(found, NoLetter):
            passed.append(found)
        else:
            letters += 1
        yield found
    if passed and not letters:
        first, others = min(passed, key=lambda each: each.rank), len(passed) - 1
        are = "1 other is" if others == 1 else f"{others} others are"
        also = f", and {are} none either" if others else ""
        raise NotMail(f"{top} holds no letter: {first.path} is {first.what}{also}")
    if not letters:
        raise NotMail(f"{top} holds no Maildir, .eml or .mbox")


def _files(top: Path) -> Iterator[MailFile | NoLetter]:
    """Yield what each file in a folder and below is, by its first bytes, whatever its name.

    Raises OSError for a folder that cannot be read: its letters would be missed silently.
    """
    for name, folders, files in os.walk(top, onerror=_unless_gone):
        directory = Path(name)
        folders.sort()
        in_maildir = {"cur", "new"} <= set(folders)
        found = [directory / filename for filename in files]
        if in_maildir:
            for state in ("cur", "new"):
                found += [path for path in (directory / state).iterdir() if not path.is_dir()]
            yield from map(_half_written, _in_tmp(directory / "tmp"))
            folders[:] = [folder for folder in folders if folder not in ("cur", "new", "tmp")]
        for path in found:
            yield from _in_a_folder(path)
        for linked in folders:
            if (directory / linked).is_symlink():  # which may lead round in a circle
                what = texts.word("a link to a folder: import it by itself")
                yield NoLetter(str(directory / linked), what, is_named=False)


def _in_tmp(path: Path) -> list[Path]:
    return [each for each in path.iterdir() if not each.is_dir()] if path.is_dir() else []


def _half_written(path: Path) -> NoLetter:
    return NoLetter(str(path), texts.word("a letter that was not written whole"))


def _in_a_folder(path: Path) -> Iterator[MailFile | NoLetter]:
    """Yield what a file in a folder is; nothing if it was moved or removed since the listing."""
    named = is_named_as_letters(path.name) or _is_filed(path)
    try:
        yield from _seen(path, is_named=named)
    except OSError as error:
        if path.is_symlink():  # also in a circle
            what = texts.word("a link that leads nowhere")
            yield NoLetter(str(path), what, is_named=named)
        else:
            _unless_gone(error)


def _unless_gone(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error


def _is_filed(path: Path) -> bool:
    """Tell whether a file is a letter by its name, also a number as in MH, or in a Maildir."""
    if path.parent.name in ("cur", "new") and not path.name.startswith("."):  # maildir(5)
        return True
    return path.suffix.lower().rstrip() in NAMED_AS_LETTERS or path.name.isdecimal()


def _seen(path: Path, *, is_named: bool = True) -> Iterator[MailFile | NoLetter]:
    """Look into a file and yield what it is; nothing for an mbox without letters.

    An unreadable file that a person or its name calls a letter counts as one, so that its import
    fails and is counted. Raises FileNotFoundError.
    """
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        yield NoLetter(str(path), texts.word("a pipe or a device"), is_named)
        return
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
        many = is_mbox(path)
        looks = many or is_letter(head, is_filed=_is_filed(path))
        date = written(path) if looks else None
    except FileNotFoundError:
        raise
    except OSError:
        if not is_named:
            yield NoLetter(str(path), texts.word("a file that cannot be read"), is_named)
            return
        yield MailFile(str(path), status.st_size, status.st_mtime, status.st_mtime, many=False)
        return
    if not head and path.suffix.lower() == ".mbox":
        return
    if not looks:
        yield NoLetter(str(path), kind(head, path.name), is_named)
        return
    time = status.st_mtime if date is None else date
    yield MailFile(str(path), status.st_size, status.st_mtime, time, many)
