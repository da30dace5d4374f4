"""Lists, dialogs and letters, as a browser without scripts gets them."""

import json
import re
from typing import Any
from urllib.parse import urlencode

import pytest

from receiver.page.dialogs import MAX_PRINTED
from receiver.page.finding import part_of
from receiver.page.health import MAX_MAILBOXES
from receiver.page.lists.tabs import PAGE
from receiver.store.dialog import Dialog
from receiver.store.mongo import Database
from receiver.web.v1.cursor import packed
from tests import servers, webhook_client
from tests.page.conftest import Browser, browsing, until
from tests.page.mailbox import PDF, PICTURE, SUPPORT, attached
from tests.receiver.api_client import make_token

MAX_PAGE_BYTES = 100 * 1024


async def key_of(database: Database, number: str) -> str:
    letter = await database.letters.find_one({"message.message_id": f"{number}@mail.example.ru"})
    assert letter is not None
    return str(letter["key"])


async def dialog_of(database: Database, number: str) -> str:
    letter = await database.letters.find_one({"message.message_id": f"{number}@mail.example.ru"})
    assert letter is not None
    return str(letter["dialog"])


def ids(text: str) -> list[str]:
    return re.findall(r'data-id="([0-9a-f]{24})"', text)


async def following(browser: Browser, path: str) -> list[str]:
    """Return the ids of all pages of a list, and see that each is small."""
    found: list[str] = []
    while path:
        answer = await browser.get(path)
        assert answer.status == 200
        assert len(answer.text.encode()) < MAX_PAGE_BYTES
        page = ids(answer.text)
        assert len(page) <= PAGE
        found += page
        onward = re.search(r'href="([^"]+)" rel="next"', answer.text)
        path = onward[1].replace("&amp;", "&") if onward else ""
    return found


@pytest.mark.parametrize(
    ("tab", "query", "sort"),
    [
        ("us", {"waiting": "us"}, [("waiting_since", 1), ("_id", 1)]),
        ("them", {"waiting": "them"}, [("waiting_since", -1), ("_id", -1)]),
        ("all", {}, [("updated", -1), ("_id", -1)]),
    ],
)
async def test_each_dialog_is_in_its_tabs_once(
    browser: Browser, database: Database, tab: str, query: dict[str, Any], sort: Any
) -> None:
    shown = await following(browser, f"/?mailbox={SUPPORT}&tab={tab}")
    found = database.dialogs.find({"mailbox": SUPPORT, **query}).sort(sort)
    assert shown == [str(each["_id"]) for each in await found.to_list(None)]
    assert len(shown) > 20


async def test_what_is_to_be_noticed_comes_with_confirmations_first(
    browser: Browser, database: Database
) -> None:
    shown = await following(browser, f"/?mailbox={SUPPORT}&tab=noticed")
    expected = [await dialog_of(database, number) for number in ("40", "60", "30", "50", "1")]
    assert shown == expected


async def test_a_row_tells_who_what_and_the_newest_words(browser: Browser) -> None:
    text = (await browser.get(f"/?mailbox={SUPPORT}&tab=all")).text
    [row] = [each for each in text.split("<li") if ">Иван Петров<" in each]
    assert "Где мой заказ № 1742?" in row
    assert "Спасибо, привезли. Но чашка разбита" in row
    assert "23.11.2026" not in row  # what is quoted is not new
    assert "with files" in row
    assert "3 letters" in row
    assert "related" in row


@pytest.mark.parametrize(
    ("tab", "words"),
    [
        ("us", "Nobody is waiting for an answer"),
        ("them", "IMAP"),
        ("noticed", "Confirmation letters"),
    ],
)
async def test_an_empty_tab_says_what_to_do(
    service: servers.Service, database: Database, tab: str, words: str
) -> None:
    token = await make_token(database, "read", "empty@yandex.ru")
    async with browsing(service) as one:
        await one.post("/sign-in", {"token": token})
        assert words in (await one.get(f"/?mailbox=empty@yandex.ru&tab={tab}")).text


