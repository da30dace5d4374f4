"""Steps that several files of browser tests take."""

import json
from typing import Any

from playwright.async_api import Page

from tests import webhook_client
from tests.page.chromium import Eyes
from tests.page.mailbox import SUPPORT

RUSSIAN, ENGLISH = "ru-RU", "en-GB"
PHONE, DESK = 390, 1440


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


async def fits(page: Page) -> None:
    """See that nothing is wider than the window."""
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert await page.evaluate(wide) <= 0, page.url
