"""One dialog by ``/v1``: as much as requested, corrected, exported; who may ask."""

import hashlib
import json
import mailbox
import re
from contextlib import closing
from pathlib import Path
from typing import Any

from yarl import URL

from contract.event import Email
from receiver.letters.identity import letter_key
from receiver.store.mongo import Database
from tests.receiver.api.given import ORIGINAL, SUPPORT, listed, posted
from tests.receiver.api_client import Caller
from tests.webhook_client import Client


async def test_one_dialog_with_as_much_as_is_asked(client: Client, caller: Caller) -> None:
    one = await posted(client, 1, reply="new", text="new\n> old")
    full = await caller.get(f"/v1/dialogs/{one}")
    assert full.json["messages"][0]["body"] == "new\n> old"
    assert (full.json["id"], full.json["waiting"], full.json["count"]) == (one, "us", 1)
    reply = await caller.get(f"/v1/dialogs/{one}?messages=reply")
    assert (reply.json["messages"][0]["reply"], reply.json["messages"][0]["body"]) == ("new", None)
    posted_whole = await posted(client, 9, text="nobody said which words are new", reply="")
    for each in ("reply", "full"):
        shown = await caller.get(f"/v1/dialogs/{posted_whole}?messages={each}")
        [letter] = shown.json["messages"]
        assert letter["reply"] == "nobody said which words are new"
    exported = await caller.get(f"/v1/dialogs/{posted_whole}/export?as=json")
    alone = await caller.get(f"/v1/letters/{letter['key']}?mailbox={SUPPORT}")
    for told in (exported.json["letters"][0], alone.json):
        assert (told["reply"], told["body"]) == (letter["reply"], letter["body"])
    assert (await caller.get(f"/v1/dialogs/{one}?messages=none")).json["messages"] is None
    tag = full.headers["ETag"]
    assert tag.startswith('W/"')
    known = await caller.get(f"/v1/dialogs/{one}", If_None_Match=f'"x", {tag}')
    assert (known.status, known.content) == (304, b"")
    for given in ("*", tag.removeprefix("W/"), f'"a, b",{tag}'):
        assert (await caller.get(f"/v1/dialogs/{one}", If_None_Match=given)).status == 304, given
    for given in (f"{tag[:-1]}", f'"a, {tag[2:]}', tag[3:-1], ""):
        assert (await caller.get(f"/v1/dialogs/{one}", If_None_Match=given)).status == 200, given
    for given, status in (("*", 200), (tag, 200), ('W/"x"', 412)):
        said = await caller.get(f"/v1/dialogs/{one}", If_Match=given, If_None_Match='"x"')
        assert said.status == status, given
    await posted(client, 2, in_reply_to=["1@a.ru"])
    assert (await caller.get(f"/v1/dialogs/{one}", If_None_Match=tag)).status == 200


async def test_a_letter_of_html_alone_is_shown_and_found_by_its_words(
    client: Client, caller: Caller, database: Database
) -> None:
    page = "<p>Где мой <b>заказ</b>?</p><blockquote>Возврат возможен</blockquote><script>x</script>"
    said = {"mailbox": SUPPORT, "from": {"address": "ivan@example.ru"}, "html": page}
    told = {"type": "email.received", "data": said | {"message_id": "1@a.ru"}}
    answers = [await caller.call("POST", "/webhook/email", told) for _ in range(2)]
    assert [each.status for each in answers] == [201, 200]
    dialog, key = answers[0].json["dialog"], answers[0].json["letter"]
    text = "Где мой заказ?\n\n> Возврат возможен"
    [letter] = (await caller.get(f"/v1/dialogs/{dialog}")).json["messages"]
    assert (letter["body"], letter["key"]) == (text, key)
    [reply] = (await caller.get(f"/v1/dialogs/{dialog}?messages=reply")).json["messages"]
    assert reply["reply"] == text
    for words in ("заказы", '"мой заказ"', "возврата"):
        [found] = (await caller.get(f"/v1/search?q={words}&mailbox={SUPPORT}")).json["items"]
        assert found["key"] == key
        assert "аказ" in found["snippet"]["text"] or "озврат" in found["snippet"]["text"]
    email = Email.model_validate(said | {"message_id": "1@a.ru"})
    assert key == letter_key("1@a.ru", email)  # as it was before such letters had a text
    assert await database.letters.count_documents({}) == 1


