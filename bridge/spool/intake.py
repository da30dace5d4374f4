"""One letter on its way into the spool: a draft for each mailbox it goes to, all or none."""

import threading
from collections.abc import Sequence

from bridge.spool.crlf import wire_form
from bridge.spool.envelope import Delivery, trace_block
from bridge.spool.spool import Draft, Spool, commit


class Intake:
    """Takes a letter's bytes; every method but the constructor blocks.

    Safe to use from several threads: when a connection is lost, ``discard`` waits for the write
    that is under way, and whatever comes later does nothing.
    """

    def __init__(self, spool: Spool, deliveries: Sequence[Delivery], hostname: str) -> None:
        self._spool = spool
        self._deliveries = deliveries
        self._hostname = hostname
        self._drafts: list[Draft] = []
        self._lock = threading.Lock()
        self._over = False
        self.size = 0  # bytes of all copies, counted by who writes them

    @property
    def ids(self) -> list[str]:
        """The ids of the letters, one for each mailbox."""
        return [delivery.id for delivery in self._deliveries]

    def open(self) -> None:
        """Create the drafts and write their trace blocks; raises OSError."""
        with self._lock:
            for delivery in self._deliveries if not self._over else ():
                draft = self._spool.draft(delivery.id)
                self._drafts.append(draft)
                draft.write(trace_block(delivery, self._hostname))

    def write(self, content: bytes) -> None:
        """Add the same bytes to every draft; raises OSError."""
        with self._lock:
            for draft in self._drafts:
                draft.write(content)

    def commit(self) -> None:
        """Put the letter on disk for good; raises OSError, and nothing is kept then."""
        with self._lock:
            self._over = True
            commit(self._drafts)

    def discard(self) -> None:
        """Forget the letter, unless it was committed."""
        with self._lock:
            if not self._over:
                self._over = True
                for draft in self._drafts:
                    draft.discard()


def keep(spool: Spool, delivery: Delivery, content: bytes, hostname: str) -> None:
    """Put a letter that is in memory into the spool, on disk for good; raises OSError."""
    intake = Intake(spool, [delivery], hostname)
    try:
        intake.open()
        intake.write(wire_form(content))
        intake.commit()
    except BaseException:
        intake.discard()
        raise
