"""Settling: everything near some letters is read, partitioned anew, and shown as it must be.

This is the general way. Filing takes a shorter one if only one dialog can be concerned; if there
are more, or a race is lost, the letters are settled. Each write is a compare-and-set on what was
read, so that of two workers that settle the same letters one looks again. A crash anywhere leaves a
state that settling any of the letters repairs.
"""

import asyncio
import random
from collections.abc import Iterable, Sequence, Set
from typing import Any

from receiver.filing.aims import MAX_RECORDS
from receiver.filing.collections import Store
from receiver.filing.dialog_ids import homes_among
from receiver.filing.look import MAX_PEOPLE, Look, meeting
from receiver.filing.show import Show
from receiver.filing.world import KeepsChanging, LookAgain, Near, World, as_kept
from receiver.letters.letter import Letter
from receiver.store.dialog import Dialog
from receiver.store.letters import IDS, POINTERS, WITH_TEXTS, Kept, named
from receiver.threads.facts import in_force
from receiver.threads.group import Group, Policy

ATTEMPTS = 60
PAUSE_SECONDS = 0.02
FEW_DIALOGS = 64


class Settling:
    """Brings the dialogs near letters to what the partition says."""

    def __init__(self, store: Store, policy: Policy) -> None:
        self._store = store
        self._look = Look(store)
        self._policy: Policy = policy
        self._show = Show(store, self._look, policy)

    async def settle(
        self, mailbox: str, keys: Iterable[str], dialogs: Iterable[Any], seen: Sequence[Kept] = ()
    ) -> World:
        """Settle what is near letters of these keys, and return it; raises KeepsChanging.

        ``dialogs`` are ids of dialogs that show some of the letters without being pointed to;
        ``seen`` are letters that the caller has just read or stored: these, and what is near them.
        """
        wanted, places = frozenset(keys), frozenset(dialogs)
        world = World(mailbox, Near())
        for attempt in range(ATTEMPTS):
            if attempt > 1:
                await asyncio.sleep(PAUSE_SECONDS * random.random() * attempt)  # noqa: S311 - jitter
            try:
                near = await self._near(mailbox, wanted, places, seen)
                world = await self._world(mailbox, near, wanted)
                await self._show.show(world)
            except LookAgain:
                wanted |= world.moving  # they may stand in two dialogs now
                places |= world.created | world.left  # where others may show what we have moved
                seen = ()
                continue
            return world
        raise KeepsChanging("the dialogs kept changing")

    async def _near(
        self, mailbox: str, keys: Set[str], dialogs: Set[Any], seen: Sequence[Kept]
    ) -> Near:
        """Read letters and what is near them.

        The dialogs of the other seen letters are read before the letters are looked at: if no more
        dialogs turn up then, nothing is left to verify.
        """
        near = Near(dialogs={})
        there = {each.dialog for each in seen if each.letter.key not in keys}
        await self._look.read(near, there, {each.id for each in seen})
        near.overtaken = False
        letters = {each.letter.key: each.letter for each in seen if each.letter.key in keys}
        wanted = await self._look.letters(near, mailbox, keys - letters.keys())
        await self._look.around(near, mailbox, [*letters.values(), *(one.letter for one in wanted)])
        wanted += await self._look.letters(near, mailbox, keys)
        places = {each.dialog for each in wanted} | dialogs
        await self._look.read(near, places, {each.id for each in wanted})
        return near

    async def _world(self, mailbox: str, near: Near, keys: Set[str]) -> World:
        """Read until every dialog that is met has been read, and every letter without a dialog.

        The worker that stored such a letter may be about to open a dialog for it, unaware of us.
        """
        world = World(mailbox, near)
        asked: set[Any] = set()
        while True:
            found = {each.id: each for each in (near.dialogs or {}).values()}
            world.dialogs = found | world.dialogs
            await self._complete(world)
            partitioned = world.held | near.kept.keys()
            met = await self._met_by(world, keys) - asked
            asked |= met
            await self._look.read(near, met, set())
            await self._find_about_to_open(world)
            read = {each.id for each in (near.dialogs or {}).values()}
            if read <= world.dialogs.keys() and near.kept.keys() <= partitioned:
                await self._verify(
                    world, [near.kept[key].letter for key in keys & near.kept.keys()]
                )
                return world

    async def _find_about_to_open(self, world: World) -> None:
        """Read the letters of dialogs that others name, and that are not there yet.

        A dialog is named first, then opened, under the id of a letter of its own; so the worker
        that opens it may have decided by what the others were before this.
        """
        near = world.near
        named = {one for each in world.dialogs.values() for one in each.head["related"]}
        there = near.heads.keys() | {each.id for each in near.kept.values()}
        if found := await self._store.letters.of_ids(named - there, WITH_TEXTS):
            near.kept |= {each.letter.key: each for each in found}
            await self._look.around(near, world.mailbox, [each.letter for each in found])

    async def _verify(self, world: World, letters: Iterable[Letter]) -> None:
        """Look again if a letter was stored after the look, but before its dialogs were read.

        Letters must be looked at after the revisions that writes will rely on; only then a worker
        that stores one later loses the race for them.
        """
        if not world.near.overtaken:
            return
        carried = world.near.carried()
        ids = {one for each in letters for one in each.ids if one not in carried}
        ids |= {each.message_id for each in letters}
        seen = world.held | world.near.kept.keys()
        found = await self._store.letters.knowing(world.mailbox, ids, POINTERS)
        if any(each.letter.key not in seen for each in found):
            raise LookAgain

    async def _complete(self, world: World) -> None:
        """Partition the letters of all dialogs read, and those that have no dialog yet.

        A dialog lists all corrections that concern its letters, or the newest of very many: then
        the others are found by these letters.
        """
        corrections = [each.head["corrections"] for each in world.dialogs.values()]
        listed = [record["id"] for each in corrections for record in each]
        ids = {*world.dialogs, *(each.dialog for each in world.near.kept.values())} - world.asked
        many = any(len(each) >= MAX_RECORDS for each in corrections)
        world.asked |= ids
        facts = self._store.facts
        new = await facts.about(ids, listed, known=world.facts) if ids else []
        while new:
            world.facts += new
            await self._read_for_facts(world)
            known, keys = world.facts, world.held | world.near.kept.keys()
            new = await facts.touching(world.mailbox, keys, known) if many else []
        world.facts.sort(key=lambda fact: fact.order)
        world.in_force = in_force(world.facts)
        world.read = {key: each.letter.message for key, each in world.near.kept.items()} | {
            message["key"]: as_kept(message, world.near.kept.get(message["key"]))
            for dialog in world.dialogs.values()
            for message in dialog.messages
        }
        world.groups = world.parted(self._policy, world.in_force)

    async def _read_for_facts(self, world: World) -> None:
        """Read where letters stood before the facts: those that they name, and those beside."""
        held = world.held
        named = frozenset[str]().union(*(each.touches for each in world.facts))
        await self._look.letters(world.near, world.mailbox, named - held)
        await self._look.letters(world.near, world.mailbox, held, IDS)

    async def _met_by(self, world: World, keys: Set[str]) -> set[Any]:
        """Return the ids of dialogs that a change of groups may concern."""
        met: set[Any] = set()
        held = world.held
        if world.facts:
            homes = homes_among(world.dialogs.values(), world.near.kept, world.in_force)
            met |= {*homes.values(), *(each.dialog for each in world.near.kept.values())}
            # One may still show letters that were moved elsewhere before their writer died.
            met |= {one for each in world.facts for one in each.dialogs}
        if len(beside := _beside_what_is_seen_now(world, keys)) <= FEW_DIALOGS:
            met |= beside
        met |= await self._look.sharing(world.near, world.mailbox, _parting_among_many(world))
        for group in world.groups:
            inside = [each for each in world.dialogs.values() if each.keys & group.keys]
            if not group.keys & keys and len(inside) == 1 and inside[0].keys == group.keys:
                continue
            related = {one for each in inside for one in each.head["related"]}
            names = set[str]()
            if len(related) <= FEW_DIALOGS:
                met |= related
            if len(related) > FEW_DIALOGS or any(each.head["related_more"] for each in inside):
                names = _welcome_now(group, inside)
            came = [(each, group.people) for each in group.letters if each.key not in held]
            names |= meeting(world.near, came)
            met |= await self._look.by_people(world.near, world.mailbox, names)
            met |= {each.dialog for each in await self._guessed(world, group)}
        return met

    async def _guessed(self, world: World, group: Group) -> list[Kept]:
        """Return the letters elsewhere that letters of a group were guessed to answer."""
        present = {each.key for one in world.groups for each in one.letters}
        to = {each.guess.to for each in group.letters if each.guess} - present
        return await self._store.letters.of_keys(world.mailbox, to, POINTERS)


