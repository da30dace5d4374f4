"""Whose turn it is in a dialog, and since when: pure, independent of the order of arrival.

The last letter addressed to the other side decides: one that came in waits for us, one that we sent
to the user's side waits for them; the first unanswered letter gives the time. A letter comes after
those that it names, whatever its Date says (``receiver.threads.conversation``): a clock that is
hours wrong hides no answer.

People whom only we brought in, after the dialog had begun, are *aside*: a colleague to whom a
letter was forwarded. A letter of ours to them alone leaves the user waiting, and so does what they
write meanwhile. They are no longer aside once a user names them, or they write while nobody waits
for us.

Only letters that a person wrote to somebody count: nobody waits after auto-replies, bounces, lists
and confirmation letters, nor after letters from or to our own address alone.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from receiver.letters.letter import Letter
from receiver.threads.conversation import in_conversation

Side = Literal["us", "them", "nobody"]
People = frozenset[str]
NO_ONE: People = frozenset()


@dataclass(frozen=True)
class WhoseTurn:
    """Who must answer; ``since`` is the time of the first letter that waits.

    ``people`` are all who take part so far, ``aside`` those whom only we brought in.
    """

    waiting: Side = "nobody"
    since: datetime | None = None
    people: People = NO_ONE
    aside: People = NO_ONE

    def to(self, side: Side, when: datetime) -> "WhoseTurn":
        """Return the turn after a letter of this moment that waits for a side."""
        if side == self.waiting:
            return self
        return replace(self, waiting=side, since=when)


def turn_after(letters: Iterable[Letter], before: WhoseTurn | None = None) -> WhoseTurn:
    """Return whose turn it is after letters that are later than all ``before``."""
    turn = before or WhoseTurn()
    for when, letter in _in_turn(letters):
        if _counts(letter):
            turn = (_sent if letter.out else _came)(turn, letter, when)
        turn = replace(turn, people=turn.people | letter.people)
    return turn


def _in_turn(letters: Iterable[Letter]) -> Iterator[tuple[datetime, Letter]]:
    """Yield letters as people read them, each with its effective moment.

    That is the latest date among its own and those of all letters that it follows: all that are
    later than itself, and read before it, are among these.
    """
    by_key = {each.key: each for each in letters}
    latest = None
    for message in in_conversation(each.message for each in by_key.values()):
        latest = max(latest or message["created"], message["created"])
        yield latest, by_key[message["key"]]


def _came(turn: WhoseTurn, letter: Letter, when: datetime) -> WhoseTurn:
    if turn.waiting == "us" and letter.speakers <= turn.aside:
        return turn
    return replace(turn.to("us", when), aside=turn.aside - letter.people)


def _sent(turn: WhoseTurn, letter: Letter, when: datetime) -> WhoseTurn:
    side = turn.people - turn.aside
    if side and letter.people:
        turn = replace(turn, aside=turn.aside | (letter.people - turn.people))
        if turn.waiting == "us" and side.isdisjoint(letter.people):
            return turn
    return turn.to("them", when)


def _counts(letter: Letter) -> bool:
    message = letter.message
    if message["kind"] != "letter":
        return False
    if not letter.out:
        return bool(letter.speakers)
    to_itself = not letter.user and (message["to"] or message["cc"] or message["bcc"])
    return not to_itself
