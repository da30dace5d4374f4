"""Destroys blobs that no letter has named for six days, also those whose letter never came.

A courier tries for five days to deliver the event that names its stored bytes; storing them again
renews their mark (``receiver.store.blobs``).
"""

from datetime import datetime, timedelta

from receiver.store.blobs import Blobs
from receiver.store.leaving import Leaving

KEPT_AFTER = timedelta(days=6)


async def dispose(blobs: Blobs, leaving: Leaving, now: datetime) -> int:
    """Destroy blobs that were marked six days ago and that nobody names; return how many."""
    before = now - KEPT_AFTER
    marked = await blobs.condemned(before)
    named = await leaving.named_blobs(marked)
    for digest in sorted(named):
        await blobs.spare(digest)
    return sum([await blobs.destroy(digest, before) for digest in marked if digest not in named])
