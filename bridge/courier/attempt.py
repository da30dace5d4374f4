"""The result of an attempt to deliver, read from the receiver's answers. Pure but for the clock."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from bridge.courier.outcome import Outcome, outcome_of
from contract.batch import LineAnswer
from contract.sending.answer_text import in_a_line
from contract.sending.delays import LONGEST_SECONDS, retry_after

REASON_BYTES = 2000
# What a receiver may say that has never heard of several events in one request.
NOT_UNDERSTOOD = (400, 404, 405, 406, 415, 422)


class NotAnswered(Exception):
    """The receiver did not answer a question; the text says why."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """The result of one attempt: outcome, reason, and the pause asked for (seconds).

    ``answer`` is the receiver's ``Answer`` as JSON if the outcome is DONE; ``mailbox`` and
    ``message_id`` are then the letter's.
    """

    outcome: Outcome
    reason: str
    pause: float = 0.0
    answer: bytes = b""
    status: int = 0
    mailbox: str = ""
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to one request with several events: ``each`` has one attempt per event, in order.

    Without ``each``, ``whole`` says why. ``not_understood``: the receiver may take events only one
    by one. ``broken``: any of the letters may be the cause. ``took_files``: the files in the lines
    were stored.
    """

    whole: Attempt
    each: tuple[Attempt, ...] = ()
    not_understood: bool = False
    broken: bool = False
    took_files: bool = False


def attempt_of(status: int, body: bytes, pause: str) -> Attempt:
    """Return what one answer means; ``pause`` is its Retry-After, ``body`` may be cut off."""
    outcome = outcome_of(status)
    if outcome is Outcome.DONE:
        return Attempt(outcome, str(status), answer=body, status=status)
    seconds = retry_after(pause, time.time())
    said = in_a_line(f"{status} {body.decode('utf-8', 'replace')}")
    return Attempt(outcome, said, seconds, status=status)


def answers_to(ids: Sequence[str], lines: Sequence[bytes]) -> tuple[Attempt, ...] | None:
    """Return what each line means, or None if the lines do not answer exactly these events."""
    try:
        answers = [LineAnswer.model_validate_json(line) for line in lines]
    except ValidationError:
        return None
    if len(answers) != len(ids):
        return None
    if any(answer.id not in (None, asked) for answer, asked in zip(answers, ids, strict=True)):
        return None
    return tuple(_of_line(*pair) for pair in zip(answers, lines, strict=True))


def answer_to_all(whole: Attempt) -> Answered:
    """Return what a single answer to a request with several events means."""
    not_understood = whole.status in NOT_UNDERSTOOD or 200 <= whole.status < 300
    broken = whole.status >= 500 and whole.status != 503
    return Answered(whole, not_understood=not_understood, broken=broken)


def _of_line(answer: LineAnswer, line: bytes) -> Attempt:
    outcome = outcome_of(answer.status)
    if outcome is Outcome.DONE:
        return Attempt(outcome, str(answer.status), answer=line, status=answer.status)
    pause = min(float(answer.retry_after or 0), LONGEST_SECONDS)
    reason = in_a_line(f"{answer.status} {line[:REASON_BYTES].decode('utf-8', 'replace')}")
    return Attempt(outcome, reason, pause, answer=line, status=answer.status)
