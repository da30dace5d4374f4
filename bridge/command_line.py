"""The bridge's command line.

``python -m bridge smtp`` takes mail in by SMTP, and by IMAP if the settings name a mailbox, and
delivers it; ``imap`` does so by IMAP alone; ``import`` takes letters of the past from files and
folders; ``spool`` shows the letters that wait or failed, and acts on them; ``trace`` tells what
became of a letter; ``ping`` asks whether mail comes in; ``doctor`` looks at everything and says
what to do; ``erase`` deletes a person's letters from the spool; ``reconcile`` compares mailboxes
with what is stored; ``canary`` sends a marked letter the whole way;
``backup`` and ``restore`` keep spool, cursors and secret; ``read`` prints what letters say by
today's reading.
"""

import argparse
import asyncio
import logging
import os
import smtplib
import sys
import time
from collections.abc import Callable, Coroutine, Sequence

from bridge.doctor.command import add_arguments as add_doctor_arguments
from bridge.doctor.command import doctor
from bridge.erasing.command import add_arguments as add_erase_arguments
from bridge.erasing.command import erase
from bridge.ingress.imap.states import complaints
from bridge.ingress.imap.supervisor import AlreadyWatched
from bridge.ingress.importer.command import add_arguments, import_letters
from bridge.keeping.command import add_backup_arguments, add_restore_arguments, backup, restore
from bridge.proving.canary import add_arguments as add_canary_arguments
from bridge.proving.canary import canary
from bridge.proving.command import add_arguments as add_reconcile_arguments
from bridge.proving.command import reconcile
from bridge.reach import complaint_in
from bridge.rereading.command import add_arguments as add_read_arguments
from bridge.rereading.command import read
from bridge.service import serve_imap, serve_smtp
from bridge.settings import BridgeSettings
from bridge.spool import commands as spool_commands
from bridge.spool.spool import SpoolInUse
from bridge.start import unusable_for_imap, unusable_for_smtp
from bridge.trace import command as trace_command
from bridge.words import texts
from contract import __version__
from contract.doctor.russian import spoken
from contract.environment import surroundings
from contract.language.command_line import have_translated, speak_argparse
from contract.language.speaking import speaking
from contract.process import EXIT_CONFIG, CannotStart, orderly_end, start_log
from contract.sending.direct import address_of, why_not

log = logging.getLogger("bridge")

Command = Callable[[BridgeSettings, argparse.Namespace], int]


def smtp(settings: BridgeSettings, _arguments: argparse.Namespace) -> int:
    """Serve until told to stop."""
    return _served(serve_smtp(settings))


def imap(settings: BridgeSettings, _arguments: argparse.Namespace) -> int:
    """Follow mailboxes until told to stop."""
    return _served(serve_imap(settings))


def _served(serving: Coroutine[None, None, None]) -> int:
    """Serve, and return 78 if that cannot be begun."""
    try:
        asyncio.run(serving)
    except (SpoolInUse, AlreadyWatched, CannotStart, OSError) as error:
        log.error("cannot start: %s", error)
        return EXIT_CONFIG
    except ExceptionGroup as errors:  # of the courier's task group
        _, others = errors.split((SpoolInUse, AlreadyWatched, CannotStart, OSError))
        if others:
            raise
        log.error("cannot start: %s", "; ".join(map(str, errors.exceptions)))
        return EXIT_CONFIG
    return 0


def ping(settings: BridgeSettings, arguments: argparse.Namespace) -> int:
    """Return 0 if mail comes in, 1 otherwise: the container's health check."""
    wrong = [] if arguments.door == "imap" else _wrong_with_smtp(settings)
    if arguments.door == "imap" and not settings.accounts:
        wrong.append("IMAP: no mailbox is named here: IMAP_USER, IMAP_ACCOUNTS (DATA_DIR: whose?)")
    if complaint := complaint_in(settings.receiver_health):
        wrong.append(complaint)
    if settings.accounts and arguments.door != "smtp":
        wrong += complaints(settings.imap_health, settings.imap.poll, time.time())
    with speaking():
        for complaint in wrong:
            log.error("%s", spoken(complaint))
    return 1 if wrong else 0


