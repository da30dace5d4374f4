"""Which parts are the letter's own words, and how they read as text and as HTML."""

from dataclasses import dataclass

from bridge.parse.charset import is_of_headers, read_text
from bridge.parse.flowed import unflow
from bridge.parse.html_text import text_of
from bridge.parse.mime import Node
from bridge.parse.plain import clean_text
from bridge.parse.sanitise import sanitise

_TEXT = ("text/plain", "text/html")


@dataclass(frozen=True, slots=True)
class Body:
    """The text, the sanitised HTML, and the parts that are neither: the attachments."""

    text: str
    html: str
    rest: tuple[Node, ...]


def read_body(root: Node) -> Body:
    """Choose the body parts as RFC 8621 4.1.4 does and read them in the letter's order."""
    chosen: list[tuple[Node, Node | None]] = []
    rest: list[Node] = []
    _choose(root, "", 0, chosen, rest)
    texts: list[str] = []
    pages: list[str] = []
    for plain, html in chosen:
        page = sanitise(_decoded(html)) if html else ""
        text = plain_text(plain) if plain.content_type == "text/plain" else ""
        texts.append(text if text.strip() else text_of(page))
        if page:
            pages.append(page)
    if not any(text.strip() for text in texts):
        texts = [_report(rest)]
    joined = "\n".join(text for text in texts if text.strip())
    return Body(joined, "\n".join(pages), tuple(rest))


def _report(rest: list[Node]) -> str:
    """Of a report without words the machine's part is all there is to read (RFC 3464)."""
    report = next((node for node in rest if node.content_type == "message/delivery-status"), None)
    return clean_text(_decoded(report)) if report else ""


def plain_text(node: Node) -> str:
    """Return a text part as written, flowed lines joined."""
    text = clean_text(_decoded(node))
    if node.parameters.get("format", "").lower() == "flowed":
        text = unflow(text, node.parameters.get("delsp", "").lower() == "yes")
    return text


def _decoded(node: Node) -> str:
    return read_text(node.content, node.parameters.get("charset", ""))


def _choose(
    node: Node,
    parent: str,
    position: int,
    chosen: list[tuple[Node, Node | None]],
    rest: list[Node],
) -> None:
    if not node.is_multipart:
        if _is_body(node, parent, position):
            chosen.append((node, node if node.content_type == "text/html" else None))
        else:
            if node.content_type not in _TEXT or node.encoded.strip():
                rest.append(node)
        return
    if node.content_type == "multipart/alternative":
        _choose_alternative(node, chosen, rest)
        return
    for number, child in enumerate(node.children):
        _choose(child, node.content_type, number, chosen, rest)


def _choose_alternative(
    node: Node, chosen: list[tuple[Node, Node | None]], rest: list[Node]
) -> None:
    inner: list[tuple[Node, Node | None]] = []
    for child in node.children:
        _choose(child, "multipart/alternative", 0, inner, rest)
    plain = next((one for one, page in inner if page is None), None)
    page = next((page for _, page in reversed(inner) if page is not None), None)
    first = plain or page
    if first is not None:
        chosen.append((first, page))


def _is_body(node: Node, parent: str, position: int) -> bool:
    if node.disposition == "attachment" or node.content_type not in _TEXT:
        return False
    if position == 0:
        return True
    return parent != "multipart/related" and not node.filename


def charset_hint(root: Node) -> str:
    """Return the charset the letter's text is labelled with: its raw header is likely in it."""
    labels = (leaf.parameters.get("charset", "") for leaf in root.leaves())
    return next((label for label in labels if is_of_headers(label)), "")
