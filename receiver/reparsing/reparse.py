"""A mailbox's letters read again: first all are looked at, then what differs is written.

The order makes it repeatable after being cut short: a note that dialogs must be made anew; facts
that keep each dialog as it is, if today's reading of ids would group it differently; new files; the
letters, each by compare-and-set, as others write meanwhile; the dialogs. A letter stays as it is if
it has no original, is not read whole this time, or lost something to erasing or retention.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from contract.bridge.reread import ReadFile
from contract.event import Email, LetterContent
from receiver.filing.collections import Store
from receiver.filing.world import plain
from receiver.letters.arrival import Arrival, arrival_of
from receiver.letters.letter import Letter
from receiver.letters.senders import NOBODY
from receiver.migration.corrections import Otherwise, kept_as_they_are, otherwise
from receiver.projecting.mailbox import Projecting
from receiver.reparsing.anew import Rewritten, changes_of
from receiver.reparsing.originals import AT_ONCE, Originals
from receiver.reparsing.reader import Readings
from receiver.store.mongo import Database, Document, StoreUnavailable
from receiver.threads.facts import Fact, in_force
from receiver.threads.group import Policy
from receiver.threads.partition import partition
from receiver.web.html import harmless, shown_text
from receiver.words import texts

WHO = "reparse"
ATTEMPTS = 20
SAME, CHANGED, MISSING, LESS, LEFT = "same", "changed", "without original", "not read", "left"
Tell = Callable[[Document, Rewritten], None]


@dataclass
class Looked:
    """The letters of a mailbox that change, without their texts, and counts."""

    letters: dict[str, Letter] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    differs: Sequence[Otherwise] = ()
    pins: Sequence[tuple[Fact, list[Any]]] = ()


class Reparsing:
    """Reads mailboxes again by one policy; raises StoreUnavailable, and CannotStart."""

    def __init__(self, database: Database, store: Store, policy: Policy, reader: Readings) -> None:
        self._store = store
        self._policy: Policy = policy
        self._reader = reader
        self._originals = Originals(database)

    async def look(self, mailbox: str, *, regroup: bool, tell: Tell) -> Looked:
        """Read a mailbox's letters again and print each that changes; nothing is written."""
        looked = Looked()
        async for batch in self._originals.batches(mailbox):
            for each in await self._read(batch, looked.counts):
                tell(each.document, each.changes)
                looked.letters[each.document["key"]] = _light(each.changes.letter)
        if looked.letters:
            await self._compare(mailbox, looked, regroup=regroup)
        return looked

    async def run(self, mailbox: str, *, regroup: bool, tell: Tell) -> Looked:
        """Bring a mailbox's letters and dialogs to what the originals say today."""
        looked = await self.look(mailbox, regroup=regroup, tell=tell)
        if not looked.letters and mailbox not in await self._originals.begun():
            return looked
        await self._originals.begin(mailbox)
        for fact, about in looked.pins:
            await self._store.facts.add(mailbox, fact, about)
        async with self._store.index.together(mailbox):
            for keys in _few(sorted(looked.letters)):
                async with self._store.index.changing(mailbox, keys):
                    await self._write(mailbox, keys)
        await Projecting(self._store, self._policy).project(mailbox)
        for fact, _ in looked.pins:
            await self._store.facts.mark_shown(fact.id)
        await self._originals.end(mailbox)
        return looked

    async def _read(self, documents: Sequence[Document], counts: Counter[str]) -> "list[_Read]":
        """Return the letters that change, each with its changes."""
        originals: dict[str, bytes] = {}
        for document in documents:
            if document.get("redacted") or document.get("trimmed"):
                counts[LEFT] += 1
            elif (original := await self._originals.original(document)) is None:
                counts[MISSING] += 1
            else:
                originals[document["key"]] = original
        told = await self._reader.read(originals) if originals else {}
        found: list[_Read] = []
        for document in documents:
            if (said := told.get(document["key"])) is None:
                continue
            if said.less or said.content is None:
                counts[LESS] += 1
                continue
            changes = changes_of(document, await _arrival(document, said.content))
            counts[CHANGED if changes else SAME] += 1
            if changes:
                found.append(_Read(document, changes, said.files))
        return found

    async def _compare(self, mailbox: str, looked: Looked, *, regroup: bool) -> None:
        """Find dialogs that the rule would now group differently, and the facts that keep them."""
        outlines = await self._store.dialogs.outlines(mailbox)
        home = {each["key"]: one for one, found in outlines.items() for each in found.messages}
        facts = await self._store.facts.of_mailbox(mailbox)
        decided = in_force(facts)
        letters = [
            plain(mailbox, looked.letters.get(each.letter.key, each.letter).message, decided)
            async for each in self._store.letters.of_mailbox(mailbox)
            if each.letter.key in home
        ]
        looked.differs = otherwise(home, partition(letters, self._policy, decided))
        if looked.differs and not regroup:
            now = await self._store.dialogs.now()
            pins = kept_as_they_are(home, letters, facts, self._policy, now, who=WHO)
            looked.pins = [(each, sorted({home[key] for key in each.touches})) for each in pins]

    async def _write(self, mailbox: str, keys: Sequence[str]) -> None:
        left = set(keys)
        for _ in range(ATTEMPTS):
            documents = await self._originals.of_keys(mailbox, left)
            lost = set()
            for each in await self._read(documents, Counter()):
                await self._store_files(each)
                document, fields = each.document, each.changes.fields
                if not await self._originals.write(document, each.changes):
                    lost.add(document["key"])
                    continue
                gone = set(document.get("digests") or ()) - set(fields.get("digests") or ())
                gone = gone if "message.attachments" in fields else set()
                await self._originals.condemn(gone, await self._store.dialogs.now())
            left = lost
            if not left:
                return
        raise StoreUnavailable("the letters kept changing")

    async def _store_files(self, read: "_Read") -> None:
        """Store the attachments that the letter did not name before."""
        known = {each["sha256"] for each in read.document["message"]["attachments"]}
        for each in read.files:
            if each.sha256 not in known:
                content = BytesIO(await asyncio.to_thread(Path(each.path).read_bytes))
                await self._store.blobs.store(each.sha256, each.size, content)


