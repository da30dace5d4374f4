"""``POST /webhook/email`` on a real receiver: each answer, and what it leaves in MongoDB."""

import asyncio
import json
import re
import time
from base64 import b64encode
from datetime import datetime
from hashlib import sha256
from typing import Any

import pytest

from contract.canary import FIELD, mark
from contract.signature import parse_keys, sign
from receiver.store.mongo import Database
from tests.servers import SECRET, Service
from tests.webhook_client import Client, event


async def stored(database: Database) -> list[dict[str, Any]]:
    return await database.dialogs.find().sort("created", 1).to_list(None)


async def test_a_first_letter_opens_a_dialog(client: Client, database: Database) -> None:
    status, answer = await client.post(event(message_id="<1@a.ru>", date="2026-11-23T10:00:00Z"))
    assert (status, answer["outcome"], answer["matched_by"]) == (201, "created", "new")
    [dialog] = await stored(database)
    assert str(dialog["_id"]) == answer["dialog"]
    assert dialog["email_from"] == "ivan@example.ru"
    [message] = dialog["messages"]
    assert message["subject"] == "Где мой заказ?"
    assert message["body"] == "Здравствуйте!"
    assert message["created"].isoformat() == "2026-11-23T10:00:00+00:00"


async def test_an_answer_joins_its_dialog(client: Client, database: Database) -> None:
    await client.post(event(message_id="1@a.ru"))
    status, answer = await client.post(event(message_id="2@a.ru", in_reply_to=["<1@a.ru>"]))
    assert (status, answer["outcome"], answer["matched_by"]) == (200, "appended", "in_reply_to")
    [dialog] = await stored(database)
    assert [message["message_id"] for message in dialog["messages"]] == ["1@a.ru", "2@a.ru"]


async def test_a_user_may_hold_several_dialogs(client: Client, database: Database) -> None:
    await client.post(event(message_id="1@a.ru"))
    status, _ = await client.post(event(message_id="2@a.ru"))
    assert status == 201
    assert len(await stored(database)) == 2


async def test_the_answer_may_come_first(client: Client, database: Database) -> None:
    later = event(
        message_id="3@a.ru",
        references=["1@a.ru", "2@a.ru"],
        date="2026-11-23T12:00:00Z",
        to=[{"address": "olga@a.ru"}],
    )
    first = event(
        message_id="1@a.ru",
        subject="Начало",
        sender="olga@a.ru",
        to=[{"address": "ivan@example.ru"}],
        date="2026-11-23T10:00:00Z",
    )
    await client.post(later)
    status, answer = await client.post(first)
    assert (status, answer["matched_by"]) == (200, "new")
    [dialog] = await stored(database)
    assert [message["message_id"] for message in dialog["messages"]] == ["1@a.ru", "3@a.ru"]
    assert (dialog["email_from"], dialog["subject"]) == ("olga@a.ru", "Начало")


async def test_one_event_a_hundred_times_at_once_is_one_message(
    client: Client, database: Database
) -> None:
    body = event(message_id="1@a.ru")
    answers = await asyncio.gather(*(client.post(body) for _ in range(100)))
    assert sorted({status for status, _ in answers}) == [200, 201]
    assert sum(answer["outcome"] == "created" for _, answer in answers) == 1
    [dialog] = await stored(database)
    assert len(dialog["messages"]) == 1


async def test_a_thread_posted_at_once_in_any_order_is_one_dialog(
    client: Client, database: Database
) -> None:
    ids = [f"{number}@a.ru" for number in range(40)]
    letters = [event(message_id=ids[n], references=ids[:n], text=str(n)) for n in range(40)]
    answers = await asyncio.gather(*(client.post(body) for body in [*letters[1:], letters[0]] * 2))
    assert {status for status, _ in answers} == {200, 201}
    dialogs = await stored(database)
    messages = [message["message_id"] for dialog in dialogs for message in dialog["messages"]]
    assert sorted(messages) == sorted(ids)


async def test_a_letter_without_a_message_id_is_stored_once(
    client: Client, database: Database
) -> None:
    body = event(date="2026-11-23T10:00:00Z")
    assert (await client.post(body, event_id="by-smtp"))[0] == 201
    assert (await client.post(body, event_id="by-imap"))[0] == 200
    [dialog] = await stored(database)
    assert len(dialog["messages"]) == 1