@pytest.mark.parametrize("rest", ["", "&tab=all", "&q=заказ"])
async def test_a_mailbox_that_is_mistyped_is_told(browser: Browser, rest: str) -> None:
    """The page used to list it among the mailboxes, with nobody waiting."""
    text = (await browser.get(f"/?mailbox=suport@yandex.ru{rest}")).text
    assert "No letter has come to the mailbox suport@yandex.ru" in text
    assert 'href="/?mailbox=support%40yandex.ru' in text
    assert ">suport@yandex.ru</option>" not in text
    assert "make demo" not in text


async def test_a_row_and_a_letter_are_heard_whole(browser: Browser, database: Database) -> None:
    """If only the name were the link, a screen reader would say "Ivan, link"."""
    for path in (f"/?mailbox={SUPPORT}&tab=all", f"/?mailbox={SUPPORT}&q=заказ"):
        text = (await browser.get(path)).text
        described = re.findall(r'aria-describedby="([^"]+)" data-step', text)
        assert described
        for each in described:
            assert all(text.count(f' id="{one}"') == 1 for one in each.split())
    text = (await browser.get(f"/d/{await dialog_of(database, '1')}")).text
    for number in (1, 2, 3):
        assert f'aria-labelledby="head-{number} when-{number}"' in text
        assert text.count(f' id="when-{number}"') == 1


LAST_OF_ALL = packed(["us", 0, 253402300799999, "0" * 24])


@pytest.mark.parametrize("cursor", ["x", "W10", "WyJ1cyIsMCwiYSIsImIiXQ", "..", "%00", LAST_OF_ALL])
async def test_a_cursor_that_is_none_leads_nowhere(browser: Browser, cursor: str) -> None:
    assert (await browser.get(f"/?mailbox={SUPPORT}&after={cursor}")).status == 404


async def test_a_dialog_is_a_conversation(browser: Browser, database: Database) -> None:
    answer = await browser.get(f"/d/{await dialog_of(database, '1')}")
    text = answer.text
    assert re.findall(r'class="letter (\w+)"', text) == ["theirs", "ours", "theirs"]
    assert text.count('<details class="rest">') == 2
    assert "заказ тоже не пришёл" not in text  # the stranger's is a dialog of its own
    assert "Related dialogs" in text
    assert "11.6\xa0KB" in text
    assert len(text.encode()) < MAX_PAGE_BYTES
    for name in ("Content-Security-Policy", "X-Frame-Options", "Cross-Origin-Opener-Policy"):
        assert answer.headers[name]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-DNS-Prefetch-Control"] == "off"  # a link's host would hear of it
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


async def test_the_words_are_those_of_the_browser(browser: Browser, database: Database) -> None:
    path = f"/d/{await dialog_of(database, '1')}"
    answer = await browser.get(path, Accept_Language="ru")
    assert '<html lang="ru" ' in answer.text
    assert "3 письма" in answer.text
    await browser.post("/language", {"language": "ru", "next": path})
    assert '<html lang="ru" ' in (await browser.get(path)).text


async def test_what_was_left_out_is_said(browser: Browser, database: Database) -> None:
    text = (await browser.get(f"/d/{await dialog_of(database, '10')}")).text
    assert "2 pictures from elsewhere, 1 of them looks like a tracker, 1 script" in text
    page = await browser.get(f"/letters/{SUPPORT}/{await key_of(database, '10')}/html")
    assert "track.example.net" not in page.text
    assert "sandbox" in page.headers["Content-Security-Policy"]
    assert "allow-scripts" not in page.headers["Content-Security-Policy"]


async def test_headers_original_and_eml(browser: Browser, database: Database) -> None:
    path = f"/letters/{SUPPORT}/{await key_of(database, '1')}"
    headers = (await browser.get(f"{path}/headers")).text
    assert "&lt;1@mail.example.ru&gt;" in headers
    assert "Received" in headers
    assert "Номер отслеживания" in (await browser.get(f"{path}/original")).text
    eml = await browser.get(f"{path}/eml")
    assert eml.headers["Content-Disposition"].startswith("attachment;")
    assert eml.headers["Content-Type"] == "message/rfc822"
    assert eml.text.startswith("Received: ")


