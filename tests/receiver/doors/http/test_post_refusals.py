"""Letters that were refused over HTTP are remembered: of each caller, and the last of them only."""

import json
from datetime import timedelta

import pytest

from contract.bridge.report import REMEMBERED
from receiver.access.grant import Grant
from receiver.bridges.bridges import Bridges
from receiver.bridges.posts import PostRefusals
from receiver.errors import Problem
from receiver.store.mongo import Database
from receiver.store.schema import ensure
from tests.letters import START


def token_of(name: str, *mailboxes: str) -> Grant:
    return Grant(name, frozenset({"post"}), frozenset(mailboxes))


async def refuse(refusals: PostRefusals, grant: Grant | None, body: bytes, status: int) -> None:
    async def answered() -> None:
        async with refusals.noting("203.0.113.7", grant) as post:
            post.body = body
            raise Problem(status, "no", ({"path": "data.x", "message": "a wrong field"},))

    with pytest.raises(Problem):
        await answered()


async def test_of_each_caller_the_last_thousand_are_remembered(database: Database) -> None:
    await ensure(database, ["refusals"])
    others = {"bridge": "0123456789", "mail_from": "a@b.ru", "rcpt_to": "", "answer": "550 No"}
    rows = [{"bridge": "http token shop", "number": each} for each in range(REMEMBERED)]
    await database.refusals.insert_many([*rows, others | {"number": 0, "at": START}])
    refusals = PostRefusals(database)
    await refuse(refusals, token_of("shop", "a@x.ru"), b"", 413)
    await refuse(refusals, token_of("other", "a@x.ru"), b"", 413)
    count = database.refusals.count_documents
    assert await count({"bridge": "http token shop"}) == REMEMBERED
    assert await database.refusals.find_one({"bridge": "http token shop", "number": 0}) is None
    assert (await count({"bridge": "0123456789"}), await count({"bridge": "http token other"})) == (
        1,
        1,
    )


@pytest.mark.parametrize(
    ("body", "mail_from", "rcpt_to"),
    [
        ({"data": {"from": {"address": "i@a.ru"}, "mailbox": "b@x.ru"}}, "i@a.ru", "b@x.ru"),
        ({"data": {"from": {"address": "i\n\x1b@a.ru"}, "mailbox": 7}}, "i??@a.ru", "a@x.ru"),
        ({"data": {"from": "i@a.ru"}}, "i@a.ru", "a@x.ru"),
        ({"data": [1]}, "", "a@x.ru"),
        ([], "", "a@x.ru"),
        ("x" * 2_000_000, "", "a@x.ru"),
    ],
)
async def test_what_an_event_says_is_kept_as_far_as_it_can_be_read(
    database: Database, body: object, mail_from: str, rcpt_to: str
) -> None:
    await ensure(database, ["refusals"])
    refusals = PostRefusals(database, lambda: START + timedelta(days=1))
    await refuse(refusals, token_of("shop", "a@x.ru"), json.dumps(body).encode(), 422)
    [found] = await Bridges(database).refusals("")
    assert (found["mail_from"], found["rcpt_to"]) == (mail_from, rcpt_to)
    assert found["answer"] == "HTTP 422: no; data.x: a wrong field"


@pytest.mark.parametrize("status", [401, 408, 410, 429, 503])
async def test_what_is_no_refusal_or_of_the_erased_is_not_kept(
    database: Database, status: int
) -> None:
    await refuse(PostRefusals(database), None, b"{}", status)
    assert await database.refusals.count_documents({}) == 0
