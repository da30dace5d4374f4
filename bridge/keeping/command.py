"""``backup`` and ``restore`` of what only the bridge has."""

import argparse
import fcntl
import logging
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from bridge.keeping import restoring
from bridge.keeping.archive import (
    PrunedArchives,
    Written,
    archives,
    is_ahead,
    look_into,
    prune,
    seconds_since_the_newest,
    write,
)
from bridge.keeping.last import last_backup, say_backed_up
from bridge.keeping.restoring import NoArchive, NotEmpty
from bridge.settings import BridgeSettings
from bridge.spool.spool import SpoolInUse
from bridge.words import texts
from contract.doctor.russian import spoken
from contract.files.locks import opened_to_lock
from contract.files.output import is_printed
from contract.files.ownership import given_to_owner
from contract.language.system import said
from contract.process import CannotStart, is_directory
from contract.reading.numbers import copies, hours_apart

log = logging.getLogger("bridge")

RETRY_SECONDS = 300.0
AHEAD = "{path}: its name is ahead of the clock; it is neither counted nor dropped"
OTHERS = (
    "{count} archives, up to {path}, are of another DATA_DIR than {directory}: they are neither"
    " counted nor dropped; is its volume the right one?"
)
ELSEWHERE = "{path} had no archive, but one was made on {when}: is its disk mounted?"
REPLACED = (
    "{path}: the webhook secret is that of the archive now, and the one before is in {before}: if"
    " it is newer (the archive's may have leaked since), move it back"
)
LOCK = ".bridge.lock"  # differs from that of a receiver, whose backups may lie beside ours


def add_backup_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``backup``."""
    parser.add_argument("place", type=Path, metavar="DIR", help="an archive is written there")
    parser.add_argument(
        "--keep", type=copies, default=0, metavar="N", help="only the N newest stay"
    )
    parser.add_argument(
        "--every",
        type=hours_apart,
        default=0,
        metavar="HOURS",
        help="go on, one each so many hours",
    )


def add_restore_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``restore``."""
    told = "an archive, or where backup put several: the newest is read"
    parser.add_argument("archive", type=Path, metavar="FILE", help=told)
    lost = "go on although only a later archive, which is damaged, may tell who was erased"
    parser.add_argument("--erasures-lost", action="store_true", help=lost)


def backup(settings: BridgeSettings, arguments: argparse.Namespace) -> int:
    """Return 0, or 1 if the archive cannot be written; ``--every`` repeats. Raises CannotStart."""
    place: Path = arguments.place
    if not is_directory(settings.data_dir):
        return _failed(spoken(f"{settings.data_dir} is not there: is DATA_DIR right?"))
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        while arguments.every:
            while (left := arguments.every * 3600 - seconds_since_the_newest(place)) > 0:
                time.sleep(left)
            try:
                wrong = _alone(settings, place, arguments.keep)
            except BlockingIOError:  # somebody else writes one now
                wrong = 1
            if wrong:
                time.sleep(RETRY_SECONDS)
        return _alone(settings, place, arguments.keep)
    except BlockingIOError:
        raise CannotStart(f"another backup is being written to {place}") from None
    except OSError as error:
        return _failed(f"{error.filename or place}: {said(error)}")


def _alone(settings: BridgeSettings, place: Path, keep: int) -> int:
    """Write one archive while nobody else does, and return its status; raises BlockingIOError.

    The lock is held only meanwhile: between two of a timetable others may write one.
    """
    with given_to_owner(place), opened_to_lock(place, LOCK) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return _one(settings, place, keep)


