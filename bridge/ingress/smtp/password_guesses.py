"""How long clients that guess passwords or addresses must wait: a rule, no clock.

Each guess doubles the pause before the next; the pauses of one guesser come one after the other,
over however many connections it guesses.
"""

from collections import OrderedDict
from dataclasses import dataclass

REMEMBERED = 10_000
FORGOTTEN_AFTER = 3600.0


@dataclass(slots=True)
class _Guesser:
    guesses: int = 0
    free_at: float = 0.0


class Guesses:
    """Counts guesses by guesser: an address, or a name whose password is guessed.

    The first ``free`` guesses wait for nothing; then a pause lasts from ``first`` to ``longest``
    seconds. An hour after its last guess a guesser is forgotten; at most ten thousand are
    remembered.
    """

    def __init__(self, free: int, first: float, longest: float) -> None:
        self._free = free
        self._first = first
        self._longest = longest
        self._guessers: OrderedDict[str, _Guesser] = OrderedDict()

    def turn(self, who: str, now: float, patience: float) -> float | None:
        """Take the next turn to guess; return the seconds to wait for it.

        None if they are more than ``patience``: then the guess is not made.
        """
        guesser = self._guessers.get(who)
        if guesser is None or now - guesser.free_at > FORGOTTEN_AFTER:
            guesser = self._guessers[who] = _Guesser()
        seconds = max(0.0, guesser.free_at - now)
        if seconds > patience:
            return None
        guesser.guesses += 1
        guesser.free_at = now + seconds + self._pause(guesser.guesses)
        self._guessers.move_to_end(who)
        if len(self._guessers) > REMEMBERED:
            self._guessers.popitem(last=False)
        return seconds

    def right(self, who: str) -> None:
        """Forget the guesses of somebody who knew the answer."""
        self._guessers.pop(who, None)

    def _pause(self, guesses: int) -> float:
        beyond = guesses - self._free
        return min(self._longest, self._first * 2.0 ** min(beyond, 60)) if beyond >= 0 else 0.0
