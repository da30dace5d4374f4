"""What is told while a page is open: the first letter of all, and to a search, too."""

import pytest
from playwright.async_api import Route, expect

from receiver.database import opened
from receiver.page.signing.link import new_link
from receiver.page.signing.sign_ins import SignIns
from receiver.settings import ReceiverSettings
from tests import servers
from tests.page.chromium import NO_CHROMIUM, PATH, Eyes
from tests.page.conftest import DATABASE
from tests.page.mailbox import SUPPORT
from tests.page.steps import RUSSIAN, post

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(not PATH, reason=NO_CHROMIUM),
]


async def test_the_first_letter_of_all_is_told(
    eyes: Eyes, tmp_path_factory: pytest.TempPathFactory, mongo_uri: str
) -> None:
    empty = servers.receiver(tmp_path_factory.mktemp("empty"), mongo_uri, "test_page_empty")
    settings = ReceiverSettings(mongo_uri=mongo_uri, mongo_database="test_page_empty")
    with servers.running(empty):
        seen = Eyes(eyes.browser, f"http://127.0.0.1:{empty.env['RECEIVER_PORT']}")
        async with opened(settings) as database:
            await seen.sign_in(await new_link(SignIns(database), seen.origin, "first"))
        async with seen.page(RUSSIAN) as page:
            await page.goto("/")
            await expect(page.locator(".empty")).to_be_visible()
            await post(seen, "first-of-all", subject="Здравствуйте")
            await expect(page.locator("#news")).to_contain_text("Пришло первое письмо")
            await page.locator("#news a").click()
            await expect(page.locator(".row")).to_contain_text("Здравствуйте")


async def test_a_search_says_that_there_may_be_more(eyes: Eyes) -> None:
    async with eyes.page(RUSSIAN) as page:
        await page.goto(f"/?mailbox={SUPPORT}&q=nowhereyet")
        await expect(page.locator(".empty")).to_be_visible()
        await post(eyes, "nowhereyet", text="nowhereyet")
        await expect(page.locator("#news")).to_contain_text("могут быть подходящие")
        await page.locator("#news a").click()
        await expect(page.locator(".row")).to_have_count(1)


async def test_many_tabs_of_one_browser_are_all_told(eyes: Eyes) -> None:
    """A browser has six connections to a host; nine tabs that each held one would hang."""
    said = {"mailbox": "tabs@yandex.ru"}
    await post(eyes, "tabs-1", **said, subject="First", message_id="tabs@example.ru")
    async with eyes.page() as first:
        tabs = [first, *[await first.context.new_page() for _ in range(8)]]
        for each in tabs:
            await each.goto("/?mailbox=tabs@yandex.ru&tab=all", timeout=20_000)
            assert await each.locator("#news").is_hidden()
        await post(eyes, "tabs-2", **said, subject="Second")
        for each in tabs:
            await expect(each.locator("#news")).to_contain_text("News in 1 dialog")
        await first.close()  # it listened: another one does from now on
        await post(eyes, "tabs-3", **said, subject="Third")
        for each in tabs[1:]:
            await expect(each.locator("#news")).to_contain_text("News in 2 dialogs")


SEEN = """(hidden) => {
    Object.defineProperty(document, "hidden", {get: () => hidden, configurable: true});
    document.dispatchEvent(new Event("visibilitychange"));
}"""


async def test_a_tab_that_is_seen_again_is_told_at_once_what_it_missed(eyes: Eyes) -> None:
    """One hidden tab goes on listening; this is the second."""
    said = {"mailbox": "hidden@yandex.ru"}
    await post(eyes, "hidden-1", **said, subject="First")
    async with eyes.page() as page, eyes.page() as witness:
        background = await page.context.new_page()
        await background.goto(f"/?mailbox={SUPPORT}&tab=all")
        await background.evaluate(SEEN, True)
        for each in (page, witness):
            await each.goto("/?mailbox=hidden@yandex.ru&tab=all")
        await page.evaluate(SEEN, True)
        await post(eyes, "hidden-2", **said, subject="Second")
        await expect(witness.locator("#news")).to_contain_text("News in 1 dialog")
        assert await page.locator("#news").is_hidden()
        await post(eyes, "hidden-3", subject="Third")
        await expect(background.locator("#news")).to_contain_text("News in 1 dialog")
        await page.evaluate(SEEN, False)
        await expect(page.locator("#news")).to_contain_text("News in 1 dialog")


async def test_who_is_signed_out_meanwhile_is_told_and_led_to_the_sign_in(
    eyes: Eyes, mongo_uri: str
) -> None:
    """It used to say for ever that it was reconnecting."""
    settings = ReceiverSettings(mongo_uri=mongo_uri, mongo_database=DATABASE)
    seen = Eyes(eyes.browser, eyes.origin)
    async with opened(settings) as database:
        await seen.sign_in(await new_link(SignIns(database), eyes.origin, "revoked"))
        async with seen.page(RUSSIAN) as page:
            await page.goto(f"/?mailbox={SUPPORT}&tab=all")
            await SignIns(database).end_all_of("revoked")
            await post(eyes, "revoked", subject="After the end")
            await expect(page.locator("#news")).to_contain_text("войдите снова")
            await page.locator("#news a").click()
            await expect(page.locator("#token")).to_be_visible()
            assert "After" not in await page.content()


async def test_who_is_signed_out_is_told_soon_though_nothing_else_happens(
    eyes: Eyes, mongo_uri: str
) -> None:
    """It used to take up to 17 seconds."""
    settings = ReceiverSettings(mongo_uri=mongo_uri, mongo_database=DATABASE)
    seen = Eyes(eyes.browser, eyes.origin)
    async with opened(settings) as database:
        await seen.sign_in(await new_link(SignIns(database), eyes.origin, "left"))
        async with seen.page(RUSSIAN) as page:
            await page.goto(f"/?mailbox={SUPPORT}&tab=all")
            await page.wait_for_timeout(1000)
            await SignIns(database).end_all_of("left")
            told = expect(page.locator("#news"))
            await told.to_contain_text("войдите снова", timeout=10_000)


async def test_what_is_refused_for_now_is_asked_for_again_and_said(eyes: Eyes) -> None:
    """After any status other than 200 a browser does not reconnect by itself (HTML 9.2.3)."""
    said, busy = {"mailbox": "refused@yandex.ru"}, [429, 503]

    async def refuse(route: Route) -> None:
        await (route.fulfill(status=busy[0]) if busy else route.continue_())

    await post(eyes, "refused-1", **said, subject="First")
    async with eyes.page(RUSSIAN) as page:
        await page.route("**/live?*", refuse)
        await page.goto("/?mailbox=refused@yandex.ru&tab=all")
        await expect(page.locator("#news")).to_contain_text("пробуем снова")
        busy.pop(0)
        await page.wait_for_event("response", lambda answer: answer.status == 503)
        busy.clear()
        await expect(page.locator("#news")).to_be_hidden()
        await post(eyes, "refused-2", **said, subject="Second")
        await expect(page.locator("#news")).to_contain_text("Новое в 1 диалоге")
