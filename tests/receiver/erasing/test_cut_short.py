"""An erasure that was cut short, and that nobody repeats."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from receiver import metrics
from receiver.doctor import erasures
from receiver.erasing import record
from receiver.erasing.cut_short import UnfinishedErasures
from receiver.erasing.erase import Erasing
from receiver.erasing.tombstones import AT_WORK, Tombstones
from receiver.filing.collections import Store
from receiver.hooks.alarms import Alarms
from receiver.projecting.mailbox import Projecting
from receiver.retaining.holds import Holds
from receiver.store.dialog_writing import DialogWriting
from receiver.store.leaving import Leaving
from receiver.store.mongo import Database, StoreUnavailable
from tests.receiver.erasing.people import IVAN, TELLS, after_six_days, erase, everything, filled
from tests.receiver.running import Run

__all__ = ["filled"]

ERASE = ("erase", IVAN, "--reason", "asked", "--yes")
LATER = AT_WORK + timedelta(minutes=1)
Begin = Callable[[object, str], None]


@pytest.fixture
def begin(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Begin:
    """Begin an erasure whose write of this name fails."""

    async def fails(*_: object, **__: object) -> None:
        raise StoreUnavailable("cut short")

    def begins(place: object, name: str) -> None:
        with monkeypatch.context() as broken:
            broken.setattr(place, name, fails)
            assert run(*ERASE, DATA_DIR=str(tmp_path))[0] == 75

    return begins


def going_on(database: Database, data: Path) -> UnfinishedErasures:
    store = Store.of(database)
    carry_out = Erasing(store, "participants").carry_out
    project = Projecting(store, "participants").project
    holds = Holds(database, store.dialogs)
    return UnfinishedErasures(database, store, holds, carry_out, project, data / record.DIRECTORY)


async def told(database: Database, now: datetime) -> int:
    """Return of how many erasures alarms, doctor and metrics tell; all must agree."""
    alarms = Alarms(database)
    await alarms.look([], now)
    names = [each["name"] for each in await alarms.stand()]
    count = len([each for each in names if str(each).endswith("was cut short")])
    long_ago = {"$set": {"when": datetime.now(UTC) - LATER}}
    if count:
        await database.erasures.update_many({"act": False}, long_ago)
    assert ((await erasures.examine(database)).state == "look") is bool(count)
    assert metrics.REGISTRY.get_sample_value("receiver_erasures_cut_short") == count
    return count


@pytest.mark.parametrize(
    ("place", "name"),
    [
        (Erasing, "erase"),
        (Tombstones, "for_letters"),
        (Leaving, "rewrite"),
        (Leaving, "remove"),
        (DialogWriting, "write"),
        (Projecting, "project"),
    ],
)
async def test_the_rest_goes_by_itself_and_it_is_told_until_there_is_an_act(
    filled: Database, run: Run, tmp_path: Path, begin: Begin, place: object, name: str
) -> None:
    begin(place, name)
    now = datetime.now(UTC)
    await going_on(filled, tmp_path).look(now)
    assert await told(filled, now) == 0  # it may be at work
    await going_on(filled, tmp_path).look(now + LATER)
    await after_six_days(filled)
    assert TELLS.findall(await everything(filled)) == []
    assert run("project", "--check")[:2] == (0, "")
    assert await told(filled, now + LATER) == 1
    erase(run, tmp_path)
    await going_on(filled, tmp_path).look(now + LATER)
    assert await told(filled, now + LATER) == 0


async def test_another_machine_goes_on_with_what_the_database_knows(
    filled: Database, tmp_path: Path, begin: Begin
) -> None:
    begin(Leaving, "remove")
    await going_on(filled, tmp_path / "another").look(datetime.now(UTC) + LATER)
    await after_six_days(filled)
    assert TELLS.findall(await everything(filled)) == []


async def test_what_is_on_hold_by_then_stays_and_goes_once_it_is_not(
    filled: Database, run: Run, tmp_path: Path, begin: Begin
) -> None:
    begin(Leaving, "rewrite")
    before = await filled.letters.count_documents({})
    for each in await filled.dialogs.distinct("_id"):
        run("hold", str(each), "--why", "a lawsuit")
    now = datetime.now(UTC)
    await going_on(filled, tmp_path).look(now + LATER)
    assert await filled.letters.count_documents({}) == before
    for each in await filled.dialogs.distinct("_id"):
        run("hold", str(each), "--release")
    await going_on(filled, tmp_path).look(now + 3 * LATER)
    await after_six_days(filled)
    assert TELLS.findall(await everything(filled)) == []


async def test_an_act_that_is_there_is_enough(
    filled: Database, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For example after restoring a backup made during the erasure."""

    async def says_nothing(*_: Any) -> None:
        raise StoreUnavailable("just then")

    with monkeypatch.context() as broken:
        broken.setattr(Tombstones, "say_acted", says_nothing)
        erase(run, tmp_path)
    now = datetime.now(UTC)
    await going_on(filled, tmp_path / "another").look(now + LATER)
    assert await told(filled, now + LATER) == 1
    await going_on(filled, tmp_path).look(now + LATER)
    assert await told(filled, now + LATER) == 0
