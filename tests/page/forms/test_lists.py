"""Lists are read in spans of time: nothing is left out, and no query reads or sorts much."""

from collections.abc import AsyncIterator, Callable, Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from bson import ObjectId
from hypothesis import given
from hypothesis import strategies as st

from receiver.database import opened
from receiver.listing.queries import Listing, Sort
from receiver.listing.rows import Rows, beside, within
from receiver.listing.spans import (
    BEGINNING,
    END,
    FIRST,
    OF_EMPTY_WAY,
    SHORT_WAY,
    TICK,
    Pace,
    Spans,
    TimeSpan,
    back_from,
    following,
    from_the_beginning,
    on_from,
)
from receiver.page.lists.tabs import PAGE, TABS, Lists, listing, ranked
from receiver.settings import ReceiverSettings
from receiver.store import schema
from receiver.store.mongo import Database
from tests.letters import START
from tests.measure.pages.counted import CountedRows
from tests.receiver.queries import stages
from tests.receiver.written import MAILBOX

NOW = datetime.now(UTC).replace(microsecond=0)
TIMES = st.datetimes(datetime(1971, 1, 1), datetime(9999, 12, 30), timezones=st.just(UTC))
# Seconds before now: alike, near, far apart, and in the future, as letters' dates are.
AGES = [0, 0, 1, 1, 1, 30, 4000, 10**5, 10**5, 10**7, 10**9, -5000, -5000, *range(2, 30)]
ORDERS = (Sort("updated", newest_first=True), Sort("updated", newest_first=False))


def walked(spans: Spans, rows: Iterable[int] = ()) -> list[TimeSpan]:
    """Return the spans, if the first held these numbers of rows and the others none."""
    held, found = iter(rows), []
    span = next(spans, None)
    while span:
        found.append(span)
        span = following(spans, next(held, 0))
    return found


ROWS = st.lists(st.integers(0, 50), max_size=20)


@given(TIMES, ROWS, st.timedeltas(TICK, timedelta(days=3000)))
def test_spans_reach_from_a_time_to_the_end_without_a_gap(
    start: datetime, rows: list[int], length: timedelta
) -> None:
    back = walked(back_from(start, NOW, Pace(51, length)), rows)
    assert (back[0].high, back[-1].low) == (start, BEGINNING)
    assert all(one.low == other.high for one, other in pairwise(back))
    on = walked(on_from(start, NOW, Pace(51, length)), rows)
    assert (on[0].low, on[-1].high) == (start, END)
    assert all(one.high == other.low for one, other in pairwise(on))


@given(ROWS)
def test_spans_without_a_start_hold_all_of_time(rows: list[int]) -> None:
    back = walked(back_from(None, NOW, Pace(51)), rows)
    on = walked(from_the_beginning(NOW, Pace(51)), rows)
    assert (back[0].high, back[-1].low) == (END, BEGINNING)
    assert (on[0].low, on[-1].high) == (BEGINNING, END)
    assert all(one.high == other.low for one, other in pairwise(on))


def test_a_list_that_is_empty_takes_few_spans() -> None:
    assert len(walked(back_from(None, NOW, Pace(51)))) < 120
    assert len(walked(from_the_beginning(NOW, Pace(51)))) < 150


def read(spans: Spans, held: Callable[[TimeSpan], int]) -> list[int]:
    """Return how many rows each span of a page holds, until it is full."""
    found: list[int] = []
    span = next(spans, None)
    while span and sum(found) < PAGE:
        found.append(held(span))
        span = following(spans, found[-1])
    return found


