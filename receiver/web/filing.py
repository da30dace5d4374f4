"""What the web side asks of the filing: many letters in, an answer or a problem for each."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from contract.event import Answer
from receiver.errors import KeepsChanging, Problem, StoreUnavailable, unavailable
from receiver.filing.filing import Filing
from receiver.letters.letter import Letter
from receiver.web.problems import problem_of


class FilesLetters(Protocol):
    """Stores letters, each exactly once, and says for each in turn what became of it."""

    async def file(self, letters: Sequence[Letter]) -> list[Answer | Problem]:
        """Return an answer or a problem for each letter, in their order."""


class OneByOne:
    """Files letters one after the other, each within ``seconds``.

    Once the store does not answer, the rest is not tried: who waits for us would give up before.
    """

    def __init__(self, filing: Filing, seconds: float) -> None:
        self._filing = filing
        self._seconds = seconds

    async def file(self, letters: Sequence[Letter]) -> list[Answer | Problem]:
        """Return an answer or a problem for each letter, in their order."""
        found: list[Answer | Problem] = []
        for letter in letters:
            try:
                async with asyncio.timeout(self._seconds):
                    found.append(await self._filing.file(letter))
            except Exception as error:
                found.append(problem_of(error, "a letter"))
                gone = isinstance(error, StoreUnavailable) and not isinstance(error, KeepsChanging)
                if gone or isinstance(error, TimeoutError):
                    break
        rest = len(letters) - len(found)
        return found + [unavailable("the store does not answer")] * rest
