"""Every letter must fit the contract, whatever its bytes were."""

import json

from bridge.parse.letter import ParsedLetter
from contract.event import Email


def validated(read: ParsedLetter) -> ParsedLetter:
    """Build the contract's ``Email`` of ``read`` through JSON; raise where it does not fit."""
    data = {"mailbox": "support@example.com", **read.model_dump(mode="json", by_alias=True)}
    encoded = json.dumps(data, ensure_ascii=False).encode("utf-8")
    assert b"\x00" not in encoded
    assert b"\\u0000" not in encoded
    Email.model_validate_json(encoded)
    return read
