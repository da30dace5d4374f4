"""Over a year, a rule that stops forwarding is noticed in time, with hardly a false alarm."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from receiver.hooks.alarms import Alarms
from receiver.proving.silence import KNOWN_AT_ALL, Rhythm, counted
from receiver.proving.silence_watch import QuietMailboxes
from receiver.store import standing
from receiver.store.mailboxes import KeptMailboxes
from receiver.store.mongo import Database
from tests.measure.silence import is_holiday, judged
from tests.receiver.written import MAILBOX, file, filing, written

BEGIN = datetime(2025, 1, 9)
YEAR = timedelta(days=365)
HOUR = timedelta(hours=1)


def office(at: datetime) -> float:
    """Return the letters an hour of an office: some 20 a day, few in the evening."""
    if is_holiday(at):
        return 0.0
    if at.weekday() >= 5:
        return 0.05
    return 2.0 if 10 <= at.hour < 18 else 0.8 if at.hour in (8, 9, 18, 19) else 0.05


def shop(at: datetime) -> float:
    """Return those of a shop that answers every day: some 30 a day, fewer on weekends."""
    if is_holiday(at) and at.month == 1:
        return 0.3
    return (2.5 if 9 <= at.hour < 22 else 0.1) * (1.0 if at.weekday() < 5 else 0.5)


def small(at: datetime) -> float:
    """Return those of a small firm: some 4 on a working day."""
    if is_holiday(at):
        return 0.0
    if at.weekday() >= 5:
        return 0.005
    return 0.6 if 10 <= at.hour < 18 else 0.02


def arrivals(rate: Callable[[datetime], float], seed: int) -> list[datetime]:
    """Return a year of arrivals, at random within each hour."""
    draw = random.Random(seed)
    found = []
    hour = BEGIN
    while hour < BEGIN + YEAR:
        passed = draw.expovariate(rate(hour)) if rate(hour) else 1.0
        while passed < 1:
            found.append(hour + passed * HOUR)
            passed += draw.expovariate(rate(hour))
        hour += HOUR
    return found


def test_a_rule_that_stops_is_found_in_time_over_a_year() -> None:
    """Cut at any hour it is found within twice the longest usual gap of that weekday and hour.

    Hours within three of it count as it, half an hour is the least, holidays do not count; at first
    what is usual is asked of more than the hour. In a year of the three one alarm may be false.
    """
    phases = [judged(arrivals(rate, 1), BEGIN + YEAR) for rate in (office, shop, small)]
    of_all = [each for phase in phases for each in phase]
    assert [each.late for each in of_all if each.late] == []
    assert sum(len(each.false) for each in of_all) <= 1
    for little_known, *known in phases:
        assert little_known.judged > 100
        assert little_known.false == []
        assert all(each.judged == each.cuts > 100 for each in known)
        assert known[-1].in_time == known[-1].judged > 1000


@pytest.mark.parametrize("rate", [office, small])
def test_the_first_days_of_january_are_no_silence(rate: Callable[[datetime], float]) -> None:
    letters = [each for each in arrivals(rate, 1) if each < datetime(2026, 1, 1)]
    deadline = Rhythm(letters).silent_from()
    assert deadline is not None
    assert datetime(2026, 1, 9) < deadline < datetime(2026, 1, 14)


def test_before_two_weeks_nothing_is_said() -> None:
    rhythm = Rhythm()
    assert rhythm.silent_from() is None
    rhythm.add(BEGIN)
    assert rhythm.silent_from() is None  # one letter makes no gap: nothing is usual
    for day in range(1, 200):
        rhythm.add(BEGIN + timedelta(days=day))
        deadline = rhythm.silent_from()
        assert deadline is not None
        assert deadline >= BEGIN + max(timedelta(days=day), KNOWN_AT_ALL)


@pytest.mark.parametrize("hours", [1, 5, 24, 100, 300, 335])
def test_a_rule_that_stops_in_the_first_two_weeks_is_found_after_them(hours: int) -> None:
    deadline = Rhythm(BEGIN + hour * HOUR for hour in range(hours + 1)).silent_from()
    assert deadline == max(BEGIN + KNOWN_AT_ALL, BEGIN + hours * HOUR + 2 * HOUR)


@pytest.mark.parametrize(
    ("moment", "hours"),
    [
        (datetime(2025, 12, 31, 23), 0),
        (datetime(2026, 1, 1), 1),
        (datetime(2026, 1, 4, 12), 1),
        (datetime(2026, 1, 8, 23, 59), 1),
        (datetime(2026, 1, 9, 2), 3),
    ],
)
def test_the_clock_stands_still_on_holidays(moment: datetime, hours: int) -> None:
    assert counted(moment) - counted(datetime(2025, 12, 31, 23)) == hours * HOUR


async def test_a_mailbox_that_falls_silent_is_told(database: Database) -> None:
    """A letter every hour for ten weeks; then only letters that a form posts, and an import."""
    now = datetime(2026, 10, 14, 12, tzinfo=UTC)
    begin = now - timedelta(weeks=10)
    files = filing(database)
    await file(files, written("1"))
    kept = await database.letters.find_one()
    assert kept is not None
    await database.letters.delete_many({})
    copies = [
        kept | {"_id": number, "key": str(number), "kept": begin + number * HOUR}
        for number in range(10 * 7 * 24)
    ]
    imported = {**copies[-1], "_id": -1, "key": "x", "kept": now + timedelta(hours=3)}
    imported["copies"] = [kept["copies"][0] | {"source": {"via": "import"}}]
    for at in range(0, len(copies), 200):  # at once they outlast the database's time limit
        await database.letters.insert_many(copies[at : at + 200])
    await database.letters.insert_one(imported)
    last = copies[-1]["kept"]
    mailed = kept["copies"][0] | {"source": {"via": "smtp"}}
    await database.letters.update_many({"_id": {"$gte": 0}}, {"$set": {"copies": [mailed]}})
    posted = [
        kept | {"_id": f"web {at}", "key": f"web {at}", "kept": last + at * HOUR / 2}
        for at in range(-400, 10)
    ]
    for each in posted:
        each["copies"] = [kept["copies"][0] | {"source": {"via": "http"}}]
    await database.letters.insert_many(posted)
    watch = QuietMailboxes(database, KeptMailboxes(database))
    assert await watch.quiet(last + timedelta(hours=1)) == {}
    assert await watch.quiet(last + timedelta(hours=5)) == {MAILBOX: last}
    await watch.look(last + timedelta(hours=6))
    alarms = Alarms(database)
    await alarms.look([], now)
    assert f"{MAILBOX} is quiet" in [each["name"] for each in await alarms.stand()]
    await standing.say_quiet(database, {})
    await alarms.look([], now)
    assert await alarms.stand() == []
