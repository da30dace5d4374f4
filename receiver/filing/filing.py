"""Filing: keep the letters, show them where nothing but one dialog is concerned, look again.

Of two workers with related letters the one that looks later sees both, for each keeps its letters
before it looks. Where the look finds more than one dialog, or loses a race, the letters near are
settled (``receiver.filing.settling``). The answer comes when the letters stand in ``dialogs``.
"""

from collections.abc import Collection, Sequence
from typing import Any

from contract.event import Answer
from receiver.erasing.afterwards.quoting import Quoting
from receiver.erasing.erased import Erased
from receiver.filing.collections import Store
from receiver.filing.keeping import Batch, Keeping
from receiver.filing.look import Look
from receiver.filing.recognise import Recognising, under
from receiver.filing.settling import Settling
from receiver.filing.short_way import added, goes_at_the_end, is_of_nobody, opened, sharing_ids
from receiver.filing.world import KeepsChanging, World
from receiver.letters.arrival import Arrival
from receiver.letters.letter import Document, Letter
from receiver.reply.new_words import Replies, may_be_compared
from receiver.store.dialog import says_of_more
from receiver.store.letters import IDS
from receiver.threads.group import Group, Policy
from receiver.threads.guesses import first_to_wait
from receiver.threads.partition import partition


class Filing:
    """Stores letters by one policy; ``match_by_subject`` turns rung 4 on."""

    def __init__(self, store: Store, policy: Policy, match_by_subject: bool = True) -> None:
        self._recognising = Recognising(store.letters, store.blobs)
        self._letters = store.letters
        self._dialogs = store.dialogs
        self._policy: Policy = policy
        self._guesses = match_by_subject
        self._erased = Erased(store)
        self._quoting = Quoting(store)
        self._keeping = Keeping(store, self._erased, match_by_subject)
        self._look = Look(store.letters, store.dialogs)
        self.settle = Settling(store, self._look, policy).settle

    async def file(self, arrivals: Sequence[Arrival]) -> list[Answer]:
        """Store each letter exactly once and say where; raises StoreUnavailable.

        Letters of several mailboxes may come together. Of two that are one letter the second is
        the duplicate.
        """
        answers: dict[tuple[str, str], Answer] = {}
        for mailbox in dict.fromkeys(each.letter.mailbox for each in arrivals):
            own = [each for each in arrivals if each.letter.mailbox == mailbox]
            while own:
                batch = Batch(mailbox, {})
                first = [batch.arrivals.setdefault(each.letter.key, each) for each in own]
                kept_as = await self._file(batch)
                found_as = batch.answers | {key: batch.answers[old] for key, old in kept_as.items()}
                answers = {(mailbox, key): answer for key, answer in found_as.items()} | answers
                # A copy by another way is noted as if it had come later.
                own = [
                    each
                    for each, kept in zip(own, first, strict=True)
                    if each.copy != kept.copy or each.letter.key not in found_as
                ]
        told: set[tuple[str, str]] = set()
        found = []
        for each in arrivals:
            name = (each.letter.mailbox, each.letter.key)
            repeated = answers[name].model_copy(update={"outcome": "duplicate"})
            found.append(repeated if name in told else answers[name])
            told.add(name)
        return found

    async def _file(self, batch: Batch) -> dict[str, str]:
        """File a batch; return the keys of those that are kept under another, and which.

        Letters that have to wait for others of it are left out, and have no answer then.
        """
        for key in await self._erased.arriving(batch.arrivals.values()):
            batch.arrivals.pop(key)
            batch.answers[key] = Answer(dialog="", outcome="erased", matched_by="key")
        if not batch.arrivals:
            return {}
        letters = [each.letter for each in batch.arrivals.values()]
        texts = any(map(may_be_compared, letters))
        also = frozenset[str]().union(*(each.other_names for each in batch.arrivals.values()))
        batch.near = await self._look.around(batch.mailbox, letters, also=also, texts=texts)
        earlier = await self._recognising.recognised(batch.near, batch.arrivals.values())
        for key, kept in earlier.items():
            batch.near.kept[kept.letter.key] = kept
            batch.arrivals[kept.letter.key] = under(batch.arrivals.pop(key), kept.letter.key)
        new = [each for key, each in batch.arrivals.items() if key not in batch.near.kept]
        batch.arrivals |= await self._quoting.arriving(new)
        letters = [batch.arrivals[each.key].letter for each in letters if each.key not in earlier]
        batch.groups = self._partition(batch, letters)
        at_once = first_to_wait(letters, {each.key for each in batch.alone})
        if self._guesses and (later := {each.key for each in letters[at_once:]}):
            batch.arrivals = {key: each for key, each in batch.arrivals.items() if key not in later}
            batch.groups = self._partition(batch, letters[:at_once])
        await self._keeping.keep(batch)
        await self._show(batch)
        await self._look_again(batch)
        if batch.unsettled:
            seen = [each for each in batch.near.kept.values() if batch.near.head_of(each)]
            world = await self.settle(batch.mailbox, batch.unsettled, new=batch.kept, seen=seen)
            for key in batch.unsettled:
                self._answer_from(batch, world, key)
        return {key: kept.letter.key for key, kept in earlier.items()}

    def _partition(self, batch: Batch, letters: Sequence[Letter]) -> list[Group]:
        known = [each.letter for each in batch.near.kept.values()]
        return partition([*known, *letters], self._policy, shown=batch.near.as_shown())

    async def _show(self, batch: Batch) -> None:
        """Show the new letters of groups by which no more than one dialog can be concerned."""
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
            # Who is about to show letters that are kept by now may not find the new ones.
            all_shown = all(batch.near.head_of(each) for each in met)
            if all_shown and is_of_nobody(group, new, met, heads):
                if await self._relate(batch, new, heads.values()):
                    openings.append(opened(batch, new, sorted(heads)))
                    continue
            elif all_shown and goes_at_the_end(group, new, heads) and replies.know_texts(new):
                [head] = heads.values()
                additions.append(added(group, new, head, replies))
                continue
            batch.unsettled |= keys
        await self._open(batch, openings)
        await self._append(batch, additions)

    async def _relate(
        self, batch: Batch, new: Sequence[Letter], heads: Collection[Document]
    ) -> bool:
        """Have dialogs where the senders are strangers say that one more is beside them."""
        opens = batch.kept[new[0].key].dialog
        silent = [head for head in heads if not says_of_more(head)]
        if silent and not await self._dialogs.relate_all(silent, opens):
            return False
        for head in silent:
            head["revision"] += 1
        return True

    async def _open(self, batch: Batch, documents: Sequence[Document]) -> None:
        done = await self._dialogs.open_all(documents) if documents else set()
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
        done = await self._dialogs.append_all(additions) if additions else True
        for head, messages, _ in additions:
            for message in messages:
                if done:
                    _answer(batch, message, head["_id"], "appended", [])
                else:
                    batch.unsettled.add(message["key"])

    async def _look_again(self, batch: Batch) -> None:
        """Find what was kept at the same time, and letters that others have moved meanwhile."""
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
        for found in await self._letters.knowing(batch.mailbox, unknown, IDS):
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
        }
    )
