"""Writing an archive while the bridge runs; ``bridge.keeping.restoring`` reads it back.

Cursors are read before the spool: a cursor moves only once its letter is in the spool, so a letter
that a cursor in the archive has passed is in the archive, too, or was delivered. A letter delivered
while the archive is written may be in it: delivered again, it is a duplicate.
"""

import io
import os
import secrets
import tarfile
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, BinaryIO, cast

from bridge.erasing.remembered import NAME as ERASED
from bridge.settings import BridgeSettings
from bridge.spool import disk
from contract.sealing.seal import SUFFIX as SEALED
from contract.sealing.seal import NotUnsealed, Seal

SECRET = "webhook.secret"  # noqa: S105 - a file's name
ORIGIN = "origin"  # names DATA_DIR for life: one on another volume has another, or none yet
STATES = ("new", "cur", "failed", "waits")
PREFIX, SUFFIX = "bridge-", ".tar.gz"
INSIDE = "bridge.tar.gz"


@dataclass(frozen=True)
class Written:
    """An archive, how many letters are in it, and what could not be read, with the reason."""

    path: Path
    letters: int
    unread: Sequence[OSError]


def write(settings: BridgeSettings, place: Path) -> Written:
    """Write a new archive into a directory; raises OSError.

    A file that cannot be read, as on a bad sector, keeps no other out of it. It gets its final name
    once it is all on disk; an unfinished one is removed at once or by the next call, so that it
    cannot fill the disk.
    """
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    ending = f"{SUFFIX}{SEALED}" if settings.seal else SUFFIX
    path = place / f"{_name_now()}{ending}"
    for cut_short in filter(disk.is_abandoned, place.glob(f".{PREFIX}*{SUFFIX}*")):
        with suppress(OSError):  # it may be another user's
            cut_short.unlink(missing_ok=True)
    draft = path.with_name(f".{path.name}")
    try:
        _name_for_life(settings.data_dir)
        with os.fdopen(disk.create(draft), "wb") as file:
            letters, unread = _fill(file, settings)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    disk.rename(draft, path)
    disk.sync_directory(place)
    return Written(path, letters, unread)


def _name_for_life(directory: Path) -> None:
    """Give DATA_DIR its name for life if it has none; without one it is backed up all the same."""
    path = directory / ORIGIN
    draft = directory / f".{ORIGIN}"
    with suppress(OSError):
        if path.exists():
            return
        draft.write_text(secrets.token_hex(8), encoding="ascii")
        draft.rename(path)


def _fill(file: BinaryIO, settings: BridgeSettings) -> tuple[int, list[OSError]]:
    """Write the archive; return how many letters are in it, and what could not be read."""
    letters, unread = 0, list[OSError]()
    with (
        _sealed(settings.seal, file) as inner,
        tarfile.open(fileobj=inner, mode="w:gz", compresslevel=3) as archive,
    ):
        for source, name in _files(settings, unread):
            try:
                member, content = _read(source, name)
            except FileNotFoundError:  # delivered or moved since it was listed
                continue
            except OSError as error:
                error.filename = source
                unread.append(error)
                continue
            archive.addfile(member, io.BytesIO(content))
            letters += name.startswith("spool/") and name.endswith(".eml")
    return letters, unread


@dataclass(frozen=True)
class PrunedArchives:
    """How many archives were deleted, why others could not be, and those of another DATA_DIR."""

    gone: int
    stuck: Sequence[OSError]
    others: Sequence[Path]


def prune(place: Path, keep: int, seal: Seal | None) -> PrunedArchives:
    """Delete all but the newest archives, except those ahead of the clock or of another DATA_DIR.

    Those of an empty DATA_DIR, as on a volume that is lost, are counted apart: they displace none
    that has something, and as long as the newest is one, none of those is deleted.
    """
    dated = {each: look_into(each, seal) for each in archives(place) if not is_ahead(each)}
    own = dated[list(dated)[-1]] if dated else InArchive("", is_empty=True)
    others = [each for each, one in dated.items() if one.is_another(own)]
    empty = [each for each, one in dated.items() if one.is_empty and each not in others]
    full = [each for each in dated if each not in (*empty, *others)]
    gone = [*empty[:-keep], *(() if own.is_empty else full[:-keep])] if keep else []
    stuck = list[OSError]()
    for path in gone:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:  # it may be another user's
            stuck.append(error)
    return PrunedArchives(len(gone) - len(stuck), stuck, others)