async def test_a_merged_dialog_leads_on_and_a_correction_is_undone(
    client: Client, caller: Caller
) -> None:
    one, two = await posted(client, 1), await posted(client, 2)
    tag = (await caller.get(f"/v1/dialogs/{one}")).headers["ETag"]
    await posted(client, 3, in_reply_to=["1@a.ru"])
    said = await caller.call("POST", f"/v1/dialogs/{one}/merge", {"with": two}, If_Match=tag)
    assert said.status == 412
    tag = (await caller.get(f"/v1/dialogs/{one}")).headers["ETag"]
    body = {"with": two, "who": f"olga {'x' * 195}"}
    said = await caller.call("POST", f"/v1/dialogs/{one}/merge", body, If_Match=tag)
    assert (said.json["dialog"], said.json["changed"]) == (one, True)
    led = await caller.get(f"/v1/dialogs/{two}?messages=none")
    assert (led.status, led.headers["Location"]) == (308, f"/v1/dialogs/{one}?messages=none")
    for suffix in ("/why", "/export"):
        led = await caller.get(f"/v1/dialogs/{two}{suffix}")
        assert (led.status, led.headers["Location"]) == (308, f"/v1/dialogs/{one}{suffix}")
        assert "no-cache" in led.headers["Cache-Control"]  # an undo brings it back
    url = URL(f"{caller.base}/v1/dialogs/%{ord(two[0]):x}{two[1:]}/why", encoded=True)
    fields = {"Authorization": f"Bearer {caller.token}"}
    async with caller.session.get(url, headers=fields, allow_redirects=False) as got:
        assert got.headers["Location"] == f"/v1/dialogs/{one}/why"
    why = (await caller.get(f"/v1/dialogs/{one}/why")).json
    who = why["corrections"][0]["who"]
    assert who.startswith("olga x")
    assert re.search(r" \(.+\)$", who)  # the token's name, however long the other is
    assert len(who) <= 200
    assert len(why["messages"]) == 3
    assert await listed(caller, "has=correction") == [one]
    both = {"correction": "0" * 24, "message": "0" * 64}
    said = await caller.call("POST", f"/v1/dialogs/{one}/undo", both)
    assert (said.status, [each["path"] for each in said.json["errors"]]) == (422, ["message"])
    said = await caller.call("POST", f"/v1/dialogs/{one}/undo", {})
    assert said.json["changed"]
    assert {*await listed(caller, "")} == {one, two}
    assert (await caller.get(f"/v1/dialogs/{two}")).json["count"] == 1


async def test_letters_are_split_off_and_moved(client: Client, caller: Caller) -> None:
    one = await posted(client, 1)
    await posted(client, 2, in_reply_to=["1@a.ru"])
    keys = [each["key"] for each in (await caller.get(f"/v1/dialogs/{one}")).json["messages"]]
    said = await caller.call("POST", f"/v1/dialogs/{one}/split", {"messages": keys[1:]})
    split = said.json["dialog"]
    assert (await caller.get(f"/v1/letters/{keys[1]}?mailbox={SUPPORT}")).json["dialog"] == split
    said = await caller.call("POST", f"/v1/dialogs/{split}/move", {"message": keys[1], "to": one})
    assert (said.json["dialog"], said.json["changed"]) == (one, True)
    said = await caller.call("POST", f"/v1/dialogs/{one}/move", {"message": "x", "to": one})
    assert (said.status, said.json["errors"][0]["path"]) == (422, "message")


