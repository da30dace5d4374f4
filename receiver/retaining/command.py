"""``retain``: delete what is due by RETENTION; ``hold``: dialogs that are kept in spite of that."""

import argparse

from bson import ObjectId

from contract.process import CannotStart
from receiver.commands.command import (
    Command,
    one_line,
    own_name,
    reading,
    tell,
    with_database,
)
from receiver.commands.days import day_word
from receiver.commands.mailboxes import has_none
from receiver.filing.collections import Store
from receiver.projecting.mailbox import Projecting
from receiver.retaining.holds import Holds
from receiver.retaining.retain import Retaining
from receiver.retaining.terms import terms_for, terms_of, unknown_in
from receiver.settings import ReceiverSettings
from receiver.store import schema, standing
from receiver.store.mongo import Database
from receiver.words import texts

TOO_LATE = (
    "it is held from now on; but what began at {began} UTC, an erasure or"
    " retention, is taking something of it away or was cut short doing so: look what is left of it"
)


def add_retain(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``retain``."""
    parser.add_argument("--dry-run", action="store_true", help="only count what would go")


def add_hold(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``hold``."""
    parser.add_argument("dialog", nargs="?", help="its id; without it all holds are listed")
    parser.add_argument("--why", type=one_line, help="needed to hold a dialog")
    parser.add_argument("--who", type=one_line, help="who asks for it")
    parser.add_argument("--until", type=day_word, help="a day such as 2027-01-31, its end in UTC")
    parser.add_argument("--release", action="store_true", help="hold it no more")


def retain(settings: ReceiverSettings, arguments: argparse.Namespace) -> int:
    """Return 0."""
    table = terms_of(settings.retention)
    if not table:
        raise CannotStart(texts("RETENTION says nothing: everything is kept for ever"))

    async def work(database: Database) -> int:
        if refusal := await standing.refusal(database, settings.join_policy):
            raise CannotStart(refusal)
        await schema.ensure(database)
        store = Store.of(database, full_bytes=settings.dialog_part_bytes)
        project = Projecting(store, settings.join_policy).project
        retaining = Retaining(database, store, settings.join_policy, project)
        mailboxes = await retaining.mailboxes()
        for name, near in unknown_in(table, mailboxes).items():
            tell(f"RETENTION: {has_none(name, near)}", error=True)
        for mailbox in mailboxes:
            terms = terms_for(table, mailbox)
            done = await retaining.run(mailbox, terms, dry=arguments.dry_run)
            tell(f"{mailbox}: {done.words()}")
        return 0

    return with_database(settings, work)


def hold(settings: ReceiverSettings, arguments: argparse.Namespace) -> int:
    """Return 0; 1 if the dialog is unknown or not held, or the hold may be too late."""

    async def work(database: Database) -> int:
        dialogs = Store.of(database).dialogs
        holds = Holds(database, dialogs)
        if arguments.dialog is None:
            now = await dialogs.now()
            for each in await holds.listed():
                if each["until"] and each["until"] <= now:
                    continue
                day = each["until"] and f"{each['until']:%Y-%m-%d}"
                until = texts(" until {day}", day=day) if day else ""
                tell(f"{each['_id']}\t{each['mailbox']}\t{each['who']}\t{each['why']}{until}")
            return 0
        named = ObjectId.is_valid(arguments.dialog) and ObjectId(arguments.dialog)
        heads = [*(await dialogs.heads([named])).values()] if named else []
        if not heads:
            tell(texts("there is no such dialog"), error=True)
            return 1
        if arguments.release:
            if not await holds.release(heads[0]):
                tell(texts("it is not held"), error=True)
                return 1
            tell(texts("the dialog is no longer held"), error=True)
            return 0
        if not arguments.why:
            raise CannotStart(texts("say --why it is held"))
        who = arguments.who or own_name()
        now = await dialogs.now()
        if arguments.until and arguments.until <= now:
            raise CannotStart(texts("--until is over, so nothing would be held"))
        began = await holds.place(heads[0], who, arguments.why, now, arguments.until)
        if began:
            tell(texts(TOO_LATE, began=f"{began:%Y-%m-%d %H:%M:%S}"), error=True)
        elif not await dialogs.heads([named]):
            tell(texts("it has just gone: there is no such dialog any more"), error=True)
            return 1
        else:
            tell(texts("the dialog is held"), error=True)
        return 1 if began else 0

    return reading(settings, work)


RETAIN = Command("retain", "have go what is due by RETENTION", retain, add_retain)
HOLD = Command("hold", "hold a dialog back from retention and erasing", hold, add_hold)
