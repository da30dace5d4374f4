"""Whose turn it is in a dialog, and since when: pure, and the same in whatever order letters came.

A letter that came in waits for us, one that we sent waits for them; since when, says the first that
nobody answered. Only letters that a person wrote to somebody count: auto-replies, bounces, lists
and confirmation letters wait for nobody, nor does what came in under our own address or went out to
it alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from receiver.letters.letter import Letter

Side = Literal["us", "them", "nobody"]


@dataclass(frozen=True)
class WhoseTurn:
    """Who is waited for; ``since`` is the time of the first letter that waits."""

    waiting: Side = "nobody"
    since: datetime | None = None


def turn_after(letters: Iterable[Letter], before: WhoseTurn | None = None) -> WhoseTurn:
    """Return whose turn it is after letters that are later than all ``before``."""
    turn = before or WhoseTurn()
    for letter in sorted(letters, key=lambda each: each.order):
        side = _waits_for(letter)
        if side not in (turn.waiting, "nobody"):
            turn = WhoseTurn(side, letter.created)
    return turn


def _waits_for(letter: Letter) -> Side:
    message = letter.message
    if message["kind"] != "letter":
        return "nobody"
    if letter.out:
        to_itself = not letter.user and (message["to"] or message["cc"] or message["bcc"])
        return "nobody" if to_itself else "them"
    return "us" if letter.speakers else "nobody"
