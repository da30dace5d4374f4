"""``python -m bridge import``: what the words on the command line mean."""

import argparse
import asyncio
import logging
import shutil
import threading
from datetime import UTC, datetime
from pathlib import Path

from bridge.ingress.imap.failures import LoginRefused, Lost, Refused
from bridge.ingress.imap.login import ADVICE, Login, NoCredentials
from bridge.ingress.imap.settings import Account
from bridge.ingress.imap.states import FolderStates
from bridge.ingress.importer.archives.left_out import left_out
from bridge.ingress.importer.archives.unpacking import (
    ArchiveBounds,
    NotUnpacked,
    is_archive,
    unpack,
)
from bridge.ingress.importer.finding import NotMail
from bridge.ingress.importer.imap_folder import Folder, NoSuchFolder
from bridge.ingress.importer.job import Job
from bridge.ingress.importer.mail_files import Files
from bridge.ingress.importer.preparing import Provenance
from bridge.ingress.importer.run import NotReached, import_spool, run
from bridge.ingress.importer.source import LetterSource
from bridge.settings import BridgeSettings
from bridge.spool.spool import SpoolInUse
from bridge.words import texts
from contract.doctor.russian import spoken
from contract.keyring import SecretsMissing
from contract.process import EXIT_CONFIG, INTERRUPTED, is_directory, not_used, nothing_at

log = logging.getLogger(__name__)
# It says a line for each letter, as is right for a service; here a bar counts them.
EACH_LETTER = "bridge.spool.intake"

UNPACKED = "unpacked"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words that the command takes."""
    parser.add_argument(
        "path", nargs="*", type=Path, help="mbox, Maildir, .eml, a folder of it, or zip or tar"
    )
    parser.add_argument("--out", action="store_true", help="the letters are the specialist's own")
    parser.add_argument("--mailbox", default="", help="whose letters they are, if not clear")
    parser.add_argument("--imap", metavar="FOLDER", help=r"a folder of the server: INBOX, \Sent, …")
    parser.add_argument(
        "--since", type=_date, metavar="YYYY-MM-DD", help="with --imap: from then on"
    )


def import_letters(settings: BridgeSettings, arguments: argparse.Namespace) -> int:
    """Import, and return 0, or 1 if letters failed, or 78 if words or settings make no sense."""
    logging.getLogger(EACH_LETTER).setLevel(logging.WARNING)
    try:
        if not is_directory(settings.data_dir):
            raise ValueError(nothing_at(settings.data_dir))
        mailbox = _mailbox(settings, arguments)
        source, told = _source(settings, arguments, mailbox)
        names = _names(arguments, told)
        job = Job.resume(import_spool(settings).root, names, source.fingerprint)
        asyncio.run(run(settings, source, job, told))
        shutil.rmtree(import_spool(settings).root / UNPACKED, ignore_errors=True)
    except LoginRefused as error:
        _refuse(f"login refused: {error}; {ADVICE}")
        return EXIT_CONFIG
    except (
        NotMail,
        NotUnpacked,
        NotReached,
        NoSuchFolder,
        NoCredentials,
        Lost,
        Refused,
        SecretsMissing,
        SpoolInUse,
        ValueError,
    ) as error:
        _refuse(str(error))
        return EXIT_CONFIG
    except OSError as error:
        why = not_used(settings.data_dir, error)
        log.error("%s", texts("stopped: {why}; the same command goes on from here", why=why))
        return 1
    except KeyboardInterrupt:
        log.warning("%s", texts("interrupted; the same command goes on from here"))
        return INTERRUPTED
    return 1 if job.counts.failed else 0


def _refuse(why: str) -> None:
    log.error("%s", spoken(f"cannot import: {why}"))


def _source(
    settings: BridgeSettings, arguments: argparse.Namespace, mailbox: str
) -> tuple[LetterSource, Provenance]:
    if bool(arguments.path) == bool(arguments.imap):
        raise ValueError("give paths, or --imap FOLDER")
    if arguments.since and not arguments.imap:
        raise ValueError("--since goes with --imap")
    if arguments.path:
        unpacked = _unpacked(settings, arguments.path)
        paths = [unpacked.get(path, path) for path in arguments.path]
        archives = {folder: path for path, folder in unpacked.items()}
        others = [each for pair in archives.items() for each in left_out(*pair)]
        files = Files(paths, settings.smtp_max_size, archives, others)
        return files, Provenance(mailbox, "out" if arguments.out else "in")
    account = next(each for each in settings.accounts if each.stands_for == mailbox)
    folder = Folder(
        account,
        _login(settings, account),
        arguments.imap,
        arguments.since,
        settings.smtp_max_size,
    )
    direction = "out" if arguments.out else folder.direction
    return folder, Provenance(mailbox, direction, arguments.imap)


def _unpacked(settings: BridgeSettings, paths: list[Path]) -> dict[Path, Path]:
    """Return for each archive among the paths the folder that its letters are unpacked to."""
    room = ArchiveBounds(settings.spool_max_bytes, settings.smtp_max_size)
    place = import_spool(settings).root / UNPACKED
    return {path: unpack(path, place, room) for path in paths if is_archive(path)}


def _login(settings: BridgeSettings, account: Account) -> Login:
    return Login(
        account,
        ca_file=settings.imap.ca_file,
        timeout=settings.imap.timeout,
        backoff=settings.imap.backoff,
        health=FolderStates(import_spool(settings).root / "health.json"),
        stop=threading.Event(),
        patient=False,
    )


def _mailbox(settings: BridgeSettings, arguments: argparse.Namespace) -> str:
    """Return the mailbox that the letters belong to: the one that is named, or the only one.

    Where the settings know none, as beside a service that has its own, any may be named.
    """
    read = [account.stands_for for account in settings.accounts]
    if arguments.imap and not read:
        raise ValueError("--imap reads a mailbox that the settings name: IMAP_USER, IMAP_PASSWORD")
    known = read if arguments.imap else list(dict.fromkeys([*settings.mailboxes, *read]))
    if arguments.mailbox:
        for mailbox in known:
            if mailbox.casefold() == arguments.mailbox.casefold():
                return mailbox
        if not known and not arguments.imap and "@" in arguments.mailbox:
            return str(arguments.mailbox)
        raise ValueError(f"--mailbox is none of {', '.join(known) or 'the settings'}")
    if len(known) != 1:
        which = f"one of {', '.join(known)}" if known else "MAILBOXES names none"
        raise ValueError(f"--mailbox support@example.ru says whose letters they are: {which}")
    return known[0]


def _names(arguments: argparse.Namespace, told: Provenance) -> list[str]:
    paths = [str(path.resolve()) for path in arguments.path]
    return [told.mailbox, told.direction, arguments.imap or "", str(arguments.since), *paths]


def _date(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        wrong = spoken(f"{text!r} is no date such as 2026-01-31")
        raise argparse.ArgumentTypeError(wrong) from None
