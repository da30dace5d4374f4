"""Remembers what MAIL, RCPT and DATA were answered where that was no yes: 4xx and 5xx.

What is said of a letter is all that tells later why it is not here, whoever answered. Of other
commands nothing is remembered, least of all a login's lines.
"""

import re
from collections.abc import Sequence

from bridge.ingress.smtp import replies
from bridge.ingress.smtp.arguments import PathTooLong, path_and_parameters
from bridge.ingress.smtp.guesses import Guesses
from bridge.reporting.refusals import MAX_SIGNS, Refusals
from bridge.spool.capacity import NO_ROOM
from contract.door.peer import network

# These cost the client a pause or a letter, or say how we are: each is remembered.
ALWAYS = {NO_ROOM, *(replies.NOT_OURS, replies.STRANGER, replies.TOO_BIG, replies.FAULT)}
# Of the others, which cost nothing, a network has so many at once, then one in so many seconds.
FREE, SECONDS = 20, 2.0
_COMMAND = re.compile(
    r"(?:(MAIL)\s+(?:FROM:)?|(RCPT)\s+(?:TO:)?|(?:MAIL|RCPT|DATA)\s*$|DATA\s)(.*)",
    re.IGNORECASE | re.DOTALL,
)
_NO = re.compile(r"[45]\d\d\b")


class DoorAnswers:
    """Notes refusals of letters, for all sessions of a door."""

    def __init__(self, refusals: Refusals) -> None:
        self._refusals = refusals
        self._cheap = Guesses(free=FREE, first=SECONDS, longest=SECONDS)

    def note(
        self,
        answer: str,
        peer: str,
        command: str,
        now: float,
        mail_from: str,
        rcpt_tos: Sequence[str],
    ) -> None:
        """Remember an answer to a command line, if it is a no to a letter; seconds of a clock."""
        if not _NO.match(answer) or not (found := _COMMAND.match(command)):
            return
        allowed = self._cheap.turn(network(peer), now, 0.0) is not None
        if not allowed and answer not in ALWAYS:
            return
        sender = address_of(found[3]) if found[1] else mail_from
        recipients = address_of(found[3]) if found[2] else ", ".join(rcpt_tos[:5])
        self._refusals.note(answer, peer, sender, recipients)


def address_of(argument: str) -> str:
    """Return the address that a path has, or what stands for one, cut."""
    try:
        address, _ = path_and_parameters(argument)
    except PathTooLong:
        address = None
    if address is None:
        address = argument.strip().partition(" ")[0].strip("<>")
    return address[:MAX_SIGNS]
