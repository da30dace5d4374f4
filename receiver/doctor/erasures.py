"""Whether an erasure was cut short: nobody else may know, and its act is missing."""

from datetime import UTC, datetime

from contract.doctor.checkup import Finding, Said, look, well
from receiver.erasing.tombstones import Tombstones
from receiver.store.mongo import Database

AT_MOST = 5


async def examine(database: Database) -> Finding:
    """Return the findings about erasures; raises StoreUnavailable."""
    notes = await Tombstones(database).cut_short(datetime.now(UTC))
    found = {each["order"]: each["when"] for each in notes}
    if not found:
        return well("erasures", "none was cut short", "ни одно стирание не прервано")
    named = [f"{number} ({when:%Y-%m-%d %H:%M} UTC)" for number, when in found.items()]
    names = ", ".join(named[:AT_MOST])
    return look(
        "erasures",
        Said(f"cut short, without an act: {names}", f"прерваны, акта нет: {names}"),
        Said(
            "the receiver erases the rest by itself, and for the act erase the same person once"
            " more: python -m receiver erase ADDRESS --reason … --yes",
            "остальное приёмник сотрёт сам, а ради акта сотрите этого человека ещё раз:"
            " python -m receiver erase АДРЕС --reason … --yes",
        ),
    )
