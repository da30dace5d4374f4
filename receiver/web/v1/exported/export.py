"""``/v1/dialogs/{id}/export``: a dialog whole, as mbox or JSON, a letter at a time."""

import json
from collections.abc import AsyncIterator
from typing import Literal

from pydantic import Field

from receiver.filing.collections import Store
from receiver.store.blobs import Blobs
from receiver.store.mongo import Document
from receiver.web.access import demand
from receiver.web.v1.download import Streamed, disposition
from receiver.web.v1.exported import mbox
from receiver.web.v1.exported.remade import remade
from receiver.web.v1.found import GONE_THERE, DialogsFound
from receiver.web.v1.letters import fields_of, original_of
from receiver.web.v1.operation import Call, MayAnswer, Operation, Query
from receiver.web.v1.responses import shaped
from receiver.web.v1.shapes import DialogShape, ExportedDialog, ExportedLetter
from receiver.web.v1.streamed_json import with_list


class ExportQuery(Query):
    """In which format."""

    as_: Literal["mbox", "json"] = Field("json", alias="as")


class ExportOperations:
    """Exports dialogs."""

    def __init__(self, store: Store, blobs: Blobs, found: DialogsFound) -> None:
        self._store = store
        self._blobs = blobs
        self._found = found

    def operations(self) -> list[Operation]:
        """Return its line of the API's table."""
        return [
            Operation(
                "export",
                "GET",
                "/v1/dialogs/{id}/export",
                "The dialog as a file: JSON with header fields and HTML, or an mbox of the"
                " originals, which needs `raw`.",
                "read",
                self.export,
                {
                    200: MayAnswer(
                        "the dialog",
                        ExportedDialog,
                        also=(mbox.MEDIA,),
                        headers=("Content-Disposition",),
                    ),
                    308: GONE_THERE,
                },
                ExportQuery,
                problems=(404, 410),
            )
        ]

    async def export(self, call: Call) -> Streamed:
        """Send the dialog."""
        query: ExportQuery = call.query
        if query.as_ == "mbox":
            demand(call.grant, "raw")
        head = await self._found.here(call)
        of_form = {"mbox": (mbox.MEDIA, self._mbox), "json": ("application/json", self._json)}
        media, pieces = of_form[query.as_]
        headers = {
            "Content-Type": media,
            "Content-Disposition": disposition(f"{head['_id']}.{query.as_}"),
        }
        return Streamed(pieces(head), headers)

    def _json(self, head: Document) -> AsyncIterator[bytes]:
        says = shaped(DialogShape, head).model_dump_json(by_alias=True)
        return with_list(f'{{"dialog":{says}}}', "letters", self._whole_letters(head), end="\n")

    async def _whole_letters(self, head: Document) -> AsyncIterator[str]:
        async for letter, shown in self._letters(head):
            content = letter["content"]
            beside = {"headers": fields_of(letter), "html": content.get("html", "")}
            told = shaped(ExportedLetter, shown | beside | {"raw": content.get("raw")})
            yield json.dumps(told.model_dump(mode="json", by_alias=True), ensure_ascii=False)

    async def _mbox(self, head: Document) -> AsyncIterator[bytes]:
        async for letter, shown in self._letters(head):
            found = await original_of(letter, self._blobs)
            original = found.read(0, found.size) if found else remade(letter, self._blobs)
            async for piece in mbox.entry(original, shown["from"]["address"], shown["created"]):
                yield piece

    async def _letters(self, head: Document) -> AsyncIterator[tuple[Document, Document]]:
        """Yield each letter that is kept, and how the dialog shows it."""
        async for shown in self._store.dialogs.one_by_one(head):
            letter = await self._store.letters.document(head["mailbox"], shown["key"])
            if letter is not None:
                yield letter, shown
