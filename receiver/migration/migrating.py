"""The migration: mailboxes are read, planned and written beside the old data; then all is switched.

Nothing is decided while it writes: what it reads determines everything. So it may be cut short
anywhere, and is simply run again. There are rounds until ``dialogs`` holds no earlier document.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from contract.faults import reach
from contract.process import CannotStart
from receiver.filing.collections import Store
from receiver.letters.letter import Letter
from receiver.migration.corrections import Otherwise, facts_of, kept_as_they_are, otherwise
from receiver.migration.earlier import Earlier
from receiver.migration.store import NEXT, MigrationStore
from receiver.migration.switch import Switch
from receiver.projecting.mailbox import Projecting
from receiver.projecting.plan import Plan, letters_of, plan_of, ties_of
from receiver.store import schema, standing
from receiver.store.dialog import Dialog
from receiver.store.dialog_writing import DialogWriting
from receiver.store.facts import document_of
from receiver.store.letters import WITH_TEXTS, Kept, Letters
from receiver.store.mailboxes import KeptMailboxes
from receiver.store.mongo import Database, ServerClock
from receiver.threads.facts import Fact, in_force
from receiver.threads.group import Policy
from receiver.threads.partition import partition
from receiver.threads.projection import messages_of, summary_of

MAX_ROUNDS = 5
STILL_WRITES = f"somebody still writes the dialogs of before: {standing.MIGRATE}"


@dataclass
class Found:
    """An earlier mailbox: its content, its plan, and what the rule would do differently."""

    earlier: Earlier
    facts: list[Fact]
    differs: list[Otherwise]
    plan: Plan


class Migrating:
    """Migrates a database by one policy; raises StoreUnavailable, or CannotStart."""

    def __init__(self, database: Database, policy: Policy, full_bytes: int) -> None:
        self._database = database
        self._policy: Policy = policy
        self._full = full_bytes
        self._store = MigrationStore(database)
        self._switch = Switch(database)
        self._letters = Letters(database)
        self._mailboxes = KeptMailboxes(database)
        self._clock = ServerClock(database)
        self._next = DialogWriting(database, full_bytes=full_bytes, collection=NEXT)

    async def mailboxes(self) -> list[str]:
        """Return the mailboxes to migrate."""
        return await self._store.mailboxes()

    async def damaged(self) -> list[tuple[Any, Any, str]]:
        """Return id and mailbox of each earlier document that cannot be read, and why."""
        return [each async for each in self._store.damaged()]

    async def look(self, mailbox: str, *, regroup: bool) -> Found:
        """Read a mailbox and plan its dialogs; nothing is written."""
        earlier = Earlier(mailbox)
        async for document in self._store.documents(mailbox):
            earlier.take(document)
        now = await self._clock.now()
        home, guesses = earlier.home(), earlier.guesses()
        letters = [
            Letter(
                mailbox, each.message | ({"guess": vars(guesses[key])} if key in guesses else {})
            )
            for key, each in earlier.letters.items()
        ]
        facts = facts_of(earlier, now)
        groups = partition(letters, self._policy, in_force(facts))
        differs = otherwise(home, groups)
        if differs and not regroup:
            facts += kept_as_they_are(home, letters, facts, self._policy, now)
        kept = {each.key: Kept(ObjectId(), each, home[each.key]) for each in letters}
        plan = plan_of(mailbox, kept, facts, _outlines(earlier, home), self._policy)
        return Found(earlier, facts, differs, plan)

    async def run(self, *, regroup: bool, tell: Callable[[str, Found], None]) -> bool:
        """Migrate; return False if there is nothing to do. ``tell`` is called for each mailbox."""
        if not await self._is_to_do():
            return False
        for _ in range(MAX_ROUNDS):
            if (await self._store.note()).get("state") == "changing places":
                await self._switch.change_places()
                reach("migration.changed")
            if not await self._store.mailboxes():
                await self._finish()
                return True
            await self._write_all(regroup, tell)
        raise CannotStart(STILL_WRITES)

    async def _is_to_do(self) -> bool:
        under_way = await standing.under_migration(self._database)
        return under_way or bool(await self._store.mailboxes())

    async def _finish(self) -> None:
        await schema.ensure(self._database)
        if (await self._store.note()).get("round", 1) > 1:  # what came late may belong to others
            projecting = Projecting(Store.of(self._database, full_bytes=self._full), self._policy)
            for mailbox in await self._mailboxes.every():
                await projecting.project(mailbox)
        now = await self._clock.now()  # before a receiver may start: what it stores is read back
        await standing.adopt(self._database, self._policy, done=True)
        for mailbox in await self._mailboxes.every():
            await self._mailboxes.set_watermark(mailbox, now)
        await self._store.say(state="done")

    async def _write_all(self, regroup: bool, tell: Callable[[str, Found], None]) -> None:
        number = await self._store.begin()
        await schema.ensure(self._database, ("letters", "facts", "redirects"))
        read: dict[Any, int] = {}
        for mailbox in await self._store.mailboxes():
            found = await self.look(mailbox, regroup=regroup)
            read |= found.earlier.revisions
            await self._write(mailbox, found, number)
            reach("migration.written")
            tell(mailbox, found)
        if await self._store.revisions() != read:
            raise CannotStart(STILL_WRITES)
        await self._switch.keep_before()
        await self._store.say(state="changing places")

    async def _write(self, mailbox: str, found: Found, number: int) -> None:
        earlier, plan = found.earlier, found.plan
        home = {key: each.id for each in plan.dialogs for key in each.keys}
        for key, each in plan.kept.items():
            each.dialog = home[key]
        await self._store.keep_letters(mailbox, plan.kept, earlier.guesses(), first=number == 1)
        # The dialogs that are written next show them from the beginning.
        done = {"shown": True, "migrated": True, "round": number}
        await self._store.keep_facts(
            document_of(mailbox, fact, sorted({home[key] for key in fact.touches})) | done
            for fact in found.facts
        )
        for planned in plan.dialogs:
            texts = await self._letters.of_keys(mailbox, planned.keys, WITH_TEXTS)
            letters = letters_of(plan, planned, texts)
            moved = plan.decided.moved
            says = summary_of(letters, moved, planned.related) | ties_of(planned)
            messages = messages_of(letters, moved)
            head = {"_id": planned.id, "mailbox": mailbox, **says}
            await self._next.restore(head, messages, earlier.revisions.get(planned.id, -1) + 1)
        absorbed = {one: each.id for each in plan.dialogs for one in each.absorbed}
        there = {each.id for each in plan.dialogs}
        ends = {one: earlier.resolve(one) for one in earlier.leads}
        leads = {one: absorbed.get(end, end) for one, end in ends.items()} | absorbed
        leads = {one: end for one, end in leads.items() if end in there and one not in there}
        await self._store.lead(mailbox, leads, earlier.revisions)


def _outlines(earlier: Earlier, home: dict[str, Any]) -> dict[Any, Dialog]:
    """Return the earlier dialogs in the form that a plan takes."""
    dialogs: dict[Any, Dialog] = {}
    for key, one in home.items():
        head = {"_id": one, "opened_by": earlier.opened_by.get(one, ""), "messages": []}
        message = {"key": key, "created": earlier.letters[key].created}
        dialogs.setdefault(one, Dialog(head)).head["messages"].append(message)
    return dialogs
