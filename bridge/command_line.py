"""The bridge's command line.

- ``smtp``: take mail in by SMTP, and by IMAP if the settings name a mailbox, and deliver it
- ``imap``: the same by IMAP alone
- ``import``: take old letters from files and folders
- ``spool``: show letters that wait or failed, and act on them
- ``trace``: tell what became of a letter
- ``ping``: ask whether mail comes in
- ``doctor``: examine everything and say what to do
- ``erase``: delete a person's letters from the spool
- ``reconcile``: compare mailboxes with what is stored
- ``canary``: send a marked letter the whole way
- ``backup`` and ``restore``: keep spool, cursors and secret
- ``read``: print what today's code reads in letters
"""

import argparse
import asyncio
import logging
import os
import sys
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from importlib import import_module

from bridge import own_door
from bridge.ingress.imap.states import complaints
from bridge.reach import complaint_in
from bridge.settings import BridgeSettings
from bridge.words import texts
from contract import __version__
from contract.doctor.russian import spoken
from contract.environment import surroundings
from contract.files.ownership import given_to_owner
from contract.language.command_line import have_translated, speak_argparse
from contract.language.speaking import language_of_log, speaking
from contract.process import EXIT_CONFIG, CannotStart, not_used, orderly_end, start_log
from contract.reading.mistakes import Wrong
from contract.sending.url import shown

log = logging.getLogger("bridge")

Command = Callable[[BridgeSettings, argparse.Namespace], int]
Look = Callable[[BridgeSettings], Iterator[Wrong]]


def smtp(settings: BridgeSettings, _arguments: argparse.Namespace) -> int:
    """Serve SMTP until told to stop."""
    from bridge.service import serve_smtp

    return _served(settings, serve_smtp(settings))


def imap(settings: BridgeSettings, _arguments: argparse.Namespace) -> int:
    """Follow mailboxes until told to stop."""
    from bridge.service import serve_imap

    return _served(settings, serve_imap(settings))


def _served(settings: BridgeSettings, serving: Coroutine[None, None, None]) -> int:
    """Serve; return 78 if the service cannot start."""
    from bridge.ingress.imap.supervisor import AlreadyWatched
    from bridge.spool.spool import SpoolInUse

    expected = (SpoolInUse, AlreadyWatched, CannotStart, OSError)
    try:
        asyncio.run(serving)
    except expected as error:
        reasons: Sequence[Exception] = [error]
    except ExceptionGroup as errors:  # of the courier's task group
        _, others = errors.split(expected)
        if others:
            raise
        reasons = errors.exceptions
    else:
        return 0
    with speaking(language_of_log(settings.log_format)):
        why = "; ".join(
            not_used(settings.data_dir, each) if isinstance(each, OSError) else str(each)
            for each in reasons
        )
        log.error("%s", texts("cannot start: {why}", why=spoken(why)))
    return EXIT_CONFIG


def ping(settings: BridgeSettings, arguments: argparse.Namespace) -> int:
    """Return 0 if mail comes in, 1 otherwise: the container's health check."""
    wrong = [] if arguments.door == "imap" else _wrong_with_smtp(settings)
    if arguments.door == "imap" and not settings.accounts:
        wrong.append("IMAP: no mailbox is named here: IMAP_USER, IMAP_ACCOUNTS (DATA_DIR: whose?)")
    url = shown(str(settings.webhook_url)) if "webhook_url" in settings.model_fields_set else ""
    if complaint := complaint_in(settings.receiver_health, url):
        wrong.append(complaint)
    if settings.accounts and arguments.door != "smtp":
        users = [account.user for account in settings.accounts]
        wrong += complaints(settings.imap_health, settings.imap.poll, time.time(), users)
    with speaking():
        for complaint in wrong:
            log.error("%s", spoken(complaint))
    return 1 if wrong else 0


def _wrong_with_smtp(settings: BridgeSettings) -> list[str]:
    address = own_door.place(settings)
    try:
        with own_door.opened(settings, 5) as client:
            code, said = client.mail("")  # this transaction is never finished
    except OSError as error:
        why = own_door.why_not_taken(error)
        look = "is it running, and are SMTP_HOST and SMTP_PORT right?"
        return [f"SMTP does not answer at {address}: {why}: {look}"]
    if code == 250:
        return []
    answer = f"{code} {said.decode('ascii', 'replace')}"
    return [f"SMTP takes no letters at {address}: {answer}: python -m bridge doctor says more"]


