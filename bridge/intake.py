"""From a letter in memory to a letter in the spool: what IMAP and the import share."""

from bridge.envelope import Delivery, trace_block
from bridge.spool import Spool
from bridge.wire import wire_form


def keep(spool: Spool, delivery: Delivery, content: bytes, hostname: str) -> None:
    """Put the letter into the spool, on disk for good; raises OSError where the disk does."""
    draft = spool.draft(delivery.id)
    try:
        draft.write(trace_block(delivery, hostname))
        draft.write(wire_form(content))
        draft.commit()
    except BaseException:
        draft.discard()
        raise
