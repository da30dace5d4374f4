"""yEnc files in a text, as programs for Usenet and some gateways send them.

A block is read as bytes, before the charset matters.
"""

import re

from bridge.parse.structure.encodings.transfer_encoding import YENC_BLOCK, yenc_decode
from bridge.parse.structure.mime import Node, file_node

MAX_FILES = 20


def take_yenc(content: bytes) -> tuple[bytes, list[Node]]:
    """Return ``content`` without its yEnc blocks, and their files; at most ``MAX_FILES``."""
    files: list[Node] = []

    def taken(found: re.Match[bytes]) -> bytes:
        decoded = yenc_decode(found["lines"])
        if not decoded or len(files) == MAX_FILES:
            return found.group()
        name = found["name"].strip(b' "').decode("utf-8", "replace")
        files.append(file_node(name, decoded))
        return b""

    return (YENC_BLOCK.sub(taken, content) if b"=ybegin " in content else content), files
