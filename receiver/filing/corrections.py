"""A person's corrections: split letters off, merge dialogs, move letters, undo any of these.

Each is stored as a fact, then shown. Repeating one that is in force changes nothing. After an undo,
the dialogs are what the remaining facts make of the letters.

A client that never saw the answer cannot tell whether its call was carried out. So it may name the
call (``Once``): its fact has an id made of that name, by which a repeat finds it. And each
correction of a dialog first finishes what a crash left half done.
"""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId

from contract.faults import reach
from receiver.errors import Problem
from receiver.filing.aims import MAX_RECORDS
from receiver.filing.collections import Store
from receiver.filing.world import Settles
from receiver.store.dialog import Dialog
from receiver.store.facts import fact_of
from receiver.store.letters import POINTERS
from receiver.store.mongo import Document, DuplicateKey
from receiver.threads.facts import Fact, What, in_force, moved_by

A_MOMENT = timedelta(milliseconds=1)  # the database's precision
# Fields needed of a dialog that is corrected: its letters, and decisions about them.
OUTLINE: Document = dict.fromkeys(
    (
        *("mailbox", "revision", "parts", "corrections.id", "corrections.when"),
        *("messages.key", "messages.created", "messages.guess"),
    ),
    1,
)


@dataclass(frozen=True)
class Corrected:
    """The dialog in which the letters are now, and whether this call changed anything.

    ``correction`` is the id of the fact that this call stored, if it did.
    """

    dialog: Any
    changed: bool
    correction: Any = None


IDEMPOTENCY_KEY = "Idempotency-Key"
"""By which header field a client names a call."""


@dataclass(frozen=True)
class Once:
    """A call that its client has named: the id that its fact gets, and a digest of its content."""

    id: ObjectId
    asked: str


