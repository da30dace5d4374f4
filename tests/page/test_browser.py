"""The page in Chromium: both languages, both widths, with and without scripts, by keyboard alone.

axe (https://github.com/dequelabs/axe-core) looks at each view, in both themes.
"""

import json
import re
from collections.abc import AsyncIterator
from importlib.resources import files
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from receiver.database import opened
from receiver.page.signing.kept import SignIns
from receiver.page.signing.link import new_link
from receiver.settings import ReceiverSettings
from tests import servers, webhook_client
from tests.page.chromium import NO_CHROMIUM, PATH, Eyes, looking
from tests.page.mailbox import SUPPORT, fill

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not PATH, reason=NO_CHROMIUM),
]
DATABASE = "test_browser"
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
RUSSIAN, ENGLISH = "ru-RU", "en-GB"
PHONE, DESK = 390, 1440
LOOK = """axe.run(document, {resultTypes: ['violations'],
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"""
TABS = ("us", "them", "all", "noticed")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def eyes(tmp_path_factory: pytest.TempPathFactory, mongo_uri: str) -> AsyncIterator[Eyes]:
    """A browser that is signed in to a receiver of this file's own."""
    service = servers.receiver(tmp_path_factory.mktemp("browser"), mongo_uri, DATABASE)
    settings = ReceiverSettings(mongo_uri=mongo_uri, mongo_database=DATABASE)
    with servers.running(service):
        port = service.env["RECEIVER_PORT"]
        async with webhook_client.connected(port) as client, opened(settings) as database:
            await fill(client)
            origin = f"http://127.0.0.1:{port}"
            async with looking(origin) as found:
                await found.sign_in(await new_link(SignIns(database), origin, "olga"))
                yield found


async def post(eyes: Eyes, number: str, **data: Any) -> None:
    """Post one more letter."""
    said = {"mailbox": SUPPORT, "from": {"address": "late@example.ru"}, "text": "x"} | data
    body = json.dumps({"type": "email.received", "data": said}).encode()
    async with webhook_client.connected(eyes.origin.rpartition(":")[2]) as client:
        status, answer = await client.post(body, event_id=f"browser-{number}")
        assert status < 300, answer


async def open_dialog(page: Page, whose: str, subject: str = "") -> None:
    """Go to a dialog by the list, as a person does."""
    await page.goto(f"/?mailbox={SUPPORT}&tab=all")
    row = page.locator(".row", has_text=subject or whose).filter(has_text=whose)
    await row.locator("a").first.click()
    await page.wait_for_url("**/d/*")


@pytest.mark.parametrize(
    ("locale", "width", "scripts"),
    [
        (RUSSIAN, PHONE, True),
        (ENGLISH, DESK, True),
        (RUSSIAN, DESK, False),
        (ENGLISH, PHONE, False),
    ],
)
async def test_a_person_reads_and_corrects(
    eyes: Eyes, locale: str, width: int, scripts: bool
) -> None:
    russian = locale.startswith("ru")
    async with eyes.page(locale, width, java_script_enabled=scripts) as page:
        for tab in TABS:
            await page.goto(f"/?mailbox={SUPPORT}&tab={tab}")
            assert await page.locator(".row").count() > 2
            await fits(page)
        await open_dialog(page, "Иван Петров", "1742")
        assert await page.locator("html").get_attribute("lang") == locale[:2]
        await expect(page.locator(".letter")).to_have_count(3)
        words = "3 письма" if russian else "3 letters"
        await expect(page.locator(".tools")).to_contain_text(words)
        zone = "UTC+3" if scripts else "UTC"
        await expect(page.locator(".letter time").first).to_contain_text(zone)
        await fits(page)
        await page.locator(".formatted summary").click()
        frame = page.frame_locator("iframe")
        await expect(frame.locator("body")).to_contain_text("Но чашка разбита")
        await expect(frame.locator("img")).to_have_attribute("src", re.compile("^data:image/png"))
        dialog = page.url
        await page.get_by_role(
            "link", name="Почему здесь?" if russian else "Why here?"
        ).last.click()
        await expect(page.locator(".picture path.arc")).to_have_count(2)
        await fits(page)
        await page.goto(dialog)
        await page.locator("[data-choose]").last.check()
        await page.get_by_role(
            "button", name="Отделить их" if russian else "Split them off"
        ).click()
        await expect(page.locator(".letter")).to_have_count(1)
        await page.locator(".done button").click()
        await expect(page.locator(".letter")).to_have_count(3)
    assert eyes.complaints == []


async def fits(page: Page) -> None:
    """See that nothing is wider than the window."""
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert await page.evaluate(wide) <= 0, page.url


