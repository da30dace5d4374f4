"""A browser as people have it: Debian's Chromium, one for each test run, signed in once.

Its network requests are recorded: nothing may be requested from anywhere else. Where it is there,
the headless shell is taken, the same Chromium without the windows around a page: it needs half the
processor time for the same pages.
"""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Request, async_playwright, expect

KINDS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
PATH = next(filter(None, map(shutil.which, KINDS)), "")
PATIENCE = 60_000  # milliseconds; a busy machine is no failure
NO_CHROMIUM = "there is no Chromium: apt-get install chromium-headless-shell, or chromium"


@dataclass
class Eyes:
    """Opens pages of one origin, and records their requests and complaints."""

    browser: Browser
    origin: str
    state: Any = None
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    async def sign_in(self, link: str) -> None:
        """Use a link, and stay signed in on every page."""
        async with self.page() as page:
            await page.goto(link)
            await page.click("button.main")
            await page.wait_for_url(f"{self.origin}/")
            self.state = await page.context.storage_state()

    @asynccontextmanager
    async def page(
        self, locale: str = "en-GB", width: int = 1440, **context: Any
    ) -> AsyncIterator[Page]:
        """Give a page of its own context."""
        made = await self.browser.new_context(
            locale=locale,
            timezone_id="Europe/Moscow",
            viewport={"width": width, "height": 844 if width < 600 else 900},
            storage_state=self.state,
            base_url=self.origin,
            reduced_motion="reduce",  # a click waits until nothing moves
            **context,
        )
        made.set_default_timeout(PATIENCE)
        made.on("request", self._note)
        page = await made.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: self.dialogs.append(dialog.message))
        try:
            yield page
        finally:
            await made.close()

    def elsewhere(self) -> list[str]:
        """Return the requests to anywhere other than the page's own origin."""
        return [each for each in self.asked if not each.startswith((self.origin, "data:"))]

    def _note(self, request: Request) -> None:
        self.asked.append(request.url)


@asynccontextmanager
async def looking(origin: str, *arguments: str) -> AsyncIterator[Eyes]:
    """Yield a browser; without one the test is skipped with a message."""
    if not PATH:
        pytest.skip(NO_CHROMIUM)
    expect.set_options(timeout=PATIENCE)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=PATH, args=["--no-sandbox", "--disable-dev-shm-usage", *arguments]
        )
        try:
            yield Eyes(browser, origin)
        finally:
            await browser.close()
