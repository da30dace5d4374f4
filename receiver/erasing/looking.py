"""Looks into bytes that letters of others name: files and originals, each once, up to 64 MiB.

A letter's original says all that its files say; so it alone is read where it is kept. What it tells
is looked for in each file after that, as a file that tells nothing of him stays.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from hashlib import sha256

from contract.reading.written import addresses_in
from receiver.erasing.traces.compressed import may_be_compressed
from receiver.erasing.traces.contents import texts_in
from receiver.erasing.traces.said import Addresses, SaidInBytes
from receiver.erasing.traces.traces import Traces
from receiver.erasing.traces.windows import AT_ONCE, all_windows
from receiver.store.blobs import Blobs
from receiver.store.mongo import Document
from receiver.store.packed import unpacked

MOST_SEARCHED = 64 * 1024 * 1024
FEW = 20


class _Read:
    """The pieces of a blob, and how many bytes there were when they were read last."""

    def __init__(self, blobs: Blobs, digest: str) -> None:
        self._blobs, self._digest, self.size = blobs, digest, 0

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield them."""
        self.size = 0
        async for piece in self._blobs.pieces(self._digest):
            self.size += len(piece)
            yield piece


class Looking:
    """Says which bytes tell of a person; raises StoreUnavailable.

    With ``words`` his words tell of him as well as his address. What was read for others before is
    not read once more for an address that it does not say.
    """

    def __init__(
        self, blobs: Blobs, said: SaidInBytes, traces: Traces, *, words: bool = False
    ) -> None:
        self._blobs = blobs
        self._said = said
        self._traces = traces
        self.words = words
        self._known: dict[str, bool] = {}

    async def stored_tells(self, document: Document) -> bool:
        """Tell whether a letter's original in GridFS does; its files, where there is none at all.

        One that stands in the letter's document is of ``original_tells``.
        """
        content = document["content"]
        if content.get("original"):
            return False
        if raw := content.get("raw"):
            own = await self.file_tells(raw["sha256"], raw["size"])
            return own or await self._compressed_tell(document, raw["size"])
        return bool(await self.files_that_tell(document))

    async def _compressed_tell(self, document: Document, size: int) -> bool:
        for each in await _compressed_in(self._blobs, document, size):
            if await self.file_tells(each["sha256"], each["size"]):
                return True
        return False

    async def files_that_tell(self, document: Document) -> set[str]:
        """Return the digests of the files of a letter that do."""
        attached = {each["sha256"]: each["size"] for each in document["message"]["attachments"]}
        return {one for one, size in attached.items() if await self.file_tells(one, size)}

    async def file_tells(self, digest: str, size: int) -> bool:
        """Tell whether a blob does; one that is too large is said not to."""
        if size > MOST_SEARCHED:
            return False
        if digest not in self._known:
            self._known[digest] = await self._blob_tells(digest, size)
        return self._known[digest]

    def original_tells(self, document: Document) -> bool:
        """Tell whether the original that stands in a letter's document does."""
        kept = document["content"].get("original")
        if not kept:
            return False
        name, said = sha256(kept).digest(), Addresses()
        if self._is_ruled_out(name):
            return False
        if self._tells(unpacked(kept), said):
            return True
        self._note(name, said)
        return False

    async def _blob_tells(self, digest: str, size: int) -> bool:
        name, said, read = bytes.fromhex(digest), Addresses(), _Read(self._blobs, digest)
        if self._is_ruled_out(name):
            return False
        async for window in all_windows(read.pieces, size):
            if await asyncio.to_thread(self._tells, window, said):
                return True
        if read.size == size:  # of one that lacks a piece the rest is not known
            self._note(name, said)
        return False

    def _is_ruled_out(self, name: bytes) -> bool:
        return not self.words and self._said.rules_out(name, self._traces.person)

    def _note(self, name: bytes, said: Addresses) -> None:
        if not self.words:
            self._said.note(name, said)

    def _tells(self, content: bytes, said: Addresses) -> bool:
        if self.words:
            return any(map(self._traces.told_in_file, texts_in(content, words=True)))
        texts = list(texts_in(content, words=False))
        said.gather(texts)
        return any(map(self._traces.mentioned_in, texts))


async def addresses_stored(blobs: Blobs, document: Document) -> set[str]:
    """Return the addresses that the bytes of a letter in GridFS say: its original's, or its files'.

    Raises StoreUnavailable.
    """
    content = document["content"]
    raw = content.get("raw") if not content.get("original") else None
    named = [raw] if raw else list(document["message"]["attachments"])
    if raw:
        named += await _compressed_in(blobs, document, raw["size"])
    found: set[str] = set()
    for each in named:
        found |= await addresses_in_blob(blobs, each["sha256"], each["size"])
    return found


async def addresses_in_blob(blobs: Blobs, digest: str, size: int) -> set[str]:
    """Return the addresses that a blob says; of one that is too large none."""
    found: set[str] = set()
    if size <= MOST_SEARCHED:
        async for window in all_windows(_Read(blobs, digest).pieces, size):
            found |= await asyncio.to_thread(addresses_in_bytes, window)
    return found


def addresses_in_bytes(content: bytes) -> set[str]:
    """Return the addresses that bytes may say, canonical."""
    return {each for text in texts_in(content, words=False) for each in addresses_in(text)}


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


async def _compressed_in(blobs: Blobs, document: Document, size: int) -> list[Document]:
    """Return the files of a letter that may be compressed, if its original is of several windows.

    There they are encoded, and what is compressed may go on from one window to another.
    """
    if size < AT_ONCE:
        return []
    return [
        each
        for each in document["message"]["attachments"]
        if each["size"] <= MOST_SEARCHED and await _begins_compressed(blobs, each["sha256"])
    ]


async def _begins_compressed(blobs: Blobs, digest: str) -> bool:
    async for piece in blobs.pieces(digest):
        return may_be_compressed(piece)
    return False
