"""A person's data: shown, exported, erased as shown, and only by those who may."""

import io
import json
import re
import zipfile
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest

from receiver.page.signing.link import USUAL, new_link
from receiver.page.signing.sign_ins import SignIns
from receiver.store.mongo import Database
from tests import servers, webhook_client
from tests.page.conftest import Browser, browsing

MAILBOX = "erasing@yandex.ru"
OTHER = "support@yandex.ru"  # which he never wrote to
IVAN = "ivan.gone@example.ru"
HIS = {"address": IVAN, "mailbox": MAILBOX}


@pytest.fixture
async def eraser(service: servers.Service, database: Database) -> AsyncIterator[Browser]:
    """One who may erase, before a letter of Ivan's that Olga quotes, and one of Anna's."""
    letters = [
        {"from": {"address": IVAN, "name": "Ivan Gone"}, "text": "My order, please, has not come."},
        {"from": {"address": "anna@example.ru"}, "text": "Another one."},
        {"from": {"address": "ivan.gone+shop@example.ru"}, "text": "By another address."},
    ]
    async with webhook_client.connected(service.env["RECEIVER_PORT"]) as client:
        for number, each in enumerate(letters):
            data = {"mailbox": MAILBOX, "message_id": f"gone{number}@x.ru", "subject": f"{number}"}
            body = json.dumps({"type": "email.received", "data": data | each}).encode()
            await client.post(body, event_id=f"gone-{number}")
    async with browsing(service) as found:
        link = await new_link(SignIns(database), "http://x", "dpo", [*USUAL, "erase"])
        await found.sign_in(link)
        yield found


def preview(text: str) -> str:
    found = re.search(r'name="preview" value="(\w+)"', text)
    assert found is not None
    return found[1]


async def test_what_is_held_is_shown_and_taken_along(eraser: Browser) -> None:
    assert "All letters are read" in (await eraser.get("/person")).text
    shown = (await eraser.post("/person", HIS | {"address": "IVAN.GONE@example.ru"})).text
    assert "2 letters of this person" in shown
    assert "2 dialogs would go as a whole" in shown
    assert "Ivan Gone" in shown
    assert "ivan.gone+shop@example.ru" in shown
    async with eraser.session.post(
        f"{eraser.origin}/person/export", data=HIS, headers={"Origin": eraser.origin}
    ) as answer:
        packed = zipfile.ZipFile(io.BytesIO(await answer.read()))
    said = {each["body"] for each in json.loads(packed.read("letters.json"))}
    assert said == {"My order, please, has not come.", "By another address."}


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"again": "anna@example.ru"}, 422, "the address below is another one"),
        ({"again": ""}, 422, "the address below is another one"),
        ({"reason": " "}, 422, "say the reason"),
        ({"preview": "0" * 32}, 422, "what is held has changed"),
        ({"preview": ""}, 422, "say the reason"),
    ],
)
async def test_what_was_not_shown_or_said_is_not_erased(
    eraser: Browser, database: Database, fields: dict[str, str], status: int, words: str
) -> None:
    seen = preview((await eraser.post("/person", HIS)).text)
    said = HIS | {"again": IVAN, "reason": "asked for", "preview": seen} | fields
    answer = await eraser.post("/person/erase", said)
    assert answer.status == status
    assert words in answer.text
    assert await database.letters.find_one({"mailbox": MAILBOX, "message.from.address": IVAN})


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("nobody", 422, "not one address"),
        ("", 422, "not one address"),
        (MAILBOX, 409, "one of our own mailboxes"),
        ("never@example.ru", 200, "Nothing is held"),
        ("a@b.ru, c@d.ru", 422, "not one address"),
        (f"Ivan <{IVAN}>,", 200, "to be erased"),
        ('"><script>x</script>@a.ru', 422, "not one address"),
    ],
)
async def test_what_cannot_be_looked_for_is_said(
    eraser: Browser, address: str, status: int, words: str
) -> None:
    answer = await eraser.post("/person", {"address": address})
    assert (answer.status, words in answer.text) == (status, True)
    assert "<script>x" not in answer.text


async def test_who_may_not_erase_sees_none_of_it(browser: Browser) -> None:
    assert "/person" not in (await browser.get("/?tab=all")).text
    assert (await browser.get("/person")).status == 403
    for path in ("/person", "/person/export", "/person/erase"):
        assert (await browser.post(path, HIS)).status == 403


async def test_nothing_is_erased_by_a_form_of_others_or_of_other_mailboxes(
    eraser: Browser, service: servers.Service, database: Database
) -> None:
    foreign = {"Origin": "https://evil.example", "Sec_Fetch_Site": "cross-site"}
    assert (await eraser.post("/person/erase", HIS, **foreign)).status == 403
    async with browsing(service) as other:
        link = await new_link(SignIns(database), "http://x", "o", ["erase"], ["other@yandex.ru"])
        await other.sign_in(link)
        assert "Nothing is held" in (await other.post("/person", {"address": IVAN})).text
        assert (await other.post("/person", HIS)).status == 404
        assert (await other.post("/person/export", HIS)).status == 403


async def erased_is_said(
    service: servers.Service, database: Database, mailbox: str, line: str = IVAN
) -> str:
    """Return whether visitors of one mailbox, or of all, are told that he was erased."""
    async with browsing(service) as found:
        rights = [*USUAL], [mailbox] if mailbox else None
        await found.sign_in(await new_link(SignIns(database), "http://x", "who", *rights))
        text = (await found.get(f"/trace?q={quote(line)}")).text
    told = re.search(r'<li class="(\w+)"><strong>Erased</strong>', text)
    assert told is not None
    return told[1]


async def test_what_was_shown_is_erased_with_an_act(
    eraser: Browser, service: servers.Service, database: Database
) -> None:
    everywhere = {"address": IVAN}
    seen = preview((await eraser.post("/person", everywhere)).text)
    said = everywhere | {"again": IVAN.upper(), "reason": "Consent withdrawn", "preview": seen}
    done = await eraser.post("/person/erase", said | {"operator": "ООО «Ромашка»"})
    assert done.status == 200
    assert "АКТ\nоб уничтожении персональных данных" in done.text
    assert "Consent withdrawn" in done.text
    assert "dpo" in done.text
    [act] = (Path(service.env["DATA_DIR"]) / "erasures").glob("*/akt.txt")
    assert act.read_text().strip() in unescape(done.text)
    assert not await database.letters.find_one({"mailbox": MAILBOX, "message.from.address": IVAN})
    assert await database.letters.find_one({"mailbox": MAILBOX})
    assert "Nothing is held" in (await eraser.post("/person", HIS)).text
    assert (await eraser.post("/person/erase", said)).status == 422
    told = {each: await erased_is_said(service, database, each) for each in ("", MAILBOX, OTHER)}
    assert told == {"": "yes", MAILBOX: "yes", OTHER: "unsure"}
    for line, erased in {
        "ivan.gone+shop@example.ru": "yes",  # his, too
        "nobody@example.ru": "no",
        "From: nobody@example.ru": "no",
        "<nobody@example.ru>": "unsure",  # which may be a Message-ID
        "Where is my order": "unsure",
    }.items():
        assert await erased_is_said(service, database, "", line) == erased, line
    assert await erased_is_said(service, database, MAILBOX, "nobody@example.ru") == "unsure"
    await database.tombstones.delete_many({})
