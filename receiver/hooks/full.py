"""What a full event has beside the ids: the letter, or the dialog without its letters."""

import json
from collections.abc import Mapping
from typing import Any

from bson import ObjectId
from pydantic import BaseModel

from receiver.hooks.event import HookEvent
from receiver.store.dialogs import Dialogs
from receiver.store.letters import Letters
from receiver.store.mongo import Database
from receiver.web.v1.letters import kept_letter
from receiver.web.v1.responses import shaped
from receiver.web.v1.shapes import DialogShape


class FullEvents:
    """Reads the present state of what events are about; raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._letters = Letters(database)
        self._dialogs = Dialogs(database)

    async def more(self, event: HookEvent) -> Mapping[str, Any]:
        """Return what is added to the ids; nothing if it is gone."""
        dialog = event.data.get("dialog")
        if dialog is None:
            return {}
        head = (await self._dialogs.heads([ObjectId(dialog)])).get(ObjectId(dialog))
        if head is None:
            return {}
        key = event.data.get("letter")
        if key is None:
            return {"content": _plain(shaped(DialogShape, head))}
        letter = await self._letters.document(event.data["mailbox"], key)
        return {"content": _plain(await kept_letter(letter, head, self._dialogs))} if letter else {}


def _plain(model: BaseModel) -> Any:
    return json.loads(model.model_dump_json(by_alias=True))
