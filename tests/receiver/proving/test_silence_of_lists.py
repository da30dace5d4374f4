"""The silence alarm over a year of three mailboxes that real lists' letters make, week by week.

``make silence`` prints the figures, of more years: tests/measure/silence.
"""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from receiver.proving.silence import Rhythm
from tests.measure.silence import BEGIN, OPEN, Eager, is_holiday, table, three_lists, year


@pytest.fixture
def lists(corpus: Path) -> list[list[list[timedelta]]]:
    """The weeks of the three lists."""
    found = three_lists(corpus)
    if len(found) < len(OPEN):
        pytest.skip(f"there are no {len(OPEN)} lists of enough letters in {corpus / 'threads'}")
    return found


def test_over_a_year_of_three_lists_a_rule_that_stops_is_found_in_time(
    lists: list[list[list[timedelta]]],
) -> None:
    """Cut at any hour it is found within twice the longest usual gap of that weekday and hour.

    Until sixteen weeks are known what is usual is asked of more than the hour; then all are found
    within twice the longest of all the year. In a year of all three one alarm may be false.
    """
    little_known, *known = phases = year(lists, 0)
    print(table([phases]))
    assert sum(len(each.false) for each in phases) <= 1
    assert little_known.judged > 1000
    assert little_known.late == []
    assert all(each.judged == each.cuts > 1000 for each in known)
    assert [each.late for each in known] == [[], [], []]
    assert [each.in_time / each.judged > 0.5 for each in known] == [True, True, True]
    assert known[-1].in_time == known[-1].judged
    assert known[-1].by_that_hour / known[-1].judged > 0.9  # of the hour without its neighbours


def test_to_ask_each_hour_at_once_would_alarm_for_nothing(
    lists: list[list[list[timedelta]]],
) -> None:
    """So an hour of the week is not judged as soon as it has come twice."""
    spring = BEGIN + timedelta(weeks=17)
    assert sum(len(each.false) for each in year(lists, 0, Eager, spring)) > 2


def test_the_eve_of_a_free_friday_may_be_as_quiet_as_a_friday_evening() -> None:
    """Mail comes each hour of each working day; on Friday, 9 May, nobody works."""
    days = [datetime(2025, 1, 9) + timedelta(days=day) for day in range(120)]
    letters = [
        day + timedelta(hours=hour)
        for day in days
        for hour in range(9, 19)
        if day.weekday() < 5 and not is_holiday(day)
    ]
    rhythm = Rhythm(letters)
    assert letters[-1] == datetime(2025, 5, 8, 18)
    deadline = rhythm.silent_from()
    assert deadline is not None
    assert datetime(2025, 5, 12, 9) < deadline < datetime(2025, 5, 15)
    [*_, thursday] = [at for at in letters if at.weekday() == 3 and at < datetime(2025, 5, 1)]
    usual = Rhythm([each for each in letters if each <= thursday]).silent_from()
    assert usual is not None
    assert usual - thursday < timedelta(days=2)
