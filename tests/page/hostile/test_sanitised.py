"""Sanitised HTML as Chromium reads it: only the allowed elements and attributes.

A page is read three ways: as the document of a frame, as a part of a page where scripts may run
(``noscript`` means something else there), and once more from the browser's serialisation: mutation
XSS is markup that means something else the second time.
"""

from random import Random

import pytest

from contract.html.sanitise import sanitise
from receiver.page.letters import FRAME
from tests.page.chromium import NO_CHROMIUM, PATH, Eyes
from tests.page.hostile.payloads import PAYLOADS, PIECES, RARER, THERE

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(not PATH, reason=NO_CHROMIUM),
]
STYLES = ["display:none", "margin-left:40px;border:none", "border:none;border-top:1px solid"]
ATTRIBUTES = (
    "href title rel src alt width height colspan rowspan valign border cellpadding cellspacing"
    " color size start type style dir lang align"
)
# Said anew rather than taken from the code: it is what the code must not widen by mistake.
FORBIDDEN = (
    "script style link meta base title iframe frame frameset object embed applet param form input"
    " button select option textarea isindex keygen svg math template slot noscript noembed noframes"
    " xmp plaintext listing video audio source track picture map area canvas portal dialog details"
    " marquee bgsound image"
)
READ = """([pages, frame, forbidden, attributes, styles]) => {
    const wrong = [];
    const look = (root, page, how) => {
        for (const each of root.querySelectorAll("*")) {
            const isOdd = each.namespaceURI !== "http://www.w3.org/1999/xhtml"
                || forbidden.includes(each.localName)
                || [...each.attributes].some(({name, value}) => !attributes.includes(name)
                    || name === "href" && !/^\\s*(https?:|mailto:|tel:|\\/\\/)/i.test(value)
                    || name === "src" && !/^cid:/i.test(value)
                    || name === "style" && !styles.includes(value));
            if (isOdd) wrong.push(`${how}: ${each.outerHTML.slice(0, 200)} of: ${page}`);
        }
    };
    const live = document.createElement("div");
    for (const page of pages) {
        look(new DOMParser().parseFromString(frame + page, "text/html").body, page, "frame");
        live.innerHTML = page;
        look(live, page, "live");
        live.innerHTML = live.innerHTML;
        look(live, page, "again");
    }
    return wrong;
}"""


def pages(seed: int, count: int) -> list[str]:
    """Return the payloads, and ``count`` pages of pieces that parsers read differently."""
    random = Random(seed)
    mixed = ("".join(random.choices(PIECES, k=random.randrange(2, 14))) for _ in range(count))
    return [*PAYLOADS, *RARER, *PIECES, *mixed]


async def read(eyes: Eyes, said: list[str]) -> tuple[list[str], set[str]]:
    """Return the faults, and the requests of a page of its own, without any policy."""
    asked: set[str] = set()
    page = await eyes.browser.new_page()
    page.on("request", lambda request: asked.add(request.url))
    try:
        given = [said, FRAME, FORBIDDEN.split(), ATTRIBUTES.split(), STYLES]
        return await page.evaluate(READ, given), {each for each in asked if each[:4] != "cid:"}
    finally:
        await page.close()


async def test_what_is_left_of_any_page_is_harmless_however_it_is_read(eyes: Eyes) -> None:
    assert await read(eyes, [sanitise(each) for each in pages(15, 4000)]) == ([], set())


async def test_the_same_is_found_where_nothing_is_left_out(eyes: Eyes) -> None:
    wrong, asked = await read(eyes, ["<svg><a>x</a></svg>", "<p onclick=x>", f"<img src={THERE}>"])
    assert {each.partition(":")[0] for each in wrong} == {"frame", "live", "again"}
    assert asked == {f"{THERE}/"}
