"""A command: its name, its arguments, and how it runs on the database."""

import argparse
import asyncio
import getpass
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from contract.bounds import is_blank
from contract.doctor.russian import spoken
from contract.process import CannotStart
from receiver.database import opened
from receiver.doctor.trouble import hosts_of, in_words
from receiver.settings import ReceiverSettings
from receiver.store import standing
from receiver.store.mongo import Database, StoreUnavailable
from receiver.words import texts

UNAVAILABLE = 75  # EX_TEMPFAIL of sysexits.h


def no_words(_parser: argparse.ArgumentParser) -> None:
    """Declare no arguments, for a command that takes none."""


@dataclass(frozen=True)
class Command:
    """One command; ``run`` returns the exit status, and raises CannotStart for 78."""

    name: str
    help: str
    run: Callable[[ReceiverSettings, argparse.Namespace], int]
    add_arguments: Callable[[argparse.ArgumentParser], None] = no_words


def with_database(settings: ReceiverSettings, work: Callable[[Database], Awaitable[int]]) -> int:
    """Do the work and return its exit status; 75 if the database does not answer."""

    async def connected() -> int:
        async with opened(settings) as database:
            return await work(database)

    try:
        return asyncio.run(connected())
    except StoreUnavailable as error:
        hosts = hosts_of(settings.mongo_uri.get_secret_value())
        tell(spoken(in_words(error.__cause__ or error, hosts)), error=True)
        return UNAVAILABLE


def reading(settings: ReceiverSettings, work: Callable[[Database], Awaitable[int]]) -> int:
    """Do work that reads letters or dialogs; raises CannotStart if another version wrote them.

    Documents of an earlier version lack fields that this one reads.
    """

    async def refused_or_done(database: Database) -> int:
        if refusal := await standing.unreadable(database):
            raise CannotStart(refusal)
        return await work(database)

    return with_database(settings, refused_or_done)


def own_name() -> str:
    """Return the name of whoever runs the command."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in a container
        return "operator"


def at_least_one(text: str) -> int:
    """Return a positive number from the command line."""
    if not text.isascii() or not text.isdigit() or not int(text[:9]) >= 1:
        told = "must be a whole number of 1 or more, not {text}"
        raise argparse.ArgumentTypeError(texts(told, text=repr(text[:40])))
    return int(text[:9])


def one_line(text: str) -> str:
    """Return one line of text for an act or a list, or let argparse refuse it."""
    if not text.isprintable() or is_blank(text):
        raise argparse.ArgumentTypeError(texts("must say something, on one line"))
    return text


def tell(line: str, *, error: bool = False) -> None:
    """Print a line for the user."""
    (sys.stderr if error else sys.stdout).write(f"{line}\n")
