"""Compares one mailbox's dialogs with its letters and facts, and writes those that differ.

Others may file meanwhile. The dialogs are read before the letters, and each write is a
compare-and-set on what was read; what somebody else has written is left to the next pass, and there
are passes until one has nothing to do. The order of the writes is that of ``receiver.filing.show``:
a reader may see a letter twice for a moment, but never nowhere.
"""

import asyncio
from collections.abc import AsyncIterator, Set
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from receiver.filing.collections import Store
from receiver.filing.dialog_ids import about_to_leave, with_new_ids
from receiver.filing.world import KeepsChanging
from receiver.projecting.damaged import DamagedDocuments
from receiver.projecting.plan import Plan, Planned, letters_of, parted, plan_of, ties_of
from receiver.store.dialog import Dialog, in_order, measured
from receiver.store.letters import WITH_TEXTS
from receiver.store.mongo import Document
from receiver.threads.group import Policy
from receiver.threads.projection import messages_of, noticed_of, summary_of

PASSES = 20
AT_ONCE = 500
NAMED = 20
NONE = DamagedDocuments()


@dataclass
class Done:
    """The ids of dialogs that differed, and of those that hold a letter which is not stored."""

    differ: set[Any] = field(default_factory=set)
    unkept: set[Any] = field(default_factory=set)


class Projecting:
    """Projects mailboxes by one policy; raises StoreUnavailable."""

    def __init__(self, store: Store, policy: Policy) -> None:
        self._store = store
        self._policy: Policy = policy

    async def check(self, mailbox: str, but: DamagedDocuments = NONE) -> Done:
        """Compare all that dialogs show and say of themselves; twice, as others may file.

        Only of those that share an id with very many others each one may name what it met.
        """
        first = await self._compare(mailbox, but)
        if not first.differ and not first.unkept:
            return first
        again = await self._compare(mailbox, but)
        return Done(first.differ & again.differ, first.unkept & again.unkept)

    async def project(
        self, mailbox: str, changed: Set[str] | None = None, but: DamagedDocuments = NONE
    ) -> Done:
        """Write what differs, until nothing does; dialogs that hold an unstored letter stay.

        ``changed`` are the keys of the only letters that may read differently than their dialogs
        show. No other letter's text is then read: a dialog stays if it has the right letters in
        order, none of these, and names the right dialogs.
        """
        done = Done()
        for _ in range(PASSES):
            found = await _Pass(self._store, mailbox, self._policy, changed, but).run()
            done.differ |= found.differ
            done.unkept = found.unkept
            if not found.differ:
                return done
        some = " ".join(map(str, sorted(found.differ)[:NAMED]))
        raise KeepsChanging(f"the dialogs kept changing: {mailbox} {some}")

    async def _compare(self, mailbox: str, but: DamagedDocuments) -> Done:
        one = _Pass(self._store, mailbox, self._policy, but=but)
        plan = await one.read()
        done = Done(unkept=one.unkept)
        expected = {each.id for each in plan.dialogs}
        done.differ |= one.there.keys() - expected - one.unkept
        async for planned, dialog, messages, says in one.pairs(plan):
            right = dialog is not None and (
                dialog.messages == messages
                and one.stands_well(dialog)
                and _says_rightly(dialog.head, says)
            )
            found = plan.names.keys().isdisjoint(planned.keys) and not one.strays(planned)
            if not (right and found):
                done.differ.add(planned.id)
        done.differ |= one.outdated
        return done


