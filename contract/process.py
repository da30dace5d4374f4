"""What all our processes share: log, stop signals, exit status."""

import errno
import io
import json
import logging
import os
import re
import select
import signal
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from contract import interrupts
from contract.language.refusals import told
from contract.language.system import said
from contract.reading.mistakes import Wrong

if TYPE_CHECKING:
    import asyncio

EXIT_CONFIG = 78  # EX_CONFIG of sysexits.h
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)
INTERRUPTED, NOT_READ = 128 + signal.SIGINT, 128 + signal.SIGPIPE  # as shells have it
NOT_WRITTEN = 74  # EX_IOERR of sysexits.h
_COMMANDING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_LETTER = re.compile(r"\b[0-9]{16}-[0-9a-f]{16}\b", re.ASCII)  # an id of the spool


class CannotStart(Exception):
    """A setting prevents the start; the text names it and says what would be right."""


class _AsText(logging.Formatter):
    """A log line for people; quoted text cannot command the terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return _COMMANDING.sub(lambda sign: repr(sign[0])[1:-1], super().format(record))


class _AsJson(logging.Formatter):
    """A log line as JSON; ``id`` is the letter's, the same from SMTP to the database."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        message = record.getMessage()
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": message,
        }
        if found := _LETTER.search(message):
            told["id"] = found[0]
        if record.exc_info:
            told["trace"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False)


def start_log(level: str, form: str = "console") -> None:
    """Send log lines to standard error; libraries log only problems.

    ``form`` is the setting ``LOG_FORMAT``.
    """
    to_terminal = logging.StreamHandler()
    to_terminal.setFormatter(_AsText("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[to_terminal])
    if form == "json":
        for handler in logging.getLogger().handlers:
            handler.setFormatter(_AsJson())
    for name in ("pymongo", "aiohttp.access"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # aiosmtpd logs every line of a letter at DEBUG, every command at INFO, and as a WARNING what it
    # does not take for a command, which can be a letter's text.
    logging.getLogger("mail.log").setLevel(logging.ERROR)


def stop_signal() -> "asyncio.Event":
    """Return an event that is set once the process is told to stop."""
    import asyncio  # imported here, as a parsing process needs none of it

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in stop_signals():
        loop.add_signal_handler(number, stop.set)
    return stop


def stop_signals() -> tuple[signal.Signals, ...]:
    """Return the signals that tell a process to stop: not SIGHUP under nohup(1)."""
    hup = () if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else (signal.SIGHUP,)
    return (signal.SIGTERM, signal.SIGINT, *hup)


def not_written(path: Path, error: OSError, setting: str = "DATA_DIR") -> str:
    """Return that the disk refused a file, and which setting names the place."""
    return f"{setting}: {error.filename or path}: {said(error)}"


def not_used(data_dir: Path, error: OSError) -> str:
    """Return why a file cannot be used, by DATA_DIR if it lies there or the disk is full."""
    name = error.filename if isinstance(error.filename, str) else ""
    if Path(name).is_relative_to(data_dir) or error.errno in NO_ROOM:
        return not_written(data_dir, error)
    return f"{name}: {said(error)}".removeprefix(": ")


def nothing_at(directory: Path) -> str:
    """Return a command's words if there is no DATA_DIR: only a service makes one."""
    return told("there is nothing at {path}: look at DATA_DIR", path=directory.absolute())


def unwritable(name: str, directory: Path, *, make: bool = True) -> Iterator[Wrong]:
    """Yield why a setting's directory cannot be written; ``make`` creates a missing one."""
    if not make and not os.path.lexists(directory):
        wrong = "there is nothing at {path}: the service makes it, if this is the right place"
        yield Wrong((name,), told(wrong, path=directory.absolute()))
        return
    right = told("it must be a directory that this user may write to, or make")
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not os.access(directory, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, told("not writable, or on a read-only disk"))
        _try_to_write(directory)
    except FileExistsError as error:
        there = Path(error.filename or directory)
        wrong = "{path} is a link that leads nowhere: {right}"
        if not there.is_symlink() or os.path.exists(there):  # noqa: PTH110 - says no of a circle
            wrong = "{path} is a file: {right}"
        yield Wrong((name,), told(wrong, path=there, right=right))
    except NotADirectoryError:
        under = told("{path} lies under a file: {right}", path=directory, right=right)
        yield Wrong((name,), under)
    except OSError as error:
        written = "{path} cannot be written to ({why}): {right}"
        made = "{path} cannot be made ({why}): {right}"
        wrong = written if is_directory(directory) else made
        yield Wrong((name,), told(wrong, path=directory, why=said(error), right=right))


def _try_to_write(directory: Path) -> None:
    """Make a file and remove it: root has all rights, even where no file can be."""
    try:
        with tempfile.TemporaryFile(dir=directory):
            pass
    except OSError as error:
        if error.errno not in NO_ROOM:  # a full disk is reported while it is full
            raise


def where(error: BaseException) -> str:
    """Return an error's kind and place, without its text, which could be a letter's."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    places = (f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)
    return f"{type(error).__name__} at {' < '.join(reversed(list(places)))}"


def is_directory(path: Path) -> bool:
    """Tell whether a directory is there, as far as it can be seen."""
    with suppress(OSError):
        return path.is_dir()
    return False


@contextmanager
def orderly_end() -> Iterator[None]:
    r"""End a program without a traceback if Ctrl-C ends it, or its output is closed.

    Characters that the terminal's charset lacks are printed as ``\u2192``.
    """
    _have_standard_streams()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    interrupts.are_heard()
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except KeyboardInterrupt:
        _leave(INTERRUPTED)
    except BrokenPipeError:
        if not _nobody_reads(sys.stdout.fileno()):
            raise
        _leave(NOT_READ)
    except OSError as error:  # of the output: a log on a full disk, a terminal that is gone
        if error.filename is not None or error.errno not in (*NO_ROOM, errno.EIO):
            raise
        with suppress(OSError):
            sys.stderr.write(f"{told('what it prints cannot be written')}: {said(error)}\n")
        _leave(NOT_WRITTEN)
    finally:
        interrupts.end_silently()


def _have_standard_streams() -> None:
    """Open closed standard streams, as the next file opened would take their place."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)
    for name, number in (("stdout", 1), ("stderr", 2)):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(number, "w", closefd=False))


def _nobody_reads(descriptor: int) -> bool:
    poll = select.poll()
    poll.register(descriptor, 0)  # errors are reported in any case
    return any(event & select.POLLERR for _, event in poll.poll(0))


def _leave(status: int) -> NoReturn:
    """Exit; unprinted output is dropped."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(status)
