"""The sweeper: reads back what was written, to find letters not shown or shown twice.

Letters carry no mark that they are shown, as it would cost a write each. Instead every letter that
was stored, and every dialog that was changed, is read once more when it is older than any running
request: each letter must stand in the dialog that it points to, and each dialog must hold only
letters that point to it, name only dialogs that name it, and name or be named by those that share
an id with it. Erased data that is present all the same is removed, also from others' letters
(``receiver.erasing.erased``, ``receiver.erasing.afterwards.quoting``). Progress is a watermark in
the database, so that any receiver goes on from there. Whatever does not agree is settled.
"""

from collections.abc import Sequence, Set
from datetime import datetime, timedelta
from typing import Any

from receiver.erasing.afterwards.quoting import Quoting
from receiver.erasing.erased import Erased
from receiver.filing.collections import Store
from receiver.filing.corrections import Corrections
from receiver.filing.look import by_name
from receiver.filing.world import Projects, Settles
from receiver.store.letters import POINTERS, Kept
from receiver.store.mongo import Document
from receiver.threads.projection import noticed_of

SETTLED_AFTER = timedelta(seconds=20)
OVERLAP = timedelta(seconds=30)
SPAN = timedelta(minutes=10)
UNWRITTEN = timedelta(minutes=5)  # how long nothing is recorded of a quiet mailbox
AT_ONCE = 64
DEAD_AFTER = 90  # times as long as a request may run: half an hour


