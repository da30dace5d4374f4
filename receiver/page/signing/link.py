"""``link``: makes a one-time link that signs in to the page; lists and ends sign-ins."""

import argparse
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from receiver.access.grant import EVERY_MAILBOX, RIGHTS
from receiver.access.token import digest_of, is_in_force
from receiver.access.tokens import Tokens
from receiver.commands.command import Command, own_name, tell, with_database
from receiver.commands.mailboxes import tell_of_unknown
from receiver.commands.token import mailbox_word, name_word, rights_word
from receiver.database import opened
from receiver.page.signing.sign_in import link_address
from receiver.page.signing.sign_ins import Pass, SignIns
from receiver.settings import ReceiverSettings
from receiver.store import schema
from receiver.store.mailboxes import KeptMailboxes
from receiver.store.mongo import Database
from receiver.words import texts

GOOD_FOR = timedelta(minutes=15)
COLLECTIONS = ("links", "sign_ins")
USUAL = [each for each in RIGHTS if each in ("read", "raw", "correct")]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--name", type=name_word, help="who signs in; corrections bear that name")
    parser.add_argument("--rights", type=rights_word, default=USUAL, help=", ".join(RIGHTS))
    parser.add_argument(
        "--mailbox", type=mailbox_word, action="append", help="repeat it; all if none"
    )
    others = parser.add_mutually_exclusive_group()
    others.add_argument("--list", action="store_true", help="print who is signed in")
    others.add_argument(
        "--end", type=name_word, metavar="NAME", help="sign somebody out everywhere"
    )


def run(settings: ReceiverSettings, arguments: argparse.Namespace) -> int:
    """Return 0, or 1 if there is nobody to sign out."""

    async def work(database: Database) -> int:
        await schema.ensure(database, COLLECTIONS)
        sign_ins = SignIns(database)
        if arguments.list:
            return await _list(sign_ins, Tokens(database))
        if arguments.end:
            return await _end(sign_ins, arguments.end)
        await tell_of_unknown(KeptMailboxes(database), arguments.mailbox or ())
        said = (arguments.name, arguments.rights, arguments.mailbox)
        tell(await new_link(sign_ins, settings.page_address, *said))
        good_for = "good for one sign-in within {minutes} minutes"
        tell(texts(good_for, minutes=GOOD_FOR.seconds // 60), error=True)
        if not arguments.name:
            told = "whoever opens it signs in as {name}; a link for somebody else: --name"
            tell(texts(told, name=own_name()), error=True)
        return 0

    return with_database(settings, work)


async def new_link(
    sign_ins: SignIns,
    base: str,
    name: str | None = None,
    rights: Sequence[str] = USUAL,
    mailboxes: Sequence[str] | None = None,
) -> str:
    """Make a link, and return its address."""
    code = secrets.token_urlsafe(32)
    now = datetime.now(UTC)
    named = sorted(set(mailboxes or [EVERY_MAILBOX]))
    allows = Pass(name or own_name(), rights, named, now + GOOD_FOR)
    await sign_ins.add_link(digest_of(code), allows, now)
    return link_address(base, code)


async def usual_link(settings: ReceiverSettings) -> str:
    """Return the URL of a link for the user of this terminal; raises StoreUnavailable."""
    async with opened(settings) as database:
        await schema.ensure(database, COLLECTIONS)
        return await new_link(SignIns(database), settings.page_address)


async def _list(sign_ins: SignIns, tokens: Tokens) -> int:
    now = datetime.now(UTC)
    for each in await sign_ins.every(now):
        token = await tokens.find(each["token"]) if each["token"] else None
        if each["token"] and not (token and is_in_force(token, now)):
            continue  # it ended with its token
        words = [each["name"], ",".join(each["rights"]), ",".join(each["mailboxes"])]
        for field in ("created", "used", "expires"):
            if each[field]:
                words.append(f"{field}={each[field]:%Y-%m-%dT%H:%M:%SZ}")
        tell("\t".join(words))
    return 0


async def _end(sign_ins: SignIns, whose: str) -> int:
    if await sign_ins.end_all_of(whose):
        tell(texts("{name} is signed out everywhere", name=whose), error=True)
        return 0
    tell(texts("nobody named {name} is signed in", name=whose), error=True)
    return 1


LINK = Command("link", "print a link that signs in to the page once", run, add_arguments)
