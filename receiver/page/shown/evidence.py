"""Why letters are where they are, as a picture: what each names, where that is, what decided.

Pure: from the messages of a dialog, the letters elsewhere that they name, and the policy.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from receiver.letters.letter import Letter
from receiver.page.shown.clock import Clock, Moment
from receiver.page.shown.look_alikes import called
from receiver.page.shown.text import MAX_ID, one_line
from receiver.page.words import PageWords
from receiver.store.mongo import Document
from receiver.threads.group import Policy
from receiver.threads.partition import partition
from receiver.why.decisions import Decided

Where = Literal["here", "elsewhere", "unknown"]
MAX_NAMED = 12
MAX_COMPARED = 300
NOBODY = Decided()


@dataclass(frozen=True)
class NamedId:
    """An id that a letter names: in which field, where its letter is, and whether it decided.

    ``parted``: a person took one of the two letters away from the other's dialog.
    """

    field: str
    id: str
    where: Where
    number: int
    address: str
    decided: bool
    parted: bool = False


@dataclass(frozen=True)
class Evidence:
    """What a letter says about where it belongs. ``answers`` is the number of the letter it joined.

    ``put`` tells which corrections put it where it is, who made them, and when.
    """

    number: int
    person: str
    created: Moment
    ours: bool
    named: list[NamedId]
    more: int
    answers: int
    by: str
    otherwise: str
    put: str = ""


@dataclass(frozen=True)
class Arc:
    """A line of the picture, from one letter up to the one that it answers."""

    path: str
    by: str


@dataclass(frozen=True)
class Dot:
    """A letter of the picture; ``put`` by a person where it is."""

    y: int
    ours: bool
    put: bool
    key: str
    label: str


@dataclass(frozen=True)
class Picture:
    """The letters of a dialog from top to bottom, and who answers whom.

    ``means`` are the kinds of lines and marks in it, to be explained.
    """

    width: int
    height: int
    x: int
    dots: list[Dot]
    arcs: list[Arc]
    means: list[str]


def evidence_of(
    mailbox: str,
    messages: Sequence[Document],
    elsewhere: Sequence[tuple[Letter, str]],
    policy: Policy,
    clock: Clock,
    shown: slice = slice(None),
    people: Decided = NOBODY,
) -> list[Evidence]:
    """Return the evidence of the letters that are shown, in order.

    ``messages`` are all of the dialog's; ``elsewhere`` has letters and their dialogs, ``people``
    what was corrected.
    """
    letters = [Letter(mailbox, each) for each in messages]
    places = _Places(
        {each.key: place for place, each in enumerate(letters, 1)},
        {each.message_id: place for place, each in reversed([*enumerate(letters, 1)])},
        {letter.message_id: (dialog, letter.key) for letter, dialog in elsewhere},
        people,
    )
    otherwise = _otherwise(letters, elsewhere, policy, clock.words)
    found = []
    for number, letter in list(enumerate(letters, 1))[shown]:
        message = letter.message
        named = [places.named(letter, *each) for each in letter.cited]
        corrected = people.told_of(message, any(each.parted for each in named))
        found.append(
            Evidence(
                number=number,
                person=called(message["from"]),
                created=clock.moment(letter.created),
                ours=letter.out,
                named=named[:MAX_NAMED],
                more=max(len(named) - MAX_NAMED, 0),
                answers=places.answered(letter),
                by=message.get("matched_by") or "new",
                otherwise=otherwise.get(letter.key, ""),
                put=" ".join(_put(each, clock) for each in corrected),
            )
        )
    return found


def _put(record: Mapping[str, Any], clock: Clock) -> str:
    who, when = one_line(record["who"]), clock.exact(record["when"])
    return clock.words(f"why.put_{record['what']}", who=who, when=when)


def is_compared(letters: Sequence[Any], elsewhere: Sequence[Any]) -> bool:
    """Tell whether there are few enough letters to compute the other policy's result."""
    return len(letters) + len(elsewhere) <= MAX_COMPARED


@dataclass(frozen=True)
class _Places:
    """Where letters are: the number of one here, by key or Message-ID; else its dialog and key."""

    numbers: Mapping[str, int]
    here: Mapping[str, int]
    elsewhere: Mapping[str, tuple[str, str]]
    people: Decided

    def answered(self, letter: Letter) -> int:
        """Return the number of the letter that a letter joined, 0 if it is not here."""
        decided = letter.message.get("matched_id")
        number = self.here.get(decided, 0) if decided else 0
        if not number and letter.guess:
            number = self.numbers.get(letter.guess.to, 0)
        return number if number != self.numbers[letter.key] else 0

    def named(self, letter: Letter, rung: str, one: str) -> NamedId:
        """Return an id that a letter names."""
        decided = letter.message.get("matched_id") == one
        field, shown = f"rung.{rung}", one_line(one, MAX_ID)
        if one in self.here:
            return NamedId(field, shown, "here", self.here[one], "", decided)
        if one not in self.elsewhere:
            return NamedId(field, shown, "unknown", 0, "", decided)
        dialog, key = self.elsewhere[one]
        parted = self.people.parted(letter.key, key)
        return NamedId(field, shown, "elsewhere", 0, f"/d/{dialog}", decided, parted)


def _otherwise(
    letters: Sequence[Letter],
    elsewhere: Sequence[tuple[Letter, str]],
    policy: Policy,
    words: PageWords,
) -> dict[str, str]:
    """Return what the other policy would do with letters, if not the same."""
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
MAX_LABEL = 40  # of a name: there is no more room beside the lines
MAX_BEND = 180


def picture_of(evidence: Sequence[Evidence], keys: Sequence[str]) -> Picture:
    """Return the picture; the further apart two letters are, the wider their arc."""
    dots = [
        Dot(
            TOP + STEP * (each.number - 1),
            each.ours,
            bool(each.put),
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
    means = list(dict.fromkeys(each.by for each in arcs))
    means += ["correction"] if any(each.put for each in dots) else []
    return Picture(x + 420, TOP + STEP * len(dots), x, dots, arcs, means)
