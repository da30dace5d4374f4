"""The only way into the spool, for every protocol.

A letter is stored (on disk for good), then counted, then the courier is told. A new way for mail to
come in makes a ``Delivery`` and calls ``Intake.keep``, or fills an ``Incoming`` if a large letter
should not be held in memory; it needs nothing else of the bridge.
"""

import errno
import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from bridge import metrics
from bridge.spool.capacity import Capacity
from bridge.spool.conversation import conversation_of
from bridge.spool.crlf import wire_form
from bridge.spool.envelope import Delivery, trace_block
from bridge.spool.inventory import take_inventory
from bridge.spool.rounds import Rounds
from bridge.spool.spool import Draft, Spool, Waiting, commit
from contract.faults import reach

log = logging.getLogger(__name__)

HELD_BYTES = 128 * 1024
HELD_IN_ALL_BYTES = 32 * 1024 * 1024


def _nobody(_letter: Waiting) -> None:
    """Ignore a letter."""


class Intake:
    """The entrance of one spool, shared by all doors of this process; thread-safe.

    ``arrived`` is called, in any thread, with each letter that is in the spool; ``hostname`` is our
    name in ``Received``; ``pause`` and ``durable`` are those of ``Rounds``.
    """

    def __init__(
        self,
        spool: Spool,
        capacity: Capacity,
        hostname: str,
        arrived: Callable[[Waiting], None] = _nobody,
        pause: float = 0.0,
        *,
        durable: bool = True,
    ) -> None:
        self.spool = spool
        self.rounds = Rounds(spool, pause, durable=durable)
        self._lock = threading.Lock()
        self._looking = threading.Lock()
        self._held = 0
        self.capacity = capacity
        self.hostname = hostname
        self.arrived = arrived

    def lacks(self, size: int) -> str:
        """Return what is lacking for ``size`` more bytes, mostly empty."""
        return self.capacity.lacks(size)

    def still_lacks(self, size: int) -> str:
        """Return what is lacking after another look, unless the last was a moment ago; blocks.

        ``lacks`` does not know what was delivered since the last look. Raises OSError.
        """
        with self._looking:
            if self.lacks(size) and self.capacity.is_dated():
                self.recount()
        return self.lacks(size)

    def require(self, size: int) -> None:
        """Raise OSError if there is no room for ``size`` more bytes; blocks."""
        if lacking := self.still_lacks(size):
            raise OSError(errno.ENOSPC, lacking)

    def recount(self) -> None:
        """Count how full the spool is; blocks, and raises OSError."""
        self.capacity.counted(take_inventory(self.spool, time.time()))

    def begin(self, deliveries: Sequence[Delivery]) -> "Incoming":
        """Return a letter to be filled in pieces, for one mailbox or several."""
        return Incoming(self, deliveries)

    def keep(self, delivery: Delivery, content: bytes) -> None:
        """Store a letter that is in memory, with any line ends; blocks, raises OSError."""
        letter = self.begin([delivery])
        content = wire_form(content)
        try:
            if letter.hold(content):
                letter.commit_soon().result()
            else:
                letter.write(content)
                letter.commit()
        finally:
            letter.discard()

    def held(self, size: int) -> bool:
        """Count bytes that a letter holds in memory; return False if there is no room for them."""
        with self._lock:
            if size > 0 and self._held + size > HELD_IN_ALL_BYTES:
                return False
            self._held += size
            return True

    def tell(
        self, deliveries: Sequence[Delivery], size: int, due: float, conversation: bytes = b""
    ) -> None:
        """Announce a stored letter, each copy of ``size`` bytes."""
        reach("intake.kept")
        self.capacity.added(size * len(deliveries))
        for delivery in deliveries:
            metrics.ACCEPTED.inc()
            log.info("letter %s is in the spool, by %s", delivery.id, delivery.via)
            path = self.spool.path_of(delivery.id)
            self.arrived(Waiting(delivery.id, path, due, size, conversation=conversation))


