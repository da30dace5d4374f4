"""Letters and files by ``/v1``: what they say, their bytes, in ranges and under conditions."""

import asyncio
import hashlib
from base64 import b64encode
from collections.abc import AsyncIterator

import pytest

from receiver.filing.collections import Store
from receiver.store.dialogs import LettersLeft
from receiver.store.mongo import Database, Document
from receiver.web.v1.download import in_time
from tests.receiver.api.given import ORIGINAL, SUPPORT, posted
from tests.receiver.api_client import Caller
from tests.receiver.written import corrections, file, filing, written
from tests.webhook_client import Client


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


async def test_a_letter_says_of_itself_what_its_dialog_says_of_it(
    client: Client, caller: Caller
) -> None:
    one = await posted(client, 1, subject="Заказ", text="Где заказ номер двенадцать?")
    answer = "Он едет.\n\nГде заказ номер двенадцать?"
    await posted(client, 2, subject="Счёт", text=answer, reply=answer, in_reply_to=["1@a.ru"])
    shown = (await caller.get(f"/v1/dialogs/{one}")).json["messages"]
    said = [
        (await caller.get(f"/v1/letters/{each['key']}?mailbox={SUPPORT}")).json for each in shown
    ]
    assert [{name: each[name] for name in shown[0]} for each in said] == shown
    reasons = [(each["matched_by"], each["matched_id"], each["subject_changed"]) for each in said]
    assert reasons == [("new", None, False), ("in_reply_to", "1@a.ru", True)]


async def test_a_letter_is_found_in_each_part_of_its_dialog(database: Database) -> None:
    dialogs = Store.of(database, full_letters=2).dialogs
    letters = [written(str(number), names="1" if number > 1 else "") for number in range(1, 8)]
    for each in letters:
        await file(filing(database, full_letters=2), each)
    [head] = await database.dialogs.find({"part_of": None}).to_list(None)
    assert len(head["parts"]) > 1
    found = [await dialogs.message(head, each.key) for each in letters]
    assert [each and each["key"] for each in found] == [each.key for each in letters]
    assert await dialogs.message(head, "0" * 64) is None


async def test_a_dialog_of_several_parts_is_told_as_one(caller: Caller, database: Database) -> None:
    for number in range(1, 8):
        letter = written(str(number), names="1" if number > 1 else "")
        await file(filing(database, full_letters=2), letter)
    [head] = await database.dialogs.find({"part_of": None}).to_list(None)
    path = f"/v1/dialogs/{head['_id']}"
    told = {each: await caller.get(f"{path}?messages={each}") for each in ("full", "reply", "none")}
    assert len({said.headers["Content-Type"] for said in told.values()}) == 1
    full, reply, none = (said.json for said in told.values())
    shown = [each["key"] for each in full["messages"]]
    kept = await Store.of(database).dialogs.whole([head["_id"]])
    assert shown == [each["key"] for each in kept[head["_id"]].messages]
    assert [each["key"] for each in reply["messages"]] == shown
    assert {each["body"] for each in reply["messages"]} == {None}
    assert all(each["body"] for each in full["messages"])
    assert full | {"messages": None} == reply | {"messages": None} == none
    tag = told["full"].headers["ETag"]
    assert (await caller.get(path, If_None_Match=tag)).status == 304


async def test_the_original_that_came_with_the_event(client: Client, caller: Caller) -> None:

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
        "attachment; filename=\".._____ _lmth.html\"; filename*=UTF-8''"
        ".._%D1%81%D1%87%D1%91%D1%82%20_lmth.html"
    )
    tag = said.headers["ETag"]
    for field, expected in RANGES.items():
        said = await caller.get(path, Range=field)
        assert (said.status, said.content if said.status < 300 else None) == expected, field
        if said.status == 416:
            assert said.headers["Content-Range"] == f"bytes */{SIZE}"
    assert (await caller.get(path, Range="bytes=0-1", If_Range='"x"')).status == 200
    assert (await caller.get(path, Range="bytes=0-1", If_Range=tag)).status == 206
    dated = "Mon, 23 Nov 2026 10:00:00 GMT"
    for given in (f"W/{tag}", tag[1:-1], dated):
        assert (await caller.get(path, Range="bytes=0-1", If_Range=given)).status == 200, given
    for given, status in ((tag, 304), (f"W/{tag}", 304), ("*", 304), ('"x"', 200)):
        assert (await caller.get(path, If_None_Match=given)).status == status, given
    for given, status in ((tag, 206), (f'"x", {tag}', 206), ("*", 206), (f"W/{tag}", 412)):
        said = await caller.get(path, If_Match=given, Range="bytes=0-1")
        assert said.status == status, given
    lines = [
        ("Authorization", f"Bearer {caller.token}"),
        *(("If-None-Match", t) for t in ('"x"', tag)),
    ]
    async with caller.session.get(caller.base + path, headers=lines) as got:
        assert got.status == 304
    head = await caller.call("HEAD", path)
    assert (head.status, head.content, head.headers["Content-Length"]) == (200, b"", str(SIZE))


async def long_dialog(database: Database) -> Document:
    """File a letter, and a dialog of seven, in parts of two; return the head of that."""
    filer = filing(database, full_letters=2)
    await file(filer, written("0", sender="petr"))
    for number in range(1, 8):
        await file(filer, written(str(number), names="1" if number > 1 else ""))
    return await database.dialogs.find_one({"part_of": None, "count": 7}) or {}


async def test_a_dialog_that_is_merged_while_it_is_read_is_told_whole(database: Database) -> None:
    head = await long_dialog(database)
    other = await database.dialogs.find_one({"part_of": None, "count": 1}) or {}
    reading = Store.of(database).dialogs.one_by_one(head)
    told = [await anext(reading)]
    await corrections(database).merge(other["_id"], head["_id"], "anna")
    assert await database.dialogs.find_one({"_id": head["_id"]}) is None
    told += [each async for each in reading]
    assert [each["message_id"] for each in told] == [f"{n}@example.ru" for n in range(1, 8)]


async def test_a_dialog_that_letters_have_left_before_they_were_read_is_no_whole_one(
    database: Database,
) -> None:
    head = await long_dialog(database)
    other = await database.dialogs.find_one({"part_of": None, "count": 1}) or {}
    await corrections(database).merge(other["_id"], head["_id"], "anna")
    with pytest.raises(LettersLeft):
        _ = [each async for each in Store.of(database).dialogs.one_by_one(head)]


async def test_the_store_has_bounded_time_for_each_piece_of_an_answer() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"one"
        await asyncio.Event().wait()

    told = in_time(pieces(), 0.01)
    assert await anext(told) == b"one"
    with pytest.raises(TimeoutError):
        await anext(told)
