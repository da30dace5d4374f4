"""Recognises a letter that comes again although it is stored under another key.

Its key differs if an earlier version made it, or if a better reader finds another Message-ID,
sender or date in the same header. So only what no reading changes counts: the bytes (and, if they
do not name the sender, who sent them); for other copies From and Date as written, beside the same
Message-ID and the same parts. A letter without a Message-ID must also agree in the rest, as written
or as read: ``receiver.letters.nameless``. For a letter with an unknown id nothing is asked of the
database.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from receiver.filing.collections import Store
from receiver.filing.world import Near
from receiver.letters.arrival import BYTES, Arrival
from receiver.letters.as_written import (
    Fields,
    fields_in,
    fields_of,
    same_sender_and_date,
    tell_the_same,
)
from receiver.letters.identity import (
    Mark,
    has_own_id,
    has_these_parts,
    holds_the_same,
    is_the_same,
    same_sender,
)
from receiver.letters.letter import Letter
from receiver.letters.nameless import told, words_of_page
from receiver.letters.senders import senders
from receiver.store.letters import Kept
from receiver.store.mongo import Document
from receiver.store.packed import headers_in, unpacked

AS_BYTES: Document = dict.fromkeys(
    (
        *("key", "content.raw.sha256", "redacted", "message.from.address"),
        *("copies.source.via", "copies.source.mail_from"),
    ),
    1,
)


class Recognising:
    """Finds letters under the key under which they are stored."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def recognised(self, near: Near, arrivals: Iterable[Arrival]) -> dict[str, Kept]:
        """Return the letters that are stored already, by the key that they come with.

        ``near`` was looked up under the letters' ids and under ``Arrival.other_names``. A letter
        whose id may be read differently is also looked up by its bytes and by its earlier key.
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
                known = await self._store.letters.of_earlier(
                    letter.mailbox, arrival.earlier_keys, raw
                )
                candidates |= {each.letter.key: each for each in known}
            if candidates and (same := await self._among(arrival, candidates)):
                found[letter.key] = same
        return found

    async def _among(self, arrival: Arrival, candidates: Mapping[str, Kept]) -> Kept | None:
        """Return the candidate that is the same letter, one with the same bytes first."""
        near = {key: each for key, each in candidates.items() if _may_be(arrival, each)}
        raw, mailbox = arrival.mark.raw, arrival.letter.mailbox
        kept = await self._store.letters.documents(mailbox, near, AS_BYTES) if near else {}
        near = {key: one for key, one in near.items() if not _of_another(arrival, kept.get(key))}
        for key, each in near.items():
            found = kept.get(key, {}).get("content", {}).get("raw") or {}
            if raw and raw in (found.get("sha256"), each.earlier):
                return each
        by_key = [key for key, each in near.items() if _is_known_by_key(arrival, each)]
        if by_key and not arrival.alike:
            return near[by_key[0]]
        doubtful = {
            key: each
            for key, each in near.items()
            if each.earlier is not None or _same_parts(arrival, each) or _agree(arrival, each)
        }
        return await self._as_written(arrival, doubtful, by_key) if doubtful else None

    async def _as_written(
        self, arrival: Arrival, doubtful: Mapping[str, Kept], by_key: Collection[str]
    ) -> Kept | None:
        """Return the letter whose header is written the same, or is read the same as a whole."""
        mailbox = arrival.letter.mailbox
        documents = await self._store.letters.documents(mailbox, doubtful, {"copies": 0})
        ours = await self._fields(arrival.content, arrival.content.get("original"))
        for key, document in documents.items():
            kept, content = doubtful[key], document.get("content", {})
            packed = content.get("original")
            theirs = await self._fields(content, unpacked(packed) if packed else None)
            header = ours, theirs
            if not (ours and theirs):
                header = fields_in(arrival.content["headers"]), fields_in(headers_in(content))
            if arrival.alike and not _tells_the_same(arrival, document, *header):
                continue
            if key in by_key or arrival.alike in kept.known:
                return kept
            if same_sender_and_date(*header) and (
                kept.earlier is not None or _same_parts(arrival, kept)
            ):
                return kept
            pages = arrival.content["html"] == content.get("html", "")
            texts = pages and holds_the_same(arrival.letter.message, document["message"])
            if texts and _agree(arrival, kept):
                return kept
        return None

    async def _fields(self, content: Document, original: bytes | None) -> Fields:
        """Return the fields of a letter's original; none if that is not stored."""
        if original is not None:
            return fields_of(original)
        if raw := content.get("raw"):
            async for piece in self._store.blobs.pieces(raw["sha256"]):
                return fields_of(piece)
        return {}


