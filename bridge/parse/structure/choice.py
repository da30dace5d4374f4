"""Which parts of a letter are its own words, and which are files (faults F10 to F13).

An attached letter is a file here, never words: mail-parser mixes its text into the sender's.
"""

from dataclasses import dataclass, field

from bridge.parse.structure.mime import Node

TEXT_TYPES = ("text/plain", "text/html")


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
    """The passages in the letter's order, and the parts that are files."""

    passages: list[Passage] = field(default_factory=list)
    files: list[Node] = field(default_factory=list)


def choose(root: Node) -> Choice:
    """Tell body parts from files as RFC 8621 4.1.4 does."""
    choice = Choice()
    _walk(root, "", 0, choice)
    return choice


def _walk(node: Node, parent: str, position: int, choice: Choice) -> None:
    """Depth is bounded by ``mime.MAX_DEPTH``."""
    if node.content_type == "multipart/alternative" and node.is_multipart:
        _walk_alternative(node, choice)
    elif node.is_multipart:
        root = _root_of(node)
        for number, child in enumerate(node.children):
            _walk(child, node.content_type, 0 if child is root else max(number, 1), choice)
    elif not _is_body(node, parent, position):
        if node.encoded.strip() or node.filename or node.content_type not in TEXT_TYPES:
            choice.files.append(node)
    elif node.content_type == "text/html":
        choice.passages.append(Passage(pages=(node,)))
    else:
        choice.passages.append(Passage(plain=(node,)))


def _root_of(node: Node) -> Node:
    """Return the part that the others belong to: the first, in related the first page."""
    if node.content_type == "multipart/related":
        for child in node.children:
            if child.is_multipart or child.content_type in TEXT_TYPES:
                return child
    return node.children[0]


def _walk_alternative(node: Node, choice: Choice) -> None:
    """Take the first alternative in plain text and the last one with HTML (RFC 2046 5.1.4)."""
    plain: tuple[Node, ...] = ()
    pages: tuple[Node, ...] = ()
    for child in node.children:
        inner = Choice(files=choice.files)
        _walk(child, node.content_type, 0, inner)
        found = tuple(page for passage in inner.passages for page in passage.pages)
        words = tuple(one for passage in inner.passages for one in passage.plain)
        pages = found or pages
        if not any(one.encoded.strip() for one in plain):
            plain = words or plain
    if plain or pages:
        choice.passages.append(Passage(plain, pages))


def _is_body(node: Node, parent: str, position: int) -> bool:
    """A named text is the body only where it stands first (F13)."""
    if node.disposition == "attachment" or node.content_type not in TEXT_TYPES:
        return False
    return position == 0 or (parent != "multipart/related" and not node.filename)
