"""``show``: a dialog letter by letter."""

import argparse

from receiver.commands.command import Command, reading, tell
from receiver.commands.dialogs.one_dialog import add_id, dialog_of
from receiver.commands.terminal import harmless, moment
from receiver.filing.collections import Store
from receiver.settings import ReceiverSettings
from receiver.store.dialog import Dialog
from receiver.store.mongo import Database, Document
from receiver.words import texts


def run(settings: ReceiverSettings, arguments: argparse.Namespace) -> int:
    """Print the new words of each letter; return 1 if there is no such dialog."""

    async def work(database: Database) -> int:
        dialog = await dialog_of(Store.of(database), arguments.id)
        if dialog is None:
            return 1
        _tell(dialog)
        return 0

    return reading(settings, work)


def _tell(dialog: Dialog) -> None:
    head = dialog.head
    tell(
        f"{dialog.id}  {head['mailbox']}  {harmless(head['subject']) or texts.word('(no subject)')}"
    )
    for message in dialog.conversation:
        arrow = "→" if message["direction"] == "out" else "←"
        tell("")
        tell(f"{arrow} {moment(message['created'])}  {_person(message['from'])}")
        if whom := [*message["to"], *message["cc"]]:
            tell(texts("  to: {whom}", whom=", ".join(map(_person, whom))))
        if message["attachments"]:
            names = [harmless(each["filename"]) for each in message["attachments"]]
            tell(texts("  files: {names}", names=", ".join(names)))
        for line in harmless(message["reply"] or message["body"], lines=True).splitlines():
            tell(f"  {line}")
    if head["related"]:
        tell("")
        tell(texts("related: {dialogs}", dialogs=" ".join(map(str, head["related"]))))
        if head["related_more"]:
            tell(texts("  there are more of them"))


def _person(person: Document) -> str:
    name, address = harmless(person["name"]), harmless(person["address"])
    return f"{name} <{address}>" if name else address


SHOW = Command("show", "a dialog, letter by letter", run, add_id)
