"""What ``reconcile`` asks: a letter without an id is the one that is kept with its bytes, too."""

from datetime import UTC, datetime
from typing import Any

import pytest

from contract.event import Email
from receiver.filing.collections import Store
from receiver.letters.arrival import arrival_of
from receiver.proving.known import known_of
from receiver.store.mongo import Database
from tests.receiver.written import MAILBOX, filing

OURS, OTHERS, PARTS = "a" * 64, "b" * 64, "c" * 64

NOW = datetime.now(UTC).replace(microsecond=0)


def email(raw: str, date: Any = NOW, **fields: Any) -> Email:
    return Email.model_validate(
        {
            "mailbox": MAILBOX,
            "from": {"address": "scanner@example.ru"},
            "to": [{"address": MAILBOX}],
            "subject": "a scan",
            "text": "",
            "date": date,
            "received_at": NOW,
            "raw": {"sha256": raw, "size": 1},
            **fields,
        }
    )


@pytest.mark.parametrize("date", [NOW, None])
@pytest.mark.parametrize(("raw", "state"), [(OURS, "stored"), (OTHERS, "unknown")])
async def test_one_that_was_not_parsed_in_time_is_known_by_its_bytes(
    database: Database, raw: str, state: str, date: Any
) -> None:
    """It is stored with its header only; `reconcile` asks with the digest of its parts."""
    await filing(database).file([arrival_of("first", email(OURS, date), NOW)])
    asked = [("uid-7", email(raw, date, text="all of it", parts_sha256=PARTS))]
    [found] = await known_of(Store.of(database), MAILBOX, asked, NOW)
    assert (found.id, found.state, bool(found.key)) == ("uid-7", state, state == "stored")
