"""A day as it is written on the command line, wherever one says until when."""

import argparse
from datetime import UTC, datetime

from receiver.words import texts


def end_of(text: str) -> datetime:
    """Return a time in UTC, of a day alone its end; raises ValueError, OverflowError."""
    found = datetime.fromisoformat(text)
    if found.isoformat()[:10] == text:
        found = found.replace(hour=23, minute=59, second=59)
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def day_word(text: str) -> datetime:
    """Return a time, or have argparse say what one is."""
    try:
        return end_of(text)
    except (ValueError, OverflowError):  # the second is the end of time in another zone
        raise argparse.ArgumentTypeError(texts("it is a date such as 2027-01-31")) from None