@dataclass(frozen=True)
class InArchive:
    """The name of the DATA_DIR that an archive is of, if it says so, and whether it is empty."""

    origin: str
    is_empty: bool

    def is_another(self, other: "InArchive") -> bool:
        """Tell whether two archives are of different directories; one of before says nothing."""
        return bool(self.origin and other.origin) and self.origin != other.origin


def look_into(path: Path, seal: Seal | None) -> InArchive:
    """Read an archive's first members; one that cannot be read may have something."""
    origin = ""
    try:
        with path.open("rb") as file:
            sealed = path.name.endswith(SEALED)
            inner = seal.reader(file, INSIDE) if sealed and seal else file
            with tarfile.open(fileobj=inner, mode="r|gz") as archive:
                first = archive.next()
                if first and first.name == ORIGIN and (content := archive.extractfile(first)):
                    origin = content.read().decode("ascii", "replace")
                    first = archive.next()
                return InArchive(origin, first is None)
    except (OSError, EOFError, NotUnsealed, tarfile.TarError, zlib.error):
        return InArchive(origin, is_empty=False)


def seconds_since_the_newest(place: Path) -> float:
    """Return the age of the newest archive, infinite if there is none; raises OSError."""
    found = archives(place)
    if not found:
        return float("inf")
    age = time.time() - found[-1].stat().st_mtime
    return age if age >= 0 else float("inf")  # the clock was turned back


def archives(place: Path) -> list[Path]:
    """Return the archives of a directory, the oldest first.

    Archives ahead of the clock come before them: nobody knows how old they are.
    """
    every = sorted(each for end in ("", SEALED) for each in place.glob(f"{PREFIX}*{SUFFIX}{end}"))
    return sorted(every, key=is_ahead, reverse=True)


def is_ahead(archive: Path) -> bool:
    """Tell whether an archive's name lies in the future: the clock was wrong, then or now."""
    return archive.name.partition(".")[0] > _name_now()


def _name_now() -> str:
    return f"{PREFIX}{datetime.now(UTC):%Y-%m-%dT%H%M%S%fZ}"


@contextmanager
def _sealed(seal: Seal | None, file: BinaryIO) -> Iterator[IO[bytes]]:
    if seal is None:
        yield file
        return
    writer = seal.writer(file, INSIDE)
    yield cast(IO[bytes], writer)
    writer.finish()


def _files(settings: BridgeSettings, unread: list[OSError]) -> Iterator[tuple[Path, str]]:
    """Yield what an archive has, and its names there; what is not there is left to the reader."""
    yield settings.data_dir / ORIGIN, ORIGIN  # first, so that each archive's is soon read
    if settings.webhook_secrets is None:
        yield settings.secrets_file, SECRET
    yield settings.data_dir / ERASED, ERASED  # first: a restore of an earlier one looks for it
    for account in _listed(settings.imap_directory, unread):
        for path in _listed(account, unread):
            if path.suffix == ".json" and not path.name.startswith("."):
                yield path, f"imap/{account.name}/{path.name}"
    for state in STATES:
        for path in _listed(settings.spool / state, unread):
            yield path, f"spool/{state}/{path.name}"


def _listed(directory: Path, unread: list[OSError]) -> list[Path]:
    """Return what is in a directory; one that cannot be read goes to ``unread``."""
    try:
        return sorted(directory.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        unread.append(error)
        return []


def _read(source: Path, name: str) -> tuple[tarfile.TarInfo, bytes]:
    with source.open("rb") as file:
        content, found = file.read(), os.fstat(file.fileno())
    member = tarfile.TarInfo(name)
    member.size, member.mtime, member.mode = len(content), int(found.st_mtime), 0o600
    return member, content
