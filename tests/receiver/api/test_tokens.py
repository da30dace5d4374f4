"""Tokens: their form, their command, and the answers to an invalid one."""

import asyncio
import json
import socket
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.keyring import Keyring
from receiver.access.rates import Rates
from receiver.access.token import digest_of, is_good, is_token, new_token
from receiver.access.tokens import Tokens
from receiver.commands.days import end_of
from receiver.errors import Problem
from receiver.settings import ReceiverSettings
from receiver.store.mongo import Database, Document, StoreUnavailable, connected
from receiver.web.access import FAILURES, Access
from receiver.web.bodies import BodyRoom
from receiver.web.requests import Requests
from tests.receiver.api_client import calling, make_token
from tests.receiver.running import Run
from tests.servers import SECRET, Service
from tests.webhook_client import SMALLEST, Client


@given(st.integers(3, 51), st.sampled_from("09AZaz"))
def test_one_wrong_sign_is_no_token(place: int, sign: str) -> None:
    token = new_token()
    assert is_token(token)
    assert len(token) == 52
    changed = token[:place] + sign + token[place + 1 :]
    assert is_token(changed) == (changed == token)
    assert not is_token(token[:-1])
    assert not is_token(token.removeprefix("el_"))


async def test_a_token_is_made_listed_and_revoked(
    receiver: Service, database: Database, run: Run
) -> None:
    async def command(*words: str) -> tuple[int, str]:
        """Run ``python -m receiver token …`` and return status and output."""
        return (await asyncio.to_thread(run, "token", *words))[:2]

    await database.tokens.delete_many({})
    words = ["add", "crm", "--rights", "read,raw", "--mailbox", "Support@Yandex.ru"]
    status, out = await command(*words, "--expires", "30d")
    token = out.strip()
    assert (status, is_token(token)) == (0, True)
    assert token not in str(await database.tokens.find().to_list(None))
    async with calling(receiver.env["RECEIVER_PORT"], token) as caller:
        assert (await caller.get("/v1/mailboxes")).status == 200
        status, listed = await command("list")
        assert "crm\tread,raw\tsupport@yandex.ru\tcreated=" in listed
        assert "used=" in listed
        assert (await command(*words))[0] == 1
        assert (await command("revoke", "crm"))[0] == 0
        assert (await caller.get("/v1/mailboxes")).status == 401
    assert (await command("revoke", "crm"))[0] == 1
    for named in ("a b", "a@x.ru,b@x.ru", "a@x.ru;b@x.ru"):
        assert (await command("add", "x", "--mailbox", named, "--rights", "read"))[0] == 2
    for rights in ("all", "", ","):
        assert (await command("add", "x", "--mailbox", "*", "--rights", rights))[0] == 2
    today = f"{datetime.now(UTC) + timedelta(minutes=1):%Y-%m-%d}"
    assert (await command("add", "today", "--mailbox", "*", "--expires", today))[0] == 0
    listed = (await command("list"))[1]
    assert f"expires={today}T23:59:59Z" in listed.partition("today\t")[2]
    assert {end_of(each) for each in ("2027-01-31", "20270131", "2027-W04-7")} == {
        datetime(2027, 1, 31, 23, 59, 59, tzinfo=UTC)
    }
    assert end_of("2027-01-31T12:00+03:00") == datetime(2027, 1, 31, 9, tzinfo=UTC)
    for never in ("2020-01-01", "9999-12-31T23:59:59-23:00"):
        assert (await command("add", "x", "--mailbox", "*", "--expires", never))[0] == 2


async def test_wrong_revoked_and_expired_are_answered_alike(
    receiver: Service, database: Database
) -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    revoked = await make_token(database, name="revoked")
    await Tokens(database).revoke("revoked", past)
    expired = await make_token(database, expires=past)
    answers = set()
    for token in (new_token(), revoked, expired, "el_short", "no token"):
        async with calling(receiver.env["RECEIVER_PORT"], token) as caller:
            said = await caller.get("/v1/mailboxes")
            told = sorted((name, text) for name, text in said.headers.items() if name != "Date")
            answers.add((said.status, said.content, tuple(told)))
    assert len(answers) == 1
    [(status, _, fields)] = answers
    assert (status, "WWW-Authenticate" in dict(fields)) == (401, True)
    async with calling(receiver.env["RECEIVER_PORT"], None) as caller:
        assert (await caller.get("/v1/mailboxes")).status == 401


