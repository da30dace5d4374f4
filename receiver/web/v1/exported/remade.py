"""A letter without an original, composed anew from its stored content.

It was posted without an original, or the original has expired; then the letter says what else has
expired. It is written while its files are read, as an original is.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence

from receiver.store.blobs import Blobs
from receiver.store.mongo import Document
from receiver.store.packed import headers_in
from receiver.web.v1.exported.fields import header_of
from receiver.web.v1.exported.parts import MimePart, file, text, together

REMARK = "made anew of what is kept, as the original is not"
GONE = "[{name}, {size} bytes, SHA-256 {sha256}: the file is not kept]"


async def remade(letter: Document, blobs: Blobs) -> AsyncIterator[bytes]:
    """Yield the letter; raises StoreUnavailable."""
    said, content = letter["message"], letter["content"]
    page = content.get("html", "")
    # Nobody can write a letter that holds the digest of itself, and so ends a part of it.
    seed = hashlib.sha256(f"{letter['key']}\n{said['body']}\n{page}".encode()).hexdigest()
    files = [(each, await _file(each, blobs)) for each in said["attachments"]]
    shown = [part for each, part in files if page and each["inline"] and each["content_id"]]
    beside = [part for _, part in files if part not in shown]
    whole = together("mixed", [_words(said["body"], page, shown, seed), *beside], seed)
    # A hostile header takes a third of a second: others are answered meanwhile.
    header = await asyncio.to_thread(header_of, said, headers_in(content), _remark(letter))
    yield header + b"MIME-Version: 1.0\n" + whole.head + b"\n"
    async for piece in whole.pieces():
        yield piece


def _remark(letter: Document) -> str:
    """Return the remark that this is not the original, and what it lacks."""
    lost = ", ".join(letter.get("trimmed", ()))
    past = f"; past their time: {lost}" if lost else ""
    return REMARK + past + ("; without a person who was erased" if letter.get("redacted") else "")


def _words(body: str, page: str, shown: Sequence[MimePart], seed: str) -> MimePart:
    """Return the letter's text, its HTML with the pictures in it, or both."""
    if not page:
        return text(body, "plain")
    paged = together("related", [text(page, "html"), *shown], seed)
    return together("alternative", [text(body, "plain"), paged] if body else [paged], seed)


async def _file(attachment: Document, blobs: Blobs) -> MimePart:
    """Return a part with a file, or with a note that the file is missing."""
    digest, size = attachment["sha256"], await blobs.size(attachment["sha256"])
    if size is None:
        name = attachment["filename"] or "a file without a name"
        return text(GONE.format(name=name, size=attachment["size"], sha256=digest), "plain")
    return file(
        attachment["filename"],
        attachment["content_type"],
        lambda: blobs.read(digest, 0, size),
        inline=attachment["inline"],
        content_id=attachment["content_id"],
    )
