"""Letters in a zip or tar file: unpacked beside the import's spool, within bounds.

A member is a letter by its name or by its first bytes; what is none is noted. Files written are
numbered, with the harmless characters of that name so that a person recognises them.
"""

import hashlib
import os
import re
import shutil
import struct
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from lzma import LZMAError
from pathlib import Path, PurePosixPath
from typing import IO, cast
from zlib import error as ZlibError

from bridge.ingress.importer.archives.left_out import OtherMembers
from bridge.ingress.importer.archives.zip_parts import parts
from bridge.ingress.importer.kinds import NAMED_AS_LETTERS, is_named_as_letters, kind
from bridge.ingress.importer.looks import HEAD_BYTES, is_letter
from bridge.ingress.importer.mbox import begins_mbox, is_mbox
from bridge.words import texts

MAX_MEMBERS = 500_000
MANY = (".mbox", ".mbx")
READ = (".eml", *MANY)
PIECE = 1024 * 1024
# What a tar may say about a member before its content, and how much larger its content may be than
# its file.
HEADER_BYTES = 1024 * 1024
MOST_TIMES = 1000
_BROKEN = (
    zipfile.BadZipFile,
    tarfile.TarError,
    ZlibError,
    LZMAError,
    EOFError,
    NotImplementedError,
    RuntimeError,  # zipfile's word for a member that is encrypted
    ValueError,  # tarfile's and zipfile's for numbers that are none
    OverflowError,
    struct.error,
)
ENCRYPTED = 1  # APPNOTE.TXT 4.4.4, of the general purpose bit flag
_HARMLESS = re.compile(r"[^\w-]+")


class NotUnpacked(Exception):
    """The archive is broken, encrypted or too large; the text says so."""


@dataclass(frozen=True, slots=True)
class ArchiveBounds:
    """What may be unpacked: bytes in all, and bytes of one letter; an mbox counts as many."""

    total: int
    letter: int


def is_archive(path: Path) -> bool:
    """Tell whether the file is a zip, or a tar that may be compressed.

    A zip is told by its end, and so might be a letter or an mbox that a binary attachment ends.
    """
    try:
        if not path.is_file() or path.suffix.lower() == ".olm":  # a zip that holds no letters
            return False
        with path.open("rb") as file:
            if is_letter(file.read(HEAD_BYTES)) or is_mbox(path):
                return False
        return _is_zip(path) or _is_tar(path)
    except OSError:  # whoever imports it says so
        return False


def _is_zip(path: Path) -> bool:
    """Tell whether a file is a zip, or the beginning of one."""
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04" or zipfile.is_zipfile(file)


def unpack(path: Path, parent: Path, room: ArchiveBounds) -> Path:
    """Return a folder of the archive's letters, made anew unless it is there; raises NotUnpacked.

    The folder's name follows from the archive, so that an import that was killed goes on.
    """
    status = path.stat()
    name = f"{path.resolve()}\0{status.st_size}\0{status.st_mtime_ns}"
    folder = parent / hashlib.sha256(os.fsencode(name)).hexdigest()[:32]
    if folder.is_dir():
        return folder
    partial = folder.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o700, parents=True)
    try:
        _write(path, partial, room).write(folder)
    except _BROKEN as error:
        shutil.rmtree(partial)
        raise NotUnpacked(f"{path} cannot be unpacked: {error}") from None
    except BaseException:
        shutil.rmtree(partial)
        raise
    partial.rename(folder)
    return folder


