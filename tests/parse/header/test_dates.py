"""When a letter was written, however its Date says so; if need be, with the time of arrival."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.parse.header.dates import read_date
from bridge.parse.message import read_letter
from tests.letters import raw_letter

WRITTEN = datetime(2024, 5, 7, 7, 12, 14, tzinfo=UTC)
ARRIVED = "from a by b; Tue, 07 May 2024 10:12:17 +0300"

SURE = (
    "Tue, 7 May 2024 10:12:14 +0300",
    "Tue, 7 May 2024 10:12:14 +0300 (MSK)",
    "Tue, 07 May 24 10:12:14 +0300",
    "Tue, 7 May 2024 10:12:14 MSK",
    "Tue, 7 May 2024 10:12:14 (MSK)",
    "Tue, 7 May 2024 10:12:14 МСК",
    "Tue May 07 10:12:14 MSK 2024",
    "7 May 2024 10:12:14 AM MSK",
    "Tue, 7 May 2024 09:12:14 CEST",
    "Tue, 7 May 2024 09:12:14 CEDT",
    "Tue, 7 May 2024 10:12:14 EEST",
    "Tue, 7 May 2024 12:12:14 YEKT",
    "Tue, 7 May 2024 17:12:14 VLAT",
    "Tue, 7 May 2024 17:12:14 AEST",
    "Tue, 7 May 2024 03:12:14 EDT",
    "Tue, 7 May 2024 07:12:14 GMT",
    "Tue, 7 May 2024 07:12:14 UT",
    "Tue, 7 May 2024 10:12:14 GMT+3",
    "Tue, 7 May 2024 10:12:14 UTC+3",
    "Tue, 7 May 2024 10:12:14GMT+0300",
    "Tue, 7 May 2024 12:12:14 MSK+2",
    "Tue, 7 May 2024 09:12:14 МСК-1",
    "Tue, 7 May 2024 09:12:14 SAST",
    "Tue, 7 May 2024 10:42:14 IRST",
    "Tue, 7 May 2024 15:12:14 WITA",
    "Tue, 7 May 2024 03:12:14 VET",
    "Tue, 7 May 2024 10:12:14 +3",
    "Tue, 7 May 2024 10:12:14 +03",
    "Tue, 7 May 2024 10:12:14 +300 (MSK)",
    "Tue, 7 May 2024 02:12:14 -5",
    "Tue, 7 May 2024 12:42:14 +530",
    "Tue, 7 May 2024 10:12:14 +03:00",
    "7.05.2024 10:12:14 +3:00",
    "Tue, 7 May 2024 03:12:14 -0-100 -0400",
    "Tue, 7 May 2024 03:12:14 +-0400",
    "Tue, 7 Mai 2024 09:12:14 +0200",
    "Tue, 7 May 2567 14:12:14 +0700",
    "Tue, 7 May 2024 15:12:14 Asia/Shanghai",
    "Tue, 7 May 2024 03:12:14 America/New_York",
    "Tue, 7 May 2024 10:12:14 Russian Standard Time",
    "Tue, 7 May 2024 10:12:14 Москва, стандартное время",
    "Tue, 7 May 2024 09:12:14 W. Europe Daylight Time",
    "2024-05-07T10:12:14+03:00",
    "2024-05-07T07:12:14Z",
    "2024-05-07 07:12:14",
    "Tue, 7 May 2024 07:12:14",
)
DECIDED_BY_ARRIVAL = (
    "Tue, 7 May 2024 10:12:14",
    "2024-05-07 10:12:14",
    "Tue, 7 May 2024 10:12:14 XYZT",
    "Tue, 7 May 2024 01:12:14 CST",
    "Tue, 7 May 2024 15:12:14 CST",
    "Tue, 7 May 2024 02:12:14 EST5EDT",
    "Tue, 7 May 2024 12:42:14 IST",
    "Tue, 7 May 2024 09:12:14 IST",
    "Tue, 7 May 2024 08:12:14 BST",
    "Tue, 7 May 2024 13:12:14 BST",
)


def written(date: str, received: str | None = None) -> datetime | None:
    fields: dict[str, str | bytes | None] = {"Date": date.encode(), "Received": received}
    return read_letter(raw_letter("x", **fields)).date


@pytest.mark.parametrize("date", SURE)
@pytest.mark.parametrize("received", [None, ARRIVED], ids=["alone", "with its arrival"])
def test_a_zone_that_leaves_no_doubt(date: str, received: str | None) -> None:
    assert written(date, received) == WRITTEN


@pytest.mark.parametrize("date", DECIDED_BY_ARRIVAL)
def test_nothing_arrives_before_it_was_written(date: str) -> None:
    assert written(date, ARRIVED) == WRITTEN


def test_a_zone_in_figures_is_believed_whenever_the_letter_arrived() -> None:
    assert written("Wed, 8 May 2024 10:12:14 +0300", ARRIVED) == WRITTEN + timedelta(days=1)


def test_a_letter_that_took_long_keeps_its_date() -> None:
    assert written("Sun, 5 May 2024 07:12:14", ARRIVED) == WRITTEN - timedelta(days=2)


@pytest.mark.parametrize("date", ["", "rubbish", "вчера в обед, MSK"])
def test_a_date_that_nobody_can_read_is_that_of_arrival(date: str) -> None:
    assert written(date, ARRIVED) == WRITTEN + timedelta(seconds=3)


NO_SUCH_DAY = (
    "Fri, 30 Feb 2024 12:31:00 +0300",
    "Wed, 29 Feb 2023 12:31:00 +0300",
    "31 Apr 2024 12:31:00 +0300",
    "Wed, 31 Jun 2023 12:31:00 MSK",
    "32 May 2024 12:31:00 +0300",
    "Mon, 00 May 2024 12:31:00 +0300",
    "30.02.2024 12:31:00",
    "2024-02-30 12:31:00 +0300",
    "2024-02-30T12:31:00Z",
    "20240230T123100Z",
)


@pytest.mark.parametrize("date", NO_SUCH_DAY)
def test_a_day_that_no_month_has_is_that_of_arrival(date: str) -> None:
    assert written(date, ARRIVED) == WRITTEN + timedelta(seconds=3)
    assert written(date) is None


@pytest.mark.parametrize("day", ["29 Feb 2024", "31 May 2024", "31 Dec 2023", "30 Apr 2024"])
def test_the_last_day_of_a_month_is_one(day: str) -> None:
    found = written(f"{day} 12:31:00 +0300")
    assert found is not None
    assert f"{found:%d %b %Y %H:%M}" == f"{day} 09:31"


@given(st.text(max_size=60), st.lists(st.text(max_size=60), max_size=3))
def test_any_text_is_read_or_is_none(date: str, received: list[str]) -> None:
    found = read_date(date, None, received)
    assert found is None or found.tzinfo is not None


@pytest.mark.parametrize(
    "written",
    [
        "Date: Mon, 02 Mar 2026 10:00:00 +0300",
        "Mon, 2nd Mar 2026 10:00:00 +0300",
        "Mon, 02 Mar 2026 at 10:00:00 +0300",
        "Mon, 02 Mar 2026 10:00:00.123 +0300",
        "Mon, 02 Mar 2026 10:00:00,000 +0300",
        "Mon, 02 Mar, 2026 10:00:00 +0300",
        "Mon, 02 Mar 2026, 10:00:00 +0300",
        "Mon, 02 Mar 2026 10: 0: 0 +0300",
        "Mon, 02 Mar 2026 10 : 00 : 00 +0300",
        "Mon, 02 Mar 2026 10:00:00 MSK (+0300)",
        "Mon, 02 Mar 2026 10:00:00 (+0300)",
        "Mon, 02 Mar 2026 10:00:00 +0300, Mon, 02 Mar 2026 10:00:00 +0300",
    ],
)
def test_what_stands_in_a_date_besides(written: str) -> None:
    found = read_date(written, None, ())
    assert found is not None
    assert found.isoformat() == "2026-03-02T10:00:00+03:00"
