"""``list``: the dialogs with the newest letters."""

import argparse

from receiver.commands.command import Command, at_least_one, reading
from receiver.commands.dialogs.finder import DialogFinder
from receiver.commands.mailboxes import known
from receiver.commands.terminal import tell_heads
from receiver.settings import ReceiverSettings
from receiver.store.mailboxes import KeptMailboxes
from receiver.store.mongo import Database


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--mailbox", help="only of this mailbox")
    parser.add_argument("-n", type=at_least_one, default=20, metavar="COUNT", help="at most (20)")


def run(settings: ReceiverSettings, arguments: argparse.Namespace) -> int:
    """Print a line for each: id, time, letters, user, subject."""

    async def work(database: Database) -> int:
        named = arguments.mailbox and await known(KeptMailboxes(database), arguments.mailbox)
        tell_heads(await DialogFinder(database).newest(named, arguments.n))
        return 0

    return reading(settings, work)


LIST = Command("list", "the dialogs with the newest letters", run, add_arguments)
