"""``/v1`` on a real receiver: lists, one dialog, letters, files, corrections, export."""

import hashlib
import json
import mailbox
import zipfile
from collections.abc import AsyncIterator
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from receiver.store.mongo import Database
from tests.receiver.api_client import Caller, Said, calling, make_token
from tests.servers import Service
from tests.webhook_client import Client, event

SUPPORT, SALES = "support@yandex.ru", "sales@yandex.ru"
ORIGINAL = b"From: ivan@example.ru\r\nSubject: x\r\n\r\nFrom here on\r\n>From there\r\n"


@pytest.fixture
async def caller(receiver: Service, database: Database) -> AsyncIterator[Caller]:
    """A caller who may do all with every mailbox."""
    token = await make_token(database, "read raw post correct")
    async with calling(receiver.env["RECEIVER_PORT"], token) as found:
        yield found


async def posted(client: Client, number: int, **fields: Any) -> str:
    """Post a letter and return its dialog."""
    ordinary = {"message_id": f"{number}@a.ru", "text": str(number)}
    ordinary |= {"date": f"2026-11-23T10:{number:02}:00Z", "received_at": "2026-11-23T12:00:00Z"}
    _, answer = await client.post(event(**(ordinary | fields)), event_id=f"event-{number}")
    return str(answer["dialog"])


async def listed(caller: Caller, query: str) -> list[str]:
    said = await caller.get(f"/v1/dialogs?mailbox={SUPPORT}&{query}")
    assert said.status == 200, said.content
    return [each["id"] for each in said.json["items"]]


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


WRONG = {
    "colour=red": "colour",
    "limit=0": "limit",
    "limit=201": "limit",
    "limit=5&limit=6": "limit",
    "waiting=me": "waiting",
    "has=attachment,colour": "has.1",
    "since=yesterday": "since",
    "since=2026-11-23T10:00:00": "since",
    "sort=waiting_since": "sort",
    "cursor=x": "cursor",
    "cursor=WzFd": "cursor",
    "user=": "user",
}


@pytest.mark.parametrize(("query", "name"), WRONG.items(), ids=WRONG)
async def test_a_wrong_parameter_is_422_with_its_name(
    caller: Caller, query: str, name: str
) -> None:
    said = await caller.get(f"/v1/dialogs?mailbox={SUPPORT}&{query}")
    assert said.status == 422
    assert [each["path"] for each in said.json["errors"]] == [name]
    assert said.headers["Content-Type"].startswith("application/problem+json")
    explained = await caller.get(said.json["type"])
    assert f"id={said.json['type'].partition('#')[2]}>" in explained.content.decode()


async def test_one_dialog_with_as_much_as_is_asked(client: Client, caller: Caller) -> None:
    one = await posted(client, 1, reply="new", text="new\n> old")
    full = await caller.get(f"/v1/dialogs/{one}")
    assert full.json["messages"][0]["body"] == "new\n> old"
    assert (full.json["id"], full.json["waiting"], full.json["count"]) == (one, "us", 1)
    reply = await caller.get(f"/v1/dialogs/{one}?messages=reply")
    assert (reply.json["messages"][0]["reply"], reply.json["messages"][0]["body"]) == ("new", None)
    assert (await caller.get(f"/v1/dialogs/{one}?messages=none")).json["messages"] is None
    tag = full.headers["ETag"]
    assert tag.startswith('W/"')
    known = await caller.get(f"/v1/dialogs/{one}", If_None_Match=f'"x", {tag}')
    assert (known.status, known.content) == (304, b"")
    await posted(client, 2, in_reply_to=["1@a.ru"])
    assert (await caller.get(f"/v1/dialogs/{one}", If_None_Match=tag)).status == 200


async def test_a_merged_dialog_leads_on_and_a_correction_is_undone(
    client: Client, caller: Caller
) -> None:
    one, two = await posted(client, 1), await posted(client, 2)
    tag = (await caller.get(f"/v1/dialogs/{one}")).headers["ETag"]
    await posted(client, 3, in_reply_to=["1@a.ru"])
    said = await caller.call("POST", f"/v1/dialogs/{one}/merge", {"with": two}, If_Match=tag)
    assert said.status == 412
    tag = (await caller.get(f"/v1/dialogs/{one}")).headers["ETag"]
    body = {"with": two, "who": "olga"}
    said = await caller.call("POST", f"/v1/dialogs/{one}/merge", body, If_Match=tag)
    assert said.json == {"dialog": one, "changed": True}
    led = await caller.get(f"/v1/dialogs/{two}?messages=none")
    assert (led.status, led.headers["Location"]) == (308, f"/v1/dialogs/{one}?messages=none")
    for suffix in ("/why", "/export"):
        led = await caller.get(f"/v1/dialogs/{two}{suffix}")
        assert (led.status, led.headers["Location"]) == (308, f"/v1/dialogs/{one}{suffix}")
    why = (await caller.get(f"/v1/dialogs/{one}/why")).json
    assert why["corrections"][0]["who"].startswith("olga (")
    assert len(why["messages"]) == 3
    assert await listed(caller, "has=correction") == [one]
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
    assert said.json == {"dialog": one, "changed": True}
    said = await caller.call("POST", f"/v1/dialogs/{one}/move", {"message": "x", "to": one})
    assert (said.status, said.json["errors"][0]["path"]) == (422, "message")


