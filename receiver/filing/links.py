"""Links between dialogs: a letter in one names the other's, where its sender is a stranger.

When he is none any more, the two become one.
"""

from collections.abc import Iterable
from typing import Any

from receiver.filing.moving import Moving, are_apart, new_record
from receiver.letters.addresses import canonical
from receiver.store.dialogs import Dialogs
from receiver.store.mongo import Document, store_errors
from receiver.threads.matching import Refusal


class Links:
    """Makes links, and merges the linked; each method raises StoreUnavailable when in doubt."""

    def __init__(self, dialogs: Dialogs, moving: Moving) -> None:
        self._dialogs = dialogs
        self._moving = moving

    async def complete(self, dialog_id: Any, refused: Iterable[Refusal]) -> None:
        """Link the dialogs where a letter's sender is a stranger back to the one that it is in."""
        hosts = [refusal.dialog.id for refusal in refused]
        for host_id in hosts:
            await self._moving.link_to(host_id, dialog_id)
        for host_id in hosts:  # meanwhile a letter there may have brought the stranger in
            await self.follow(host_id)

    async def complete_stored(self, dialog_id: Any, key: str) -> None:
        """Complete the links of a stored letter where a crash left them in one direction."""
        fields = {"former_ids": 1, "messages.key": 1, "messages.refused": 1}
        document = await self._dialogs.read(dialog_id, fields)
        messages = document["messages"] if document else ()
        names = {dialog_id, *(document or {}).get("former_ids", [])}
        for refusal in (one for each in messages if each["key"] == key for one in each["refused"]):
            host = await self._dialogs.resolve(refusal["dialog"], {"related": 1})
            if host is not None and host["_id"] not in names and not names & {*host["related"]}:
                await self._moving.link_to(host["_id"], dialog_id)

    async def follow(self, dialog_id: Any) -> Any:
        """Merge what a dialog is linked to where a stranger has meanwhile been brought in.

        Returns the dialog's id after that.
        """
        while (dialog := await self._moving.settled(dialog_id)) is not None:
            for guest_id in await self._brought_in(dialog):
                guest = await self._moving.settled(guest_id)
                if guest is None or guest["_id"] == dialog["_id"] or are_apart(dialog, guest):
                    continue
                if await self._moving.linked_well(dialog, guest):
                    record = new_record("merge", None, {"link": guest["_id"]})
                    dialog_id = await self._moving.merge(dialog["_id"], guest["_id"], record)
                    break
            else:
                return dialog["_id"]
        return dialog_id

    async def _brought_in(self, host: Document) -> list[Any]:
        """Return linked dialogs where a participant of one has written in the other."""
        others = {*host["participants"]} - {canonical(host["mailbox"])}
        found: list[Document] = []
        for name in ("_id", "former_ids") if host["related"] else ():
            query: Document = {name: {"$in": host["related"]}}
            with store_errors():
                fields = {"writers": 1, "participants": 1}
                found += await self._dialogs.documents.find(query, fields).to_list(None)
        ours = {*host["writers"]} - {canonical(host["mailbox"])}
        return [
            each["_id"]
            for each in found
            if not others.isdisjoint(each["writers"]) or not ours.isdisjoint(each["participants"])
        ]
