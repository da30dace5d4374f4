"""Words in angle brackets that nobody escaped, told from tags: ``<Ivan Petrov>``, ``<a@b.ru>``.

A browser drops a tag that it does not know, and what a tag says without ``=``. Who reads the
source reads words there.
"""

import re

ELEMENTS = frozenset(
    """
    a abbr acronym address applet area article aside audio b base basefont bdi bdo bgsound big blink
    blockquote body br button canvas caption center cite code col colgroup data datalist dd del
    details dfn dialog dir div dl dt em embed fieldset figcaption figure font footer form frame
    frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe image img input ins isindex kbd
    keygen label layer legend li link listing main map mark marquee math menu menuitem meta meter
    nav nobr noembed noframes noscript object ol optgroup option output p param picture plaintext
    pre progress q rb rp rt rtc ruby s samp script search section select slot small source spacer
    span strike strong style sub summary sup svg table tbody td template textarea tfoot th thead
    time title tr track tt u ul var video wbr xml xmp
    """.split()  # noqa: SIM905 - a list would take a line for each
)
# https://html.spec.whatwg.org/#boolean-attributes, and what editors write without a value.
_ALONE = frozenset(
    """
    allowfullscreen async autofocus autoplay border checked class compact contenteditable controls
    default defer dir disabled hidden id inert ismap itemscope lang loop multiple muted nohref
    noresize noshade novalidate nowrap open playsinline readonly required reversed selected style
    """.split()  # noqa: SIM905 - a list would take a line for each
)
# What needs no end tag, so that nobody can tell by it.
_ENDLESS = frozenset(
    """
    area base basefont bgsound body br col colgroup dd dt embed frame head hr html img input isindex
    keygen li link meta nobr option p param plaintext source spacer tbody td tfoot th thead tr track
    wbr
    """.split()  # noqa: SIM905 - a list would take a line for each
)
_TAG = re.compile(
    r"<!--.*?--!?>|<([A-Za-z][^\s<>/\"']*)((?:[^<>\"']++|\"[^\"]*\"|'[^']*'|[\"'])*+)(>?)",
    re.DOTALL,
)
_VALUED = re.compile(r"(?<![^\s\"'/])[^\s=\"'<>/]++\s*+=\s*+(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>]++)")
_WORD = re.compile(r"[^\W_]+")
OF_OFFICE = re.compile(r"/?[a-z]{1,3}\d?:[a-z]", re.IGNORECASE)
_SCHEME = re.compile(r"(?:https?|ftp):\Z", re.IGNORECASE)


def words_kept(page: str) -> str:
    """Return a page in which words in angle brackets are text."""
    return _TAG.sub(_Reader(page.lower()).read, page)


class _Reader:
    def __init__(self, small: str) -> None:
        self._ended = frozenset(re.findall(r"</([a-z][^\s<>/]*)", small))
        self._is_drawn = "<svg" in small or "<math" in small

    def read(self, tag: re.Match[str]) -> str:
        """Return a tag as it is, or its words with the bracket before them escaped."""
        name, said, end = tag.groups()
        if name is None:
            return tag.group()
        if not end and len(name) == 1 and "=" not in said and _is_behind_a_word(tag):
            return f"&lt;{tag.group()[1:]}"  # something is compared: a<b
        if name.lower() in ELEMENTS:
            is_one = end and (name.lower() in self._ended or name.lower() in _ENDLESS)
            return tag.group() if is_one or _is_markup(said) else _apart(name, said, end)
        return tag.group() if self._is_element(name, said) else f"&lt;{tag.group()[1:]}"

    def _is_element(self, name: str, said: str) -> bool:
        """Tell whether somebody meant an element that is none of HTML."""
        if "@" in name or (_SCHEME.match(name) and said.startswith("//")):
            return False
        if self._is_drawn or OF_OFFICE.match(name) or name.lower() in self._ended:
            return True
        return "=" in name + said or said.endswith("/")


def _is_behind_a_word(tag: re.Match[str]) -> bool:
    return tag.start() > 0 and tag.string[tag.start() - 1].isalnum()


def _is_markup(said: str) -> bool:
    return _ALONE.issuperset(_WORD.findall(_VALUED.sub(" ", said).lower()))


def _apart(name: str, said: str, end: str) -> str:
    """Return an element of HTML, with the words within its tag behind it or as text."""
    valued = " ".join(_VALUED.findall(said))
    if end:  # beside values it is an attribute that nobody knows
        return f"<{name}{said}{end}" if valued else f"&lt;{name}{said}{end}"
    words = _VALUED.sub(" ", said)
    return f"<{name} {valued}>{words}" if valued else f"<{name}>{words}"
