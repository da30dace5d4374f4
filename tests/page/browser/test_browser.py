"""The page in Chromium: each language and width, with and without scripts, by keyboard alone."""

import re
from datetime import UTC, datetime
from time import monotonic

import pytest
from playwright.async_api import Page, expect

from receiver.database import opened
from receiver.settings import ReceiverSettings
from tests.page.chromium import NO_CHROMIUM, PATH, Eyes
from tests.page.conftest import DATABASE
from tests.page.mailbox import SUPPORT
from tests.page.steps import DESK, ENGLISH, PHONE, RUSSIAN, fits, open_dialog, post
from tests.receiver.api_client import make_token

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(not PATH, reason=NO_CHROMIUM),
]
FOCUSED = "document.activeElement.closest('%s')"
WORDS = {
    RUSSIAN: {"count": "3 письма", "why": "Почему здесь?", "split": "Отделить их"},
    ENGLISH: {"count": "3 letters", "why": "Why here?", "split": "Split them off"},
}


# Every two of them together, in half the pages that all three would take.
VIEWS = [
    (RUSSIAN, PHONE, True),
    (RUSSIAN, DESK, False),
    (ENGLISH, PHONE, False),
    (ENGLISH, DESK, True),
]


@pytest.mark.parametrize(("locale", "width", "scripts"), VIEWS)
async def test_a_person_reads_and_corrects(
    eyes: Eyes, locale: str, width: int, scripts: bool
) -> None:
    words = WORDS[locale]
    async with eyes.page(locale, width, java_script_enabled=scripts) as page:
        await open_dialog(page, "Иван Петров", "1742")
        assert await page.locator("html").get_attribute("lang") == locale[:2]
        await expect(page.locator(".letter")).to_have_count(3)
        await expect(page.locator(".tools")).to_contain_text(words["count"])
        zone = "UTC+3" if scripts else "UTC"
        await expect(page.locator(".letter time").first).to_contain_text(zone)
        await fits(page)
        await page.locator(".formatted summary").click()
        frame = page.frame_locator("iframe")
        await expect(frame.locator("body")).to_contain_text("Но чашка разбита")
        await expect(frame.locator("img")).to_have_attribute("src", re.compile("^data:image/png"))
        dialog = page.url
        await page.get_by_role("link", name=words["why"]).last.click()
        await expect(page.locator(".picture path.arc")).to_have_count(2)
        await fits(page)
        await page.goto(dialog)
        await page.locator("[data-choose]").last.check()
        await page.get_by_role("button", name=words["split"]).click()
        await expect(page.locator(".letter")).to_have_count(1)
        await page.locator(".done button").click()
        await expect(page.locator(".letter")).to_have_count(3)
    assert eyes.complaints == []


@pytest.mark.parametrize(("locale", "width"), [(RUSSIAN, PHONE), (ENGLISH, DESK)])
async def test_by_keyboard_alone(eyes: Eyes, locale: str, width: int) -> None:
    async with eyes.page(locale, width) as page:
        press = page.keyboard.press
        await page.goto(f"/?mailbox={SUPPORT}")
        for number, tab in ((2, "them"), (4, "noticed"), (1, "us"), (3, "all")):
            await press(f"{number}")
            await page.wait_for_url(f"**tab={tab}")
            assert await page.locator(".row").count() > 2
            await fits(page)
        wanted = page.locator(".row", has_text="1742").filter(has_text="Иван Петров")
        row = await wanted.get_attribute("data-id")
        while await focused(page, ".row", "id") != row:
            await press("j")
        await press("j")
        await press("k")
        await press("Enter")
        await page.wait_for_url(f"**/d/{row}")
        await press("e")
        await expect(page.locator(".rest[open]")).to_have_count(2)
        await press("w")
        await page.wait_for_url("**/why")
        await press("u")
        await page.wait_for_url(f"**/d/{row}")
        for _ in range(3):
            await press("j")
        await press("x")
        assert await page.locator("[data-choose]").last.is_checked()
        await press("s")
        await press("Enter")
        await page.wait_for_url("**done=split*")
        await expect(page.locator(".done")).to_be_focused()
        await expect(page.locator(".letter")).to_have_count(1)
        await press("z")
        await press("Enter")
        await page.wait_for_url(f"**/d/{row}?done=undo")
        await expect(page.locator(".letter")).to_have_count(3)
        await press("u")
        await page.wait_for_url("**tab=all**")
        await page.wait_for_function(f"{FOCUSED % '.row'}?.dataset.id === '{row}'")


