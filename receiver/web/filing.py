"""What the web side asks of the filing: many letters in, an answer or a problem for each."""

import asyncio
from collections.abc import Sequence

from contract.event import Answer
from receiver.errors import Problem
from receiver.filing.filing import Filing
from receiver.letters.arrival import Arrival
from receiver.store.mongo import StoreUnavailable
from receiver.web.problems import problem_of


class FilingInTime:
    """Files letters together within ``seconds``; one that cannot be filed costs no other."""

    def __init__(self, filing: Filing, seconds: float) -> None:
        self._filing = filing
        self._seconds = seconds

    async def file(self, arrivals: Sequence[Arrival]) -> list[Answer | Problem]:
        """Return an answer or a problem for each letter, in their order."""
        try:
            async with asyncio.timeout(self._seconds):
                return [*await self._filing.file(arrivals)]
        except (StoreUnavailable, TimeoutError) as error:
            return [problem_of(error, "letters")] * len(arrivals)
        except Exception as error:
            if len(arrivals) == 1:
                return [problem_of(error, "a letter")]
        found: list[Answer | Problem] = []
        for each in arrivals:
            found += await self.file([each])
        return found
