"""``python -m receiver`` serves the webhook; its other commands work on the database."""

import argparse
import logging
import sys
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from importlib import import_module

from contract import __version__
from contract.doctor.russian import spoken
from contract.environment import surroundings
from contract.files.ownership import given_to_owner
from contract.language.command_line import (
    have_translated,
    refuse_what_is_no_text,
    speak_argparse,
)
from contract.language.speaking import language_of_log, speaking
from contract.language.system import said
from contract.process import EXIT_CONFIG, CannotStart, orderly_end, start_log
from receiver.commands.command import Command
from receiver.settings import ReceiverSettings
from receiver.start import unusable_to_serve
from receiver.words import texts

log = logging.getLogger("receiver")

SERVE, DOCTOR = "serve", "doctor"

COMMANDS = {
    SERVE: "receiver.commands.serve",
    "ping": "receiver.commands.ping",
    DOCTOR: "receiver.doctor.command",
    "list": "receiver.commands.dialogs.list",
    "show": "receiver.commands.dialogs.show",
    "find": "receiver.commands.dialogs.find",
    "search": "receiver.commands.search",
    "why": "receiver.commands.dialogs.why",
    "project": "receiver.commands.project",
    "fsck": "receiver.commands.fsck",
    "backup": "receiver.commands.backup",
    "restore": "receiver.commands.restore",
    "migrate": "receiver.commands.migrate",
    "reparse": "receiver.reparsing.command",
    "token": "receiver.commands.token",
    "person": "receiver.erasing.command",
    "export": "receiver.erasing.command",
    "erase": "receiver.erasing.command",
    "retain": "receiver.retaining.command",
    "hold": "receiver.retaining.command",
    "hook": "receiver.hooks.manage.command",
    "link": "receiver.page.signing.link",
}
"""Where each command is, in the order of the help: who names one need not wait for all to load."""


def main() -> None:
    """Run the command and exit with its status."""
    with orderly_end():
        sys.exit(status_of(sys.argv[1:]))


def status_of(words: Sequence[str]) -> int:
    """Read the command line and the environment, run the command, return the exit status."""
    with speaking():
        speak_argparse()
        asked = words[0] if words else SERVE
        names = [asked] if asked in COMMANDS else COMMANDS
        have_translated(parser := command_line(names), texts)
        arguments = parser.parse_args(words)
        refuse_what_is_no_text(parser, arguments)
    return _done(command(arguments.command or SERVE), arguments)


def command(name: str) -> Command:
    """Load a command."""
    found: Command = getattr(import_module(COMMANDS[name]), name.upper())
    return found


def command_line(names: Iterable[str] = COMMANDS) -> argparse.ArgumentParser:
    """Return the parser of these commands."""
    parser = argparse.ArgumentParser(prog="python -m receiver", description=__doc__)
    parser.add_argument("--version", action="version", version=f"email-listener {__version__}")
    parser.set_defaults(command=SERVE)
    commands = parser.add_subparsers(dest="command", metavar="command")
    for each in map(command, names):
        each.add_arguments(commands.add_parser(each.name, help=each.help, description=each.help))
    return parser


def _done(command: Command, arguments: argparse.Namespace) -> int:
    if command.name == DOCTOR:  # mistakes in the settings do not end it: it reports them
        return command.run(ReceiverSettings(), arguments)
    serves = command.name == SERVE
    settings = ReceiverSettings.load(unusable_to_serve) if serves else ReceiverSettings.load()
    start_log(settings.log_level, settings.log_format)
    for sentence in () if serves else ReceiverSettings.unknown(surroundings()):
        log.warning("%s", sentence)
    try:
        with (
            speaking("en" if serves or getattr(arguments, "json", False) else None),
            nullcontext() if serves else given_to_owner(settings.data_dir),
        ):
            return command.run(settings, arguments)
    except BrokenPipeError:
        raise
    except (CannotStart, OSError) as error:
        with speaking(language_of_log(settings.log_format)):
            cannot = "cannot start: {why}" if serves else "cannot {command}: {why}"
            log.error("%s", texts(cannot, command=command.name, why=_why(error)))
        return EXIT_CONFIG


def _why(error: CannotStart | OSError) -> str:
    """Return why a command ended; for a file its name, and what is wrong with it."""
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {said(error)}"
    return said(error) if isinstance(error, OSError) else spoken(str(error))
