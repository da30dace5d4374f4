"""Showing: the dialogs are written so that they show what the partition says.

The order of the writes keeps every letter where a reader finds it. First letters that go elsewhere
point there, so that whoever was slower finds out; then each dialog takes in what it lacks; then
dialogs whose letters are all elsewhere go, and leave a redirect; at last dialogs drop what others
have taken in. A reader may see a letter twice for a moment, never nowhere after it was shown.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bson import ObjectId

from receiver.filing.near import MAX_PEOPLE, Near
from receiver.letters.letter import Letter
from receiver.store.dialogs import MAX_RELATED, Dialog, Dialogs
from receiver.store.letters import Kept, Letters, named
from receiver.store.mongo import Document
from receiver.threads.facts import Fact, InForce
from receiver.threads.partition import Group
from receiver.threads.projection import messages_of, summary_of

MAX_RECORDS = 100


class LookAgain(Exception):
    """Somebody else wrote what this was about to be written from."""


@dataclass
class World:
    """What was read near some letters of a mailbox, and the groups that it makes.

    ``home`` says, once it is shown, which dialog each group is; ``created`` which were opened, and
    ``moving`` which letters come from dialogs that go.
    """

    mailbox: str
    near: Near
    dialogs: dict[Any, Dialog] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    in_force: InForce = field(default_factory=InForce)
    groups: list[Group] = field(default_factory=list)
    home: dict[str, Any] = field(default_factory=dict)
    created: set[Any] = field(default_factory=set)
    messages: dict[str, Document] = field(default_factory=dict)
    related: dict[Any, list[Any]] = field(default_factory=dict)
    moving: set[str] = field(default_factory=set)


@dataclass
class _Aim:
    """One group on its way into its dialog: what it has, takes in, and leaves to others."""

    group: Group
    id: Any
    dialog: Dialog | None
    absorbed: list[Dialog]
    says: Document = field(default_factory=dict)
    messages: list[Document] = field(default_factory=list)
    written: bool = False

    @property
    def leaves(self) -> list[Document]:
        """The messages of the dialog that are of other groups now."""
        own = self.group.keys
        return [each for each in self._present if each["key"] not in own]

    @property
    def takes(self) -> bool:
        """Whether the dialog lacks a letter of the group."""
        return not self.group.keys <= {each["key"] for each in self._present}

    @property
    def differs(self) -> bool:
        """Whether the dialog shows anything else than it must."""
        if self.dialog is None:
            return True
        head = self.dialog.head
        return self._present != self.messages or any(
            head.get(name) != value for name, value in self.says.items()
        )

    @property
    def _present(self) -> list[Document]:
        return self.dialog.messages if self.dialog else []


class Show:
    """Writes what a world's groups come to; raises LookAgain, or StoreUnavailable in doubt."""

    def __init__(self, letters: Letters, dialogs: Dialogs) -> None:
        self._letters = letters
        self._dialogs = dialogs

    async def show(self, world: World) -> None:
        """Write every dialog that differs."""
        aims = await self._aims(world)
        self._describe(world, aims)
        world.moving = {
            message["key"] for aim in aims for dialog in aim.absorbed for message in dialog.messages
        }
        for aim in aims:
            await self._point(world, aim)
        for aim in aims:
            await self._take_in(world, aim)
        for aim in aims:
            for gone in aim.absorbed:
                if not await self._dialogs.remove(gone, aim.id):
                    raise LookAgain
        for aim in aims:
            if aim.leaves and aim.dialog:
                await self._write(aim, aim.messages)
        await self._verify(world, aims)
        for aim in aims:
            await self._name(world, aim)

    async def _verify(self, world: World, aims: Sequence[_Aim]) -> None:
        """Look again if a dialog that was left as it is has changed since it was read.

        What was decided rests on it, too: say, that it does not welcome a letter. Whoever changed
        it so that it does comes to our letter's dialog, which we have written before.
        """
        left = {aim.id: aim.dialog.head for aim in aims if aim.dialog and not aim.written}
        if not left or not any(aim.written for aim in aims):
            return
        heads = await self._dialogs.heads(left)
        if any(
            heads.get(one, {}).get("revision") != head["revision"] for one, head in left.items()
        ):
            raise LookAgain

    async def _aims(self, world: World) -> list[_Aim]:
        """Say which dialog each group is.

        A dialog is of the group that holds its letters; if it was parted, of the one that a person
        left there, else of the one with its opening letter. A group keeps the least id of its
        dialogs. One without any takes the id that a split has for it, or one that its letters had
        before they merged, or the least of their own, or else a new one.
        """
        of: defaultdict[Any, list[Group]] = defaultdict(list)
        for one, dialog in world.dialogs.items():
            keys = {each["key"] for each in dialog.messages}
            of[one] = [each for each in world.groups if keys & each.keys]
        parted = (each for groups in of.values() if len(groups) > 1 for each in groups)
        for group in {id(each): each for each in parted}.values():
            await self._load(world, group)
        owner = {
            one: owner_of(world, world.dialogs[one], groups) for one, groups in of.items() if groups
        }
        aims = []
        for group in world.groups:
            owned = sorted(one for one, found in owner.items() if found is group)
            if owned:
                absorbed = [world.dialogs[one] for one in owned[1:]]
                aims.append(_Aim(group, owned[0], world.dialogs[owned[0]], absorbed))
        taken = {aim.id for aim in aims} | world.dialogs.keys()
        for group in world.groups:
            if any(aim.group is group for aim in aims):
                continue
            new_id = await self._id_for(world, group, taken)
            taken.add(new_id)
            aims.append(_Aim(group, new_id, None, []))
        return aims

    async def _id_for(self, world: World, group: Group, taken: set[Any]) -> Any:
        opened = {
            fact.opened for fact in world.in_force.facts if fact.opened and fact.keys & group.keys
        }
        await self._load(world, group)
        kept = [world.near.kept[key] for key in group.keys]
        for ids in (opened, {each.dialog for each in kept}, {each.id for each in kept}):
            if ids - taken:
                return min(ids - taken)
        return ObjectId()

    async def _load(self, world: World, group: Group) -> None:
        missing = group.keys - world.near.kept.keys()
        if missing:
            found = await self._letters.of_keys(world.mailbox, missing)
            world.near.kept |= {each.letter.key: each for each in found}
        if not group.keys <= world.near.kept.keys():
            raise LookAgain

    def _describe(self, world: World, aims: Sequence[_Aim]) -> None:
        """Work out what each dialog says of itself and of its letters."""
        knowing: defaultdict[str, set[Any]] = defaultdict(set)
        for aim in aims:
            for letter in aim.group.letters:
                for one in letter.ids:
                    knowing[one].add(aim.id)
        gone = {each.id: aim.id for aim in aims for each in aim.absorbed}
        for aim in aims:
            moved = world.in_force.moved
            aim.messages = messages_of(aim.group.letters, moved)
            aim.says = summary_of(aim.group.letters, moved) | self._ties(world, aim, knowing, gone)
            world.home |= dict.fromkeys(aim.group.keys, aim.id)
            world.messages |= {each["key"]: each for each in aim.messages}
            world.related[aim.id] = aim.says["related"]

    @staticmethod
    def _ties(
        world: World, aim: _Aim, knowing: dict[str, set[Any]], gone: dict[Any, Any]
    ) -> Document:
        """Return what ties a dialog to others: those that share an id, and corrections."""
        old = [*([aim.dialog] if aim.dialog else []), *aim.absorbed]
        shared = {
            one for each in aim.group.letters for one_id in each.ids for one in knowing[one_id]
        }
        before = [gone.get(one, one) for each in old for one in each.head["related"]]
        elsewhere = [
            one for one in before if one not in {known.id for known in world.dialogs.values()}
        ]
        kept_order = [one for one in before if one in shared]
        related = list(dict.fromkeys([*kept_order, *elsewhere, *sorted(shared)]))
        related = [one for one in related if one != aim.id]
        more = max(len(related) - MAX_RELATED, 0) + sum(each.head["related_more"] for each in old)
        records = {
            record["id"]: record
            for record in (record_of(fact) for fact in world.facts)
            if _touches(world, record, aim.group)
        }
        return {
            "related": related[:MAX_RELATED],
            "related_more": more,
            "corrections": list(records.values())[-MAX_RECORDS:],
        }

    async def _point(self, world: World, aim: _Aim) -> None:
        """Have the letters that stand, or were to stand, in another dialog point to this one."""
        own = {aim.id, *(each.id for each in aim.absorbed)}
        stands = {
            message["key"]: one for one, each in world.dialogs.items() for message in each.messages
        }
        come = [key for key in aim.group.keys if stands.get(key) not in own or key not in stands]
        nowhere = set()
        for key in sorted(come):
            await self._load(world, aim.group)
            kept = world.near.kept[key]
            head = world.near.heads.get(kept.dialog)
            if kept.dialog in own or (head and head["_id"] in own):
                continue
            if not await self._letters.point(kept, aim.id):
                raise LookAgain
            if head is None:
                nowhere.add(kept.dialog)
            kept.dialog = aim.id
        # Whoever opens a dialog reads the pointers after that; so one of the two finds the other.
        if nowhere and (await self._dialogs.heads(nowhere)).keys() - own:
            raise LookAgain

    async def _take_in(self, world: World, aim: _Aim) -> None:
        if aim.dialog is None:
            await self._open(world, aim)
        elif aim.takes or (aim.differs and not aim.leaves):
            keys = aim.group.keys
            extra = [each for each in aim.dialog.messages if each["key"] not in keys]
            await self._write(aim, _in_order([*aim.messages, *extra]))

    async def _open(self, world: World, aim: _Aim) -> None:
        before = await self._dialogs.last_revision(aim.id)
        document = {
            "_id": aim.id,
            "mailbox": world.mailbox,
            **aim.says,
            "messages": aim.messages,
            "parts": [],
            "count": len(aim.messages),
        }
        world.created.add(aim.id)
        if not await self._dialogs.open(document, before):
            raise LookAgain
        aim.written = True
        keys = aim.group.keys
        kept = await self._letters.of_keys(world.mailbox, keys)
        heads = await self._dialogs.heads({each.dialog for each in kept})
        if any(heads.get(each.dialog, {}).get("_id") != aim.id for each in kept):
            raise LookAgain

    async def _write(self, aim: _Aim, messages: Sequence[Document]) -> None:
        aim.written = True
        if aim.dialog and not await self._dialogs.write(aim.dialog, aim.says, messages):
            raise LookAgain
        if not aim.leaves:
            return
        again = await self._dialogs.whole([aim.id])
        if aim.id in again:
            aim.dialog = again[aim.id]

    async def _name(self, world: World, aim: _Aim) -> None:
        """See to it that the letters that came are found under each id that they know."""
        for letter in aim.group.letters:
            kept = world.near.kept.get(letter.key)
            if kept is None:
                continue
            missing = names_of(letter, world.near.kept.values(), aim.group.keys) - kept.known
            if missing:
                await self._letters.name(kept, missing)
                kept.known |= missing


