"""A page's source written so that what a browser shows is not lost when it is made safe."""

import re

# An address that a template put into a page as it is: browsers take it for a tag, and show nothing.
_NO_TAG = re.compile(
    r"<([\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}|https?://[^\s<>\"']{1,500})>"
)
# A page behind a page, as gateways and lists append them, begins on a line of its own.
_PAGE_ENDS = re.compile(r"</(?:html|body)\s*>(?=\s*(?:[^\s<]|<(?!/)))", re.IGNORECASE)
# Blocks that are not kept as such.
_BLOCK = re.compile(
    r"<(/?)(?:details|summary|fieldset|legend|hgroup|dialog|menu|dir|noscript)\b", re.I
)
_BLOCKS = (
    "<details",
    "<summary",
    "<fieldset",
    "<legend",
    "<hgroup",
    "<dialog",
    "<menu",
    "<dir",
    "<noscript",
)
# A choice that was made in a form shows nothing here; one whose options do not end would swallow
# what follows.
_SELECT = re.compile(r"<select\b(?:[^<]|<(?!/?select\b))*+</select\s*>", re.IGNORECASE)
# What is to keep its lines (CSS Text 3, 3): up to the element's end, or to one of its kind in it.
_KEEPS_LINES = re.compile(
    r"(<(div|p|span|td|font)\b[^<>]{0,500}?\bwhite-space\s*:\s*(?:pre|break-spaces)\b[^<>]{0,500}>)"
    r"((?:[^<]|<(?!/?\2\b))*+)",
    re.IGNORECASE,
)
_WITH_LINE_ENDS = re.compile(r"<[^<>]*+>|\r?\n")


def as_browsers_show(source: str) -> str:
    """Return the source with addresses as text, and with lines where a browser shows them."""
    source = _NO_TAG.sub(r"&lt;\1&gt;", source)
    small = source.lower()  # what is looked for is in few pages: plain searches before patterns
    if small.count("</html") != 1 or not small.endswith("</html>", 0, len(small.rstrip())):
        source = _PAGE_ENDS.sub("<div></div>", source) if "</body" in small else source
    if "<select" in small:
        source = _SELECT.sub(" ", source)
    if "white-space" in small:
        source = _KEEPS_LINES.sub(_with_breaks, source)
    if any(tag in small for tag in _BLOCKS):
        source = _BLOCK.sub(r"<\1div", source)
    return source


def with_ends(source: str) -> str:
    """Return the source with what was opened and never ended, a style or a remark, put to an end.

    A browser shows nothing behind it either; so this is for a page of which nothing is left.
    """
    small = source.lower()
    opened = small.rfind("<!--")
    if opened >= 0 and "-->" not in small[opened:]:
        return source[:opened] + source[opened + len("<!--") :]
    for name in ("style", "title", "script"):
        opened = small.rfind(f"<{name}")
        if opened < 0 or f"</{name}" in small[opened:]:
            continue
        behind = [at for tag in ("</head", "<body") if (at := small.find(tag, opened)) > 0]
        if behind:
            return f"{source[: min(behind)]}</{name}>{source[min(behind) :]}"
    return source


def _with_breaks(found: re.Match[str]) -> str:
    text = _WITH_LINE_ENDS.sub(lambda one: one[0] if one[0][0] == "<" else "<br>", found[3])
    return found[1] + text
