"""A hundred hostile letters in Chromium: nothing of them runs, leaves its frame or loads anything.

The judge is the browser's own log of requests, and what a script that ran would have done. All of
them are on the dialog's own pages, opened in their frames. HOSTILE_EVERY: every how manieth is also
looked at where pages show no HTML of letters, but text alone.
"""

import asyncio
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
import pytest_asyncio
from playwright.async_api import Page

from contract.bounds import flattened
from contract.bridge.report import BridgeReport, HeldLetter, Refusal, WatchedFolder
from receiver.bridges.bridges import Bridges
from receiver.database import opened
from receiver.settings import ReceiverSettings
from tests import webhook_client
from tests.page.chromium import NO_CHROMIUM, PATH, Eyes
from tests.page.conftest import DATABASE
from tests.page.hostile.newer import NEWER
from tests.page.hostile.payloads import PAYLOADS, RARER, RUN

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(not PATH, reason=NO_CHROMIUM),
]
MAILBOX = "hostile@yandex.ru"
EVERY = int(os.environ.get("HOSTILE_EVERY", "18"))
IN_A_FRAME = """[...document.body.querySelectorAll("*")].filter((each) =>
    /^(script|style|svg|math|form|input|link|meta|base|iframe|template)$/i.test(each.tagName)
    || [...each.attributes].some((one) => /^(on|id|name|ping|srcset|background)/i.test(one.name)
        || /^(src|href)$/.test(one.name)
            && !/^(data:image|https?:|mailto:|tel:|\\/\\/|$)/.test(one.value)))
    .map((each) => each.outerHTML)"""
OPEN_ALL = """() => {
    for (const each of document.querySelectorAll("details")) each.open = true;
    const frames = document.querySelectorAll("iframe");
    for (const each of frames) each.loading = "eager";
    return frames.length;
}"""
THEIRS = """[
    ...(window.hacked === undefined ? [] : ["a script ran"]),
    ...[...document.querySelectorAll("[onload],[onerror],[onfocus],[onmouseover]")],
    ...[...document.querySelectorAll("script, style, form, link, base, meta, object")]
        .filter((each) => each.closest(".letter .text, bdi")),
].map(String)"""
# Signs that turn or end a line, or command a terminal; whoever is shown one may be misled.
MISLEADING = """() => [
    document.title, document.body.innerText,
    ...[...document.querySelectorAll("option, [title], [aria-label], [download], [placeholder]")]
        .flatMap((each) => [each.textContent, ...each.getAttributeNames()
            .filter((name) => name !== "value").map((name) => each.getAttribute(name))]),
].join("\\n").match(/[\\u202a-\\u202e\\u2066-\\u2069\\u2028\\u2029\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f]/g)"""
# Nothing lies over the page's own head, nothing took the focus, and no form was filled in.
ITS_OWN = """() => {
    const top = document.querySelector(".top").getBoundingClientRect();
    const there = document.elementFromPoint(top.x + 5, top.y + top.height / 2);
    return [
        there && there.closest(".top") ? "" : "something lies over the page",
        document.activeElement === document.body ? "" : document.activeElement.outerHTML,
        document.querySelector("form [name=letter]:checked") ? "a letter is chosen" : "",
        location.hash,
    ].filter(Boolean);
}"""
EVERYWHERE = {"rare": RARER, "newer": NEWER}
PLACES = ("html", "subject", "name", "filename", "header", "message_id")


def letters() -> Iterator[dict[str, Any]]:
    """Yield letters with each payload in each place, all of them one conversation."""
    number = 0
    for payload in PAYLOADS:
        for place in PLACES:
            number += 1
            one_line = " ".join(payload.split())
            said: dict[str, Any] = {
                "mailbox": MAILBOX,
                "from": {"address": "evil@example.ru", "name": ""},
                "subject": f"letter {number}",
                "text": f"letter {number} {payload}",
                "message_id": f"h{number}@evil.example",
                "references": ["h1@evil.example"] if number > 1 else [],
                "date": f"2026-11-25T{number // 60:02}:{number % 60:02}:00Z",
                "headers": [["Subject", f"letter {number}"]],
            }
            match place:
                case "html":
                    said["html"] = (
                        f"<p>before</p>{payload}<p>behind</p>"
                        f'<a href="javascript:{RUN}">a</a><a href="data:text/html,x">b</a>'
                    )
                case "subject":
                    said["subject"] = payload
                case "name":
                    said["from"]["name"] = one_line[:200]
                case "filename":
                    digest = f"{number:064x}"
                    said["attachments"] = [
                        {"filename": payload, "content_type": payload, "size": 7, "sha256": digest}
                    ]
                case "header":
                    said["headers"] = [[one_line, payload], ["X", payload]]
                case "message_id":
                    said["message_id"] = f"{one_line.replace(' ', '')}{number}@evil.example"
            yield said


