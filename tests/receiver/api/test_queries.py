"""Lists for programs go by an index, whatever is asked, and read no more than their page needs."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import ObjectId

from receiver.store.mongo import Database
from receiver.store.queries import Listing, Queries, asked_of
from receiver.web.v1.dialogs import SORTS, DialogsQuery, listing_of
from tests.letters import START
from tests.receiver.dialogs.test_lookups import stages
from tests.receiver.written import MAILBOX, file, filing, written

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