async def test_files_are_downloads_and_small_pictures_are_shown(
    browser: Browser, database: Database
) -> None:
    path = f"/letters/{SUPPORT}/{await key_of(database, '3')}/files"
    shown = await browser.get(f"{path}/0?picture")
    assert shown.headers["Content-Type"] == "image/png"
    assert int(shown.headers["Content-Length"]) == len(PICTURE)
    saved = await browser.get(f"{path}/1")
    assert saved.headers["Content-Type"] == "application/octet-stream"
    assert saved.headers["Content-Disposition"].startswith("attachment;")
    assert saved.text == PDF.decode()
    for wrong in ("1?picture", "2", "-1", "x", "٣"):
        assert (await browser.get(f"{path}/{wrong}")).status == 404


async def test_a_picture_is_shown_whatever_type_it_was_sent_as(
    browser: Browser, service: servers.Service, database: Database
) -> None:
    """Its first bytes decide; pictures of unregistered types used to be left out."""
    types = ("image/png", "image/jpg", "image/x-png", "application/octet-stream", "image/png")
    contents = (*[PICTURE] * 4, PDF)
    files = [
        attached(f"{number}.PNG", media, content, content_id=f"{number}@x")
        for number, (media, content) in enumerate(zip(types, contents, strict=True))
    ]
    html = "<p>a</p>" + "".join(f'<img src="cid:{number}@x">' for number in range(7))
    data: dict[str, Any] = {"mailbox": "types@yandex.ru", "from": {"address": "types@example.ru"}}
    data |= {"text": "a", "html": html, "attachments": files}
    async with webhook_client.connected(service.env["RECEIVER_PORT"]) as client:
        body = json.dumps({"type": "email.received", "data": data}).encode()
        status, said = await client.post(body, event_id="types")
        assert status < 300, said
    letter = await database.letters.find_one({"mailbox": "types@yandex.ru"})
    assert letter is not None
    path = f"/letters/types@yandex.ru/{letter['key']}"
    page = await browser.get(f"{path}/html")
    assert re.findall('src="([^;"]*)', page.text) == [*["data:image/png"] * 4, "", "", ""]
    assert "1 picture of the letter is of a kind that is not shown here" in page.text
    assert "2 pictures that the letter names are not among its files here" in page.text
    assert "in too many places" not in page.text
    shown = (await browser.get(f"/d/{letter['dialog']}")).text
    pictures = re.findall(r'src="([^"]+\?picture)"', shown)
    assert len(pictures) == 5
    answers = [await browser.get(each) for each in pictures]
    assert [each.headers["Content-Type"] for each in answers[:4]] == ["image/png"] * 4
    assert answers[4].status == 404


async def test_why_is_told_in_the_readers_language(browser: Browser, database: Database) -> None:
    path = f"/d/{await dialog_of(database, '1')}/why"
    assert "its In-Reply-To names" in (await browser.get(path)).text
    assert "его In-Reply-To указывает" in (await browser.get(path, Accept_Language="ru")).text


def long_letter(number: int) -> str:
    data = {
        "mailbox": "long@yandex.ru",
        "from": {"address": "ivan@example.ru"},
        "subject": "Long",
        "text": f"letter {number}",
        "message_id": f"long{number}@mail.example.ru",
        "in_reply_to": [f"long{number - 1}@mail.example.ru"] if number else [],
        "date": f"2026-11-2{1 + number // 60}T10:{number % 60:02}:00Z",
    }
    return json.dumps({"id": f"long-{number}", "type": "email.received", "data": data})


@pytest.mark.parametrize(
    ("page", "numbers"), [("1", range(200)), ("2", range(200, 210)), ("", range(200, 210))]
)
def test_each_letter_is_on_one_of_the_parts_that_are_printed(page: str, numbers: range) -> None:
    messages = [{"key": f"{each}", "created": each, "message_id": ""} for each in range(210)]
    dialog = Dialog({"_id": 1, "messages": messages})
    part = part_of(dialog, page, "", MAX_PRINTED)
    assert [each["key"] for each in part.messages] == [f"{each}" for each in numbers]
    assert (part.pages, part.before) == (2, numbers[0])


