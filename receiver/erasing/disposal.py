"""Destroys blobs that no letter has named for six days; those of letters that never came, too.

A courier tries for five days to deliver the event that names bytes which it has stored; and for who
stores them again they are marked anew (``receiver.store.blobs``).
"""

from datetime import datetime, timedelta

from receiver.store.blobs import Blobs
from receiver.store.leaving import Leaving

KEPT_AFTER = timedelta(days=6)


async def dispose(blobs: Blobs, leaving: Leaving, now: datetime) -> int:
    """Destroy what was marked six days ago and is named by nobody; return how many blobs."""
    before = now - KEPT_AFTER
    marked = await blobs.condemned(before)
    named = await leaving.named_blobs(marked)
    for digest in sorted(named):
        await blobs.spare(digest)
    return sum([await blobs.destroy(digest, before) for digest in marked if digest not in named])
