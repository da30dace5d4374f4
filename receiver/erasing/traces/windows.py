"""Bytes too many for memory, as windows, followed by what is compressed in them."""

import asyncio
from collections.abc import AsyncIterator, Callable

from receiver.erasing.traces.compressed import Inflating, may_be_compressed, most_inflated

AT_ONCE = 4 * 1024 * 1024
OVERLAP = 1024  # an address or a line shared by two windows is whole in one of them


async def all_windows(read: Callable[[], AsyncIterator[bytes]], size: int) -> AsyncIterator[bytes]:
    """Yield bytes as windows, then compressed content that may go on from one to another.

    Compressed content within one window is found when that is read (``texts_in``).
    """
    number, compressed = 0, False
    async for window in windows(read()):
        number += 1
        compressed = compressed or may_be_compressed(window)
        yield window
    if number > 1 and compressed:
        async for window in windows(_inflated(read(), most_inflated(size))):
            yield window


async def _inflated(pieces: AsyncIterator[bytes], most: int) -> AsyncIterator[bytes]:
    inflating = Inflating(most)
    async for piece in pieces:
        yield await asyncio.to_thread(inflating.feed, piece)


async def windows(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield bytes as overlapping windows, at line starts and ends if there are any."""
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