async def test_letters_are_moved_and_dialogs_merged_by_keyboard_alone(eyes: Eyes) -> None:
    keys = {"mailbox": "keys@yandex.ru"}
    await post(eyes, "k1", **keys, message_id="k1@example.ru", subject="First")
    await post(eyes, "k2", **keys, message_id="k2@example.ru", subject="Second")
    await post(eyes, "k3", **keys, message_id="k3@example.ru", in_reply_to=["k1@example.ru"])
    async with eyes.page() as page:
        press = page.keyboard.press
        await page.goto("/?mailbox=keys@yandex.ru&tab=all")
        first = page.locator(".row", has_text="First")
        row = str(await first.get_attribute("data-id"))
        while await focused(page, ".row", "id") != row:
            await press("j")
        await press("Enter")
        for how, chosen, there in (("move", True, 2), ("merge", False, 3)):
            await page.wait_for_url(f"**/d/{row}*")
            await expect(page.locator(".letter")).to_have_count(2)
            if chosen:
                for key in ("j", "j", "x"):
                    await press(key)
            await press("m")
            await press("ArrowDown")
            await press_until(page, "Tab", f'[formaction$="/{how}"]')
            await press("Enter")
            await page.wait_for_url(f"**done={how}*")
            await expect(page.locator(".letter")).to_have_count(there)
            await press("z")
            await press("Enter")
            await page.wait_for_url("**done=undo")
            await page.goto(f"/d/{row}")
        await press("u")
        await page.wait_for_url("**tab=all**")
        await page.wait_for_function(f"{FOCUSED % '.row'}?.dataset.id === '{row}'")


async def test_the_focus_returns_to_the_letter_that_was_found(eyes: Eyes) -> None:
    said = {"mailbox": "focus@yandex.ru", "text": "refocus"}
    await post(eyes, "focus-1", **said, message_id="focus1@example.ru")
    await post(eyes, "focus-2", **said, in_reply_to=["focus1@example.ru"])
    async with eyes.page() as page:
        await page.goto("/?mailbox=focus@yandex.ru&q=refocus")
        await expect(page.locator(".row")).to_have_count(2)
        for _ in range(2):
            await page.keyboard.press("j")
        second = await page.evaluate("document.activeElement.href")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/d/*")
        await page.keyboard.press("u")
        await page.wait_for_url("**q=refocus")
        await page.wait_for_function(f"document.activeElement.href === '{second}'")


async def test_keys_act_with_caps_lock_and_others_are_left_alone(eyes: Eyes) -> None:
    """On a Russian keyboard, a key without a meaning here used to be withheld from the browser."""
    async with eyes.page() as page:
        await page.goto(f"/?mailbox={SUPPORT}")
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        for key, code, locked, acts in (
            ("J", "KeyJ", True, True),
            ("О", "KeyJ", True, True),
            ("о", "KeyJ", False, True),
            ("J", "KeyJ", False, False),
            ("й", "KeyQ", False, False),
        ):
            said = f"{{key: '{key}', code: '{code}', modifierCapsLock: {str(locked).lower()},"
            event = f"new KeyboardEvent('keydown', {said} bubbles: true, cancelable: true}})"
            is_left = await page.evaluate(f"document.body.dispatchEvent({event})")
            assert is_left != acts, (key, locked)
        assert errors == []


@pytest.mark.parametrize("steps", [1, 2])
async def test_the_focus_returns_from_why_to_its_letter(eyes: Eyes, steps: int) -> None:
    async with eyes.page() as page:
        await open_dialog(page, "Иван Петров", "1742")
        dialog = page.url.partition("#")[0]
        for _ in range(steps):
            await page.keyboard.press("j")
        letter = await page.evaluate("document.activeElement.id")
        await page.keyboard.press("w")
        await page.wait_for_url("**/why?letter=*")
        await page.keyboard.press("u")
        await page.wait_for_url(dialog)
        await page.wait_for_function(f"document.activeElement.id === '{letter}'")


