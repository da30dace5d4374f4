"""``backup``: write the whole database to a directory while letters come in."""

import argparse
import asyncio
import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from contract.doctor.russian import spoken
from contract.files.locks import opened_to_lock
from contract.files.output import is_printed
from contract.files.ownership import given_to_owner
from contract.language.system import said
from contract.process import CannotStart
from contract.reading.numbers import copies, hours_apart
from contract.sealing.seal import Seal
from receiver.backup.by_mongodump import (
    PROGRAM,
    Mongodump,
    mongodump_here,
    mongodump_that_must_be,
)
from receiver.backup.choosing import Pruned, clear, newest_of, prune
from receiver.backup.directory import closed, complete, is_ahead
from receiver.backup.dump import dump, not_whole
from receiver.backup.layout import Manifest
from receiver.backup.reader import CollectionsReader
from receiver.commands.command import Command, tell, with_database
from receiver.settings import ReceiverSettings
from receiver.store import standing
from receiver.store.mongo import Database, StoreUnavailable
from receiver.words import texts

log = logging.getLogger("receiver")

RETRY_SECONDS = 300.0
OWN = "own"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("place", type=Path, metavar="DIR", help="it gets one of its own there")
    parser.add_argument(
        "--keep", type=copies, default=0, metavar="N", help="drop all but the N newest"
    )
    parser.add_argument(
        "--every",
        type=hours_apart,
        default=0,
        metavar="HOURS",
        help="go on, one each so many hours",
    )
    parser.add_argument(
        "--with",
        dest="reader",
        choices=(PROGRAM, OWN),
        help="what reads the collections: mongodump if there is one, else ourselves (own)",
    )


def run(settings: ReceiverSettings, arguments: argparse.Namespace) -> int:
    """Return 0; 1 if the disk refuses something, or the database lacks bytes of letters."""
    os.umask(0o077)  # letters are in it
    place: Path = arguments.place
    place.mkdir(parents=True, exist_ok=True)

    mongodump = _mongodump(settings, arguments.reader)

    async def one(database: Database) -> int:
        with _alone(place):
            reader = CollectionsReader(database, mongodump, _say_why_not)
            return await _one(reader, place, arguments.keep, settings.seal)

    async def once(database: Database) -> int:
        try:
            return await one(database)
        except OSError as error:
            why = f"{error.filename or place}: {said(error)}"
            tell(texts("no backup: {why}", why=why), error=True)
            return 1

    async def again_and_again(database: Database) -> int:
        while True:
            try:
                last = newest_of(place, database.name, settings.seal)
                if left := _seconds_left(last, arguments.every):
                    log.info("the last backup is not old: the next one in %.1f h", left / 3600)
                    await asyncio.sleep(left)
                await one(database)
            except (StoreUnavailable, OSError, AnotherBackup) as error:
                log.error("no backup: %s; trying again in %.0f s", error, RETRY_SECONDS)
                await asyncio.sleep(RETRY_SECONDS)

    return with_database(settings, again_and_again if arguments.every else once)


def _mongodump(settings: ReceiverSettings, asked: str | None) -> Mongodump | None:
    where = settings.mongo_uri.get_secret_value(), settings.mongo_database, settings.mongo_timeout
    if asked == PROGRAM:
        return mongodump_that_must_be(*where)
    return None if asked == OWN else mongodump_here(*where)


def _say_why_not(why: str) -> None:
    words = "mongodump gave up ({why}); the backup goes on without it"
    tell(texts(words, why=spoken(why)), error=True)


class AnotherBackup(CannotStart):
    """Somebody else writes to the directory now."""


@contextmanager
def _alone(place: Path) -> Iterator[None]:
    """Hold the directory's lock, only while a backup is written: between two others may."""
    with given_to_owner(place), opened_to_lock(place, ".lock") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AnotherBackup(f"another backup is being written to {place}") from None
        yield


