"""Did it come, and if not, why: a receiver and a bridge, a letter refused, one that failed."""

import json
import re
import smtplib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest

from bridge.command_line import command_line
from bridge.reporting.refusals import Refusals
from bridge.settings import BridgeSettings
from bridge.spool.envelope import Delivery, trace_block
from bridge.spool.spool import Spool, new_id
from contract.bridge.report import BridgeReport, Refusal
from contract.reading.addresses import canonical
from receiver.bridges.bridges import Bridges
from receiver.bridges.further_ids import FurtherIds
from receiver.erasing.traces.traces import Traces
from receiver.filing.collections import Store
from receiver.listing.rows import Rows
from receiver.page.shown.clock import Clock
from receiver.page.tracing import sought
from receiver.page.tracing.pasted import read_pasted, taken_at
from receiver.page.tracing.sought import InTime, Seeker
from receiver.page.words import words_of
from receiver.search.searching import Searching
from receiver.store.mongo import Database
from tests import servers, webhook_client
from tests.letters import START
from tests.page.conftest import Browser, browsing, until
from tests.page.mailbox import SUPPORT
from tests.receiver.api_client import make_token

CLOCK = Clock(words_of("en"), START)
MANY = "many@yandex.ru"  # of its own, so that no other test finds its dialogs in a list