async def test_two_letters_posted_by_hand_without_id_and_date_are_two(
    client: Client, database: Database
) -> None:
    for event_id in ("by-hand-1", "by-hand-2"):
        assert (await client.post(event(), event_id=event_id))[0] == 201
    assert len(await stored(database)) == 2


async def test_a_reused_message_id_loses_no_letter(client: Client, database: Database) -> None:
    await client.post(event(message_id="same@a.ru", text="Посылка 1 отправлена"))
    await client.post(event(message_id="same@a.ru", text="Посылка 2 отправлена"))
    dialogs = await stored(database)
    bodies = [message["body"] for dialog in dialogs for message in dialog["messages"]]
    assert sorted(bodies) == ["Посылка 1 отправлена", "Посылка 2 отправлена"]


async def test_a_copy_that_was_read_otherwise_is_answered_with_the_key_of_the_letter(
    client: Client, database: Database
) -> None:
    """Nothing is stored under its own key. The same holds if several come at once."""
    original = b"Subject: S\r\n\r\nThe same bytes\r\n"
    raw = {"sha256": sha256(original).hexdigest(), "size": len(original)}
    said = {"raw": raw | {"content": b64encode(original).decode()}, "source": {"via": "smtp"}}
    ids = [f"{1795752427 + number}230474-cfd6a8885ef6a8a5" for number in range(3)]
    dates = [f"2026-11-23T10:00:0{number}Z" for number in range(3)]
    bodies = [event(**said, date=date, received_at=date) for date in dates]
    _, first = await client.post(bodies[0], event_id=ids[0])
    _, second = await client.post(bodies[1], event_id=ids[1])
    line = b'{"id":"%s",%s' % (ids[2].encode(), bodies[2].removeprefix(b"{"))
    _, text = await client.post_lines(line)
    for answer in (second, json.loads(text)):
        assert (answer["outcome"], answer["letter"]) == ("duplicate", first["letter"])
        path = f"/v1/letters/{answer['letter']}?mailbox=support@yandex.ru"
        status, letter = await client.call("GET", path)
        assert (status, letter["dialog"]) == (200, first["dialog"])
    kept = await database.letters.find_one({})
    assert kept is not None
    assert kept["again"] == ids[1:]


async def test_two_mailboxes_have_a_dialog_each(client: Client, database: Database) -> None:
    for mailbox in ("sales@yandex.ru", "support@yandex.ru"):
        status, _ = await client.post(event(mailbox=mailbox, message_id="1@a.ru"))
        assert status == 201
    assert len(await stored(database)) == 2


async def test_an_unbelievable_date_is_replaced(client: Client, database: Database) -> None:
    received = "2026-11-23T10:00:00Z"
    for date in ("1970-01-01T00:00:00Z", "2099-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00"):
        await client.post(event(message_id=f"{date}@a.ru", date=date, received_at=received))
    for dialog in await stored(database):
        assert dialog["created"].isoformat() == "2026-11-23T10:00:00+00:00"


UNSIGNED: dict[str, dict[str, str | None]] = {
    "wrong": {"webhook_signature": "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4="},
    "missing": {"webhook_signature": None},
    "missing id": {"webhook_id": None},
    "stale": {"webhook_timestamp": str(int(time.time()) - 3600)},
    "truncated": {"webhook_signature": "v1,K5oZfzN95"},
    "non-ASCII": {"webhook_signature": "v1,подпись"},
    "no version": {"webhook_signature": "K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4="},
    "not a time": {"webhook_timestamp": "вчера"},
}


@pytest.mark.parametrize("headers", UNSIGNED.values(), ids=UNSIGNED.keys())
async def test_a_bad_signature_is_401(
    client: Client, database: Database, headers: dict[str, str | None]
) -> None:
    status, problem = await client.post(event(), event_id="event-1", **headers)
    assert (status, problem["status"]) == (401, 401)
    assert await stored(database) == []


WRONG: dict[str, tuple[bytes, int, str]] = {
    "an operator in from": (event(**{"from": {"$ne": None}}), 422, "data.from.address"),
    "an operator in subject": (event(subject={"$gt": ""}), 422, "data.subject"),
    "an operator in an id": (event(in_reply_to=[{"$ne": 1}]), 422, "data.in_reply_to.0"),
    "another type": (b'{"type": "email.sent", "data": {}}', 422, "type"),
    "an empty object": (b"{}", 422, "data"),
    "a list": (b"[]", 422, ""),
    "not JSON": (b"Hello", 400, ""),
    "cut JSON": (event()[:-1], 400, ""),
    "not UTF-8": (event().replace(b"\\u", b"\xff"), 400, ""),
    "a lone surrogate": (event(text="\ud800"), 400, ""),
    "two megabytes of brackets": (b"[" * 2_000_000, 400, ""),
    "an empty body": (b"", 400, ""),
}


