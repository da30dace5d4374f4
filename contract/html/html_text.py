"""HTML as text that reads like the letter: lists, links, tables, quotes as ``>``.

It walks the well-formed page from ``sanitise`` once, with a stack of open blocks.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape

from contract.html.sanitise import INDENT_MARK, RULE_MARK, TOKEN, without_entities

MAX_FRAMES = 40
MAX_ITEMS = 6
MAX_QUOTES = 10
MAX_LINK = 500

_SPACE = re.compile(r"[ \t\r\n\f\u00a0]+")
# Invisible filler that newsletters put behind the subject.
_FILLERS = re.compile(r"(?:[\u200b\u200c\u034f\ufeff\u00ad\u2007][ \u00a0]{0,3}){3,}")
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')
_LINES = frozenset({
    "div", "tr", "li", "dt", "dd", "address", "article", "aside", "center", "figure",
    "figcaption", "footer", "header", "main", "nav", "section", "caption", "table", "tbody",
    "thead", "tfoot",
})  # fmt: skip
_PARAGRAPHS = frozenset({
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "blockquote", "pre",
})  # fmt: skip
_FRAMES = frozenset(["blockquote", "li", "td", "th", "tr", "a", "pre"])


@dataclass(slots=True)
class _Frame:
    """The lines of one open element; at its end they join those of the outer one."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    line: str = ""
    margin: bool = False
    cells: list[str] = field(default_factory=list)
    number: int | None = None

    def flush(self) -> None:
        if self.line.strip():
            self._add(_shown(self.line))
        self.line = ""

    def break_line(self) -> None:
        self._add(_shown(self.line))
        self.line = ""

    def _add(self, line: str) -> None:
        if self.margin and self.lines and self.lines[-1]:
            self.lines.append("")
        self.margin = False
        self.lines.append(line)

    def add_lines(self, lines: list[str]) -> None:
        self.flush()
        if lines:
            self._add(lines[0])
            self.lines += lines[1:]


def text_of(page: str, images: Mapping[str, str] | None = None) -> str:
    """Return the text of sanitised HTML; ``images`` names inline images by their Content-ID."""
    renderer = _Renderer(images or {})
    for token in TOKEN.finditer(page):
        closing, name, attributes = token.group(1, 2, 3)
        if not name:
            renderer.text(without_entities(token.group()))
        elif closing:
            renderer.end(name)
        else:
            renderer.start(name, attributes)
    return renderer.result()


