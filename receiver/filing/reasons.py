"""Why each letter of a dialog is where it is: what the store knows, told in words."""

from typing import Any

from receiver.filing.collections import Store
from receiver.letters.letter import Letter
from receiver.store.dialog import Dialog
from receiver.store.mongo import Document
from receiver.threads.why import explained
from receiver.threads.wording import ENGLISH, Wording


async def reasons_of(store: Store, dialog: Dialog, words: Wording = ENGLISH) -> Document:
    """Return the reason for each letter, and for what it names elsewhere why it is not there."""
    elsewhere: dict[str, Any] = {}
    mailbox = dialog.head["mailbox"]
    if dialog.head["related"]:
        cited = {one for each in dialog.messages for _, one in Letter(mailbox, each).cited}
        found = await store.letters.knowing(mailbox, cited)
        heads = await store.dialogs.heads({each.dialog for each in found})
        for each in found:
            head = heads.get(each.dialog)
            if head and head["_id"] != dialog.id:
                elsewhere[each.letter.message_id] = head["_id"]
    copies = await store.letters.copies(mailbox, [each["key"] for each in dialog.messages])
    return explained(dialog.head, dialog.messages, elsewhere, copies, words)
