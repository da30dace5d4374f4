"""``/letters/{mailbox}/{key}/…``: header fields, original, HTML in its frame, files, whole text.

A letter's content is never a page of ours: files are downloads, except small pictures whose first
bytes confirm their type; HTML stands in a frame with its own origin, where nothing runs and nothing
is loaded.
"""

from base64 import b64encode
from collections.abc import Set
from typing import Any

from aiohttp import web
from markupsafe import escape

from contract.bounds import MAX_ATTACHMENTS
from receiver.errors import Problem
from receiver.filing.collections import Store
from receiver.listing.queries import Queries
from receiver.page.addresses import letter_address
from receiver.page.finding import own_mailbox
from receiver.page.serving import PageServing, Visit, page
from receiver.page.shown.bodies import body_of
from receiver.page.shown.letters import MAX_THUMBNAIL, letter_of
from receiver.page.shown.linked import MarkRoom, marked
from receiver.page.shown.look_alikes import links_told
from receiver.page.shown.pictures import (
    BEGINNING,
    MAX_PLACED,
    Unplaced,
    kind_of,
    named_in,
    with_pictures,
)
from receiver.page.shown.text import one_line, several_lines
from receiver.page.words.of_the_bridge import in_reader_words
from receiver.store.blobs import Blobs
from receiver.store.mongo import Document
from receiver.web.requests import Route
from receiver.web.v1.download import Download, download
from receiver.web.v1.letters import fields_of, original_of

FRAME_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data:;"
    " style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
FRAME = (
    '<!doctype html><html><head><meta charset="utf-8"><base target="_blank"><style>'
    ":root{color-scheme:light dark}body{font:93.75%/1.5 system-ui,sans-serif;margin:12px;"
    "overflow-wrap:break-word}img{max-width:100%;height:auto}font{color:inherit}"
    "blockquote{margin:0 0 0 8px;padding-left:10px;border-left:2px solid #8886}"
    "table{max-width:100%}pre{white-space:pre-wrap}.leads{all:initial;color:CanvasText;"
    "background:Canvas;font:13px system-ui,sans-serif;display:inline-block;border:1px solid;"
    "border-radius:4px;margin:0 4px;padding:0 4px}</style></head><body>"
)
NOTE = '<p style="border:1px solid;border-radius:6px;margin:0 0 12px;padding:6px 10px">{}</p>'
SHOWN_ORIGINAL = 256 * 1024
MAX_PICTURES_BYTES = MAX_PLACED * 3 // 4  # base64 makes them a third longer
MARKS_OF_A_TEXT = 64 * 1024


