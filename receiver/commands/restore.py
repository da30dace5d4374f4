"""``restore``: read a backup into an empty database, compare, and make the dialogs anew."""

import argparse
from argparse import Namespace
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path

from contract.doctor.russian import spoken
from contract.language.system import said
from contract.process import CannotStart
from contract.sealing.seal import Seal
from receiver.access.tokens import Tokens
from receiver.backup import load
from receiver.backup.access import ENDED, RESTORED
from receiver.backup.checking import check
from receiver.backup.choosing import refuse_if_newest_is_doubtful
from receiver.backup.directory import closed, complete, is_ahead, is_named_as_one
from receiver.backup.layout import BackupSource, Damaged, Manifest, found_in
from receiver.backup.mongodump import MongoDump, mongodump_in
from receiver.commands.command import UNAVAILABLE, Command, tell, with_database
from receiver.commands.fsck import FSCK
from receiver.commands.project import PROJECT
from receiver.erasing.afterwards.replay import bury, replay
from receiver.erasing.afterwards.since import ErasureFiles, LaterBackups, OneBackup, erased_since
from receiver.erasing.erase import Erasing
from receiver.erasing.record import DIRECTORY, Buried
from receiver.erasing.tombstones import LATEST
from receiver.filing.collections import Store
from receiver.hooks.hooks import Hooks
from receiver.migration.orphans import EarlierOrphans
from receiver.retaining.holds import Holds
from receiver.settings import ReceiverSettings
from receiver.store import standing
from receiver.store.dialogs import Dialogs
from receiver.store.mongo import Database
from receiver.words import texts

Work = Callable[[Database], Awaitable[int]]
TOKENS_SUSPENDED = (
    "{count} tokens are suspended, since any may have been revoked after the backup: token list,"
    " then token renew NAME or token revoke NAME"
)
TOKENS_KEPT = "{count} tokens are as they were, also those that were revoked after the backup"
HOOKS_OFF = "{count} hooks are off, with the secrets of then (hook list, hook rotate)"
SIGN_INS_ENDED = "{count} links and sign-ins have ended"
HOLDS_AS_THEY_WERE = "{count} dialogs are on hold as they were: python -m receiver hold"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    words = "a backup, or the directory of many: the newest of them"
    parser.add_argument("place", type=Path, metavar="DIR", help=words)
    parser.add_argument(
        "--erasures",
        type=Path,
        metavar="DIR",
        help="the files of erasures since, instead of DATA_DIR/erasures",
    )
    parser.add_argument(
        "--erasures-lost",
        action="store_true",
        help="go on although files of erasures are missing: they are nowhere, or nobody was erased",
    )
    parser.add_argument(
        "--keep-tokens", action="store_true", help="do not suspend tokens: none was revoked since"
    )
    parser.add_argument(
        "--check", action="store_true", help="only read the backup through; no database is needed"
    )


def run(settings: ReceiverSettings, arguments: argparse.Namespace) -> int:
    """Return 0 if the database has all that the backup has, 1 if not."""
    newest = complete(arguments.place)
    directory = newest[-1] if newest else arguments.place
    _tell_what_is_ahead(newest, directory)
    hidden = _tell_what_is_hidden(arguments.place if newest else directory.absolute().parent)
    try:
        if newest:
            refuse_if_newest_is_doubtful(newest, settings.seal)
        newest = newest or complete(directory.absolute().parent)
        backup, manifest = _checked(directory, settings.seal)
        taken = "{directory}: of the database {database}, {letters} letters"
        about = {"database": manifest.database, "letters": manifest.letters}
        tell(texts(taken, directory=directory, **about), error=True)
        if arguments.check:
            return 0

        async def work(database: Database) -> int:
            return await _restore(database, backup, manifest, settings)

        undated = is_ahead(directory) or isinstance(backup, MongoDump)
        since = "" if undated else directory.name  # any of them may be later
        later = [each for each in (*newest, *hidden) if each.name > since]
        erased = _erased_since(OneBackup(backup, manifest), later, settings, arguments)

        async def again(database: Database) -> int:
            return await _erase_again(database, settings, erased)

        async def done(database: Database) -> int:
            return await _done(database, backup, manifest, keep=arguments.keep_tokens)

        status = with_database(settings, work)
    except Damaged as error:
        tell(spoken(str(error)), error=True)
        return 1
    status = status or _prove(settings, again, done)
    if status == UNAVAILABLE:
        goes_on = "what is loaded stays: once that is mended, the same command goes on from there"
        tell(texts(goes_on), error=True)
    return status


def _tell_what_is_ahead(newest: Iterable[Path], chosen: Path) -> None:
    for each in filter(is_ahead, newest):
        taken = "{path}: its name is ahead of the clock; it is read, as there is no other"
        passed = "{path}: its name is ahead of the clock; it is passed over: name it to read it"
        tell(texts(taken if each == chosen else passed, path=each), error=True)


