"""Looks into bytes that letters of others name: files and originals, each once, up to 64 MiB.

A letter's original says all that its files say; so it alone is read where it is kept. What it tells
is looked for in each file after that, as a file that tells nothing of him stays.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

from contract.reading.written import addresses_in
from receiver.erasing.traces.contents import texts_in
from receiver.store.blobs import Blobs
from receiver.store.mongo import Document
from receiver.store.packed import unpacked

MOST_SEARCHED = 64 * 1024 * 1024
FEW = 20
AT_ONCE = 4 * 1024 * 1024
OVERLAP = 1024  # an address or a line that two windows share stands whole in one of them

Tells = Callable[[str], bool]


class Looking:
    """Says which bytes tell something; raises StoreUnavailable."""

    def __init__(self, blobs: Blobs, tells: Tells, *, words: bool = False) -> None:
        self._blobs = blobs
        self._tells = tells
        self._words = words
        self._known: dict[str, bool] = {}

    async def stored_tells(self, document: Document) -> bool:
        """Tell whether a letter's original in GridFS does; its files, where there is none at all.

        One that stands in the letter's document is of ``original_of``.
        """
        content = document["content"]
        if content.get("original"):
            return False
        if raw := content.get("raw"):
            return await self.file_tells(raw["sha256"], raw["size"])
        return bool(await self.files_that_tell(document))

    async def files_that_tell(self, document: Document) -> set[str]:
        """Return the digests of the files of a letter that do."""
        attached = {each["sha256"]: each["size"] for each in document["message"]["attachments"]}
        return {one for one, size in attached.items() if await self.file_tells(one, size)}

    async def file_tells(self, digest: str, size: int) -> bool:
        """Tell whether a blob does; one that is too large is said not to."""
        if size > MOST_SEARCHED:
            return False
        if digest not in self._known:
            self._known[digest] = False
            async for window in windows(self._blobs.pieces(digest)):
                if await asyncio.to_thread(self._tell, window):
                    self._known[digest] = True
                    break
        return self._known[digest]

    def _tell(self, content: bytes) -> bool:
        return any(map(self._tells, texts_in(content, words=self._words)))


async def addresses_stored(blobs: Blobs, document: Document) -> set[str]:
    """Return the addresses that the bytes of a letter in GridFS say: its original's, or its files'.

    Raises StoreUnavailable.
    """
    content = document["content"]
    raw = content.get("raw") if not content.get("original") else None
    named = [raw] if raw else document["message"]["attachments"]
    found: set[str] = set()
    for each in named:
        found |= await addresses_in_blob(blobs, each["sha256"], each["size"])
    return found


async def addresses_in_blob(blobs: Blobs, digest: str, size: int) -> set[str]:
    """Return the addresses that a blob says; of one that is too large none."""
    found: set[str] = set()
    if size <= MOST_SEARCHED:
        async for window in windows(blobs.pieces(digest)):
            found |= await asyncio.to_thread(addresses_in_bytes, window)
    return found


def addresses_in_bytes(content: bytes) -> set[str]:
    """Return the addresses that bytes may say, canonical."""
    return {each for text in texts_in(content, words=False) for each in addresses_in(text)}


def original_of(document: Document, *, words: bool) -> Iterator[str]:
    """Yield what the original that stands in a letter's document says, decoded."""
    if kept := document["content"].get("original"):
        yield from texts_in(unpacked(kept), words=words)


async def in_groups(documents: AsyncIterator[Document]) -> AsyncIterator[list[Document]]:
    """Yield a few documents at a time: others have their turn in between."""
    some: list[Document] = []
    async for each in documents:
        some.append(each)
        if len(some) == FEW:
            yield some
            some = []
    if some:
        yield some


def too_large(document: Document) -> Iterator[str]:
    """Yield the digests of a letter's files that are not looked into."""
    for each in document["message"]["attachments"]:
        if each["size"] > MOST_SEARCHED:
            yield each["sha256"]


async def windows(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield bytes as windows that overlap, from the start of a line to its end where it has one."""
    window = b""
    fresh = 0
    async for piece in pieces:
        window, fresh = window + piece, fresh + len(piece)
        if fresh >= AT_ONCE:
            yield window
            line = window.rfind(b"\n", 0, len(window) - OVERLAP) + 1
            start = line if line > len(window) - 2 * OVERLAP else len(window) - OVERLAP
            window, fresh = window[start:], 0
    if fresh:
        yield window
