"""HTML made harmless before it is stored or shown."""

import nh3

MAX_HTML = 1024 * 1024


def sanitise(page: str) -> str:
    """Return ``page`` without scripts, styles, forms and anything remote."""
    return nh3.clean(page[:MAX_HTML])
