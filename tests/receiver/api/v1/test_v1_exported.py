"""A dialog exported: JSON as it is described, and an mbox with all that is kept of each letter."""

import hashlib
import mailbox
from contextlib import closing
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from bridge.parse.letter import ParsedLetter
from bridge.parse.message import read_letter
from receiver.store.mongo import Database
from tests.receiver.api.given import posted
from tests.receiver.api_client import Caller
from tests.webhook_client import Client

PICTURE, BOOK, NOTE = (
    b"\x89PNG\r\n\x1a\n" * 20_000,
    b"PK\x03\x04" * 99,
    b"From here\n\n>From there\n",
)
INNER = b"From: a@b.ru\nSubject: inner\nMessage-ID: <inner@b.ru>\n\nFrom within\n"
FILES: list[tuple[str, str, bytes]] = [
    ("Снимок «1».png", "image/png", PICTURE),
    ('a "book"; of many.xlsx', "application/vnd.ms-excel", BOOK),
    ("note.txt", "text/plain", NOTE),
    ("inner.eml", "message/rfc822", INNER),
    ("", "no type", b""),
    ("x" * 300 + ".bin", "multipart/mixed", b"\0"),
]
PEOPLE: dict[str, Any] = {
    "from": {"name": "Петров, Иван", "address": "ivan@example.ru"},
    "to": [{"name": "", "address": "support@yandex.ru"}, {"name": "O. K.", "address": "o@k.ru"}],
    "cc": [{"name": "Ольга", "address": "ольга@почта.рф"}],
    "bcc": [{"name": "", "address": "boss@example.ru"}],
    "reply_to": [{"name": "Форма", "address": "form@example.ru"}],
}
TEXTS = {
    "subject": "Возврат заказа № 17: где он и почему его до сих пор нет, хотя прошло три недели?",
    "text": "Здравствуйте!\nFrom here on\n" + "очень длинная строка " * 200,
    "html": '<p>Здравствуйте!</p><img src="cid:one@a.ru">',
}
IDS: dict[str, Any] = {
    "message_id": "7@a.ru",
    "in_reply_to": ["1@a.ru"],
    "references": [f"{number}{'x' * 60}@a.ru" for number in range(20)],
}
FIELDS = [
    ["Received", "from a by b; Mon, 23 Nov 2026 10:07:01 +0300"],
    ["Date", "Mon, 23 Nov 2026 13:07:00 +0300"],
    ["From", "somebody else <x@y.ru>"],
    ["X-Shop", "Заказ 17"],
    ["Content-Type", "text/plain; charset=koi8-r"],
    ["List-Id", "<list.example.ru>"],
]


async def one_with_all(client: Client) -> str:
    """Post a letter without its original, of which all is said that may be, and its dialog."""
    files = []
    for number, (name, kind, content) in enumerate(FILES):
        await client.put(content)
        one = {"filename": name, "content_type": kind, "size": len(content)}
        one |= {"inline": not number, "content_id": "one@a.ru" if not number else ""}
        files.append(one | {"sha256": hashlib.sha256(content).hexdigest()})
    said = PEOPLE | TEXTS | IDS | {"attachments": files, "headers": FIELDS, "thread_index": "AQ=="}
    return await posted(client, 7, **said)


async def exported(caller: Caller, dialog: str, folder: Path) -> list[Message]:
    said = await caller.get(f"/v1/dialogs/{dialog}/export?as=mbox")
    assert said.status == 200
    path = folder / "a.mbox"
    path.write_bytes(said.content)
    with closing(mailbox.mbox(path)) as box:
        return list(box)


def read(message: Message) -> ParsedLetter:
    """Return what our own reader has of a letter of an mbox; mboxrd is undone."""
    lines = message.as_bytes().split(b"\n")
    return read_letter(
        b"\n".join(each[1:] if each.lstrip(b">").startswith(b"From ") else each for each in lines)
    )


