"""When the letter in a file says it was written, as told by the head of the file alone."""

from pathlib import Path

from bridge.parse.header.block import read_block
from bridge.parse.header.dates import read_date

HEAD_BYTES = 16 * 1024


def written(path: Path) -> float | None:
    """Return the Unix time of Date, else of the topmost Received, None without either.

    Of an mbox it is that of the first letter. Raises OSError.
    """
    with path.open("rb") as file:
        block = read_block(file.read(HEAD_BYTES))
    date = (block.first("date") or b"").decode("latin-1")
    received = [each.decode("latin-1") for each in block.all("received")[:3]]
    found = read_date(date, None, received)
    return found.timestamp() if found else None
