"""The dialog that a command names by the present or former id of a dialog or letter."""

import argparse

from bson import ObjectId

from receiver.commands.command import tell
from receiver.filing.collections import Store
from receiver.store.dialog import Dialog
from receiver.store.mongo import Document
from receiver.words import texts


def add_id(parser: argparse.ArgumentParser) -> None:
    """Declare the argument of the id."""
    parser.add_argument("id", help="the id of a dialog or letter, also a former one")


async def dialog_of(store: Store, text: str, fields: Document | None = None) -> Dialog | None:
    """Return the dialog, or some fields of it; if there is none, None and a line that says so."""
    if ObjectId.is_valid(text):
        named = ObjectId(text)
        letter = await store.letters.of_id(named)
        for one in (named, *([letter.dialog] if letter else [])):
            for head in (await store.dialogs.heads([one])).values():
                return (await store.dialogs.whole([head["_id"]], fields)).get(head["_id"])
    tell(texts("there is no such dialog"), error=True)
    return None
