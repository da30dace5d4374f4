"""How the page looks in Chromium: to axe, on paper, narrow, with few colours, without its files.

axe (https://github.com/dequelabs/axe-core) looks at each view, in both themes.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any

import pytest
from playwright.async_api import Page, expect

from receiver.bridges.bridges import Bridges
from receiver.database import opened
from receiver.settings import ReceiverSettings
from tests.page.chromium import NO_CHROMIUM, PATH, Eyes, looking
from tests.page.conftest import DATABASE
from tests.page.forms.test_russian import report
from tests.page.mailbox import PDF, SUPPORT, attached
from tests.page.steps import PHONE, fits, open_dialog, post

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(not PATH, reason=NO_CHROMIUM),
]
NARROW = 320  # WCAG 1.4.10
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
LOOK = """axe.run(document, {resultTypes: ['violations'], iframes: false, preload: false,
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"""
LOOK_AT_COLOURS = """axe.run(document, {resultTypes: ['violations'], iframes: false,
    preload: false, runOnly: {type: 'rule', values: ['color-contrast']}})"""


async def test_axe_finds_nothing_serious(eyes: Eyes) -> None:
    noticed = f"/?mailbox={SUPPORT}&tab=noticed"
    many = [attached(f"{number}.pdf", "application/pdf", PDF) for number in range(14)]
    await post(eyes, "files", subject="Many files", attachments=many)
    async with eyes.page(color_scheme="light", bypass_csp=True) as page:
        await open_dialog(page, "Иван Петров", "1742")
        dialog = page.url
        letter = str(await page.locator(".letter footer a").first.get_attribute("href"))
        original, files = (letter.replace("/headers", each) for each in ("/original", "/files"))
        views = [noticed, f"{dialog}/why", letter, "/sign-in", "/?mailbox=no@a.ru", "/d/1"]
        views += ["/trace?q=x@y.ru", "/health", f"/?mailbox={SUPPORT}&q=заказ", files]
        views += [f"{dialog}/print", original, "/trace?q=1@mail.example.ru", f"{dialog}?done=undo"]
        views += [f"/?mailbox={SUPPORT}&q=before:", "/?mailbox=empty@yandex.ru&tab=all", "/no/such"]
        await open_dialog(page, "late@example.ru", "Many files")
        views.append(page.url)
        async with eyes.page(width=PHONE, contrast="more", bypass_csp=True) as phone:
            found, narrow = await asyncio.gather(
                seriously(page, [dialog, *views[::2]]), seriously(phone, [dialog, *views[1::2]])
            )
        await page.goto(noticed)
        await page.keyboard.press("?")
        found |= await serious(page)
        await page.goto("/person")
        found |= await serious(page)
        await page.fill("#address", "m.sokolova@example.com")
        await page.click("button.main")
        await expect(page.locator("#again")).to_be_visible()
        found |= await serious(page)
    assert found | narrow == {}


async def seriously(page: Page, paths: list[str]) -> dict[str, Any]:
    """Return axe's findings on these pages, one after the other."""
    found: dict[str, Any] = {}
    for path in paths:
        await page.goto(path)
        found |= await serious(page)
    return found


async def serious(page: Page) -> dict[str, Any]:
    """Return axe's findings on a page that would keep somebody out, in both themes."""
    await page.evaluate(AXE)
    found: dict[str, Any] = {}
    for theme, look in (("light", LOOK), ("dark", LOOK_AT_COLOURS)):
        await page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        said = await page.evaluate(look)
        found |= {
            f"{page.url} {theme} {each['id']}": [one["html"][:200] for one in each["nodes"][:3]]
            for each in said["violations"]
            if each["impact"] in ("serious", "critical")
        }
    return found


async def test_where_cookies_are_too_many_the_page_that_says_so_has_its_style(eyes: Eyes) -> None:
    """It cannot load a style: that request would carry the same cookies."""
    async with eyes.page(width=PHONE) as page:
        many = [{"name": f"c{n}", "value": "x" * 3000, "url": eyes.origin} for n in range(5)]
        await page.context.add_cookies(many)  # type: ignore[arg-type]
        answer = await page.goto("/health")
        assert answer is not None
        assert answer.status == 431
        await expect(page.locator(".card p").first).to_contain_text("Delete the cookies")
        await expect(page.locator(".card")).to_have_css("border-top-left-radius", "14px")
        await fits(page)


async def test_print_shows_all_and_nothing_to_press(eyes: Eyes) -> None:
    async with eyes.page() as page:
        await open_dialog(page, "Иван Петров", "1742")
        await page.goto(f"{page.url}/print")
        await page.emulate_media(media="print")
        await expect(page.locator(".top")).to_be_hidden()
        await expect(page.locator(".rest .text").first).to_be_visible()
        await expect(page.locator("aside")).to_be_hidden()


async def test_a_dialog_as_it_is_prints_the_same_without_scripts_and_light(eyes: Eyes) -> None:
    async with eyes.page(java_script_enabled=False, color_scheme="dark") as page:
        await open_dialog(page, "Иван Петров", "1742")
        ink = "getComputedStyle(document.documentElement).getPropertyValue('--link')"
        dark = await page.evaluate(ink)
        await page.emulate_media(media="print")
        assert await page.evaluate(ink) != dark
        await expect(page.locator(".rest .text").first).to_be_visible()
        for pressed in ("#correct-title", ".links", "form button", ".formatted"):
            assert await page.locator(pressed).filter(visible=True).count() == 0, pressed


async def test_with_few_colours_what_colour_tells_has_a_border(eyes: Eyes) -> None:
    async with eyes.page(forced_colors="active") as page:
        await page.goto(f"/?mailbox={SUPPORT}&tab=noticed")
        for what in (".mark", ".count"):
            await expect(page.locator(what).first).to_have_css("border-top-style", "solid")
        lines = "links => links.map((each) => getComputedStyle(each).borderBottomColor)"
        *others, current = await page.locator(".tabs a").evaluate_all(lines)
        assert current not in others


async def test_with_few_colours_drawings_have_those_of_the_text_around(eyes: Eyes) -> None:
    """Browsers do not change the colours of drawings, which may then be invisible."""
    drawn = """(each) => [...each.querySelectorAll("text, .ours, .chart path, .theirs, .arc")]
        .map((one) => [getComputedStyle(one).fill, getComputedStyle(one).stroke]).flat()"""
    chosen = """() => ["CanvasText", "Canvas", "Highlight"].map((each) => {
        document.body.style.color = each;
        return getComputedStyle(document.body).color;
    }).concat(["none"])"""
    async with eyes.page(forced_colors="active", color_scheme="dark") as page:
        await open_dialog(page, "Иван Петров", "1742")
        for view, drawing in ((f"{page.url}/why", ".picture svg"), ("/health", ".chart")):
            await page.goto(view)
            found = await page.locator(drawing).first.evaluate(drawn)
            assert len(found) > 6
            assert set(found) <= set(await page.evaluate(chosen)), view


async def test_nothing_is_wider_than_a_narrow_screen(eyes: Eyes, mongo_uri: str) -> None:
    """The bridge on it has every trouble there is."""
    settings = ReceiverSettings(mongo_uri=mongo_uri, mongo_database=DATABASE)
    now = datetime.now(UTC)
    told = report(now)
    async with opened(settings) as database, eyes.page("ru-RU", NARROW) as page:
        bridges = Bridges(database)
        await open_dialog(page, "Иван Петров", "1742")
        dialog = page.url
        await bridges.take(told, now - timedelta(minutes=5))
        try:
            views = [dialog, f"{dialog}/why", f"/?mailbox={SUPPORT}&tab=noticed", "/person"]
            for view in [*views, "/health", "/trace?q=a@a.ru", "/trace?q=3@mail.example.ru"]:
                await page.goto(view)
                await fits(page)
        finally:
            await bridges.forget(told.bridge)
            await database["refusals"].delete_many({"bridge": told.bridge})


async def test_whose_turn_it_is_stands_in_one_piece(eyes: Eyes) -> None:
    for width in (NARROW, PHONE, 1440):
        async with eyes.page("ru-RU", width) as page:
            await open_dialog(page, "Мария Соколова", "1698")
            turn = page.locator(".whose .turn")
            assert await turn.evaluate("each => each.getClientRects().length") == 1, width


async def test_nothing_is_wider_than_the_screen_if_letters_are_twice_as_large(eyes: Eyes) -> None:
    """WCAG 1.4.4; a browser whose letters its owner has set to that size."""
    large = "--blink-settings=defaultFontSize=32"
    async with eyes.page("ru-RU") as page:
        await open_dialog(page, "Иван Петров", "1742")
        dialog = page.url
    async with looking(eyes.origin, large) as large_eyes:
        large_eyes.state = eyes.state
        for width in (NARROW, PHONE, 720, 1440):
            async with large_eyes.page("ru-RU", width) as page:
                views = [dialog, f"{dialog}/why", f"/?mailbox={SUPPORT}&tab=all", "/health"]
                for view in [*views, "/trace?q=suport@yandex.ru"]:
                    await page.goto(view)
                    await fits(page)


async def test_nothing_is_asked_for_elsewhere(eyes: Eyes) -> None:
    assert len(eyes.asked) > 20
    assert eyes.elsewhere() == []
    assert eyes.complaints == []
