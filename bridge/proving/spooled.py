"""The names of letters in the spool, so that a folder's letter is found among them.

They are chosen as the receiver finds duplicates. Within a mailbox a letter with a Message-ID is
known by it, its sender and its Date. One without is known by its bytes, or, if it has a Date, by
its parts, subject and addresses: its copy that came by SMTP has other bytes.
"""

import contextlib
import hashlib

from bridge.parse.letter import ParsedLetter
from bridge.parse.message import read_letter
from bridge.parse.structure.parts_digest import parts_digest
from bridge.settings import BridgeSettings
from bridge.spool.envelope import read_trace
from bridge.spool.inventory import SpooledLetter
from bridge.spool.inventory import stored as spooled_letters
from bridge.spool.spool import Spool, read_head
from contract.reading.addresses import canonical

Name = tuple[str, ...]


def own_id(said: ParsedLetter | None) -> str:
    """Return the Message-ID, empty if it does not tell letters apart."""
    return said.message_id if said and said.message_id and "@" in said.message_id else ""


def names_of(mailbox: str, said: ParsedLetter, whole: bytes | None) -> frozenset[Name]:
    """Return the names of a letter; ``whole`` gives the bytes of one without an id."""
    box, sender = mailbox.casefold(), canonical(said.from_.address)
    date = said.date.isoformat() if said.date else ""
    if message_id := own_id(said):
        return frozenset({(box, "id", message_id, sender, date)})
    if whole is None:
        return frozenset()
    names: set[Name] = {(box, "bytes", hashlib.sha256(whole).hexdigest())}
    if date and (parts := parts_digest(whole)):
        to = sorted(canonical(each.address) for each in (*said.to, *said.cc, *said.reply_to))
        answered = (*said.in_reply_to, *said.references)
        names.add((box, "parts", parts, sender, date, said.subject, *to, "", *answered))
    return frozenset(names)


def spooled(settings: BridgeSettings) -> dict[Name, str]:
    """Return, for each name in the spool, whether its letter waits or failed; blocks."""
    found: dict[Name, str] = {}
    if not settings.spool.is_dir():
        return found
    for letter in spooled_letters(Spool(settings.spool).prepare(), 0.0):
        state = "it waits" if letter.state == "waiting" else "it failed, and is"
        with contextlib.suppress(OSError, ValueError):  # it has gone, or is not ours
            found |= dict.fromkeys(_names(letter), state)
    return found


def _names(letter: SpooledLetter) -> frozenset[Name]:
    delivery, head = read_head(letter.path)
    said = read_letter(head.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
    if own_id(said):
        return names_of(delivery.mailbox, said, None)
    content = letter.path.read_bytes()
    _, start = read_trace(content, letter.id)
    return names_of(delivery.mailbox, said, content[start:])
