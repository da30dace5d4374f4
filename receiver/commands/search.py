"""``search``: letters with certain words, as in ``/v1/search``; and making the index anew."""

import argparse

from contract.doctor.russian import spoken
from receiver.commands.command import Command, at_least_one, reading, tell
from receiver.commands.mailboxes import known
from receiver.commands.terminal import harmless, moment
from receiver.search.indexing import Indexing
from receiver.search.query import QueryWrong
from receiver.search.searching import MOST, FoundLetter, Searching
from receiver.settings import ReceiverSettings
from receiver.store import schema
from receiver.store.mailboxes import KeptMailboxes
from receiver.store.mongo import Database
from receiver.words import texts

WRONG = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("words", nargs="*", help="words, phrases, operators: docs/search.md")
    parser.add_argument("--mailbox", help="only of this mailbox")
    parser.add_argument("-n", type=at_least_one, default=20, metavar="COUNT", help="at most (20)")
    parser.add_argument("--rebuild", action="store_true", help="make the index of words anew")


def run(settings: ReceiverSettings, arguments: argparse.Namespace) -> int:
    """Print three lines for each letter; 1 if there is none, 2 if the query is invalid."""

    async def work(database: Database) -> int:
        mailbox = arguments.mailbox and await known(KeptMailboxes(database), arguments.mailbox)
        if arguments.rebuild:
            return await _rebuild(database, mailbox)
        return await _search(database, mailbox, " ".join(arguments.words), arguments.n)

    return reading(settings, work)


async def _rebuild(database: Database, mailbox: str | None) -> int:
    await schema.ensure(database, ("search", "search_pieces"))
    every = [mailbox] if mailbox else await KeptMailboxes(database).every()
    for each in every:
        count = await Indexing(database).rebuild(each)
        told = "{mailbox}: {count} letters are in the index"
        tell(texts(told, mailbox=each, count=count), error=True)
    return 0


async def _search(database: Database, mailbox: str | None, line: str, most: int) -> int:
    searching = Searching(database)
    names = [mailbox] if mailbox else await KeptMailboxes(database).every()
    left, cursor, any_found = max(most, 1), None, False
    while left > 0:
        try:
            page = await searching.search(names, line, cursor, min(left, MOST))
        except QueryWrong as error:
            tell(spoken(str(error)), error=True)
            return WRONG
        for each in page.letters:
            _tell(each)
        left -= len(page.letters)
        any_found = any_found or bool(page.letters)
        cursor = page.next
        if cursor is None:
            break
    if not any_found:
        tell(texts("nothing was found"))
    return 0 if any_found else 1


def _tell(found: FoundLetter) -> None:
    message = found.message
    arrow = "→" if message["direction"] == "out" else "←"
    sender = harmless(message["from"]["address"])
    subject = harmless(message["subject"]) or texts.word("(no subject)")
    tell(f"{found.dialog}  {arrow} {moment(message['created'])}  {sender}  {subject}")
    tell(f"  {harmless(found.snippet.text)}")


SEARCH = Command("search", "letters with certain words, in any form", run, add_arguments)
