"""Remembers the 4xx and 5xx answers to MAIL, RCPT and DATA.

These answers are all that later explains why a letter is not here. Answers to other commands are
not remembered, least of all to the lines of a login.
"""

import re
from collections.abc import Sequence

from bridge.ingress.smtp import replies
from bridge.ingress.smtp.arguments import PathTooLong, path_and_parameters
from bridge.ingress.smtp.password_guesses import Guesses
from bridge.reporting.refusals import MAX_SIGNS, Refusals
from bridge.spool.capacity import NO_ROOM
from contract.door.peer import network

# Answers that cost the client a pause or a letter, or tell our state: each is remembered.
ALWAYS = {NO_ROOM, *(replies.NOT_OURS, replies.STRANGER, replies.TOO_BIG, replies.FAULT)}
# Other answers cost nothing: per network so many are remembered at once, then one in SECONDS.
FREE, SECONDS = 20, 2.0
_COMMAND = re.compile(
    r"(?:(MAIL)\s+(?:FROM:)?|(RCPT)\s+(?:TO:)?|(?:MAIL|RCPT|DATA)\s*$|DATA\s)(.*)",
    re.IGNORECASE | re.DOTALL,
)
_NO = re.compile(r"[45]\d\d\b")


class DoorAnswers:
    """Records refusals of letters, for all sessions of a door."""

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
    ) -> bool:
        """Record an answer to a command if it refuses a letter; return whether it was recorded.

        ``now`` is in a clock's seconds.
        """
        if not _NO.match(answer) or not (found := _COMMAND.match(command)):
            return False
        allowed = self._cheap.turn(network(peer), now, 0.0) is not None
        if not allowed and answer not in ALWAYS:
            return False
        sender = address_of(found[3]) if found[1] else mail_from
        recipients = address_of(found[3]) if found[2] else ", ".join(rcpt_tos[:5])
        self._refusals.note(answer, peer, sender, recipients)
        return True


def address_of(argument: str) -> str:
    """Return the path's address, or the text in its place, cut to MAX_SIGNS."""
    try:
        address, _ = path_and_parameters(argument)
    except PathTooLong:
        address = None
    if address is None:
        address = argument.strip().partition(" ")[0].strip("<>")
    return address[:MAX_SIGNS]
