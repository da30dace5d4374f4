"""For how long a mailbox keeps what: read from the setting ``RETENTION``. Pure.

    support@example.ru originals=90 attachments=365 html=365 text=1095 dialogs=1825; * originals=180

Days count from the newest letter of the dialog, so that a conversation goes as a whole. What holds
something else goes with it at the latest: an original has everything, HTML has the text.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from contract.reading.domains import address_in_ascii
from receiver.store.nearest import never_had

EVERY = "*"
KINDS = ("originals", "html", "attachments", "text", "dialogs")
_WITH = {
    "originals": ("originals", "html", "attachments", "text"),
    "html": ("html", "text"),
    "attachments": ("attachments",),
    "text": ("text",),
    "dialogs": ("dialogs",),
}
MOST_DAYS = 36_500


@dataclass(frozen=True)
class Terms:
    """Days by kind; a missing kind stays for ever."""

    days: Mapping[str, int]

    def cutoffs(self, now: datetime) -> dict[str, datetime]:
        """Return for each kind the date before which a dialog's newest letter must be."""
        found = {}
        for kind, with_ in _WITH.items():
            least = min((self.days[each] for each in with_ if each in self.days), default=None)
            if least is not None:
                found[kind] = now - timedelta(days=least)
        return found


def terms_of(text: str) -> dict[str, Terms]:
    """Return the terms of each mailbox in a text, ``*`` for all others; raises ValueError.

    A mailbox's domain is stored in ASCII, however it was spelt.
    """
    found: dict[str, Terms] = {}
    for entry in filter(None, map(str.strip, text.split(";"))):
        mailbox, *words = entry.split()
        mailbox = address_in_ascii(mailbox.casefold())
        if mailbox != EVERY and "@" not in mailbox:
            raise ValueError(
                f"{mailbox!r} is no mailbox: support@example.ru originals=90; * html=365"
            )
        if mailbox in found:
            raise ValueError(f"{mailbox} is there twice")
        days = dict(map(_one, words))
        if not days:
            raise ValueError(
                f"{mailbox} has no days: name one of {', '.join(KINDS)}, as in html=365"
            )
        if len(days) < len(words):
            raise ValueError(f"{mailbox} needs each of {', '.join(KINDS)} once at most: html=365")
        found[mailbox] = Terms(days)
    return found


def terms_for(table: Mapping[str, Terms], mailbox: str) -> Terms:
    """Return the terms of a mailbox."""
    return table.get(address_in_ascii(mailbox)) or table.get(EVERY) or Terms({})


def unknown_in(table: Mapping[str, Terms], mailboxes: Collection[str]) -> dict[str, str]:
    """Return the named mailboxes that never had a letter, each with the nearest that is not named.

    Where every mailbox with letters is named, the others only wait for their first letter.
    """
    unnamed = [each for each in mailboxes if address_in_ascii(each) not in table]
    if not unnamed:
        return {}
    named = table.keys() - {EVERY, *map(address_in_ascii, mailboxes)}
    return never_had(sorted(named), unnamed)


def _one(word: str) -> tuple[str, int]:
    kind, _, days = word.partition("=")
    if kind not in KINDS or not days.isascii() or not days.isdigit():
        raise ValueError(f"{word!r} is none of {', '.join(KINDS)} with days: html=365")
    if not 1 <= int(days) <= MOST_DAYS:
        raise ValueError(f"{word!r}: days are 1 to {MOST_DAYS}")
    return kind, int(days)


def due(cutoffs: Mapping[str, datetime], updated: datetime) -> list[str]:
    """Return the kinds that a dialog loses if its newest letter has this date."""
    return [kind for kind in KINDS if kind in cutoffs and updated < cutoffs[kind]]
