"""``why``: the reason for each letter of a dialog, as ``GET /dialogs/{id}/why`` tells it.

The words are in the language of the terminal; those of HTTP are always English.
"""

import argparse

from receiver.commands.command import Command, tell, with_database
from receiver.commands.dialogs.one_dialog import add_id, dialog_of
from receiver.commands.terminal import harmless, is_russian, moment
from receiver.filing.collections import Store
from receiver.settings import ReceiverSettings
from receiver.store.mongo import Database
from receiver.why.reasons import reasons_of
from receiver.why.wording import ENGLISH, RUSSIAN


def run(settings: ReceiverSettings, arguments: argparse.Namespace) -> int:
    """Print a line for each letter; 1 if there is no such dialog."""

    async def work(database: Database) -> int:
        store = Store.of(database)
        dialog = await dialog_of(store, arguments.id)
        if dialog is None:
            return 1
        found = await reasons_of(store, dialog, RUSSIAN if is_russian() else ENGLISH)
        for each in found["messages"]:
            sender = harmless(each["from"])
            tell(f"{moment(each['created'])}  {sender}: {harmless(each['why'])}; {each['sender']}")
        for each in found["corrections"]:
            tell(f"{moment(each['when'])}  {harmless(each['why'])} ({each['id']})")
        return 0

    return with_database(settings, work)


WHY = Command("why", "why each letter of a dialog is there", run, add_id)