@pytest.mark.parametrize(
    ("lengths", "starts"),
    [
        ([], [0]),
        ([5], [0]),
        ([50], [0]),
        ([5, 5, 1], [0, 2]),
        ([11, 5, 5, 11, 11], [0, 1, 3, 4]),
        ([1] * 9, [0, 4, 8]),
        ([0] * 5, [0, 4]),
    ],
)
def test_a_part_that_is_printed_ends_where_its_texts_would_be_too_much(
    lengths: list[int], starts: list[int]
) -> None:
    messages = [
        {"key": f"{number}", "created": number, "message_id": "", "body": "a" * each}
        for number, each in enumerate(lengths)
    ]
    dialog = Dialog({"_id": 1, "messages": messages})
    parts = [part_of(dialog, f"{one}", "", 4, 10) for one in range(1, len(starts) + 1)]
    assert [each.before for each in parts] == starts
    assert {each.pages for each in parts} == {len(starts)}
    assert [each for part in parts for each in part.messages] == messages
    for number, named in enumerate(messages):
        assert named in part_of(dialog, "", f"{number}", 4, 10).messages


async def test_a_long_dialog_is_read_in_pages(
    browser: Browser, service: servers.Service, database: Database
) -> None:
    async with webhook_client.connected(service.env["RECEIVER_PORT"]) as client:
        for start in range(0, 120, 40):
            lines = "\n".join(long_letter(number) for number in range(start, start + 40))
            status, said = await client.post_lines(lines.encode())
            assert (status, {json.loads(each)["status"] < 300 for each in said.splitlines()}) == (
                200,
                {True},
            )
    dialog = await dialog_of(database, "long0")
    last = (await browser.get(f"/d/{dialog}")).text
    assert (last.count("<article"), "100 earlier letters" in last) == (20, True)
    first = (await browser.get(f"/d/{dialog}?page=1")).text
    assert (first.count("<article"), ">letter 0<" in first) == (50, True)
    key = await key_of(database, "long60")
    assert ">letter 60<" in (await browser.get(f"/d/{dialog}?letter={key}")).text
    assert (await browser.get(f"/d/{dialog}?page=4")).status == 404
    assert "drawn of fifty letters at most" in (await browser.get(f"/d/{dialog}/why")).text
    printed = (await browser.get(f"/d/{dialog}/print")).text
    assert (printed.count("<article"), "part 1 of" in printed) == (120, False)
    assert (await browser.get(f"/d/{dialog}/print?page=2")).status == 404
    await database.letters.delete_many({"mailbox": "long@yandex.ru"})
    await database.dialogs.delete_many({"mailbox": "long@yandex.ru"})


async def test_what_is_not_there_is_said_so(browser: Browser) -> None:
    for path in ("/d/1", "/d/" + "0" * 24, f"/letters/{SUPPORT}/{'0' * 64}/html", "/?tab=x"):
        answer = await browser.get(path)
        assert answer.status == 404
        assert "There is nothing here" in answer.text


async def test_letters_are_searched_for_and_a_wrong_query_is_told(browser: Browser) -> None:
    path = f"/?mailbox={SUPPORT}&q=чашки разбитые"

    async def is_found() -> bool:  # once the index has it
        return "<mark>" in (await browser.get(path)).text

    await until(is_found)
    text = (await browser.get(path)).text
    assert "#letter-" in text
    assert "Иван Петров" in text
    assert "Nothing was found" in (await browser.get(f"/?mailbox={SUPPORT}&q=xyzzyx")).text
    wrong = await browser.get(f"/?mailbox={SUPPORT}&q=after:yesterdayish")
    assert 'role="alert"' in wrong.text
    assert "This cannot be looked for" in wrong.text
    assert "Nothing was found" not in wrong.text
    hostile = (await browser.get(f"/?mailbox={SUPPORT}&q=<script>alert(1)</script>")).text
    assert "<script>alert" not in hostile


