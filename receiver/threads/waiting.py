"""Whose turn it is in a dialog, and since when: pure, and the same in whatever order letters came.

The last letter that was addressed to the other side says it: one that came in waits for us, one
that we sent to the user's side waits for them; since when, says the first that nobody answered.
People whom only we brought in, after the dialog had begun, are *aside*: a colleague to whom a
letter was forwarded. A letter of ours to them alone leaves the user waiting, and so does what they
write meanwhile. They are aside no more once a user names them, or they write while nobody waits for
us.

Only letters that a person wrote to somebody count: auto-replies, bounces, lists and confirmation
letters wait for nobody, nor does what came in under our own address or went out to it alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from receiver.letters.letter import Letter

Side = Literal["us", "them", "nobody"]
People = frozenset[str]
NO_ONE: People = frozenset()


@dataclass(frozen=True)
class WhoseTurn:
    """Who is waited for; ``since`` is the time of the first letter that waits.

    ``people`` are all who take part so far, ``aside`` those of them whom only we brought in.
    """

    waiting: Side = "nobody"
    since: datetime | None = None
    people: People = NO_ONE
    aside: People = NO_ONE

    def to(self, side: Side, letter: Letter) -> "WhoseTurn":
        """Return it after a letter that waits for a side."""
        if side == self.waiting:
            return self
        return replace(self, waiting=side, since=letter.created)


def turn_after(letters: Iterable[Letter], before: WhoseTurn | None = None) -> WhoseTurn:
    """Return whose turn it is after letters that are later than all ``before``."""
    turn = before or WhoseTurn()
    for letter in sorted(letters, key=lambda each: each.order):
        if _counts(letter):
            turn = _sent(turn, letter) if letter.out else _came(turn, letter)
        turn = replace(turn, people=turn.people | letter.people)
    return turn


def _came(turn: WhoseTurn, letter: Letter) -> WhoseTurn:
    if turn.waiting == "us" and letter.speakers <= turn.aside:
        return turn
    return replace(turn.to("us", letter), aside=turn.aside - letter.people)


def _sent(turn: WhoseTurn, letter: Letter) -> WhoseTurn:
    side = turn.people - turn.aside
    if side and letter.people:
        turn = replace(turn, aside=turn.aside | (letter.people - turn.people))
        if turn.waiting == "us" and side.isdisjoint(letter.people):
            return turn
    return turn.to("them", letter)


def _counts(letter: Letter) -> bool:
    message = letter.message
    if message["kind"] != "letter":
        return False
    if not letter.out:
        return bool(letter.speakers)
    to_itself = not letter.user and (message["to"] or message["cc"] or message["bcc"])
    return not to_itself