@pytest.mark.parametrize(("body", "status", "path"), WRONG.values(), ids=WRONG.keys())
async def test_a_wrong_event_names_the_field(
    client: Client, database: Database, body: bytes, status: int, path: str
) -> None:
    started = time.monotonic()
    found, problem = await client.post(body)
    assert time.monotonic() - started < 2
    assert found == status
    if path:
        assert path in [error["path"] for error in problem["errors"]]
    assert await stored(database) == []


HTML: dict[str, tuple[str, str]] = {
    "a script": ("<p>Да</p><script>alert(1)</script>", "<p>Да</p>"),
    "a handler": ("<img src=x onerror=alert(1)>", "<img>"),
    "a pixel": ('<img src="https://t.ru/p.gif" alt="a">', '<img alt="a">'),
    "what is hidden": ('a<div style="display:none">b</div>', "a"),
    "a hundred thousand elements deep": ("<div>" * 100_000, "<div>" * 200 + "</div>" * 200),
    "what is harmless": ("<p>Да &amp; нет</p>", "<p>Да &amp; нет</p>"),
    "none": ("", ""),
}


@pytest.mark.parametrize(("page", "stored_page"), HTML.values(), ids=HTML.keys())
async def test_html_is_made_harmless_whoever_signed_it(
    client: Client, database: Database, page: str, stored_page: str
) -> None:
    assert (await client.post(event(html=page)))[0] == 201
    [letter] = await database.letters.find().to_list(None)
    assert letter["content"]["html"] == stored_page


async def test_a_page_that_is_too_long_is_cut_and_says_so(
    client: Client, database: Database
) -> None:
    assert (await client.post(event(html="<p>&lt;" * 149_000)))[0] == 201
    [letter] = await database.letters.find().to_list(None)
    assert 500_000 < len(letter["content"]["html"].encode()) <= 1024 * 1024
    assert letter["message"]["defects"] == ["HTML too long, cut"]


async def test_other_refusals(client: Client) -> None:
    assert (await client.post(event(), content_type="text/plain"))[0] == 415
    assert (await client.post(event(), content_encoding="gzip"))[0] == 415
    assert await client.get("/webhook/email") == 401
    assert await client.get("/nowhere") == 404


async def test_a_body_that_is_too_large_is_refused_by_its_head(receiver: Service) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(receiver.env["RECEIVER_PORT"]))
    writer.write(b"POST /webhook/email HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n")
    writer.write(b"Content-Length: 9000000\r\n\r\n[")
    assert (await reader.readline()).split()[1] == b"413"
    writer.close()


async def test_health(client: Client) -> None:
    assert await client.get("/healthz") == 200
    assert await client.get("/readyz") == 200


@pytest.mark.parametrize("their_clock", [0, 240, -240])
async def test_how_long_a_canary_took_is_told_whatever_the_clocks_say(
    client: Client, database: Database, their_clock: int
) -> None:
    """The bridge's clock differs by minutes; the canary was sent fifty seconds ago."""
    now = int(time.time()) + their_clock
    name = f"{abs(their_clock):032x}"
    said = mark(parse_keys(SECRET), "support@yandex.ru", name, now - 50)
    body = event(headers=[[FIELD, said]], message_id=f"{name}@canary.invalid")
    at_theirs = sign(parse_keys(SECRET), "event-1", now, body)
    by_theirs = {header.replace("-", "_"): value for header, value in at_theirs.items()}
    status, answer = await client.post(body, **(by_theirs | {"event_id": "event-1"}))
    assert (status, answer["outcome"]) == (200, "canary")
    assert await stored(database) == []
    async with client.session.get(f"{client.base}/metrics") as numbers:
        told = re.search(r"^receiver_canary_seconds (\S+)$", await numbers.text(), re.MULTILINE)
    assert told is not None
    assert 35 <= float(told[1]) < 50 + 30
    status, noted = await client.call("GET", f"/webhook/canaries/{name}")
    assert status == 200
    ago = datetime.fromisoformat(noted["now"]) - datetime.fromisoformat(noted["arrived"])
    assert 0 <= ago.total_seconds() < 60