async def test_of_a_query_that_finds_nothing_it_is_told_which_part_is_missing(
    browser: Browser,
) -> None:
    async def said(asked: str) -> str:
        return (await browser.get(f"/?{urlencode({'mailbox': SUPPORT, 'q': asked})}")).text

    async def is_found() -> bool:  # once the index has all
        return "<mark>" in await said("чашки") and "<mark>" in await said("invoice")

    await until(is_found)
    missing = "No letter has this, not even alone: <bdi>{}</bdi>"
    assert missing.format("xyzzyx, от:nobody") in await said("чашки xyzzyx -invoice от:nobody")
    both = await said("чашки invoice")
    assert "Each part of it is found" in both
    assert "not even alone" not in both + await said("xyzzyx")


HTML = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize("path", ["/nothing", "/d", "/letters/x", "/static/none.js", "/blobs"])
async def test_an_address_that_is_none_is_told_to_people_in_their_language(
    browser: Browser, path: str
) -> None:
    """The page links on; a program, which does not ask for HTML by name, gets a problem as JSON."""
    for language, words in (("en", "There is nothing here"), ("ru", "Здесь ничего нет")):
        answer = await browser.get(path, Accept=HTML, Accept_Language=language)
        assert answer.status == 404
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert f'<html lang="{language}">' in answer.text
        assert words in answer.text
        assert all(f'href="{way}"' in answer.text for way in ("/", "/trace", "/health"))
    if not path.startswith("/static"):
        answer = await browser.get(path, Accept="*/*")
        assert answer.headers["Content-Type"].startswith("application/problem+json")
        assert json.loads(answer.text)["status"] == 404


async def test_other_refusals_are_told_to_people_too_and_to_programs_as_ever(
    browser: Browser,
) -> None:
    refused = await browser.post("/health", {}, Accept=HTML)
    assert (refused.status, refused.headers["Allow"]) == (405, "GET, HEAD")
    assert "This address is not opened like that" in refused.text
    for path in ("/v1/nothing", "/v1/dialogs"):
        answer = await browser.get(path, Accept=HTML)
        assert answer.headers["Content-Type"].startswith("application/problem+json")


async def test_health_shows_every_mailbox_a_page_at_a_time(
    service: servers.Service, database: Database
) -> None:
    names = [f"many{number:02}@yandex.ru" for number in range(MAX_MAILBOXES + 3)]
    token = await make_token(database, "read", *names)
    async with browsing(service) as other:
        await other.post("/sign-in", {"token": token})
        path, seen = "/health", []
        while path:
            text = (await other.get(path)).text
            seen += re.findall(r"<h3><a [^>]+>([^<]+)<", text)
            onward = re.search(r'href="([^"]+)" rel="next">3 more mailboxes', text)
            path = onward[1] if onward else ""
    assert seen == names


@pytest.mark.parametrize(("language", "today"), [("en", "today"), ("ru", "сегодня")])
async def test_the_letters_of_each_day_are_told_in_a_table_too(
    browser: Browser, database: Database, language: str, today: str
) -> None:
    text = (await browser.get("/health", Accept_Language=language)).text
    card = text.split(f">{SUPPORT}</a>")[1].split("</li>")[0]
    rows = re.findall(r'<tr><th scope="row">([^<]+)</th><td>(?:≥ )?([^<]+)</td></tr>', card)
    assert len({day for day, _ in rows}) == 14
    assert sum(int(re.sub(r"\D", "", count)) for _, count in rows) == (
        await database.letters.count_documents({"mailbox": SUPPORT})
    )
    assert re.findall(r"<text[^>]*>([^<]+)", card)[-1] == today
    assert len(re.findall(r"<title>[^<]+: [^<]+</title>", card)) == 14


async def test_who_is_waited_for_is_so_since_our_letter_not_since_its_bounce(
    browser: Browser,
) -> None:
    """Our letter is nine hours old, its bounce a little less."""
    text = (await browser.get(f"/?mailbox={SUPPORT}&tab=them")).text
    [row] = [each for each in text.split("<li") if "no@example.net" in each]
    assert ("9 hours ago" in row, "8 hours ago" in row) == (True, False)
