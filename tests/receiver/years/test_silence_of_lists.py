"""The silence alarm over a year of three mailboxes that real lists' letters make, week by week.

A mailbox's weeks are those of a list, drawn with fixed seeds, on the days and hours of an office,
of a firm that is closed on weekends, and of a shop that is closed at night.
"""

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from receiver.proving.quiet import MOSCOW
from tests.receiver.years.test_silence import is_holiday, judged

WEEK = timedelta(weeks=1)
BEGIN, END = datetime(2025, 1, 9), datetime(2026, 1, 19)
DATE = re.compile(rb"^date:(.*(?:\n[ \t].*)*)", re.IGNORECASE | re.MULTILINE)
OPEN: tuple[Callable[[datetime], bool], ...] = (
    lambda at: 8 <= at.hour < 23,
    lambda at: at.weekday() < 5,
    lambda at: at.weekday() < 5 and 8 <= at.hour < 20,
)
FEWEST = 300


def dates(folder: Path) -> list[datetime]:
    """Return when the letters of a list were written, in Moscow's time."""
    found = []
    for path in folder.iterdir():
        if path.is_file() and (
            said := DATE.search(path.read_bytes()[:20_000].replace(b"\r\n", b"\n"))
        ):
            try:
                date = parsedate_to_datetime(said[1].decode("latin-1").strip())
            except ValueError:
                continue
            if date.tzinfo:
                found.append(date.astimezone(MOSCOW).replace(tzinfo=None))
    return sorted(found)


def weeks(letters: Iterable[datetime]) -> list[list[timedelta]]:
    """Return the weeks of a list that are whole: the others lack days that the corpus has not."""
    found: defaultdict[datetime, list[timedelta]] = defaultdict(list)
    for each in letters:
        day = each.replace(hour=0, minute=0, second=0, microsecond=0)
        monday = day - timedelta(days=each.weekday())
        found[monday].append(each - monday)
    return [
        found[monday]
        for monday in sorted(found)
        if {since.days for since in found[monday]} >= set(range(5))
    ]


def mailbox(
    whole: list[list[timedelta]], is_open: Callable[[datetime], bool], seed: int
) -> list[datetime]:
    """Return a year of a mailbox: nothing comes while it is closed, nor on holidays."""
    draw = random.Random(seed)
    letters: set[datetime] = set()
    monday = BEGIN - timedelta(days=BEGIN.weekday())
    while monday < END:
        letters |= {monday + since for since in draw.choice(whole)}
        monday += WEEK
    return sorted(one for one in letters if one >= BEGIN and is_open(one) and not is_holiday(one))


@pytest.mark.parametrize("seed", [0, 4])
def test_over_a_year_of_three_lists_a_rule_that_stops_is_found_in_time(
    corpus: Path, seed: int
) -> None:
    """Cut at any hour it is found within twice the longest usual gap of that weekday and hour.

    Where a holiday is near time is counted otherwise; at first four times the gap are allowed. In a
    year of a mailbox one alarm may be false.
    """
    folders = [each for each in sorted((corpus / "threads").glob("*")) if each.is_dir()]
    lists = sorted((dates(each) for each in folders), key=len, reverse=True)
    lists = [each for each in lists if len(each) >= FEWEST][: len(OPEN)]
    if len(lists) < len(OPEN):
        pytest.skip(f"there are no {len(OPEN)} lists of {FEWEST} letters in {corpus / 'threads'}")
    for letters, is_open in zip(lists, OPEN, strict=True):
        false, cuts = judged(mailbox(weeks(letters), is_open, seed), END)
        assert len(false) <= 1, false
        assert cuts > 1_000
