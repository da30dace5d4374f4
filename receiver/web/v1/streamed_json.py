"""JSON written while it is sent: an object with a list too large for memory."""

from collections.abc import AsyncIterator


async def with_list(
    said: str, name: str, entries: AsyncIterator[str], end: str = ""
) -> AsyncIterator[bytes]:
    """Yield the JSON of an object and a list, which is read on the way.

    ``said`` is a non-empty object; ``entries`` yields one entry of the list, or several with commas
    between; ``end`` comes last.
    """
    yield f'{said[:-1]},"{name}":['.encode()
    between = ""
    async for each in entries:
        yield (between + each).encode(errors="replace")
        between = ","
    yield f"]}}{end}".encode()
