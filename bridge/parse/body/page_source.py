"""A page's source rewritten so that sanitising loses nothing that a browser shows."""

import re

# A bare address that a template put into a page: browsers take it for a tag and show nothing.
_NO_TAG = re.compile(
    r"<([\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}|https?://[^\s<>\"']{1,500})>"
)
# A second page that gateways and lists append begins on a line of its own.
_PAGE_ENDS = re.compile(r"</(?:html|body)\s*>(?=\s*(?:[^\s<]|<(?!/)))", re.IGNORECASE)
# Block elements that sanitising does not keep as blocks.
_BLOCK = re.compile(r"<(/?)(?:details|summary|fieldset|legend|hgroup|dialog|menu|dir)\b", re.I)
_BLOCKS = (
    "<details",
    "<summary",
    "<fieldset",
    "<legend",
    "<hgroup",
    "<dialog",
    "<menu",
    "<dir",
)
# Of a form's choice the chosen option is shown; one whose options do not end would swallow the
# rest. Text typed into a field and ticked boxes are shown, too.
_SELECT = re.compile(r"<select\b(?:[^<]|<(?!/?select\b))*+</select\s*>", re.IGNORECASE)
_CHOSEN = re.compile(r"<option\b[^<>]{0,300}\bselected\b[^<>]{0,300}>([^<]{0,300})", re.IGNORECASE)
_INPUT = re.compile(
    r"<input\b((?:[^<>\"']|\"[^\"<>]{0,2000}\"|'[^'<>]{0,2000}'){0,50})>", re.IGNORECASE
)
_ATTRIBUTE = re.compile(
    r"\b(type|value|checked)\b(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?", re.IGNORECASE
)
_TYPED = ("", "text", "email", "tel", "url", "number", "date", "time", "search", "datetime-local")
_TICKED = ("checkbox", "radio")
# Elements that keep their lines (CSS Text 3, 3): up to their end, or to one of their kind inside.
_KEEPS_LINES = re.compile(
    r"(<(div|p|span|td|font)\b[^<>]{0,500}?\bwhite-space\s*:\s*(?:pre|break-spaces)\b[^<>]{0,500}>)"
    r"((?:[^<]|<(?!/?\2\b))*+)",
    re.IGNORECASE,
)
_WITH_LINE_ENDS = re.compile(r"<[^<>]*+>|\r?\n")


def as_browsers_show(source: str) -> str:
    """Return the source with addresses as text, and with line breaks where a browser shows them."""
    source = _NO_TAG.sub(r"&lt;\1&gt;", source)
    small = source.lower()  # few pages have any: plain searches before patterns
    if small.count("</html") != 1 or not small.endswith("</html>", 0, len(small.rstrip())):
        source = _PAGE_ENDS.sub("<div></div>", source) if "</body" in small else source
    if "<select" in small:
        source = _SELECT.sub(_chosen, source)
    if "<input" in small:
        source = _INPUT.sub(_typed, source)
    if "white-space" in small:
        source = _KEEPS_LINES.sub(_with_breaks, source)
    if any(tag in small for tag in _BLOCKS):
        source = _BLOCK.sub(r"<\1div", source)
    return source


def _chosen(select: re.Match[str]) -> str:
    return " ".join(("", *map(str.strip, _CHOSEN.findall(select[0])), ""))


def _typed(field: re.Match[str]) -> str:
    told = {name.lower(): "".join(values) for name, *values in _ATTRIBUTE.findall(field[1])}
    kind = told.get("type", "").strip().lower()
    if kind in _TICKED and "checked" in told:
        return " [x] "
    return f" {told.get('value', '')} " if kind in _TYPED else field[0]


def _with_breaks(found: re.Match[str]) -> str:
    text = _WITH_LINE_ENDS.sub(lambda one: one[0] if one[0][0] == "<" else "<br>", found[3])
    return found[1] + text
