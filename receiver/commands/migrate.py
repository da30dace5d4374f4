"""``migrate``: take over a database that versions before 0.2 wrote; docs/upgrade.md."""

import argparse

from contract.doctor.russian import spoken
from receiver.commands.command import Command, tell, with_database
from receiver.migration.migrating import Found, Migrating
from receiver.settings import ReceiverSettings
from receiver.store.leaving import BEFORE
from receiver.store.mongo import Database
from receiver.words import texts


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="write nothing; list each dialog that the rule of today would group otherwise",
    )
    parser.add_argument(
        "--regroup",
        action="store_true",
        help="group these dialogs as the rule does; else they stay as they are",
    )


def run(settings: ReceiverSettings, arguments: argparse.Namespace) -> int:
    """Return 0 if the database is of today's version, or would be."""

    async def work(database: Database) -> int:
        migrating = Migrating(database, settings.join_policy, settings.dialog_part_bytes)
        damaged = await migrating.damaged()
        for one, mailbox, why in damaged:
            tell(f"{one} {mailbox} {spoken(why)}")
        if damaged and not arguments.dry_run:
            nothing = "{count} documents cannot be read: mend or remove them; nothing was written"
            tell(texts(nothing, count=len(damaged)), error=True)
        elif arguments.dry_run:
            mailboxes = await migrating.mailboxes()
            for mailbox in mailboxes:
                _tell(mailbox, await migrating.look(mailbox, regroup=arguments.regroup))
            would = "{count} mailboxes would be migrated; nothing was written"
            tell(texts(would, count=len(mailboxes)), error=True)
        elif await migrating.run(regroup=arguments.regroup, tell=_tell):
            done = "done; what was before is in {collections} until you drop it"
            tell(texts(done, collections=BEFORE), error=True)
        else:
            tell(texts("there is nothing to migrate"), error=True)
        return 1 if damaged else 0

    return with_database(settings, work)


def _tell(mailbox: str, found: Found) -> None:
    for one in found.differs:
        would = "{dialog} {mailbox} would {become}"
        tell(texts(would, dialog=one.dialog, mailbox=mailbox, become=one.words()))
    told = texts(
        "{mailbox}: {letters} letters, {dialogs} dialogs; {differ} of before would be grouped"
        " otherwise",
        mailbox=mailbox,
        letters=len(found.earlier.letters),
        dialogs=len(found.plan.dialogs),
        differ=len(found.differs),
    )
    tell(told, error=True)


MIGRATE = Command(
    "migrate", "take over a database that versions before 0.2 wrote", run, add_arguments
)