@pytest.fixture(scope="module")
def bridge(
    service: servers.Service, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[servers.Service]:
    """A bridge before the receiver of this folder."""
    directory = tmp_path_factory.mktemp("bridge")
    found = servers.bridge(directory, service.env["RECEIVER_PORT"])
    with servers.running(found):
        yield found


def send(bridge: servers.Service, to: str, message_id: str) -> int:
    """Send a letter, and return the answer to its recipient or its content."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "ivan@example.ru", to, "Traced"
    message["Message-ID"] = f"<{message_id}>"
    message.set_content("Where am I?")
    with smtplib.SMTP("127.0.0.1", int(bridge.env["SMTP_PORT"]), timeout=30) as client:
        try:
            client.send_message(message)
        except smtplib.SMTPRecipientsRefused as refused:
            return next(iter(refused.recipients.values()))[0]
    return 250


async def text_of(browser: Browser, path: str) -> str:
    return (await browser.get(path)).text


async def test_a_letter_that_came_is_traced_from_hop_to_dialog(
    browser: Browser, bridge: servers.Service
) -> None:
    assert send(bridge, SUPPORT, "came@example.ru") == 250

    async def is_there() -> bool:
        return "Now in" in await text_of(browser, "/trace?q=%3Ccame@example.ru%3E")

    await until(is_there)
    text = await text_of(browser, "/trace?q=came@example.ru")
    for said in (
        "Taken by the bridge",
        "SMTP",
        "from 127.0.0.1",
        "without TLS (ESMTP)",
        "taken at the first attempt",
        "nobody confirmed",
        "without a defect",
        "Now in",
    ):
        assert said in text
    assert "opened the dialog" in text


@pytest.mark.parametrize(
    ("line", "dialog"),
    [
        ("Мария Соколова <m.sokolova@example.com>", "Возврат по заказу 1698"),
        ("mailto:m.sokolova@example.com", "Возврат по заказу 1698"),
        ("Тема: возвраты по заказам 1698", "Возврат по заказу 1698"),
        ("From: support@yandex.ru", "Возврат по заказу 1698"),  # it wrote, and has no dialog
    ],
)
async def test_what_is_here_is_never_said_to_be_unseen(
    browser: Browser, line: str, dialog: str
) -> None:
    text = await text_of(browser, f"/trace?q={quote(line)}")
    assert dialog in text
    assert 'class="yes"><strong>Never seen' not in text


@pytest.mark.parametrize(
    ("line", "found"),
    [("возвр", True), ("ВРАТ зака", True), ("698", True), ("возвр нигде", False)],
)
async def test_a_part_of_a_word_of_a_subject_leads_to_its_dialog(
    browser: Browser, line: str, found: bool
) -> None:
    text = await text_of(browser, f"/trace?q={quote(line)}")
    assert ("Возврат по заказу 1698" in text) == found
    if found:
        assert 'class="yes"><strong>Never seen' not in text
    else:  # a refusal is not known by a subject
        assert 'class="unsure"><strong>Never seen' in text


@pytest.mark.parametrize(
    "before", ["Re: ", "Fwd: ", "Отв.: ", "[Ticket#5] ", "Fwd: [Ticket#5] Re: "]
)
@pytest.mark.parametrize("subject", ["Invoice for November", "nvoice for Nov"])
async def test_a_letter_is_found_by_its_subject_as_the_answer_bears_it(
    browser: Browser, before: str, subject: str
) -> None:
    """Whoever wrote an answer that did not arrive knows only its subject."""
    text = await text_of(browser, f"/trace?q={quote(before + subject)}")
    assert "Invoice for November" in text
    assert "It is not here by that name" not in text


@pytest.mark.parametrize(
    ("line", "is_found"),
    [
        ("Re: Invoice of the November", True),
        ("November, invoice", True),
        ("Возврат о заказах 1698", True),
        ("Invoice for nobody", False),
    ],
)
async def test_a_subject_may_be_remembered_nearly(
    browser: Browser, line: str, is_found: bool
) -> None:
    text = await text_of(browser, f"/trace?q={quote(line)}")
    assert ("Invoice for November" in text or "Возврат по заказу 1698" in text) == is_found


async def test_a_letter_is_found_by_the_id_that_smtp_answered(
    browser: Browser, bridge: servers.Service
) -> None:
    with smtplib.SMTP("127.0.0.1", int(bridge.env["SMTP_PORT"]), timeout=30) as client:
        client.ehlo()
        client.mail("ivan@example.ru")
        client.rcpt(SUPPORT)
        content = "From: ivan@example.ru\r\nSubject: By its number\r\n\r\nx\r\n"
        _, answer = client.data(content)

    async def is_there() -> bool:
        text = await text_of(browser, f"/trace?q={quote(answer.decode())}")
        assert 'class="yes"><strong>Never seen' not in text
        return "By its number" in text and "Now in" in text

    await until(is_there)
    unknown = await text_of(browser, "/trace?q=1695752427230474-cfd6a8885ef6a8a5")
    assert "python -m bridge trace" in unknown


async def test_a_letter_is_found_by_whatever_message_id_it_has(
    browser: Browser, service: servers.Service, database: Database
) -> None:
    """Also without @, of 900 characters, and with 120 mailboxes to look in."""
    long = f"{'l' * 890}@example.ru"
    said = {"mailbox": "zz@yandex.ru", "from": {"address": "odd@a.ru"}, "text": "x"}
    async with webhook_client.connected(service.env["RECEIVER_PORT"]) as client:
        for number, one in enumerate(("abc123noat", long)):
            data = said | {"message_id": one, "subject": f"Odd {number}", "date": START.isoformat()}
            body = json.dumps({"type": "email.received", "data": data}).encode()
            assert (await client.post(body, event_id=f"odd-{number}"))[0] in (200, 201)
    many = [f"m{number}@yandex.ru" for number in range(120)]
    token = await make_token(database, "read", "zz@yandex.ru", *many)
    async with browsing(service) as other:
        await other.post("/sign-in", {"token": token})
        for line in ("Message-ID: <abc123noat>", "<abc123noat>", "abc123noat", f"<{long}>"):
            text = await text_of(other, f"/trace?q={quote(line)}")
            assert text.count('class="traced"') == 1
        for line in ("odd@a.ru", "Subject: Odd 0", "dd 0"):
            assert "Odd 0" in await text_of(other, f"/trace?q={quote(line)}")


async def test_each_dialog_of_an_address_can_be_reached(
    browser: Browser, service: servers.Service, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only ten used to be shown, and the others were said never to have arrived."""
    usual = {"mailbox": MANY, "from": {"address": "many@evil.example"}, "text": "x"}
    async with webhook_client.connected(service.env["RECEIVER_PORT"]) as client:
        for number in range(55):
            data = usual | {"message_id": f"many{number}@evil.example", "subject": f"N {number}."}
            body = json.dumps({"type": "email.received", "data": data}).encode()
            assert (await client.post(body, event_id=f"many-{number}"))[0] in (200, 201)
    for line in ("many@evil.example", "From: many@evil.example"):
        seen: set[str] = set()
        path: str | None = f"/trace?q={quote(line)}"
        while path:
            text = await text_of(browser, path)
            assert "55 dialogs" in text
            seen |= set(re.findall(r"N \d+\.", text))
            older = re.search(r'href="(/trace[^"]*)" rel="next"', text)
            path = unescape(older[1]) if older else None
        assert len(seen) == 55
        assert "There are more" not in text
    seeker = Seeker(Store.of(database), Rows(database), FurtherIds(database), Searching(database))
    asked = read_pasted("many@evil.example")
    for at_a_time, most, more in ((7, 54, False), (7, 30, True), (7, 55, False), (200, 200, False)):
        monkeypatch.setattr(sought, "AT_A_TIME", at_a_time)
        monkeypatch.setattr(sought, "MAX_FOUND", most)
        found = await seeker.sought(InTime(60.0), [MANY], asked)
        assert (len(found.heads), found.more) == (55, more), (at_a_time, most)


async def test_what_looks_like_the_bridges_id_is_found_as_what_it_is(
    browser: Browser, service: servers.Service
) -> None:
    number = "1764312345678901-0123456789abcdef"
    letters = [
        {"message_id": f"{number}@a.ru", "subject": "By an id like that"},
        {"message_id": "quoting@a.ru", "subject": f"Order {number} is lost"},
        {"message_id": "a%3cb%41@a.ru", "subject": "By percents"},
    ]
    async with webhook_client.connected(service.env["RECEIVER_PORT"]) as client:
        for count, each in enumerate(letters):
            data = {"mailbox": SUPPORT, "from": {"address": "digits@a.ru"}, "text": "x"} | each
            body = json.dumps({"type": "email.received", "data": data}).encode()
            assert (await client.post(body, event_id=f"digits-{count}"))[0] in (200, 201)
    for line, subject in (
        (f"<{number}@a.ru>", "By an id like that"),
        (f"Message-ID: <{number}@a.ru>", "By an id like that"),
        (f"Subject: Order {number} is lost", f"Order {number} is lost"),
        ("Message-ID: <a%3cb%41@a.ru>", "By percents"),
    ):
        text = await text_of(browser, f"/trace?q={quote(line)}")
        assert text.count('class="traced"') == 1, line
        assert f"<h2><bdi>{subject}</bdi></h2>" in text


async def test_what_stands_in_a_header_is_pasted_as_it_stands_there(
    browser: Browser, bridge: servers.Service
) -> None:
    """A Message-ID with white space in it, and a subject in encoded words."""
    own, said = '<"quo ted"@example.ru>', "=?utf-8?b?0J/RgNC+0L/QsNC70L4=?= =?utf-8?q?_17?="
    head = f"From: ivan@example.ru\r\nTo: {SUPPORT}\r\nSubject: {said}\r\nMessage-ID: {own}"
    with smtplib.SMTP("127.0.0.1", int(bridge.env["SMTP_PORT"]), timeout=30) as client:
        client.sendmail("ivan@example.ru", SUPPORT, f"{head}\r\n\r\nx\r\n")

    async def is_there() -> bool:
        text = await text_of(browser, f"/trace?q={quote(own)}")
        return "Now in" in text and "Пропало 17" in text

    await until(is_there)
    for line in (own[1:-1], f"Message-ID: {own}", f"Subject: {said}", said, head):
        text = await text_of(browser, f"/trace?q={quote(line)}")
        assert (text.count('class="traced"'), "Пропало 17" in text) == (1, True), line


async def test_a_letter_is_found_by_its_envelope_and_by_an_address_that_is_near(
    browser: Browser, bridge: servers.Service
) -> None:
    """The header does not name that sender; the near address differs after the plus."""
    head = f"From: Kot+shop@Example.RU\r\nTo: {SUPPORT}\r\nSubject: Near\r\nMessage-ID: <near@a.ru>"
    with smtplib.SMTP("127.0.0.1", int(bridge.env["SMTP_PORT"]), timeout=30) as client:
        client.sendmail("Bounces@News.example", SUPPORT, f"{head}\r\n\r\nx\r\n")

    async def is_there() -> bool:
        return "Now in" in await text_of(browser, "/trace?q=near@a.ru")

    await until(is_there)
    near = ("kot@example.ru", "kot+other@example.ru", "KOT+shop@example.ru")
    for line in ("Bounces@News.example", "Return-Path: <Bounces@News.example>", *near):

        async def is_found(line: str = line) -> bool:  # where the time suffices for all mailboxes
            text = (await text_of(browser, f"/trace?q={quote(line)}")).partition("<main")[2]
            assert 'class="yes"><strong>Never seen' not in text, line
            return "Near" in text

        await until(is_found)
    for line in ("ko@example.ru", "kot@example.com", "kot+shop@example.com"):
        text = (await text_of(browser, f"/trace?q={quote(line)}")).partition("<main")[2]
        assert "Near" not in text, line


async def test_of_letters_of_one_second_the_one_is_found(
    browser: Browser, service: servers.Service, database: Database
) -> None:
    """Each is found by the id in its SMTP answer, also when one came twice in that second."""
    numbers = [f"1795752111{each}30474-cfd6a8885ef6a8a5" for each in range(4)]
    async with webhook_client.connected(service.env["RECEIVER_PORT"]) as client:
        for number, which in zip(numbers, (0, 1, 2, 0), strict=True):
            said = {"mailbox": SUPPORT, "from": {"address": "second@a.ru"}, "text": "x"}
            said |= {"message_id": f"second{which}@a.ru", "subject": f"Of a second {which}"}
            said["date"] = (START + timedelta(seconds=7 + which)).isoformat()
            said |= {"source": {"via": "smtp"}, "received_at": taken_at(number).isoformat()}
            body = json.dumps({"type": "email.received", "data": said}).encode()
            assert (await client.post(body, event_id=number))[0] in (200, 201)
    for number, which in zip(numbers, (0, 1, 2, 0), strict=True):
        text = await text_of(browser, f"/trace?q={number}")
        assert (text.count('class="traced"'), f"second{which}@a.ru" in text) == (1, True), number
    unknown = await text_of(browser, "/trace?q=1795752111930474-cfd6a8885ef6a8a5")
    assert "second" not in unknown.partition("<main")[2].partition("missing-title")[0]
    letter = {"message.message_id": "second1@a.ru"}
    await database.letters.update_one(letter, {"$unset": {"content.event_id": ""}})
    text = await text_of(browser, f"/trace?q={numbers[1]}")  # as those of before are
    assert (text.count('class="traced"'), "second1@a.ru" in text) == (1, True)


async def test_a_further_copy_is_found_by_its_own_id(
    browser: Browser, service: servers.Service, database: Database
) -> None:
    """Read by IMAP, then taken twice by SMTP, with the same envelope; the last answer was lost."""
    said = {"mailbox": SUPPORT, "from": {"address": "twice@a.ru"}, "message_id": "twice@a.ru"}
    said |= {"subject": "Thrice", "text": "x", "date": START.isoformat()}
    numbers = [f"{1795752427 + 60 * each}230474-cfd6a8885ef6a8a5" for each in range(3)]
    ways = [("imap", numbers[0]), *(("smtp", each) for each in (*numbers[1:], numbers[2]))]
    async with webhook_client.connected(service.env["RECEIVER_PORT"]) as client:
        for way, number in ways:
            data = said | {"source": {"via": way}, "received_at": taken_at(number).isoformat()}
            body = json.dumps({"type": "email.received", "data": data}).encode()
            assert (await client.post(body, event_id=number))[0] in (200, 201)
    letter = await database.letters.find_one({"message.message_id": "twice@a.ru"})
    assert letter is not None
    assert (letter["again"], len(letter["copies"])) == (numbers[1:], 2)
    for number in numbers:
        text = await text_of(browser, f"/trace?q={quote(f'250 2.0.0 Ok {number}')}")
        assert text.count('class="traced"') == 1
        assert text.count("Taken by the bridge once more") == 2
    token = await make_token(database, "read", "other@yandex.ru")
    async with browsing(service) as other:
        await other.post("/sign-in", {"token": token})
        assert "Thrice" not in await text_of(other, f"/trace?q={numbers[1]}")


async def test_a_letter_that_was_refused_is_found_and_says_why(
    browser: Browser, bridge: servers.Service, database: Database
) -> None:
    assert send(bridge, "nobody@example.ru", "refused@example.ru") == 550

    async def is_told() -> bool:
        return "550 5.1.1" in await text_of(browser, "/trace?q=nobody@example.ru")

    await until(is_told)
    text = await text_of(browser, "/trace?q=nobody@example.ru")
    assert "Refused at the door" in text
    assert "1 match" in text
    assert "We serve no such recipient" in text
    for line in ("<refused@example.ru>", "Subject: Traced and lost", "nobody"):
        text = await text_of(browser, f"/trace?q={quote(line)}")
        assert 'class="unsure"><strong>Refused at the door' in text
        assert 'class="yes"><strong>Never seen' not in text
    assert "550 5.1.1" in await text_of(browser, "/health")
    bridge.stop()
    assert "refused@" not in (Path(bridge.env["DATA_DIR"]) / "refusals.json").read_text()
    kept = Refusals(Path(bridge.env["DATA_DIR"]) / "refusals.json")
    assert [each.rcpt_to for each in kept.since(-1)] == ["nobody@example.ru"]
    bridge.start()
    assert "550 5.1.1" in await text_of(browser, "/trace?q=nobody@example.ru")


async def test_a_letter_that_was_refused_over_http_is_found_and_says_why(
    browser: Browser, service: servers.Service, database: Database
) -> None:
    """Only refusals of authenticated callers are stored."""
    path = f"{browser.origin}/webhook/email"
    token = await make_token(database, "post", SUPPORT, name="shop")

    def letter(who: str, mailbox: str = SUPPORT) -> dict[str, object]:
        said = {"mailbox": mailbox, "from": {"address": who}, "text": "x", "subject": "Refused"}
        return {"type": "email.received", "data": said}

    async def send(said: dict[str, object], token: str = token) -> int:
        head = {"Authorization": f"Bearer {token}"}
        async with browser.session.post(path, json=said, headers=head) as answer:
            return answer.status

    assert await send(letter("http1@example.ru", "other@yandex.ru")) == 404
    assert await send(letter("http2@example.ru") | {"type": "nonsense"}) == 422
    async with webhook_client.connected(service.env["RECEIVER_PORT"]) as client:
        body = json.dumps(letter("http3@example.ru") | {"type": "nonsense"}).encode()
        assert (await client.post(body, event_id="refused-3"))[0] == 422
    for who, said in (("http1", "HTTP 404: "), ("http2", "HTTP 422: "), ("http3", "HTTP 422: ")):
        text = await text_of(browser, f"/trace?q={who}@example.ru")
        assert (said in text, 'class="yes"><strong>Refused' in text) == (True, True), who
        assert 'class="yes"><strong>Never seen' not in text
        russian = await browser.get(f"/trace?q={who}@example.ru", Accept_Language="ru")
        [answer] = re.findall(f"<bdi>{said}(.*?)</bdi>", russian.text)
        assert re.search("[а-я]{4}", answer), answer
    before = await database.refusals.count_documents({})
    assert await send(letter("http4@example.ru"), "el_wrong") == 401
    assert await database.refusals.count_documents({}) == before


async def test_a_letter_that_failed_is_tried_again_by_a_form(
    browser: Browser, service: servers.Service, bridge: servers.Service, database: Database
) -> None:
    spool = Spool(Path(bridge.env["DATA_DIR"]) / "spool").prepare()
    letter_id = new_id()
    head = f"X-Original-To: {SUPPORT}\r\nDelivered-To: {SUPPORT}\r\n"
    content = "From: ivan@example.ru\r\nSubject: Failed\r\nMessage-ID: <failed@a.ru>\r\n\r\nx\r\n"
    (spool.failed / f"{letter_id}.eml").write_bytes((head + content).encode())
    (spool.failed / f"{letter_id}.json").write_text(json.dumps({"reason": "422 a wrong field"}))

    async def is_told() -> bool:
        return "422 a wrong field" in await text_of(browser, "/health")

    await until(is_told)
    listed = await Bridges(database).every()
    name = listed[0]["_id"]
    fields = {"held": f"{name} {letter_id}"}
    assert f'name="held" value="{fields["held"]}"' in await text_of(browser, "/health")
    token = await make_token(database, "read raw correct", "other@yandex.ru")
    async with browsing(service) as other:
        await other.post("/sign-in", {"token": token})
        assert letter_id not in await text_of(other, "/health")
        assert "nobody@example.ru" not in await text_of(other, "/health")
        assert (await other.post("/health/retry", fields)).status == 404
    assert (await browser.post("/health/retry", fields)).status == 303

    async def has_left() -> bool:
        return not (spool.failed / f"{letter_id}.eml").exists()

    await until(has_left)


async def test_a_letter_that_failed_and_is_taken_at_last_says_at_which_attempt(
    browser: Browser, bridge: servers.Service
) -> None:
    """*Try now* leads back to the letter asked about, which is then told with all its attempts."""
    spool = Spool(Path(bridge.env["DATA_DIR"]) / "spool").prepare()
    delivery = Delivery(new_id(), SUPPORT, datetime.now(UTC), "late@a.ru", (SUPPORT,))
    content = "From: late@a.ru\r\nSubject: At last\r\nMessage-ID: <late.1@a.ru>\r\n\r\nx\r\n"
    path = spool.failed / f"{delivery.id}.eml"
    path.with_suffix(".json").write_text(json.dumps({"reason": "422 late", "attempts": "3"}))
    path.write_bytes(trace_block(delivery, "b.example") + content.encode())
    address = f"/trace?q={quote('<late.1@a.ru>')}"

    async def is_told() -> bool:
        return "422 late" in await text_of(browser, address)

    await until(is_told)
    text = await text_of(browser, address)
    [held] = re.findall(r'name="held" value="([^"]*)"', text)
    [asked] = re.findall(r'name="asked" value="([^"]*)"', text)
    answer = await browser.post("/health/retry", {"held": held, "asked": unescape(asked)})
    assert (answer.status, answer.headers["Location"]) == (303, "/trace?q=%3Clate.1%40a.ru%3E")

    async def is_here() -> bool:
        return 'class="traced"' in await text_of(browser, address)

    await until(is_here)
    text = await text_of(browser, address)
    assert "taken at attempt 4, the others were in vain" in text


async def test_a_letter_in_the_spool_is_found_by_its_own_header(
    browser: Browser, bridge: servers.Service
) -> None:
    """Its trace header is illegible, so no mailbox is known; a second one is no letter at all."""
    spool = Spool(Path(bridge.env["DATA_DIR"]) / "spool").prepare()
    head = f"X-Original-To: {SUPPORT}\r\nDelivered-To: {SUPPORT}\r\n"
    content = "From: own.head@a.ru\r\nTo: second.to@a.ru\r\nSubject: Illegible trace\r\n"
    content += "Message-ID: <own.head.1@a.ru>\r\n\r\nx\r\n"
    path = spool.failed / f"{new_id()}.eml"
    path.write_bytes((head + content).encode())
    path.with_suffix(".json").write_text(json.dumps({"reason": "422 own head"}))
    lines = ("own.head.1@a.ru", "<own.head.1@a.ru>", "own.head@a.ru", "Illegible trace")

    async def is_told() -> bool:
        return "422 own head" in await text_of(browser, "/health")

    await until(is_told)
    for line in (*lines, "From: second.to@a.ru"):
        text = await text_of(browser, f"/trace?q={quote(line)}")
        assert 'class="yes"><strong>Waiting or failed' in text, line
        assert 'class="yes"><strong>Never seen' not in text, line
    path.write_bytes(b"\0" * 100)

    async def is_not_told() -> bool:
        return "Illegible trace" not in await text_of(browser, "/health")

    await until(is_not_told)
    text = await text_of(browser, "/trace?q=From:%20own.head@a.ru")
    assert 'class="unsure"><strong>Waiting or failed' in text
    assert 'class="unsure"><strong>Never seen' in text
    path.unlink()
    path.with_suffix(".json").unlink()

    async def has_gone() -> bool:
        return "422 own head" not in await text_of(browser, "/health")

    await until(has_gone)


async def test_a_letter_that_a_person_dropped_is_told_as_such(
    browser: Browser, service: servers.Service, bridge: servers.Service, database: Database
) -> None:
    data = Path(bridge.env["DATA_DIR"])
    spool, letter_id = Spool(data / "spool").prepare(), new_id()
    head = f"X-Original-To: {SUPPORT}\r\nDelivered-To: {SUPPORT}\r\nX-Source: smtp in \r\n"
    content = "From: dropped.by@a.ru\r\nSubject: Dropped\r\nMessage-ID: <drop.1@a.ru>\r\n\r\nx\r\n"
    (spool.failed / f"{letter_id}.eml").write_bytes((head + content).encode())
    arguments = command_line().parse_args(["spool", "drop", letter_id])
    assert arguments.run(BridgeSettings(data_dir=data), arguments) == 0

    async def is_told() -> bool:
        found = await text_of(browser, f"/trace?q={letter_id}")
        return 'class="yes"><strong>Deleted by a person' in found

    await until(is_told)
    for line in ("drop.1@a.ru", "<drop.1@a.ru>", "From: dropped.by@a.ru", "Dropped"):
        text = await text_of(browser, f"/trace?q={quote(line)}")
        assert 'class="yes"><strong>Deleted by a person' in text, line
        assert "“Dropped”: " in text
        assert 'class="no"><strong>Never seen' in text, line
    token = await make_token(database, "read", "other@yandex.ru")
    async with browsing(service) as other:
        await other.post("/sign-in", {"token": token})
        assert "“Dropped”" not in await text_of(other, "/trace?q=drop.1@a.ru")
    his = Traces(canonical("dropped.by@a.ru"))
    bridges = Store.of(database).bridges
    there = await bridges.having([SUPPORT], his.person, his.told_by)
    assert [(each["id"], each["state"]) for each in there] == [(letter_id, "dropped")]
    bridge.stop()
    await bridges.forget_person(his.person, his.told_by, his.names_him)
    assert "“Dropped”" not in await text_of(browser, "/trace?q=drop.1@a.ru")
    arguments = command_line().parse_args(["erase", "dropped.by@a.ru", "--yes"])
    assert arguments.run(BridgeSettings(data_dir=data), arguments) == 0
    bridge.start()


async def test_a_bridge_that_is_silent_is_shown_as_such(
    browser: Browser, service: servers.Service, database: Database
) -> None:
    report = BridgeReport(
        bridge="0123456789abcdef-smtp", host="gone.example", version="0", started=START, failed=3
    )
    now = datetime.now(UTC)
    await Bridges(database).take(report, now - timedelta(minutes=2))
    assert "silent, last heard 2 minutes ago" in await text_of(browser, "/health")
    assert "gone.example" in await text_of(browser, "/trace?q=never@example.ru")
    assert "1 bridge is silent, so new letters may not come" in await text_of(browser, "/")
    token = await make_token(database, "read", SUPPORT)
    async with browsing(service) as one:
        await one.post("/sign-in", {"token": token})
        told = await text_of(one, "/health") + await text_of(one, "/trace?q=never@example.ru")
    for each in ("A bridge</bdi>", "silent, last heard"):
        assert each in told, each
    for each in ("gone.example", "forget it", '<dl class="numbers">', "python -m bridge spool"):
        assert each not in told, each
    await browser.post("/health/forget", {"bridge": report.bridge})
    assert "gone.example" not in await text_of(browser, "/health")
    assert "silent" not in await text_of(browser, "/")


async def test_an_erased_person_is_in_no_refusal(database: Database) -> None:
    gone = Refusal(number=1, at=START, mail_from="Ivan.P@Yandex.ru", rcpt_to="x@a.ru", answer="550")
    stays = Refusal(number=2, at=START, mail_from="olga@a.ru", rcpt_to="x@a.ru", answer="550")
    answered = Refusal(number=3, at=START, rcpt_to="x@a.ru", answer="550 <ivan-p@ya.ru>: no")
    refusals = [gone, stays, answered]
    report = BridgeReport(
        bridge="fedcba98-erased", host="h", version="0", started=START, refusals=refusals
    )
    bridges = Bridges(database)
    await bridges.take(report, datetime.now(UTC))
    his = Traces(canonical("ivan-p@ya.ru"))
    await Store.of(database).bridges.forget_person(his.person, his.told_by, his.names_him)
    assert [each["number"] for each in await bridges.refusals("x@a.ru")] == [2]
    await bridges.forget(report.bridge)


async def test_many_letters_in_spools_leave_the_pages_small(
    browser: Browser, database: Database
) -> None:
    held = {"state": "failed", "mailbox": SUPPORT, "came": START, "mail_from": "much@a.ru"}
    held |= {"reason": f"422 {'a wrong field ' * 20}", "subject": "Заказ " * 10}
    bridges, now = Bridges(database), datetime.now(UTC)
    for number in range(3):
        letters = [held | {"id": f"{1795752427230474 + each}-{number:016}"} for each in range(100)]
        said = {"bridge": f"abcdef9{number}-much", "host": "h", "version": "0", "started": START}
        report = BridgeReport.model_validate(said | {"letters": letters, "failed": 100})
        await bridges.take(report, now)
    for path in ("/health", "/trace?q=much@a.ru"):
        text = await text_of(browser, path)
        assert len(text.encode()) < 100_000
        assert re.search(r"\b(8|9|28)\d more letters", text)  # other bridges may have some shown
    for number in range(3):
        await bridges.forget(f"abcdef9{number}-much")


async def test_a_refusal_is_found_by_a_whole_address(database: Database) -> None:
    named = {"mail_from": "refused.me@Example.ru", "rcpt_to": "x@part.ru, i-p@yandex.ru"}
    refusal = Refusal(number=7, at=START, answer="550", **named)
    report = BridgeReport(
        bridge="abcdef98-part", host="h", version="0", started=START, refusals=[refusal]
    )
    bridges = Bridges(database)
    await bridges.take(report, datetime.now(UTC))
    for address, found in (
        *((each, [7]) for each in ("Refused.me@example.ru", "x@part.ru", "i.p@ya.ru")),
        *((each, []) for each in ("me@example.ru", "part.ru", "@", "x@part.ru.net")),
    ):
        assert [each["number"] for each in await bridges.refusals(address)] == found
    await bridges.forget(report.bridge)


async def test_what_never_came_is_said_so(browser: Browser) -> None:
    text = await text_of(browser, "/trace?q=never-seen@nowhere.example")
    assert "Never seen here" in text
    assert text.count('<li class="no"') >= 3


async def test_a_subject_or_an_address_leads_to_dialogs(browser: Browser, bridge: object) -> None:
    assert "Где мой заказ № 1742?" in await text_of(browser, "/trace?q=заказ № 1742")
    text = await text_of(browser, "/trace?q=m.sokolova@example.com")
    assert "Возврат по заказу" in text
    assert text.index("Dialogs where it may be") < text.index("If it is in none of them")
    assert "It is not here by that name" not in text


async def test_reports_that_are_not_signed_are_refused(
    browser: Browser, database: Database
) -> None:
    answer = await browser.post("/webhook/bridge", json.dumps({}), Content_Type="application/json")
    assert answer.status == 401


@pytest.mark.parametrize("line", ["Only.One@once.example", "Subject: Solitary words"])
async def test_where_one_letter_is_found_another_may_still_be_missing(
    browser: Browser, service: servers.Service, line: str
) -> None:
    """Reasons used to be shown only if no letter was found, or several."""
    data = {
        "mailbox": SUPPORT,
        "from": {"address": "only.one@once.example"},
        "subject": "Solitary words",
        "message_id": "one@once.example",
        "text": "x",
    }
    body = json.dumps({"type": "email.received", "data": data}).encode()
    async with webhook_client.connected(service.env["RECEIVER_PORT"]) as client:
        assert (await client.post(body, event_id="only-one"))[0] in (200, 201)
    text = await text_of(browser, f"/trace?q={quote(line)}")
    assert text.count('class="traced"') == 1
    for reason in ("Refused at the door", "A bridge is silent", "Erased", "Never seen here"):
        assert f"<strong>{reason}" in text
    assert 'class="yes"><strong>Never seen' not in text
    assert "If it is in none of them" in text
    by_id = await text_of(browser, "/trace?q=%3Cone@once.example%3E")
    assert "<strong>Refused at the door" not in by_id


async def test_a_letter_without_a_message_id_is_said_to_have_none(
    browser: Browser, service: servers.Service, database: Database
) -> None:
    """The id that it got here looked like its own, but no sender knows it."""
    data = {"mailbox": SUPPORT, "from": {"address": "scanner@once.example"}, "text": "x"}
    body = json.dumps({"type": "email.received", "data": data | {"subject": "Nameless scan"}})
    async with webhook_client.connected(service.env["RECEIVER_PORT"]) as client:
        assert (await client.post(body.encode(), event_id="nameless"))[0] in (200, 201)
    letter = await database.letters.find_one({"message.subject": "Nameless scan"})
    assert letter is not None
    for path in ("/trace?q=Nameless%20scan", f"/d/{letter['dialog']}/why"):
        assert "it has no Message-ID; here it is called" in await text_of(browser, path)
    assert "has no Message-ID" not in await text_of(browser, "/trace?q=one@once.example")