def _wrong_with_smtp(settings: BridgeSettings) -> list[str]:
    address = address_of(settings.smtp_host, settings.smtp_port)
    host = address.rpartition(":")[0].strip("[]")
    try:
        with smtplib.SMTP(host, settings.smtp_port, timeout=5) as client:
            client.ehlo()
            code, said = client.mail("")  # of which nothing comes
    except OSError as error:  # of which smtplib's own are
        why = f"{error}" if isinstance(error, smtplib.SMTPException) else why_not(error)
        look = "is it running, and are SMTP_HOST and SMTP_PORT right?"
        return [f"SMTP does not answer at {address}: {why}: {look}"]
    if code == 250:
        return []
    answer = f"{code} {said.decode('ascii', 'replace')}"
    return [f"SMTP takes no letters at {address}: {answer}: python -m bridge doctor says more"]


def command_line() -> argparse.ArgumentParser:
    """Return the parser; each command is one function of this module."""
    parser = argparse.ArgumentParser(prog="python -m bridge", description=__doc__)
    parser.add_argument("--version", action="version", version=f"email-listener {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("smtp", help="take mail in by SMTP").set_defaults(run=smtp)
    commands.add_parser("imap", help="take mail in by IMAP").set_defaults(run=imap)
    takes = commands.add_parser("import", help="take letters of the past; see docs/yandex.md")
    add_arguments(takes)
    takes.set_defaults(run=import_letters)
    asks = commands.add_parser("ping", help="ask whether mail comes in")
    asks.add_argument("door", nargs="?", choices=["smtp", "imap"], help="one of the two only")
    asks.set_defaults(run=ping)
    looks = commands.add_parser("doctor", help="look at everything, say what to do")
    add_doctor_arguments(looks)
    looks.set_defaults(run=doctor)
    proves = commands.add_parser("reconcile", help="compare mailboxes with what is stored")
    add_reconcile_arguments(proves)
    proves.set_defaults(run=reconcile)
    flies = commands.add_parser("canary", help="send a marked letter the whole way")
    add_canary_arguments(flies)
    flies.set_defaults(run=canary)
    keeps = commands.add_parser("backup", help="write spool, cursors and secret to an archive")
    add_backup_arguments(keeps)
    keeps.set_defaults(run=backup)
    brings = commands.add_parser("restore", help="read such an archive into an empty DATA_DIR")
    add_restore_arguments(brings)
    brings.set_defaults(run=restore)
    erases = commands.add_parser("erase", help="delete a person's letters from the spool")
    add_erase_arguments(erases)
    erases.set_defaults(run=erase)
    reads = commands.add_parser("read", help="print what letters say by today's reading")
    add_read_arguments(reads)
    reads.set_defaults(run=read)
    spool_commands.add_to(commands)
    trace_command.add_to(commands)
    return parser


def main() -> None:
    """Do as told, and end with the status of that."""
    with orderly_end():
        sys.exit(status_of(sys.argv[1:]))


def status_of(words: Sequence[str]) -> int:
    """Read the command line and the environment, do as told, return the exit status."""
    os.umask(0o077)  # whatever we write has letters in it, or tells of them
    with speaking():
        speak_argparse()
        have_translated(parser := command_line(), texts)
        arguments = parser.parse_args(words)
    run: Command = arguments.run
    if run is doctor:  # mistakes in the settings do not end it, it tells of them
        return run(BridgeSettings(), arguments)
    serves = run in (smtp, imap)
    looks = unusable_for_smtp if run is smtp else unusable_for_imap
    settings = BridgeSettings.load(looks) if serves else BridgeSettings.load()
    start_log(settings.log_level, settings.log_format)
    for sentence in () if serves else BridgeSettings.unknown(surroundings()):
        log.warning("%s", sentence)
    return run(settings, arguments)
