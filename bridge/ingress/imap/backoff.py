"""How long to wait after a failure: rules, no clock. ``base`` is ``IMAP_BACKOFF``."""

LONGEST = 30
JITTER = 0.3
STABLE = 5
GIVE_UP_SECONDS = 5 * 86400.0
LEAST_TRIES = 6
LONGEST_REFETCH = 360


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
    """Return the seconds before a letter that the server does not give is asked for again."""
    return min(base / 2 * 4.0 ** max(tries - 1, 0), base * LONGEST_REFETCH)


def gives_up(age: float, tries: int) -> bool:
    """Tell whether to ask no more for a letter: days in which nobody asked count for nothing."""
    return age > GIVE_UP_SECONDS and tries >= LEAST_TRIES
