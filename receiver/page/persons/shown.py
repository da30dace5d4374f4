"""What is held of a person in a mailbox, as the page shows it: pure."""

from collections import Counter
from dataclasses import dataclass

from receiver.erasing.survey import Held
from receiver.page.shown.clock import Clock, Moment
from receiver.page.shown.text import one_line, size_in_words

MAX_DIALOGS, MAX_NAMES = 50, 20


@dataclass(frozen=True)
class PersonHeld:
    """What is held in one mailbox. ``others`` has how letters of others tell of him, in words."""

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


def shown(held: Held, clock: Clock) -> PersonHeld:
    """Return what a mailbox holds."""
    dialogs = sorted(map(str, held.touched_dialogs))
    others = Counter(held.touched.values())
    times = [each.letter.created for each in held.own.values()]
    return PersonHeld(
        mailbox=held.mailbox,
        letters=len(held.own),
        first=clock.moment(min(times)) if times else None,
        last=clock.moment(max(times)) if times else None,
        size=size_in_words(held.bytes, clock.words),
        files=len(held.files),
        others=[clock.words.n(f"person.{how}", others[how]) for how in sorted(others)],
        dialogs=dialogs[:MAX_DIALOGS],
        more_dialogs=max(0, len(dialogs) - MAX_DIALOGS),
        dialogs_gone=held.gone,
        names=[one_line(each) for each in sorted(held.traces.names)[:MAX_NAMES]],
        unsearched=held.unsearched,
    )
