"""What an answer of the webhook means for a letter: rules, no clock."""

from enum import Enum


class Outcome(Enum):
    """What became of one attempt."""

    DONE = "done"
    RETRY = "retry"
    REFUSED = "refused"


def outcome_of(status: int) -> Outcome:
    """Map an HTTP status to an outcome: 2xx is done and 422 is the only never.

    All else, 400, 401, 404, 410, 413 and 3xx included, is a misconfiguration of our own or a
    fault that passes, and must not cost a letter.
    """
    if 200 <= status < 300:
        return Outcome.DONE
    return Outcome.REFUSED if status == 422 else Outcome.RETRY