def _tell_what_is_hidden(place: Path) -> list[Path]:
    """Name and return backups that this user cannot look into."""
    found = [each for each in closed(place) if is_named_as_one(Path(each.filename))]
    for each in found:
        passed = "{path} cannot be looked into: {why}; it is passed over"
        tell(texts(passed, path=each.filename, why=said(each)), error=True)
    return [Path(each.filename) for each in found]


def _checked(directory: Path, seal: Seal | None) -> tuple[BackupSource, Manifest]:
    """Read all of a backup, or of what mongodump wrote; raises Damaged, CannotStart."""
    if dump := mongodump_in(directory):
        manifest = dump.checked()
        readable = "{directory}: of mongodump, which notes no digests: every document can be read"
        tell(texts(readable, directory=dump.directory), error=True)
        return dump, manifest
    backup = found_in(directory, seal)
    manifest = check(backup)
    whole = "{directory}: every byte is as it was written"
    tell(texts(whole, directory=directory), error=True)
    return backup, manifest


async def _restore(
    database: Database, backup: BackupSource, manifest: Manifest, settings: ReceiverSettings
) -> int:
    load.refuse_if_later(backup, manifest)
    begun = await standing.under_restore(database)
    if begun is None:
        await load.refuse_if_filled(database)
        await standing.begin_restore(database, backup.name)
    elif begun != backup.name:
        raise CannotStart(f"the restore of {begun} is not finished: finish it first")
    if not await standing.is_loaded(database):
        await load.load_meta(database, backup, manifest)
        policy = await standing.policy_of(database)
        if policy not in (None, settings.join_policy):
            raise CannotStart(f"the backup's dialogs were made with JOIN_POLICY={policy}: set that")
        await load.load(database, backup, manifest)
        if differ := await load.differences(database, backup, manifest):
            for line in differ:
                tell(spoken(line))
            again = "does a receiver file into this database? stop it, and restore again"
            tell(texts(again), error=True)
            return 1
        await standing.say_loaded(database)
    return 0


def _erased_since(
    source: OneBackup, later: Sequence[Path], settings: ReceiverSettings, arguments: Namespace
) -> list[Buried]:
    """Return what was erased since the backup was made, before it is loaded; raises CannotStart."""
    place = arguments.erasures or settings.data_dir / DIRECTORY
    files = ErasureFiles(place, is_named=bool(arguments.erasures), are_lost=arguments.erasures_lost)
    beside = LaterBackups.read(later, settings.seal)
    for path, why in beside.unread:
        told = "{path} is later, and cannot be read: {why}"
        tell(texts(told, path=path, why=spoken(why)), error=True)
    return erased_since(source, beside, files)


async def _erase_again(
    database: Database, settings: ReceiverSettings, found: Sequence[Buried]
) -> int:
    """Erase what was erased since the backup was made, as later backups and files told."""
    store = Store.of(database, full_bytes=settings.dialog_part_bytes)
    await bury(store, found, settings.data_dir / DIRECTORY)
    # A dialog that went on in a part while the backup was made may have been read before it did.
    await EarlierOrphans(database, store.writing).look(LATEST)
    carry_out = Erasing(store, settings.join_policy).carry_out
    gone, _ = await replay(store, Holds(database, store.dialogs), carry_out)
    if gone:
        again = "{count} letters that were erased since then are erased again"
        tell(texts(again, count=gone), error=True)
    return 0


async def _done(database: Database, backup: BackupSource, manifest: Manifest, *, keep: bool) -> int:
    """Allow receivers to file here, and print what access is suspended or valid again."""
    tokens, holds = Tokens(database), Holds(database, Dialogs(database))
    suspended = await tokens.suspended_by(backup.name)
    if keep:
        await tokens.renew_all(backup.name)
    counts = {
        TOKENS_KEPT if keep else TOKENS_SUSPENDED: suspended,
        HOOKS_OFF: await Hooks(database).are_off(RESTORED),
        SIGN_INS_ENDED: sum(manifest.count(each) for each in ENDED),
        HOLDS_AS_THEY_WERE: len(await holds.listed()),
    }
    for words, count in counts.items():
        if count:
            tell(texts(words, count=count), error=True)
    await standing.end_restore(database)
    return 0


def _prove(settings: ReceiverSettings, erase_again: Work, done: Work) -> int:
    """Make the dialogs anew and check every byte, with the commands that do so."""
    adopt, only_check = Namespace(check=False, adopt=True), Namespace(check=True, adopt=False)
    if status := with_database(settings, erase_again):
        return status
    try:
        status = PROJECT.run(settings, adopt)
    except CannotStart as error:  # of an earlier version: it was backed up before its migration
        tell(texts("all is loaded; {but}", but=spoken(str(error))), error=True)
        return with_database(settings, done)
    return (
        status
        or with_database(settings, done)
        or FSCK.run(settings, only_check)
        or PROJECT.run(settings, only_check)
    )


RESTORE = Command(
    "restore", "read a backup into an empty database and compare the two", run, add_arguments
)