async def focused(page: Page, what: str, field: str) -> str | None:
    """Return a property of the element that has the focus."""
    found: str | None = await page.evaluate(f"{FOCUSED % what}?.dataset.{field}")
    return found


async def test_by_keyboard_alone_without_scripts(eyes: Eyes) -> None:
    async with eyes.page(java_script_enabled=False) as page:
        await page.goto(f"/?mailbox={SUPPORT}&tab=all")
        await press_until(page, "Tab", ".skip")
        await page.keyboard.press("Enter")
        row = page.locator(".row", has_text="1742").filter(has_text="Иван Петров")
        dialog = await row.get_attribute("data-id")
        await press_until(page, "Tab", f'.row[data-id="{dialog}"]')
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"**/d/{dialog}")
        for what, key in ((".rest", "Enter"), ("[data-choose]", "Space")):
            await press_until(page, "Tab", what)
            await page.keyboard.press(key)
        await expect(page.locator(".rest[open]")).to_have_count(1)
        await press_until(page, "Tab", '[data-key="s"]')
        await page.keyboard.press("Enter")
        await page.wait_for_url("**done=split*")
        await expect(page.locator(".done")).to_be_focused()
        await page.keyboard.press("Tab")
        await expect(page.locator(".done button")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.locator(".letter")).to_have_count(3)


async def test_what_was_wrong_or_is_not_there_has_the_focus(eyes: Eyes) -> None:
    async with eyes.page(java_script_enabled=False) as page:
        await page.goto(f"/?mailbox={SUPPORT}&q=before:")
        await expect(page.locator(".wrong")).to_be_focused()
        await page.goto("/person")
        for address, told in (("x", ".wrong"), ("nobody@nowhere.example", "[role=status]")):
            await page.fill("#address", address)
            await page.keyboard.press("Enter")
            await expect(page.locator(f"main {told}")).to_be_focused()


@pytest.mark.parametrize("locale", [ENGLISH, RUSSIAN])
async def test_ages_grow_while_the_page_is_open(eyes: Eyes, locale: str) -> None:
    """They used to stand still: after a night the page still said "2 minutes"."""
    new = {"subject": "Grows old", "date": datetime.now(UTC).isoformat()}
    await post(eyes, f"age-{locale}", mailbox=f"age{locale.lower()}@yandex.ru", **new)
    async with eyes.page(locale=locale) as page:
        await page.clock.install()
        await page.goto(f"/?mailbox=age{locale.lower()}@yandex.ru")
        age = page.locator(".row .when time")
        await expect(age).to_be_visible()
        await page.clock.fast_forward("08:02:00")
        said = {ENGLISH: "waits 8 hours", RUSSIAN: "ждёт 8 часов"}[locale]
        await expect(age).to_have_text(said)


