"""HTML on its way in: sanitised whoever signed the event, without holding up other requests."""

import asyncio
from collections.abc import Callable

from contract.bounds import MAX_TEXT_BYTES, is_blank
from contract.event import Email
from contract.html.bounds import MAX_PAGE
from contract.html.html_text import text_of
from contract.html.left_out import left_out_of
from contract.html.sanitise import sanitise_within

LARGE_PAGE = 64 * 1024  # characters; a smaller page is read in a few milliseconds
CUT = "HTML too long, cut"


async def harmless(email: Email) -> Email:
    """Return the letter with its HTML sanitised; a large page in a thread.

    Its losses are counted unless the event states them.
    """
    page = email.html
    clean = await _beside(page, lambda: sanitise_within(page, MAX_TEXT_BYTES))
    if clean == page:
        return email
    defects = [*email.defects[:99], CUT] if len(page) > MAX_PAGE else email.defects
    left_out = email.left_out or left_out_of(page)
    return email.model_copy(update={"html": clean, "defects": defects, "left_out": left_out})


async def shown_text(email: Email) -> str:
    """Return the text of a sanitised letter; if it has only HTML, the text of that.

    A bridge sends the text in any case; others who post letters may leave it out.
    """
    if not email.html or not is_blank(email.text):
        return email.text
    told = await _beside(email.html, lambda: text_of(email.html))
    return email.text if is_blank(told) else _cut(told)


async def _beside(page: str, work: Callable[[], str]) -> str:
    return await asyncio.to_thread(work) if len(page) > LARGE_PAGE else work()


def _cut(text: str) -> str:
    """Cut a text to what may be stored: one character of a page may stand for several."""
    if len(text) * 4 <= MAX_TEXT_BYTES:
        return text
    return text.encode()[:MAX_TEXT_BYTES].decode(errors="ignore")
