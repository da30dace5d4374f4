"""Reading a source off the event loop, several letters per hop to a thread."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator

from bridge.ingress.importer.source import LetterSource, Past, Position

READ_LETTERS = 32
READ_BYTES = 1024 * 1024


async def letters_of(source: LetterSource, after: Position | None) -> AsyncIterator[Past]:
    """Yield the letters after the place; raises what the source raises."""
    letters = await asyncio.to_thread(source.letters, after)
    trouble: list[Exception] = []
    while some := await asyncio.to_thread(_some, letters, trouble):
        while some:
            yield some.popleft()
        if trouble:
            raise trouble[0]


def _some(letters: Iterator[Past], trouble: list[Exception]) -> deque[Past]:
    """Return the next letters; an error after the first goes to ``trouble``."""
    some: deque[Past] = deque()
    size = 0
    while len(some) < READ_LETTERS and size < READ_BYTES:
        try:
            letter = next(letters, None)
        except Exception as error:
            if not some:
                raise
            trouble.append(error)
            break
        if letter is None:
            break
        size += len(letter.content or b"")
        some.append(letter)
    return some
