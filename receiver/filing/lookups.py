"""Looking for a letter's dialogs: one query each, by an index that begins with the mailbox."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from receiver.letters.addresses import canonical
from receiver.letters.letter import Letter, named_by
from receiver.store.dialogs import Dialogs
from receiver.store.documents import CITING, SEEN, candidate_of, citers_of, held_of
from receiver.store.mongo import Document, store_errors
from receiver.threads.join_policy import Candidate, Policy, answers_a_held
from receiver.threads.matching import SUBJECT_WINDOW


class UnderWay(Exception):
    """A document was met whose letters are being moved; finish that first."""

    def __init__(self, dialog_id: Any) -> None:
        super().__init__(str(dialog_id))
        self.dialog_id = dialog_id


class Lookups:
    """What is known of a letter; each method raises StoreUnavailable when in doubt."""

    def __init__(self, dialogs: Dialogs) -> None:
        self._dialogs = dialogs

    async def known(self, letter: Letter, policy: Policy, *, again: bool) -> list[Candidate]:
        """Return every dialog that may matter by the letter's ids; raises UnderWay."""
        candidates = await self.candidates(letter, letter.named if policy == "participants" else ())
        if again:
            # A letter under a reused Message-ID may lie in a dialog that does not own the id.
            candidates += await self.holders(letter)
        if policy == "participants":
            candidates += await self.namers(letter, candidates)
            candidates = [await self.with_citers(each, letter) for each in candidates]
        return candidates

    async def candidates(self, letter: Letter, named: Iterable[str] = ()) -> list[Candidate]:
        """Return every dialog that knows one of the letter's ids or ``named``; raises UnderWay.

        A stored letter's own id is always known, so that duplicates are among them too.
        """
        known: Document = {
            "mailbox": letter.mailbox,
            "thread_ids": {"$in": [*letter.ids, letter.sentinel, *named]},
        }
        return await self._candidates(await self._seen(known))

    async def namers(self, letter: Letter, candidates: Iterable[Candidate]) -> list[Candidate]:
        """Return who else named the letter, where a dialog knew its id before; raises UnderWay.

        They were refused there, and so are among that dialog's links.
        """
        start = named_by(letter.message_id, "")

        def names(ids: Iterable[str]) -> bool:
            return any(one.startswith(start) for one in ids)

        before = [
            each
            for each in candidates
            if letter.message_id in each.thread_ids or names(each.thread_ids)
        ]
        linked = [one for each in before for one in each.related]
        found: list[Document] = []
        for name in ("_id", "former_ids") if linked else ():
            found += await self._seen({name: {"$in": linked}})
        return await self._candidates([each for each in found if names(each["thread_ids"])])

    async def with_citers(self, dialog: Candidate, letter: Letter) -> Candidate:
        """Return a dialog with those who named the letter's ids there, if that may decide."""
        unseen = [one for one in letter.ids if one in dialog.thread_ids - dialog.held_ids]
        if not unseen or (letter.message_id not in unseen and answers_a_held(letter, dialog)):
            return dialog
        head = await self._dialogs.read(dialog.id, CITING)
        parts = await self._dialogs.parts(dialog.id, CITING) if dialog.continued else []
        documents = [one for one in (head, *parts) if one]
        for document in documents:
            if "transfer" in document:
                raise UnderWay(document["_id"])
        held = dialog.held | {
            message["key"]: held_of(dialog.mailbox, message)
            for document in documents
            for message in document["messages"]
        }
        return replace(dialog, citers=citers_of(documents, unseen), held=held)

    async def holders(self, letter: Letter) -> list[Candidate]:
        """Return the dialog that holds the letter, wherever it is; raises UnderWay."""
        known: Document = {"mailbox": letter.mailbox, "messages.key": letter.key}
        return await self._candidates(await self._seen(known))

    async def similar(self, letter: Letter) -> list[Candidate]:
        """Return the latest dialogs of the letter's user with its base subject; raises UnderWay."""
        found = await self._seen(
            {
                "mailbox": letter.mailbox,
                "user": canonical(letter.user),
                "base_subject": letter.base_subject,
                "updated": {"$gte": letter.created - SUBJECT_WINDOW},
            }
        )
        return await self._candidates(found)

    async def _seen(self, query: Document) -> list[Document]:
        with store_errors():
            return await self._dialogs.documents.find(query, SEEN).to_list(None)

    async def _candidates(self, found: Sequence[Document]) -> list[Candidate]:
        """Return the dialogs of the documents that were found, the oldest first."""
        dialogs: dict[Any, list[Document]] = {}
        for document in found:
            head = document
            if "continues" in document:
                resolved = await self._dialogs.resolve(document["continues"], SEEN)
                if resolved is None:
                    raise UnderWay(document["continues"])
                head = resolved
            if head["_id"] not in dialogs:
                grown = head.get("continued")
                parts = await self._dialogs.parts(head["_id"], SEEN) if grown else []
                dialogs[head["_id"]] = [head, *parts]
        for each in (each for documents in dialogs.values() for each in documents):
            if "transfer" in each:
                raise UnderWay(each["_id"])
        return [candidate_of(documents) for _, documents in sorted(dialogs.items())]
