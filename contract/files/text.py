"""The text of a file named by a setting, whatever it is: never read without end.

A file may have one MiB. A pipe, such as a shell's ``<(command)``, is read if one read suffices, for
a few seconds at most, and its content is remembered. A directory, device or socket is refused.
"""

import errno
import os
import select
import stat
import time
from pathlib import Path

from contract.language.refusals import told
from contract.language.system import said

MOST_BYTES = 1024 * 1024
PIPE_SECONDS = 5.0
_CHUNK = 65536
_KINDS = {
    stat.S_IFIFO: "it is a pipe, and must be a file",
    stat.S_IFDIR: "it is a directory, and must be a file",
    stat.S_IFSOCK: "it is a socket, and must be a file",
}
_FROM_PIPES: dict[tuple[int, int], "bytes | FileUnreadable"] = {}  # by device and inode


class FileUnreadable(Exception):
    """A file cannot be read: ``why`` in words, and whether that is because there is none."""

    def __init__(self, why: str, *, is_missing: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.is_missing = is_missing


def text_in(path: Path, *, once: bool = False, seconds: float = PIPE_SECONDS) -> str:
    """Return a file's UTF-8 text; raises FileUnreadable.

    ``once``: it is read only this time, so it may be a pipe, which is waited for ``seconds``.
    """
    try:
        return bytes_in(path, once=once, seconds=seconds).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileUnreadable(told("it is no text in UTF-8")) from None


def bytes_in(path: Path, *, once: bool = False, seconds: float = PIPE_SECONDS) -> bytes:
    """Return the file's bytes; otherwise like ``text_in``."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        raise FileUnreadable(told("there is no such file"), is_missing=True) from None
    except OSError as error:
        if error.errno == errno.ENXIO and path.is_socket():  # open(2) knows no socket
            raise FileUnreadable(told.word(_KINDS[stat.S_IFSOCK])) from None
        raise FileUnreadable(told("it cannot be read ({why})", why=said(error))) from None
    except ValueError:  # a zero byte in it
        raise FileUnreadable(told("it is no path")) from None
    try:
        return _content(descriptor, once, seconds)
    except OSError as error:
        raise FileUnreadable(told("it cannot be read ({why})", why=said(error))) from None
    finally:
        os.close(descriptor)


def _content(descriptor: int, once: bool, seconds: float) -> bytes:
    status = os.fstat(descriptor)
    is_regular, is_fifo = stat.S_ISREG(status.st_mode), stat.S_ISFIFO(status.st_mode)
    if not is_regular and not (is_fifo and once):
        other = _KINDS.get(stat.S_IFMT(status.st_mode), "it is a device, and must be a file")
        raise FileUnreadable(told.word(other))
    if is_regular:
        return _whole(descriptor, seconds)
    identity = (status.st_dev, status.st_ino)
    if identity not in _FROM_PIPES:
        try:
            _FROM_PIPES[identity] = _whole(descriptor, seconds)
        except FileUnreadable as error:
            _FROM_PIPES[identity] = error
    found = _FROM_PIPES[identity]
    if isinstance(found, FileUnreadable):
        raise found
    return found


def is_file_or_pipe(path: Path) -> bool:
    """Tell whether the path leads to something readable as a file."""
    return is_pipe(path) or os.path.isfile(path)  # noqa: PTH113 - which raises nothing


def is_pipe(path: Path) -> bool:
    """Tell whether a path leads to a pipe, which can be read only once."""
    try:
        return stat.S_ISFIFO(path.stat().st_mode)
    except (OSError, ValueError):
        return False


def _whole(descriptor: int, seconds: float) -> bytes:
    found = _read(descriptor, time.monotonic() + seconds)
    if found is None:
        late = told("it has not come to its end within {seconds} s", seconds=f"{seconds:.0f}")
        raise FileUnreadable(late)
    if len(found) > MOST_BYTES:
        large = told("it has more than {most} bytes: is another file meant?", most=MOST_BYTES)
        raise FileUnreadable(large)
    return found


def _read(descriptor: int, deadline: float) -> bytes | None:
    """Read to the end or beyond the bound; None if the deadline comes first.

    A pipe without a writer looks like one that has ended, so its first byte is waited for.
    """
    found = bytearray()
    waiting = select.poll()
    waiting.register(descriptor, select.POLLIN)
    while len(found) <= MOST_BYTES:
        left = deadline - time.monotonic()
        if left <= 0 or not waiting.poll(max(left * 1000, 1)):
            return None
        try:
            chunk = os.read(descriptor, _CHUNK)
        except BlockingIOError:
            continue
        if not chunk:
            break
        found += chunk
    return bytes(found)
