"""Letters that would make large pages of little: pictures in many places, texts of links."""

import json
import re
from typing import Any

import pytest
import pytest_asyncio

from receiver.page.shown.pictures import MAX_PLACED
from receiver.store.mongo import Database
from tests import servers, webhook_client
from tests.page.conftest import Browser
from tests.page.mailbox import attached

MAILBOX = "large@yandex.ru"
MAX_PAGE_BYTES = 100 * 1024
LOOKS_LIKE_A_PICTURE = b"\x89PNG\r\n\x1a\n" + b"x" * 500_000
TEXTS = {
    "links": "https://abc " * 5000,
    "quotes": "> \na\n" * 10_000,
    "both": "> https://abc.example/\nhttps://abc\n" * 1600,
}
USUAL_LINKS = [f"https://a.example/{number}/{'a' * 150}" for number in range(3)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def dialogs(service: servers.Service) -> dict[str, str]:
    """Dialogs of many letters of such texts, and one whose only picture stands everywhere."""
    found = {}
    picture = attached("a.png", "image/png", LOOKS_LIKE_A_PICTURE, content_id="a@x")
    letters: list[tuple[str, dict[str, Any]]] = []
    for name, text in TEXTS.items():
        for number in range(10):
            answers = {"in_reply_to": [f"{name}-0@x"]} if number else {}
            letters.append((name, {"text": text, "message_id": f"{name}-{number}@x"} | answers))
    for number in range(50):
        text = "a" if number else f"See {' '.join(USUAL_LINKS)} please"
        answers = {"in_reply_to": ["long-0@x"]} if number else {}
        letters.append(("long", {"text": text, "message_id": f"long-{number}@x"} | answers))
    page = "<p>a</p>" + '<img src="cid:a@x">' * 1000
    letters.append(("pictures", {"text": "a", "html": page, "attachments": [picture]}))
    async with webhook_client.connected(service.env["RECEIVER_PORT"]) as client:
        await client.put(LOOKS_LIKE_A_PICTURE)
        for number, (name, fields) in enumerate(letters):
            sender = {"name": "", "address": f"{name}@example.ru"}
            data = {"mailbox": MAILBOX, "from": sender, "subject": name} | fields
            body = json.dumps({"type": "email.received", "data": data}).encode()
            status, said = await client.post(body, event_id=f"large-{number}")
            assert status < 300, said
            found[name] = str(said["dialog"])
    return found


@pytest.mark.parametrize("name", TEXTS)
async def test_texts_of_links_and_quotes_make_no_large_page(
    browser: Browser, dialogs: dict[str, str], name: str
) -> None:
    """Each letter gets some links; if one is left as text, the letter's whole text is linked."""
    text = (await browser.get(f"/d/{dialogs[name]}")).text
    assert len(re.sub(r">[^<]+<", "><", text).encode()) < MAX_PAGE_BYTES
    letters = text.split("<article")[1:]
    assert len(letters) == 10
    if name != "quotes":
        assert all(each.count('href="https://abc') > 5 for each in letters)
        assert all("the later ones of this letter are plain text here" in each for each in letters)


@pytest.mark.parametrize("way", ["", "/print"])
async def test_usual_links_of_one_letter_of_fifty_are_all_links(
    browser: Browser, dialogs: dict[str, str], way: str
) -> None:
    """The page's room for links used to be shared with letters that have none."""
    text = (await browser.get(f"/d/{dialogs['long']}{way}")).text
    assert text.count("<article") == 50
    assert all(f'href="{each}"' in text for each in USUAL_LINKS)
    assert "plain text here" not in text


async def test_a_picture_in_a_thousand_places_makes_no_large_page(
    browser: Browser, database: Database, dialogs: dict[str, str]
) -> None:
    """It once had 667 MB. The page says what found no room."""
    letter = await database.letters.find_one({"mailbox": MAILBOX, "message.subject": "pictures"})
    assert letter is not None
    page = await browser.get(f"/letters/{MAILBOX}/{letter['key']}/html")
    assert page.text.count("data:image/png") == 6
    assert len(page.text) < MAX_PLACED + 100_000
    assert "994 pictures of the letter are not shown here" in page.text
