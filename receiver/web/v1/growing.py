"""JSON that grows while it is sent: an object with a list that has no room in memory."""

from collections.abc import AsyncIterator


async def with_list(
    said: str, name: str, entries: AsyncIterator[str], end: str = ""
) -> AsyncIterator[bytes]:
    """Yield an object's JSON with a list added, which is read on the way.

    ``said`` is an object that is not empty; ``entries`` are one of the list each, or several with
    commas between; ``end`` comes behind it all.
    """
    yield f'{said[:-1]},"{name}":['.encode()
    between = ""
    async for each in entries:
        yield (between + each).encode(errors="replace")
        between = ","
    yield f"]}}{end}".encode()