def no_words(_parser: argparse.ArgumentParser) -> None:
    """Declare no arguments, for a command that takes none."""


def add_ping_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``ping``."""
    parser.add_argument("door", nargs="?", choices=["smtp", "imap"], help="one of the two only")


@dataclass(frozen=True)
class Offered:
    """A command: its help, and the module to load only when the command is named."""

    help: str
    module: str
    run: str = "run"
    add_arguments: str = "add_arguments"

    def complete(self, parser: argparse.ArgumentParser) -> None:
        """Load the command and declare its arguments."""
        module = import_module(self.module)
        getattr(module, self.add_arguments)(parser)
        parser.set_defaults(run=getattr(module, self.run))


HERE, KEEPING, PROVING = "bridge.command_line", "bridge.keeping.command", "bridge.proving"
COMMANDS = {
    "smtp": Offered("take mail in by SMTP", HERE, "smtp", "no_words"),
    "imap": Offered("take mail in by IMAP", HERE, "imap", "no_words"),
    "import": Offered(
        "take letters of the past; see docs/yandex.md",
        "bridge.ingress.importer.command",
        "import_letters",
    ),
    "ping": Offered("ask whether mail comes in", HERE, "ping", "add_ping_arguments"),
    "doctor": Offered("look at everything, say what to do", "bridge.doctor.command", "doctor"),
    "reconcile": Offered(
        "compare mailboxes with what is stored", f"{PROVING}.command", "reconcile"
    ),
    "canary": Offered("send a marked letter the whole way", f"{PROVING}.canary", "canary"),
    "backup": Offered(
        "write spool, cursors and secret to an archive", KEEPING, "backup", "add_backup_arguments"
    ),
    "restore": Offered(
        "read such an archive into an empty DATA_DIR", KEEPING, "restore", "add_restore_arguments"
    ),
    "erase": Offered("delete a person's letters from the spool", "bridge.erasing.command", "erase"),
    "read": Offered(
        "print what letters say by today's reading", "bridge.rereading.command", "read"
    ),
    "spool": Offered("see and act on letters that wait or failed", "bridge.spool.commands"),
    "trace": Offered("what became of a letter, and in which dialog it is", "bridge.trace.command"),
}


def command_line(named: str | None = None) -> argparse.ArgumentParser:
    """Return the parser, with the arguments of the named command, or of every command."""
    parser = argparse.ArgumentParser(prog="python -m bridge", description=__doc__)
    parser.add_argument("--version", action="version", version=f"email-listener {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, offered in COMMANDS.items():
        added = commands.add_parser(name, help=offered.help)
        if named not in COMMANDS or name == named:
            offered.complete(added)
    return parser


def main() -> None:
    """Run the command and exit with its status."""
    with orderly_end():
        sys.exit(status_of(sys.argv[1:]))


def status_of(words: Sequence[str]) -> int:
    """Read the command line and the environment, run the command, return the exit status."""
    os.umask(0o077)  # whatever we write contains letters or tells of them
    with speaking():
        speak_argparse()
        have_translated(parser := command_line(next(iter(words), None)), texts)
        arguments = parser.parse_args(words)
    run: Command = arguments.run
    if arguments.command == "doctor":  # mistakes in the settings do not end it: it reports them
        return run(BridgeSettings(), arguments)
    serves = run in (smtp, imap)
    settings = BridgeSettings.load(*_looks(run)) if serves else BridgeSettings.load()
    start_log(settings.log_level, settings.log_format)
    for sentence in () if serves else BridgeSettings.unknown(surroundings()):
        log.warning("%s", sentence)
    try:
        with (
            speaking("en" if serves or getattr(arguments, "json", False) else None),
            nullcontext() if serves else given_to_owner(settings.data_dir),
        ):
            return run(settings, arguments)
    except CannotStart as error:
        with speaking(language_of_log(settings.log_format)):
            cannot, why = "cannot {command}: {why}", spoken(str(error))
            log.error("%s", texts(cannot, command=arguments.command, why=why))
        return EXIT_CONFIG


def _looks(serving: Command) -> tuple[Look, Look]:
    """Return what looks for mistakes before a start, and for what is told beside them."""
    from bridge.start import unbindable_for_health, unusable_for_imap, unusable_for_smtp

    return unusable_for_smtp if serving is smtp else unusable_for_imap, unbindable_for_health
