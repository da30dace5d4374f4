"""Pictures that a letter brought: what their first bytes say, and their places in its page."""

import re
from collections.abc import Mapping
from urllib.parse import unquote

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


def with_pictures(page: str, pictures: Mapping[str, str]) -> str:
    """Return a sanitised page with pictures in the places of their Content-IDs (RFC 2392).

    A place whose picture is not there stays empty.
    """

    def place(found: re.Match[str]) -> str:
        picture = pictures.get(unquote(found[2]).strip("<> "))
        return f"{found[1]}{picture or ''}{found[3]}"

    return _PLACE.sub(place, page)
