"""The dialog of a page, and which of its letters are on it."""

from bisect import bisect
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from receiver.access.grant import Grant
from receiver.errors import Problem
from receiver.page.serving import Visit
from receiver.store.dialog import Dialog
from receiver.store.mailboxes import KeptMailboxes

LETTERS = 50
Find = Callable[[Grant, str], Awaitable[Dialog]]
"""Returns the dialog that an id leads to, as far as a grant reaches: Problem 404."""


@dataclass(frozen=True)
class LettersShown:
    """Some letters of a long dialog: page ``number`` of ``pages``, counted from 1.

    ``named`` is the key of the letter in the URL, or empty.
    """

    messages: list[dict[str, Any]]
    number: int
    pages: int
    before: int
    named: str = ""


async def here(find: Find, visit: Visit) -> Dialog:
    """Return the dialog of the path: Problem 404, or a redirect if it was merged."""
    asked = visit.request.match_info["id"]
    dialog = await find(visit.grant, asked)
    if str(dialog.id) != asked:
        raise web.HTTPPermanentRedirect(
            visit.request.rel_url.raw_path_qs.replace(asked, str(dialog.id), 1)
        )
    return dialog


async def own_mailbox(visit: Visit, mailboxes: KeptMailboxes, named: str) -> str | None:
    """Return a mailbox in its letters' spelling, None if the visitor may not see it."""
    return visit.grant.own_spelling(await mailboxes.spelt(named))


def part_of(
    dialog: Dialog, asked: str, key: str, size: int = LETTERS, signs: int | None = None
) -> LettersShown:
    """Return a page of letters: the requested one, or a letter's, or the last: Problem 404.

    Each has ``size`` letters, or fewer if their texts would exceed ``signs`` characters.
    """
    messages = dialog.conversation
    starts = _starts([len(each["body"]) if signs else 0 for each in messages], size, signs or 0)
    pages = number = len(starts)
    keys = [each["key"] for each in messages]
    named = next((each for each in keys if each.startswith(key)), "") if key else ""
    if named:
        number = bisect(starts, keys.index(named))
    if asked:
        number = number_of(asked)
        if number > pages:
            raise Problem(404, "there is no such page")
    start, end = [*starts, len(messages)][number - 1 : number + 1]
    return LettersShown(messages[start:end], number, pages, start, named)


def _starts(lengths: Sequence[int], size: int, signs: int) -> list[int]:
    """Return the places of the letters with which pages begin."""
    starts, count, length = [0], 0, 0
    for place, each in enumerate(lengths):
        if count and (count == size or length + each > signs):
            starts.append(place)
            count, length = 0, 0
        count, length = count + 1, length + each
    return starts


def number_of(asked: str) -> int:
    """Return the number of a page, from 1 on: Problem 404."""
    if not asked.isascii() or not asked.isdigit() or not int(asked[:9]):
        raise Problem(404, "there is no such page")
    return int(asked[:9])
