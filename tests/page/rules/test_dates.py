"""Dates that a sender wrote: any of them is shown, in any zone, and none is an error."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Literal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.ingress.importer.mbox import _date
from receiver.page.shown.clock import Clock
from receiver.page.shown.rows import row_of
from receiver.page.shown.timeline import _with_delays, hops_of
from receiver.page.words import words_of
from tests.letters import START

ZONES = (UTC, ZoneInfo("Europe/Moscow"), ZoneInfo("America/Adak"), ZoneInfo("Pacific/Kiritimati"))
ENDS = (
    "Fri, 31 Dec 9999 23:59:59 -1200",
    "Fri, 31 Dec 9999 23:59:59 +0000",
    "Mon, 01 Jan 0001 00:00:00 +1400",
    "Mon, 01 Jan 0001 00:00:00 -0000",
    "Fri, 31 Dec 99999 23:59:59 -2359",
    "Thu, 26 Nov 2026 10:00:00 -9999",
)
OFFSETS = st.integers(-23 * 60, 23 * 60).map(lambda each: timezone(timedelta(minutes=each)))


@given(
    st.datetimes(timezones=OFFSETS)
    | st.sampled_from(
        [
            datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),
            datetime.max.replace(tzinfo=timezone(timedelta(hours=-12))),
        ]
    ),
    st.sampled_from(ZONES),
)
def test_any_time_is_told_in_any_zone(when: datetime, zone: ZoneInfo) -> None:
    told = Clock(words_of("ru"), START, zone).moment(when)
    assert all((told.iso, told.exact, told.short, told.ago))


@pytest.mark.parametrize(
    ("language", "ahead", "ago", "waits"),
    [
        ("en", timedelta(hours=3), "in 3 hours", "dated 3 hours ahead"),
        ("ru", timedelta(hours=3), "через 3 часа", "дата на 3 часа вперёд"),
        ("ru", timedelta(days=500), "2028", "дата на 500 дней вперёд"),
        ("en", timedelta(seconds=20), "just now", "waits 0 seconds"),
        ("en", -timedelta(hours=2), "2 hours ago", "waits 2 hours"),
    ],
)
def test_of_a_date_ahead_it_is_told_that_it_is_one(
    language: Literal["en", "ru"], ahead: timedelta, ago: str, waits: str
) -> None:
    """Since a letter whose clock is three hours ahead, somebody waited for 0 seconds."""
    clock = Clock(words_of(language), START)
    head = {
        **{"_id": 1, "email_from": "a@b.ru", "subject": "", "count": 1, "updated": START + ahead},
        **{"waiting": "us", "waiting_since": START + ahead},
    }
    assert ago in clock.moment(START + ahead).ago
    assert row_of(head, {}, clock).waits == waits


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("date", ENDS)
def test_a_hop_of_any_date_hides_none_of_the_others(date: str, zone: ZoneInfo) -> None:
    honest = "from a by b; Thu, 26 Nov 2026 10:00:00 +0300"
    fields = [("Received", honest), ("Received", f"from a by b; {date}"), ("Received", honest)]
    clock = Clock(words_of("en"), START, zone)
    steps = _with_delays(hops_of(fields, clock), clock)
    assert [bool(each.moment) for each in steps][::2] == [True, True]


@given(st.text(max_size=60) | st.sampled_from(ENDS))
def test_whatever_stands_for_a_date_is_a_step(text: str) -> None:
    clock = Clock(words_of("en"), START)
    assert len(_with_delays(hops_of([("Received", f"from a by b; {text}")], clock), clock)) == 1


@pytest.mark.parametrize("zone", ["-1200", "+0000"])
def test_the_date_of_a_line_of_mbox_has_a_time_in_utc_or_is_none(zone: str) -> None:
    found = _date(f"From a@b.ru Fri Dec 31 23:59:59 {zone} 9999".encode())
    assert (found is None) == (zone == "-1200")