def everywhere(called: str, payloads: list[str]) -> Iterator[dict[str, Any]]:
    """Yield for each of some payloads a letter that has it in every place."""
    for number, payload in enumerate(payloads):
        line = flattened(" ".join(payload.split())[:300])
        person = {"address": "evil@example.ru", "name": line}
        file = {"filename": line, "content_type": line, "size": 7, "sha256": f"{number:064x}"}
        yield {
            "mailbox": MAILBOX,
            "from": person,
            "to": [person],
            "cc": [person],
            "subject": f"{called} {payload}",
            "text": payload,
            "reply": payload,
            "html": f"<p>before</p>{payload}<p>behind</p>",
            "message_id": f"{called}{number}@evil.example",
            "references": [f"{called}0@evil.example"] if number else [],
            "thread_index": line,
            "date": f"2026-11-24T{10 + number // 60}:{number % 60:02}:00Z",
            "headers": [[line, payload]]
            + [[each, payload] for each in ("List-Unsubscribe", "Content-Type", "Received")],
            "attachments": [file | {"content_id": line, "inline": True}],
            "kind": "bounce",
            "bounce": {"failures": [{"recipient": line, "status": line, "reason": line}]},
            "source": {"via": "imap", "folder": line},
            "envelope": {"mail_from": line, "rcpt_to": [line], "peer": line, "protocol": line},
            "auth": [{"source": line, "spf": line, "dkim": line, "aligned": True}],
            "left_out": {"pictures": 1, "hosts": [line]},
            "defects": [line],
        }


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def attacked(eyes: Eyes) -> Eyes:
    """The browser before a mailbox full of attacks."""
    async with webhook_client.connected(eyes.origin.rpartition(":")[2]) as client:
        await post_all(client)
    return eyes


async def post_all(client: webhook_client.Client) -> None:
    """Post them by tens."""
    events = [
        {"id": f"hostile-{number}", "type": "email.received", "data": each}
        for number, each in enumerate(
            [*letters(), *(each for one in EVERYWHERE.items() for each in everywhere(*one))]
        )
    ]
    assert len(events) >= 100
    for start in range(0, len(events), 40):
        lines = "\n".join(json.dumps(each) for each in events[start : start + 40])
        status, said = await client.post_lines(lines.encode())
        assert status == 200
        answers = [json.loads(line) for line in said.splitlines()]
        assert [each for each in answers if each["status"] >= 300] == []


