"""The only way in: whoever takes mail, by whatever protocol, hands it over here.

A letter is kept (on the disk for good), then counted, then the courier is told of it. A new way for
mail to come in makes a ``Delivery`` and calls ``Intake.keep``, or, where a letter should not be
held in memory, fills an ``Incoming``; it needs nothing else of the bridge.
"""

import errno
import logging
import threading
import time
from collections.abc import Callable, Sequence

from bridge import metrics
from bridge.spool.capacity import Capacity
from bridge.spool.crlf import wire_form
from bridge.spool.envelope import Delivery, trace_block
from bridge.spool.inventory import take_inventory
from bridge.spool.spool import Draft, Spool, Waiting, commit
from contract.faults import reach

log = logging.getLogger(__name__)


def _nobody(_letter: Waiting) -> None:
    """Tell nobody of a letter."""


class Intake:
    """One spool's entrance, shared by all that take mail in this process and safe in any thread.

    ``arrived`` is called, in any thread, with each letter that is in the spool; ``hostname`` is the
    name that ``Received`` gives us.
    """

    def __init__(
        self,
        spool: Spool,
        capacity: Capacity,
        hostname: str,
        arrived: Callable[[Waiting], None] = _nobody,
    ) -> None:
        self.spool = spool
        self.capacity = capacity
        self.hostname = hostname
        self.arrived = arrived

    def lacks(self, size: int) -> str:
        """Return what there is too little of for ``size`` more bytes: nothing, mostly."""
        return self.capacity.lacks(size)

    def require(self, size: int) -> None:
        """Raise OSError if there is no room for ``size`` more bytes."""
        if lacking := self.lacks(size):
            raise OSError(errno.ENOSPC, lacking)

    def recount(self) -> None:
        """Look how full the spool is; blocks, and raises OSError."""
        self.capacity.counted(take_inventory(self.spool, time.time()))

    def begin(self, deliveries: Sequence[Delivery]) -> "Incoming":
        """Return a letter that is to come in pieces, for one mailbox or for several."""
        return Incoming(self, deliveries)

    def keep(self, delivery: Delivery, content: bytes) -> None:
        """Take a letter that is in memory, in any form of line ends; blocks, raises OSError."""
        letter = self.begin([delivery])
        try:
            letter.open()
            letter.write(wire_form(content))
            letter.commit()
        finally:
            letter.discard()


class Incoming:
    """One letter on its way into the spool: a draft for each mailbox it goes to, all or none.

    Every method but the constructor blocks. Safe to use from several threads: when a connection is
    lost, ``discard`` waits for the write that is under way, and whatever comes later does nothing.
    """

    def __init__(self, intake: Intake, deliveries: Sequence[Delivery]) -> None:
        self._intake = intake
        self._deliveries = deliveries
        self._drafts: list[Draft] = []
        self._lock = threading.Lock()
        self._over = False
        self._size = 0

    @property
    def ids(self) -> list[str]:
        """The ids of the letters, one for each mailbox."""
        return [delivery.id for delivery in self._deliveries]

    def open(self) -> None:
        """Create the drafts and write their trace blocks; raises OSError."""
        with self._lock:
            for delivery in self._deliveries if not self._over else ():
                draft = self._intake.spool.draft(delivery.id)
                self._drafts.append(draft)
                draft.write(trace_block(delivery, self._intake.hostname))

    def write(self, content: bytes) -> None:
        """Add the same bytes to every draft; raises OSError."""
        with self._lock:
            for draft in self._drafts if not self._over else ():
                self._count(len(content))
                draft.write(content)

    def commit(self) -> None:
        """Put the letter on disk for good, and tell of it; raises OSError, nothing is kept then."""
        with self._lock:
            if self._over:
                return
            size = self._size // max(len(self._deliveries), 1)
            try:
                commit(self._drafts)
                reach("intake.kept")
                self._intake.capacity.added(self._size)
            finally:
                self._end()
        for delivery in self._deliveries:
            path = self._intake.spool.path_of(delivery.id)
            metrics.ACCEPTED.inc()
            log.info("letter %s is in the spool, by %s", delivery.id, delivery.via)
            self._intake.arrived(Waiting(delivery.id, path, 0.0, size))

    def discard(self) -> None:
        """Forget the letter, unless it was committed."""
        with self._lock:
            if not self._over:
                self._end()
                for draft in self._drafts:
                    draft.discard()

    def _count(self, size: int) -> None:
        self._intake.capacity.arriving(size)
        self._size += size

    def _end(self) -> None:
        self._over = True
        self._count(-self._size)
