"""A letter's new words in its dialog: the bridge's reading, improved by the quoted letters.

They depend on the letter and on those that it names in the same dialog. ``proof`` in a message says
beside which letters ``reply`` was read, and what the bridge's reading was if it differs: so a
dialog that is made anew compares only letters whose neighbours have changed.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any

from receiver.letters.letter import Letter
from receiver.reply.history import without_history
from receiver.reply.quotation import MAX_TEXT, Quotable, may_quote, quotable

Document = dict[str, Any]

PROOF = "proof"
MOST_NAMED = 10
MANY_CARRIERS = 5
"""An id that so many letters of a dialog carry names none of them."""

_RULE = "5"
"""Counts how often the rule of ``receiver.reply.history`` has changed."""


def may_be_compared(letter: Letter) -> bool:
    """Whether a letter may quote another, so that the texts of those it names are needed."""
    return bool(letter.cited) and may_quote(letter.message["body"])


class Replies:
    """The new words of letters in a dialog, beside some of its letters or all."""

    def __init__(self, letters: Iterable[Letter]) -> None:
        self._sources: dict[str, Quotable] = {}
        self._carriers: defaultdict[str, list[Letter]] = defaultdict(list)
        for each in letters:
            self._carriers[each.message_id].append(each)

    def named(self, letter: Letter) -> list[Letter]:
        """Return the letters that a letter may quote, at most ten, the newest named first."""
        if not may_be_compared(letter):
            return []
        found: dict[str, Letter] = {}
        for rung, one in letter.cited[:MOST_NAMED]:
            carriers = self._carriers.get(one, [])
            if rung != "bounce" and len(carriers) < MANY_CARRIERS:
                found |= {each.key: each for each in sorted(carriers, key=lambda each: each.order)}
        return list(found.values())[:MOST_NAMED]

    def read(self, letter: Letter) -> Document:
        """Return a letter's message with its new words."""
        message = letter.message
        before: Document = message.get(PROOF, {})
        named = self.named(letter)
        beside = _digest(named)
        if before and before["beside"] == beside:
            return message
        reading: str = before["reading"] if "reading" in before else message["reply"]
        plain = {name: value for name, value in message.items() if name != PROOF}
        if not named:
            return plain | {"reply": reading}
        reply = without_history(message["body"], reading, self._sources_of(named))
        proof = {"beside": beside} if reply == reading else {"beside": beside, "reading": reading}
        return plain | {"reply": reply, PROOF: proof}

    def _sources_of(self, letters: Sequence[Letter]) -> list[Quotable]:
        """Return what may be quoted, in order, bounded in all."""
        found: list[Quotable] = []
        room = MAX_TEXT
        for each in letters:
            body = each.message["body"]
            room -= len(body)
            if room < 0 and found:
                break
            if each.key not in self._sources:
                sender = each.message["from"]
                self._sources[each.key] = quotable(body, sender["name"], sender["address"])
            found.append(self._sources[each.key])
        return found


def _digest(letters: Sequence[Letter]) -> str:
    keys = "\n".join([_RULE, *(each.key for each in letters)])
    return sha256(keys.encode()).hexdigest()[:12] if letters else ""
