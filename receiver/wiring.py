"""What the receiver consists of behind its routes: made once for a database."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from contract.keyring import Keyring
from receiver.access.tokens import Tokens
from receiver.erasing.carrying import Carrying
from receiver.erasing.cut_short import UnfinishedErasures
from receiver.erasing.erase import Erasing
from receiver.erasing.record import DIRECTORY
from receiver.filing.collections import Store
from receiver.filing.corrections import Corrections
from receiver.filing.filing import Filing
from receiver.filing.sweeper import Sweeper
from receiver.projecting.mailbox import Projecting
from receiver.retaining.daily import Daily
from receiver.retaining.holds import Holds
from receiver.retaining.retain import Retaining
from receiver.retaining.terms import terms_of
from receiver.running.readiness import Readiness
from receiver.running.upkeep import Upkeep
from receiver.settings import ReceiverSettings
from receiver.store.mongo import Database
from receiver.web.access import Access
from receiver.web.bodies import ROOM_BYTES, BodyRoom
from receiver.web.requests import Requests
from receiver.web.v1.persons.persons import Persons


@dataclass(frozen=True)
class ReceiverParts:
    """What several routes share, and what goes on beside them.

    No letter is filed before ``readiness.prepare`` has run.
    """

    settings: ReceiverSettings
    keyring: Keyring
    database: Database
    store: Store
    access: Access
    filing: Filing
    corrections: Corrections
    persons: Persons
    readiness: Readiness
    upkeep: Upkeep

    @classmethod
    def of(
        cls, settings: ReceiverSettings, keyring: Keyring, database: Database
    ) -> "ReceiverParts":
        """Make them; nothing is asked of the database yet."""
        store = Store.of(database, full_bytes=settings.dialog_part_bytes)
        filing = Filing(store, settings.join_policy, settings.match_by_subject)
        corrections = Corrections(store, filing.settle)
        project = Projecting(store, settings.join_policy).project
        sweeper = Sweeper(store, filing.settle, corrections, project)
        retaining = Retaining(database, store, settings.join_policy, project)
        daily = Daily(database, store, retaining, terms_of(settings.retention))
        readiness = Readiness(database, store, settings, keyring)
        go_on = _going_on(settings, database, store, project).look
        room = BodyRoom(max(ROOM_BYTES, settings.max_event_bytes))
        return cls(
            settings,
            keyring,
            database,
            store,
            Access(Requests(keyring, room), Tokens(database), settings.mongo_timeout),
            filing,
            corrections,
            _persons(settings, database, store),
            readiness,
            Upkeep(readiness, database, store, sweeper, daily, go_on),
        )


def _going_on(
    settings: ReceiverSettings,
    database: Database,
    store: Store,
    project: Callable[[str], Awaitable[object]],
) -> UnfinishedErasures:
    carry_out = Erasing(store, settings.join_policy).carry_out
    holds, place = Holds(database, store.dialogs), settings.data_dir / DIRECTORY
    return UnfinishedErasures(database, store, holds, carry_out, project, place)


def _persons(settings: ReceiverSettings, database: Database, store: Store) -> Persons:
    holds = Holds(database, store.dialogs)
    erase = Erasing(store, settings.join_policy).erase
    return Persons(store, holds, Carrying(store, holds, erase, settings.data_dir / DIRECTORY))
