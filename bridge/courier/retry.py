"""When a letter is tried again, and what an answer of the webhook means: rules, no clock."""

from email.utils import parsedate_to_datetime
from enum import Enum

SHORTEST_SECONDS = 5.0
LONGEST_SECONDS = 3600.0
LIFETIME_SECONDS = 5 * 86400.0
JITTER = 0.2


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


def delay(age: float, luck: float) -> float:
    """Return the seconds until the next attempt of a letter that is ``age`` seconds old.

    Half its age, from five seconds to an hour, and up to a fifth more: ``luck`` is a random
    number from 0 to 1. A delay that follows from the age needs no stored count of attempts.
    """
    pause = min(max(age / 2, SHORTEST_SECONDS), LONGEST_SECONDS)
    return pause * (1 + JITTER * luck)


def retry_after(header: str, now: float) -> float:
    """Return the seconds that a ``Retry-After`` header asks for (RFC 9110 10.2.3), 0 if none.

    Bounded by ``LONGEST_SECONDS``, so that a strange answer cannot park a letter for ever.
    """
    try:
        seconds = float(int(header))
    except OverflowError:
        return LONGEST_SECONDS
    except ValueError:
        try:
            seconds = parsedate_to_datetime(header).timestamp() - now
        except (ValueError, TypeError, IndexError, OverflowError):
            return 0.0
    return min(max(seconds, 0.0), LONGEST_SECONDS)