class LetterPages:
    """Shows and sends a letter's parts."""

    def __init__(self, serving: PageServing, store: Store, queries: Queries, blobs: Blobs) -> None:
        self._serving = serving
        self._queries = queries
        self._store = store
        self._blobs = blobs

    def routes(self) -> list[Route]:
        """Return the routes of this file."""
        serving, path = self._serving, "/letters/{mailbox}/{key}"
        return [
            serving.get(f"{path}/headers", self.headers),
            serving.get(f"{path}/text", self.text),
            serving.get(f"{path}/html", self.html),
            serving.get(f"{path}/original", self.original, "raw"),
            serving.get(f"{path}/eml", self.eml, "raw", streams=True),
            serving.get(f"{path}/files", self.files),
            serving.get(f"{path}/files/{{number}}", self.file, streams=True),
        ]

    async def headers(self, visit: Visit) -> web.Response:
        """Show the header fields in their order."""
        letter = await self._letter(visit)
        fields = [(one_line(name), several_lines(value)) for name, value in fields_of(letter)]
        return self._page(visit, letter, "headers.html", "letter.headers", fields=fields)

    async def files(self, visit: Visit) -> web.Response:
        """Show all files of a letter that has more than its dialog shows."""
        letter = await self._letter(visit)
        return self._page(visit, letter, "files.html", "letter.file")

    async def text(self, visit: Visit) -> web.Response:
        """Show the whole text of a letter that is too long for its dialog."""
        letter = await self._letter(visit)
        room = MarkRoom(MARKS_OF_A_TEXT)
        text = in_reader_words(letter["message"]["body"], visit.words)
        told = {"text": marked(text, room, visit.words), "unlinked": room.is_short}
        return self._page(visit, letter, "text.html", "letter.whole", **told, cut=False)

    async def original(self, visit: Visit) -> web.Response:
        """Show the beginning of the letter as received."""
        letter = await self._letter(visit)
        found = await self._original(letter)
        pieces = found.read(0, min(found.size, SHOWN_ORIGINAL))
        content = b"".join([piece async for piece in pieces])
        text = several_lines(content.decode(errors="replace"))
        told = {"text": text, "unlinked": False, "cut": found.size > SHOWN_ORIGINAL}
        return self._page(visit, letter, "text.html", "letter.original", **told)

    async def eml(self, visit: Visit) -> web.StreamResponse:
        """Send the letter as received."""
        return await download(visit.request, await self._original(await self._letter(visit)))

    async def html(self, visit: Visit) -> web.Response:
        """Answer with the page of a letter, for a frame."""
        letter = await self._letter(visit)
        found = letter["content"].get("html")
        if not found:
            raise Problem(404, "the letter has no HTML")
        told, is_all = links_told(found, visit.words)
        shown, left = with_pictures(told, await self._pictures(letter, named_in(found)))
        notes = [visit.words.n(why.value, left[why]) for why in Unplaced if left[why]]
        notes += [] if is_all else [visit.words("link.too_many")]
        said = "".join(NOTE.format(escape(note)) for note in notes)
        headers = {
            "Content-Security-Policy": FRAME_POLICY,
            "Referrer-Policy": "no-referrer",
            "X-Frame-Options": "SAMEORIGIN",
        }
        text = f"{FRAME}{said}{shown}"
        return web.Response(text=text, content_type="text/html", charset="utf-8", headers=headers)

    async def file(self, visit: Visit) -> web.StreamResponse:
        """Send a file, as a picture if requested and if it is one."""
        letter = await self._letter(visit)
        attachment = _numbered(letter, visit.request.match_info["number"])
        digest = attachment["sha256"]
        size = await self._blobs.size(digest)
        if size is None:
            raise Problem(404, "the file is not there")
        if "picture" in visit.request.query:
            content = await self._picture(attachment, size)
            headers = {
                "Content-Security-Policy": "default-src 'none'; sandbox",
                "Content-Disposition": "inline",
                "Cache-Control": "private, max-age=86400",
            }
            return web.Response(body=content, content_type=kind_of(content), headers=headers)
        return await download(
            visit.request,
            Download(
                attachment["filename"],
                "application/octet-stream",
                size,
                digest,
                lambda start, stop: self._blobs.read(digest, start, stop),
            ),
        )

    async def _picture(self, attachment: Document, size: int) -> bytes:
        """Return the bytes of a real picture, whatever its declared type: Problem 404."""
        digest = attachment["sha256"]
        if size <= MAX_THUMBNAIL and await self._is_picture(digest, size):
            return b"".join([piece async for piece in self._blobs.read(digest, 0, size)])
        raise Problem(404, "the file is no picture that is shown")

    async def _is_picture(self, digest: str, size: int) -> bool:
        pieces = self._blobs.read(digest, 0, min(size, BEGINNING))
        return bool(kind_of(b"".join([piece async for piece in pieces])))

    async def _pictures(self, letter: Document, named: Set[str]) -> dict[str, str | Unplaced]:
        """Return the pictures of these Content-IDs as data, or why one is not shown."""
        found: dict[str, str | Unplaced] = {}
        room = MAX_PICTURES_BYTES
        for each in letter["message"]["attachments"]:
            name = each["content_id"].strip("<> ")
            if name not in named or name in found:
                continue
            size = await self._blobs.size(each["sha256"])
            if size is None or not await self._is_picture(each["sha256"], size):
                found[name] = Unplaced.OTHER if size else Unplaced.ABSENT
                continue
            if size > min(room, MAX_THUMBNAIL):
                found[name] = Unplaced.LARGE
                continue
            try:
                content = await self._picture(each, size)
            except Problem:
                continue
            room -= size
            found[name] = f"data:{kind_of(content)};base64,{b64encode(content).decode()}"
        return found

    def _page(
        self, visit: Visit, letter: Document, template: str, title: str, **values: Any
    ) -> web.Response:
        told = (letter["mailbox"], letter["message"], letter, visit.clock)
        shown = letter_of(
            *told, most_files=MAX_ATTACHMENTS, body=body_of(letter["message"], 0, visit.words)
        )
        return page(
            visit,
            template,
            title=visit.words(title),
            letter=shown,
            dialog=letter_address(letter["_id"], letter["key"]),
            mailbox=letter["mailbox"],
            **values,
        )

    async def _letter(self, visit: Visit) -> Document:
        """Return the letter of the path: Problem 404."""
        named = visit.request.match_info["mailbox"]
        mailbox = await own_mailbox(visit, self._store.mailboxes, named)
        found = None
        if mailbox is not None:
            key = await self._queries.key_of(mailbox, visit.request.match_info["key"])
            found = await self._store.letters.document(mailbox, key) if key else None
        if found is None:
            raise Problem(404, "there is no such letter")
        return found

    async def _original(self, letter: Document) -> Download:
        found = await original_of(letter, self._blobs)
        if found is None:
            raise Problem(404, "the letter's original is not kept here")
        return found


def _numbered(letter: Document, number: str) -> Document:
    attachments: list[Document] = letter["message"]["attachments"]
    if not number.isascii() or not number.isdigit() or not int(number[:5]) < len(attachments):
        raise Problem(404, "the letter has no such file")
    return attachments[int(number[:5])]
