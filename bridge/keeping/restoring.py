"""Reading an archive of ``bridge.keeping.archive`` back into an empty directory.

All of it is read before anything is written. Letters are written before the cursors, which say that
they need not be fetched again; each file appears whole. If the restore is cut short, a mark in the
directory says so, and the same call finishes the work. Letters of people erased since stay out, if
this is known here (``DATA_DIR/erased.json``) or from a later archive beside this one.
"""

import gzip
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from bridge.erasing import remembered
from bridge.erasing.belonging import belongs_to, named_in
from bridge.erasing.remembered import NAME as ERASED
from bridge.erasing.remembered import ErasedAddress
from bridge.keeping.archive import INSIDE, ORIGIN, STATES, archives, is_ahead
from bridge.parse.message import read_letter
from bridge.settings import BridgeSettings
from bridge.spool import disk
from bridge.spool.envelope import NotATrace, read_trace
from bridge.spool.spool import Spool
from contract.process import CannotStart
from contract.sealing.seal import SUFFIX as SEALED
from contract.sealing.seal import NotUnsealed

UNDER_WAY = ".restoring"  # in DATA_DIR
PIECE = 1024 * 1024
UNKNOWN = (
    "{path} is later and cannot be read: who was erased since is not known: bring erased.json back"
    " into DATA_DIR; if it is nowhere, or nobody was erased, say --erasures-lost"
)


class NotEmpty(Exception):
    """The place for the archive's content is not empty."""


class NoArchive(Exception):
    """The file is not an archive of ours, or it is damaged."""


@dataclass(frozen=True)
class Restored:
    """How many letters are back, and where the secret is that the archive's has replaced.

    ``unread`` are later archives that tell nothing of who was erased, as they are damaged.
    """

    letters: int
    secret_before: Path | None
    unread: Sequence[str]


def restore(settings: BridgeSettings, path: Path, *, erasures_are_lost: bool = False) -> Restored:
    """Bring an archive back; raises NotEmpty, NoArchive, SpoolInUse, OSError, CannotStart.

    ``erasures_are_lost``: go on although only an archive that is damaged told who was erased.
    Neither a bridge nor another restore can use the directory meanwhile.
    """
    under_way = settings.data_dir / UNDER_WAY
    _refuse_if_filled(settings, under_way)
    erased, unread = _erased_since(settings, path, are_lost=erasures_are_lost)
    gone, letters = _counted(settings, path, erased)
    settings.spool.mkdir(mode=0o700, parents=True, exist_ok=True)
    with Spool(settings.spool).locked():
        _refuse_if_filled(settings, under_way)  # by somebody who was quicker
        under_way.mkdir(mode=0o700, parents=True, exist_ok=True)
        replaced: Path | None = None
        for are_cursors in (False, True):
            for target, content, modified in _members(settings, path):
                is_gone = target.is_relative_to(settings.spool) and _id_of(target) in gone
                is_next = target.is_relative_to(settings.imap_directory) == are_cursors
                if is_next and not is_gone and target.name != ERASED:
                    if target == settings.secrets_file:
                        replaced = _kept_aside(target, content) or replaced
                    is_ours = target.is_relative_to(settings.data_dir)
                    # The secret may be on another volume, to which no file can be renamed.
                    draft = under_way / "draft" if is_ours else target.with_name(f".{target.name}")
                    _put(draft, target, content, modified)
        if erased:
            remembered.write(settings.data_dir, erased)
        shutil.rmtree(under_way)
    return Restored(letters, replaced, unread)


def _kept_aside(secret: Path, content: bytes) -> Path | None:
    """Keep another secret that is there, perhaps a newer one, beside it; return where."""
    try:
        there = secret.read_bytes()
    except FileNotFoundError:
        return None
    if there == content:
        return None
    aside = secret.with_name(f"{secret.name}.before")
    _put(secret.with_name(f".{aside.name}"), aside, there, secret.stat().st_mtime)
    return aside


def _refuse_if_filled(settings: BridgeSettings, under_way: Path) -> None:
    """Raise NotEmpty if there are letters that no restore which was cut short has brought back."""
    if not under_way.exists() and any(
        each.is_file() for state in STATES for each in (settings.spool / state).glob("*")
    ):
        raise NotEmpty(f"{settings.spool} has letters: name another DATA_DIR")


