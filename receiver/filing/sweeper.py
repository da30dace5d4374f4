"""The sweeper: finds what is kept and not shown, and what is shown twice, by reading back.

Letters carry no mark that they are shown, for it would cost a write each. Instead every letter that
was kept, and every dialog that was changed, is read once more when it is older than any request can
be: each letter must stand in the dialog that it points to, and each dialog must hold only letters
that point to it, name only dialogs that name it, and name or be named by those that share an id
with it. What was erased and is there all the same goes, also out of others' letters that tell of it
(``receiver.erasing.erased``, ``receiver.erasing.afterwards.quoting``). How far this
has come is a watermark in the database, so that whichever receiver sweeps next goes on from there.
What does not agree is settled.
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
UNWRITTEN = timedelta(minutes=5)  # so long nothing is written down of a mailbox that is still
AT_ONCE = 64


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
        self._read: dict[str, frozenset[Any]] = {}  # what the next sweep would read once more

    async def sweep(self) -> int:
        """Settle what does not agree; return how many letters that concerned."""
        until = await self._store.dialogs.now() - self._after
        count = await self._corrections.finish(until)
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

    async def _sweep(self, mailbox: str, since: datetime, until: datetime) -> int | None:
        """Return how many letters did not agree; None where nothing was kept or changed."""
        kept = await self._store.letters.kept_between(mailbox, since, until)
        revisions, parts = await self._store.dialogs.changed_between(mailbox, since, until)
        await self._store.writing.forget_orphans(parts)
        read = self._read.pop(mailbox, frozenset())
        fresh = [one for one in kept if one not in read]
        changed = [one for one, revision in revisions.items() if (one, revision) not in read]
        wrong: dict[str, set[Any]] = {}
        less: set[str] = set()
        for start in range(0, len(fresh), AT_ONCE):
            some = await self._store.letters.of_ids(fresh[start : start + AT_ONCE])
            wrong |= {key: set() for key in await self._not_shown(mailbox, some)}
            if since < await self._quoting.not_known_until():
                less |= await self._quoting.kept(mailbox, some)
            wrong |= {key: set() for key in await self._apart(mailbox, some)}
        for key, dialog in await self._shown_elsewhere(mailbox, changed):
            wrong.setdefault(key, set()).add(dialog)
        for key in await self._related_by_one_side(changed):
            wrong.setdefault(key, set())
        for key, dialogs in sorted(wrong.items()):
            await self._settle(mailbox, [key], dialogs)
        if less:
            await self._project(mailbox, less)
        if kept or revisions:
            self._read[mailbox] = frozenset({*kept, *revisions.items()})
        return len(wrong) if fresh or changed else None

    async def _not_shown(self, mailbox: str, kept: Sequence[Kept]) -> set[str]:
        """Return the letters that do not stand where they point to; erased ones are taken away.

        Those that stood beside erased ones, too: what their dialog says of itself is to follow.
        """
        gone = await self._erased.kept(each.letter for each in kept)
        taken = await self._erased.take_away(mailbox, gone)
        heads = await self._store.dialogs.heads({each.dialog for each in kept})
        held = await self._store.dialogs.keys({head["_id"] for head in heads.values()})
        stand = {one: held.get(head["_id"], frozenset()) for one, head in heads.items()}
        there = {each.letter.key for each in kept if each.letter.key in stand.get(each.dialog, ())}
        return ({each.letter.key for each in kept} - there | taken.beside) - gone

    async def _apart(self, mailbox: str, kept: Sequence[Kept]) -> set[str]:
        """Return the letters that share an id with one in another dialog, neither named there.

        Whoever opens or joins a dialog meets all that are found under an id, and has both dialogs
        name each other where they stay two. Where they do not, he did not meet the other one.
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
        """Return which dialogs each of these names, by the ids that they have now."""
        former = {one for head in heads for one in head["related"]}
        leads = await self._store.dialogs.heads(former)
        return {
            head["_id"]: {leads[one]["_id"] for one in head["related"] if one in leads}
            for head in heads
        }

    async def _shown_elsewhere(self, mailbox: str, ids: list[Any]) -> set[tuple[str, Any]]:
        """Return the letters that stand in dialogs to which they do not point, and in which."""
        wrong: set[tuple[str, Any]] = set()
        for start in range(0, len(ids), AT_ONCE):
            held = await self._store.dialogs.keys(ids[start : start + AT_ONCE])
            letters = await self._pointers(mailbox, frozenset().union(*held.values()))
            for one, keys in held.items():
                wrong |= {(key, one) for key in keys & letters.keys() if letters[key] != one}
            without = {one for one, keys in held.items() if keys - letters.keys()}
            left = await self._erased.take_out_of(mailbox, without)
            wrong |= {(key, letters[key]) for key in left if letters.get(key)}
        return wrong

    async def _pointers(self, mailbox: str, keys: Set[str]) -> dict[str, Any]:
        """Return to which dialogs letters point, None where it is not there."""
        letters = await self._store.letters.of_keys(mailbox, keys, POINTERS)
        heads = await self._store.dialogs.heads({each.dialog for each in letters})
        return {each.letter.key: heads.get(each.dialog, {}).get("_id") for each in letters}

    async def _related_by_one_side(self, ids: list[Any]) -> set[str]:
        """Return a letter of each dialog that another one, which it names, does not name.

        Whoever opens a dialog beside another one has that name it first; so if the writer dies in
        between, a dialog is named that never was. That name is taken away.
        """
        wrong: set[str] = set()
        for start in range(0, len(ids), AT_ONCE):
            found = await self._store.dialogs.heads(ids[start : start + AT_ONCE])
            heads = [head for head in found.values() if head["related"]]
            others = await self._store.dialogs.heads({r for head in heads for r in head["related"]})
            names = await self._named_by(list(others.values()))
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
