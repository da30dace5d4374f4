"""Files with names made to mislead, saved by Chromium: under which name, and how they end."""

import json

import pytest

from tests import webhook_client
from tests.page.chromium import NO_CHROMIUM, PATH, Eyes
from tests.page.mailbox import attached

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(not PATH, reason=NO_CHROMIUM),
]
MAILBOX = "names@yandex.ru"
# Chromium drops the eleventh download of a frame when less than a second lies between each two.
BURST = 10
NAMES = {
    "order of signs": ("photo\u202egpj.exe", "photo_gpj.exe"),
    "order of signs, isolated": ("\u2066gpj\u2069\u200f.exe", "_gpj__.exe"),
    "a header": ("a\r\nSet-Cookie: x=1\r\n\r\n<script>.txt", "a Set-Cookie_ x=1 _script_.txt"),
    "a second name": ('x"; filename="evil.exe', "x_; filename=_evil.exe"),
    "another's encoding": ("x'; filename*=UTF-8''evil.exe", "x'; filename_=UTF-8''evil.exe"),
    "folders above": ("../../etc/passwd", "_.._etc_passwd"),
    "folders of Windows": ("..\\..\\win.ini", "_.._win.ini"),
    "folders, escaped": ("%2e%2e%2f%0d%0a.txt", "%2e%2e%2f%0d%0a.txt"),
    "very long": ("a" * 250 + ".pdf.exe", "a" * 180 + "a" * 12 + ".pdf.exe"),
    "nothing but dots": ("..", "file"),
    "Russian": ("Счёт № 17.pdf", "Счёт № 17.pdf"),
}


async def test_a_file_is_saved_under_a_name_that_misleads_nobody(eyes: Eyes) -> None:
    files = [attached(name, "text/html", b"<script>1</script>") for name, _ in NAMES.values()]
    data = {"mailbox": MAILBOX, "from": {"address": "a@example.ru"}, "subject": "names"}
    event = {"type": "email.received", "data": data | {"text": "x", "attachments": files}}
    async with webhook_client.connected(eyes.origin.rpartition(":")[2]) as client:
        await client.put(b"<script>1</script>")
        status, answer = await client.post(json.dumps(event).encode(), event_id="names")
        assert status < 300, answer
    saved = {}
    async with eyes.page() as page:
        await page.goto(f"/?mailbox={MAILBOX}&tab=all")
        await page.locator(".row a").first.click()
        await page.wait_for_url("**/d/**")
        links = page.locator(".files a")
        for place, told in enumerate(NAMES):
            if place % BURST == 0:
                await page.reload()
            async with page.expect_download() as download:
                await links.nth(place).click()
            saved[told] = (await download.value).suggested_filename
    assert saved == {told: name for told, (_, name) in NAMES.items()}
