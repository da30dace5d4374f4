"""Filing: store the letters, show them if only one dialog is concerned, look again.

Of two workers with related letters, the one that looks later sees both, as each stores its letters
before it looks. If more than one dialog is found, or a race is lost, the letters nearby are settled
(``receiver.filing.settling``). The answer comes when the letters stand in ``dialogs``.
"""

from collections.abc import Collection, Sequence
from typing import Any

from contract.event import Answer
from receiver.erasing.afterwards.quoting import Quoting
from receiver.erasing.erased import Erased
from receiver.filing.collections import Store
from receiver.filing.keeping import Batch, Keeping
from receiver.filing.look import Look
from receiver.filing.recognise import Recognising, copies_among, under
from receiver.filing.settling import Settling
from receiver.filing.short_way import added, goes_at_the_end, is_of_nobody, opened, sharing_ids
from receiver.filing.world import KeepsChanging, World
from receiver.letters.arrival import Arrival
from receiver.letters.letter import Document, Letter
from receiver.reply.new_words import Replies
from receiver.store.dialog import says_of_more
from receiver.store.letters import IDS
from receiver.threads.group import Group, Policy
from receiver.threads.guesses import first_to_wait
from receiver.threads.partition import partition


class Filing:
    """Stores letters by one policy; ``match_by_subject`` turns rung 4 on."""

    def __init__(self, store: Store, policy: Policy, match_by_subject: bool = True) -> None:
        self._store = store
        self._recognising = Recognising(store)
        self._policy: Policy = policy
        self._guesses = match_by_subject
        self._erased = Erased(store)
        self._quoting = Quoting(store)
        self._keeping = Keeping(store, self._erased, match_by_subject)
        self._look = Look(store)
        self.settle = Settling(store, policy).settle

    async def file(self, arrivals: Sequence[Arrival]) -> list[Answer]:
        """Store letters of one mailbox, each exactly once, and say where; raises StoreUnavailable.

        A copy is filed as if it had come later, also one with another key, and so is a letter that
        may answer others of these by its subject.
        """
        answers: dict[int, Answer] = {}
        while len(answers) < len(arrivals):
            first: dict[str, int] = {}
            places = [place for place in range(len(arrivals)) if place not in answers]
            waiting = copies_among([arrivals[place] for place in places])
            for place in places:
                if (key := arrivals[place].letter.key) not in waiting:
                    first.setdefault(key, place)
            found = await self._file([arrivals[place] for place in first.values()])
            answers |= {first[key]: answer for key, answer in found.items()}
        return [answers[place] for place in range(len(arrivals))]

    async def _file(self, arrivals: Sequence[Arrival]) -> dict[str, Answer]:
        """Return answers by the keys that letters came with; none for those that must wait."""
        erased = Answer(dialog="", outcome="erased", matched_by="key")
        answers = dict.fromkeys(await self._erased.arriving(arrivals), erased)
        coming = [each for each in arrivals if each.letter.key not in answers]
        if coming:
            batch = await self._stored(coming)
            await self._show(batch)
            await self._look_again(batch)
            await self._settle(batch)
            came_as = {key: came for came, key in batch.kept_under.items()}
            answers |= {came_as.get(key, key): each for key, each in batch.answers.items()}
        return answers

    async def _stored(self, arrivals: Sequence[Arrival]) -> Batch:
        """Look around and store the letters; by turns those whose copies may have other keys."""
        names = {each.without_its_sender for each in arrivals} - {""}
        async with self._store.turns.taken(names, await self._store.dialogs.now()):
            batch = await self._looked_around(arrivals)
            await self._keeping.keep(batch)
            return batch

    async def _looked_around(self, arrivals: Sequence[Arrival]) -> Batch:
        """Return the letters with those near them, and the groups that they form."""
        [mailbox] = {each.letter.mailbox for each in arrivals}
        batch = Batch(mailbox, {each.letter.key: each for each in arrivals})
        letters = [each.letter for each in arrivals]
        also = frozenset[str]().union(*(each.other_names for each in arrivals))
        await self._look.around(batch.near, mailbox, letters, also)
        for key, kept in (await self._recognising.recognised(batch.near, arrivals)).items():
            arrival, old = batch.arrivals.pop(key), kept.letter.key
            if old not in batch.arrivals:  # otherwise it waits: it is another copy of that one
                batch.near.kept[old] = kept
                batch.arrivals[old] = under(arrival, old)
                batch.kept_under[key] = old
        batch.arrivals |= await self._quoting.arriving(batch.new)
        batch.groups = self._partition(batch)
        if self._guesses:
            coming = [each.letter for each in batch.arrivals.values()]
            at_once = first_to_wait(coming, {each.key for each in batch.alone})
            if at_once < len(coming):
                batch.arrivals = {each.key: batch.arrivals[each.key] for each in coming[:at_once]}
                batch.groups = self._partition(batch)
        return batch

    async def _settle(self, batch: Batch) -> None:
        if batch.unsettled:
            world = await self.settle(batch.mailbox, batch.unsettled, (), batch.seen)
            for key in batch.unsettled:
                self._answer_from(batch, world, key)

    def _partition(self, batch: Batch) -> list[Group]:
        known = [each.letter for each in batch.near.kept.values()]
        new = [each.letter for each in batch.new]
        return partition([*known, *new], self._policy, shown=batch.near.as_shown())

    async def _show(self, batch: Batch) -> None:
        """Show the new letters of groups that can concern only one dialog."""
        knowing = batch.near.by_id()
        batch.unsettled |= sharing_ids(batch, knowing)
        openings: list[Document] = []
        additions: list[tuple[Document, list[Document], Document]] = []
        for group in batch.groups:
            new = batch.of(group)
            keys = {each.key for each in new}
            if not new or not batch.unsettled.isdisjoint(keys):
                continue
            ids = {one for each in new for one in each.ids}
            near = {each.letter.key: each for one in ids for each in knowing.get(one, ())}
            met = [each for key, each in near.items() if key not in keys]
            heads = {head["_id"]: head for each in met if (head := batch.near.head_of(each))}
            replies = Replies(group.letters)
            # A worker about to show letters that are stored by now may not find the new ones.
            all_shown = all(batch.near.head_of(each) for each in met)
            if all_shown and is_of_nobody(group, new, met, heads):
                if await self._relate(batch, new, heads.values()):
                    openings.append(opened(batch, new, sorted(heads)))
                    continue
            elif all_shown and goes_at_the_end(group, new, heads):
                [head] = heads.values()
                additions.append(added(group, new, head, replies))
                continue
            batch.unsettled |= keys
        await self._open(batch, openings)
        await self._append(batch, additions)

    async def _relate(
        self, batch: Batch, new: Sequence[Letter], heads: Collection[Document]
    ) -> bool:
        """Let dialogs of strangers say that one more shares their id."""
        opens = batch.kept[new[0].key].dialog
        silent = [head for head in heads if not says_of_more(head)]
        if silent and not await self._store.writing.relate_all(silent, opens):
            return False
        for head in silent:
            head["revision"] += 1
        return True

    async def _open(self, batch: Batch, documents: Sequence[Document]) -> None:
        done = await self._store.writing.open_all(documents) if documents else set()
        for each in documents:
            messages = each["messages"]
            if each["_id"] not in done:
                batch.unsettled |= {message["key"] for message in messages}
                continue
            for message in messages:
                outcome = "created" if message["matched_by"] == "new" else "appended"
                _answer(batch, message, each["_id"], outcome, each["related"])

    async def _append(
        self, batch: Batch, additions: Sequence[tuple[Document, list[Document], Document]]
    ) -> None:
        done = await self._store.writing.append_all(additions) if additions else True
        for head, messages, _ in additions:
            for message in messages:
                if done:
                    _answer(batch, message, head["_id"], "appended", [])
                else:
                    batch.unsettled.add(message["key"])

    async def _look_again(self, batch: Batch) -> None:
        """Find letters stored at the same time, and letters that others have moved meanwhile."""
        fresh = {key: each for key, each in batch.kept.items() if key not in batch.unsettled}
        if not fresh:
            return
        carried = batch.near.carried()
        unknown = {
            one
            for each in fresh.values()
            for one in each.letter.ids
            if one == each.letter.message_id or one not in carried
        }
        for found in await self._store.letters.knowing(batch.mailbox, unknown, IDS):
            own = batch.kept.get(found.letter.key)
            seen = own or batch.near.kept.get(found.letter.key)
            if seen is None or (own and found.dialog != own.dialog):
                ids = set(found.letter.ids)
                batch.unsettled |= {key for key, each in fresh.items() if ids & {*each.letter.ids}}

    def _answer_from(self, batch: Batch, world: World, key: str) -> None:
        if key not in world.home:
            raise KeepsChanging("the letter was erased meanwhile")
        dialog = world.home[key]
        message = world.messages[key]
        again = batch.answers.get(key)
        outcome = "appended"
        if again and again.matched_by == "key":
            message, outcome = message | {"matched_by": "key"}, "duplicate"
        elif (again and again.outcome == "created") or (
            dialog in world.created and message["matched_by"] == "new"
        ):
            outcome = "created"
        _answer(batch, message, dialog, outcome, world.related.get(dialog, []))


def _answer(
    batch: Batch, message: Document, dialog: Any, outcome: str, related: Sequence[Any]
) -> None:
    batch.answers[message["key"]] = Answer.model_validate(
        {
            "dialog": str(dialog),
            "outcome": outcome,
            "matched_by": message["matched_by"],
            "related": [str(one) for one in related],
            "letter": message["key"],
        }
    )
