"""The web side's call to the filing: many letters in, an answer or a problem for each."""

from collections.abc import Sequence

from contract.event import Answer
from receiver.errors import Problem
from receiver.filing.rounds import FilingRounds
from receiver.letters.arrival import Arrival
from receiver.web.problems import problem_of


async def answers_of(rounds: FilingRounds, arrivals: Sequence[Arrival]) -> list[Answer | Problem]:
    """Return an answer or a problem for each letter, in their order."""
    return [
        each if isinstance(each, Answer) else problem_of(each, "a letter")
        for each in await rounds.file(arrivals)
    ]
