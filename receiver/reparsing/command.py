"""``reparse``: make letters anew from their originals by today's code; docs/upgrade.md."""

import argparse

from contract.process import CannotStart
from receiver.commands.command import Command, tell, with_database
from receiver.commands.mailboxes import known
from receiver.commands.terminal import harmless
from receiver.filing.collections import Store
from receiver.reparsing.anew import Rewritten
from receiver.reparsing.reader import reading
from receiver.reparsing.reparse import LESS, Reparsing, words_of
from receiver.settings import ReceiverSettings
from receiver.store import schema, standing
from receiver.store.mongo import Database, Document
from receiver.words import texts


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "--dry-run", action="store_true", help="write nothing; list what would change"
    )
    parser.add_argument("--mailbox", help="of one mailbox only")
    parser.add_argument(
        "--regroup",
        action="store_true",
        help="group dialogs by the ids that are read now; else they stay as they are",
    )


def run(settings: ReceiverSettings, arguments: argparse.Namespace) -> int:
    """Return 0, or 1 if there were letters that could not be read whole."""

    async def work(database: Database) -> int:
        if refusal := await standing.refusal(database, settings.join_policy):
            raise CannotStart(refusal)
        await schema.ensure(database)
        store = Store.of(database, full_bytes=settings.dialog_part_bytes)
        less = 0
        async with reading() as reader:
            reparsing = Reparsing(database, store, settings.join_policy, reader)
            act = reparsing.look if arguments.dry_run else reparsing.run
            named = arguments.mailbox and [await known(store.mailboxes, arguments.mailbox)]
            for mailbox in named or await store.mailboxes.every():
                looked = await act(mailbox, regroup=arguments.regroup, tell=_tell)
                for one in looked.differs:
                    would = "{dialog} {mailbox} would {become}"
                    tell(texts(would, dialog=one.dialog, mailbox=mailbox, become=one.words()))
                less += looked.counts[LESS]
                count = looked.counts.total()
                told, words = "{mailbox}: {count} letters: {words}", words_of(looked.counts)
                tell(texts(told, mailbox=mailbox, count=count, words=words), error=True)
        if arguments.dry_run:
            tell(texts("nothing was written"), error=True)
        return 1 if less else 0

    return with_database(settings, work)


def _tell(document: Document, changes: Rewritten) -> None:
    name = harmless(document["message"]["message_id"])
    for each in changes.told:
        tell(f"{name} {document['mailbox']} {harmless(each)}")


REPARSE = Command(
    "reparse", "make letters anew from their originals by today's reading", run, add_arguments
)
