"""When failed sending is repeated: rules, no clock, for the courier and outgoing hooks."""

from email.utils import parsedate_to_datetime

SHORTEST_SECONDS = 5.0
LONGEST_SECONDS = 3600.0
LIFETIME_SECONDS = 5 * 86400.0
LEAST_ATTEMPTS = 12
JITTER = 0.2


def delay(age: float, luck: float) -> float:
    """Return the seconds until the next attempt for something ``age`` seconds old.

    Half its age, from five seconds to an hour, and up to a fifth more: ``luck`` is a random number
    from 0 to 1. A delay that follows from the age needs no stored count of attempts.
    """
    pause = min(max(age / 2, SHORTEST_SECONDS), LONGEST_SECONDS)
    return pause * (1 + JITTER * luck)


def is_given_up(age: float, attempts: int) -> bool:
    """Tell whether what is ``age`` seconds old was tried for long enough, in so many attempts.

    Days alone say nothing: the machine may have been off, or its clock ahead, and nobody tried.
    """
    return age >= LIFETIME_SECONDS and attempts >= LEAST_ATTEMPTS


def believable(due: float, now: float) -> float:
    """Return ``due``, or ``now`` if none of our delays reaches so far; both are Unix times.

    Then it was written down by a clock that was turned back since.
    """
    return now if due > now + LONGEST_SECONDS * (1 + JITTER) else due


def retry_after(header: str, now: float) -> float:
    """Return the seconds that a ``Retry-After`` header asks for (RFC 9110 10.2.3), 0 if none.

    Bounded by ``LONGEST_SECONDS``, so that no answer can stop sending for ever.
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
