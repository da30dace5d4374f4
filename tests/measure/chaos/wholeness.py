"""Whether dialogs show exactly what the stored letters make of them: the whole database at rest."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

from bson import encode

from receiver.filing.world import plain
from receiver.letters.letter import Letter
from receiver.threads.facts import Fact, InForce, in_force
from receiver.threads.group import Policy
from receiver.threads.partition import partition
from receiver.threads.projection import messages_of, summary_of
from tests.stored import whole_dialogs

Document = dict[str, Any]
Name = tuple[str, str]  # mailbox and key of a letter


def flaws(
    dialogs: Sequence[Document],
    letters: Sequence[Document],
    redirects: Sequence[Document],
    policy: Policy,
    facts: Sequence[Fact] = (),
) -> list[str]:
    """Return what is wrong with the documents of three collections, by the facts in force."""
    decided = in_force(facts)
    kept = {(each["mailbox"], each["key"]): each for each in letters}
    leads = {each["_id"]: each["into"] for each in redirects}
    heads = whole_dialogs(dialogs)
    return [
        *_of_parts(dialogs),
        *_of_places(heads, kept, leads),
        *_of_groups(heads, letters, policy, decided),
        *(f"{each['_id']}: {flaw}" for each in heads for flaw in _of_a_dialog(each, kept, decided)),
        *relations(heads, leads),
    ]


def _of_parts(dialogs: Sequence[Document]) -> Iterable[str]:
    """Each part is listed by its head; each document has its messages in order, and measured."""
    parts = {each["_id"]: each["part_of"] for each in dialogs if "part_of" in each}
    heads = [each for each in dialogs if "part_of" not in each]
    listed = {part: each["_id"] for each in heads for part in each["parts"]}
    for part, head in parts.items():
        if listed.get(part) != head:
            yield f"{part} is a part of {head}, which does not say so"
    for part, head in listed.items():
        if part not in parts:
            yield f"{head} names a part {part} that is not there"
    for each in dialogs:
        order = [(message["created"], message["key"]) for message in each["messages"]]
        if order != sorted(order):
            yield f"{each['_id']}: messages are out of order"
    for each in heads:
        size = sum(len(encode(message)) for message in each["messages"])
        if (each["held"], each["bytes"]) != (len(each["messages"]), size):
            yield f"{each['_id']}: is measured wrongly"


def _of_places(
    heads: Sequence[Document], kept: Mapping[Name, Document], leads: Mapping[Any, Any]
) -> Iterable[str]:
    """Check that each letter is shown once, where it points to, and nothing else is shown."""
    shown: defaultdict[Name, list[Any]] = defaultdict(list)
    for head in heads:
        for message in head["messages"]:
            shown[head["mailbox"], message["key"]].append(head["_id"])
    for name in shown.keys() - kept.keys():
        yield f"{name} is shown and not kept"
    for name, letter in kept.items():
        place = _led({head["_id"] for head in heads}, leads, letter["dialog"])
        if shown[name] != [place]:
            yield f"{name} points to {place} and is shown in {shown[name]}"


def _of_groups(
    heads: Sequence[Document], letters: Sequence[Document], policy: Policy, decided: InForce
) -> Iterable[str]:
    """The dialogs are the groups that the letters make."""
    shown = Counter(
        (head["mailbox"], frozenset(message["key"] for message in head["messages"]))
        for head in heads
    )
    mailboxes = {each["mailbox"] for each in letters}
    expected = Counter(
        (mailbox, group.keys)
        for mailbox in mailboxes
        for group in partition(_letters(letters, mailbox, decided), policy, decided)
    )
    for (mailbox, keys), _ in (expected - shown).items():
        yield f"{mailbox}: {len(keys)} letters must be one dialog, and are not: {sorted(keys)[0]}"
    for (mailbox, keys), _ in (shown - expected).items():
        yield f"{mailbox}: {len(keys)} letters are one dialog, and must not be: {sorted(keys)[:1]}"


def _letters(documents: Iterable[Document], mailbox: str, decided: InForce) -> list[Letter]:
    found = [
        plain(mailbox, each["message"], decided) for each in documents if each["mailbox"] == mailbox
    ]
    return sorted(found, key=lambda letter: letter.order)


def _of_a_dialog(head: Document, kept: Mapping[Name, Document], decided: InForce) -> Iterable[str]:
    """Check that a dialog says what the projection says of it and its letters."""
    names = {(head["mailbox"], message["key"]) for message in head["messages"]}
    there = (kept[name] for name in names & kept.keys())
    letters = _letters(there, head["mailbox"], decided)
    if not letters:
        yield "shows nothing"
        return
    if len(head["messages"]) != head["count"]:
        yield f"counts {head['count']} letters and has {len(head['messages'])}"
    right = summary_of(letters, decided.moved, head["related"])
    wrong = [name for name, value in right.items() if head[name] != value]
    if wrong:
        yield f"does not say of itself what its letters say: {wrong}"
    by_key = {message["key"]: message for message in head["messages"]}
    for message in messages_of(letters, decided.moved):
        there = by_key[message["key"]]
        if there != message:
            names_of = [
                name for name in message.keys() | there if there.get(name) != message.get(name)
            ]
            yield f"does not show <{message['message_id']}> as it is: {sorted(names_of)}"


def relations(heads: Sequence[Document], leads: Mapping[Any, Any]) -> Iterable[str]:
    """Check that dialogs name only those that share an id, and are named back.

    Not all of them: an id that thousands know would have each of them name the others.
    """
    by_id = {head["_id"]: head for head in heads}
    knowing: defaultdict[Name, set[Any]] = defaultdict(set)
    for head in heads:
        for one in _ids(head):
            knowing[one].add(head["_id"])
    for head in heads:
        place = head["_id"]
        named = {_led(by_id.keys(), leads, one) for one in head["related"]}
        shared = {other for one in _ids(head) for other in knowing[one]} - {place}
        if not named <= shared or bool(named) != bool(shared):
            yield f"{place} is related to {sorted(shared)} and names {sorted(named, key=str)}"
        for other in named & shared:
            back = {_led(by_id.keys(), leads, one) for one in by_id[other]["related"]}
            if place not in back and not by_id[other]["related_more"]:
                yield f"{place} names {other}, which does not name it"


def _ids(head: Document) -> set[Name]:
    letters = (Letter(head["mailbox"], each) for each in head["messages"])
    return {(head["mailbox"], one) for letter in letters for one in letter.ids}


def _led(present: Set[Any], leads: Mapping[Any, Any], place: Any) -> Any:
    """Return the dialog that an id leads to; None if there is none."""
    while place not in present:
        if place not in leads:
            return None
        place = leads[place]
    return place