async def test_a_repeat_by_name_is_answered_as_the_first_was(
    client: Client, caller: Caller
) -> None:
    one = await posted(client, 1)
    for number in (2, 3):
        await posted(client, number, in_reply_to=["1@a.ru"])
    path, keys = f"/v1/dialogs/{one}", await keys_of(caller, one)
    tag = (await caller.get(path)).headers["ETag"]
    split = {"messages": keys[2:]}
    named = {"If_Match": tag, "Idempotency_Key": '"split-1"'}
    first = await caller.call("POST", f"{path}/split", split, **named)
    again = await caller.call("POST", f"{path}/split", split, **named)
    assert first.json["changed"]
    assert (again.status, again.json) == (200, first.json)  # though the tag is another by now
    await caller.call("POST", f"{path}/split", {"messages": keys[1:2]})
    undo = [
        await caller.call("POST", f"{path}/undo", {}, Idempotency_Key="undo-1") for _ in range(2)
    ]
    assert undo[0].json == undo[1].json
    assert await keys_of(caller, one) == keys[:2]  # the split before is still there
    assert await keys_of(caller, first.json["dialog"]) == keys[2:]
    other = await caller.call("POST", f"{path}/split", split, Idempotency_Key="undo-1")
    assert (other.status, other.json["errors"][0]["path"]) == (422, "Idempotency-Key")
    for wrong in ("", '""', "x" * 256, "a b", '"a'):
        said = await caller.call("POST", f"{path}/undo", {}, Idempotency_Key=wrong)
        assert said.status == 422, wrong
        assert said.json["errors"][0]["path"] == "Idempotency-Key"
    byname = {"correction": first.json["correction"]}
    assert (await caller.call("POST", f"{path}/undo", byname)).json["changed"]
    assert await keys_of(caller, one) == keys


async def keys_of(caller: Caller, dialog: str) -> list[str]:
    return [each["key"] for each in (await caller.get(f"/v1/dialogs/{dialog}")).json["messages"]]


async def test_a_dialog_is_exported(client: Client, caller: Caller, tmp_path: Path) -> None:
    await client.put(ORIGINAL)
    raw = {"sha256": hashlib.sha256(ORIGINAL).hexdigest(), "size": len(ORIGINAL)}
    one = await posted(client, 1, raw=raw, html="<b>x</b>")
    await posted(client, 2, in_reply_to=["1@a.ru"], subject="Без\u2028оригинала", text="да")
    whole = await caller.get(f"/v1/dialogs/{one}/export")
    assert [each["html"] for each in whole.json["letters"]] == ["<b>x</b>", ""]
    assert whole.json["dialog"]["id"] == one
    said = await caller.get(f"/v1/dialogs/{one}/export?as=mbox")
    path = tmp_path / "a.mbox"
    path.write_bytes(said.content)
    with closing(mailbox.mbox(path)) as box:
        first, second = box
    assert first.get_payload() == ">From here on\n>>From there\n"
    assert second["From"].endswith(" <ivan@example.ru>")
    assert second.get_payload(decode=True).decode().strip() == "да"  # type: ignore[union-attr]


async def test_a_service_may_sign_instead(client: Client, caller: Caller) -> None:
    one = await posted(client, 1)
    status, said = await client.call("GET", f"/v1/dialogs/{one}?messages=none")
    assert (status, said["id"]) == (200, one)
    status, _ = await client.call("POST", f"/v1/dialogs/{one}/undo", {"who": "olga"})
    assert status == 409
    for method, path, right in (
        ("GET", "/v1/hooks", "admin"),
        ("POST", "/v1/persons/find", "erase"),
    ):
        status, said = await client.call(method, path)
        told = f"this needs a token with the right “{right}”, not a signature"
        assert (status, said["detail"]) == (403, told)


async def test_requests_that_do_not_fit(caller: Caller) -> None:
    assert (await caller.call("DELETE", "/v1/dialogs")).headers["Allow"] == "GET, HEAD"
    assert (await caller.call("GET", "/v1/dialogs/x/why")).status == 404
    assert (await caller.call("GET", "/v1/mailboxes", {"a": 1})).status == 422
    said = await caller.call(
        "POST", f"/v1/dialogs/{'0' * 24}/split", {"messages": ["0" * 64], "x": 1}
    )
    assert json.loads(said.content)["errors"][0]["path"] == "x"
    assert (await caller.get("/v1/dialogs")).status == 422


async def test_no_body_and_an_empty_object_are_the_same_where_nothing_has_to_be_said(
    client: Client, caller: Caller
) -> None:
    path = f"/v1/dialogs/{await posted(client, 1)}"
    said: list[Any] = [None, {}, {"who": "anna"}, []]
    undo = [await caller.call("POST", f"{path}/undo", each) for each in said[:2]]
    assert [each.status for each in undo] == [409, 409]  # there is nothing to undo
    read = [await caller.call("GET", path, each) for each in said]
    assert [each.status for each in read] == [200, 200, 422, 422]
    assert read[2].json["errors"][0]["path"] == "who"
    assert (await caller.call("POST", f"{path}/split", None)).status == 415
