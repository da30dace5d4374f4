"""``project``: make the dialogs anew from letters and facts, or compare them with these."""

import argparse
from collections.abc import Awaitable, Callable
from functools import partial

from contract.doctor.russian import spoken
from contract.process import CannotStart
from receiver.commands.command import Command, tell, with_database
from receiver.filing.collections import Store
from receiver.projecting.damaged import what_is_left_out
from receiver.projecting.mailbox import Done, Projecting
from receiver.settings import ReceiverSettings
from receiver.store import schema, standing
from receiver.store.mongo import Database
from receiver.words import texts


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--check", action="store_true", help="only compare: exit 1 if any differs")
    parser.add_argument(
        "--adopt",
        action="store_true",
        help="make the dialogs by this receiver's JOIN_POLICY and rule, where the database has"
        " another one",
    )


def run(settings: ReceiverSettings, arguments: argparse.Namespace) -> int:
    """Return 0 if all dialogs agree with letters and facts, 1 if not."""

    async def work(database: Database) -> int:
        await _refuse(database, settings, arguments)
        store = Store.of(database, full_bytes=settings.dialog_part_bytes)
        projecting = Projecting(store, settings.join_policy)
        if arguments.check:
            return await _each(database, store, projecting.check, only_check=True)
        await schema.ensure(database)
        await standing.adopt(database, settings.join_policy, done=False)
        write = partial(projecting.project, changed=None)
        status = await _each(database, store, write, only_check=False)
        await standing.adopt(database, settings.join_policy, done=True)
        return status

    return with_database(settings, work)


async def _refuse(
    database: Database, settings: ReceiverSettings, arguments: argparse.Namespace
) -> None:
    refusal = await standing.unreadable(database)
    if not refusal and not arguments.check and not arguments.adopt:
        refusal = await standing.differs(database, settings.join_policy)
    if refusal:
        raise CannotStart(refusal)


async def _each(
    database: Database, store: Store, act: Callable[..., Awaitable[Done]], *, only_check: bool
) -> int:
    word = texts.word("differs" if only_check else "made anew")
    but = await what_is_left_out(database)
    for one in but.found:
        tell(f"{one.id} {one.mailbox} {one.collection}: {spoken(one.why)}")
    total = unkept = 0
    for mailbox in await store.mailboxes.every():
        if not only_check and not but.may_write(mailbox):
            stays = "{mailbox}: its dialogs stay as they are until its letters can be read"
            tell(texts(stays, mailbox=mailbox))
            continue
        done = await act(mailbox, but=but)
        total += len(done.differ)
        unkept += len(done.unkept)
        for one in sorted(done.differ, key=str):
            tell(f"{one} {mailbox} {word}")
        for one in sorted(done.unkept, key=str):
            not_kept = "{dialog} {mailbox} holds a letter that is not kept"
            tell(texts(not_kept, dialog=one, mailbox=mailbox))
    summary = "{count} dialogs differ" if only_check else "{count} dialogs made anew"
    tell(texts(summary, count=total), error=True)
    return 1 if but.found or unkept or (total and only_check) else 0


PROJECT = Command(
    "project", "make the dialogs anew from letters and facts, or --check them", run, add_arguments
)
