"""Which parts of a letter are its words, and which are files (faults F10 to F13).

An attached letter is a file here, never words: mail-parser mixes its text into the sender's.
"""

import re
from dataclasses import dataclass, field, replace
from typing import Any

from bridge.parse.structure.mime import Node
from bridge.parse.structure.true_type import (
    is_source,
    is_source_beside_page,
    is_tagless,
    says_the_same,
    shows_nothing,
    stands_in,
)
from bridge.parse.text.charset import read_text
from bridge.parse.text.encoded_words import decode_words
from bridge.parse.text.legible import has_visible

MAX_SUBJECT = 500
TEXT_TYPES = ("text/plain", "text/html")
_AS_TEXT: dict[str, Any] = {
    "content_type": "text/plain",
    "encoding": "",
    "children": [],
    "preamble": b"",
}
_REMARK = re.compile(rb"\bmime\b|multi-?part|http-equiv", re.IGNORECASE)

# HTML for programs with their own way to show mail, beside the HTML for all others.
_PAGES_FOR_SOME = ("text/x-amp-html", "text/watch-html", "text/x-watch-html")
# Older rich text (RFC 1896, RFC 1341 7.1.3): as an alternative it repeats the others.
_RICH_TEXTS = ("text/enriched", "text/richtext", "text/markdown", "text/x-markdown")
_MACS_OWN = "application/applefile"  # only a Mac can use it (RFC 1740)
# Read by programs in place of the words beside it, never by people: Gmail's reactions.
_FOR_PROGRAMS = ("text/vnd.google.email-reaction+json",)
# Alternatives that hold more than the words beside them: appointments, contacts, tables.
_OF_THEIR_OWN = re.compile(r"text/(?:x-)?(?:v?calendar|v-?card|directory|csv|patch|diff)")
_SAYS_AGAIN = re.compile(r"text/.+|application/(?:(?:x-)?rtf|json|xml|[^/]+\+(?:json|xml))")


@dataclass(frozen=True, slots=True)
class Passage:
    """One stretch of the letter: its plain parts and its HTML parts say the same."""

    plain: tuple[Node, ...] = ()
    pages: tuple[Node, ...] = ()

    @property
    def nodes(self) -> tuple[Node, ...]:
        """All parts of the passage."""
        return self.plain + self.pages


@dataclass(slots=True)
class Choice:
    """The passages in the letter's order, and the parts that are files.

    ``pages_for_some`` repeat the passages; they count only if there are no passages.
    """

    passages: list[Passage] = field(default_factory=list)
    files: list[Node] = field(default_factory=list)
    pages_for_some: list[Node] = field(default_factory=list)
    subject: str = ""


def choose(root: Node) -> Choice:
    """Tell body parts from files as RFC 8621 4.1.4 does."""
    choice = Choice(subject=_subject_of(root))
    _walk(root, "", 0, choice)
    if not choice.passages:
        for node in choice.pages_for_some:
            node.content_type = "text/html"
            choice.passages.append(Passage(pages=(node,)))
    if not choice.passages:
        words = [node for node in choice.files if _may_be_words(node)]
        choice.files = [node for node in choice.files if node not in words]
        choice.passages += [Passage(plain=(node,)) for node in words]
    choice.passages = _told_once(choice.passages)
    is_report = root.content_type == "multipart/report"  # its parts say the same
    if not choice.passages and not is_report and _is_text(root.preamble):
        choice.passages.append(Passage(plain=(replace(root, encoded=root.preamble, **_AS_TEXT),)))
    return choice


def _told_once(passages: list[Passage]) -> list[Passage]:
    """Merge a text and the HTML beside it that says the same into one passage.

    A program put alternatives beside each other as if they were separate parts.
    """
    told: list[Passage] = []
    for passage in passages:
        both = (
            Passage(told[-1].plain + passage.plain, told[-1].pages + passage.pages)
            if told
            else passage
        )
        is_one = told and len(told[-1].nodes) == len(passage.nodes) == len(both.plain) == 1
        if is_one and says_the_same(both.plain[0], both.pages[0]):
            told[-1] = both
        else:
            told.append(passage)
    return told


def _subject_of(root: Node) -> str:
    subject = root.block.first("subject") or b""
    return decode_words(read_text(subject[:MAX_SUBJECT])) if root.is_multipart else ""


def _is_text(preamble: bytes) -> bool:
    """Tell whether the preamble is the letter's text (RFC 2046 5.1.1: a remark)."""
    return has_visible(read_text(preamble)) and not _REMARK.search(preamble)


