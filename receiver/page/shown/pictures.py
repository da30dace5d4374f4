"""Pictures that a letter brought: what their first bytes say, and their places in its page."""

import re
from collections import Counter
from collections.abc import Mapping
from enum import Enum
from html import unescape
from urllib.parse import unquote

MAX_PLACED = 4 * 1024 * 1024  # signs of all pictures in all of their places
BEGINNING = 12  # bytes that say what a picture is
_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
_PLACE = re.compile(r'(<img\b[^>]*?\ssrc=")cid:([^"]*)(")', re.IGNORECASE)


def kind_of(content: bytes) -> str:
    """Return the media type that a picture's first bytes say, nothing for anything else."""
    for beginning, kind in _BEGINNINGS:
        if content.startswith(beginning):
            return kind
    return "image/webp" if content[:4] == b"RIFF" and content[8:12] == b"WEBP" else ""


def named_in(page: str) -> frozenset[str]:
    """Return the Content-IDs that the places of a sanitised page may mean."""
    return frozenset(name for found in _PLACE.finditer(page) for name in _names(found[2]))


class Unplaced(Enum):
    """Why a place of a letter's page has no picture; the value is how its words are named."""

    LARGE = "letter.places_left"
    OTHER = "letter.places_other"
    ABSENT = "letter.places_absent"


def with_pictures(
    page: str, pictures: Mapping[str, str | Unplaced]
) -> tuple[str, Counter[Unplaced]]:
    """Return a sanitised page with pictures in their places, and how many places stay empty.

    So do those beyond ``MAX_PLACED``, as one picture may stand in as many places as a page has
    tags.
    """
    room, left = MAX_PLACED, Counter[Unplaced]()

    def place(found: re.Match[str]) -> str:
        nonlocal room
        named = (pictures[name] for name in _names(found[2]) if name in pictures)
        picture = next(named, Unplaced.ABSENT)
        if isinstance(picture, str) and len(picture) > room:
            picture = Unplaced.LARGE
        if isinstance(picture, Unplaced):
            left[picture] += 1
            return f"{found[1]}{found[3]}"
        room -= len(picture)
        return f"{found[1]}{picture}{found[3]}"

    return _PLACE.sub(place, page), left


def _names(address: str) -> tuple[str, str]:
    """Return what a ``cid:`` names: as it is written, as many write it, and as RFC 2392 has it."""
    written = unescape(address)
    return written.strip("<> "), unquote(written).strip("<> ")