async def test_a_letter_without_its_original_is_exported_with_all_that_is_kept(
    client: Client, caller: Caller, tmp_path: Path
) -> None:
    [message] = await exported(caller, await one_with_all(client), tmp_path)
    assert message.defects == []
    assert message["X-Email-Listener"] == "made anew of what is kept, as the original is not"
    letter = read(message)
    for name, people in PEOPLE.items():
        found = getattr(letter, "from_" if name == "from" else name)
        told = found if isinstance(found, list | tuple) else [found]
        wanted = people if isinstance(people, list) else [people]
        assert [each.model_dump() for each in told] == wanted, name
    assert letter.subject == TEXTS["subject"]
    assert letter.text.rstrip() == TEXTS["text"].rstrip()
    assert letter.html.rstrip() == TEXTS["html"]
    for name, ids in IDS.items():
        assert getattr(letter, name) == ids, name
    assert (str(letter.date), letter.thread_index) == ("2026-11-23 10:07:00+00:00", "AQ==")
    fields = [[name, value] for name, value in letter.headers]
    kept = [FIELDS[0], FIELDS[1], FIELDS[3], FIELDS[5]]
    assert [each for each in FIELDS if each in fields] == kept
    told = [(each.filename, each.sha256, each.inline) for each in letter.attachments]
    for number, (name, _, content) in enumerate(FILES):
        if name and not name.endswith(".bin"):
            assert (name, hashlib.sha256(content).hexdigest(), not number) in told, name
    assert len(told) == len(FILES)


async def test_what_is_not_kept_any_more_is_said(
    client: Client, caller: Caller, database: Database, tmp_path: Path
) -> None:
    dialog = await one_with_all(client)
    digest = hashlib.sha256(BOOK).hexdigest()
    await database["blobs.files"].delete_one({"_id": digest})
    past: dict[str, Any] = {"content.raw": None, "content.html": "", "redacted": True}
    past |= {"trimmed": ["html", "originals"]}
    await database.letters.update_one({}, {"$set": past})
    [message] = await exported(caller, dialog, tmp_path)
    remark = " ".join(message["X-Email-Listener"].split())
    assert remark.endswith("; past their time: html, originals; without a person who was erased")
    letter = read(message)
    assert (
        f"[{FILES[1][0]}, {len(BOOK)} bytes, SHA-256 {digest}: the file is not kept]" in letter.text
    )
    assert len(letter.attachments) == len(FILES) - 1


@pytest.mark.parametrize(
    ("fields", "types"),
    [
        ({"text": "x", "html": ""}, ["text/plain"]),
        ({"text": "", "html": ""}, ["text/plain"]),
        ({"text": "x", "html": "<p>y"}, ["multipart/alternative", "text/plain", "text/html"]),
        (
            {"text": "\u200b", "html": '<a href="https://a.ru"></a>'},
            ["multipart/alternative", "text/plain", "text/html"],
        ),
        ({"text": "", "html": '<a href="https://a.ru"></a>'}, ["text/html"]),
    ],
)
async def test_a_letter_has_as_many_parts_as_it_says(
    client: Client, caller: Caller, tmp_path: Path, fields: dict[str, str], types: list[str]
) -> None:
    [message] = await exported(caller, await posted(client, 1, **fields), tmp_path)
    assert [each.get_content_type() for each in message.walk()] == types


async def test_an_export_as_json_is_as_it_is_described(client: Client, caller: Caller) -> None:
    dialog = await one_with_all(client)
    said = await caller.get(f"/v1/dialogs/{dialog}/export?as=json")
    assert said.headers["Content-Disposition"].startswith(f'attachment; filename="{dialog}.json"')
    document = (await caller.get("/openapi.json")).json
    answer = document["paths"]["/v1/dialogs/{id}/export"]["get"]["responses"]["200"]
    assert answer["content"].keys() == {"application/json", "application/mbox"}
    assert "Content-Disposition" in answer["headers"]
    schema = answer["content"]["application/json"]["schema"] | {
        "components": document["components"]
    }
    validator = Draft202012Validator(schema)
    assert list(validator.iter_errors(said.json)) == []
    described = document["components"]["schemas"]["ExportedLetter"]["properties"].keys()
    assert said.json["letters"][0].keys() == described
    del said.json["letters"][0]["html"]
    assert list(validator.iter_errors(said.json))
