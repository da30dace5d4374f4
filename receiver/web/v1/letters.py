"""``/v1/letters`` and ``/v1/blobs``: a letter, its header fields, HTML and original; files."""

import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from receiver.errors import Problem
from receiver.filing.collections import Store
from receiver.listing.queries import Queries
from receiver.store.blobs import Blobs
from receiver.store.dialogs import Dialogs
from receiver.store.mongo import Document
from receiver.store.packed import unpacked
from receiver.web.v1.download import Download, download
from receiver.web.v1.operation import Call, InMailbox, MayAnswer, Operation, mailbox_of
from receiver.web.v1.responses import json_of, shaped
from receiver.web.v1.shapes import HEX_KEY, Headers, KeptLetter

# What a letter's HTML may do: it is sanitised before it is stored, and this holds all the same.
PAGE_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data:;"
    " style-src 'unsafe-inline'; frame-ancestors 'self'"
)
MESSAGE = "message/rfc822"
OF_THE_DIALOG = ("reply", "matched_by", "matched_id", "subject_changed")
"""Fields of a letter that depend on its dialog."""
_DIGEST = re.compile(HEX_KEY)
OF_BYTES = ("ETag", "Content-Disposition")
BYTES = {
    200: MayAnswer("the bytes", media="*/*", headers=OF_BYTES),
    206: MayAnswer("the requested range", media="*/*", headers=(*OF_BYTES, "Content-Range")),
    304: MayAnswer("unchanged", headers=OF_BYTES),
}
ORIGINAL = {
    200: MayAnswer("the original", media=MESSAGE, headers=OF_BYTES),
    206: MayAnswer("the requested range", media=MESSAGE, headers=(*OF_BYTES, "Content-Range")),
    304: MayAnswer("unchanged", headers=OF_BYTES),
}


class LetterOperations:
    """Reads letters and the files that they name."""

    def __init__(self, store: Store, queries: Queries, blobs: Blobs) -> None:
        self._store = store
        self._queries = queries
        self._blobs = blobs

    def operations(self) -> list[Operation]:
        """Return its lines of the API's table."""
        page = {200: MayAnswer("the page", media="text/html")}
        clean = "The sanitised HTML of a letter: it runs no code and loads nothing."
        fields = {200: MayAnswer("the fields", Headers)}
        letter = {200: MayAnswer("the letter", KeptLetter)}
        return [
            _of_letter("", "One letter, and the dialog that shows it.", self.letter, letter),
            _of_letter("headers", "The header fields of a letter in order.", self.headers, fields),
            _of_letter("html", clean, self.html, page),
            Operation(
                "raw",
                "GET",
                "/v1/letters/{key}/raw",
                "The original of a letter, byte for byte as it was received.",
                "raw",
                self.raw,
                ORIGINAL,
                InMailbox,
                streams=True,
                problems=(404, 412, 416),
            ),
            Operation(
                "blob",
                "GET",
                "/v1/blobs/{sha256}",
                "A file in a letter of the token's mailboxes; originals need `raw`.",
                "read",
                self.blob,
                BYTES,
                streams=True,
                problems=(404, 412, 416),
            ),
        ]

    async def letter(self, call: Call) -> web.Response:
        """Answer with the letter."""
        found = await self._letter(call)
        heads = await self._store.dialogs.heads([found["dialog"]])
        for head in heads.values():
            return json_of(await kept_letter(found, head, self._store.dialogs))
        raise Problem(404, "the letter is not in a dialog yet")

    async def headers(self, call: Call) -> web.Response:
        """Answer with the header fields."""
        return json_of(Headers(headers=fields_of(await self._letter(call))))

    async def html(self, call: Call) -> web.Response:
        """Answer with the page."""
        page = (await self._letter(call))["content"].get("html")
        if not page:
            raise Problem(404, "the letter has no HTML")
        headers = {"Content-Security-Policy": PAGE_POLICY, "Referrer-Policy": "no-referrer"}
        return web.Response(text=page, content_type="text/html", charset="utf-8", headers=headers)

    async def raw(self, call: Call) -> web.StreamResponse:
        """Answer with the original."""
        found = await self._letter(call)
        original = await original_of(found, self._blobs)
        if original is None:
            raise Problem(404, "the letter's original is not kept here")
        return await download(call.request, original)

    async def blob(self, call: Call) -> web.StreamResponse:
        """Answer with a file."""
        digest = call.request.match_info["sha256"]
        named, size = None, None
        if _DIGEST.fullmatch(digest):
            own = call.grant.named
            named = await self._queries.naming(digest, own, as_file=True)
            if named is None and call.grant.may("raw"):
                named = await self._queries.naming(digest, own, as_file=False)
            size = await self._blobs.size(digest)
        if named is None or size is None:
            raise Problem(404, "no letter of these mailboxes has such a file")
        name, media = f"{named['key'][:16]}.eml", MESSAGE
        for each in named["message"]["attachments"]:
            if each["sha256"] == digest:
                name, media = each["filename"], each["content_type"]
        file = Download(
            name, media, size, digest, lambda start, stop: self._blobs.read(digest, start, stop)
        )
        return await download(call.request, file)

    async def _letter(self, call: Call) -> Document:
        mailbox = mailbox_of(call.grant, call.query.mailbox)
        found = await self._store.letters.document(mailbox, call.request.match_info["key"])
        if found is None:
            raise Problem(404, "there is no such letter in this mailbox")
        return found


async def kept_letter(letter: Document, head: Document, dialogs: Dialogs) -> KeptLetter:
    """Return a letter's response: its document, and the fields that depend on its dialog."""
    content = letter["content"]
    shown = await dialogs.message(head, letter["key"]) or {}
    extra = {name: shown[name] for name in OF_THE_DIALOG if name in shown} | {
        "mailbox": letter["mailbox"],
        "dialog": head["_id"],
        "kept": letter["kept"],
        "received": content.get("received"),
        "raw": content.get("raw"),
        "has_html": bool(content.get("html")),
    }
    return shaped(KeptLetter, letter["message"] | extra)


def _of_letter(
    name: str,
    summary: str,
    handler: Callable[[Call], Awaitable[web.StreamResponse]],
    answers: Mapping[int, MayAnswer],
) -> Operation:
    """Return the operation that answers with a letter, or a part of it."""
    path = f"/v1/letters/{{key}}/{name}".rstrip("/")
    query = InMailbox
    return Operation(
        name or "letter", "GET", path, summary, "read", handler, answers, query, problems=(404,)
    )


def fields_of(letter: Document) -> list[Any]:
    """Return the header fields of a letter's document."""
    kept = letter["content"].get("headers")
    return list(json.loads(unpacked(kept))) if kept else []


async def original_of(letter: Document, blobs: Blobs) -> Download | None:
    """Return the original of a letter's document, wherever its bytes are kept."""
    raw = letter["content"].get("raw")
    if not raw:
        return None
    name = f"{letter['key'][:16]}.eml"
    if kept := letter["content"].get("original"):
        small = unpacked(kept)

        async def of_the_document(start: int, stop: int) -> AsyncIterator[bytes]:
            yield small[start:stop]

        return Download(name, MESSAGE, len(small), raw["sha256"], of_the_document)
    size = await blobs.size(raw["sha256"])
    if size is None:
        return None
    return Download(
        name,
        MESSAGE,
        size,
        raw["sha256"],
        lambda start, stop: blobs.read(raw["sha256"], start, stop),
    )
