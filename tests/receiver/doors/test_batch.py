"""``application/x-ndjson``: several events in one request, each with its own answer."""

import base64
import hashlib
import json
import time
from typing import Any

import pytest

from contract.batch import FILES, IN_LINES, MAX_BATCH_BYTES, MAX_LINES
from contract.bounds import MAX_CONTENT_BYTES
from contract.signature import parse_keys, sign
from receiver.store.blobs import Blobs
from receiver.store.mongo import Database
from receiver.store.packed import unpacked
from tests.servers import SECRET, Service
from tests.webhook_client import SMALLEST, Client, event


def line(event_id: Any, **data: Any) -> bytes:
    """Return one line of a batch; ``sender`` stands for ``from``."""
    return json.dumps({"id": event_id} | json.loads(event(**data))).encode()


async def post(client: Client, *lines: bytes, **changes: str) -> list[dict[str, Any]]:
    """Post the lines and return their answers; the request itself has to be taken."""
    status, text = await client.post_lines(b"\n".join(lines), **changes)
    assert status == 200, text
    return [json.loads(each) for each in text.splitlines()]


async def test_each_line_is_answered_in_order(client: Client, database: Database) -> None:
    answers = await post(
        client,
        line("e-1", message_id="1@a.ru"),
        line("e-2", message_id="2@a.ru", in_reply_to=["1@a.ru"]),
        line("e-3", message_id="3@b.ru"),
        line("e-1-again", message_id="1@a.ru"),
    )
    told = [(each["id"], each["status"], each["outcome"]) for each in answers]
    assert told == [
        ("e-1", 201, "created"),
        ("e-2", 200, "appended"),
        ("e-3", 201, "created"),
        ("e-1-again", 200, "duplicate"),
    ]
    assert answers[0]["dialog"] == answers[1]["dialog"] == answers[3]["dialog"]
    assert answers[1]["matched_by"] == "in_reply_to"
    assert answers[0]["related"] == []
    assert await database.dialogs.count_documents({}) == 2


BAD: dict[str, tuple[bytes, str | None, int, str]] = {
    "not JSON": (b'{"id": "bad", ', None, 400, ""),
    "no object": (b"[1]", None, 422, ""),
    "without an id": (event(), None, 422, "id"),
    "an id with a line feed": (line("a\nb"), "a\nb", 422, "id"),
    "an id that is a number": (line(1), None, 422, "id"),
    "a wrong field": (line("bad", subject=1), "bad", 422, "data.subject"),
    "not UTF-8": (line("bad").replace(b"\\u", b"\xff"), None, 400, ""),
    "a lone surrogate": (line("bad", text="\ud800"), None, 400, ""),
    "too large": (line("bad", **{"x": "x" * 8 * 1024 * 1024}), "bad", 413, ""),
}


@pytest.mark.parametrize(("bad", "event_id", "status", "path"), BAD.values(), ids=BAD.keys())
async def test_a_bad_line_harms_no_other(
    client: Client, database: Database, bad: bytes, event_id: str | None, status: int, path: str
) -> None:
    before, answer, after = await post(
        client, line("first", message_id="1@a.ru"), bad, line("last", message_id="2@a.ru")
    )
    assert (before["id"], before["status"]) == ("first", 201)
    assert (after["id"], after["status"]) == ("last", 201)
    assert (answer.get("id"), answer["status"]) == (event_id, status)
    assert answer["title"]
    if path:
        assert path in [error["path"] for error in answer["errors"]]
    assert await database.dialogs.count_documents({}) == 2


async def test_blank_lines_are_passed_over(client: Client) -> None:
    answers = await post(client, b"", line("e-1", message_id="1@a.ru") + b"\r", b" ", b"")
    assert [each["id"] for each in answers] == ["e-1"]


async def test_the_id_of_a_line_is_its_own(client: Client, database: Database) -> None:
    answers = await post(client, line("hand-1"), line("hand-2"), line("hand-1"))
    assert [each["status"] for each in answers] == [201, 201, 200]
    assert await database.dialogs.count_documents({}) == 2


async def test_what_is_wrong_with_the_whole_stores_nothing(
    client: Client, database: Database
) -> None:
    lines = line("e-1", message_id="1@a.ru")
    many = b"\n".join(line(f"e-{n}", message_id=f"{n}@a.ru") for n in range(MAX_LINES + 1))
    wrong = {"webhook_signature": "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4="}
    assert (await client.post_lines(lines, **wrong))[0] == 401
    assert (await client.post_lines(lines, content_type="application/jsonl"))[0] == 415
    assert (await client.post_lines(many))[0] == 413
    assert (await client.post_lines(b"\n \n"))[0] == 400
    assert (await client.post_lines(b" " * (MAX_BATCH_BYTES + 1)))[0] == 413
    assert await database.dialogs.count_documents({}) == 0


async def test_a_batch_may_be_larger_than_an_event(client: Client, database: Database) -> None:
    lines = [line(f"e-{n}", message_id=f"{n}@a.ru", text="x" * 1_000_000) for n in range(11)]
    answers = await post(client, *lines)
    assert [each["status"] for each in answers] == [201] * 11


def original(content: bytes, /, **changes: Any) -> dict[str, Any]:
    """Return the ``raw`` of a letter whose bytes lie in its event."""
    return {
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
        "content": base64.b64encode(content).decode(),
    } | changes