def _beside_what_is_seen_now(world: World, keys: Set[str]) -> set[Any]:
    """Return the dialogs that share an id with those found, whose letter nobody had seen.

    Two that only the id held together may have to part, or take in the letter, whoever wrote it.
    """
    kept, held = world.near.kept, world.held - keys
    carried = {kept[key].letter.message_id for key in held & kept.keys()}
    seen_now = {kept[key].letter.message_id for key in kept.keys() - held} - carried
    knowing = [each for each in kept.values() if not seen_now.isdisjoint(each.letter.ids)]
    heads = filter(None, map(world.near.head_of, knowing))
    return {one for head in heads for one in head["related"]}


def _parting_among_many(world: World) -> set[str]:
    """Return the ids in dialogs that letters leave, beside more others than are read.

    Each of these shares an id with what stays, or with what leaves, and must name only that.
    """
    many = [
        each.keys
        for each in world.dialogs.values()
        if each.head["related_more"] or len(each.head["related"]) > FEW_DIALOGS
    ]
    parting = [keys for keys in many if not any(keys <= one.keys for one in world.groups)]
    letters = (each for group in world.groups for each in group.letters) if parting else ()
    return {
        one for each in letters if any(each.key in keys for keys in parting) for one in each.ids
    }


def _welcome_now(group: Group, inside: Sequence[Dialog]) -> set[str]:
    """Return the names of letters elsewhere that a change may concern, where very many know an id.

    Then not all of them are related, nor are all read that are. These are letters that people new
    to one of the dialogs make welcome; that were welcome and address somebody who writes for the
    first time, or that may take in what leaves a dialog; and, by the ids alone, the first letter
    that knows an id, and those that carry it: a letter that is not read would count as unseen.
    """
    heads = [each.head for each in inside]
    people = sorted(group.people - set.intersection(*(set(each["participants"]) for each in heads)))
    writers = group.writers - set.intersection(*(set(each["writers"]) for each in heads))
    ids = {one for each in group.letters for one in each.ids}
    if writers or not all(each.keys <= group.keys for each in inside):
        people += sorted(group.people.difference(people))
    return ids | {named(one, person) for one in ids for person in people[:MAX_PEOPLE]}