class _Pass:
    """One reading of a mailbox, and the writes that follow from it."""

    def __init__(
        self,
        store: Store,
        mailbox: str,
        policy: Policy,
        changed: Set[str] | None = None,
        but: DamagedDocuments = NONE,
    ) -> None:
        self._changed = changed
        self._but = but
        self._letters = store.letters
        self._dialogs = store.dialogs
        self._writing = store.writing
        self._facts = store.facts
        self._mailbox = mailbox
        self._policy: Policy = policy
        self._leads: dict[Any, Any] = {}
        self._kept: dict[str, Any] = {}
        self.there: dict[Any, Dialog] = {}
        self.unkept: set[Any] = set()
        self.outdated: set[Any] = set()

    async def read(self) -> Plan:
        """Read dialogs, then facts, then letters; plan the dialogs."""
        self.there = await self._dialogs.outlines(self._mailbox, self._but.dialogs)
        self._leads = await self._dialogs.leads(self._mailbox)
        facts = await self._facts.of_mailbox(self._mailbox, self._but.facts)
        letters = self._letters.of_mailbox(self._mailbox, self._but.letters)
        self._kept = kept = {each.letter.key: each async for each in letters}
        for one, dialog in self.there.items():
            if not dialog.messages or any(each["key"] not in kept for each in dialog.messages):
                self.unkept.add(one)
        # Takes seconds in a large mailbox: a receiver answers others meanwhile.
        plan = await asyncio.to_thread(
            plan_of, self._mailbox, kept, facts, self.there, self._policy
        )
        plan.dialogs = [each for each in plan.dialogs if each.id not in self._but.dialogs]
        return plan

    async def pairs(
        self, plan: Plan
    ) -> AsyncIterator[tuple[Planned, Dialog | None, list[Document], Document]]:
        """Yield each planned dialog with its present state, messages and new head fields."""
        some: list[Planned] = []
        for number, each in enumerate(plan.dialogs, 1):
            some.append(each)
            if sum(len(one.keys) for one in some) < AT_ONCE and number < len(plan.dialogs):
                continue
            keys = {key for one in some for key in one.keys}
            texts = await self._letters.of_keys(self._mailbox, keys, WITH_TEXTS)
            whole = await self._dialogs.whole(one.id for one in some)
            for one in some:
                letters = letters_of(plan, one, texts)
                if len(letters) < len(one.keys):  # others have erased some since the plan
                    self.outdated.add(one.id)
                    continue
                moved = plan.decided.moved
                says = summary_of(letters, moved, one.related)
                yield one, whole.get(one.id), messages_of(letters, moved), says | ties_of(one)
            some = []

    def stands_well(self, dialog: Dialog) -> bool:
        """Tell whether a dialog's documents are of this mailbox, and each in order and measured."""
        head = dialog.head
        size = {"count": len(dialog.messages)} | measured(head["messages"])
        return (
            head["mailbox"] == self._mailbox
            and head["messages"] == in_order(head["messages"])
            and all(head.get(name) == value for name, value in size.items())
            and dialog.parts == self._good_parts(dialog)
        )

    def _good_parts(self, dialog: Dialog) -> list[Document]:
        return [
            each
            for each in dialog.parts
            if (each["mailbox"], each["part_of"]) == (self._mailbox, dialog.id)
            and each["messages"] == in_order(each["messages"])
        ]

    def _may_differ(self, planned: Planned) -> bool:
        """Tell whether a dialog has to be compared with its letters' texts."""
        held = self.there.get(planned.id)
        if self._changed is None or held is None or planned.absorbed:
            return True
        return (
            not self._changed.isdisjoint(planned.keys)
            or [each["key"] for each in held.messages] != self._in_order(planned)
            or not _says(held.head, ties_of(planned))
            or bool(self.strays(planned))
        )

    def _in_order(self, planned: Planned) -> list[str]:
        found = [self._kept[key].letter for key in planned.keys]
        return [each.key for each in sorted(found, key=lambda one: one.order)]

    def strays(self, planned: Planned) -> list[str]:
        """Return the letters of a dialog that point elsewhere."""
        return [key for key in planned.keys if self._lead(self._kept[key].dialog) != planned.id]

    def _lead(self, one: Any) -> Any:
        seen = set()
        while one not in self.there and one in self._leads and one not in seen:
            seen.add(one)
            one = self._leads[one]
        return one

    async def run(self) -> Done:
        """Write what differs; what others have written meanwhile counts as differing."""
        plan = await self.read()
        done = Done(unkept=self.unkept)
        await self._note_where_they_stood(plan)
        leaving: dict[Any, Planned] = {}
        doubtful = [each for each in plan.dialogs if self._may_differ(each)]
        some = Plan(plan.mailbox, plan.decided, doubtful, {}, plan.kept)
        async for planned, dialog, messages, says in self.pairs(some):
            if planned.id in self.unkept or not self.unkept.isdisjoint(planned.absorbed):
                continue
            if not await self._take_in(planned, dialog, messages, says, done):
                continue
            held = self.there.get(planned.id)
            if held and any(each["key"] not in planned.keys for each in held.messages):
                leaving[planned.id] = planned
        done.differ |= self.outdated
        for planned in plan.dialogs:
            complete = planned.id not in done.differ
            for gone in planned.absorbed:
                done.differ |= {planned.id} - self.unkept
                if complete and not {gone, planned.id} & self.unkept:
                    await self._remove(gone, planned.id)
        if leaving and done.differ <= leaving.keys():
            await self._drop(plan, leaving)
        for key, names in plan.names.items():
            await self._letters.name(self._kept[key], names)
        return done

    async def _note_where_they_stood(self, plan: Plan) -> None:
        goes_to = {key: each.id for each in plan.dialogs if each.corrections for key in each.keys}
        for one, letters in about_to_leave(self.there.values(), goes_to, self._kept).items():
            await self._letters.note_where_they_stood(letters, one)
        without = partial(parted, self._mailbox, self._kept, self._policy)
        new = with_new_ids(self.there.values(), goes_to, self._kept, plan.decided, without)
        for one, letters in new.items():
            await self._letters.note_where_they_stood(letters, one, anew=True)

    async def _take_in(
        self,
        planned: Planned,
        dialog: Dialog | None,
        messages: list[Document],
        says: Document,
        done: Done,
    ) -> bool:
        """Let a dialog hold all its letters, beside those that will leave it."""
        if strays := [self._kept[key] for key in self.strays(planned)]:
            done.differ.add(planned.id)
            if not await self._letters.point_all(strays, planned.id):
                return False
        if dialog is None:
            done.differ.add(planned.id)
            head = {"_id": planned.id, "mailbox": self._mailbox, **says}
            return await self._writing.open_again(head | {"messages": messages})
        if not self._is_as_it_was(dialog):
            done.differ.add(planned.id)
            return False
        own = [each for each in dialog.messages if each["key"] in planned.keys]
        well = own == messages and self.stands_well(dialog)
        if well and _says(dialog.head, says) and len(own) == len(dialog.messages):
            return True
        done.differ.add(planned.id)
        if well and len(own) < len(dialog.messages):
            return True  # the others are dropped once they stand elsewhere
        extra = [each for each in dialog.messages if each["key"] not in planned.keys]
        return await self._write(dialog, says, in_order([*messages, *extra]))

    async def _write(self, dialog: Dialog, says: Document, messages: list[Document]) -> bool:
        """Write a dialog; parts that are not as they must be are replaced."""
        good = Dialog(dialog.head, self._good_parts(dialog))
        if not await self._writing.write(good, says | {"mailbox": self._mailbox}, messages):
            return False
        bad = {each["_id"]: dialog.id for each in dialog.parts if each not in good.parts}
        await self._writing.forget_orphans(bad)
        return True

    async def _remove(self, gone: Any, into: Any) -> None:
        found = (await self._dialogs.whole([gone])).get(gone)
        if found and self._is_as_it_was(found):
            await self._writing.remove(found, into)

    def _is_as_it_was(self, dialog: Dialog) -> bool:
        """Tell whether a dialog is as we have read it, or ours by a wrong name of the mailbox."""
        if (was := self.there.get(dialog.id)) is None:
            return dialog.head["mailbox"] != self._mailbox and dialog.keys <= self._kept.keys()
        return bool(dialog.head["revision"] == was.head["revision"])

    async def _drop(self, plan: Plan, leaving: dict[Any, Planned]) -> None:
        """Let dialogs drop letters of others, once all others have taken theirs in."""
        some = Plan(plan.mailbox, plan.decided, list(leaving.values()), {}, plan.kept)
        async for _, dialog, messages, says in self.pairs(some):
            if dialog and self._is_as_it_was(dialog):
                await self._write(dialog, says, messages)


def _says_rightly(head: Document, says: Document) -> bool:
    """Tell the same of what must hold at any time: a dialog may name those that it met."""
    noticed = noticed_of(says["kinds"], says["has"], head["related"])
    ties = {"related": head["related"], "related_more": head["related_more"], "noticed": noticed}
    return _says(head, says | ties)


def _says(head: Document, says: Document) -> bool:
    """Tell whether a head has the right fields; the order of related dialogs does not matter."""
    related = set(head["related"]) == set(says["related"])
    rest = {name: value for name, value in says.items() if name != "related"}
    return related and all(head.get(name) == value for name, value in rest.items())