@pytest.mark.parametrize("size", [0, 1, 1000, MAX_CONTENT_BYTES])
async def test_a_small_original_lies_in_its_event(
    client: Client, database: Database, size: int
) -> None:
    content = bytes(range(256)) * (size // 256) + bytes(size % 256)
    raw = original(content)
    [answer] = await post(client, line("e-1", raw=raw))
    assert answer["status"] == 201
    [letter] = await database.letters.find().to_list(None)
    assert letter["content"]["raw"] == {"sha256": raw["sha256"], "size": size}
    assert unpacked(letter["content"]["original"]) == content


async def test_several_originals_are_kept(client: Client, database: Database) -> None:
    lines = [line(f"e-{n}", message_id=f"{n}@a.ru", raw=original(b"%d" % n)) for n in range(64)]
    assert {each["status"] for each in await post(client, *lines)} == {201}
    letters = await database.letters.find().to_list(None)
    kept = {unpacked(each["content"]["original"]) for each in letters}
    assert kept == {b"%d" % n for n in range(64)}


WRONG_RAW: dict[str, dict[str, Any]] = {
    "another digest": original(b"this", sha256="0" * 64),
    "another size": original(b"this", size=5),
    "too large": original(bytes(MAX_CONTENT_BYTES + 1)),
    "not base64": original(b"this", content="dGhpcw"),
    "with line ends": original(b"this", content="dGhp\ncw=="),
    "a number": original(b"this", content=1),
}


@pytest.mark.parametrize("raw", WRONG_RAW.values(), ids=WRONG_RAW.keys())
async def test_an_original_that_is_not_what_it_says_is_422(
    client: Client, database: Database, raw: dict[str, Any]
) -> None:
    status, problem = await client.post(event(raw=raw))
    assert (status, [each["path"] for each in problem["errors"]]) == (422, ["data.raw.content"])
    [answer] = await post(client, line("e-1", raw=raw))
    assert answer["status"] == 422
    assert await database["blobs.files"].count_documents({}) == 0


async def test_a_batch_says_nothing_of_its_letters_to_the_log(
    client: Client, receiver: Service
) -> None:
    await post(client, line("e-1", subject="hush-1"), line("e-2", subject=["hush-2"]), b"{hush-3")
    assert "hush" not in receiver.log.read_text()
    assert SMALLEST["text"] not in receiver.log.read_text()


FIRST, SECOND = b"%PDF-1.7 " + b"x" * 3000, b""


def file(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def with_files(event_id: str, named: dict[str, bytes], **data: Any) -> bytes:
    """Return a line with files by the digests that it says they have."""
    told = json.loads(line(event_id, **data))
    told["files"] = {each: base64.b64encode(content).decode() for each, content in named.items()}
    return json.dumps(told).encode()


async def test_small_files_lie_in_the_line_of_their_letter(
    client: Client, database: Database
) -> None:
    attached = [
        {"filename": "счёт.pdf", "content_type": "application/pdf", "size": len(each)}
        | {"sha256": file(each)}
        for each in (FIRST, SECOND)
    ]
    named = {file(each): each for each in (FIRST, SECOND)}
    for answers in (
        await post(client, with_files("e-1", named, message_id="1@a.ru", attachments=attached)),
        await post(client, with_files("e-2", named, message_id="2@a.ru", attachments=attached)),
    ):
        assert [each["status"] for each in answers] == [201]
    stored = Blobs(database)
    assert [await stored.wrong_with(*each) for each in sizes(named)] == ["", ""]
    assert await database["blobs.files"].count_documents({}) == 2


def sizes(named: dict[str, bytes]) -> list[tuple[str, int]]:
    return [(digest, len(content)) for digest, content in named.items()]


@pytest.mark.parametrize("name", [file(SECOND), "x" * 64, file(FIRST).upper()])
async def test_a_file_of_another_digest_harms_no_other_line(
    client: Client, database: Database, name: str
) -> None:
    bad, good = await post(
        client, with_files("bad", {name: FIRST}), with_files("good", {file(FIRST): FIRST})
    )
    assert (bad["status"], good["status"]) == (422, 201)
    assert await database["blobs.files"].distinct("_id") == [file(FIRST)]


async def test_a_letter_waits_while_a_file_of_its_own_cannot_be_stored(
    client: Client, database: Database
) -> None:
    await post(client, with_files("e-1", {file(FIRST): FIRST}))
    await database["blobs.files"].update_one({"_id": file(FIRST)}, {"$set": {"going": True}})
    waits, taken = await post(
        client,
        with_files("waits", {file(FIRST): FIRST}, message_id="1@a.ru"),
        with_files("taken", {file(SECOND): SECOND}, message_id="2@a.ru"),
    )
    assert (waits["status"], taken["status"]) == (503, 201)
    assert await database.letters.count_documents({"message.message_id": "1@a.ru"}) == 0


async def test_whoever_looks_is_told_that_files_are_taken(client: Client) -> None:
    headers = sign(parse_keys(SECRET), "look", int(time.time()), b"")
    async with client.session.get(f"{client.base}/webhook/email", headers=headers) as got:
        assert (got.status, got.headers[FILES]) == (204, IN_LINES)
