"""``python -m receiver`` serves the webhook; its other commands look at the database."""

import argparse
import logging
import sys
from collections.abc import Sequence

from contract import __version__
from contract.environment import surroundings
from contract.language.command_line import have_translated, speak_argparse
from contract.language.speaking import speaking
from contract.process import EXIT_CONFIG, CannotStart, orderly_end, start_log
from receiver.commands.backup import BACKUP
from receiver.commands.command import Command
from receiver.commands.dialogs.find import FIND
from receiver.commands.dialogs.list import LIST
from receiver.commands.dialogs.show import SHOW
from receiver.commands.dialogs.why import WHY
from receiver.commands.fsck import FSCK
from receiver.commands.migrate import MIGRATE
from receiver.commands.ping import PING
from receiver.commands.project import PROJECT
from receiver.commands.restore import RESTORE
from receiver.commands.search import SEARCH
from receiver.commands.serve import SERVE
from receiver.commands.token import TOKEN
from receiver.doctor.command import DOCTOR
from receiver.erasing.command import ERASE, EXPORT, PERSON
from receiver.hooks.manage.command import HOOK
from receiver.page.signing.link import LINK
from receiver.reparsing.command import REPARSE
from receiver.retaining.command import HOLD, RETAIN
from receiver.settings import ReceiverSettings
from receiver.start import unusable
from receiver.words import texts

log = logging.getLogger("receiver")

COMMANDS = {
    each.name: each
    for each in (
        SERVE, PING, DOCTOR, LIST, SHOW, FIND, SEARCH, WHY, PROJECT, FSCK, BACKUP, RESTORE, MIGRATE,
        REPARSE, TOKEN, PERSON, EXPORT, ERASE, RETAIN, HOLD, HOOK, LINK,
    )
}  # fmt: skip


def main() -> None:
    """Do as told, and end with the status of that."""
    with orderly_end():
        sys.exit(status_of(sys.argv[1:]))


def status_of(words: Sequence[str]) -> int:
    """Read the command line and the environment, do as told, return the exit status."""
    with speaking():
        speak_argparse()
        have_translated(parser := command_line(), texts)
        arguments = parser.parse_args(words)
    return _done(COMMANDS[arguments.command or SERVE.name], arguments)


def command_line() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(prog="python -m receiver", description=__doc__)
    parser.add_argument("--version", action="version", version=f"email-listener {__version__}")
    parser.set_defaults(command=SERVE.name)
    commands = parser.add_subparsers(dest="command", metavar="command")
    for each in COMMANDS.values():
        each.add_arguments(commands.add_parser(each.name, help=each.help, description=each.help))
    return parser


def _done(command: Command, arguments: argparse.Namespace) -> int:
    if command is DOCTOR:  # mistakes in the settings do not end it, it tells of them
        return command.run(ReceiverSettings(), arguments)
    serves = command is SERVE
    settings = ReceiverSettings.load(unusable) if serves else ReceiverSettings.load()
    start_log(settings.log_level, settings.log_format)
    for sentence in () if serves else ReceiverSettings.unknown(surroundings()):
        log.warning("%s", sentence)
    try:
        return command.run(settings, arguments)
    except BrokenPipeError:
        raise
    except (CannotStart, OSError) as error:
        log.error("cannot %s: %s", "start" if serves else command.name, error)
        return EXIT_CONFIG