async def test_a_link_of_another_site_opens_what_it_leads_to(eyes: Eyes) -> None:
    """Browsers do not send the strict cookie with the first request."""
    async with eyes.page(java_script_enabled=False) as page:
        await page.goto("about:blank")
        await page.set_content(f'<a href="{eyes.origin}/?mailbox={SUPPORT}&amp;tab=all">x</a>')
        await page.click("a")
        await expect(page.locator(".row").first).to_be_visible()
        await expect(page).to_have_url(f"{eyes.origin}/?mailbox={SUPPORT}&tab=all")


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("is_signed_in", [True, False])
async def test_a_link_of_another_site_leads_to_the_letter_that_it_names(
    eyes: Eyes, mongo_uri: str, scripts: bool, is_signed_in: bool
) -> None:
    """The part after ``#`` would be lost on the way."""
    said = {"mailbox": "named@yandex.ru", "subject": "Named", "text": "long\n" * 200}
    await post(eyes, "named-1", **said, message_id="named1@example.ru")
    await post(eyes, "named-2", **said, message_id="named2@x", in_reply_to=["named1@example.ru"])
    async with eyes.page(java_script_enabled=scripts) as page:
        await page.goto("/?mailbox=named@yandex.ru&q=long")
        found = await page.locator(".row a").nth(1).get_attribute("href")
        assert re.search(r"\?letter=\w+#letter-\w+$", found or "")
        if not is_signed_in:
            await page.context.clear_cookies()
        await page.goto("about:blank")
        await page.set_content(f'<a href="{eyes.origin}{found}">x</a>')
        await page.click("a")
        if not is_signed_in:
            settings = ReceiverSettings(mongo_uri=mongo_uri, mongo_database=DATABASE)
            async with opened(settings) as database:
                await page.fill("#token", await make_token(database))
            await page.keyboard.press("Enter")
        await page.wait_for_url("**/d/*")
        letter = page.locator(f"#{str(found).partition('#')[2]}")
        await expect(letter).to_be_focused()
        await expect(letter).to_be_in_viewport()


@pytest.mark.parametrize("is_chosen", [False, True])
async def test_enter_on_a_letters_box_leaves_the_focus_to_what_the_form_says(
    eyes: Eyes, is_chosen: bool
) -> None:
    """The letter, which had the focus, used to take it back."""
    number = f"box-{is_chosen}"
    said = {"mailbox": "box@yandex.ru", "subject": number}
    await post(eyes, f"{number}-1", **said, message_id=f"{number}-1@x")
    await post(eyes, f"{number}-2", **said, in_reply_to=[f"{number}-1@x"])
    async with eyes.page() as page:
        await page.goto("/?mailbox=box@yandex.ru&tab=all")
        await page.locator(".row", has_text=number).locator("a").first.click()
        await page.wait_for_url("**/d/*")
        await press_until(page, "Tab", "[data-choose]")
        if is_chosen:
            await page.keyboard.press("Space")
        await page.keyboard.press("Enter")
        await expect(page.locator(".done" if is_chosen else ".wrong")).to_be_focused()
        await page.keyboard.press("Tab")
        way_on = ".done button" if is_chosen else ".wrong a"
        await expect(page.locator(way_on)).to_be_focused()


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_form_that_does_not_fit_has_the_focus_and_a_way_back(
    eyes: Eyes, scripts: bool
) -> None:
    async with eyes.page(java_script_enabled=scripts) as page:
        await open_dialog(page, "Иван Петров", "1742")
        await page.locator("[data-choose]").nth(1).check()
        await page.click('[formaction$="/merge"]')
        await expect(page.locator(".wrong")).to_be_focused()
        await expect(page.locator("[data-choose]").nth(1)).to_be_checked()
        await expect(page.locator("[data-choose]").nth(0)).not_to_be_checked()
        if scripts:
            await page.keyboard.press("u")
            await expect(page.locator(".rows")).to_be_visible()


async def press_until(page: Page, key: str, what: str) -> None:
    """Press a key until an element of this kind has the focus."""
    for _ in range(100):
        await page.keyboard.press(key)
        if await page.evaluate(f"Boolean({FOCUSED % what})"):
            return
    raise AssertionError(f"{key} does not lead to {what}")


async def test_the_keys_are_listed_and_can_be_turned_off(eyes: Eyes) -> None:
    async with eyes.page() as page:
        await page.goto(f"/?mailbox={SUPPORT}&tab=all")
        await page.keyboard.press("?")
        assert await page.locator("#keys").is_visible()
        await page.locator("#keys-on").uncheck()
        await page.keyboard.press("Escape")
        await page.keyboard.press("1")
        await page.keyboard.press("j")
        assert "tab=all" in page.url
        assert await focused(page, ".row", "id") is None


