"""Dialogs by a part of their subject, as the index of words only knows whole words.

A bounded number of the newest dialogs is searched: no index has parts of words.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from receiver.listing.queries import Listing, Sort
from receiver.listing.rows import Rows

LOOKED_THROUGH = 1000  # dialogs of each mailbox, and MAX_ALL of all
MAX_ALL = 5000
SIGNS = 300
LATEST = Sort("updated", newest_first=True)
SUBJECTS: dict[str, Any] = {
    "subject": {"$substrCP": ["$subject", 0, SIGNS]},
    "updated": 1,
    "revision": 1,
    "part_of": 1,
}


@dataclass(frozen=True)
class PartFound:
    """The ids of dialogs, the newest first; ``is_all`` if there are no others to search."""

    ids: list[Any]
    is_all: bool


async def by_part(rows: Rows, mailboxes: Iterable[str], words: str) -> PartFound:
    """Return the dialogs whose subject has all of these parts of words; raises StoreUnavailable."""
    parts, found, is_all, room = plain(words).split(), [], True, MAX_ALL
    for mailbox in mailboxes:
        limit = min(LOOKED_THROUGH, room)
        listed = await rows.page(Listing(mailbox, LATEST), limit + 1, SUBJECTS) if limit else []
        is_all = is_all and limit > 0 and len(listed) <= limit
        room -= len(listed[:limit])
        found += [each for each in listed[:limit] if has_parts(each["subject"], parts)]
    newest_first = sorted(found, key=lambda each: each["updated"], reverse=True)
    return PartFound([each["_id"] for each in newest_first], is_all)


def has_parts(subject: str, parts: list[str]) -> bool:
    """Tell whether a subject has all of these, anywhere."""
    text = plain(subject)
    return bool(parts) and all(part in text for part in parts)


def plain(text: str) -> str:
    """Return a text for comparison: without capitals, and with е for ё."""
    return text.casefold().replace("ё", "е")
