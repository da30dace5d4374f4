"""Which alarms stand: the receiver's own, and those reported by bridges."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contract.sending.alarms import AlarmReport
from receiver.hooks.alarms import BACKUP_IS_OLD, NOT_HEARD_OF, Alarms
from receiver.store import schema, standing
from receiver.store.mongo import Database

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
SUPPORT = "support@yandex.ru"


def report(*stands: str, source: str = "one", mailboxes: tuple[str, ...] = (SUPPORT,)) -> Any:
    return AlarmReport(source=source, host="mx", mailboxes=[*mailboxes], stands=[*stands])


@pytest.fixture
async def alarms(database: Database) -> Alarms:
    await schema.ensure(database, ["alarms"])
    return Alarms(database)


async def names(alarms: Alarms) -> list[str]:
    return sorted(each["name"] for each in await alarms.stand())


async def test_what_a_bridge_reports_stands_until_it_does_not(alarms: Alarms) -> None:
    await alarms.reported(report("failed letters", "no room"), NOW)
    await alarms.reported(report("failed letters", "no room"), NOW)
    assert await names(alarms) == ["failed letters at mx", "no room at mx"]
    assert (await alarms.stand())[0]["mailboxes"] == [SUPPORT]
    await alarms.reported(report("no room"), NOW)
    assert await names(alarms) == ["no room at mx"]
    await alarms.reported(report(), NOW)
    assert await names(alarms) == []


async def test_a_bridge_clears_its_own_alarms_only(alarms: Alarms) -> None:
    await alarms.reported(report("no room"), NOW)
    await alarms.raised("ours", "words", [SUPPORT], NOW)
    await alarms.reported(report(source="two", mailboxes=()), NOW)
    assert await names(alarms) == ["no room at mx", "ours"]
    await alarms.look([], NOW)
    assert await names(alarms) == ["no room at mx"]
    await alarms.reported(report("old letters", source="two", mailboxes=()), NOW)
    assert (await alarms.stand())[-1]["mailboxes"] == ["*"]


async def test_who_is_not_heard_of_any_more_is_forgotten(
    alarms: Alarms, database: Database
) -> None:
    await alarms.reported(report("no room"), NOW)
    later = NOW + NOT_HEARD_OF
    await alarms.look([], later)
    assert await names(alarms) == ["no room at mx"]
    await alarms.reported(report("no room"), later)
    await alarms.look([], later + NOT_HEARD_OF)
    assert await names(alarms) == ["no room at mx"]
    await alarms.look([], later + NOT_HEARD_OF + timedelta(seconds=1))
    assert await names(alarms) == []
    [gone] = await database.alarms.find().to_list(None)
    assert "nothing was heard" in gone["says"]


async def test_disabled_hooks_and_an_old_backup_are_alarms(
    alarms: Alarms, database: Database
) -> None:
    hook = {"_id": 1, "name": "crm", "mailboxes": [SUPPORT], "state": "failed", "why": "410"}
    other = hook | {"_id": 2, "mailboxes": ["sales@yandex.ru"]}  # it may have the same name
    await alarms.look([hook, other, hook | {"_id": 3, "state": "off"}], NOW)
    assert await names(alarms) == ["the hook crm (1) is disabled", "the hook crm (2) is disabled"]
    await standing.say_backed_up(database, "one")
    made = await standing.backed_up(database)
    assert made is not None
    await alarms.look([hook | {"state": "on"}], made + BACKUP_IS_OLD)
    assert await names(alarms) == []
    await alarms.look([], made + BACKUP_IS_OLD + timedelta(seconds=1))
    assert await names(alarms) == ["the backup is old"]
    await alarms.look([], made - timedelta(hours=1))
    assert await names(alarms) == []
    await alarms.look([], made - timedelta(hours=2))  # it may be of any age: a clock was wrong
    assert await names(alarms) == ["the backup is old"]
    await standing.say_backed_up(database, "two")
    await alarms.look([], made + BACKUP_IS_OLD)
    assert await names(alarms) == []