async def test_by_keyboard_alone(eyes: Eyes) -> None:
    async with eyes.page() as page:
        await page.goto(f"/?mailbox={SUPPORT}")
        press = page.keyboard.press
        await press("3")
        await page.wait_for_url("**tab=all**")
        await press("j")
        await press("j")
        await press("j")
        await press("k")
        row = await page.evaluate("document.activeElement.closest('.row').dataset.id")
        assert row == await page.locator(".row").nth(1).get_attribute("data-id")
        await press("Enter")
        await page.wait_for_url(f"**/d/{row}")
        await press("j")
        await press("x")
        assert await page.locator("[data-choose]").first.is_checked()
        await press("s")
        assert await page.evaluate("document.activeElement.dataset.key") == "s"
        await press("w")
        await page.wait_for_url("**/why")
        await press("u")
        await page.wait_for_url(f"**/d/{row}")
        await press("u")
        await page.wait_for_url("**tab=all**")
        again = "document.activeElement.closest('.row')?.dataset.id"
        await page.wait_for_function(f"{again} === '{row}'")
        await press("?")
        assert await page.locator("#keys").is_visible()
        await page.locator("#keys-on").uncheck()
        await press("Escape")
        await press("1")
        await press("j")
        assert "tab=all" in page.url
        await page.evaluate("localStorage.removeItem('keys')")


async def test_e_opens_and_folds_what_is_quoted(eyes: Eyes) -> None:
    async with eyes.page() as page:
        await open_dialog(page, "Иван Петров", "1742")
        await page.keyboard.press("e")
        await expect(page.locator(".rest[open]")).to_have_count(2)
        await page.keyboard.press("e")
        await expect(page.locator(".rest[open]")).to_have_count(0)


async def test_a_letter_that_comes_is_told_and_the_list_does_not_jump(eyes: Eyes) -> None:
    async with eyes.page("ru-RU") as page:
        await page.goto(f"/?mailbox={SUPPORT}&tab=all")
        before = await page.locator(".row").first.get_attribute("data-id")
        await post(eyes, "new", subject="Новое письмо", message_id="new@example.ru")
        news = page.locator("#news")
        await expect(news).to_be_visible(timeout=10_000)
        await expect(news).to_contain_text("Изменился 1 диалог")
        assert (await page.title()).startswith("(1)")
        assert await page.locator(".row").first.get_attribute("data-id") == before
        await news.locator("a").click()
        await expect(page.locator(".row").first).to_contain_text("Новое письмо")
        await page.locator(".row a").first.click()
        await expect(page.locator(".letter")).to_have_count(1)
        await post(eyes, "more", subject="Re: Новое письмо", in_reply_to=["new@example.ru"])
        await expect(news).to_be_visible(timeout=10_000)
        await news.locator("a").click()
        await expect(page.locator(".letter")).to_have_count(2)


async def test_axe_finds_nothing_serious(eyes: Eyes) -> None:
    found: dict[str, Any] = {}
    async with eyes.page(width=DESK, color_scheme="light", bypass_csp=True) as page:
        await open_dialog(page, "Иван Петров", "1742")
        dialog = page.url
        letter = str(await page.locator(".letter footer a").first.get_attribute("href"))
        noticed = f"/?mailbox={SUPPORT}&tab=noticed"
        views = [noticed, dialog, f"{dialog}/why", letter, "/sign-in", "/?mailbox=no@a.ru", "/d/1"]
        views += ["/trace?q=x@y.ru", "/health", f"/?mailbox={SUPPORT}&q=заказ"]
        for path in views:
            found |= await serious(page, path)
        await page.goto(noticed)
        await page.keyboard.press("?")
        found |= await serious(page)
    async with eyes.page(width=PHONE, color_scheme="dark", bypass_csp=True) as page:
        for path in (noticed, dialog, f"{dialog}/why"):
            found |= await serious(page, path)
    assert found == {}


async def serious(page: Page, path: str = "") -> dict[str, Any]:
    """Return what axe finds on a page that would keep somebody out, and where."""
    if path:
        await page.goto(path)
    await page.evaluate(AXE)
    said = await page.evaluate(LOOK)
    return {
        f"{page.url} {each['id']}": [one["html"][:200] for one in each["nodes"][:3]]
        for each in said["violations"]
        if each["impact"] in ("serious", "critical")
    }


async def test_print_shows_all_and_nothing_to_press(eyes: Eyes) -> None:
    async with eyes.page() as page:
        await open_dialog(page, "Иван Петров", "1742")
        await page.goto(f"{page.url}/print")
        await page.emulate_media(media="print")
        await expect(page.locator(".top")).to_be_hidden()
        await expect(page.locator(".rest .text").first).to_be_visible()
        await expect(page.locator("aside")).to_be_hidden()


async def test_nothing_is_asked_for_elsewhere(eyes: Eyes) -> None:
    assert len(eyes.asked) > 20
    assert eyes.elsewhere() == []
    assert eyes.complaints == []
