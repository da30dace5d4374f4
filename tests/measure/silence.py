"""How soon a stopped forwarding rule is noticed, and how often a working one is suspected.

Years of three mailboxes that real lists' letters make: a mailbox's weeks are those of a list, drawn
with fixed seeds, on the days and hours of an office, of a firm that is closed on weekends, and of a
shop that is closed at night; nothing comes on holidays. Each year is cut at every hour.
"""

import argparse
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from itertools import pairwise
from pathlib import Path

from receiver.proving.silence import (
    FACTOR,
    HOLIDAYS,
    KNOWN_AT_ALL,
    KNOWN_BY_DAY,
    KNOWN_BY_WEEK,
    LEAST,
    Rhythm,
    counted,
)
from receiver.proving.silence_watch import MOSCOW
from tests.real_mail import CORPUS

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
BEGIN, END = datetime(2025, 1, 9), datetime(2026, 1, 19)
DATE = re.compile(rb"^date:(.*(?:\n[ \t].*)*)", re.IGNORECASE | re.MULTILINE)
OPEN: tuple[Callable[[datetime], bool], ...] = (
    lambda at: 8 <= at.hour < 23,
    lambda at: at.weekday() < 5,
    lambda at: at.weekday() < 5 and 8 <= at.hour < 20,
)
FEWEST = 300
PHASES = (timedelta(0), KNOWN_AT_ALL, KNOWN_BY_DAY, KNOWN_BY_WEEK)


@dataclass
class Phase:
    """What happened at the hours at which a mailbox was known for so long.

    ``late`` are cuts found after twice the longest gap that was known to be usual then, and after
    the first two weeks, in which nothing is said;
    ``in_time`` those found within twice the longest of their weekday and hour, with the hours
    around it, in all the year; ``by_that_hour`` those within twice the longest of that hour alone.
    ``false`` alarms are the letter before one, its time, and the letter that came all the same.
    """

    cuts: int = 0
    judged: int = 0
    late: list[datetime] = field(default_factory=list)
    in_time: int = 0
    by_that_hour: int = 0
    false: list[tuple[datetime, datetime, datetime]] = field(default_factory=list)


def is_holiday(moment: datetime) -> bool:
    """Tell whether offices are closed."""
    return (moment.month, moment.day) in HOLIDAYS


class Eager(Rhythm):
    """Asks each hour of the week for what is usual as soon as it has been seen."""

    by_day = by_week = KNOWN_AT_ALL


class Alone(Rhythm):
    """Asks each hour of the week alone, without those around it."""

    near = 0


def judged(letters: list[datetime], end: datetime, kind: type[Rhythm] = Rhythm) -> list[Phase]:
    """Cut a year at every hour, and return what happened, by how long the mailbox was known."""
    rhythm, of_the_year, alone = kind(letters[:1]), Rhythm(letters), _by_hour(letters)
    phases = [Phase() for _ in PHASES]
    for last, following in pairwise([*letters, end]):
        rhythm.add(last)
        if following - last < HOUR and following.hour == last.hour:
            continue  # too short a silence to say anything of
        phase = phases[sum(rhythm.known_for >= each for each in PHASES) - 1]
        deadline = rhythm.silent_from()
        if deadline and deadline < following < end:
            phase.false.append((last, deadline, following))
        cut = last.replace(minute=0, second=0, microsecond=0) + HOUR
        while cut < following:
            phase.cuts += 1
            if deadline:
                phase.judged += 1
                took, asked = counted(deadline) - counted(cut), _after_holidays(cut)
                phase.in_time += took <= _allowed(of_the_year, asked)
                usual = alone.get((asked.weekday(), asked.hour), timedelta(0))
                phase.by_that_hour += took <= max(FACTOR * usual, LEAST)
                if took > _allowed(rhythm, asked) and deadline > letters[0] + rhythm.at_all:
                    phase.late.append(cut)
            cut += HOUR
    return phases


