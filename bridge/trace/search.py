"""What is known of a letter by its id or Message-ID: in the spool, or in the log of deliveries."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from bridge.settings import BridgeSettings
from bridge.spool.deliveries import Delivered, Deliveries
from bridge.spool.inventory import attempts_of, stored
from bridge.spool.spool import Spool
from bridge.trace.dropped import dropped
from bridge.trace.whose import whose
from contract.process import is_directory

State = Literal["waiting", "failed", "delivered", "dropped", "erased"]


@dataclass(frozen=True, slots=True)
class Trace:
    """One copy of a letter and what became of it; times are Unix times.

    ``at`` is when it was delivered, dropped or refused, or is tried next. ``reason`` is why it
    waits or failed, or who dropped it. ``spool`` is its directory.
    """

    id: str
    state: State
    at: float
    mailbox: str = ""
    message_id: str = ""
    reason: str = ""
    spool: str = ""
    delivered: Delivered | None = None


def search(settings: BridgeSettings, words: str) -> list[Trace]:
    """Return every copy with this id, beginning of an id, or Message-ID.

    A letter for several mailboxes has several copies; all are returned. Blocks.
    """
    found = _named(settings, words)
    message_ids = {each.message_id for each in found.values() if each.message_id}
    for message_id in message_ids - {words}:
        found |= _named(settings, message_id)
    return sorted(found.values(), key=lambda each: each.id)


def _named(settings: BridgeSettings, words: str) -> dict[str, Trace]:
    found: dict[str, Trace] = {}
    for told in Deliveries(settings.deliveries).find(words):
        found[told.id] = Trace(
            told.id, told.ending, told.when, told.mailbox, told.message_id, delivered=told
        )
    for gone in dropped(settings.data_dir):
        if gone.message_id == words or gone.id.startswith(words):
            at = gone.at.timestamp()
            found[gone.id] = Trace(gone.id, "dropped", at, gone.mailbox, gone.message_id, gone.who)
    # What is still in the spool was made to be tried again, whatever the log says.
    for root in (settings.spool, settings.data_dir / "import"):
        if is_directory(root / "new"):
            for trace in _in_spool(Spool(root).prepare(), words):
                found[trace.id] = trace
    return found


def _in_spool(spool: Spool, words: str) -> Iterator[Trace]:
    by_message_id = "@" in words
    for letter in stored(spool, time.time()):
        if not by_message_id and not letter.id.startswith(words):
            continue
        told = whose(letter.path)
        if by_message_id and told.message_id != words:
            continue
        yield Trace(
            letter.id,
            letter.state,
            letter.due,
            told.mailbox,
            told.message_id,
            attempts_of(letter).reason,
            str(spool.root),
        )
