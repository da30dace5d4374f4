"""The collections that filing writes, together."""

from dataclasses import dataclass, field
from typing import Any

from receiver.bridges.bridges import Bridges
from receiver.erasing.tombstones import Tombstones
from receiver.erasing.traces.said import SaidInBytes
from receiver.hooks.waiting_events import WaitingEvents
from receiver.search.writing import IndexWriting
from receiver.store.blobs import Blobs
from receiver.store.dialog_writing import DialogWriting
from receiver.store.dialogs import Dialogs
from receiver.store.facts import Facts
from receiver.store.leaving import Leaving
from receiver.store.letters import Letters
from receiver.store.mailboxes import KeptMailboxes
from receiver.store.mongo import Database
from receiver.store.storing_turns import StoringTurns


@dataclass
class Store:
    """The collections that filing writes; the addresses in their bytes are cached here."""

    letters: Letters
    mailboxes: KeptMailboxes
    dialogs: Dialogs
    writing: DialogWriting
    leaving: Leaving
    facts: Facts
    blobs: Blobs
    tombstones: Tombstones
    index: IndexWriting
    bridges: Bridges
    waiting_events: WaitingEvents
    turns: StoringTurns
    said: SaidInBytes = field(default_factory=SaidInBytes)

    @classmethod
    def of(cls, database: Database, **full: Any) -> "Store":
        """Return the collections of a database; ``full`` says when a dialog goes on in parts."""
        return cls(
            Letters(database),
            KeptMailboxes(database),
            Dialogs(database),
            DialogWriting(database, **full),
            Leaving(database),
            Facts(database),
            Blobs(database),
            Tombstones(database),
            IndexWriting(database),
            Bridges(database),
            WaitingEvents(database),
            StoringTurns(database),
        )
