"""What an answer of the webhook means for a letter: rules, no clock."""

from enum import Enum


class Outcome(Enum):
    """The outcome of one attempt."""

    DONE = "done"
    RETRY = "retry"
    REFUSED = "refused"


def outcome_of(status: int) -> Outcome:
    """Map an HTTP status to an outcome: 2xx is done, only 422 is refused for good.

    Everything else, including 400, 401, 404, 410, 413 and 3xx, is a misconfiguration of ours or a
    passing fault, and must not cost a letter.
    """
    if 200 <= status < 300:
        return Outcome.DONE
    return Outcome.REFUSED if status == 422 else Outcome.RETRY
