"""HTML made harmless before it is stored or shown: no script, style, form or remote content."""

import re
from functools import lru_cache

import nh3

from contract.html.bounds import bounded
from contract.html.colours import mark_of_style

TAGS = frozenset({
    "a", "abbr", "address", "article", "aside", "b", "big", "blockquote", "br", "caption",
    "center", "cite", "code", "col", "colgroup", "dd", "del", "dfn", "div", "dl", "dt", "em",
    "figcaption", "figure", "font", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
    "i", "img", "ins", "kbd", "li", "main", "mark", "nav", "ol", "p", "pre", "q", "s", "samp",
    "section", "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td",
    "textarea", "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var",
})  # fmt: skip
_WITH_CONTENT = frozenset({
    "script", "style", "title", "noscript", "noembed", "option", "xml", "xmp",
    "plaintext",
})  # fmt: skip
_ATTRIBUTES = {
    "*": {"style", "hidden", "dir", "lang", "align"},
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan", "valign"},
    "th": {"colspan", "rowspan", "valign"},
    "table": {"border", "cellpadding", "cellspacing"},
    "font": {"color", "size"},
    "ol": {"start"},
    "blockquote": {"type"},
}
# Whole declarations: `backface-visibility:hidden` and `fill-opacity:0` hide nothing.
HIDES = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all"
    r"|opacity\s*:\s*0(?:\.0+)?)\s*(?:!\s*important\s*)?(?:;|$)",
    re.IGNORECASE,
)
# Relative addresses would lead to pages of the site that shows the letter.
_LEADS_OUT = re.compile(r"\s*(?:https?:|mailto:|tel:|//)", re.IGNORECASE)
_HIDDEN_MARK = "display:none"
_HIDDEN = (f'style="{_HIDDEN_MARK}"', ' hidden=""')
# Editors' "indent" writes a blockquote that quotes nobody (Gmail, Apple Mail, Chromium). The new
# Outlook's sets only the margins above and below, or 40 pixels beside them.
_INDENTS = re.compile(
    r"^(?=.*\bmargin(?:-left)?\s*:)(?=.*\bborder(?:-width)?\s*:\s*(?:none|0))(?!.*\bborder-left)|"
    r"^(?!.*\bborder)(?=.*\bmargin-top\s*:\s*0)(?=.*\bmargin-bottom\s*:\s*0)"
    r"(?!.*\bmargin-left\s*:(?!\s*(?:[34]0px|0)))",
    re.IGNORECASE | re.DOTALL,
)
INDENT_MARK = "margin-left:40px;border:none"
# Outlook draws the rule above the letter it answers as the upper border of a block.
_RULES = re.compile(
    r"^(?=.*\bborder(?:-bottom)?\s*:\s*(?:medium\s+)?none)(?=.*\bborder-top\s*:[^;]*\bsolid)|"
    r"^.*\bborder-style\s*:\s*solid none none",
    re.IGNORECASE | re.DOTALL,
)
RULE_MARK = "border:none;border-top:1px solid"
# Elements whose text may be coloured by the writer; a table's colour is decoration.
_OF_WORDS = frozenset({"span", "p", "div", "font", "b", "i", "u", "em", "strong", "mark", "li"})
_VOID = frozenset({"br", "hr", "img", "col"})
# https://html.spec.whatwg.org/#escapingString; `&amp;` comes last, so that nothing is undone twice.
_ENTITIES = (("&nbsp;", "\xa0"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&"))
TOKEN = re.compile(r'<(/?)([a-z0-9]+)((?:[^>"]|"[^"]*")*)>|[^<]+|<')


def without_entities(text: str) -> str:
    """Return the text between the tags of sanitised HTML, which has only these five entities."""
    if "&" not in text:
        return text
    for entity, sign in _ENTITIES:
        text = text.replace(entity, sign)
    return text


def sanitise_within(page: str, room: int) -> str:
    """Return ``page`` made harmless, in at most ``room`` bytes of UTF-8.

    Escapes and closing tags make a page longer, so it is cut and read again until it fits.
    """
    clean = sanitise(page)
    while (size := len(clean.encode())) > room:
        page = page[: len(page) * room // size * 9 // 10]
        clean = sanitise(page)
    return clean


def sanitise(page: str) -> str:
    """Return ``page`` as well-formed HTML of harmless elements; hidden ones are removed.

    Links keep http, https, mailto and tel, and none is relative; an image keeps only a ``cid:`` of
    a part of the letter. Both sides sanitise: the result is harmless again, and only ill-nested
    elements move.
    """
    if not page.strip():
        return ""
    clean = _CLEANER.clean(bounded(page.replace("\x00", "")))
    if "<textarea" in clean:  # text typed into a form, with its lines
        clean = clean.replace("<textarea", "<pre").replace("</textarea>", "</pre>")
    clean = _without_hidden(clean) if any(mark in clean for mark in _HIDDEN) else clean
    return clean if clean.strip() else ""


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Return the value to keep, or None; a style keeps hiding, indent, rule and colour."""
    if name == "hidden":
        return ""
    if name == "style":
        return _style(tag, value)
    if name == "src":
        return value if value.lower().startswith("cid:") else None
    if name == "href":
        return value if _LEADS_OUT.match(value) else None
    return value


@lru_cache(maxsize=2048)  # a page says nearly the same few everywhere
def _style(tag: str, value: str) -> str | None:
    if HIDES.search(value[:2000]):
        return _HIDDEN_MARK
    if tag == "div" and _RULES.match(value[:2000]):
        return RULE_MARK
    if tag == "blockquote":
        return INDENT_MARK if _INDENTS.match(value[:2000]) else None
    return mark_of_style(value) if tag in _OF_WORDS and "o" in value else None


# Made once: preparing its lists takes longer than cleaning a short letter.
_CLEANER = nh3.Cleaner(
    tags=set(TAGS),
    clean_content_tags=set(_WITH_CONTENT),
    attributes=_ATTRIBUTES,
    attribute_filter=_attribute,
    strip_comments=True,
    link_rel="noopener noreferrer nofollow",
    url_schemes={"http", "https", "mailto", "tel", "cid"},
)


def _without_hidden(page: str) -> str:
    """Drop hidden elements from well-formed HTML; what a reader never saw is not part of a text."""
    output: list[str] = []
    hidden_depth = 0
    for token in TOKEN.finditer(page):
        closing, name, attributes = token.group(1, 2, 3)
        if hidden_depth:
            if name and name not in _VOID:
                hidden_depth += -1 if closing else 1
            continue
        if name and not closing and any(mark in attributes for mark in _HIDDEN):
            hidden_depth = int(name not in _VOID)
            continue
        output.append(token.group())
    return "".join(output)
