"""Whether the spool has room for one more letter, asked before a client sends it."""

import os
import threading
import time
from collections.abc import Iterable

from bridge.spool.inventory import Inventory
from bridge.spool.spool import Spool
from contract.files import disk

NO_ROOM = "452 4.3.1 Insufficient system storage, please try again later"
DATED_SECONDS = 1.0
NO_INODES = "the disk has hardly any inodes left: no more files fit, however many bytes are free"


class Capacity:
    """Two limits: bytes that the spool may hold, and bytes, and inodes, of its disk that stay free.

    The first is computed from the last inventory and what came since, so it only overlooks what was
    delivered since: before anybody is refused, the spool is counted again. The second follows
    Postfix's ``queue_minfree``.
    """

    def __init__(self, spool: Spool, max_bytes: int, min_free: int) -> None:
        self._root = spool.root
        self._places = places_of(spool)
        self._max_bytes = max_bytes
        self._min_free = min_free
        self._lock = threading.Lock()
        self._held = 0
        self._arriving = 0
        self._counted = float("-inf")

    def counted(self, inventory: Inventory) -> None:
        """Take over the number of bytes in the spool from an inventory."""
        with self._lock:
            self._held = inventory.size
            self._counted = time.monotonic()

    def is_dated(self) -> bool:
        """Tell whether the last inventory is so old that a new one may differ."""
        return time.monotonic() - self._counted >= DATED_SECONDS

    def added(self, size: int) -> None:
        """Count a letter that has come in since the inventory."""
        with self._lock:
            self._held += size

    def arriving(self, size: int) -> None:
        """Count bytes of a letter that is still coming in; negative when it has ended."""
        with self._lock:
            self._arriving += size

    def lacks(self, size: int) -> str:
        """Return why there is no room for ``size`` more bytes, mostly empty."""
        if self._held + self._arriving + size > self._max_bytes:
            return "the spool is full"
        if why := broken(self._places):
            return why
        if self.free() < self._min_free + size:
            return "the disk is nearly full"
        left = disk.inodes_left(self._root)
        return NO_INODES if left is not None and left < disk.LEAST_INODES else ""

    def free(self) -> int:
        """Return the bytes free on the spool's disk for an ordinary user, 0 if unknown."""
        try:
            found = os.statvfs(self._root)
        except OSError:
            return 0
        return found.f_bavail * found.f_frsize


def places_of(spool: Spool) -> list[str]:
    """Return the directories of letters, as text, since each letter needs them."""
    return [str(each) for each in (spool.tmp, spool.new, spool.cur, spool.failed)]


def broken(places: Iterable[str]) -> str:
    """Return why nothing can be stored, such as a missing directory or a read-only disk."""
    for place in places:
        if not os.access(place, os.R_OK | os.W_OK | os.X_OK):
            there = os.path.isdir(place)  # noqa: PTH112 - text
            return f"{place} cannot be written to" if there else f"{place} is not there"
    return ""
