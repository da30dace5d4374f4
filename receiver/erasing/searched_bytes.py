"""Searches bytes that letters of others name: files and originals, each once, up to 64 MiB.

A file that stands in base64 in its letter's original is searched with that. Any other is searched
by itself: the bridge extracts some from encodings not decoded here (uuencode, yEnc, CMS).
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from hashlib import sha256

from contract.reading.written import addresses_in
from receiver.erasing.traces.contents import texts_in
from receiver.erasing.traces.said import Addresses, SaidInBytes
from receiver.erasing.traces.traces import Traces
from receiver.erasing.traces.windows import all_windows
from receiver.store.blobs import Blobs
from receiver.store.mongo import Document
from receiver.store.packed import unpacked

MOST_SEARCHED = 64 * 1024 * 1024
FEW = 20


class _Met:
    """The files of a letter that were met in its original."""

    def __init__(self, document: Document) -> None:
        attached = document["message"]["attachments"]
        self._sizes = {each["size"] for each in attached}
        self._digests = {each["sha256"] for each in attached}
        self._found: set[str] = set()

    def take(self, part: bytes) -> None:
        """Record a decoded part."""
        if len(part) in self._sizes:
            self._found.add(sha256(part).hexdigest())

    @property
    def files(self) -> set[str]:
        """Their digests."""
        return self._found & self._digests


class _Read:
    """The pieces of a blob, and the number of bytes at the last read."""

    def __init__(self, blobs: Blobs, digest: str) -> None:
        self._blobs, self._digest, self.size = blobs, digest, 0

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield them."""
        self.size = 0
        async for piece in self._blobs.pieces(self._digest):
            self.size += len(piece)
            yield piece


class ByteSearch:
    """Decides which bytes mention a person; raises StoreUnavailable.

    With ``words`` his words count as well as his address. Bytes that were read before for others
    are not read again for an address that they do not contain.
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
        """Tell whether a letter's original in GridFS mentions him, or a file not met in it.

        An original inside the letter's document is checked earlier by ``original_tells``.
        """
        raw = _stored_original(document)
        if raw and await self.file_tells(raw["sha256"], raw["size"], document):
            return True
        return bool(await self.files_that_tell(document))

    async def files_that_tell(self, document: Document) -> set[str]:
        """Return the digests of a letter's files that mention him."""
        attached = {each["sha256"]: each["size"] for each in document["message"]["attachments"]}
        return {one for one, size in attached.items() if await self.file_tells(one, size)}

    async def file_tells(self, digest: str, size: int, original_of: Document | None = None) -> bool:
        """Tell whether a blob mentions him; one that is too large is said not to."""
        if size > MOST_SEARCHED:
            return False
        if digest not in self._known:
            met = _Met(original_of) if original_of else None
            self._known[digest] = await self._blob_tells(digest, size, met)
        return self._known[digest]

    def original_tells(self, document: Document) -> bool:
        """Tell whether the original inside a letter's document mentions him."""
        kept = document["content"].get("original")
        if not kept:
            return False
        name, said, met = sha256(kept).digest(), Addresses(), _Met(document)
        if self._is_ruled_out(name):
            return False
        if self._tells(unpacked(kept), said, met):
            return True
        self._note(name, said, met)
        return False

    async def _blob_tells(self, digest: str, size: int, met: _Met | None) -> bool:
        name, said, read = bytes.fromhex(digest), Addresses(), _Read(self._blobs, digest)
        if self._is_ruled_out(name):
            return False
        async for window in all_windows(read.pieces, size):
            if await asyncio.to_thread(self._tells, window, said, met):
                return True
        if read.size == size:  # if a piece is missing the rest is unknown
            self._note(name, said, met)
        return False

    def _is_ruled_out(self, name: bytes) -> bool:
        return not self.words and self._said.rules_out(name, self._traces.person)

    def _note(self, name: bytes, said: Addresses, met: _Met | None) -> None:
        """Remember that these bytes, and files met in them, do not mention him."""
        files = met.files if met else set()
        self._known |= dict.fromkeys(files, False)
        if not self.words:
            for each in (name, *map(bytes.fromhex, files)):
                self._said.note(each, said)

    def _tells(self, content: bytes, said: Addresses, met: _Met | None) -> bool:
        take = met.take if met else None
        if self.words:
            return any(map(self._traces.told_in_file, texts_in(content, words=True, met=take)))
        texts = list(texts_in(content, words=False, met=take))
        said.gather(texts)
        return any(map(self._traces.mentioned_in, texts))


async def addresses_stored(blobs: Blobs, document: Document) -> set[str]:
    """Return the addresses in a letter's bytes in GridFS: in its original and files.

    Raises StoreUnavailable.
    """
    raw = _stored_original(document)
    found: set[str] = set()
    for each in (*([raw] if raw else ()), *document["message"]["attachments"]):
        found |= await addresses_in_blob(blobs, each["sha256"], each["size"])
    return found


async def addresses_in_blob(blobs: Blobs, digest: str, size: int) -> set[str]:
    """Return the addresses in a blob; none if it is too large."""
    found: set[str] = set()
    if size <= MOST_SEARCHED:
        async for window in all_windows(_Read(blobs, digest).pieces, size):
            found |= await asyncio.to_thread(addresses_in_bytes, window)
    return found


def addresses_in_bytes(content: bytes) -> set[str]:
    """Return the canonical addresses that bytes may contain."""
    return {each for text in texts_in(content, words=False) for each in addresses_in(text)}


async def in_groups(documents: AsyncIterator[Document]) -> AsyncIterator[list[Document]]:
    """Yield a few documents at a time, so that others get their turn in between."""
    some: list[Document] = []
    async for each in documents:
        some.append(each)
        if len(some) == FEW:
            yield some
            some = []
    if some:
        yield some


def too_large(document: Document) -> Iterator[str]:
    """Yield the digests of a letter's files that are too large to search."""
    for each in document["message"]["attachments"]:
        if each["size"] > MOST_SEARCHED:
            yield each["sha256"]


def _stored_original(document: Document) -> Document | None:
    """Return the digest and size of a letter's original if it lies in GridFS."""
    content = document["content"]
    raw: Document | None = None if content.get("original") else content.get("raw")
    return raw
