"""How long to wait after a failure: rules, no clock. ``base`` is ``IMAP_BACKOFF``."""

LONGEST = 30
JITTER = 0.3
STABLE = 5
GIVE_UP_SECONDS = 5 * 86400.0


def before_login(failures: int, base: float, luck: float) -> float:
    """Return the seconds to wait before the next login after this many failures in a row.

    From ``base`` to thirty times that, and up to a third more; ``luck`` is random from 0 to 1.
    Yandex locks accounts that log in again and again.
    """
    return min(base * 2.0 ** max(failures - 1, 0), base * LONGEST) * (1 + JITTER * luck)


def forgives(lived: float, base: float) -> bool:
    """Tell whether a connection lived long enough (seconds) to forget earlier failures."""
    return lived >= STABLE * base


def before_refetch(tries: int, base: float) -> float:
    """Return the seconds before the server is asked again for a letter that it did not give."""
    return min(base / 2 * 4.0 ** max(tries - 1, 0), base * 360)