def _write(path: Path, folder: Path, room: ArchiveBounds) -> OtherMembers:
    """Unpack the letters; return what else there is."""
    left = min(room.total, shutil.disk_usage(folder).free // 2)
    count, others = 0, OtherMembers()
    for name, when, file in _zipped(path) if _is_zip(path) else _in_tar(path):
        if file is None:
            others.add(name, texts.word("a link, a pipe or a device"))
            continue
        head = _read(file, HEAD_BYTES)
        suffix = _suffix(name) or _by_its_looks(name, head)
        if not suffix:
            others.add(name, kind(head, name))
            continue
        count += 1
        if count > MAX_MEMBERS:
            raise NotUnpacked(f"{path} holds more than {MAX_MEMBERS} letters")
        most = left if suffix in MANY else min(left, room.letter + 1)
        head = head[:most]
        if suffix not in READ and not (head.startswith(b"From ") or is_letter(head)):
            most = len(head)  # it is told of, for which these do
        target = folder / f"{count:07d}-{_shown(name)}{suffix}"
        left -= _copy(file, target, head, most)
        if left <= 0:
            raise NotUnpacked(_too_much(path, room))
        os.utime(target, (when, when))
    return others


def _too_much(path: Path, room: ArchiveBounds) -> str:
    half = "half of what is free on the disk of DATA_DIR"
    return f"{path} holds more than {room.total} bytes (SPOOL_MAX_BYTES), or than {half}"


def _copy(file: IO[bytes], target: Path, head: bytes, most: int) -> int:
    """Copy at most ``most`` bytes; a letter that is cut there is reported as too large."""
    with target.open("wb") as copy:
        written = copy.write(head)
        while written < most and (piece := _read(file, min(PIECE, most - written))):
            copy.write(piece)
            written += len(piece)
    return written


def _read(file: IO[bytes], size: int) -> bytes:
    try:
        return file.read(size)
    except OSError as error:
        if error.errno is None:  # bz2's word for what is none
            raise tarfile.ReadError(str(error)) from None
        raise


def _zipped(path: Path) -> Iterator[tuple[str, float, IO[bytes]]]:
    for members in parts(path):
        yield from _in_zip(path, members)


def _in_zip(path: Path, members: IO[bytes]) -> Iterator[tuple[str, float, IO[bytes]]]:
    with zipfile.ZipFile(members) as archive:
        for member in archive.infolist():
            if not member.is_dir():
                try:
                    when = datetime(*member.date_time, tzinfo=UTC).timestamp()
                except ValueError:
                    when = path.stat().st_mtime
                if member.flag_bits & ENCRYPTED:
                    raise NotUnpacked(f"{path} cannot be unpacked: it is encrypted")
                with archive.open(member) as file:
                    yield member.filename, when, file


def _in_tar(path: Path) -> Iterator[tuple[str, float, IO[bytes] | None]]:
    """Yield name, time and content of each member but folders; only files have a content."""
    most = max(path.stat().st_size, PIECE) * MOST_TIMES
    with tarfile.open(path, tarinfo=_Member) as archive:
        while (member := _next(archive)) is not None:
            if member.offset_data + member.size > most and not member.issparse():
                raise NotUnpacked(f"{path} holds more than {MOST_TIMES} times its own size")
            if member.isreg() and (file := archive.extractfile(member)) is not None:
                with file:
                    yield member.name, min(max(float(member.mtime), 0.0), LATEST), file
            elif not member.isdir():
                yield member.name, 0.0, None
            archive.members = []  # type: ignore[attr-defined]  # it keeps all that it has seen
        _look_behind(archive)


def _look_behind(archive: tarfile.TarFile) -> None:
    """Raise ReadError if a tar has more than was read: tarfile takes a broken header for its end.

    The compression's checksum is at the end, too, and would not be read otherwise.
    """
    file = cast(IO[bytes], archive.fileobj)
    file.seek(archive.offset)
    while piece := _read(file, PIECE):
        if piece.strip(b"\0"):
            raise tarfile.ReadError("it goes on where it cannot be read")


def _next(archive: tarfile.TarFile) -> tarfile.TarInfo | None:
    try:
        return archive.next()
    except OSError as error:
        if error.errno is None:
            raise tarfile.ReadError(str(error)) from None
        raise


class _Member(tarfile.TarInfo):
    """A member whose name and attributes are read only if they fit well into memory."""

    def _proc_member(self, archive: tarfile.TarFile) -> tarfile.TarInfo:
        if self.type in _SAID_BEFORE and self.size > HEADER_BYTES:
            raise tarfile.ReadError(f"a name or attribute in it has {self.size} bytes")
        found: tarfile.TarInfo = super()._proc_member(archive)  # type: ignore[misc]
        return found


_SAID_BEFORE = (
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
)
LATEST = 4102444800.0  # 2100-01-01: a file system may not take what is far beyond it


def _suffix(name: str) -> str:
    """Return the kind of a member to keep: a letter, many letters, a file to report, or nothing."""
    path = PurePosixPath(name.replace("\\", "/").rstrip())
    if path.name.startswith("."):
        return ""
    if is_named_as_letters(path.name):
        of_packed = path.suffixes[-2:] if path.suffix.lower() not in NAMED_AS_LETTERS else []
        return "".join(of_packed).lower() or path.suffix.lower()
    return ".eml" if path.parent.name in ("cur", "new") else ""


def _by_its_looks(name: str, head: bytes) -> str:
    """Return the kind of a member whose name says nothing; nothing if it is no letter."""
    if begins_mbox(head):
        return ".mbox"
    in_mh = PurePosixPath(name).name.isdecimal()
    return ".eml" if is_letter(head, is_filed=in_mh) else ""


def _shown(name: str) -> str:
    """Return the end of a member's name, without characters that mean something in a path."""
    stem = PurePosixPath(name.replace("\\", "/")).stem
    return _HARMLESS.sub("_", stem)[:40]


def _is_tar(path: Path) -> bool:
    """Tell whether it is a tar, or one inside gzip, bzip2 or xz; a broken one counts."""
    try:
        with tarfile.open(path, tarinfo=_Member):
            return True
    except tarfile.ReadError as error:
        return "attribute" in str(error)
    except (*_BROKEN, OSError):
        return False
