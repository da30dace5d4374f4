"""Lists of ``/v1`` on a real receiver: conditions, order, pages, parameters that are wrong."""

from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from bson import ObjectId

from receiver.store.mongo import Database
from receiver.web.v1.cursor import cursor_of, packed
from tests.receiver.api.given import SALES, SUPPORT, listed, posted
from tests.receiver.api_client import Caller, calling, make_token
from tests.servers import Service
from tests.webhook_client import Client


async def test_a_list_is_filtered_and_sorted(client: Client, caller: Caller) -> None:
    file = {"filename": "a.pdf", "content_type": "application/pdf", "size": 1, "sha256": "0" * 64}
    one = await posted(client, 1, attachments=[file])
    two = await posted(client, 2, sender="olga@example.ru", cc=[{"address": "Petr@Example.ru"}])
    await posted(client, 3, sender=SUPPORT, in_reply_to=["1@a.ru"], direction="out")
    away = await posted(client, 4, sender="zoe@example.ru", kind="auto-reply", defects=["cut"])
    other = await posted(client, 5, in_reply_to=["2@a.ru"], sender="eve@example.ru")
    await posted(client, 6, mailbox=SALES)
    table = {
        "": [other, away, one, two],
        "sort=updated": [two, one, away, other],
        "sort=-changed": [other, two, away, one],
        "user=OLGA@example.ru": [two],
        "participant=petr@example.ru": [two],
        "waiting=us": [other, two],
        "waiting=us&sort=waiting_since": [two, other],
        "waiting=them": [one],
        "waiting=nobody": [away],
        "kind=auto-reply": [away],
        "has=attachment": [one],
        "has=attachment,defect": [],
        "has=defect": [away],
        "has=related": [other, two],
        "has=correction": [],
        "since=2026-11-23T10:03:00Z&until=2026-11-23T10:05:00Z": [away, one],
        "since=2026-11-23T13:03:00+03:00&until=2026-11-23T13:05:00%2B0300": [away, one],
        "sort=changed&until=2026-11-23T13:03:00%2B03:00": [two],
    }
    found = {query: await listed(caller, query) for query in table}
    # A dialog to which another one was linked has changed with it.
    found["sort=-changed"].sort(key=table["sort=-changed"].index)
    assert found == table


async def test_pages_hold_every_dialog_once_even_if_they_are_of_one_time(
    client: Client, caller: Caller
) -> None:
    same = {"date": "2026-11-23T10:00:00Z"}
    all_of_them = {await posted(client, n, sender=f"u{n}@a.ru", **same) for n in range(7)}
    for sort in ("-updated", "updated", "-changed", "changed", "waiting_since&waiting=us"):
        path = f"/v1/dialogs?mailbox={SUPPORT}&limit=3&sort={sort}&count=true"
        rows: list[str] = []
        sizes = []
        while path:
            said = await caller.get(path)
            rows += [each["id"] for each in said.json["items"]]
            sizes.append(len(said.json["items"]))
            assert said.json["count"] == 7
            link = said.headers.get("Link", "")
            assert bool(link) == bool(said.json["next"])
            path = link.partition(">")[0].removeprefix("<")
        assert sizes == [3, 3, 1]
        assert (len(rows), set(rows)) == (7, all_of_them)


GIVEN = cursor_of("-updated", datetime(2026, 11, 23, tzinfo=UTC), ObjectId("f" * 24))
WRONG = {
    "colour=red": "colour",
    "limit=0": "limit",
    **dict.fromkeys(
        ("limit=1_0", "limit=%2B5", "limit=%205", "limit=5.0", "limit=\u0665"), "limit"
    ),
    **dict.fromkeys(("count=yes", "count=1", "count=on", "count=True"), "count"),
    "limit=201": "limit",
    "limit=5&limit=6": "limit",
    "waiting=us&waiting=us": "waiting",
    "since=0": "since",
    "until=1795429020000": "until",
    "waiting=me": "waiting",
    "has=attachment,colour": "has.1",
    "since=yesterday": "since",
    "since=2026-11-23T10:00:00": "since",
    "since=2026-11-23T10:00:00 x03:00": "since",
    "sort=waiting_since": "sort",
    "cursor=x": "cursor",
    "cursor=WzFd": "cursor",
    "cursor=%20": "cursor",
    f"sort=updated&cursor={packed(['updated', 253402300799999, '0' * 24])}": "cursor",
    f"cursor={GIVEN}!!": "cursor",
    f"cursor={GIVEN[:-1]}": "cursor",
    f"cursor={GIVEN}&sort=updated": "cursor",
    "user=": "user",
    **dict.fromkeys(("user=%00", "user=ivan%0A@example.ru", "user=%C2%85", "user=%FF"), "user"),
    **dict.fromkeys(("participant=%1B%5B31m", "participant=%ED%A0%80"), "participant"),
    "sort=%C3%28": "sort",
    "%FF=1": "\ufffd",
}


@pytest.mark.parametrize(("query", "name"), WRONG.items(), ids=WRONG)
async def test_a_wrong_parameter_is_422_with_its_name(
    caller: Caller, query: str, name: str
) -> None:
    said = await caller.get(f"/v1/dialogs?mailbox={SUPPORT}&{query}")
    assert said.status == 422
    assert [each["path"] for each in said.json["errors"]] == [name]
    assert "line 1" not in said.json["errors"][0]["message"]
    assert said.headers["Content-Type"].startswith("application/problem+json")


@pytest.mark.parametrize("path", ["/v1/dialogs?", "/v1/changes?", "/v1/search?q=word&"])
@pytest.mark.parametrize("named", ["%00", "%FF", "%20", "support", "a%0A@example.ru"])
async def test_what_is_no_mailbox_is_not_looked_for(caller: Caller, path: str, named: str) -> None:
    said = await caller.get(f"{path}mailbox={named}")
    assert (said.status, [each["path"] for each in said.json["errors"]]) == (422, ["mailbox"])


async def test_mailboxes_and_who_waits_there(client: Client, caller: Caller) -> None:
    await posted(client, 1)
    await posted(
        client, 2, mailbox=SALES, sender=SALES, direction="out", to=[{"address": "a@b.ru"}]
    )
    said = await caller.get("/v1/mailboxes")
    told = {each["mailbox"]: each["waiting_for_us"] for each in said.json["items"]}
    assert told == {SUPPORT: 1, SALES: 0}
    assert all(each["last_letter"] for each in said.json["items"])


async def test_a_mailbox_is_asked_for_in_either_spelling_of_its_domain(
    receiver: Service, client: Client, database: Database
) -> None:
    letters, in_ascii = "заказы@почта.рф", "заказы@xn--80a1acny.xn--p1ai"
    for number, mailbox in enumerate((letters, "info@xn--80a1acny.xn--p1ai")):
        await posted(client, number, mailbox=mailbox)
    token = await make_token(database, "read", letters, "info@xn--80a1acny.xn--p1ai")
    asked = [letters, in_ascii, in_ascii.upper(), "info@почта.рф"]
    async with calling(receiver.env["RECEIVER_PORT"], token) as caller:
        for path in ("/v1/dialogs?limit=1&mailbox=", "/v1/search?q=kind:letter&mailbox="):
            for each in asked:
                said = await caller.get(path + quote(each))
                assert (said.status, len(said.json["items"])) == (200, 1), each
        assert (await caller.get("/v1/dialogs?mailbox=" + quote("info@пошта.рф"))).status == 404
