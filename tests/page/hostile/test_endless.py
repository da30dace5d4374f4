"""Letters whose every field is as long as it may be, and full of signs that turn the direction."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest_asyncio
from bson import ObjectId

from contract.bounds import MAX_ATTACHMENTS, MAX_DEFECTS, MAX_IDS, MAX_LINE
from receiver.filing.aims import MAX_RECORDS
from receiver.page.shown.correcting import MAX_CORRECTIONS
from receiver.store.mongo import Database
from tests import servers, webhook_client
from tests.letters import START
from tests.page.conftest import Browser

MAILBOX = "endless@yandex.ru"
TURNS = "\u202e\u2066\u200f\u2028\x1b"
LONG = f"{TURNS}слово" * 500
COUNT = 50
EVENT = {"type": "email.received"}
MAX_PAGE_BYTES = 100 * 1024


def letters() -> Iterator[dict[str, Any]]:
    """Yield a page of letters of one conversation, each with all that a letter may have."""
    line = LONG[:MAX_LINE].replace("\u2028", " ")
    ids = [f"{TURNS[:3]}{'r' * 900}{number}@x.ru" for number in range(MAX_IDS - 1)]
    people = [{"name": line, "address": f"p{number}@x.ru"} for number in range(20)]
    files = [
        {"filename": f"{line[:-40]}.png", "content_type": "image/png", "size": 9}
        | {"sha256": f"{number:064x}"}
        for number in range(MAX_ATTACHMENTS)
    ]
    for number in range(COUNT):
        many = number == 1
        yield {
            "mailbox": MAILBOX,
            "from": {"address": "endless@example.ru", "name": line if many else line[:100]},
            "subject": LONG * 20 if many else LONG[:400],
            "text": "x",
            "html": f"<p>{TURNS}x</p>",
            "message_id": f"{TURNS[:3]}end{number}@x.ru",
            "references": [f"{TURNS[:3]}end0@x.ru", *(ids if many else [])] if number else [],
            "to": people if many else [],
            "attachments": files if many else files[:3],
            "defects": [line] * (MAX_DEFECTS if many else 1),
            "date": f"2026-11-25T10:{number:02}:00Z",
            "headers": [[f"X{TURNS}", LONG], ["Received", f"from {line} by x; {line}"]]
            if many
            else [],
        }


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def dialog(service: servers.Service) -> str:
    """The dialog that they are, posted once."""
    places = set()
    async with webhook_client.connected(service.env["RECEIVER_PORT"]) as client:
        for number, each in enumerate(letters()):
            body = json.dumps(EVENT | {"data": each}, ensure_ascii=False).encode()
            status, said = await client.post(body, event_id=f"endless-{number}")
            assert status < 300, said
            places.add(said["dialog"])
    [place] = places
    return str(place)


async def test_no_page_grows_or_turns_by_what_a_letter_says(
    browser: Browser, database: Database, dialog: str
) -> None:
    """Pages that show a letter's own text or header may be as long as that."""
    letter = await database.letters.find_one({"mailbox": MAILBOX, "message.created": {"$ne": None}})
    assert letter is not None
    of_letter = f"/letters/{MAILBOX}/{letter['key'][:20]}"
    short = [f"/?mailbox={MAILBOX}&tab={tab}" for tab in ("us", "all", "noticed")]
    short += [f"/d/{dialog}", f"/d/{dialog}/why", f"{of_letter}/files"]
    short += ["/trace?q=endless@example.ru", f"/trace?q={letter['message']['message_id']}"]
    short += [f"/?mailbox={MAILBOX}&q=слово", "/health"]
    long = [f"/d/{dialog}/print", f"{of_letter}/headers", f"{of_letter}/text"]
    for path in (*short, *long):
        answer = await browser.get(path, Accept_Language="ru")
        assert answer.status == 200, path
        assert not set(TURNS) & set(answer.text), path
        bare = len(re.sub(r">[^<]+<", "><", answer.text).encode())
        assert bare < MAX_PAGE_BYTES or path in long, (path, bare)
        assert len(answer.text.encode()) < 4 * MAX_PAGE_BYTES or path in long, path


async def test_a_dialog_that_was_corrected_a_hundred_times_has_small_pages(
    browser: Browser, database: Database, dialog: str
) -> None:
    record = {"what": "split", "who": LONG[:100], "messages": ["a"], "undoes": None}
    made = [record | {"id": ObjectId(), "when": START} for _ in range(MAX_RECORDS)]
    query = {"_id": ObjectId(dialog)}
    await database.dialogs.update_one(query, {"$set": {"corrections": made}})
    seen = set()
    try:
        for number in range(1, MAX_RECORDS // MAX_CORRECTIONS + 1):
            path = f"/d/{dialog}?page=1&corrections={number}"
            text = (await browser.get(path, Accept_Language="ru")).text
            assert len(re.sub(r">[^<]+<", "><", text).encode()) < MAX_PAGE_BYTES
            found = set(re.findall('name="correction" value="([0-9a-f]{24})"', text))
            assert len(found) == MAX_CORRECTIONS
            seen |= found
    finally:
        await database.dialogs.update_one(query, {"$set": {"corrections": []}})
    assert len(seen) == MAX_RECORDS
    for wrong in ("all", "0", "-1", "x"):
        assert (await browser.get(f"/d/{dialog}?corrections={wrong}")).status == 404


async def test_more_files_than_a_dialog_shows_are_on_a_page_of_their_own(
    browser: Browser, database: Database, dialog: str
) -> None:
    text = (await browser.get(f"/d/{dialog}")).text
    assert 'files">88 more files' in text
    query = {"mailbox": MAILBOX, "message.attachments.99": {"$exists": True}}
    letter = await database.letters.find_one(query)
    assert letter is not None
    page = (await browser.get(f"/letters/{MAILBOX}/{letter['key']}/files")).text
    assert page.count("<li><a") == MAX_ATTACHMENTS
    assert page.count(".png</bdi>") == MAX_ATTACHMENTS  # a long name keeps its end


async def test_a_letter_is_found_by_the_beginning_of_its_key_and_by_no_less(
    browser: Browser, database: Database, dialog: str
) -> None:
    letter = await database.letters.find_one({"mailbox": MAILBOX})
    assert letter is not None
    for key, status in ((letter["key"], 200), (letter["key"][:20], 200), (letter["key"][:15], 404)):
        assert (await browser.get(f"/letters/{MAILBOX}/{key}/headers")).status == status