def _by_hour(letters: list[datetime]) -> dict[tuple[int, int], timedelta]:
    """Return the longest gap that covered each hour of the week, without the hours around it."""
    longest = defaultdict[tuple[int, int], timedelta](timedelta)
    for last, following in pairwise(letters):
        gap = counted(following) - counted(last)
        hour = last.replace(minute=0, second=0, microsecond=0)
        while hour <= following:
            one = hour.weekday(), hour.hour
            longest[one] = max(longest[one], gap)
            hour += HOUR
    return longest


def _after_holidays(moment: datetime) -> datetime:
    """Return a moment, or where nobody works the first in which somebody does."""
    while is_holiday(moment):
        moment = moment.replace(hour=0) + DAY
    return moment


def _allowed(rhythm: Rhythm, moment: datetime) -> timedelta:
    usual = rhythm.longest_usual(moment)
    assert usual is not None, moment
    return max(FACTOR * usual, LEAST)


@cache
def three_lists(corpus: Path) -> list[list[list[timedelta]]]:
    """Return the whole weeks of the three longest lists of a corpus; fewer where there are not."""
    folders = [each for each in sorted((corpus / "threads").glob("*")) if each.is_dir()]
    lists = sorted((dates(each) for each in folders), key=len, reverse=True)
    return [weeks(each) for each in lists if len(each) >= FEWEST][: len(OPEN)]


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


def year(
    lists: list[list[list[timedelta]]],
    seed: int,
    kind: type[Rhythm] = Rhythm,
    end: datetime = END,
) -> list[Phase]:
    """Return what a year of the three mailboxes, or its beginning, comes to, by phase."""
    each = [
        judged([at for at in mailbox(whole, is_open, seed) if at < end], end, kind)
        for whole, is_open in zip(lists, OPEN, strict=True)
    ]
    return [_together(of_one) for of_one in zip(*each, strict=True)]


def _together(phases: Iterable[Phase]) -> Phase:
    whole = Phase()
    for each in phases:
        whole.cuts += each.cuts
        whole.judged += each.judged
        whole.late += each.late
        whole.in_time += each.in_time
        whole.by_that_hour += each.by_that_hour
        whole.false += each.false
    return whole


def table(years: list[list[Phase]]) -> str:
    """Return the figures of some years, a line for each phase, and false alarms by year."""
    lines = [
        "known for    cuts  judged  late  within twice the year's longest  of that hour alone"
        "  false alarms"
    ]
    ends = [f"{each // WEEK}" for each in PHASES[1:]] + ["52"]
    for begin, until, phases in zip(PHASES, ends, zip(*years, strict=True), strict=True):
        of = _together(phases)
        share, alone = (
            f"{each / of.judged:.1%}" if of.judged else "-"
            for each in (of.in_time, of.by_that_hour)
        )
        lines.append(
            f"{begin // WEEK:2}-{until:>2} weeks {of.cuts:7} {of.judged / of.cuts:7.0%}"
            f" {len(of.late):5} {share:>32} {alone:>19} {len(of.false):13}"
        )
    false = [sum(len(each.false) for each in phases) for phases in years]
    return "\n".join([*lines, f"false alarms of three mailboxes, by year: {false}"])


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--years", type=int, default=6, help="how many, each of another seed (6)")
    parser.add_argument(
        "--alone", action="store_true", help="as if no hour told of those around it"
    )
    parser.add_argument("--eager", action="store_true", help="as if two weeks told each hour")
    arguments = parser.parse_args()
    lists = three_lists(CORPUS)
    if len(lists) < len(OPEN):
        parser.error(f"there are no {len(OPEN)} lists of {FEWEST} letters in {CORPUS}")
    kind = Eager if arguments.eager else Alone if arguments.alone else Rhythm
    print(table([year(lists, seed, kind) for seed in range(arguments.years)]))


if __name__ == "__main__":
    main()