async def test_a_letter_with_its_headers_html_and_original(client: Client, caller: Caller) -> None:
    digest = hashlib.sha256(ORIGINAL).hexdigest()
    await client.put(ORIGINAL)
    one = await posted(
        client,
        1,
        html="<p>да</p><script>x</script>",
        headers=[["Subject", "x"], ["X-A", "й"]],
        raw={"sha256": digest, "size": len(ORIGINAL)},
    )
    key = (await caller.get(f"/v1/dialogs/{one}")).json["messages"][0]["key"]
    path, query = f"/v1/letters/{key}", f"?mailbox={SUPPORT}"
    letter = (await caller.get(path + query)).json
    assert (letter["dialog"], letter["has_html"], letter["body"]) == (one, True, "1")
    assert (await caller.get(f"{path}/headers{query}")).json == {
        "headers": [["Subject", "x"], ["X-A", "й"]]
    }
    page = await caller.get(f"{path}/html{query}")
    assert page.content.decode() == "<p>да</p>"
    assert page.headers["Content-Security-Policy"].startswith("sandbox")
    raw = await caller.get(f"{path}/raw{query}")
    assert (raw.content, raw.headers["Content-Type"]) == (ORIGINAL, "message/rfc822")
    assert raw.headers["Content-Disposition"].startswith("attachment")
    assert (await caller.get(f"/v1/letters/{'0' * 64}{query}")).status == 404


async def test_the_original_that_came_with_the_event(client: Client, caller: Caller) -> None:
    from base64 import b64encode

    raw = {"sha256": hashlib.sha256(ORIGINAL).hexdigest(), "size": len(ORIGINAL)}
    one = await posted(client, 1, raw=raw | {"content": b64encode(ORIGINAL).decode()})
    key = (await caller.get(f"/v1/dialogs/{one}")).json["messages"][0]["key"]
    said = await caller.get(f"/v1/letters/{key}/raw?mailbox={SUPPORT}", Range="bytes=6-9")
    assert (said.status, said.content) == (206, ORIGINAL[6:10])


CONTENT = bytes(range(256)) * 1200  # more than one chunk of GridFS
SIZE = len(CONTENT)
RANGES = {
    "bytes=0-": (206, CONTENT),
    "bytes=0-0": (206, CONTENT[:1]),
    "bytes=261000-261200": (206, CONTENT[261000:261201]),
    "bytes=-3": (206, CONTENT[-3:]),
    f"bytes=-{SIZE + 5}": (206, CONTENT),
    f"bytes=5-{SIZE + 5}": (206, CONTENT[5:]),
    f"bytes={SIZE}-": (416, None),
    "bytes=-0": (416, None),
    "bytes=5-4": (200, CONTENT),
    "bytes=0-1,5-6": (200, CONTENT),
    "lines=0-1": (200, CONTENT),
    "bytes=-": (200, CONTENT),
    "BYTES=0-1": (206, CONTENT[:2]),
    "Bytes = 0-1": (206, CONTENT[:2]),
    "bytes=, 0-1 ,": (206, CONTENT[:2]),
    f"bytes={'0' * 60}-1": (206, CONTENT[:2]),
    f"bytes=-{'9' * 60}": (206, CONTENT),
    f"bytes=-{'9' * 5000}": (200, CONTENT),
    "bytes=\u0660-\u0661": (200, CONTENT),
    "bytes=0-1;5": (200, CONTENT),
}


