"""Outlook's Thread-Index: its first 22 bytes are the same in a whole conversation ([MS-OXOMSG]
2.2.1.3). Programs differ in the layout and change it between hops, so it is a hint, never a proof.
"""

import binascii
from base64 import b64decode

HEADER_BYTES = 22


def prefix(thread_index: str) -> str:
    """Return the header of a Thread-Index in hex, or nothing if it is none."""
    try:
        # A letter's field may be cut off: 22 bytes stand in the first 32 characters.
        header = b64decode("".join(thread_index.split())[:32], validate=True)
    except (binascii.Error, ValueError):
        return ""
    return header[:HEADER_BYTES].hex() if len(header) >= HEADER_BYTES else ""