def _one(settings: BridgeSettings, place: Path, keep: int) -> int:
    """Write one archive and delete old ones; return 0, or 1 if the disk refuses something."""
    earlier = None if archives(place) else last_backup(settings.data_dir).when
    try:
        done = write(settings, place)
        pruned = prune(place, keep, settings.seal)
        say_backed_up(settings.data_dir, len(pruned.others))
    except OSError as error:
        return _failed(f"{error.filename or place}: {said(error)}")
    gone = pruned.gone
    dropped = texts(", {count} older ones dropped", count=gone) if gone else ""
    told = texts("{path}: {count} letters", path=done.path, count=done.letters)
    was_told = is_printed(f"{told}{dropped}", log)
    if earlier:
        when = f"{datetime.fromtimestamp(earlier, UTC):%Y-%m-%d %H:%M} UTC"
        print(texts(ELSEWHERE, path=place, when=when), file=sys.stderr)  # noqa: T201 - the same
    for line in _beside(settings, place, done, pruned):
        print(line, file=sys.stderr, flush=True)  # noqa: T201 - the same
    return 1 if done.unread or pruned.stuck or not was_told else 0


def _beside(
    settings: BridgeSettings, place: Path, done: Written, pruned: PrunedArchives
) -> Iterator[str]:
    """Yield what else there is to say of an archive, and of those beside it."""
    for each in filter(is_ahead, archives(place)):
        yield texts(AHEAD, path=each)
    for error in pruned.stuck:
        yield texts("{path} cannot be deleted: {why}", path=error.filename, why=said(error))
    if pruned.others:
        about = {"count": len(pruned.others), "path": pruned.others[-1]}
        yield texts(OTHERS, directory=settings.data_dir, **about)
    if look_into(done.path, settings.seal).is_empty:
        empty = "{path} is empty: no older archive that has something is dropped"
        yield texts(empty, path=settings.data_dir)
    for failure in done.unread:
        yield texts("{path} is not in it: {why}", path=failure.filename, why=said(failure))


def restore(settings: BridgeSettings, arguments: argparse.Namespace) -> int:
    """Return 0, or 1 if the archive cannot be read or letters are already there."""
    try:
        path, are_lost = _newest(settings, arguments.archive), arguments.erasures_lost
        done = restoring.restore(settings, path, erasures_are_lost=are_lost)
    except (NotEmpty, NoArchive, SpoolInUse) as error:
        return _failed(spoken(str(error)))
    except OSError as error:
        return _failed(f"{error.filename or arguments.archive}: {said(error)}")
    told = texts("{count} letters are back in {path}", count=done.letters, path=settings.spool)
    print(told)  # noqa: T201 - a command's output
    for why in done.unread:
        told = texts("a later archive tells nothing of who was erased: {why}", why=why)
        print(told, file=sys.stderr)  # noqa: T201 - a command's output
    if done.secret_before:
        told = texts(REPLACED, path=settings.secrets_file, before=done.secret_before)
        print(told, file=sys.stderr)  # noqa: T201 - a command's output
    return 0


def _newest(settings: BridgeSettings, path: Path) -> Path:
    """Return the archive at the path, in a directory the newest; raises NoArchive, CannotStart."""
    if not is_directory(path):
        return path
    found = archives(path)
    if not found:
        raise NoArchive(f"{path} has no archive of python -m bridge backup")
    for each in filter(is_ahead, found):
        taken = "{path}: its name is ahead of the clock; it is read, as there is no other"
        passed = "{path}: its name is ahead of the clock; it is passed over: name it to read it"
        told = texts(taken if each == found[-1] else passed, path=each)
        print(told, file=sys.stderr)  # noqa: T201 - a command's output
    looked = {each: look_into(each, settings.seal) for each in found if not is_ahead(each)}
    newest = look_into(found[-1], settings.seal)
    full = [each for each, one in looked.items() if not one.is_empty]
    others = [each for each, one in looked.items() if one.is_another(newest)]
    if newest.is_empty and full:
        why = "the newest archive, {path}, is empty, and {full} is not: name the one to be read"
        raise CannotStart(texts(why, path=found[-1], full=full[-1]))
    if others:
        why = "{path} and {other} are of two DATA_DIRs: name the one to be read"
        raise CannotStart(texts(why, path=found[-1], other=others[-1]))
    print(found[-1])  # noqa: T201 - a command's output
    return found[-1]


def _failed(why: str) -> int:
    print(why, file=sys.stderr)  # noqa: T201 - a command's output
    return 1
