"""A mailbox is one, whichever way its domain is spelt where it is named."""

import asyncio
import json
import secrets
from urllib.parse import quote

import pytest

from contract.batch import NDJSON
from receiver.page.signing.link import new_link
from receiver.page.signing.sign_ins import SignIns
from receiver.store.mongo import Database
from tests.page.conftest import browsing
from tests.receiver.api.given import posted
from tests.receiver.api_client import calling, make_token
from tests.receiver.running import Run
from tests.servers import Service
from tests.webhook_client import Client, event

DOMAINS = "почта.рф", "xn--80a1acny.xn--p1ai"
RIGHTS = "read post correct erase admin"


@pytest.fixture
def spellings() -> tuple[str, str]:
    """The two of a mailbox that had no letters in any test before."""
    local = f"заказы-{secrets.token_hex(4)}"
    return f"{local}@{DOMAINS[0]}", f"{local}@{DOMAINS[1]}"


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("own", [0, 1, None])
async def test_whoever_names_a_mailbox_means_the_one_that_has_letters(
    receiver: Service,
    database: Database,
    client: Client,
    spellings: tuple[str, str],
    which: int,
    own: int | None,
) -> None:
    kept, owns = spellings[which], "*" if own is None else spellings[own]
    dialog = await posted(client, 1, mailbox=kept, text="возврат")
    token = await make_token(database, RIGHTS, owns)
    async with calling(receiver.env["RECEIVER_PORT"], token) as caller:
        for asked in (*spellings, spellings[1].upper()):
            mailbox = f"mailbox={quote(asked)}"
            listed = (await caller.get(f"/v1/dialogs?{mailbox}")).json["items"]
            assert dialog in [each["id"] for each in listed]
            [first, *_] = (await caller.get(f"/v1/search?q=возвраты&{mailbox}")).json["items"]
            assert (await caller.get(f"/v1/letters/{first['key']}?{mailbox}")).status == 200
            state = (await caller.get(f"/v1/changes?{mailbox}")).json["state"]
            other = mailbox.replace(quote(asked), quote(kept))
            assert (await caller.get(f"/v1/changes?{other}&since={state}")).status == 200
            person = {"address": "ivan@example.ru", "mailbox": asked}
            [found] = (await caller.call("POST", "/v1/persons/find", person)).json["items"]
            assert (found["mailbox"], found["letters"]) == (kept, 1)
            hook = {"url": "http://127.0.0.1:1/", "mailboxes": [asked]}
            assert (await caller.call("POST", "/v1/hooks", hook)).json["mailboxes"] == [kept]
            said = {"mailbox": asked, "from": {"address": "olga@example.ru"}, "subject": ""}
            event = {"type": "email.received", "data": said | {"text": asked}}
            assert (await caller.call("POST", "/webhook/email", event)).status in (200, 201)
        mailboxes = (await caller.get("/v1/mailboxes")).json["items"]
        assert [each["mailbox"] for each in mailboxes] == [kept]
    assert await database.letters.distinct("mailbox") == [kept]


async def test_whatever_signs_means_the_mailbox_that_has_letters(
    database: Database, client: Client, spellings: tuple[str, str]
) -> None:
    kept, other = spellings
    first = await posted(client, 1, mailbox=kept)
    assert await posted(client, 1, mailbox=other) == first  # it is here already
    assert await posted(client, 2, mailbox=other, in_reply_to=["1@a.ru"]) == first
    line = json.loads(event(mailbox=other.upper(), message_id="3@a.ru", references=["1@a.ru"]))
    body = json.dumps(line | {"id": "line-3"}).encode()
    status, told = await client.post_lines(body)
    assert (status, json.loads(told)["dialog"]) == (200, first)
    status, known = await client.call("POST", "/webhook/known", body, content_type=NDJSON)
    assert (status, known["state"]) == (200, "stored")
    assert await database.letters.distinct("mailbox") == [kept]
    status, found = await client.call("GET", f"/v1/dialogs?mailbox={quote(other, safe='@')}")
    assert (status, [each["count"] for each in found["items"]]) == (200, [3])


async def test_a_page_shows_the_mailbox_that_has_letters(
    receiver: Service, database: Database, client: Client, spellings: tuple[str, str]
) -> None:
    for kept, other in (spellings, [f"other-{each}" for each in spellings[::-1]]):
        await posted(client, 1, mailbox=kept, text="возврат")
        letter = await database.letters.find_one({"mailbox": kept})
        assert letter
        named, key = quote(other), letter["key"][:20]
        for mailboxes in (None, [kept], [other]):
            async with browsing(receiver) as browser:
                link = await new_link(SignIns(database), "http://x", "olga", mailboxes=mailboxes)
                await browser.sign_in(link)
                for query in ("tab=all", "q=возврат"):
                    shown = await browser.get(f"/?mailbox={named}&{query}")
                    assert (shown.status, "Где мой заказ?" in shown.text) == (200, True), query
                assert (await browser.get(f"/letters/{named}/{key}/text")).status == 200
                live = await browser.get(f"/live?mailbox={named}&since=x")
                assert "there is no such time" in live.text
    async with browsing(receiver) as browser:
        link = await new_link(SignIns(database), "http://x", "olga", mailboxes=["a@b.ru"])
        await browser.sign_in(link)
        assert (await browser.get(f"/?mailbox={quote(spellings[0])}")).status == 404


async def test_a_hook_of_before_the_first_letter_is_told_of_it(
    receiver: Service, database: Database, client: Client, spellings: tuple[str, str]
) -> None:
    letters, in_ascii = spellings
    token = await make_token(database, RIGHTS, letters)
    async with calling(receiver.env["RECEIVER_PORT"], token) as caller:
        made = (await caller.call("POST", "/v1/hooks", {"url": "http://127.0.0.1:1/"})).json
        await posted(client, 1, mailbox=in_ascii)
        assert (await caller.get(f"/v1/hooks/{made['id']}")).status == 200
        for _ in range(100):
            told = await database.hooks.find_one({"name": made["name"]})
            if told and told["late"]:
                break
            await asyncio.sleep(0.1)
    assert told
    assert {each["data"]["mailbox"] for each in told["late"]} == {in_ascii}


async def test_so_on_the_command_line(client: Client, run: Run, spellings: tuple[str, str]) -> None:
    letters, in_ascii = spellings
    await posted(client, 1, mailbox=in_ascii, text="возврат")
    assert run("search", "возврат", "--mailbox", letters)[0] == 0
    status, said, _ = run("person", "ivan@example.ru", "--mailbox", letters)
    assert (status, in_ascii in said) == (0, True)
