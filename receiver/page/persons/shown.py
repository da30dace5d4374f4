"""The data held about a person in a mailbox, for the page: pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from receiver.erasing.survey import Held
from receiver.page.shown.clock import Clock, Moment
from receiver.page.shown.text import one_line, size_in_words
from receiver.page.words import PageWords

MAX_MAILBOXES = 25  # on a page
MAX_DIALOGS, MAX_DIALOGS_OF_ALL = 50, 150
MAX_NAMES, MAX_NAMES_OF_ALL = 20, 50


@dataclass(frozen=True)
class PersonHeld:
    """The data held in one mailbox. ``others`` says in words how letters of others mention him."""

    mailbox: str
    letters: int
    first: Moment | None
    last: Moment | None
    size: str
    files: int
    others: list[str]
    dialogs: list[str]
    more_dialogs: int
    dialogs_gone: int
    names: list[str]
    unsearched: int


@dataclass(frozen=True)
class PersonShown:
    """The data held in the first mailboxes one by one; in the rest together, in words.

    ``but_for_a_plus`` are addresses that are his, too; or may be, if his own has a tag.
    """

    mailboxes: list[PersonHeld]
    more_mailboxes: int
    of_the_rest: list[str]
    but_for_a_plus: list[str]


def shown(found: Sequence[Held], clock: Clock) -> PersonShown:
    """Return what is held: less of each mailbox if there are many, to keep the page small."""
    those = [each for each in found if not each.is_nothing]
    first, rest = those[:MAX_MAILBOXES], those[MAX_MAILBOXES:]
    count = max(1, len(first))
    dialogs = min(MAX_DIALOGS, max(1, MAX_DIALOGS_OF_ALL // count))
    names = min(MAX_NAMES, max(1, MAX_NAMES_OF_ALL // count))
    return PersonShown(
        mailboxes=[held_in(each, clock, dialogs, names) for each in first],
        more_mailboxes=len(rest),
        of_the_rest=of_the_rest(rest, clock.words),
        but_for_a_plus=sorted({one for each in found for one in each.but_for_a_plus})[:MAX_NAMES],
    )


def of_the_rest(rest: Sequence[Held], words: PageWords) -> list[str]:
    """Return what the remaining mailboxes hold together."""
    letters, gone = sum(len(each.own) for each in rest), sum(each.gone for each in rest)
    said = [words.n("person.letters", letters)] if letters else []
    said += others_in_words((how for each in rest for how in each.touched.values()), words)
    return [*said, words.n("person.gone", gone)] if gone else said


def others_in_words(hows: Iterable[str], words: PageWords) -> list[str]:
    """Return how many letters of others mention him, in each way."""
    others = Counter(hows)
    return [words.n(f"person.{how}", others[how]) for how in sorted(others)]


def held_in(held: Held, clock: Clock, most_dialogs: int, most_names: int) -> PersonHeld:
    """Return what a mailbox holds."""
    dialogs = sorted(map(str, held.touched_dialogs))
    times = [each.letter.created for each in held.own.values()]
    return PersonHeld(
        mailbox=held.mailbox,
        letters=len(held.own),
        first=clock.moment(min(times)) if times else None,
        last=clock.moment(max(times)) if times else None,
        size=size_in_words(held.bytes, clock.words),
        files=len(held.files),
        others=others_in_words(held.touched.values(), clock.words),
        dialogs=dialogs[:most_dialogs],
        more_dialogs=max(0, len(dialogs) - most_dialogs),
        dialogs_gone=held.gone,
        names=[one_line(each) for each in sorted(held.traces.names)[:most_names]],
        unsearched=held.unsearched,
    )
