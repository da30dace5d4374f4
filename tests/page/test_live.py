"""What is told while a page is open: the first letter of all, and to a search, too."""

import pytest
from playwright.async_api import expect

from receiver.database import opened
from receiver.page.signing.kept import SignIns
from receiver.page.signing.link import new_link
from receiver.settings import ReceiverSettings
from tests import servers
from tests.page.chromium import NO_CHROMIUM, PATH, Eyes
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
