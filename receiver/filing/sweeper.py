"""The sweeper: finds what is kept and not shown, and what is shown twice, by reading back.

Letters carry no mark that they are shown, for it would cost a write each. Instead every letter that
was kept, and every dialog that was changed, is read once more when it is older than any request can
be: each letter must stand in the dialog that it points to, and each dialog must hold only letters
that point to it, and name only dialogs that name it. What was erased and is there all the same goes
(``receiver.erasing.erased``). How far this has come is a watermark in the database, so that
whichever receiver sweeps next goes on from there. What does not agree is settled.
"""

from datetime import datetime, timedelta
from typing import Any

from receiver.erasing.erased import Erased
from receiver.filing.collections import Store
from receiver.filing.corrections import Corrections
from receiver.filing.world import Settles
from receiver.letters.letter import Letter
from receiver.store.letters import Kept

SETTLED_AFTER = timedelta(seconds=20)
OVERLAP = timedelta(seconds=30)
SPAN = timedelta(minutes=10)
AT_ONCE = 64


class Sweeper:
    """Reads back what was written lately."""

    def __init__(
        self,
        store: Store,
        settle: Settles,
        corrections: Corrections,
        after: timedelta = SETTLED_AFTER,
    ) -> None:
        self._after = after
        self._store = store
        self._settle = settle
        self._corrections = corrections
        self._erased = Erased(store)

    async def sweep(self) -> int:
        """Settle what does not agree; return how many letters that concerned."""
        until = await self._store.dialogs.now() - self._after
        count = await self._corrections.finish(until)
        for mailbox in await self._store.letters.mailboxes():
            since = await self._store.letters.watermark(mailbox)
            if since is None:
                since = await self._store.letters.first_kept(mailbox) or until
            while since < until:
                end = min(since + SPAN, until)
                count += await self._sweep(mailbox, since - OVERLAP, end)
                await self._store.letters.set_watermark(mailbox, end)
                since = end
        return count

    async def _sweep(self, mailbox: str, since: datetime, until: datetime) -> int:
        kept = await self._store.letters.kept_between(mailbox, since, until)
        gone = await self._erased.kept(each.letter for each in kept)
        await self._erased.take_away(mailbox, gone)
        kept = [each for each in kept if each.letter.key not in gone]
        wrong: dict[str, set[Any]] = {key: set() for key in await self._not_shown(kept)}
        changed = await self._store.dialogs.changed_between(mailbox, since, until)
        await self._store.dialogs.forget_orphans(mailbox, since, until)
        for key, dialog in await self._shown_elsewhere(mailbox, changed):
            wrong.setdefault(key, set()).add(dialog)
        for key in await self._related_by_one_side(changed):
            wrong.setdefault(key, set())
        for key, dialogs in sorted(wrong.items()):
            await self._settle(mailbox, [key], dialogs)
        return len(wrong)

    async def _not_shown(self, kept: list[Kept]) -> set[str]:
        """Return the letters that do not stand where they point to."""
        wrong: set[str] = set()
        for start in range(0, len(kept), AT_ONCE):
            some = kept[start : start + AT_ONCE]
            heads = await self._store.dialogs.heads({each.dialog for each in some})
            held = await self._held({head["_id"] for head in heads.values()})
            for each in some:
                head = heads.get(each.dialog)
                if head is None or each.letter.key not in held.get(head["_id"], ()):
                    wrong.add(each.letter.key)
        return wrong

    async def _shown_elsewhere(self, mailbox: str, ids: list[Any]) -> set[tuple[str, Any]]:
        """Return the letters that stand in dialogs to which they do not point, and in which."""
        wrong: set[tuple[str, Any]] = set()
        for start in range(0, len(ids), AT_ONCE):
            dialogs = await self._store.dialogs.whole(set(ids[start : start + AT_ONCE]))
            for one, dialog in dialogs.items():
                messages = {each["key"]: each for each in dialog.messages}
                letters = await self._store.letters.of_keys(mailbox, messages)
                heads = await self._store.dialogs.heads({each.dialog for each in letters})
                for kept in letters:
                    messages.pop(kept.letter.key)
                    if heads.get(kept.dialog, {}).get("_id") != one:
                        wrong.add((kept.letter.key, one))
                left = await self._erased.kept(Letter(mailbox, each) for each in messages.values())
                await self._erased.take_away(mailbox, left)  # a merge may have carried it along
        return wrong

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
            named = {r for other in others.values() for r in other["related"]}
            leads = await self._store.dialogs.heads(named - found.keys()) | found
            for head in heads:
                if nowhere := set(head["related"]) - others.keys():
                    await self._store.dialogs.unrelate(head, nowhere)
                for other in (others[r] for r in head["related"] if r in others):
                    back = {leads[r]["_id"] for r in other["related"] if r in leads}
                    if head["_id"] not in back and not other["related_more"]:
                        wrong.add(head["opened_by"])
        return wrong

    async def _held(self, ids: set[Any]) -> dict[Any, set[str]]:
        dialogs = await self._store.dialogs.whole(ids)
        return {one: {each["key"] for each in found.messages} for one, found in dialogs.items()}
