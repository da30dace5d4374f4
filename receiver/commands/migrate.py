"""``migrate``: take over a database that versions before 0.2 wrote; docs/upgrade.md."""

import argparse

from receiver.commands.command import Command, tell, with_database
from receiver.migration.migrating import Found, Migrating
from receiver.migration.store import BEFORE
from receiver.settings import ReceiverSettings
from receiver.store.mongo import Database


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
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
    """Return 0 if the database is one of today, or would be."""

    async def work(database: Database) -> int:
        migrating = Migrating(database, settings.join_policy, settings.dialog_part_bytes)
        if arguments.dry_run:
            mailboxes = await migrating.mailboxes()
            for mailbox in mailboxes:
                _tell(mailbox, await migrating.look(mailbox, regroup=arguments.regroup))
            tell(f"{len(mailboxes)} mailboxes would be migrated; nothing was written", error=True)
        elif await migrating.run(regroup=arguments.regroup, tell=_tell):
            tell(f"done; what was before is in {BEFORE} until you drop it", error=True)
        else:
            tell("there is nothing to migrate", error=True)
        return 0

    return with_database(settings, work)


def _tell(mailbox: str, found: Found) -> None:
    for one in found.differs:
        tell(f"{one.dialog} {mailbox} would {one.words()}")
    letters, dialogs = len(found.earlier.letters), len(found.plan.dialogs)
    differ = f"{len(found.differs)} of before would be grouped otherwise"
    tell(f"{mailbox}: {letters} letters, {dialogs} dialogs; {differ}", error=True)


MIGRATE = Command(
    "migrate", "take over a database that versions before 0.2 wrote", run, add_arguments
)