class Sweeper:
    """Reads back what was written lately."""

    def __init__(
        self,
        store: Store,
        settle: Settles,
        corrections: Corrections,
        project: Projects,
        after: timedelta = SETTLED_AFTER,
    ) -> None:
        self._after = after
        self._store = store
        self._settle = settle
        self._corrections = corrections
        self._project = project
        self._erased = Erased(store)
        self._quoting = Quoting(store)
        self._looked_for_others = False
        self._read_until: dict[str, datetime] = {}
        self._read: dict[str, frozenset[Any]] = {}  # what the next sweep would read again

    async def sweep(self) -> int:
        """Settle what does not agree; return how many letters were concerned."""
        until = await self._store.dialogs.now() - self._after
        count = await self._corrections.finish(until)
        await self._project_what_is_left(until)
        if not self._looked_for_others:
            await self._store.mailboxes.mark_others()
            self._looked_for_others = True
        for mailbox, marked in (await self._store.mailboxes.watermarks()).items():
            since = max(marked, self._read_until.get(mailbox, marked))
            if since > until:  # the clock was set back, and so are the marks
                since = min(marked, until)
            span = SPAN
            while since < until:
                end = min(since + span, until)
                found = await self._sweep(mailbox, since - OVERLAP, end)
                span = span * 2 if found is None else SPAN
                if found is not None or end - marked >= UNWRITTEN:
                    await self._store.mailboxes.set_watermark(mailbox, end)
                    marked = end
                count += found or 0
                since = self._read_until[mailbox] = end
        return count

    async def _project_what_is_left(self, until: datetime) -> None:
        """Project mailboxes of which letters went, if whoever took them died before he did it."""
        left = await self._store.mailboxes.left_to_project(until - DEAD_AFTER * self._after)
        for mailbox in sorted({*left.values()}):
            await self._project(mailbox, None)
        for note in left:
            await self._store.mailboxes.projected(note)

    async def _sweep(self, mailbox: str, since: datetime, until: datetime) -> int | None:
        """Return how many letters did not agree; None if nothing was stored or changed."""
        kept = await self._store.letters.kept_between(mailbox, since, until)
        revisions, parts = await self._store.dialogs.changed_between(mailbox, since, until)
        await self._store.writing.forget_orphans(parts)
        read = self._read.pop(mailbox, frozenset())
        fresh = [one for one in kept if one not in read]
        changed = [one for one, revision in revisions.items() if (one, revision) not in read]
        wrong: dict[str, set[Any]] = {}
        less: set[str] = set()
        erased: set[str] = set()
        note = ""
        for start in range(0, len(fresh), AT_ONCE):
            some = await self._store.letters.of_ids(fresh[start : start + AT_ONCE])
            if gone := await self._erased.kept(each.letter for each in some):
                note = await self._store.mailboxes.letters_go(mailbox, until, note)
                erased |= gone
                less |= (await self._erased.take_away(mailbox, gone)).beside
                some = [each for each in some if each.letter.key not in gone]
            wrong |= {key: set() for key in await self._not_shown(some)}
            if since < await self._quoting.not_known_until():
                less |= await self._quoting.kept(mailbox, some)
            wrong |= {key: set() for key in await self._apart(mailbox, some)}
        for start in range(0, len(changed), AT_ONCE):
            of_them = changed[start : start + AT_ONCE]
            for key, dialog in await self._shown_elsewhere(mailbox, of_them):
                wrong.setdefault(key, set()).add(dialog)
            for key in await self._related_by_one_side(of_them):
                wrong.setdefault(key, set())
        for key, dialogs in sorted(wrong.items()):
            await self._settle(mailbox, [key], dialogs)
        if less or erased:  # they may have united others, or kept them apart
            await self._project(mailbox, less)
        if note:
            await self._store.mailboxes.projected(note)
        if kept or revisions:
            self._read[mailbox] = frozenset({*kept, *revisions.items()})
        return len(wrong) if fresh or changed else None

    async def _not_shown(self, kept: Sequence[Kept]) -> set[str]:
        """Return the letters that are not where they point to."""
        heads = await self._store.dialogs.heads({each.dialog for each in kept})
        held = await self._store.dialogs.keys({head["_id"] for head in heads.values()})
        stand = {one: held.get(head["_id"], frozenset()) for one, head in heads.items()}
        there = {each.letter.key for each in kept if each.letter.key in stand.get(each.dialog, ())}
        return {each.letter.key for each in kept} - there

    async def _apart(self, mailbox: str, kept: Sequence[Kept]) -> set[str]:
        """Return the letters that share an id with one in another dialog, neither named there.

        A worker that opens or joins a dialog meets all that are found under an id, and lets the two
        dialogs name each other if they stay apart. If they do not, it did not meet the other
        letter.
        """
        ids = {one for each in kept for one in each.letter.ids}
        beside = by_name(await self._store.letters.knowing(mailbox, ids, POINTERS))
        pointers = {each.dialog for found in beside.values() for each in found}
        heads = await self._store.dialogs.heads(pointers | {each.dialog for each in kept})
        doubtful = [
            (each.letter.key, own, other)
            for each in kept
            if (own := heads.get(each.dialog))
            for one in {met.dialog for name in each.letter.ids for met in beside.get(name, ())}
            if (other := heads.get(one)) and not _says_of(own, other) and not _says_of(other, own)
        ]
        names = await self._named_by([head for _, *both in doubtful for head in both])
        return {
            key
            for key, own, other in doubtful
            if other["_id"] not in names[own["_id"]] and own["_id"] not in names[other["_id"]]
        }

    async def _named_by(self, heads: Sequence[Document]) -> dict[Any, set[Any]]:
        """Return the dialogs that each of these names, by their present ids."""
        former = {one for head in heads for one in head["related"]}
        leads = await self._store.dialogs.heads(former)
        return {
            head["_id"]: {leads[one]["_id"] for one in head["related"] if one in leads}
            for head in heads
        }

    async def _shown_elsewhere(self, mailbox: str, ids: list[Any]) -> set[tuple[str, Any]]:
        """Return the letters in dialogs to which they do not point, and these dialogs."""
        held = await self._store.dialogs.keys(ids)
        letters = await self._pointers(mailbox, frozenset().union(*held.values()))
        wrong = {
            (key, one)
            for one, keys in held.items()
            for key in keys & letters.keys()
            if letters[key] != one
        }
        without = {one for one, keys in held.items() if keys - letters.keys()}
        left = await self._erased.take_out_of(mailbox, without)
        return wrong | {(key, letters[key]) for key in left if letters.get(key)}

    async def _pointers(self, mailbox: str, keys: Set[str]) -> dict[str, Any]:
        """Return the dialogs that letters point to, None if it is not there."""
        letters = await self._store.letters.of_keys(mailbox, keys, POINTERS)
        heads = await self._store.dialogs.heads({each.dialog for each in letters})
        return {each.letter.key: heads.get(each.dialog, {}).get("_id") for each in letters}

    async def _related_by_one_side(self, ids: list[Any]) -> set[str]:
        """Return a letter of each dialog that is named by another one but does not name it.

        A worker that opens a dialog beside another one first lets that one name it; so if it dies
        in between, a dialog is named that never existed. That name is removed.
        """
        found = await self._store.dialogs.heads(ids)
        heads = [head for head in found.values() if head["related"]]
        others = await self._store.dialogs.heads({r for head in heads for r in head["related"]})
        names = await self._named_by(list(others.values()))
        wrong: set[str] = set()
        for head in heads:
            left = [one for one in head["related"] if one in others]
            if len(left) < len(head["related"]):
                noticed = noticed_of(head["kinds"], head["has"], left)
                await self._store.writing.unrelate(head, left, noticed)
            for other in (others[one] for one in left):
                if head["_id"] not in names[other["_id"]] and not other["related_more"]:
                    wrong.add(head["opened_by"])
        return wrong


def _says_of(head: Document, other: Document) -> bool:
    """Tell whether a dialog is the other, or names it, or names so many that it may."""
    return bool(head["related_more"]) or other["_id"] in (head["_id"], *head["related"])
