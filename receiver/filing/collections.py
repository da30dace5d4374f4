"""The collections that filing writes, together."""

from dataclasses import dataclass
from typing import Any

from receiver.bridges.kept import Bridges
from receiver.erasing.tombstones import Tombstones
from receiver.search.writing import IndexWriting
from receiver.store.blobs import Blobs
from receiver.store.dialogs import Dialogs
from receiver.store.facts import Facts
from receiver.store.letters import Letters
from receiver.store.mongo import Database


@dataclass
class Store:
    """The collections that filing writes."""

    letters: Letters
    dialogs: Dialogs
    facts: Facts
    blobs: Blobs
    tombstones: Tombstones
    index: IndexWriting
    bridges: Bridges

    @classmethod
    def of(cls, database: Database, **full: Any) -> "Store":
        """Return the collections of a database; ``full`` says when a dialog goes on in parts."""
        return cls(
            Letters(database),
            Dialogs(database, **full),
            Facts(database),
            Blobs(database),
            Tombstones(database),
            IndexWriting(database),
            Bridges(database),
        )
