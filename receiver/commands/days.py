"""A day as it is written on the command line, wherever one says until when."""

import argparse
from datetime import UTC, date, datetime, time

from receiver.words import texts


def end_of(text: str) -> datetime:
    """Return a time in UTC, of a day alone its end; raises ValueError, OverflowError."""
    try:
        found = datetime.combine(date.fromisoformat(text), time(23, 59, 59))
    except ValueError:  # a time of a day
        found = datetime.fromisoformat(text)
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def day_word(text: str) -> datetime:
    """Return a time, or have argparse say what one is."""
    try:
        return end_of(text)
    except (ValueError, OverflowError):  # the second is the end of time in another zone
        raise argparse.ArgumentTypeError(texts("it is a date such as 2027-01-31")) from None
