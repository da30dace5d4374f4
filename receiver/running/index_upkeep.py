"""Keeps the index up to date with the letters while the receiver runs."""

import asyncio
import logging
from collections.abc import Callable

from receiver.search.indexing import Indexing
from receiver.store.mongo import Database, StoreUnavailable

log = logging.getLogger(__name__)

FOLLOW_SECONDS = 30.0


class IndexUpkeep:
    """Indexes new letters now and then, while the database is ours (``ready``)."""

    def __init__(self, database: Database, ready: Callable[[], bool]) -> None:
        self._indexing = Indexing(database)
        self._ready = ready

    async def run(self) -> None:
        """Run until cancelled; what fails is tried again."""
        while True:
            try:
                if self._ready() and (count := await self._indexing.follow()):
                    log.info("%d letters are new in the index of words", count)
            except StoreUnavailable as error:
                log.warning("the index of words does not follow: %s", error)
            except Exception:  # search is less than filing: it must not end the receiver
                log.exception("the index of words does not follow")
            await asyncio.sleep(FOLLOW_SECONDS)
