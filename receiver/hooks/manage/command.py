"""``hook add|list|test|deliveries|enable|disable|rotate|remove``: managing outgoing hooks."""

import argparse
from argparse import Namespace
from collections.abc import Awaitable, Callable

from contract.doctor.russian import spoken
from receiver.commands.command import Command, tell, with_database
from receiver.commands.mailboxes import tell_of_unknown
from receiver.commands.token import mailbox_word, name_word
from receiver.hooks.event import KINDS
from receiver.hooks.manage.managing import HookManaging, NotMade, last_deliveries
from receiver.settings import ReceiverSettings
from receiver.store import schema
from receiver.store.mailboxes import KeptMailboxes
from receiver.store.mongo import Database, Document
from receiver.words import texts

Work = Callable[[HookManaging, Document], Awaitable[int]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    words = parser.add_subparsers(dest="word", required=True, metavar="add|list|test|…")
    add = words.add_parser("add", help="make a hook, and print its secret this once")
    add.add_argument("url", help="where it POSTs; https")
    add.add_argument("--name", type=name_word, help="else one is made up")
    add.add_argument(
        "--mailbox", type=mailbox_word, action="append", required=True, help="repeat it; * is all"
    )
    add.add_argument("--event", choices=KINDS, action="append", help="repeat it; else all")
    add.add_argument("--full", action="store_true", help="tell letters and dialogs, not ids alone")
    words.add_parser("list", help="print every hook: name, state, URL, events, mailboxes, id")
    for word, text in WORDS.items():
        words.add_parser(word, help=text).add_argument("name", help="or its id, as list prints it")


def run(settings: ReceiverSettings, arguments: Namespace) -> int:
    """Return 0; 1 if the hook is unknown, cannot be made, or its test was refused."""

    async def work(database: Database) -> int:
        await schema.ensure(database, ["hooks"])
        managing = HookManaging(database, private=settings.hook_private_addresses)
        if arguments.word == "add":
            await tell_of_unknown(KeptMailboxes(database), arguments.mailbox)
            return await _add(managing, arguments)
        if arguments.word == "list":
            return await _list(managing)
        found = await managing.hooks.called(arguments.name)
        if len(found) == 1:
            return await DOES[arguments.word](managing, found[0])
        ids = ", ".join(f"{each['_id']} ({','.join(each['mailboxes'])})" for each in found)
        several = "several hooks are named {name}, say which by its id: {ids}"
        said = several if found else "there is no hook named {name}"
        tell(texts(said, name=arguments.name, ids=ids), error=True)
        return 1

    return with_database(settings, work)


async def _add(managing: HookManaging, arguments: Namespace) -> int:
    try:
        made = await managing.make(
            arguments.url,
            arguments.name or "",
            arguments.mailbox,
            arguments.event or KINDS,
            full=arguments.full,
            who="command line",
        )
    except NotMade as error:
        why = spoken(str(error))
        tell(f"{arguments.url}: {why}" if error.field == "url" else why, error=True)
        return 1
    tell(made["secret"])
    on = "the hook {name} is on; its secret is shown this once"
    tell(texts(on, name=made["name"]), error=True)
    return 0


async def _list(managing: HookManaging) -> int:
    for each in await managing.hooks.every():
        words = [each["name"], each["state"], each["url"], ",".join(each["events"])]
        words += [",".join(each["mailboxes"]), "full" if each["full"] else "thin"]
        words += [f"waiting={len(each['late'])}", f"id={each['_id']}", spoken(each["why"])]
        tell("\t".join(words).rstrip())
    return 0


async def _test(managing: HookManaging, hook: Document) -> int:
    delivery = await managing.test(hook)
    tell(_line(delivery))
    return 0 if 200 <= delivery["status"] < 300 else 1


async def _deliveries(_managing: HookManaging, hook: Document) -> int:
    for each in last_deliveries(hook):
        tell(_line(each))
    return 0


async def _enable(managing: HookManaging, hook: Document) -> int:
    if hook["state"] != "on":
        await managing.enable(hook)
    return _done("the hook {name} is on", hook)


async def _disable(managing: HookManaging, hook: Document) -> int:
    await managing.hooks.switch(hook["_id"], "off")
    return _done("the hook {name} is off", hook)


async def _rotate(managing: HookManaging, hook: Document) -> int:
    try:
        tell((await managing.rotate(hook))["secret"])
    except NotMade as error:
        tell(spoken(str(error)), error=True)
        return 1
    on = "the hook {name} signs with both secrets for a day; the new one is shown this once"
    tell(texts(on, name=hook["name"]), error=True)
    return 0


async def _remove(managing: HookManaging, hook: Document) -> int:
    if await managing.hooks.remove(hook["_id"]):
        return _done("the hook {name} is removed", hook)
    tell(texts("there is no hook named {name}", name=hook["name"]), error=True)
    return 1


def _done(told: str, hook: Document) -> int:
    tell(texts(told, name=hook["name"]), error=True)
    return 0


def _line(delivery: Document) -> str:
    when = f"{delivery['when']:%Y-%m-%dT%H:%M:%SZ}"
    words = [when, delivery["event"], delivery["id"], f"{delivery['seconds']:.3f} s"]
    return "\t".join([*words, spoken(delivery["reason"])])


WORDS = {
    "test": "send an event that means nothing, and say what came of it",
    "deliveries": "print the last twenty attempts",
    "enable": "switch it on: it goes on where it was",
    "disable": "switch it off; what happens meanwhile is told later",
    "rotate": "print a new secret; for a day it signs with the old one, too",
    "remove": "forget it, with what it has not told yet",
}
DOES: dict[str, Work] = {
    "test": _test,
    "deliveries": _deliveries,
    "enable": _enable,
    "disable": _disable,
    "rotate": _rotate,
    "remove": _remove,
}

HOOK = Command("hook", "whom outgoing hooks tell what: add, list, test, …", run, add_arguments)
