"""Lists for programs go by an index, whatever is asked, and read no more than their page needs."""

import itertools
from typing import Any

import pytest
from bson import ObjectId

from receiver.store.mongo import Database
from receiver.store.queries import Listing, asked_of
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