async def test_files_in_ranges_and_never_as_a_page(client: Client, caller: Caller) -> None:
    digest = hashlib.sha256(CONTENT).hexdigest()
    await client.put(CONTENT)
    path = f"/v1/blobs/{digest}"
    assert (await caller.get(path)).status == 404
    name = "../счёт\r\n\u202elmth.html"
    file = {"filename": name, "content_type": "text/html", "size": SIZE, "sha256": digest}
    await posted(client, 1, attachments=[file])
    said = await caller.get(path)
    assert (said.status, said.content) == (200, CONTENT)
    assert said.headers["X-Content-Type-Options"] == "nosniff"
    assert said.headers["Content-Security-Policy"].startswith("sandbox")
    assert said.headers["Content-Disposition"] == (
        "attachment; filename=\"..________lmth.html\"; filename*=UTF-8''"
        ".._%D1%81%D1%87%D1%91%D1%82___lmth.html"
    )
    tag = said.headers["ETag"]
    for field, expected in RANGES.items():
        said = await caller.get(path, Range=field)
        assert (said.status, said.content if said.status < 300 else None) == expected, field
        if said.status == 416:
            assert said.headers["Content-Range"] == f"bytes */{SIZE}"
    assert (await caller.get(path, Range="bytes=0-1", If_Range='"x"')).status == 200
    assert (await caller.get(path, Range="bytes=0-1", If_Range=tag)).status == 206
    assert (await caller.get(path, If_None_Match=tag)).status == 304
    lines = [
        ("Authorization", f"Bearer {caller.token}"),
        *(("If-None-Match", t) for t in ('"x"', tag)),
    ]
    async with caller.session.get(caller.base + path, headers=lines) as got:
        assert got.status == 304
    head = await caller.call("HEAD", path)
    assert (head.status, head.content, head.headers["Content-Length"]) == (200, b"", str(SIZE))


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
    assert second["From"] == "ivan@example.ru"
    assert second.get_payload(decode=True).decode().strip() == "да"  # type: ignore[union-attr]


async def test_mailboxes_and_who_waits_there(client: Client, caller: Caller) -> None:
    await posted(client, 1)
    await posted(
        client, 2, mailbox=SALES, sender=SALES, direction="out", to=[{"address": "a@b.ru"}]
    )
    said = await caller.get("/v1/mailboxes")
    told = {each["mailbox"]: each["waiting_for_us"] for each in said.json["items"]}
    assert told == {SUPPORT: 1, SALES: 0}
    assert all(each["last_letter"] for each in said.json["items"])


async def test_a_service_may_sign_instead(client: Client, caller: Caller) -> None:
    one = await posted(client, 1)
    status, said = await client.call("GET", f"/v1/dialogs/{one}?messages=none")
    assert (status, said["id"]) == (200, one)
    status, _ = await client.call("POST", f"/v1/dialogs/{one}/undo", {"who": "olga"})
    assert status == 409


async def test_requests_that_do_not_fit(caller: Caller) -> None:
    assert (await caller.call("DELETE", "/v1/dialogs")).headers["Allow"] == "GET, HEAD"
    assert (await caller.call("GET", "/v1/dialogs/x/why")).status == 404
    assert (await caller.call("GET", "/v1/mailboxes", {"a": 1})).status == 422
    said = await caller.call(
        "POST", f"/v1/dialogs/{'0' * 24}/split", {"messages": ["0" * 64], "x": 1}
    )
    assert json.loads(said.content)["errors"][0]["path"] == "x"
    assert (await caller.get("/v1/dialogs")).status == 422


async def test_a_person_is_shown_exported_and_erased(
    client: Client, receiver: Service, database: Database
) -> None:
    first = await posted(client, 1, sender="ivan@example.ru", text="mine")
    await posted(client, 2, sender="olga@example.ru")
    await posted(client, 3, sender="ivan@example.ru", mailbox=SALES)
    token = await make_token(database, "erase raw read", SUPPORT)
    async with calling(receiver.env["RECEIVER_PORT"], token) as caller:

        async def asked(word: str, **body: Any) -> Said:
            return await caller.call("POST", f"/v1/persons/{word}", body)

        ivan = {"address": "Ivan@Example.ru"}
        said = (await asked("find", **ivan)).json
        assert [(each["letters"], each["dialogs"]) for each in said["items"]] == [(1, [first])]
        packed = await asked("export", **ivan)
        with zipfile.ZipFile(BytesIO(packed.content)) as archive:
            assert b"mine" in archive.read("letters.json")
        assert (await asked("find", address=SUPPORT)).status == 409
        assert (await asked("find", address="ivan")).status == 422
        assert (await asked("find", mailbox=SALES, **ivan)).status == 404
        erase = {**ivan, "reason": "asked", "preview": said["preview"]}
        await posted(client, 4, sender="ivan@example.ru", text="mine")
        assert (await asked("erase", **erase)).status == 409  # it is not what was shown any more
        erase["preview"] = (await asked("find", **ivan)).json["preview"]
        done = await asked("erase", **erase)
        assert done.json["counts"][SUPPORT]["letters"] == 2
        assert "Ivan@Example.ru" in done.json["act"]
        assert (await caller.get(f"/v1/dialogs/{first}")).status == 410
        assert (await asked("export", **ivan)).status == 404
    assert await database.letters.count_documents({"mailbox": SALES}) == 1
    reader = await make_token(database, "erase read", SALES, name="of another mailbox")
    async with calling(receiver.env["RECEIVER_PORT"], reader) as caller:
        assert (await caller.get(f"/v1/dialogs/{first}")).status == 404
        assert (await caller.call("POST", "/v1/persons/export", ivan)).status == 403
