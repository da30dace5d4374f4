"""Looking around: which letters know the same ids, and the dialogs that show them.

Also the names under which a letter is found, so that looking up an id costs the same if thousands
know it. See ``receiver.store.letters``: an id alone is the name of the first that knows it.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from typing import Any

from contract.reading.addresses import canonical
from receiver.filing.collections import Store
from receiver.filing.world import Near
from receiver.letters.letter import Letter
from receiver.reply.new_words import MANY_CARRIERS, MOST_NAMED, may_be_compared
from receiver.store.letters import WITH_TEXTS, Kept, named
from receiver.store.mongo import Document
from receiver.threads.projection import GROWS

MAX_PEOPLE = 50
MAX_NAMES = 1000  # of one letter, if that is more than MAX_PEOPLE for each of its ids
FEW_IDS = 2
MAX_SHARED = 100  # ids
MAX_SHARING = 1000  # letters found under one of them
# The fields needed of a dialog to add letters at its end.
NEEDED = dict.fromkeys(
    (
        *("revision", "held", "count", "bytes", "opened_by", "none_opens", "base_subject"),
        *("related", "related_more", "corrections.id", *GROWS),
    ),
    1,
)


class Look:
    """Looks around in one mailbox."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def around(
        self, near: Near, mailbox: str, letters: Sequence[Letter], also: Set[str] = frozenset()
    ) -> None:
        """Add to ``near`` the letters that know an id of the letters, or have a name in ``also``.

        For a letter that names many ids the first are looked up, and all that it may quote; the
        others only if they are not known by what those led to.
        """
        ids = {one for each in letters for one in each.ids}
        first = tuple(ids)
        if len(letters) == 1:
            few = MOST_NAMED if may_be_compared(letters[0]) else FEW_IDS
            first = letters[0].ids[: 1 + few]
        await self._take_in(near, mailbox, {*first, *also})
        if rest := ids.difference(first):
            near.known_there = _known_in_one_dialog(near, letters[0], first[1:]) & rest
            if rest - near.known_there:
                near.known_there = frozenset()
                await self._take_in(near, mailbox, rest)
        await self.by_people(near, mailbox, meeting(near, [(one, one.people) for one in letters]))

    async def by_people(self, near: Near, mailbox: str, names: Set[str]) -> set[Any]:
        """Add to ``near`` the letters with names of id and person; return their dialogs.

        Names that were looked up before are skipped.
        """
        found = await self._store.letters.knowing(mailbox, names - near.asked_names)
        near.asked_names |= names
        near.kept = {each.letter.key: each for each in found} | near.kept
        dialogs = {each.dialog for each in found}
        await self.read(near, dialogs, {each.id for each in found})
        return dialogs

    async def letters(
        self, near: Near, mailbox: str, keys: Set[str], fields: Document = WITH_TEXTS
    ) -> list[Kept]:
        """Add the letters of these keys to ``near``, unless they are there; return those added."""
        missing = keys - near.kept.keys()
        found = await self._store.letters.of_keys(mailbox, missing, fields)
        near.kept |= {each.letter.key: each for each in found}
        return found

    async def _take_in(self, near: Near, mailbox: str, names: Iterable[str]) -> None:
        found = await self._store.letters.knowing(mailbox, names)
        near.kept |= {each.letter.key: each for each in found}
        await self.read(near, {each.dialog for each in found}, {each.id for each in found})

    async def sharing(self, near: Near, mailbox: str, ids: Set[str]) -> set[Any]:
        """Add to ``near`` letters of each dialog that knows an id; return these dialogs.

        Of very many ids the first, and none that very many know.
        """
        new = set(sorted(ids - near.asked_ids)[:MAX_SHARED])
        near.asked_ids |= ids
        found = await self._store.letters.sharing(mailbox, new, MAX_SHARING)
        near.kept = {each.letter.key: each for each in found} | near.kept
        return {each.dialog for each in found}

    async def read(self, near: Near, ids: Set[Any], own: Set[Any]) -> None:
        """Read the dialogs of letters, unless they have been read.

        A letter may still stand in the dialog that it was to open (``own``), though it points
        elsewhere; that is checked when dialogs are read whole.
        """
        missing = ids - near.heads.keys()
        if near.dialogs is None:
            near.heads |= await self._store.dialogs.heads(missing, NEEDED)
            return
        own = own - near.heads.keys() - near.asked - missing
        if missing or own:
            near.asked |= own
            found = await self._store.dialogs.whole_by(missing, own)
            near.dialogs |= found
            near.heads |= {one: each.head for one, each in found.items()}
            near.overtaken |= bool(found)