@pytest.mark.parametrize("quiet", [0.0, 600.0, 86400.0, 7 * 86400.0, 30 * 86400.0])
@pytest.mark.parametrize("apart", [0.003, 1.0, 60.0, 900.0, 86400.0, 1e7])
def test_what_a_page_reads_follows_from_how_close_its_rows_are(apart: float, quiet: float) -> None:
    """Seconds between rows, and since the newest: the second page knows of the first."""
    newest, each = NOW - timedelta(seconds=quiet), timedelta(seconds=apart)

    def since(when: datetime) -> int:
        return max(0, (newest - when) // each + 1)

    def held(span: TimeSpan) -> int:
        return since(span.low) - since(span.high)

    first = read(back_from(None, NOW, Pace(PAGE)), held)
    behind_the_quiet = quiet / (1 if quiet <= SHORT_WAY.total_seconds() else OF_EMPTY_WAY) / apart
    assert max(first) <= max(2 * PAGE, FIRST / each, behind_the_quiet) + 1
    assert len(first) < 120
    second = read(back_from(newest, NOW, Pace.of_rows(each, PAGE)), held)
    assert max(second) <= max(1.2 * PAGE, FIRST / each) + 1
    assert len(second) == 1


@pytest.fixture
async def database(mongo_uri: str, database_name: str) -> AsyncIterator[Database]:
    """A database of a test's own, with the indexes of dialogs."""
    settings = ReceiverSettings(mongo_uri=mongo_uri, mongo_database=database_name)
    async with opened(settings) as found:
        await schema.ensure(found, ["dialogs"])
        yield found


def head(when: datetime, **fields: Any) -> dict[str, Any]:
    """Return a dialog's document, with the fields that lists read."""
    return {"mailbox": MAILBOX, "revision": 1, "messages": [], "updated": when, **fields}


@pytest.mark.parametrize("sort", ORDERS)
async def test_pages_hold_every_dialog_once_and_in_order(database: Database, sort: Sort) -> None:
    await database.dialogs.insert_many([head(NOW - timedelta(seconds=age)) for age in AGES])
    part = {"mailbox": MAILBOX, "part_of": ObjectId(), "revision": 1, "messages": []}
    await database.dialogs.insert_one(part)
    direction = -1 if sort.newest_first else 1
    found = database.dialogs.find({"updated": {"$exists": True}})
    wanted = await found.sort([("updated", direction), ("_id", direction)]).to_list(None)
    for size in (1, 2, 7, 100):
        rows = Rows(database)
        for _ in range(2):  # the second time it is known where the list begins
            seen: list[Any] = []
            after = None
            while page := await rows.page(Listing(MAILBOX, sort, {}, after), size):
                assert len(page) <= size
                seen += [each["_id"] for each in page]
                after = (page[-1]["updated"], page[-1]["_id"])
            assert seen == [each["_id"] for each in wanted], size


async def test_what_is_older_than_the_oldest_of_before_is_found(database: Database) -> None:
    rows, oldest = Rows(database), Listing(MAILBOX, ORDERS[1])
    for days in (10, 1, 400, 40000):
        await database.dialogs.insert_one(head(NOW - timedelta(days=days), days=days))
        page = await rows.page(oldest, 10)
        assert page == sorted(page, key=lambda each: -each["days"])
        assert page[0]["days"] == max(each["days"] for each in page) >= days


@pytest.mark.parametrize(
    "asked",
    [
        *(listing(MAILBOX, tab) for tab in TABS if tab != "noticed"),
        ranked(MAILBOX, 2),
        ranked(MAILBOX, 1),
    ],
)
async def test_each_query_of_a_tab_is_a_span_of_an_index(
    database: Database, asked: Listing
) -> None:
    """The index has the equal fields first, then those of the sort: none sorts more than a span."""
    await database.dialogs.insert_one(head(START))
    span = next(back_from(None, NOW, Pace(PAGE)))
    for query in (within(asked, span), beside(asked, (START, ObjectId()))):
        plan = await database.dialogs.find(query).explain()
        winning = plan["queryPlanner"]["winningPlan"]
        assert "COLLSCAN" not in stages(winning), query
        [index] = [
            [*each["key"]]
            for each in (one.document for one in schema.INDEXES["dialogs"])
            if each["name"] in str(winning)
        ]
        equal = {name for name, value in query.items() if not isinstance(value, dict)}
        equal -= {asked.sort.field}
        assert set(index[: len(equal)]) == equal
        assert index[len(equal) :] == [asked.sort.field, "_id"]


@pytest.mark.parametrize("quiet", [timedelta(), timedelta(days=4)])
@pytest.mark.parametrize("apart", [timedelta(minutes=7), timedelta(hours=14)])
async def test_no_page_of_a_tab_reads_much_however_many_dialogs_there_are(
    database: Database, apart: timedelta, quiet: timedelta
) -> None:
    """Hundreds of strangers, and as many others, within days or spread over a year.

    Nor does it read more some days after the last one came.
    """
    turns: dict[str, Any] = {"us": {"noticed": 1, "related": [ObjectId()]}, "them": {"noticed": 0}}
    heads = [
        head(when := NOW - quiet - apart * age, waiting=turn, waiting_since=when, **says)
        for turn, says in turns.items()
        for age in range(600)
    ]
    for start in range(0, len(heads), 50):  # all at once may outlast the driver's patience
        await database.dialogs.insert_many(heads[start : start + 50])
    rows = CountedRows(database)
    lists = Lists(rows)
    for tab in TABS:
        rows.read, cursor = [], ""  # to begin with, of a receiver that has just started
        for _ in range(6):
            page = await lists.page(MAILBOX, tab, cursor)
            assert len(page.heads) == PAGE
            assert page.next
            assert max(rows.read) <= 200, tab
            begins = tab == "us" and not cursor  # where the longest wait is has to be found once
            assert sum(rows.read) <= (700 if begins else 220), tab
            rows.read, cursor = [], page.next
    await lists.page(MAILBOX, "us", "")
    assert sum(rows.read) <= 220


async def test_strangers_of_a_database_of_before_are_noticed_too(database: Database) -> None:
    """Earlier receivers had an index of them and said nothing in the dialog."""
    stranger = head(START, noticed=0, related=[ObjectId()])
    others = [head(START, noticed=0, related=[]), head(START, noticed=2, related=[ObjectId()])]
    await database.dialogs.insert_many([stranger, *others])
    there = {"related.0": {"$exists": True}}
    await database.dialogs.create_index(
        [("mailbox", 1), ("updated", 1)], name="strangers_lately", partialFilterExpression=there
    )
    for _ in range(2):
        await schema.ensure(database, ["dialogs"])
        found = await database.dialogs.find({}).to_list(None)
        assert {each["_id"]: each["noticed"] for each in found} == {
            stranger["_id"]: 1,
            others[0]["_id"]: 0,
            others[1]["_id"]: 2,
        }
    assert "strangers_lately" not in await database.dialogs.index_information()


async def test_noticed_goes_on_over_pages(database: Database) -> None:
    """Over more than a page, at each length of the first group around a page's."""
    for confirmations in (0, 1, PAGE - 1, PAGE, PAGE + 1):
        count = confirmations + PAGE + 20
        ranks = [2 if number < confirmations else 1 for number in range(count)]
        await database.dialogs.insert_many([head(START, noticed=rank) for rank in ranks])
        lists, cursor, found = Lists(Rows(database)), "", []
        while True:
            page = await lists.page(MAILBOX, "noticed", cursor)
            found += [each["_id"] for each in page.heads]
            assert len(page.heads) <= PAGE
            if page.next is None:
                break
            cursor = page.next
        await database.dialogs.delete_many({})
        assert len(found) == len(set(found)) == count