def copies_among(arrivals: Iterable[Arrival]) -> set[str]:
    """Return the keys of letters whose bytes came before among these, with another key.

    Their sender is read from the envelope, which another way or another sender has otherwise. Only
    what is stored is recognised, so they must wait until the first is.
    """
    came: defaultdict[str, dict[str, Arrival]] = defaultdict(dict)
    waiting: set[str] = set()
    for each in arrivals:
        raw, key = each.content["raw"], each.letter.key
        same = came[raw["sha256"]] if raw else {}
        if not raw or key in waiting or key in same:
            continue
        if all(_are_of_two(each, other) for other in same.values()):
            same[key] = each
        else:
            waiting.add(key)
    return waiting


def under(arrival: Arrival, key: str) -> Arrival:
    """Return the letter as if it came with the key under which it is stored."""
    letter = Letter(arrival.letter.mailbox, arrival.letter.message | {"key": key})
    return Arrival(arrival.event_id, letter, arrival.content, arrival.copy)


def _may_be(arrival: Arrival, kept: Kept) -> bool:
    """Whether a comparison is worth a query: a program may give all its letters one Message-ID."""
    same_date = kept.letter.created == arrival.letter.created
    return (
        kept.earlier is not None
        or f"{BYTES}{arrival.mark.raw}" in kept.known
        or same_date
        or same_sender(arrival.letter.message, kept.letter.message)
        or _same_parts(arrival, kept)
    )


def _are_of_two(one: Arrival, other: Arrival) -> bool:
    """Tell whether two senders are known of the same bytes, which do not say whose they are."""
    both = one.its_senders and other.its_senders
    return bool(both) and one.its_senders.isdisjoint(other.its_senders)


def _of_another(arrival: Arrival, kept: Document | None) -> bool:
    """Whether only the sender tells them apart, and somebody else sent the stored letter."""
    if not arrival.its_senders or kept is None or kept.get("redacted"):
        return False
    sources = [each.get("source", {}) for each in kept.get("copies", ())]
    of_it = senders(kept["message"]["from"]["address"], sources)
    return bool(of_it) and of_it.isdisjoint(arrival.its_senders)


def _agree(arrival: Arrival, kept: Kept) -> bool:
    """Whether sender and date are read the same."""
    return kept.letter.created == arrival.letter.created and same_sender(
        arrival.letter.message, kept.letter.message
    )


def _same_parts(arrival: Arrival, kept: Kept) -> bool:
    """Whether the letters would have one key if sender and date were read the same."""
    if not kept.known.isdisjoint(arrival.names_of_its_parts):
        return True
    return arrival.email is not None and has_these_parts(kept.letter.message, arrival.email)


def _is_known_by_key(arrival: Arrival, kept: Kept) -> bool:
    return kept.earlier is not None and is_the_same(arrival.mark, _mark(kept))


def _tells_the_same(arrival: Arrival, document: Document, ours: Fields, theirs: Fields) -> bool:
    """Whether a letter without an id equals a stored one, but for what was removed from that."""
    if document.get("redacted"):
        return True
    as_read = told(arrival.letter.message) == told(document["message"])
    return (as_read or tell_the_same(ours, theirs)) and _same_page(arrival, document)


def _same_page(arrival: Arrival, document: Document) -> bool:
    """Whether the HTML has the same words, if the digest of the parts does not tell."""
    if (arrival.email and arrival.email.parts_sha256) or document.get("trimmed"):
        return True
    page = document.get("content", {}).get("html", "")
    return words_of_page(arrival.content["html"]) == words_of_page(page)


def _mark(kept: Kept) -> Mark:
    message, raw = kept.letter.message, kept.earlier or ""
    sender = message["from"]["address"]
    return Mark(message["message_id"], sender, kept.letter.created, kept.letter.key, raw)
