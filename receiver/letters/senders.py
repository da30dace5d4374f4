"""The sender of a letter whose bytes do not name him: pure.

He is known only from the envelope, or from the caller who posted the letter. So the same bytes from
two senders are two letters. A copy without a known sender (IMAP, an import) may belong to any of
them.
"""

from collections.abc import Iterable
from typing import Any

from contract.reading.addresses import canonical
from receiver.letters.as_written import Fields

NOBODY = "unknown@unknown.invalid"  # how the bridge writes a sender that a letter does not name
_TOLD_BY = ("from", "sender", "reply-to", "return-path")  # as the bridge searches for one


def name_a_sender(fields: Fields) -> bool:
    """Tell whether a header has an address from which its sender may be read."""
    return any(b"@" in value for name in _TOLD_BY for value in fields.get(name, ()))


def senders(read: str, sources: Iterable[dict[str, Any]]) -> frozenset[str]:
    """Return the senders of copies, if this address was read; ``""`` is SMTP's null sender.

    Empty if no copy came by SMTP or was posted.
    """
    found = set()
    for source in sources:
        via, sent = source.get("via"), source.get("mail_from", "")
        if via == "smtp" or sent:
            found.add(canonical(sent))
        if (via in ("smtp", "http") or sent) and "@" in read and read != NOBODY:
            found.add(canonical(read))
    return frozenset(found)
