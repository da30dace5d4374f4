"""Cookies as a browser sends them back: RFC 6265 4.2. Pure."""


def cookie_in(header: str, name: str) -> str | None:
    """Return the value of a cookie in a ``Cookie`` field, the first of its name.

    Anybody may send 8 KB of them with every request: they are not made into objects, as the
    library does, which takes as long as ten whole answers.
    """
    for pair in header.split(";"):
        given, _, value = pair.partition("=")
        if given.strip() == name:
            return value.strip().removeprefix('"').removesuffix('"')
    return None