@dataclass(frozen=True)
class _Read:
    """A letter that changes, and its attachments' files until the next few are read."""

    document: Document
    changes: Rewritten
    files: Sequence[ReadFile]


async def _arrival(document: Document, said: LetterContent) -> Arrival:
    """Return the letter as if it came today as it came then."""
    content, was = document["content"], document["message"]["from"]["address"]
    if said.from_.address == NOBODY:  # people that the letter does not name may be in its envelope
        said = said.model_copy(update={"from_": said.from_.model_copy(update={"address": was})})
    read = {name: getattr(said, name) for name in LetterContent.model_fields}
    raw = {name: content["raw"][name] for name in ("sha256", "size")}
    email = Email.model_validate(
        read | {"mailbox": document["mailbox"], "received_at": content["received"], "raw": raw}
    )
    # It came when it came, by whatever clock: a reading is the same whenever it is read.
    clean = await harmless(email)
    event_id, text = str(document["_id"]), await shown_text(clean)
    return arrival_of(event_id, clean, content["received"], text=text)


def _light(letter: Letter) -> Letter:
    """Return a letter without its texts, as many are in memory at once."""
    return Letter(letter.mailbox, letter.message | {"body": "", "reply": ""})


def _few(keys: Sequence[str], size: int = AT_ONCE) -> list[Sequence[str]]:
    return [keys[at : at + size] for at in range(0, len(keys), size)]


def words_of(counts: Mapping[str, int]) -> str:
    """Return counts on a line."""
    words = {
        CHANGED: "{count} change",
        SAME: "{count} stay as they are",
        MISSING: "{count} have no original",
        LESS: "{count} cannot be read whole",
        LEFT: "{count} gave something up to erasing or retention",
    }
    return ", ".join(texts(words[each], count=counts[each]) for each in words if counts[each])