def _erased_since(
    settings: BridgeSettings, path: Path, *, are_lost: bool
) -> tuple[list[ErasedAddress], list[str]]:
    """Return whom this bridge has erased, as recorded here, in the archive or in later ones.

    And why later ones cannot be read; each has all that those before it had. Raises CannotStart
    if only such a one may tell.
    """
    found, unread = [*remembered.known(settings.data_dir), *_erased_in(settings, path)], list[str]()
    is_told = remembered.is_there(settings.data_dir)
    others = [each for each in archives(path.parent) if each.name != path.name]
    later = [each for each in others if is_ahead(path) or each.name > path.name]
    for archive in reversed(later):
        try:
            found += _erased_in(settings, archive)
            is_told = True
        except (NoArchive, OSError) as error:
            unread.append(str(error))
            if not is_told and not are_lost:
                raise CannotStart(UNKNOWN.format(path=archive)) from None
    return found, unread


def _erased_in(settings: BridgeSettings, archive: Path) -> list[ErasedAddress]:
    """Return whom an archive says to be erased; raises NoArchive, OSError."""
    found = list[ErasedAddress]()
    for target, content, _ in _members(settings, archive):
        if target.name == ERASED and target.parent == settings.data_dir:
            found += _read_erased(archive, content)
        if target.is_relative_to(settings.spool):
            break
    return found


def _read_erased(archive: Path, content: bytes) -> list[ErasedAddress]:
    try:
        return remembered.read(content)
    except ValueError as error:
        raise NoArchive(f"{archive} cannot be read: {error}") from None


def _counted(
    settings: BridgeSettings, path: Path, erased: Sequence[ErasedAddress]
) -> tuple[set[str], int]:
    """Return the ids of letters that stay out, and the number of the others."""
    gone, letters = set(), 0
    for target, content, _ in _members(settings, path):
        if target.suffix == ".eml":
            letters += 1
            if erased and _is_erased(content, _id_of(target), erased):
                gone.add(_id_of(target))
                letters -= 1
    return gone, letters


def _is_erased(content: bytes, letter_id: str, erased: Sequence[ErasedAddress]) -> bool:
    try:
        delivery, start = read_trace(content, letter_id)
    except NotATrace:
        return False
    letter = read_letter(content[start:])
    people = named_in(letter, delivery)
    his = remembered.erased_among(people, delivery.received.timestamp(), erased)
    return bool(his) and belongs_to(letter, delivery, his)


def _id_of(path: Path) -> str:
    return path.name.partition(".")[0]


def _members(settings: BridgeSettings, path: Path) -> Iterator[tuple[Path, bytes, float]]:
    """Yield target, content and time of each file in an archive; raises NoArchive.

    Only the end proves the content, by gzip's checksum.
    """
    try:
        with (
            path.open("rb") as file,
            gzip.GzipFile(fileobj=_unsealed(settings, path, file), mode="rb") as inner,
            tarfile.open(fileobj=inner, mode="r:") as archive,
        ):
            for member in archive:
                content = archive.extractfile(member) if member.isfile() else None
                target = _target(settings, member.name)
                if content is None or target is None:
                    raise NoArchive(f"{path} has {member.name!r}, which is none of ours")
                yield target, content.read(), member.mtime
            while inner.read(PIECE):
                pass
    except NotUnsealed as error:
        raise NoArchive(f"{path} {error}") from None
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, ValueError, zlib.error) as error:
        raise NoArchive(f"{path} cannot be read: {error}") from None


def _unsealed(settings: BridgeSettings, path: Path, file: BinaryIO) -> BinaryIO:
    """Return a reader of an archive, encrypted or not; raises NoArchive, NotUnsealed."""
    if not path.name.endswith(SEALED):
        return file
    if settings.seal is None:
        raise NoArchive(f"{path} is encrypted: BACKUP_KEY must be what it was then")
    return settings.seal.reader(file, INSIDE)


def _target(settings: BridgeSettings, name: str) -> Path | None:
    """Return where a member belongs; None for a name that we would not have written."""
    match name.split("/"):
        case ["webhook.secret"]:
            return settings.secrets_file
        case ["origin"]:
            return settings.data_dir / ORIGIN
        case [remembered.NAME]:
            return settings.data_dir / ERASED
        case ["imap", account, file] if ".." not in (account, file) and file.endswith(".json"):
            return settings.imap_directory / account / file
        case ["spool", state, file] if state in STATES and file not in ("", ".", ".."):
            return settings.spool / state / file
        case _:
            return None


def _put(draft: Path, target: Path, content: bytes, modified: float) -> None:
    """Write a file completely or not at all; its time is that of the letter's next attempt."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft.unlink(missing_ok=True)
    with os.fdopen(disk.create(draft), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.utime(draft, (modified, modified))
    disk.rename(draft, target)
    disk.sync_directory(target.parent)
