"""``find``: the dialogs of an address, of a Message-ID, or with a word in their subject."""

import argparse

from contract.bounds import MAX_MESSAGE_ID
from receiver.commands.command import Command, at_least_one, reading
from receiver.commands.dialogs.finder import DialogFinder
from receiver.commands.terminal import tell_heads
from receiver.settings import ReceiverSettings
from receiver.store.mongo import Database
from receiver.words import texts

MOST = MAX_MESSAGE_ID + len("<>")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "words", type=bounded, help="an address, a Message-ID, or words of a subject"
    )
    parser.add_argument("-n", type=at_least_one, default=20, metavar="COUNT", help="at most (20)")


def bounded(text: str) -> str:
    """Return the words if a database can search for them."""
    if len(text) > MOST:
        told = "at most {count} characters can be looked for, not {given}"
        raise argparse.ArgumentTypeError(texts(told, count=MOST, given=len(text)))
    return text


def run(settings: ReceiverSettings, arguments: argparse.Namespace) -> int:
    """Print a line for each; 1 if there is none."""

    async def work(database: Database) -> int:
        heads = await DialogFinder(database).having(arguments.words, arguments.n)
        tell_heads(heads)
        return 0 if heads else 1

    return reading(settings, work)


FIND = Command("find", "dialogs by address, Message-ID or words of the subject", run, add_arguments)
