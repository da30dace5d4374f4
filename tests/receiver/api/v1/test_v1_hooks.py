"""Hooks by the API and on the command line: who may manage which, and what is shown."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from receiver.hooks.event import KINDS
from receiver.hooks.hook import new_hook
from receiver.hooks.hooks import MAX_OF_ONE, MAX_OF_THE_SAME, Hooks
from receiver.store.mongo import Database
from tests.hooks.listening import is_signed_with, listening
from tests.receiver.api_client import Caller, calling, make_token
from tests.receiver.running import Run
from tests.servers import Service
from tests.webhook_client import Client, event

SUPPORT, SALES = "support@yandex.ru", "sales@yandex.ru"
URL = "http://127.0.0.1:1/hook"


async def token(database: Database, *mailboxes: str, rights: str = "admin read") -> str:
    return await make_token(database, rights, *mailboxes)


async def made(caller: Caller, **said: Any) -> dict[str, Any]:
    answer = await caller.call("POST", "/v1/hooks", {"url": URL} | said)
    assert answer.status == 201, answer.json
    assert answer.headers["Location"] == f"/v1/hooks/{answer.json['id']}"
    return dict(answer.json)


async def test_a_hook_is_made_tried_switched_and_removed(
    receiver: Service, database: Database, client: Client
) -> None:
    port = receiver.env["RECEIVER_PORT"]
    async with listening() as target, calling(port, await token(database, SUPPORT)) as caller:
        hook = await made(caller, url=target.url, name="crm")
        assert hook["secret"].startswith("whsec_")
        assert (hook["mailboxes"], hook["events"], hook["state"]) == ([SUPPORT], [*KINDS], "on")
        path = f"/v1/hooks/{hook['id']}"
        shown = (await caller.get(path)).json
        assert shown == {name: value for name, value in hook.items() if name != "secret"}
        assert (await caller.get("/v1/hooks")).json == {"items": [shown]}
        tested = await caller.call("POST", path + "/test")
        assert (tested.status, tested.json["status"]) == (200, 200)
        assert target.heard[0].type == "hook.test"
        _, answer = await client.post(event())
        await target.until(lambda: len(target.heard) >= 3)
        assert {each.data["dialog"] for each in target.heard[1:]} == {answer["dialog"]}
        listed = (await caller.get(path + "/deliveries")).json["items"]
        assert {each["id"] for each in listed} <= {each.id for each in target.heard}
        assert tested.json["id"] in [each["id"] for each in listed]
        new = (await caller.call("POST", path + "/rotate")).json
        assert new == hook | {"secret": new["secret"]} != hook
        assert (await caller.call("POST", path + "/test", {})).status == 200
        known = hook["secret"], new["secret"]
        assert [is_signed_with(each, target.heard[-1]) for each in known] == [True, True]
        target.heard.pop()
        assert (await caller.call("POST", path + "/disable")).json["state"] == "off"
        await client.post(event(message_id="2@a.ru", sender="petr@a.ru"), event_id="event-2")
        await asyncio.sleep(1.5)
        assert len(target.heard) == 3
        assert (await caller.call("POST", path + "/enable")).json["state"] == "on"
        await target.until(lambda: len(target.heard) >= 5)
        assert (await caller.call("DELETE", path)).status == 204
        assert (await caller.get(path)).status == 404
        assert (await caller.get("/v1/hooks")).json == {"items": []}


WRONG: dict[str, tuple[dict[str, Any], int, str]] = {
    "no URL": ({"url": "x"}, 422, "url"),
    "a name in it": ({"url": "http://a:b@127.0.0.1/"}, 422, "url"),
    "nobody": ({"url": "http://0.0.0.0/"}, 422, "url"),
    "no mailbox": ({"mailboxes": ["x"]}, 422, "mailboxes"),
    "another's mailbox": ({"mailboxes": [SALES]}, 404, ""),
    "every mailbox": ({"mailboxes": ["*"]}, 404, ""),
    "no event": ({"events": ["letter.read"]}, 422, "events.0"),
    "none": ({"events": []}, 422, "events"),
    "a field of nobody": ({"secret": "x"}, 422, "secret"),
    "a taken name": ({"name": "taken"}, 422, "name"),
}


async def test_what_no_hook_is_made_of(receiver: Service, database: Database) -> None:
    async with calling(receiver.env["RECEIVER_PORT"], await token(database, SUPPORT)) as caller:
        await made(caller, name="taken")
        for name, (said, status, field) in WRONG.items():
            answer = await caller.call("POST", "/v1/hooks", {"url": URL} | said)
            assert answer.status == status, (name, answer.json)
            if field:
                assert [each["path"] for each in answer.json["errors"]] == [field], name
        assert await database.hooks.count_documents({}) == 1


async def test_a_token_sees_the_hooks_of_its_own_mailboxes_only(
    receiver: Service, database: Database
) -> None:
    port = receiver.env["RECEIVER_PORT"]
    async with calling(port, await token(database)) as everything:
        hooks = {
            name: await made(everything, mailboxes=mailboxes, name=name)
            for name, mailboxes in {
                "support": [SUPPORT],
                "sales": [SALES],
                "both": [SUPPORT, SALES],
                "all": ["*"],
            }.items()
        }
        assert len((await everything.get("/v1/hooks")).json["items"]) == 4
    async with calling(port, await token(database, SUPPORT)) as caller:
        said = await caller.get("/v1/hooks")
        assert [each["name"] for each in said.json["items"]] == ["support"]
        nowhere = await caller.get(f"/v1/hooks/{'0' * 24}")
        for name in ("sales", "both", "all"):
            path = f"/v1/hooks/{hooks[name]['id']}"
            for method, rest in (
                ("GET", ""), ("DELETE", ""), ("GET", "/deliveries"), ("POST", "/test"),
                ("POST", "/enable"), ("POST", "/disable"), ("POST", "/rotate"),
            ):  # fmt: skip
                answer = await caller.call(method, path + rest)
                assert (answer.status, answer.content) == (404, nowhere.content)
    assert await database.hooks.count_documents({"state": "on"}) == 4


async def test_a_name_that_others_gave_is_free(receiver: Service, database: Database) -> None:
    """Otherwise a refusal would reveal the names of other mailboxes' hooks."""
    port = receiver.env["RECEIVER_PORT"]
    async with calling(port, await token(database)) as everything:
        for mailboxes in ([SALES], [SUPPORT, SALES], ["*"]):
            await made(everything, mailboxes=mailboxes, name="crm")
    async with calling(port, await token(database, SUPPORT)) as caller:
        await made(caller, name="crm")
        said = await caller.call("POST", "/v1/hooks", {"url": URL, "name": "crm"})
        assert said.status == 422