async def _one(reader: CollectionsReader, place: Path, keep: int, seal: Seal | None) -> int:
    database = reader.database
    for under_way in (standing.under_restore, standing.under_migration):
        if await under_way(database):
            raise CannotStart("a restore or a migration is not finished: finish it first")
    stuck = [*clear(place)]
    earlier = None if complete(place) else await standing.backed_up(database)
    try:
        path, manifest = await dump(reader, place, seal)
    except BaseException as error:
        clear(place)  # others need the disk that it filled
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(place)
        raise
    pruned = prune(place, keep, path, seal)
    counts = (manifest.letters, pruned.before, len(pruned.aside))
    await standing.say_backed_up(database, path.name, *counts)
    gone = len(pruned.gone)
    dropped = texts(", {count} older ones dropped", count=gone) if gone else ""
    by = texts(", read by {reader}", reader=f"mongodump {reader.by.version}") if reader.by else ""
    was_told = is_printed(await _words_of(database, path, manifest) + by + dropped, log)
    stuck += pruned.stuck
    for each in stuck:
        cannot = "{path} cannot be deleted: {why}"
        tell(texts(cannot, path=each.filename, why=said(each)), error=True)
    if earlier:
        elsewhere = "{path} had no backup, but one was made on {when}: is its disk mounted?"
        tell(texts(elsewhere, path=place, when=f"{earlier:%Y-%m-%d %H:%M} UTC"), error=True)
    _tell_of_others(place, manifest, pruned)
    lacking = await not_whole(database, manifest)
    for digest in lacking:
        damaged = "blob {digest} is not whole in the database itself; see: fsck"
        tell(texts(damaged, digest=digest), error=True)
    return 1 if lacking or stuck or not was_told else 0


async def _words_of(database: Database, path: Path, manifest: Manifest) -> str:
    words = "{path}: {letters} letters, {blobs} blobs of {bytes} bytes"
    if await standing.is_earlier(database):  # whose letters exist only in its dialogs
        words = "{path}: {dialogs} dialogs of an earlier version, {blobs} blobs of {bytes} bytes"
    return texts(
        words,
        path=path,
        letters=manifest.count("letters"),
        dialogs=manifest.count("dialogs"),
        blobs=manifest.blobs,
        bytes=manifest.blob_bytes,
    )


def _tell_of_others(place: Path, manifest: Manifest, pruned: Pruned) -> None:
    """Say which backups are not counted, and whether this one lacks what the one before had."""
    for each in filter(is_ahead, complete(place)):
        ahead = "{path}: its name is ahead of the clock; it is neither counted nor dropped"
        tell(texts(ahead, path=each), error=True)
    for hidden in closed(place):
        unseen = "{path} cannot be looked into: {why}; it is neither counted nor dropped"
        tell(texts(unseen, path=hidden.filename, why=said(hidden)), error=True)
    for each in pruned.unread:
        unread = "{path}: it cannot be read by this BACKUP_KEY; it is neither counted nor dropped"
        tell(texts(unread, path=each), error=True)
    if not manifest.letters:
        empty = "the database {database} is empty: no older backup that has letters is dropped"
        tell(texts(empty, database=manifest.database), error=True)
    elif standing.is_far_fewer(manifest.letters, pruned.before):
        fewer = "a backup before had {before} letters: is {database} the right database?"
        tell(texts(fewer, before=pruned.before, database=manifest.database), error=True)
    if pruned.aside:
        aside = (
            "{count} older ones stay, up to {path}: they are of another {database}, on another"
            " volume, or have more than twice the letters; if all is right, delete them yourself"
        )
        last = max(pruned.aside)
        count = len(pruned.aside)
        tell(texts(aside, count=count, path=last, database=manifest.database), error=True)


def _seconds_left(last: datetime | None, hours: float) -> float:
    """Return the seconds to wait, so that restarts make neither too many backups nor too few."""
    now = datetime.now(UTC)
    if last is None or last > now:  # the clock was turned back
        return 0.0
    return max(hours * 3600 - (now - last).total_seconds(), 0.0)


BACKUP = Command(
    "backup", "write all letters, corrections and blobs to a directory", run, add_arguments
)
