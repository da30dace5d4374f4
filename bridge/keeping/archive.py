"""One archive, written while the bridge runs; and read back into an empty directory.

Cursors are read before the spool: a cursor moves only once its letter lies there, so that whatever
a cursor in the archive has passed is in the archive, or was delivered. A letter that is delivered
while the archive is written may be in it: delivered again, it is a duplicate.
"""

import io
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, BinaryIO, cast

from bridge.settings import BridgeSettings
from contract.sealing.seal import SUFFIX as SEALED
from contract.sealing.seal import NotUnsealed, Seal

SECRET = "webhook.secret"  # noqa: S105 - a file's name
STATES = ("new", "cur", "failed", "waits")
PREFIX, SUFFIX = "bridge-", ".tar.gz"
INSIDE = "bridge.tar.gz"


class NotEmpty(Exception):
    """There is something already where an archive is to be read to."""


class NoArchive(Exception):
    """It is no archive of ours, or it is damaged."""


def write(settings: BridgeSettings, place: Path) -> tuple[Path, int]:
    """Write a new archive into a directory; return its path and how many letters it has: OSError.

    It appears under its name once all of it is on the disk.
    """
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    ending = f"{SUFFIX}{SEALED}" if settings.seal else SUFFIX
    path = place / f"{PREFIX}{datetime.now(UTC):%Y-%m-%dT%H%M%S%fZ}{ending}"
    partial = path.with_name(f".{path.name}")
    letters = 0
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        with (
            _sealed(settings.seal, file) as inner,
            tarfile.open(fileobj=inner, mode="w:gz", compresslevel=3) as archive,
        ):
            for source, name in _files(settings):
                with suppress(FileNotFoundError):  # delivered or moved since it was listed
                    _add(archive, source, name)
                    letters += name.startswith("spool/") and name.endswith(".eml")
        file.flush()
        os.fsync(file.fileno())
    partial.rename(path)
    return path, letters


def prune(place: Path, keep: int) -> int:
    """Delete all but the newest archives; return how many went."""
    found = [each for end in ("", SEALED) for each in place.glob(f"{PREFIX}*{SUFFIX}{end}")]
    gone = sorted(found)[:-keep] if keep else []
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def read(settings: BridgeSettings, path: Path) -> int:
    """Read an archive back; return how many letters: NotEmpty, NoArchive, OSError."""
    if any(each.is_file() for state in STATES for each in (settings.spool / state).glob("*")):
        raise NotEmpty(f"{settings.spool} has letters: name another DATA_DIR")
    count = 0
    try:
        with (
            path.open("rb") as file,
            tarfile.open(fileobj=_unsealed(settings.seal, path, file), mode="r:gz") as archive,
        ):
            for member in archive:
                content = archive.extractfile(member) if member.isfile() else None
                target = _target(settings, member.name)
                if content is None or target is None:
                    raise NoArchive(f"{path} has {member.name!r}, which is none of ours")
                _put(target, content.read(), member.mtime)
                count += member.name.endswith(".eml")
    except NotUnsealed as error:
        raise NoArchive(f"{path} {error}") from None
    except (tarfile.TarError, EOFError, ValueError) as error:
        raise NoArchive(f"{path} cannot be read: {error}") from None
    return count


@contextmanager
def _sealed(seal: Seal | None, file: BinaryIO) -> Iterator[IO[bytes]]:
    if seal is None:
        yield file
        return
    writer = seal.writer(file, INSIDE)
    yield cast(IO[bytes], writer)
    writer.finish()


def _unsealed(seal: Seal | None, path: Path, file: BinaryIO) -> BinaryIO:
    """Return what reads an archive, encrypted or not; raises NoArchive, NotUnsealed."""
    if not path.name.endswith(SEALED):
        return file
    if seal is None:
        raise NoArchive(f"{path} is encrypted: BACKUP_KEY must be what it was then")
    return seal.reader(file, INSIDE)


def _files(settings: BridgeSettings) -> Iterator[tuple[Path, str]]:
    if settings.webhook_secrets is None and settings.secrets_file.is_file():
        yield settings.secrets_file, SECRET
    for path in sorted(settings.imap_directory.glob("*/*.json")):
        yield path, f"imap/{path.parent.name}/{path.name}"
    for state in STATES:
        directory = settings.spool / state
        for path in sorted(directory.iterdir()) if directory.is_dir() else []:
            yield path, f"spool/{state}/{path.name}"


def _add(archive: tarfile.TarFile, source: Path, name: str) -> None:
    with source.open("rb") as file:
        content, found = file.read(), os.fstat(file.fileno())
    member = tarfile.TarInfo(name)
    member.size, member.mtime, member.mode = len(content), int(found.st_mtime), 0o600
    archive.addfile(member, io.BytesIO(content))


def _target(settings: BridgeSettings, name: str) -> Path | None:
    """Return where a member belongs; None for a name that we would not have written."""
    match name.split("/"):
        case ["webhook.secret"]:
            return settings.secrets_file
        case ["imap", account, file] if ".." not in (account, file) and file.endswith(".json"):
            return settings.imap_directory / account / file
        case ["spool", state, file] if state in STATES and file not in ("", ".", ".."):
            return settings.spool / state / file
        case _:
            return None


def _put(target: Path, content: bytes, modified: float) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.utime(target, (modified, modified))  # the time of the next attempt
