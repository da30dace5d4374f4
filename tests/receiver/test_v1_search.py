"""``/v1/search`` and ``search`` on a real receiver: found at once, by page, and not once erased."""

from datetime import UTC, datetime
from typing import Any

import pytest

from receiver.store.mongo import Database
from tests.receiver.api_client import calling, make_token
from tests.receiver.running import Run
from tests.search.world import terms
from tests.servers import Service
from tests.webhook_client import Client, event

A_WHILE_AGO = datetime(2026, 11, 1, tzinfo=UTC)
SUPPORT, SALES = "support@yandex.ru", "sales@yandex.ru"
# A receiver notes a mailbox once, and its database is emptied between tests: no other test has it.
NEW = "new@yandex.ru"


async def posted(client: Client, number: int, text: str, **fields: Any) -> str:
    """Post a letter and return its dialog."""
    ordinary = {"message_id": f"{number}@a.ru", "date": f"2026-11-23T10:{number:02}:00Z"}
    _, answer = await client.post(event(text=text, **(ordinary | fields)), event_id=f"e-{number}")
    return str(answer["dialog"])


async def test_what_came_is_found_at_once_with_its_dialog_and_words(
    client: Client, receiver: Service, database: Database
) -> None:
    one = await posted(client, 1, "Прошу вас возвратить деньги", subject="Заказ 12345", mailbox=NEW)
    await posted(client, 2, "о другом", in_reply_to=["1@a.ru"], mailbox=NEW)
    sales = await posted(client, 3, "И мне возврат", mailbox=SALES, sender="olga@example.ru")
    token = await make_token(database, "read")
    async with calling(receiver.env["RECEIVER_PORT"], token) as caller:
        said = await caller.get(f"/v1/search?q=возврат&mailbox={NEW}")
        assert said.status == 200, said.content
        [found] = said.json["items"]
        assert (found["dialog"], found["waiting"], found["fields"]) == (one, "us", [])
        text, [[start, end]] = found["snippet"]["text"], found["snippet"]["marks"]
        assert text[start:end] == "возвратить"
        assert (await caller.get(f"/v1/letters/{found['key']}?mailbox={NEW}")).status == 200
        said = await caller.get("/v1/search?q=тема:12345 is:waiting")
        assert [each["fields"] for each in said.json["items"]] == [["subject"]]
        first = await caller.get(f"/v1/search?q=kind:letter&limit=2&mailbox={NEW}")
        assert len(first.json["items"]) == 2
        assert first.json["next"] is None
        first = await caller.get(f"/v1/search?q=kind:letter&limit=1&mailbox={NEW}")
        path = first.headers["Link"].partition(">")[0].removeprefix("<")
        assert [each["dialog"] for each in (await caller.get(path)).json["items"]] == [one]
    only = await make_token(database, "read", SALES, name="of one mailbox")
    async with calling(receiver.env["RECEIVER_PORT"], only) as caller:
        said = await caller.get("/v1/search?q=возврат")
        assert [each["dialog"] for each in said.json["items"]] == [sales]
        assert (await caller.get(f"/v1/search?q=x&mailbox={NEW}")).status == 404


@pytest.mark.parametrize(
    ("query", "path", "words"),
    [
        ("q=kind:letters", "q", "kind: “letters” is none of letter"),
        ("q=слово после:завтра", "q", "после: a date"),
        ("q=«слово", "q", "«: the quotation mark"),
        ("q=слово%00", "q", "there is a control character in it"),
        ("q=%1B[31mслово", "q", "there is a control character in it"),
        ("q=слово&cursor=x", "cursor", "not of a search"),
        (f"q=слово&cursor=١-{'a' * 24}", "cursor", "not of a search"),
        ("", "q", "is missing"),
    ],
)
async def test_a_query_that_cannot_be_meant_says_what_is_wrong(
    receiver: Service, database: Database, query: str, path: str, words: str
) -> None:
    token = await make_token(database, "read", SUPPORT)
    async with calling(receiver.env["RECEIVER_PORT"], token) as caller:
        said = await caller.get(f"/v1/search?{query}")
        [wrong] = said.json["errors"]
        assert (said.status, wrong["path"]) == (422, path)
        assert words.lower() in wrong["message"].lower()


async def test_a_person_who_was_erased_is_found_no_more(
    client: Client, receiver: Service, database: Database, run: Run
) -> None:
    await posted(client, 1, "тайное дело", sender="ivan@example.ru")
    await posted(client, 2, "явное дело", sender="olga@example.ru")
    await database.letters.update_many({}, {"$set": {"kept": A_WHILE_AGO}})
    assert run("search", "--rebuild")[0] == 0
    assert {"тайн", "явн"} <= await terms(database)
    status, output, _ = run("search", "дела")
    assert (status, output.count("дело")) == (0, 2)
    token = await make_token(database, "erase read", SUPPORT)
    async with calling(receiver.env["RECEIVER_PORT"], token) as caller:
        ivan = {"address": "ivan@example.ru"}
        preview = (await caller.call("POST", "/v1/persons/find", ivan)).json["preview"]
        erase = {**ivan, "reason": "asked", "preview": preview}
        assert (await caller.call("POST", "/v1/persons/erase", erase)).status == 200
    assert "тайн" not in await terms(database)
    assert run("search", "дела")[1].count("дело") == 1
    assert run("search", "тайное")[:2] == (1, "nothing was found\n")
    assert run("search", "kind:letters")[0] == 2