def _shared(near: Near) -> set[str]:
    """Return the ids that other dialogs than those found under the id alone may know."""
    stand = ((each, near.head_of(each)) for each in near.kept.values())
    beside_others = (
        each for each, head in stand if head and (head["related"] or head.get("related_more"))
    )
    return {one for each in beside_others for one in each.letter.ids}


def _known_in_one_dialog(near: Near, letter: Letter, named: Collection[str]) -> frozenset[str]:
    """Return the ids that other letters know, if all of these stand in one dialog.

    One of these must carry an id that was looked up because the letter names it (``named``): then
    that is why it would be there, and who carries the other ids does not matter. The letter itself
    is found as well once it is stored, and knows all of them.
    """
    heads = {head["_id"]: head for head in near.heads.values()}
    if len(heads) != 1 or any(near.head_of(each) is None for each in near.kept.values()):
        return frozenset()
    [head] = heads.values()
    found = [each.letter for each in near.kept.values() if each.letter.key != letter.key]
    if head["related"] or not any(each.message_id in named for each in found):
        return frozenset()
    return frozenset(one for each in found for one in each.ids)


def by_name(kept: Iterable[Kept]) -> defaultdict[str, list[Kept]]:
    """Return letters by the names under which they are found."""
    found: defaultdict[str, list[Kept]] = defaultdict(list)
    for each in kept:
        for name in each.known:
            found[name].append(each)
    return found


def names_of(
    letter: Letter,
    others: Mapping[str, Sequence[Kept]],
    together: Set[str],
    known_there: Collection[str] = (),
) -> set[str]:
    """Return the names under which a letter must be found; ``others`` are found by theirs.

    The first letter that knows an id, and the first five that carry it, are found under the id
    alone. Later ones need no name in the same dialog; in another one they are named by id and
    person (``_found_by``). ``known_there`` are ids that need no name where the others stand.
    """
    at_home = known_there and any(
        each.letter.key in together and each.letter.key != letter.key
        for found in others.values()
        for each in found
    )
    names: set[str] = set()
    for one in letter.ids:
        first = [each for each in others.get(one, ()) if each.letter.key != letter.key]
        own = one == letter.message_id
        carriers = [each for each in first if each.letter.message_id == one]
        if (not first and one not in known_there) or (own and len(carriers) < MANY_CARRIERS):
            names.add(one)
        known = carriers if own else first
        elsewhere = known and not any(each.letter.key in together for each in known)
        if elsewhere or (one in known_there and not at_home):
            names |= {named(one, person) for person in _found_by(letter, one)[:MAX_PEOPLE]}
    return names


def _found_by(letter: Letter, one: str) -> list[str]:
    """Return the people by whom a letter is found under an id that others knew before.

    An incoming letter joins another that names the same id only if its writer takes part, so it is
    found by its writer: it needs one name for each id, whoever else it is sent to. A letter that
    carries the id is joined by whoever takes part in it, and ours by its addressees.
    """
    writers = _writers(letter)
    if letter.out or one == letter.message_id:
        return writers + sorted(letter.people - {*writers})
    return writers


def _writers(letter: Letter) -> list[str]:
    """Return in whose name a letter was sent, or the recipients that a bounce names."""
    return sorted(letter.speakers) + sorted(letter.failed - letter.speakers)


def meeting(near: Near, asking: Sequence[tuple[Letter, Set[str]]]) -> set[str]:
    """Return the names that find letters to meet elsewhere, each beside its group's people.

    These are names under ids of dialogs that are related to others. An id whose letter is there
    ties only the letters of one writer; one that nobody has seen, those of all who take part.
    """
    known_elsewhere = _shared(near)
    carriers = Counter(each.letter.message_id for each in near.kept.values())
    names: set[str] = set()
    for letter, people in asking:
        shared = [one for one in letter.ids if one in known_elsewhere]
        writers = _writers(letter)
        others = sorted(people - {*writers})
        most = max(MAX_PEOPLE, MAX_NAMES // max(len(shared), 1))
        for one in shared:
            own = one == letter.message_id
            seen = not own and 0 < carriers[one] < MANY_CARRIERS
            asked = writers if seen else (writers + others)[:most]
            if own and carriers[one] == (letter.key in near.kept):
                asked = [*asked, canonical(letter.mailbox)]  # ours join it, whoever takes part
            names |= {named(one, person) for person in asked}
    return names