def _may_be_words(node: Node) -> bool:
    """Tell whether a text of an unknown type is the letter's text (RFC 2046 4.1.4)."""
    own_reader = node.content_type in ("text/calendar", "text/rtf")
    named = bool(node.filename) or node.disposition == "attachment"
    return node.content_type.startswith("text/") and not own_reader and not named


def _walk(node: Node, parent: str, position: int, choice: Choice) -> None:
    """Walk the tree; its depth is bounded by ``mime.MAX_DEPTH``."""
    if node.content_type == "multipart/alternative" and node.is_multipart:
        _walk_alternative(node, choice)
    elif node.is_multipart:
        root = _root_of(node)
        for number, child in enumerate(node.children):
            if child.content_type == _MACS_OWN and node.content_type == "multipart/appledouble":
                continue
            _walk(child, node.content_type, 0 if child is root else max(number, 1), choice)
        if node.encoded:  # a seal that was opened is kept beside its content
            choice.files.append(node)
    elif parent and node.content_type in _PAGES_FOR_SOME and node.disposition != "attachment":
        choice.pages_for_some.append(node)
    elif parent == "multipart/alternative" and node.content_type in _FOR_PROGRAMS:
        return
    elif not _is_body(node, parent, position):
        if node.encoded.strip() or node.filename or node.content_type not in TEXT_TYPES:
            choice.files.append(node)
    elif node.content_type == "text/html" and is_tagless(node):
        node.content_type = "text/plain"
        choice.passages.append(Passage(plain=(node,)))
    elif node.content_type == "text/html" or is_source(node):
        node.content_type = "text/html"
        choice.passages.append(Passage(pages=(node,)))
    else:
        choice.passages.append(Passage(plain=(node,)))


def _root_of(node: Node) -> Node:
    """Return the main part: the first, in multipart/related the first HTML."""
    if node.content_type == "multipart/related":
        start = node.parameters.get("start", "").strip("<> ").encode()
        for child in node.children:  # RFC 2387 3.2
            if start and (child.block.first("content-id") or b"").strip(b"<> ") == start:
                return child
        for child in node.children:
            if child.is_multipart or child.content_type in TEXT_TYPES:
                return child
    return node.children[0]


def _walk_alternative(node: Node, choice: Choice) -> None:
    """Take the first plain alternative and the last one with HTML (RFC 2046 5.1.4)."""
    plain: tuple[Node, ...] = ()
    pages: tuple[Node, ...] = ()
    rich = [
        child for child in node.children if child.content_type in _RICH_TEXTS and not child.filename
    ]
    again = [child for child in node.children if child not in rich and _says_again(child)]
    for child in node.children:
        if (child in rich and len(rich) < len(node.children)) or child in again:
            continue
        inner = Choice([], choice.files, choice.pages_for_some, choice.subject)
        _walk(child, node.content_type, 0, inner)
        found = tuple(page for passage in inner.passages for page in passage.pages)
        words = tuple(one for passage in inner.passages for one in passage.plain)
        if found and (not pages or not all(map(shows_nothing, found))):
            pages = found
        if words and (not plain or all(map(shows_nothing, plain))):
            plain = words
    if pages and all(
        is_source_beside_page(one) or stands_in(one, pages, choice.subject) for one in plain
    ):
        plain = ()
    if plain or pages:
        choice.passages.append(Passage(plain, pages))
    if all(map(shows_nothing, plain + pages)):
        choice.files += again


def _says_again(node: Node) -> bool:
    """Tell whether an alternative of a type that is not shown repeats those beside it.

    A sender who means a file gives it a name or a disposition.
    """
    kind = node.content_type
    known = kind in TEXT_TYPES or kind in _PAGES_FOR_SOME or kind in _FOR_PROGRAMS
    if known or node.filename or node.disposition or node.children or _OF_THEIR_OWN.match(kind):
        return False
    return _SAYS_AGAIN.fullmatch(kind) is not None


def _is_body(node: Node, parent: str, position: int) -> bool:
    """Tell whether a text is the body: a named one only if it stands first (F13), or alone.

    In ``related``, parts behind the root are files, unless nothing there gives them a name: then
    nobody can refer to them, and they are text.
    """
    attached = node.disposition == "attachment" and (parent or node.filename)
    if attached or node.content_type not in TEXT_TYPES:
        return False
    if position == 0 or node.filename:
        return position == 0
    named = any(map(node.block.first, ("content-id", "content-location", "content-disposition")))
    return parent != "multipart/related" or not named
