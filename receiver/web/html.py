"""HTML on its way in: sanitised whoever signed the event, without holding up other requests."""

import asyncio

from contract.bounds import MAX_TEXT_BYTES
from contract.event import Email
from contract.html.bounds import MAX_PAGE
from contract.html.left_out import left_out_of
from contract.html.sanitise import sanitise_within

LARGE_PAGE = 64 * 1024  # signs; a smaller one is read in a few milliseconds
CUT = "HTML too long, cut"


async def harmless(email: Email) -> Email:
    """Return the letter with its HTML sanitised; a large page in a thread.

    What that lost is counted where the event does not say it.
    """
    page = email.html
    if len(page) > LARGE_PAGE:
        clean = await asyncio.to_thread(sanitise_within, page, MAX_TEXT_BYTES)
    else:
        clean = sanitise_within(page, MAX_TEXT_BYTES)
    if clean == page:
        return email
    defects = [*email.defects[:99], CUT] if len(page) > MAX_PAGE else email.defects
    left_out = email.left_out or left_out_of(page)
    return email.model_copy(update={"html": clean, "defects": defects, "left_out": left_out})