class Corrections:
    """Corrections of dialogs; each method raises Problem 404 or 409, or StoreUnavailable."""

    def __init__(self, store: Store, settle: Settles) -> None:
        self._store = store
        self._settle = settle

    async def dialog(self, dialog_id: Any, fields: Document | None = None) -> Dialog:
        """Return the dialog that the id of a dialog or letter leads to; raises Problem 404.

        Or some ``fields`` of it.
        """
        for _ in range(3):
            one = (await self.head(dialog_id))["_id"]
            if found := (await self._store.dialogs.whole([one], fields)).get(one):
                return found
        raise Problem(404, "there is no such dialog")

    async def head(self, dialog_id: Any) -> Document:
        """Return the head of such a dialog, without letters; raises Problem 404.

        A letter's dialog may not be there yet: then a correction that was cut short is finished.
        """
        for _ in range(2):
            heads = await self._store.dialogs.heads([dialog_id])
            letter = None if heads else await self._store.letters.of_id(dialog_id)
            if letter:
                heads = await self._store.dialogs.heads([letter.dialog])
            for head in heads.values():
                return head
            if letter is None:
                break
            for document in await self._store.facts.not_shown():
                if letter.letter.key in await self._store.facts.letters_of(document):
                    await self._finish(document)
        raise Problem(404, "there is no such dialog")

    async def split(
        self, dialog_id: Any, keys: Set[str], who: str, once: Once | None = None
    ) -> Corrected:
        """Give some letters of a dialog a dialog of their own, which later answers follow."""
        await self._finish_of(dialog_id)
        source = await self.dialog(dialog_id, OUTLINE)
        held = source.keys
        if not keys < held:
            return await self._split_before(source, keys)
        opened, sides = ObjectId(), {"keys": frozenset(keys), "rest": held - keys}
        fact = await self._fact("split", who, once, [source], **sides, opened=opened)
        return await self._carry_out(source, fact, [source.id, opened], once)

    async def merge(
        self, one_id: Any, other_id: Any, who: str, once: Once | None = None
    ) -> Corrected:
        """Merge two dialogs into the one with the smaller id."""
        one, other = await self._of_one_mailbox(one_id, other_id)
        if one.id == other.id:
            return Corrected(one.id, changed=False)
        # The fewer letters count as moved: otherwise each correction of a dialog that a hundred
        # were merged into would list all letters.
        comes, stays = sorted((one, other), key=lambda each: len(each.keys))
        fact = await self._fact("merge", who, once, [one, other], keys=comes.keys, joins=stays.keys)
        return await self._carry_out(one, fact, [comes.id, stays.id], once)

    async def move(
        self, dialog_id: Any, keys: Set[str], to: Any, who: str, once: Once | None = None
    ) -> Corrected:
        """Move letters into another dialog, as one correction; moving all merges the two."""
        source, target = await self._of_one_mailbox(dialog_id, to)
        moved = frozenset(keys) - target.keys
        if not moved:
            return Corrected(target.id, changed=False)
        if elsewhere := moved - source.keys:
            mailbox = source.head["mailbox"]
            found = await self._store.letters.of_keys(mailbox, elsewhere, POINTERS)
            if len(found) < len(elsewhere):
                raise Problem(404, "there is no such letter in this mailbox")
            raise Problem(409, "the letter is in neither of the two dialogs")
        rest, joins = source.keys - moved, target.keys
        about = [source, target]
        fact = await self._fact("move", who, once, about, keys=moved, rest=rest, joins=joins)
        return await self._carry_out(source, fact, [source.id, target.id], once)

    async def undo(
        self,
        dialog_id: Any,
        who: str,
        correction: Any = None,
        message: str | None = None,
        once: Once | None = None,
    ) -> Corrected:
        """Undo a correction of a dialog, its newest unless one is named, or a letter's guess."""
        finished = await self._finish_of(dialog_id)
        source = await self.dialog(dialog_id, OUTLINE)
        if finished and correction is None and message is None:  # nobody means the one before
            return Corrected(source.id, changed=True, correction=finished[-1])
        facts = await self._facts_about(source)
        if message is None:
            undoes = _to_undo(facts, correction)
        else:
            undoes = _guess_to_undo(source, facts, message)
        if undoes is None:
            return Corrected(source.id, changed=False)
        undo = await self._fact("undo", who, once, [source], undoes=undoes)
        known = {each.id: each for each in facts}
        about = known[undoes].dialogs if undoes in known else ()
        dialogs = list(dict.fromkeys([source.id, *about]))
        return await self._carry_out(source, undo, dialogs, once, moved_by(undo, known))

    async def repeated(self, once: Once) -> Corrected | None:
        """Return the result of an earlier call of this name, or None; Problem 422."""
        found = await self._store.facts.named(once.id)
        if found is None:
            return None
        if found["asked"] != once.asked:
            mistake = {"path": IDEMPOTENCY_KEY, "message": "another call has this name"}
            raise Problem(422, "this name was given to another call: give each its own", (mistake,))
        source = await self.dialog(found["dialogs"][0], OUTLINE)
        letters = await self._store.facts.letters_of(found)
        return await self._show(source, fact_of(found), letters, found["dialogs"])

    async def finish(self, before: datetime) -> int:
        """Show facts older than ``before`` that a crash left half done; return how many."""
        found = [each for each in await self._store.facts.not_shown() if each["when"] <= before]
        for document in found:
            await self._finish(document)
        return len(found)

    async def _finish(self, document: Document) -> None:
        if touched := await self._store.facts.letters_of(document):
            await self._settle(document["mailbox"], touched, ())
        await self._store.facts.mark_shown(document["_id"])

    async def _finish_of(self, dialog_id: Any) -> list[Any]:
        """Let a dialog show all decisions about it; return the undos among them.

        Found by letters: the ids that led to them may lead elsewhere by now.
        """
        undos = []
        for document in await self._store.facts.not_shown():
            source = await self.dialog(dialog_id, OUTLINE)
            of_it = dialog_id in document["dialogs"] or source.id in document["dialogs"]
            if not of_it and source.head["mailbox"] == document["mailbox"]:
                of_it = bool(source.keys & await self._store.facts.letters_of(document))
            if of_it:
                await self._finish(document)
                undos += [document["_id"]] if document["what"] == "undo" else []
        return undos

    async def _fact(
        self, what: What, who: str, once: Once | None, about: Iterable[Dialog], **says: Any
    ) -> Fact:
        """Return a new decision, dated later than all that these dialogs show already.

        Receivers' clocks differ, and the database's may be set back; but an older fact yields.
        """
        name, now = once.id if once else ObjectId(), await self._store.dialogs.now()
        shown = (each["when"] for dialog in about for each in dialog.head["corrections"])
        return Fact(name, what, who, max([now, *(each + A_MOMENT for each in shown)]), **says)

    async def _carry_out(
        self,
        source: Dialog,
        fact: Fact,
        dialogs: Sequence[Any],
        once: Once | None,
        moved: Set[str] = frozenset(),
    ) -> Corrected:
        """Store a fact and show it; of two simultaneous calls of one name only one is stored."""
        mailbox, asked = source.head["mailbox"], once.asked if once else None
        try:
            await self._store.facts.add(mailbox, fact, dialogs, asked)
        except DuplicateKey:
            if once and (done := await self.repeated(once)):
                return done
            raise
        reach("fact.kept")
        return await self._show(source, fact, moved or fact.keys, dialogs)

    async def _show(
        self, source: Dialog, fact: Fact, keys: Set[str], dialogs: Sequence[Any]
    ) -> Corrected:
        """Let dialogs show a fact, and return where its letters are then.

        Letters that it takes elsewhere are settled together with the dialogs concerned, as these
        name others that share an id. If an undo separates the letters concerned, it is the dialog
        in which the undo was requested.
        """
        world = await self._settle(source.head["mailbox"], keys, dialogs)
        reach("fact.shown")
        await self._store.facts.mark_shown(fact.id)
        key = fact.undoes if isinstance(fact.undoes, str) else min(fact.keys, default="")
        where = world.home.get(key) or (await self.head(source.id))["_id"]
        return Corrected(where, changed=True, correction=fact.id)

    async def _split_before(self, source: Dialog, keys: Set[str]) -> Corrected:
        """Return the dialog that an earlier call of the same split opened; raises Problem."""
        found = await self._store.letters.of_keys(source.head["mailbox"], keys, POINTERS)
        if {each.letter.key for each in found} != keys:
            raise Problem(404, "there is no such letter in this mailbox")
        heads = await self._store.dialogs.heads({each.dialog for each in found})
        ids = {head["_id"] for head in heads.values()}
        facts = in_force(await self._facts_about(source)).facts
        if len(ids) == 1 and any(each.what == "split" and keys <= each.keys for each in facts):
            return Corrected(ids.pop(), changed=False)
        if keys == source.keys:
            raise Problem(409, "a dialog must keep a letter")
        raise Problem(409, "some of the letters are in another dialog")

    async def _facts_about(self, source: Dialog) -> list[Fact]:
        listed = [each["id"] for each in source.head["corrections"]]
        if len(listed) >= MAX_RECORDS:  # there may be more
            return await self._store.facts.touching(source.head["mailbox"], source.keys)
        return await self._store.facts.about([source.id], listed)

    async def _of_one_mailbox(self, one_id: Any, other_id: Any) -> tuple[Dialog, Dialog]:
        """Return two dialogs; letters are unique within a mailbox, so none leaves its own."""
        for each in (one_id, other_id):
            await self._finish_of(each)
        one, other = await self.dialog(one_id, OUTLINE), await self.dialog(other_id, OUTLINE)
        if one.head["mailbox"] != other.head["mailbox"]:
            raise Problem(409, "the dialogs are of different mailboxes")
        return one, other


def _guess_to_undo(source: Dialog, facts: Iterable[Fact], key: str) -> str | None:
    """Return the key of a letter that a guess put into a dialog, None if that is undone; 404."""
    if key in in_force(facts).undone:
        return None
    if not any(each["key"] == key and "guess" in each for each in source.messages):
        raise Problem(404, "no such letter was put into this dialog by a guess")
    return key


def _to_undo(facts: Iterable[Fact], correction: Any) -> Any:
    """Return the id of the newest correction in force, or of the named one; None if it is not.

    Raises Problem 404 or 409.
    """
    known = {each.id: each for each in facts}
    decided = in_force(known.values())
    if correction is None:
        for each in decided.facts:
            if each.what != "erasure":
                return each.id
        raise Problem(409, "there is nothing to undo")
    if correction not in known:
        raise Problem(404, "this dialog has no such correction")
    if known[correction].what == "erasure":
        raise Problem(409, "an erasure cannot be undone")
    return None if correction in decided.undone else correction
