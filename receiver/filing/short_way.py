"""The short way: which new letters concern only one dialog, and what it then shows.

Filing reads only what knows an id of the new letters. If these rules hold, reading everything near,
partitioning it and showing it anew, as settling does, would have the same result. They are narrow
on purpose: a letter that needlessly goes the general way costs some milliseconds. Pure.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from receiver.filing.keeping import Batch
from receiver.letters.letter import Document, Letter
from receiver.reply.new_words import MANY_CARRIERS, Replies
from receiver.store.dialog import MAX_RELATED
from receiver.store.letters import Kept
from receiver.threads.group import Group
from receiver.threads.projection import (
    MAX_PEOPLE,
    messages_of,
    reason_of,
    shown,
    summary_after,
    summary_of,
)


def sharing_ids(batch: Batch, knowing: Mapping[str, Sequence[Kept]]) -> set[str]:
    """Return the keys of new letters that share an id with those of another group of their round.

    Their dialogs must name each other, as if one letter had come after the other: then the second
    would have met the first. It would not if others were found under that id (``knowing``).
    """
    groups: defaultdict[str, set[int]] = defaultdict(set)
    new = [batch.of(group) for group in batch.groups]
    for number, letters in enumerate(new):
        for one in {one for each in letters for one in each.ids}:
            groups[one].add(number)
    carried = {each.message_id for letters in new for each in letters}
    numbers = {
        number
        for one, among in groups.items()
        if len(among) > 1 and (one in carried or not knowing.get(one))
        for number in among
    }
    return {each.key for number in numbers for each in new[number]}


def is_of_nobody(
    group: Group, new: Sequence[Letter], met: Sequence[Kept], heads: Mapping[Any, Document]
) -> bool:
    """Tell whether new letters belong to no dialog, and no letter there is drawn to them.

    A letter would be if it answers one of them, is ours and carries the same id, or names what they
    name and they welcome it. If a dialog has more letters than were met, those may know the ids,
    too, without being found under them: any of its people may have written them, and ours answer
    whoever carries an id. So may people whom a dialog of very many does not list.
    """
    own = {each.message_id for each in new}
    named = {one for each in new for _, one in each.cited}
    for letter in (each.letter for each in met):
        cited = {one for _, one in letter.cited}
        speaks_for = letter.speakers | letter.failed
        welcome = letter.out or not speaks_for.isdisjoint(group.people)
        again = letter.out and letter.message_id in own
        if again or cited & own or (welcome and cited & named):
            return False
    if sum(head["count"] for head in heads.values()) > len(met):
        carried = any(each.letter.message_id in own for each in met)
        theirs = [head["participants"] for head in heads.values()]
        unlisted = any(len(each) >= MAX_PEOPLE for each in theirs)
        if carried or unlisted or not all(group.people.isdisjoint(each) for each in theirs):
            return False
    return not group.dialogs and len(group.letters) == len(new)


def goes_at_the_end(group: Group, new: Sequence[Letter], heads: Mapping[Any, Document]) -> bool:
    """Tell whether new letters only come at the end of the one dialog that knows their ids.

    Then nothing else changes: nobody outside shares an id with the dialog, and its other letters'
    fields do not depend on these. If no letter may open it, as after people's corrections, that
    holds for letters that answer one there: none of these opens it instead.
    """
    if len(heads) != 1:
        return False
    [head] = heads.values()
    return (
        not (head["related"] or head["related_more"])
        and group.dialogs == {head["_id"]}
        and all((each.created, each.key) > (head["updated"], head["newest"]) for each in new)
        and (not (head["corrections"] or head.get("none_opens")) or _all_answer(group, new))
        and _others_stay(group, new, head)
    )


def _all_answer(group: Group, new: Sequence[Letter]) -> bool:
    there = {each.message_id for each in group.letters} - {each.message_id for each in new}
    return all(any(one in there for _, one in each.cited) for each in new)


def _others_stay(group: Group, new: Sequence[Letter], head: Document) -> bool:
    """Tell whether the reason and new words of a dialog's other letters stay the same.

    They depend on who carries the ids that they name, or names what they name. The first letter
    that knows an id was found under it. Once many carry an id, one more changes nothing.
    """
    fresh = {each.key for each in new}
    own = {each.message_id for each in new}
    named = {one for each in new for _, one in each.cited}
    there = [each for each in group.letters if each.key not in fresh]
    carriers = Counter(each.message_id for each in there)
    citers = Counter(one for each in there for _, one in each.cited)
    for each in there:
        if any(carriers[one] < MANY_CARRIERS for one in own.intersection(each.ids)):
            return False
        cited = [one for _, one in each.cited]
        guessed = each.guess and not head["corrections"]  # a refuted guess is none
        settled = each.key == head["opened_by"] or guessed or carriers[each.message_id] > 1
        if settled or any(carriers[one] for one in cited):
            continue
        # Only where a person put it, a letter may be that names nobody there and that nobody named.
        answered = head["corrections"] and each.message_id in named
        first_answer = answered and not citers[each.message_id]
        if first_answer or any(citers[one] < 2 for one in named.intersection(cited)):
            return False
    return True


def opened(batch: Batch, new: Sequence[Letter], beside: Sequence[Any]) -> Document:
    """Return a dialog of new letters; ``beside`` are the dialogs that share an id with it."""
    return {
        "_id": batch.kept[new[0].key].dialog,
        "mailbox": batch.mailbox,
        **summary_of(new, related=beside),
        "messages": messages_of(new),
        "related": list(beside[:MAX_RELATED]),
        "related_more": len(beside) > MAX_RELATED,
        "corrections": [],
    }


def added(
    group: Group, new: Sequence[Letter], head: Document, replies: Replies
) -> tuple[Document, list[Document], Document]:
    """Return what new letters add at the end of a dialog: head, messages, and new head fields."""
    carriers = Counter(each.message_id for each in group.letters)
    citers = Counter(one for each in group.letters for _, one in each.cited)
    opened, base = head["opened_by"], head["base_subject"]
    messages = [
        shown(each, reason_of(each, opened, carriers, citers), base, replies) for each in new
    ]
    says = summary_after(new, head)
    return head, messages, {name: each for name, each in says.items() if head.get(name) != each}
