"""Pictures that a letter brought: what their first bytes say, and their places in its page."""

import re
from collections.abc import Mapping
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


def with_pictures(page: str, pictures: Mapping[str, str | None]) -> tuple[str, int]:
    """Return a sanitised page with pictures in their places, and how many found no room there.

    A place whose picture is not there stays empty; so does one beyond ``MAX_PLACED``, as one
    picture may stand in as many places as a page has tags. Of one that is too large for any place
    ``pictures`` has None.
    """
    room, left = MAX_PLACED, 0

    def place(found: re.Match[str]) -> str:
        nonlocal room, left
        picture = next((pictures[name] for name in _names(found[2]) if name in pictures), "")
        if picture is None or len(picture) > room:
            left += 1
            return f"{found[1]}{found[3]}"
        room -= len(picture)
        return f"{found[1]}{picture}{found[3]}"

    return _PLACE.sub(place, page), left


def _names(address: str) -> tuple[str, str]:
    """Return what a ``cid:`` names: as it is written, as many write it, and as RFC 2392 has it."""
    written = unescape(address)
    return written.strip("<> "), unquote(written).strip("<> ")