class _Renderer:
    def __init__(self, images: Mapping[str, str]) -> None:
        self.images = images
        self.stack = [_Frame("")]
        self.lists: list[int | None] = []

    @property
    def top(self) -> _Frame:
        return self.stack[-1]

    def text(self, text: str) -> None:
        if "pre" in (self.stack[-1].name, self.stack[-2:][0].name, self.stack[-3:][0].name):
            self._verbatim(text)
            return
        top, text = self.stack[-1], _SPACE.sub(" ", text)
        if not top.line or top.line.endswith(" "):
            text = text.lstrip(" ") if top.name != "a" else text
        top.line += text

    def _verbatim(self, text: str) -> None:
        first, *more = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self.top.line += first
        for line in more:
            self.top.break_line()
            self.top.line = line

    def start(self, name: str, attributes: str) -> None:
        values: dict[str, str] = {}
        if attributes:
            values = {key: unescape(value) for key, value in _ATTRIBUTE.findall(attributes)}
        if name == "br":
            self.top.break_line()
        elif name == "hr" or (values and values.get("style") == RULE_MARK):
            self.top.add_lines(["-" * 20])
        elif name == "img":
            self.text(self._image(values))
        elif name in ("ul", "ol"):
            start = values.get("start", "1")
            self.lists.append(int(start) if start.isdecimal() else 1)
            if name == "ul":
                self.lists[-1] = None
        self._boundary(name)
        if name in _FRAMES and self._has_room(name):
            self.stack.append(_Frame(name, values))

    def _has_room(self, name: str) -> bool:
        """Every frame copies its lines once: bound how deep frames may nest."""
        limit = {"blockquote": MAX_QUOTES, "li": MAX_ITEMS}.get(name)
        if len(self.stack) < (MAX_FRAMES if limit is None else limit):
            return True
        return limit is not None and [frame.name for frame in self.stack].count(name) < limit

    def end(self, name: str) -> None:
        if name in ("ul", "ol") and self.lists:
            self.lists.pop()
        if name in _FRAMES and any(frame.name == name for frame in self.stack):
            while self.top.name != name:
                self._close(self.stack.pop())
            self._close(self.stack.pop())
        self._boundary(name)

    def _boundary(self, name: str) -> None:
        paragraph = name in _PARAGRAPHS
        if paragraph or name in _LINES:
            top = self.stack[-1]
            if top.line:
                top.flush()
            nested_list = name in ("ul", "ol") and any(f.name == "li" for f in self.stack[-2:])
            if paragraph and not nested_list:
                top.margin = True

    def _close(self, frame: _Frame) -> None:
        if frame.name == "a":
            self._close_link(frame)
            return
        frame.flush()
        lines = _stripped(frame.lines)
        if frame.name in ("td", "th"):
            self.top.cells.append("\n".join(lines))
        elif frame.name == "tr":
            self.top.add_lines(_row(frame.cells, lines))
        elif frame.name == "li":
            self.top.add_lines(_item(lines, self._marker()))
        elif frame.name == "blockquote":
            self.top.margin = True
            self.top.add_lines((_indented if _only_indents(frame) else _quoted)(lines))
        else:
            self.top.add_lines(lines)

    def _marker(self) -> str:
        number = self.lists[-1] if self.lists else None
        if number is None:
            return "- "
        self.lists[-1] = number + 1
        return f"{number}. "

    def _close_link(self, frame: _Frame) -> None:
        """Write the words of a link, and its address unless the words show it."""
        href = frame.attributes.get("href", "").strip()
        words = " ".join([*frame.lines, frame.line]).strip()
        shown = f" <{href}>" if words and _tells_more(href, words) else ""
        for line in frame.lines:
            self.text(line)
            self.top.break_line()
        self.text(frame.line.rstrip() + shown + (" " if frame.line.endswith(" ") else ""))

    def _image(self, values: dict[str, str]) -> str:
        alt = _SPACE.sub(" ", values.get("alt", "")).strip()
        source = values.get("src", "")
        if source.lower().startswith("cid:"):
            return f"[image: {self.images.get(source[4:], '') or alt or source[4:]}]"
        return alt

    def result(self) -> str:
        while len(self.stack) > 1:
            self._close(self.stack.pop())
        self.top.flush()
        text = _FILLERS.sub("", "\n".join(_stripped(self.top.lines)))
        return re.sub(r"\n{4,}", "\n\n\n", text)


def _shown(line: str) -> str:
    """Return the line without trailing blanks, except a signature's delimiter (RFC 3676 4.3)."""
    return "-- " if line == "-- " else line.rstrip()


def _stripped(lines: list[str]) -> list[str]:
    first, last = 0, len(lines)
    while first < last and not lines[first].strip():
        first += 1
    while last > first and not lines[last - 1].strip():
        last -= 1
    return lines[first:last]


def _row(cells: list[str], stray: list[str]) -> list[str]:
    """Put cells of one line each beside each other, others below each other."""
    cells = [cell for cell in cells if cell.strip()]
    if any("\n" in cell for cell in cells):
        return [line for cell in cells for line in cell.split("\n")] + stray
    return (["\t".join(cells)] if cells else []) + stray


def _item(lines: list[str], marker: str) -> list[str]:
    if not lines:
        return []
    indent = " " * len(marker)
    return [marker + lines[0], *(indent + line if line else "" for line in lines[1:])]


def _quoted(lines: list[str]) -> list[str]:
    return ["> " + line if line and line[0] != ">" else ">" + line for line in lines]


def _only_indents(frame: _Frame) -> bool:
    return frame.attributes.get("style") == INDENT_MARK and "type" not in frame.attributes


def _indented(lines: list[str]) -> list[str]:
    return [f"    {line}" if line else "" for line in lines]


def _tells_more(href: str, words: str) -> bool:
    if not href or len(href) > MAX_LINK or href.startswith("#"):
        return False
    return _bare(href) not in _bare(words)


def _bare(address: str) -> str:
    stripped = re.sub(r"^(?:https?://|mailto:|tel:)?(?:www\.)?", "", address.strip().lower())
    return stripped.partition("?")[0].rstrip("/") if "@" in stripped else stripped.rstrip("/")
