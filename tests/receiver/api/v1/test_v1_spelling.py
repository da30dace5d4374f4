"""A mailbox is one, whichever way its domain is spelt where it is named."""

import asyncio
import secrets
from urllib.parse import quote

import pytest

from receiver.store.mongo import Database
from tests.receiver.api.given import posted
from tests.receiver.api_client import calling, make_token
from tests.receiver.running import Run
from tests.servers import Service
from tests.webhook_client import Client

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
