"""``make screenshots``: the pictures of the READMEs and of docs/page.md, made anew.

A receiver and a bridge of their own, the mailbox of the tests, and Chromium.
"""

import asyncio
import smtplib
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from receiver.database import opened
from receiver.page.signing.link import new_link
from receiver.page.signing.sign_ins import SignIns
from receiver.settings import ReceiverSettings
from tests import servers, webhook_client
from tests.page.chromium import NO_CHROMIUM, PATH, Eyes, looking
from tests.page.mailbox import SUPPORT, fill

DIRECTORY = servers.ROOT / "docs" / "pictures"
LOCALES = {"en": "en-GB", "ru": "ru-RU"}
SIZE = {"width": 1180, "height": 720}


async def take(directory: Path, mongo_uri: str) -> None:
    """Start what is needed, and take the pictures."""
    receiver = servers.receiver(directory, mongo_uri, "screenshots")
    port = receiver.env["RECEIVER_PORT"]
    (directory / "bridge").mkdir()
    bridge = servers.bridge(directory / "bridge", port)
    settings = ReceiverSettings(mongo_uri=mongo_uri, mongo_database="screenshots")
    with servers.running(receiver, bridge):
        async with opened(settings) as database, webhook_client.connected(port) as client:
            await fill(client)
            refuse(bridge)
            while await database.refusals.find_one() is None:  # noqa: ASYNC110 - a report comes
                await asyncio.sleep(0.5)
            origin = f"http://127.0.0.1:{port}"
            async with looking(origin) as eyes:
                await eyes.sign_in(await new_link(SignIns(database), origin, "olga"))
                for language in LOCALES:
                    await picture_all(eyes, language)


def refuse(bridge: servers.Service) -> None:
    """Send a letter to an unknown recipient."""
    with smtplib.SMTP("127.0.0.1", int(bridge.env["SMTP_PORT"]), timeout=30) as smtp:
        smtp.ehlo()
        smtp.mail("petr@example.org")
        smtp.rcpt("suport@yandex.ru")


async def picture_all(eyes: Eyes, language: str) -> None:
    """Take the pictures of one language."""
    async with eyes.page(LOCALES[language], SIZE["width"]) as page:
        await page.set_viewport_size(SIZE)  # type: ignore[arg-type]
        await page.goto("/sign-in")  # the zone is known from here on
        await page.goto(f"/?mailbox={quote(SUPPORT)}&tab=all")
        await page.screenshot(path=DIRECTORY / f"list.{language}.png")
        await page.locator(".row", has_text="Иван Петров").locator("a").first.click()
        await page.wait_for_url("**/d/*")
        dialog = page.url
        await page.wait_for_function(
            "[...document.images].every((each) => each.complete || each.loading === 'lazy')"
        )
        await page.screenshot(path=DIRECTORY / f"dialog.{language}.png")
        await page.goto(f"{dialog}/why")
        await page.screenshot(path=DIRECTORY / f"why.{language}.png")
        await page.goto("/trace?q=suport@yandex.ru")
        await page.screenshot(path=DIRECTORY / f"trace.{language}.png")


def main() -> int:
    """Take all pictures."""
    if not PATH:
        print(NO_CHROMIUM, file=sys.stderr)
        return 1
    DIRECTORY.mkdir(exist_ok=True)
    with TemporaryDirectory() as directory, servers.mongo(Path(directory)) as uri:
        asyncio.run(take(Path(directory), uri))
    return 0


if __name__ == "__main__":
    sys.exit(main())
