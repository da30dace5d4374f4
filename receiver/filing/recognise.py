"""A letter that comes again, though it is kept under another key than it comes with.

Its key is another where an earlier version made it, or where a better reader takes another
Message-ID, sender or date from the same header. So what counts is what no reading changes: the
bytes; of other copies what From and Date say as they are written, beside the same Message-ID and
the same parts. Nothing is asked of the database for a letter whose id nobody has.
"""

from collections.abc import Iterable, Mapping

from receiver.filing.world import Near
from receiver.letters.arrival import Arrival
from receiver.letters.as_written import Fields, fields_in, fields_of, same_sender_and_date
from receiver.letters.identity import (
    Mark,
    has_own_id,
    has_these_parts,
    holds_the_same,
    is_the_same,
    same_sender,
)
from receiver.letters.letter import Letter
from receiver.store.blobs import Blobs
from receiver.store.letters import Kept, Letters
from receiver.store.mongo import Document
from receiver.store.packed import headers_in, unpacked


class Recognising:
    """Finds letters under the key that they are kept under."""

    def __init__(self, letters: Letters, blobs: Blobs) -> None:
        self._letters = letters
        self._blobs = blobs

    async def recognised(self, near: Near, arrivals: Iterable[Arrival]) -> dict[str, Kept]:
        """Return the letters that are kept already, by the key that they come with.

        ``near`` was looked up under the letters' ids and under ``Arrival.other_names``. A letter
        whose id may be read otherwise is looked for by its bytes and by its key of then, too.
        """
        found: dict[str, Kept] = {}
        for arrival in arrivals:
            letter = arrival.letter
            if letter.key in near.kept:
                continue
            others = arrival.other_names
            candidates = {
                key: each
                for key, each in near.kept.items()
                if each.letter.message_id in {letter.message_id, *others} or each.known & others
            }
            if others or not has_own_id(letter.message):
                raw = arrival.mark.raw
                known = await self._letters.of_earlier(letter.mailbox, arrival.earlier_keys, raw)
                candidates |= {each.letter.key: each for each in known}
            if candidates and (same := await self._among(arrival, candidates)):
                found[letter.key] = same
        return found

    async def _among(self, arrival: Arrival, candidates: Mapping[str, Kept]) -> Kept | None:
        """Return which of the letters that may be the same one is, the same bytes before all."""
        near = {key: each for key, each in candidates.items() if _may_be(arrival, each)}
        raw, mailbox = arrival.mark.raw, arrival.letter.mailbox
        as_bytes = {"key": 1, "content.raw.sha256": 1}
        kept = await self._letters.documents(mailbox, near, as_bytes) if near else {}
        for key, each in near.items():
            found = kept.get(key, {}).get("content", {}).get("raw") or {}
            if raw and raw in (found.get("sha256"), each.earlier):
                return each
        for each in near.values():
            if each.earlier is not None and is_the_same(arrival.mark, _mark(each)):
                return each
        doubtful = {
            key: each
            for key, each in near.items()
            if each.earlier is not None or _same_parts(arrival, each) or _agree(arrival, each)
        }
        return await self._as_written(arrival, doubtful) if doubtful else None

    async def _as_written(self, arrival: Arrival, doubtful: Mapping[str, Kept]) -> Kept | None:
        """Return the letter whose header says the same, or all of which is read the same."""
        mailbox = arrival.letter.mailbox
        documents = await self._letters.documents(mailbox, doubtful, {"copies": 0})
        ours = await self._fields(arrival.content, arrival.content.get("original"))
        for key, document in documents.items():
            kept, content = doubtful[key], document.get("content", {})
            packed = content.get("original")
            theirs = await self._fields(content, unpacked(packed) if packed else None)
            if ours and theirs:
                alike = same_sender_and_date(ours, theirs)
            else:
                headers = fields_in(arrival.content["headers"])
                alike = same_sender_and_date(headers, fields_in(headers_in(content)))
            if alike and (kept.earlier is not None or _same_parts(arrival, kept)):
                return kept
            pages = arrival.content["html"] == content.get("html", "")
            texts = pages and holds_the_same(arrival.letter.message, document["message"])
            if texts and _agree(arrival, kept):
                return kept
        return None

    async def _fields(self, content: Document, original: bytes | None) -> Fields:
        """Return the fields of a letter's original; none where that is not kept."""
        if original is not None:
            return fields_of(original)
        if raw := content.get("raw"):
            async for piece in self._blobs.pieces(raw["sha256"]):
                return fields_of(piece)
        return {}


def under(arrival: Arrival, key: str) -> Arrival:
    """Return the letter as it would come with the key that it is kept under."""
    letter = Letter(arrival.letter.mailbox, arrival.letter.message | {"key": key})
    return Arrival(arrival.event_id, letter, arrival.content, arrival.copy)


def _may_be(arrival: Arrival, kept: Kept) -> bool:
    """Whether it is worth a question: a program may give all its letters one Message-ID."""
    same_date = kept.letter.created == arrival.letter.created
    return (
        kept.earlier is not None
        or same_date
        or same_sender(arrival.letter.message, kept.letter.message)
        or _same_parts(arrival, kept)
    )


def _agree(arrival: Arrival, kept: Kept) -> bool:
    """Whether sender and date are read the same."""
    return kept.letter.created == arrival.letter.created and same_sender(
        arrival.letter.message, kept.letter.message
    )


def _same_parts(arrival: Arrival, kept: Kept) -> bool:
    """Whether the letters would have one key if sender and date were read the same."""
    return arrival.email is not None and has_these_parts(kept.letter.message, arrival.email)


def _mark(kept: Kept) -> Mark:
    message, raw = kept.letter.message, kept.earlier or ""
    sender = message["from"]["address"]
    return Mark(message["message_id"], sender, kept.letter.created, kept.letter.key, raw)