async def test_from_a_dialog_that_trace_led_to_the_key_u_leads_back_to_trace(eyes: Eyes) -> None:
    async with eyes.page() as page:
        await page.goto(f"/?mailbox={SUPPORT}&tab=all")
        await page.goto("/trace?q=ivan@example.ru")
        await page.locator('main a[href^="/d/"]').first.click()
        await page.wait_for_url("**/d/**")
        assert "Trace" in await page.locator("[data-back]").inner_text()
        await page.keyboard.press("u")
        await page.wait_for_url("**/trace?q=ivan**")


RUSSIAN_KEY = """([key, code]) => document.activeElement.dispatchEvent(
    new KeyboardEvent("keydown", {key, code, bubbles: true, cancelable: true}))"""


async def test_keys_are_known_by_their_place_where_letters_are_russian(eyes: Eyes) -> None:
    async with eyes.page("ru-RU") as page:
        await page.goto(f"/?mailbox={SUPPORT}&tab=all")
        first = await page.locator(".row").first.get_attribute("data-id")
        await page.evaluate(RUSSIAN_KEY, ["о", "KeyJ"])
        assert await focused(page, ".row", "id") == first
        await page.evaluate(RUSSIAN_KEY, [".", "Slash"])
        assert await page.evaluate("document.activeElement.name") == "q"
        await page.locator(".drop summary").click()
        await page.evaluate(RUSSIAN_KEY, [",", "Slash"])
        await expect(page.locator("#keys")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.locator("#keys")).to_be_hidden()
        await page.keyboard.press("Escape")
        await expect(page.locator(".drop[open]")).to_have_count(0)
        assert await page.evaluate(FOCUSED % ".drop > summary" + " !== null")
        await page.keyboard.press("Enter")
        await expect(page.locator(".drop[open]")).to_have_count(1)


async def test_a_letter_that_comes_is_told_and_the_list_does_not_jump(eyes: Eyes) -> None:
    async with eyes.page("ru-RU") as page:
        await page.goto(f"/?mailbox={SUPPORT}&tab=all")
        before = await page.locator(".row").first.get_attribute("data-id")
        await post(eyes, "new", subject="Новое письмо", message_id="new@example.ru")
        news = page.locator("#news")
        await expect(news).to_be_visible()
        await expect(news).to_contain_text("Новое в 1 диалоге")
        assert (await page.title()).startswith("(1)")
        assert await page.locator(".row").first.get_attribute("data-id") == before
        await news.locator("a").click()
        await expect(page.locator(".row").first).to_contain_text("Новое письмо")


async def test_a_letter_that_is_posted_is_shown_in_two_seconds(eyes: Eyes) -> None:
    """Two seconds are what it takes on a machine that is not busy; the time it took is printed."""
    async with eyes.page() as page:
        await post(eyes, "first", subject="How soon", message_id="soon@example.ru")
        await open_dialog(page, "late@example.ru", "How soon")
        began = monotonic()
        await post(eyes, "more", subject="Re: How soon", in_reply_to=["soon@example.ru"])
        posted = monotonic()
        await expect(page.locator("#news")).to_be_visible()
        told = monotonic()
        await page.locator("#news a").click()
        await expect(page.locator(".letter")).to_have_count(2)
        print(f"posted in {posted - began:.2f} s, told {told - posted:.2f} s later,", end=" ")
        print(f"shown in {monotonic() - began:.2f} s")


async def test_nothing_is_asked_for_elsewhere(eyes: Eyes) -> None:
    assert len(eyes.asked) > 20
    assert eyes.elsewhere() == []
    assert eyes.complaints == []


async def test_whoever_reads_and_corrects_asks_for_nothing_elsewhere(eyes: Eyes) -> None:
    assert len(eyes.asked) > 20
    assert eyes.elsewhere() == []
    assert eyes.complaints == []
