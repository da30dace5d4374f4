"""The silence alarm over a year of three mailboxes that real lists' letters make, week by week.

A mailbox's weeks are those of a list, drawn with a fixed seed, on the days and hours of an office,
of a firm that is closed on weekends, and of a shop that is closed at night.
"""

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import pairwise
from pathlib import Path

import pytest

from receiver.proving.quiet import MOSCOW
from receiver.proving.silence import FACTOR, FACTOR_AT_FIRST, KNOWN_WELL, LEAST, Rhythm
from tests.receiver.years.test_silence import HOUR, is_holiday, near_a_holiday

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


def test_over_a_year_of_three_lists_a_rule_that_stops_is_found_in_time(corpus: Path) -> None:
    """Cut at any hour it is found within twice the longest usual gap of that weekday and hour.

    Where a holiday is near time is counted otherwise; at first three times the gap are allowed.
    """
    folders = [each for each in sorted((corpus / "threads").glob("*")) if each.is_dir()]
    lists = sorted((dates(each) for each in folders), key=len, reverse=True)
    lists = [each for each in lists if len(each) >= FEWEST][: len(OPEN)]
    if len(lists) < len(OPEN):
        pytest.skip(f"there are no {len(OPEN)} lists of {FEWEST} letters in {corpus / 'threads'}")
    false, cuts = [], 0
    for letters, is_open in zip(lists, OPEN, strict=True):
        year = mailbox(weeks(letters), is_open, 0)
        rhythm = Rhythm(year[:1])
        for last, following in pairwise([*year, END]):
            rhythm.add(last)
            if following - last < HOUR and following.hour == last.hour:
                continue  # too short a silence to say anything of
            deadline = rhythm.silent_from()
            if deadline is None:
                continue
            if deadline < following < END:
                false.append((last, deadline, following))
            factor = FACTOR if last - year[0] >= KNOWN_WELL else FACTOR_AT_FIRST
            cut = last.replace(minute=0, second=0, microsecond=0) + HOUR
            while cut < following and not near_a_holiday(last, deadline):
                usual = rhythm.longest_usual(cut)
                assert usual is not None
                assert deadline - cut <= max(factor * usual, LEAST), cut
                cut, cuts = cut + HOUR, cuts + 1
    assert len(false) <= 1, false
    assert cuts > 10_000
