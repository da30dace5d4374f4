"""``token add|list|revoke|renew``: who may use the API, for what, where, and until when."""

import argparse
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from contract.bounds import is_blank, is_mailbox
from receiver.access.grant import EVERY_MAILBOX, RIGHTS, SERVICE_NAME
from receiver.access.token import digest_of, new_token
from receiver.access.tokens import Tokens
from receiver.commands.command import Command, tell, with_database
from receiver.commands.days import end_of
from receiver.commands.mailboxes import tell_of_unknown
from receiver.settings import ReceiverSettings
from receiver.store import schema
from receiver.store.mailboxes import KeptMailboxes
from receiver.store.mongo import Database, Document, DuplicateKey
from receiver.words import texts

MAX_NAME = 100
_DAYS = re.compile(r"([1-9]\d{0,4})d")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    words = parser.add_subparsers(dest="word", required=True, metavar="add|list|revoke|renew")
    add = words.add_parser("add", help="make a token, and print it this once")
    add.add_argument("name", type=_own_name, help="whose it is; no name is given twice")
    add.add_argument("--rights", type=rights_word, default=["read"], help=", ".join(RIGHTS))
    add.add_argument(
        "--mailbox", type=mailbox_word, action="append", required=True, help="repeat it; * is all"
    )
    told = "30d, or a day such as 2027-01-31, its end in UTC"
    add.add_argument("--expires", type=_until, help=told)
    words.add_parser("list", help="print every token: name, rights, mailboxes, times")
    revoke = words.add_parser("revoke", help="end a token now")
    revoke.add_argument("name")
    renew = words.add_parser("renew", help="have a token be valid again that a restore suspended")
    renew.add_argument("name")


def run(settings: ReceiverSettings, arguments: argparse.Namespace) -> int:
    """Return 0, or 1 if the name is taken or unknown."""
    words: dict[str, Callable[[Database, argparse.Namespace], Awaitable[int]]]
    words = {"add": _add, "list": _list, "revoke": _revoke, "renew": _renew}
    return with_database(settings, lambda database: words[arguments.word](database, arguments))


async def _add(database: Database, arguments: argparse.Namespace) -> int:
    await schema.ensure(database, ["tokens"])
    await tell_of_unknown(KeptMailboxes(database), arguments.mailbox)
    token = new_token()
    try:
        await Tokens(database).add(
            digest_of(token),
            arguments.name,
            arguments.rights,
            sorted(set(arguments.mailbox)),
            now=datetime.now(UTC),
            expires=arguments.expires,
        )
    except DuplicateKey:
        tell(texts("there is, or was, a token named {name}", name=arguments.name), error=True)
        return 1
    tell(token)
    tell(texts("this is the only time that it is shown"), error=True)
    return 0


async def _list(database: Database, _arguments: argparse.Namespace) -> int:
    for each in await Tokens(database).every():
        tell(_line(each))
    return 0


async def _revoke(database: Database, arguments: argparse.Namespace) -> int:
    if await Tokens(database).revoke(arguments.name, datetime.now(UTC)):
        tell(texts("the token {name} is revoked", name=arguments.name), error=True)
        return 0
    tell(texts("there is no valid token named {name}", name=arguments.name), error=True)
    return 1


async def _renew(database: Database, arguments: argparse.Namespace) -> int:
    if await Tokens(database).renew(arguments.name):
        tell(texts("the token {name} is valid again", name=arguments.name), error=True)
        return 0
    tell(texts("there is no suspended token named {name}", name=arguments.name), error=True)
    return 1


def _line(token: Document) -> str:
    words = [token["name"], ",".join(token["rights"]), ",".join(token["mailboxes"])]
    for name in ("created", "used", "expires", "revoked"):
        if token[name]:
            words.append(f"{name}={token[name]:%Y-%m-%dT%H:%M:%SZ}")
    if token.get("suspended"):
        words.append(f"suspended={token['suspended']}")
    return "\t".join(words)


def name_word(text: str) -> str:
    """Return a name, or let argparse say what a name is."""
    if not len(text) <= MAX_NAME or not text.isprintable() or is_blank(text):
        told = texts("a name is 1 to {most} signs on one line", most=MAX_NAME)
        raise argparse.ArgumentTypeError(told)
    return text


def _own_name(text: str) -> str:
    if text == SERVICE_NAME:
        told = texts("services that sign are noted as {name}: take another name", name=text)
        raise argparse.ArgumentTypeError(told)
    return name_word(text)


def rights_word(text: str) -> list[str]:
    """Return rights, or let argparse say what rights are."""
    found = text.replace(",", " ").split()
    if wrong := sorted(set(found) - set(RIGHTS)):
        told = texts("{word} is none of {known}", word=wrong[0], known=", ".join(RIGHTS))
        raise argparse.ArgumentTypeError(told)
    if not found:
        told = texts("name a right: one of {known}", known=", ".join(RIGHTS))
        raise argparse.ArgumentTypeError(told)
    return [each for each in RIGHTS if each in found]


def mailbox_word(text: str) -> str:
    """Return a mailbox or ``*``, or let argparse say what a mailbox is."""
    name = text.strip().casefold()
    if name != EVERY_MAILBOX and not is_mailbox(name):
        told = texts("{text} is no mailbox, such as support@example.ru", text=text)
        raise argparse.ArgumentTypeError(told)
    if any(each in name for each in ",; "):
        raise argparse.ArgumentTypeError(texts("one mailbox each time: --mailbox A --mailbox B"))
    return name


def _until(text: str) -> datetime:
    if days := _DAYS.fullmatch(text):
        return datetime.now(UTC) + timedelta(days=int(days[1]))
    try:
        until = end_of(text)
    except (ValueError, OverflowError):  # the second is the end of time in another zone
        told = texts("it is 30d, or a date such as 2027-01-31")
        raise argparse.ArgumentTypeError(told) from None
    if until <= datetime.now(UTC):
        raise argparse.ArgumentTypeError(texts("{text} is over already", text=text))
    return until


TOKEN = Command("token", "add, list, revoke and renew the tokens of the API", run, add_arguments)