def names_of(letter: Letter, others: "Sequence[Kept] | Any", together: frozenset[str]) -> set[str]:
    """Return the names under which a letter must be found, beside the others.

    Whoever is the first to know an id, and the first to carry it, is found under the id alone.
    Later ones need no name in the same dialog; in another they are named by id and person.
    """
    names: set[str] = set()
    for one in letter.ids:
        first = [each for each in others if one in each.known and each.letter.key != letter.key]
        own = one == letter.message_id
        carriers = [each for each in first if each.letter.message_id == one]
        if not first or (own and not carriers):
            names.add(one)
        elif not any(each.letter.key in together for each in (carriers if own else first)):
            people = [*sorted(letter.speakers), *sorted(letter.people - letter.speakers)]
            names |= {named(one, person) for person in people[:MAX_PEOPLE]}
    return names


def owner_of(world: World, dialog: Dialog, groups: Sequence[Group]) -> Group:
    """Return the group that a dialog's id belongs to, if it was parted into several."""
    keys = {id(group): group.keys & {each["key"] for each in dialog.messages} for group in groups}
    left = list(groups)
    for fact in world.in_force.facts:
        stay = [each for each in left if not fact.keys & keys[id(each)]]
        if len(left) > 1 and any(fact.rest & keys[id(each)] for each in stay):
            left = stay

    def claim(group: Group) -> tuple[bool, bool, int]:
        found = (world.near.kept.get(key) for key in keys[id(group)])
        points = any(each.dialog == dialog.id for each in found if each)
        return points, dialog.head["opened_by"] in group.keys, len(keys[id(group)])

    return max(left, key=claim)


def _in_order(messages: Sequence[Document]) -> list[Document]:
    return sorted(messages, key=lambda each: (each["created"], each["key"]))


def record_of(fact: Fact) -> Document:
    """Return how a dialog lists a correction."""
    return {
        "id": fact.id,
        "what": fact.what,
        "who": fact.who,
        "when": fact.when,
        "messages": sorted(fact.keys)[:MAX_RECORDS],
        "undoes": fact.undoes,
    }


def _touches(world: World, record: Document, group: Group) -> bool:
    """Tell whether a correction is about a letter of a group, or undoes one that is."""
    facts = {fact.id: fact for fact in world.facts}
    fact = facts[record["id"]]
    while fact.what == "undo" and fact.undoes in facts:
        fact = facts[fact.undoes]
    if fact.what == "undo":
        return fact.undoes in group.keys
    return bool(fact.touches & group.keys)