async def test_nothing_of_a_hundred_hostile_letters_runs_or_loads(attacked: Eyes) -> None:
    eyes = attacked
    async with eyes.page() as page:
        seen: list[str] = []
        await page.goto(f"/?mailbox={MAILBOX}&tab=all")
        opened_by = await page.locator(".row a").first.get_attribute("href")
        for number in (1, 2, 3):
            await page.goto(f"{opened_by}?page={number}")
            await open_frames(page)
            await innocent(eyes, page)
            links = page.locator(".letter footer a[href$='/headers']")
            seen += await links.evaluate_all("links => links.map((each) => each.pathname)")
        assert len(seen) > 100
        of_headers = seen[PLACES.index("header") :: len(PLACES)]
        paths = [f"{opened_by}/why", f"{opened_by}/print", *of_headers[:: -(-EVERY // len(PLACES))]]
        async with eyes.page() as other:
            await asyncio.gather(look(eyes, page, paths[::2]), look(eyes, other, paths[1::2]))
    assert eyes.elsewhere() == []
    assert eyes.dialogs == []
    assert eyes.complaints == []


@pytest.mark.parametrize("called", EVERYWHERE)
async def test_nothing_of_the_rarer_ways_runs_or_loads(attacked: Eyes, called: str) -> None:
    eyes, payloads = attacked, EVERYWHERE[called]
    async with eyes.page("ru-RU") as page:
        await page.goto(f"/?mailbox={MAILBOX}&tab=all")
        await innocent(eyes, page)
        row = page.locator(".row", has_text=called)
        dialog = await row.locator("a").first.get_attribute("href")
        headers = []
        for number in range(1, 2 + (len(payloads) - 1) // 50):
            await page.goto(f"{dialog}?page={number}")
            assert await page.evaluate(ITS_OWN) == []
            links = page.locator(".letter footer a[href$='/headers']")
            headers += await links.evaluate_all("links => links.map((each) => each.pathname)")
            await open_frames(page)
            await innocent(eyes, page)
            assert await page.evaluate(ITS_OWN) == []
            shown = [each for each in page.frames if each.parent_frame]
            assert len(shown) == await page.locator(".letter").count()
            for frame in shown:
                assert await frame.evaluate(IN_A_FRAME) == []
        assert len(headers) == len(payloads)
        ways = [f"{dialog}/why", f"{dialog}/print", f"/?mailbox={MAILBOX}&q={called}"]
        ways += headers[::EVERY]
        ways += [each.replace("/headers", "/text") for each in headers[1::EVERY]]
        for number in range(0, len(payloads), EVERY):
            ways.append(f"/trace?q={called}{number}@evil.example")
            ways.append(f"/trace?q={quote(payloads[number], safe='')}")
        await look(eyes, page, ways)
    assert eyes.elsewhere() == []
    assert eyes.dialogs == []
    assert eyes.complaints == []


async def open_frames(page: Page) -> None:
    """Open everything that is folded, and wait until each frame has its page."""
    frames = await page.evaluate(OPEN_ALL)
    await page.wait_for_function(
        "(count) => performance.getEntriesByType('resource')"
        ".filter((each) => each.name.endsWith('/html')).length >= count",
        arg=frames,
    )


async def look(eyes: Eyes, page: Page, paths: list[str]) -> None:
    """Open pages one after the other."""
    for path in paths:
        await page.goto(path)
        await innocent(eyes, page)


async def innocent(eyes: Eyes, page: Page) -> None:
    """See that no script ran, no frame went anywhere, and nothing of a letter became an element."""
    for frame in page.frames:
        assert not frame.url or frame.url.startswith((eyes.origin, "about:blank")), frame.url
    assert await page.evaluate(THEIRS) == [], page.url
    assert await page.evaluate(MISLEADING) is None, page.url


async def test_files_and_originals_are_never_shown_as_pages(attacked: Eyes) -> None:
    async with attacked.page() as page:
        await page.goto(f"/?mailbox={MAILBOX}&tab=all")
        await page.locator(".row a").first.click()
        links = page.locator(".files a")
        for href in await links.evaluate_all("links => links.map((each) => each.href)"):
            answer = await page.request.get(href)
            assert answer.status in (200, 404)
            assert "sandbox" in answer.headers["content-security-policy"] or answer.status == 404


def hostile_report() -> BridgeReport:
    """Return the report of a bridge whose peers use each payload wherever they may."""
    now = datetime.now(UTC)
    texts = [f"evil{number} {' '.join(each.split())}"[:300] for number, each in enumerate(PAYLOADS)]
    return BridgeReport(
        bridge="0123456789abcdef-hostile",
        host=texts[0],
        version=texts[1],
        started=now,
        doors=texts[:3],
        failed=len(texts),
        alarms=[*texts, *(f"a@ya.ru INBOX: refused: {each}" for each in texts)],
        folders=[
            WatchedFolder(name=f"a@ya.ru {each}", state=each, since=now, seen=now, detail=each)
            for each in texts
        ],
        letters=[
            HeldLetter(
                id=each,
                state="failed",
                mail_from=each,
                rcpt_to=each,
                message_id=each,
                subject=each,
                came=now,
                reason=each,
            )
            for each in texts
        ],
        refusals=[
            Refusal(number=number, at=now, peer=each, mail_from=each, rcpt_to=each, answer=each)
            for number, each in enumerate(texts)
        ],
    )


async def test_what_a_bridge_repeats_of_strangers_is_as_harmless(
    attacked: Eyes, mongo_uri: str
) -> None:
    """In alarms, folders, refusals and spools, and wherever a page repeats a query."""
    eyes, report = attacked, hostile_report()
    asked = [quote(each, safe="") for each in (PAYLOADS[4], PAYLOADS[13], "evil")]
    paths = ["/health", "/trace?q=evil@example.ru", f"/?mailbox={MAILBOX}&q=letter"]
    paths += [f"/trace?q={each}" for each in asked]
    paths += [f"/?mailbox={MAILBOX}&q={each}" for each in asked[:2]]
    paths += [f"/{each}" for each in asked[:2]]
    settings = ReceiverSettings(mongo_uri=mongo_uri, mongo_database=DATABASE)
    async with opened(settings) as database, eyes.page() as page, eyes.page("ru-RU") as other:
        bridges = Bridges(database)
        await bridges.take(report, datetime.now(UTC))
        try:
            await page.goto("/health")
            assert "evil3" in await page.locator("main").inner_text()
            await asyncio.gather(look(eyes, page, paths[::2]), look(eyes, other, paths[1::2]))
        finally:
            await bridges.forget(report.bridge)
            await database["refusals"].delete_many({"bridge": report.bridge})
    assert eyes.elsewhere() == []
    assert eyes.dialogs == []
    assert eyes.complaints == []
