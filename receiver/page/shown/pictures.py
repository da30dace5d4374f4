"""A letter's pictures: their type by the first bytes, and their places in its HTML."""

import re
from collections import Counter
from collections.abc import Mapping
from enum import Enum
from html import unescape
from urllib.parse import unquote

MAX_PLACED = 4 * 1024 * 1024  # characters of all pictures in all of their places
BEGINNING = 12  # bytes that say what a picture is
_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
_PLACE = re.compile(r'(<img\b[^>]*?\ssrc=")cid:([^"]*)(")', re.IGNORECASE)


def kind_of(content: bytes) -> str:
    """Return the media type by a picture's first bytes, nothing for anything else."""
    for beginning, kind in _BEGINNINGS:
        if content.startswith(beginning):
            return kind
    return "image/webp" if content[:4] == b"RIFF" and content[8:12] == b"WEBP" else ""


def named_in(page: str) -> frozenset[str]:
    """Return the Content-IDs that a sanitised page may refer to."""
    return frozenset(name for found in _PLACE.finditer(page) for name in _names(found[2]))


class Unplaced(Enum):
    """Why a place in a letter's page has no picture; the value is the key of its words."""

    LARGE = "letter.places_left"
    OTHER = "letter.places_other"
    ABSENT = "letter.places_absent"


def with_pictures(
    page: str, pictures: Mapping[str, str | Unplaced]
) -> tuple[str, Counter[Unplaced]]:
    """Return a sanitised page with pictures in their places, and how many places stay empty.

    Places beyond ``MAX_PLACED`` stay empty, as one picture may stand in as many places as a page
    has tags.
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
    """Return the possible names in a ``cid:``: as written, as many write it, and as in RFC 2392."""
    written = unescape(address)
    return written.strip("<> "), unquote(written).strip("<> ")
