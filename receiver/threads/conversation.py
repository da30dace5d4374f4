"""The order in which people read a dialog: by date, but no letter before one that it answers.

Clocks differ by seconds, two letters of one second have no order, and some programs write a Date
of years ago. So dates decide only between letters that ids leave free. Pure.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from heapq import heapify, heappop, heappush
from itertools import chain
from typing import Any

Document = dict[str, Any]

NEEDED = ("key", "created", "message_id", "known_as", "bounce", "in_reply_to", "references")
"""What of a message the order depends on."""


def in_conversation(messages: Iterable[Document]) -> list[Document]:
    """Return messages by (created, key), each behind those that it names.

    Of several that carry one id, the first counts: a letter that is sent once more under its old
    Message-ID moves no answer. Letters that name each other in a circle go by their dates.
    """
    ordered = sorted(messages, key=lambda each: (each["created"], each["key"]))
    if not _names_a_later_one(ordered):
        return ordered
    first = {_id_of(each): place for place, each in reversed([*enumerate(ordered)])}
    waits: list[set[int]] = [
        {first[one] for one in chain(*_named_by(each)) if one in first} - {place}
        for place, each in enumerate(ordered)
    ]
    return [ordered[place] for place in _each_behind(waits)]


def _names_a_later_one(ordered: Sequence[Document]) -> bool:
    """Tell whether a letter names one behind it: nearly no dialog has such a letter."""
    later: set[str] = set()
    for each in reversed(ordered):
        if not all(map(later.isdisjoint, _named_by(each))):
            return True
        later.add(_id_of(each))
    return False


def _id_of(message: Document) -> str:
    return str(message.get("known_as") or message.get("message_id", ""))


def _named_by(message: Document) -> tuple[Sequence[str], ...]:
    bounce = message.get("bounce") or {}
    answers, references = message.get("in_reply_to", ()), message.get("references", ())
    return answers, references, (bounce.get("message_id") or "",)


def _each_behind(waits: Sequence[Set[int]]) -> list[int]:
    """Return places, the least first, each behind those that it waits for.

    In a circle, and behind one, only for those before it: so what comes last by date stays last.
    """
    found = _freed(waits)
    if stuck := {*range(len(waits))}.difference(found):
        found = _freed(
            [
                {one for one in before if one < place or one not in stuck}
                for place, before in enumerate(waits)
            ]
        )
    return found


def _freed(waits: Sequence[Set[int]]) -> list[int]:
    """Return places in that order, up to the first that wait for each other."""
    followers: defaultdict[int, list[int]] = defaultdict(list)
    for place, before in enumerate(waits):
        for one in before:
            followers[one].append(place)
    open_ones = [len(each) for each in waits]
    free = [place for place, count in enumerate(open_ones) if not count]
    heapify(free)
    found = []
    while free:
        found.append(heappop(free))
        for each in followers[found[-1]]:
            open_ones[each] -= 1
            if not open_ones[each]:
                heappush(free, each)
    return found
