"""Showing: writes the dialogs so that they show what the partition says.

The order of the writes keeps every letter where a reader finds it. First letters that move get
their new pointers, so that slower workers notice; then each dialog takes in what it lacks; then
dialogs whose letters are all elsewhere are removed, leaving a redirect; at last dialogs drop what
others have taken in. A reader may see a letter twice for a moment, but never nowhere once it was
shown.
"""

from collections.abc import Sequence, Set
from functools import partial
from typing import Any

from receiver.filing.aims import Aim, describe
from receiver.filing.collections import Store
from receiver.filing.dialog_ids import about_to_leave, ids_of_each, with_new_ids
from receiver.filing.look import Look, by_name, names_of
from receiver.filing.world import LookAgain, World
from receiver.store.dialog import REVISION, Dialog, in_order
from receiver.store.letters import IDS, POINTERS, Kept
from receiver.store.mongo import Document
from receiver.threads.facts import NOTHING_DECIDED
from receiver.threads.group import Policy


class Show:
    """Writes the dialogs of a world's groups; raises LookAgain, or StoreUnavailable in doubt."""

    def __init__(self, store: Store, look: Look, policy: Policy) -> None:
        self._store = store
        self._look = look
        self._policy: Policy = policy

    async def show(self, world: World) -> None:
        """Write every dialog that differs."""
        aims = await self._aims(world)
        describe(world, aims)
        world.moving = {key for aim in aims for gone in aim.absorbed for key in gone.keys}
        new: dict[Any, list[Kept]] = {}
        if world.facts:
            there, kept = world.dialogs.values(), world.near.kept
            without = partial(world.parted, self._policy, NOTHING_DECIDED)
            new = with_new_ids(there, world.home, kept, world.in_force, without)
            for one, letters in about_to_leave(there, world.home, kept).items():
                await self._store.letters.note_where_they_stood(letters, one)
        opens = {aim.id for aim in aims if aim.dialog is None}
        for aim in aims:
            await self._point(world, aim, opens)
        await self._take_in(aims)
        await self._open(world, [aim for aim in aims if aim.dialog is None])
        for aim in aims:
            for gone in aim.absorbed:
                if not await self._store.writing.remove(gone, aim.id):
                    raise LookAgain
        for aim in aims:
            if aim.leaves and aim.dialog:
                await self._write(aim, aim.messages)
        await self._verify(world, aims)
        for one, letters in new.items():
            await self._store.letters.note_where_they_stood(letters, one, anew=True)
        others = by_name(world.near.kept.values())
        for aim in aims:
            await self._name(world, aim, others)

    async def _verify(self, world: World, aims: Sequence[Aim]) -> None:
        """Look again if somebody else has changed a dialog since it was read.

        The decision rests on unchanged dialogs, too: for example that one does not welcome a
        letter. A worker that changed it so that it does meets our letter's dialog, which we have
        written before. If a dialog was opened, this must hold for those written before it as well:
        a worker that changed them in between did not find it.
        """
        opened = any(aim.dialog is None for aim in aims)
        expected = {
            aim.id: aim.dialog.head["revision"] + aim.written
            for aim in aims
            if aim.dialog and (opened or not aim.written)
        }
        if not expected or not any(aim.written for aim in aims):
            return
        heads = await self._store.dialogs.heads(expected, REVISION)
        if any(heads.get(one, {}).get("revision") != after for one, after in expected.items()):
            raise LookAgain

    async def _aims(self, world: World) -> list[Aim]:
        """Return which dialog each group is."""
        groups, kept, decided = world.groups, world.near.kept, world.in_force
        for dialog in world.dialogs.values():
            inside = [each for each in groups if not each.keys.isdisjoint(dialog.keys)]
            if len(inside) > 1:  # whose it is, their letters decide
                await self._load(world, {key for each in inside for key in each.keys})
        ids_of = ids_of_each(groups, world.dialogs, kept, world.facts, decided)
        aims = []
        for group, (one, *others) in ids_of.items():
            aim = Aim(group, one, world.dialogs.get(one), [world.dialogs[each] for each in others])
            if aim.dialog is None:
                await self._load(world, group.keys)
                aim.before = await self._last_revision(world, one)
            aims.append(aim)
        return aims

    async def _last_revision(self, world: World, dialog_id: Any) -> int | None:
        """Return the revision with which an id was merged into another dialog, if unchanged.

        Otherwise others have opened the dialog meanwhile and merged it: its letters stand there
        now.
        """
        before = (await self._store.dialogs.last_revisions([dialog_id])).get(dialog_id)
        if before is not None:
            head = (await self._store.dialogs.heads([dialog_id], REVISION)).get(dialog_id)
            read = world.dialogs.get(head["_id"]) if head else None
            if head and (read is None or read.head["revision"] != head["revision"]):
                world.created.add(dialog_id)
                raise LookAgain
        return before

    async def _load(self, world: World, keys: Set[str]) -> None:
        """Read letters, except those that an erasure has taken away and not out of dialogs yet."""
        await self._look.letters(world.near, world.mailbox, keys, IDS)

    async def _point(self, world: World, aim: Aim, opens: Set[Any]) -> None:
        """Point letters that stand, or are about to be shown, in another dialog to this one.

        Ids that dialogs are opened with may have led here up to now, and no longer will; nor will
        those that led to them.
        """
        # A reopened dialog is not there yet: ids that lead to those it absorbs must follow.
        own = {aim.id, *(each.id for each in aim.absorbed if aim.dialog)}
        shown = {key for one in own & world.dialogs.keys() for key in world.dialogs[one].keys}
        await self._load(world, aim.group.keys - shown)
        elsewhere = []
        for key in sorted(aim.group.keys & world.near.kept.keys()):
            kept = world.near.kept[key]
            head = world.near.heads.get(kept.dialog)
            leads_here = head is not None and head["_id"] in own and not opens
            if kept.dialog not in own and not leads_here:
                elsewhere.append(kept)
        heads = {each.dialog: world.near.heads.get(each.dialog) for each in elsewhere}
        world.left |= heads.keys()
        if not await self._store.letters.point_all(elsewhere, aim.id):
            raise LookAgain
        shown_there = {each.dialog for each in elsewhere if each.letter.key in shown}
        for kept in elsewhere:
            kept.dialog = aim.id
        for head in {head["_id"]: head for one in shown_there if (head := heads[one])}.values():
            if not await self._store.writing.touch(head):
                raise LookAgain
        nowhere = {one for one, head in heads.items() if head is None}
        # A worker that opens a dialog reads the pointers afterwards; so one of the two finds the
        # other.
        if nowhere and (await self._store.dialogs.heads(nowhere, REVISION)).keys() - own:
            raise LookAgain

    async def _take_in(self, aims: Sequence[Aim]) -> None:
        """Let existing dialogs show what they lack; those that lose nothing in one call."""
        together = []
        for aim in aims:
            if aim.dialog is None or not aim.differs:
                continue
            if not aim.leaves:
                aim.written = 1
                together.append((aim.dialog, aim.says, aim.messages))
            elif not aim.group.keys <= aim.dialog.keys:
                await self._write(aim, in_order([*aim.messages, *aim.leaves]))
                aim.dialog = await self._as_written(aim.dialog)
        if together and not await self._store.writing.write_all(together):
            raise LookAgain

    async def _open(self, world: World, aims: Sequence[Aim]) -> None:
        if not aims:
            return
        ids = {aim.id for aim in aims}
        documents = [
            {
                "_id": aim.id,
                "mailbox": world.mailbox,
                **aim.says,
                "messages": aim.messages,
            }
            for aim in aims
        ]
        world.created |= ids
        before = {aim.id: aim.before for aim in aims if aim.before is not None}
        if await self._store.writing.open_all(documents, before) != ids:
            raise LookAgain
        for aim in aims:
            aim.written = 1
        keys = {key for aim in aims for key in aim.group.keys}
        kept = await self._store.letters.of_keys(world.mailbox, keys, POINTERS)
        heads = await self._store.dialogs.heads({each.dialog for each in kept}, REVISION)
        if any(
            heads.get(each.dialog, {}).get("_id") != world.home[each.letter.key] for each in kept
        ):
            raise LookAgain

    async def _write(self, aim: Aim, messages: Sequence[Document]) -> None:
        aim.written = 1
        if aim.dialog and not await self._store.writing.write(aim.dialog, aim.says, messages):
            raise LookAgain

    async def _as_written(self, before: Dialog) -> Dialog:
        """Return what our write made of a dialog, to write it once more."""
        again = (await self._store.dialogs.whole([before.id])).get(before.id)
        if again is None or again.head["revision"] != before.head["revision"] + 1:
            raise LookAgain
        return again

    async def _name(self, world: World, aim: Aim, others: dict[str, list[Kept]]) -> None:
        """Make sure that the new letters are found under each id that they know."""
        for letter in aim.group.letters:
            kept = world.near.kept.get(letter.key)
            if kept is None:
                continue
            names = names_of(letter, others, aim.group.keys, world.near.known_there)
            if missing := names - kept.known:
                await self._store.letters.name(kept, missing)
                kept.known |= missing
                for name in missing:
                    others.setdefault(name, []).append(kept)