async def test_who_makes_many_hooks_takes_no_others_theirs(
    receiver: Service, database: Database
) -> None:
    hooks = Hooks(database)
    now = datetime.now(UTC)
    for number in range(MAX_OF_THE_SAME):
        hook = new_hook(URL, str(number), [SALES], KINDS, full=False, who="x", now=now)
        assert await hooks.add(hook)
    port = receiver.env["RECEIVER_PORT"]
    async with calling(port, await token(database, SALES)) as caller:
        said = await caller.call("POST", "/v1/hooks", {"url": URL})
        assert (said.status, said.json["detail"]) == (409, "there are too many hooks")
    async with calling(port, await token(database, SUPPORT)) as caller:
        await made(caller)


async def test_nor_does_who_makes_them_of_any_of_his_mailboxes(
    receiver: Service, database: Database
) -> None:
    hooks, now = Hooks(database), datetime.now(UTC)
    for number in range(MAX_OF_ONE):
        some = [f"{number}@yandex.ru"]
        hook = new_hook(URL, str(number), some, KINDS, full=False, who="greedy", now=now)
        assert await hooks.add(hook)
    port = receiver.env["RECEIVER_PORT"]
    greedy = await make_token(database, "admin", SALES, SUPPORT, name="greedy")
    async with calling(port, greedy) as caller:
        for mailboxes in ([SALES], [SUPPORT], [SALES, SUPPORT]):
            said = await caller.call("POST", "/v1/hooks", {"url": URL, "mailboxes": mailboxes})
            assert (said.status, said.json["detail"]) == (409, "there are too many hooks")
    async with calling(port, await token(database, SUPPORT)) as caller:
        await made(caller)


@pytest.mark.parametrize("rights", ["read raw post correct erase", "read"])
async def test_hooks_need_the_right_to_manage(
    receiver: Service, database: Database, rights: str
) -> None:
    port = receiver.env["RECEIVER_PORT"]
    async with calling(port, await token(database, SUPPORT, rights=rights)) as caller:
        assert (await caller.get("/v1/hooks")).status == 403
        assert (await caller.call("POST", "/v1/hooks", {"url": URL})).status == 403


async def test_full_events_need_the_right_to_read(receiver: Service, database: Database) -> None:
    port = receiver.env["RECEIVER_PORT"]
    async with calling(port, await token(database, SUPPORT, rights="admin")) as caller:
        said = await caller.call("POST", "/v1/hooks", {"url": URL, "full": True})
        assert said.status == 403
        await made(caller)


async def test_the_command_does_the_same(run: Run, database: Database) -> None:
    async with listening() as target:

        async def hook(*words: str, **settings: str) -> tuple[int, str, str]:
            private = {"HOOK_PRIVATE_ADDRESSES": "true"}
            return await asyncio.to_thread(lambda: run("hook", *words, **(private | settings)))

        add = ("add", target.url, "--name", "crm", "--mailbox", SUPPORT, "--event", "letter.stored")
        status, secret, _ = await hook(*add, HOOK_PRIVATE_ADDRESSES="false")
        assert (status, secret) == (1, "")
        status, secret, told = await hook(*add)
        assert (status, secret.startswith("whsec_")) == (0, True)
        assert "crm is on" in told
        assert (await hook(*add))[0] == 1
        status, listed, _ = await hook("list")
        assert listed.split("\t")[:4] == ["crm", "on", target.url, "letter.stored"]
        assert secret.strip() not in listed
        assert (await hook("test", "crm"))[0] == 0
        assert target.types() == ["hook.test"]
        assert target.heard[0].id in (await hook("deliveries", "crm"))[1]
        assert await hook("disable", "crm") == (0, "", "the hook crm is off\n")
        assert "\toff\t" in (await hook("list"))[1]
        assert await hook("enable", "crm") == (0, "", "the hook crm is on\n")
        other = (*add[:4], "--mailbox", SALES)
        assert (await hook(*other))[0] == 0
        status, _, told = await hook("remove", "crm")
        assert (status, "say which by its id" in told) == (1, True)
        for each in await database.hooks.find().to_list(None):
            assert f"\tid={each['_id']}" in (await hook("list"))[1]
            removed = (0, "", "the hook crm is removed\n")
            assert await hook("remove", str(each["_id"])) == removed
        assert (await hook("remove", "crm"))[0] == 1
        assert (await hook("add", target.url, "--mailbox", "a b"))[0] == 2
