"""Lists for programs go by an index, whatever is asked, and read no more than their page needs."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import ObjectId

from receiver.listing.filtered import FilteredLists
from receiver.listing.queries import Listing, Queries, asked_of
from receiver.listing.rows import Rows
from receiver.store.mongo import Database
from receiver.web.v1.dialogs import SORTS, DialogsQuery, listing_of
from tests.letters import START
from tests.receiver.queries import COMMANDS, stages
from tests.receiver.written import MAILBOX, file, filing, sent, written

FILTERS: list[dict[str, Any]] = [
    {},
    {"user": "u1@example.ru"},
    {"participant": "u1@example.ru"},
    {"kind": "letter", "has": "attachment,defect,related,correction"},
    {"since": START, "until": START},
]


@pytest.mark.parametrize("sort", SORTS)
async def test_no_list_reads_a_whole_collection(database: Database, sort: str) -> None:
    files = filing(database)
    await file(files, *(written(str(n), f"u{n}") for n in range(30)))
    await file(files, *(written(str(n), f"u{n}", mailbox="b@a.ru") for n in range(30)))
    for said, after in itertools.product(FILTERS, (None, (START, ObjectId()))):
        for waiting in ("us", "them") if sort == "waiting_since" else (None, "us"):
            query = DialogsQuery.model_validate({**said, "sort": sort, "waiting": waiting})
            found = listing_of(MAILBOX, query)
            listing = Listing(MAILBOX, found.sort, found.filters, after)
            asked, index = asked_of(listing)
            plan = await database.dialogs.find(asked).hint(index).explain()
            winning = plan["queryPlanner"]["winningPlan"]
            assert "IXSCAN" in stages(winning), (said, waiting)
            assert "COLLSCAN" not in stages(winning), (said, waiting)
            assert index in str(winning)


@pytest.mark.parametrize("sort", SORTS)
async def test_a_list_is_the_same_however_far_its_rows_are_looked_through(
    database: Database, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    files = filing(database)
    await file(files, *(written(f"{n}", f"u{n % 4}", days=n % 5) for n in range(9)))
    await file(files, *(sent(f"s{n}", f"u{n % 4}", f"{n}", days=n) for n in range(0, 9, 3)))
    await file(files, *(written(f"x{n}", f"stranger{n}", names=f"{n}") for n in range(2)))
    queries, rows = Queries(database), Rows(database)
    lists, some = FilteredLists(queries, rows), 0
    reaches = itertools.cycle([(7, 1000.0, 3), (2, 0.0, 3)])  # far, and hardly at all
    for said in (
        *FILTERS,
        {"has": "related"},
        {"since": START + timedelta(days=1), "until": START + timedelta(days=4)},
        {"since": START + timedelta(days=2), "kind": "letter", "user": "u2@example.ru"},
    ):
        for waiting in ("us", "them") if sort == "waiting_since" else (None, "us", "nobody"):
            query = DialogsQuery.model_validate({**said, "sort": sort, "waiting": waiting})
            listing = listing_of(MAILBOX, query)
            wanted = await queries.page(listing, 100)
            together, seconds, limit = next(reaches)
            monkeypatch.setattr("receiver.listing.filtered.TOGETHER", together)
            monkeypatch.setattr("receiver.listing.filtered.LOOK_SECONDS", seconds)
            assert await lists.count(listing) in (len(wanted), None if seconds == 0 else -1)
            page = await lists.page(listing, limit)
            found = list(page.rows)
            while page.after:
                page = await lists.page(replace(listing, after=page.after), limit)
                found += page.rows
                assert len(page.rows) <= limit
            assert found == wanted
            some += len(wanted)
    assert some > 20


@pytest.mark.parametrize("sort", ["updated", "-updated"])
async def test_behind_a_cursor_other_bounds_hold_all_the_same(
    database: Database, sort: str
) -> None:
    """The cursor may come from a list with other bounds, or none."""
    await file(filing(database), *(written(f"{n}", f"u{n}", date=START) for n in range(4)))
    await file(filing(database), *(written(f"d{n}", f"d{n}", days=n - 2) for n in range(5)))
    queries, rows = Queries(database), Rows(database)
    whole = await queries.page(listing_of(MAILBOX, DialogsQuery(sort=sort)), 100)
    bounds = [None, *(START + timedelta(days=each) for each in (-1, 0, 0.5, 1))]
    told = 0
    some = [*enumerate(whole)][::3]
    for (at, row), since, until in itertools.product(some, bounds, bounds):
        query = DialogsQuery(sort=sort, since=since, until=until)
        listing = replace(listing_of(MAILBOX, query), after=(row["updated"], row["_id"]))
        behind = [
            each["_id"]
            for each in whole[at + 1 :]
            if (not since or each["updated"] >= since) and (not until or each["updated"] < until)
        ]
        for page in (await rows.page(listing, 100), await queries.page(listing, 100)):
            assert [each["_id"] for each in page] == behind, (at, since, until)
        told += len(behind)
    assert told > 20


@pytest.mark.parametrize("sort", ["changed", "-changed"])
async def test_parts_of_dialogs_hide_no_dialog(database: Database, sort: str) -> None:
    files = filing(database)
    await file(files, *(written(f"{n}", f"u{n}") for n in range(9)))
    heads = await database.dialogs.find().to_list(None)
    times = sorted(head["changed"] for head in heads)
    for number in range(40):
        part = {"mailbox": MAILBOX, "email_from": "u", "part_of": heads[0]["_id"], "revision": 0}
        changed = times[number % 9] + timedelta(milliseconds=number % 3 - 1)
        await database.dialogs.insert_one(part | {"changed": changed, "messages": []})
    lists = FilteredLists(Queries(database), Rows(database))
    for said in ({}, {"kind": "letter"}):
        listing = listing_of(MAILBOX, DialogsQuery.model_validate({**said, "sort": sort}))
        page = await lists.page(listing, 4)
        found = list(page.rows)
        while page.after:
            page = await lists.page(replace(listing, after=page.after), 4)
            found += page.rows
        assert {each["_id"] for each in found} == {each["_id"] for each in heads}
        assert len(found) == len(heads)


async def test_what_embedded_databases_read_whole_is_never_asked_for(database: Database) -> None:
    """They go by an index where a query has equal fields and one span, and no hint.

    Nor is a rare condition left to them: a page ends after a while, and says where to go on.
    """
    files = filing(database)
    await file(files, *(written(f"{n}", f"u{n}", days=n % 5) for n in range(40)))
    lists = FilteredLists(Queries(database), Rows(database))
    COMMANDS.clear()
    COMMANDS.listening = True
    for said in ({}, {"waiting": "us"}, {"user": "u1@example.ru"}, {"kind": "bounce"}):
        found = listing_of(MAILBOX, DialogsQuery.model_validate(said))
        await lists.page(found, 50)
        await lists.count(found)
    COMMANDS.listening = False
    equal_or_a_span = {"mailbox", "updated", "user", "_id"}
    assert all(query.keys() <= equal_or_a_span for _, query in COMMANDS.filters)


@pytest.mark.parametrize("days", [0.1, 3, 400])
async def test_the_newest_letter_is_found_however_old_it_is(
    database: Database, days: float
) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    newest = now - timedelta(days=days)
    before = newest - timedelta(days=1)
    letters = ((newest, MAILBOX), (before, MAILBOX), (now, "b@a.ru"))
    for number, (kept, mailbox) in enumerate(letters):
        await file(filing(database), written(str(number), mailbox=mailbox))
        named = {"message.message_id": f"{number}@example.ru"}
        await database.letters.update_one(named, {"$set": {"kept": kept}})
    queries = Queries(database)
    assert await queries.last_kept(MAILBOX) == newest
    assert await queries.last_kept("c@a.ru") is None
    assert await queries.kept_on(MAILBOX, before, timedelta(days=1)) == 1
