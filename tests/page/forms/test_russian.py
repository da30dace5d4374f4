"""Each view in Russian: no word is English, but for names and what people and servers wrote."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from urllib.parse import quote

import pytest
from aiohttp.test_utils import make_mocked_request

from contract.bridge.report import BridgeReport, HeldLetter, Refusal, WatchedFolder
from receiver.bridges.bridges import Bridges
from receiver.errors import NAMES, Problem, unavailable
from receiver.page.serving import told
from receiver.page.shown.bridges import ADVICE
from receiver.store.mongo import Database
from tests.page.conftest import Browser
from tests.page.mailbox import SUPPORT

# What a letter, a person or a server wrote stands in these.
OF_OTHERS = {"bdi", "code", "pre", "kbd", "option", "style", "script", "title", "text"}
SAID = ("title", "aria-label", "placeholder", "alt")
# Names: of this program and its parts, commands, settings, protocols, fields and forms of files.
NAMES_THAT_STAY = re.compile(
    r"\b(Email Listener|cookie|English|python -m \w+(?: (?:[\w-]+|ID))*|make \w+|[A-Z]+_[A-Z_]+"
    r"(?:=\w+)?|MAILBOXES|IMAP|SMTP|TLS|E?SMTPS?A?|HTTP|UTC|JSON|Id|id|zip|mbox|eml|INBOX|Sent"
    r"|Message-ID|In-Reply-To|References|Received|From|To|Cc|Docker|from|is:waiting|HTML|ESMTP"
    r"|has:attachment|olga|[\w.+-]+@[\w.-]+|\d{16}-\w{16}|\d\w+|Trace|MongoDB|Content-Type|PAGE_URL"
    r"|receiver|(?:image|application)/\w+|/erasures)\b|\.venv\S*|DATA_DIR\S*|https?://\S*|el_"
)
# A bridge's name of a letter, without its last digit.
LETTER_ID = "1695752427230474-cfd6a8885ef6a8a"


class Read(HTMLParser):
    """Takes the words of ours out of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.inside: list[str] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Go into an element, and read what it is called."""
        if tag in OF_OTHERS:
            self.inside.append(tag)
        self.found += [value or "" for name, value in attrs if name in SAID]

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        if tag in self.inside:
            self.inside.remove(tag)

    def handle_data(self, data: str) -> None:
        """Read a text."""
        if not self.inside:
            self.found.append(data)


def english_in(text: str) -> Iterator[str]:
    """Yield the texts of a page with an English word of ours in them."""
    reading = Read()
    reading.feed(re.sub(r'<div class="text".*?</div>', "", text, flags=re.DOTALL))
    for each in reading.found:
        if re.search("[A-Za-z]{2,}", NAMES_THAT_STAY.sub("", each)):
            yield " ".join(each.split())


def report(now: datetime) -> BridgeReport:
    """Return what a bridge tells that has every trouble."""
    wrong = '{"title": "the event has wrong fields", "errors": [{"path": "d", "message": "%s"}]}'
    reasons = [f"422 {wrong % 'is missing'}", '503 {"title": "the store does not answer"}']
    reasons += ["EOFError while parsing (whole)"]
    letters = [
        HeldLetter(
            id=f"{LETTER_ID}{n}",
            state="waiting",
            came=now,
            due=now,
            reason=each,
            attempts=n,
            subject="Я",
        )
        for n, each in enumerate(reasons)
    ]
    states = ("watching", "waiting", "refused", "no folder", "starting")
    detail = "the server closed the connection"
    folders = [
        WatchedFolder(name="a@a.ru INBOX", state=each, since=now, seen=now, detail=detail)
        for each in states
    ]
    answers = ("550 5.1.1 No", "421 4.7.0 No", "500 5.5.1 No", "452 4.3.1 No")
    return BridgeReport(
        bridge="0123456789-russian",
        host="mx.example",
        version="0.2.0",
        started=now,
        doors=["smtp"],
        waiting=7,
        failed=1,
        alarms=[*ADVICE, "the spool is full", "a@a.ru INBOX: not looked at for 950 s"],
        letters=letters,
        folders=folders,
        refusals=[Refusal(number=n, at=now, answer=each) for n, each in enumerate(answers)],
    )


LISTS = ("", "&tab=them", "&tab=noticed", "&q=before:", "&tab=all", "&q=x")
TRACED = ("1@mail.example.ru", "31@mail.example.ru", f"{LETTER_ID}5", "нет")
OTHERS = (
    "/trace",
    "/sign-in",
    "/sign-in?link=x",
    "/d/1",
    "/no/such",
    "/?tab=x",
    "/?mailbox=no@a.ru",
)


async def test_no_view_in_russian_has_an_english_word(browser: Browser, database: Database) -> None:
    now = datetime.now(UTC)
    bridges, told_by_it = Bridges(database), report(now)
    views = [f"/?mailbox={SUPPORT}{each}" for each in LISTS]
    views += ["/health", *OTHERS, *(f"/trace?q={quote(each)}" for each in TRACED)]
    noticed = (await browser.get(views[2])).text
    dialogs = re.findall(r'href="(/d/\w+)"', noticed)
    assert len(dialogs) > 3
    views += [f"{each}{part}" for each in dialogs for part in ("", "/why", "/print")]
    await bridges.take(told_by_it, now - timedelta(minutes=5))
    found = {}
    try:
        for view in views:
            seen = await browser.get(view, Accept_Language="ru", Accept="text/html")
            found[view] = [*english_in(seen.text)]
    finally:
        await bridges.forget(told_by_it.bridge)
        await database["refusals"].delete_many({"bridge": told_by_it.bridge})
    assert {view: texts for view, texts in found.items() if texts} == {}


async def test_what_a_search_cannot_mean_is_told_in_russian(browser: Browser) -> None:
    for asked, said in (
        ("вид:чушь", "вид: значения «чушь» нет, бывают: письмо, автоответ, недоставка"),
        ("is:unread", "is: значения «unread» нет, бывают: waiting"),
        ("я" * 501, "длиннее 500 знаков"),
    ):
        address = f"/?mailbox={SUPPORT}&q={quote(asked)}"
        assert said in (await browser.get(address, Accept_Language="ru")).text


@pytest.mark.parametrize("status", NAMES)
def test_each_refusal_is_told_in_russian_with_what_to_do(status: int) -> None:
    request = make_mocked_request("GET", "/d/1?x=1", headers={"Accept-Language": "ru"})
    text = str(told(request, Problem(status, "the store does not answer", retry_after=5)).text)
    assert [*english_in(text)] == []
    assert "Подождите 5\xa0секунд" in text or "Подождите 5 секунд" in text
    assert ('href="/d/1?x=1"' in text) == (status in (408, 429, 500, 503))
    assert 'href="/trace"' in text


@pytest.mark.parametrize(
    "why",
    [
        "MongoDB is not reached at MONGO_URI: the receiver's log says why",
        "its dialogs are being made anew: wait, or run: python -m receiver project --adopt",
    ],
)
def test_why_the_database_cannot_be_asked_is_told_in_russian(why: str) -> None:
    request = make_mocked_request("GET", "/", headers={"Accept-Language": "ru"})
    assert [*english_in(str(told(request, unavailable(why)).text))] == []
    assert "//" not in str(told(make_mocked_request("GET", "//evil/"), unavailable(why)).text)[200:]
