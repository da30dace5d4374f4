"""Bounds the simultaneous surveys of all letters: each reads and holds much, for minutes.

A client that asks again and again exhausts neither the receiver's memory nor others' surveys.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from receiver.access.grant import Grant
from receiver.errors import Problem, unavailable

OF_ONE, OF_ALL = 2, 4
SECONDS = 30  # until it may be worth coming again


class SurveyLimit:
    """Counts the running surveys; those of the page count for the token that signed in."""

    def __init__(self) -> None:
        self._going_on: Counter[tuple[str, str]] = Counter()

    @contextmanager
    def one(self, grant: Grant) -> Iterator[None]:
        """Begin a survey: Problem 429 if ``grant`` runs too many, 503 if all together do."""
        who = (grant.by, grant.name)
        if self._going_on[who] >= OF_ONE:
            told = "this token looks through all letters already: wait for its answers"
            raise Problem(429, told, retry_after=SECONDS)
        if self._going_on.total() >= OF_ALL:
            raise unavailable("too many look through all letters at once")
        self._going_on[who] += 1
        try:
            yield
        finally:
            self._going_on[who] -= 1
            self._going_on += Counter()  # without those who have none
