"""``why``: the reason for each letter of a dialog, as ``GET /dialogs/{id}/why`` tells it.

The words are in the language of the terminal; those of HTTP are always English.
"""

import argparse

from receiver.commands.command import Command, reading, tell
from receiver.commands.dialogs.one_dialog import add_id, dialog_of
from receiver.commands.terminal import harmless, is_russian, moment
from receiver.filing.collections import Store
from receiver.settings import ReceiverSettings
from receiver.store.dialog import WITHOUT_TEXTS
from receiver.store.mongo import Database, Document
from receiver.why.reasons import explained, reasons_in_parts
from receiver.why.wording import ENGLISH, RUSSIAN


def run(settings: ReceiverSettings, arguments: argparse.Namespace) -> int:
    """Print a line for each letter; 1 if there is no such dialog."""

    async def work(database: Database) -> int:
        store = Store.of(database)
        dialog = await dialog_of(store, arguments.id, WITHOUT_TEXTS)
        if dialog is None:
            return 1
        words = RUSSIAN if is_russian() else ENGLISH
        async for some in reasons_in_parts(store, dialog, words):
            for each in some["messages"]:
                _tell(each)
        for each in explained(dialog.head, [], {}, {}, words)["corrections"]:
            tell(f"{moment(each['when'])}  {harmless(each['why'])} ({each['id']})")
        return 0

    return reading(settings, work)


def _tell(reason: Document) -> None:
    sender, why = harmless(reason["from"]), harmless(reason["why"])
    tell(f"{moment(reason['created'])}  {sender}: {why}; {reason['sender']}")


WHY = Command("why", "why each letter of a dialog is there", run, add_id)
