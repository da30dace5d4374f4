"""Why letters are where they are, as a picture: what each names, where that is, and what decided.

Pure: of the messages of a dialog, the letters elsewhere that they name, and the policy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from receiver.letters.letter import Letter
from receiver.page.shown.clock import Clock, Moment
from receiver.page.shown.text import MAX_ID, called, one_line
from receiver.page.words import PageWords
from receiver.store.mongo import Document
from receiver.threads.group import Policy
from receiver.threads.partition import partition

Where = Literal["here", "elsewhere", "unknown"]
MAX_NAMED = 12
MAX_COMPARED = 300


@dataclass(frozen=True)
class NamedId:
    """An id that a letter names: in which field, where its letter is, and whether it decided."""

    field: str
    id: str
    where: Where
    number: int
    address: str
    decided: bool


@dataclass(frozen=True)
class Evidence:
    """What a letter says of where it belongs. ``answers`` is the number of the letter it joined."""

    number: int
    person: str
    created: Moment
    ours: bool
    named: list[NamedId]
    more: int
    answers: int
    by: str
    otherwise: str


@dataclass(frozen=True)
class Arc:
    """A line of the picture, from one letter up to the one that it answers."""

    path: str
    by: str


@dataclass(frozen=True)
class Dot:
    """A letter of the picture."""

    y: int
    ours: bool
    key: str
    label: str


@dataclass(frozen=True)
class Picture:
    """The letters of a dialog from top to bottom, and who answers whom."""

    width: int
    height: int
    x: int
    dots: list[Dot]
    arcs: list[Arc]


def evidence_of(
    mailbox: str,
    messages: Sequence[Document],
    elsewhere: Sequence[tuple[Letter, str]],
    policy: Policy,
    clock: Clock,
    shown: slice = slice(None),
) -> list[Evidence]:
    """Return the evidence of the letters that are shown, in order.

    ``messages`` are all of the dialog's; ``elsewhere`` has letters and their dialogs.
    """
    letters = [Letter(mailbox, each) for each in messages]
    numbers = {each.message_id: place for place, each in reversed([*enumerate(letters, 1)])}
    keys = {each.key: place for place, each in enumerate(letters, 1)}
    places = {letter.message_id: dialog for letter, dialog in elsewhere}
    otherwise = _otherwise(letters, elsewhere, policy, clock.words)
    found = []
    for number, letter in list(enumerate(letters, 1))[shown]:
        message = letter.message
        decided = message.get("matched_id")
        named = [
            _named(rung, one, numbers, places, decided == one)
            for rung, one in letter.cited[:MAX_NAMED]
        ]
        answers = numbers.get(decided, 0) if decided else 0
        if not answers and letter.guess:
            answers = keys.get(letter.guess.to, 0)
        found.append(
            Evidence(
                number=number,
                person=called(message["from"]),
                created=clock.moment(letter.created),
                ours=letter.out,
                named=named,
                more=max(len(letter.cited) - MAX_NAMED, 0),
                answers=answers if answers != number else 0,
                by=message.get("matched_by") or "new",
                otherwise=otherwise.get(letter.key, ""),
            )
        )
    return found


def is_compared(letters: Sequence[Any], elsewhere: Sequence[Any]) -> bool:
    """Tell whether there are few enough letters to say what the other policy would have done."""
    return len(letters) + len(elsewhere) <= MAX_COMPARED


def _named(
    rung: str, one: str, numbers: dict[str, int], places: dict[str, str], decided: bool
) -> NamedId:
    where: Where = "here" if one in numbers else "elsewhere" if one in places else "unknown"
    address = f"/d/{places[one]}" if where == "elsewhere" else ""
    return NamedId(
        f"rung.{rung}", one_line(one, MAX_ID), where, numbers.get(one, 0), address, decided
    )


def _otherwise(
    letters: Sequence[Letter],
    elsewhere: Sequence[tuple[Letter, str]],
    policy: Policy,
    words: PageWords,
) -> dict[str, str]:
    """Return for letters what would have become of them under the other policy, if not the same."""
    known = {each.key for each in letters}
    others = [(letter, dialog) for letter, dialog in elsewhere if letter.key not in known]
    if not is_compared(letters, others):
        return {}
    other: Policy = "anyone" if policy == "participants" else "participants"
    dialogs = {letter.key: dialog for letter, dialog in others}
    now = _group_of(letters, others, policy)
    then = _group_of(letters, others, other)
    found = {}
    for letter in letters:
        joined = sorted({dialogs[key] for key in then[letter.key] - known if key in dialogs})
        here, there = now[letter.key] & known, then[letter.key] & known
        if joined and not now[letter.key] - known:
            found[letter.key] = words("why.would_join", policy=other, dialog=joined[0])
        elif len(here) > 1 and len(there) == 1:
            found[letter.key] = words("why.would_open", policy=other)
    return found


def _group_of(
    letters: Sequence[Letter], others: Sequence[tuple[Letter, Any]], policy: Policy
) -> dict[str, frozenset[str]]:
    everything = {each.key: each for each in (*letters, *(letter for letter, _ in others))}
    groups = partition(everything.values(), policy)
    return {key: each.keys for each in groups for key in each.keys}


STEP, LEFT, TOP = 34, 16, 18
MAX_LABEL = 40  # of a name: what the picture has room for beside its lines
MAX_BEND = 180


def picture_of(evidence: Sequence[Evidence], keys: Sequence[str]) -> Picture:
    """Return the picture: arcs bend further the further apart their letters are."""
    dots = [
        Dot(
            TOP + STEP * (each.number - 1),
            each.ours,
            key,
            f"{each.number}. {one_line(each.person, MAX_LABEL)}",
        )
        for each, key in zip(evidence, keys, strict=True)
    ]
    reach = max((each.number - each.answers for each in evidence if each.answers), default=1)
    bend = min(MAX_BEND, 14 + 12 * abs(reach))
    x = LEFT + bend
    arcs = []
    for each in evidence:
        if not each.answers:
            continue
        start, end = TOP + STEP * (each.number - 1), TOP + STEP * (each.answers - 1)
        out = min(bend, 14 + 12 * abs(each.number - each.answers))
        arcs.append(Arc(f"M{x} {start}C{x - out} {start} {x - out} {end} {x} {end}", each.by))
    return Picture(x + 420, TOP + STEP * len(dots), x, dots, arcs)