class Incoming:
    """One letter on its way into the spool: a copy for each mailbox, all or none.

    It is held in memory while it is small (``hold``, ``commit_soon``), else it goes to drafts on
    the disk (``write``, ``commit``). Thread-safe: when a connection is lost, ``discard`` waits for
    a running write, and later calls do nothing.
    """

    def __init__(self, intake: Intake, deliveries: Sequence[Delivery]) -> None:
        self._intake = intake
        self._deliveries = deliveries
        self._drafts: list[Draft] = []
        self._pieces: list[bytes] = []
        self._held = 0
        self._lock = threading.Lock()
        self._to_disk = False
        self._over = False
        self._size = 0

    @property
    def ids(self) -> list[str]:
        """The ids of the letters, one for each mailbox."""
        return [delivery.id for delivery in self._deliveries]

    @property
    def in_memory(self) -> bool:
        """Whether nothing of it is on the disk, or on its way there."""
        return not self._to_disk

    def hold(self, content: bytes) -> bool:
        """Keep the next bytes in memory; return False if they must be written instead."""
        with self._lock:
            size = len(content)
            if self._over:
                return True
            small = not self._to_disk and self._held + size <= HELD_BYTES
            if not small or not self._intake.held(size):
                self._to_disk = True
                return False
            self._pieces.append(content)
            self._held += size
            self._count(size * len(self._deliveries))
            return True

    def write(self, content: bytes) -> None:
        """Add the same bytes to every draft; blocks, raises OSError."""
        with self._lock:
            if self._over:
                return
            self._open()
            for draft in self._drafts:
                self._count(len(content))
                draft.write(content)

    def commit_soon(self) -> "Future[None]":
        """Store a letter that is in memory, and announce it.

        The future is done when it is stored, or fails with OSError and nothing is stored.
        """
        with self._lock:
            if self._over:
                over: Future[None] = Future()
                over.set_result(None)
                return over
            self._over = True
            content, size = b"".join(self._pieces), self._held
            self._pieces.clear()
        conversation = conversation_of(content)
        copies = [(each.id, trace_block(each, self._intake.hostname)) for each in self._deliveries]

        def kept(due: float) -> None:
            self._let_go()  # before it counts as stored, so that it is never counted twice
            self._intake.tell(self._deliveries, size, due, conversation)

        told = self._intake.rounds.put(copies, content, kept)
        told.add_done_callback(lambda _told: self._let_go())
        return told

    def commit(self) -> None:
        """Store the letter's drafts, and announce it; blocks.

        Raises OSError, and then nothing is stored.
        """
        with self._lock:
            if self._over:
                return
            self._open()
            size = self._size // max(len(self._deliveries), 1)
            try:
                commit(self._drafts)
            finally:
                self._end()
        self._intake.tell(self._deliveries, size, 0.0)

    def discard(self) -> None:
        """Forget the letter, unless it was committed."""
        with self._lock:
            if not self._over:
                for draft in self._drafts:
                    draft.discard()
                self._end()

    def _open(self) -> None:
        """Create the drafts, and write into them what was held."""
        self._to_disk = True
        if self._drafts:
            return
        for delivery in self._deliveries:
            draft = self._intake.spool.draft(delivery.id)
            self._drafts.append(draft)
            draft.write(trace_block(delivery, self._intake.hostname))
            for piece in self._pieces:
                draft.write(piece)
        self._forget_pieces()

    def _count(self, size: int) -> None:
        self._intake.capacity.arriving(size)
        self._size += size

    def _end(self) -> None:
        self._over = True
        self._forget_pieces()
        self._count(-self._size)

    def _let_go(self) -> None:
        """Give back the room of a letter that was in memory."""
        with self._lock:
            self._forget_pieces()
            self._count(-self._size)

    def _forget_pieces(self) -> None:
        self._pieces.clear()
        self._intake.held(-self._held)
        self._held = 0