class NotedTokens(Tokens):
    """The tokens of a database, with a record of each query."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.asked: list[str] = []

    async def find(self, digest: str) -> Document | None:
        self.asked.append("find")
        return await super().find(digest)

    async def note_use(self, digest: str, when: datetime) -> None:
        self.asked.append("note use")
        await super().note_use(digest, when)


async def test_no_refusal_takes_less_work_than_another(database: Database) -> None:
    """Not time is compared but its cause: the questions to the database are the same for all."""
    now, keyring = datetime.now(UTC), Keyring(ReceiverSettings(webhook_secrets=SECRET))
    revoked = await make_token(database, name="revoked")
    await Tokens(database).revoke("revoked", now)
    wrong = {
        "never given": new_token(),
        "revoked": revoked,
        "expired": await make_token(database, expires=now),
        "a wrong checksum": "el_" + "0" * 49,
        "cut short": revoked[:-1],
        "no form at all": "é",
        "empty": "",
    }
    tokens = NotedTokens(database)
    told = {}
    for kind, token in wrong.items():
        access = Access(Requests(keyring, BodyRoom(1)), tokens, 10.0)
        tokens.asked.clear()
        with pytest.raises(Problem) as refused:
            await access.granted(token, "192.0.2.1")
        told[kind] = (tuple(tokens.asked), str(refused.value.body()), refused.value.headers)
    assert set(told.values()) == {told["never given"]}, told
    assert told["never given"][0] == ("find",)
    questions = Counter[str]()
    for kept in (None, *await Tokens(database).every()):
        for token in (revoked, new_token()):
            asked: list[str] = []
            with following_calls(asked):
                assert not is_good(token, kept, now)
            questions[" ".join(asked)] += 1
    assert len(questions) == 1, questions


@contextmanager
def following_calls(names: list[str]) -> Iterator[None]:
    """Record each function of ours that is called within."""

    def note(frame: FrameType, event: str, _arg: object) -> None:
        if event == "call" and "/receiver/" in frame.f_code.co_filename:
            names.append(frame.f_code.co_name)

    sys.setprofile(note)
    try:
        yield
    finally:
        sys.setprofile(None)


async def test_a_token_named_as_services_are_has_a_rate_of_its_own(
    receiver: Service, database: Database, client: Client, run: Run
) -> None:
    words = ("add", "service", "--rights", "read", "--mailbox", "*")
    assert (await asyncio.to_thread(run, "token", *words))[0] == 2
    token = await make_token(database, name="service")  # of before that was refused
    async with calling(receiver.env["RECEIVER_PORT"], token) as caller:
        await client.call("GET", "/v1/mailboxes")
        said = await caller.get("/v1/mailboxes")
        assert said.headers["RateLimit"] == '"token";r=599;t=1'


async def test_many_wrong_tokens_wait_and_a_good_one_does_not(
    receiver: Service, database: Database
) -> None:
    good = await make_token(database)
    port = receiver.env["RECEIVER_PORT"]
    async with calling(port, good) as owner, calling(port, new_token()) as stranger:
        assert (await owner.get("/v1/mailboxes")).status == 200
        said = [await stranger.get("/v1/mailboxes") for _ in range(FAILURES + 5)]
        assert said[0].status in (401, 429)
        assert said[-1].status == 429
        assert 1 <= int(said[-1].headers["Retry-After"]) <= 60
        assert (await owner.get("/v1/mailboxes")).status == 200
    assert await database.tokens.find_one({"_id": digest_of(good)})


async def test_what_is_left_of_the_rate_is_told(receiver: Service, database: Database) -> None:
    async with calling(receiver.env["RECEIVER_PORT"], await make_token(database)) as caller:
        said = await caller.get("/v1/mailboxes")
    assert said.headers["RateLimit-Policy"] == '"token";q=600;w=60'
    assert said.headers["RateLimit"] == '"token";r=599;t=1'
    assert said.headers["Cache-Control"] == "private, no-cache"


def test_a_bucket_fills_again() -> None:
    now = 0.0
    rates = Rates(10, 60, lambda: now)
    assert [rates.take("a") for _ in range(11)] == [True] * 10 + [False]
    assert (rates.wait("a"), rates.take("b")) == (6, True)
    now = 6.0
    assert [rates.take("a"), rates.take("a")] == [True, False]


POSTED = {"type": "email.received", "data": SMALLEST}
REFUSED = {
    "another mailbox": ({"mailbox": "sales@yandex.ru"}, 404),
    "a file": (
        {
            "attachments": [
                {"filename": "a", "content_type": "a/b", "size": 1, "sha256": "0" * 64},
            ]
        },
        422,
    ),
    "an original elsewhere": ({"raw": {"sha256": "0" * 64, "size": 1}}, 422),
}


@pytest.mark.parametrize(("said", "status"), REFUSED.values(), ids=REFUSED)
async def test_what_a_token_may_not_post(
    receiver: Service, database: Database, said: dict[str, object], status: int
) -> None:
    token = await make_token(database, "post", "support@yandex.ru")
    async with calling(receiver.env["RECEIVER_PORT"], token) as caller:
        body = {"type": "email.received", "data": SMALLEST | said}
        assert (await caller.call("POST", "/webhook/email", body)).status == status


@pytest.mark.parametrize(("name", "status"), [("form-17", 201), ("a b", 422), ("\u202ea", 422)])
async def test_an_id_of_one_s_own_is_one_that_a_log_may_show(
    receiver: Service, database: Database, name: str, status: int
) -> None:
    token = await make_token(database, "post", "support@yandex.ru")
    async with calling(receiver.env["RECEIVER_PORT"], token) as caller:
        said = await caller.call("POST", "/webhook/email", POSTED, webhook_id=name)
        assert said.status == status


async def test_a_parameter_that_is_not_known_is_named(
    receiver: Service, database: Database
) -> None:
    token = await make_token(database, "post", "support@yandex.ru")
    async with calling(receiver.env["RECEIVER_PORT"], token) as caller:
        said = await caller.call("POST", "/webhook/email?mailbx=a@b.ru", POSTED)
        assert (said.status, [each["path"] for each in said.json["errors"]]) == (422, ["mailbx"])
    assert await database.letters.count_documents({}) == 0


MISTYPED = {
    "data.body": POSTED | {"data": SMALLEST | {"body": "Hello!"}},
    "data.inReplyTo": POSTED | {"data": SMALLEST | {"inReplyTo": "<1@x.ru>"}},
    "data.from.mail": POSTED | {"data": SMALLEST | {"from": {"address": "i@a.ru", "mail": "i"}}},
    "Data": POSTED | {"Data": {}},
}


@pytest.mark.parametrize(("path", "body"), MISTYPED.items(), ids=MISTYPED)
async def test_a_mistyped_name_loses_no_text(
    receiver: Service, database: Database, client: Client, path: str, body: dict[str, object]
) -> None:
    token = await make_token(database, "post", "support@yandex.ru")
    async with calling(receiver.env["RECEIVER_PORT"], token) as caller:
        said = await caller.call("POST", "/webhook/email", body)
    assert (said.status, [each["path"] for each in said.json["errors"]]) == (422, [path])
    assert await database.letters.count_documents({}) == 0
    # A service may be a bridge that is newer than this receiver.
    assert (await client.post(json.dumps(body).encode()))[0] == 201


async def test_a_letter_is_posted_with_a_token_alone(
    receiver: Service, database: Database, client: Client
) -> None:
    token = await make_token(database, "post", "support@yandex.ru")
    reader = await make_token(database, "read", "support@yandex.ru")
    port = receiver.env["RECEIVER_PORT"]
    claim = {"source": "us", "spf": "pass", "dkim": "pass", "aligned": True}
    data = SMALLEST | {"direction": "out", "auth": [claim]}
    body = {"type": "email.received", "data": data}
    async with calling(port, token) as poster, calling(port, reader) as other:
        first = await poster.call("POST", "/webhook/email", body)
        again = await poster.call("POST", "/webhook/email", body)
        assert (first.status, again.status) == (201, 200)
        assert (await other.call("POST", "/webhook/email", body)).status == 403
        assert (await poster.get("/v1/mailboxes")).status == 403
    [letter] = await database.letters.find().to_list(None)
    assert letter["message"]["direction"] == "in"
    assert [each["auth"] for each in letter["copies"]] == [[]]


async def test_many_who_ask_a_database_that_hangs_are_refused_together() -> None:
    """The driver has few threads, and its time limit starts once one is free."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        uri = f"mongodb://127.0.0.1:{silent.getsockname()[1]}"
        keyring = Keyring(ReceiverSettings(mongo_uri=uri, webhook_secrets=SECRET))
        async with connected(uri, "nothing", timeout=2) as database:
            access = Access(Requests(keyring, BodyRoom(1)), Tokens(database), 2.0)
            asked = [asyncio.create_task(access.granted("el_x", f"10.0.{n}.1")) for n in range(200)]
            done, left = await asyncio.wait(asked, timeout=12)
            for each in left:
                each.cancel()
    assert not left
    assert {type(each.exception()) for each in done} <= {TimeoutError, StoreUnavailable}
