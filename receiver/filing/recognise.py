"""A letter that comes again, though it is kept under a key that an earlier version gave it."""

from collections.abc import Iterable

from receiver.filing.world import Near
from receiver.letters.addresses import canonical
from receiver.letters.arrival import Arrival
from receiver.letters.identity import Mark, has_own_id, is_the_same
from receiver.letters.letter import Letter
from receiver.store.letters import Kept, Letters


async def recognised(letters: Letters, near: Near, arrivals: Iterable[Arrival]) -> dict[str, Kept]:
    """Return the letters that are kept already under another key, by the key that they come with.

    One with a Message-ID of its own was found under it by the look; for others the database is
    asked, by their bytes and by the key that they had before. A better reading of Date or From
    also gives another key: then the bytes are the same.
    """
    found = await _read_otherwise(letters, near, arrivals)
    old = [each for each in near.kept.values() if each.earlier is not None]
    for arrival in arrivals:
        letter = arrival.letter
        candidates = [each for each in old if each.letter.message_id == letter.message_id]
        if (
            letter.key in near.kept
            or letter.key in found
            or (has_own_id(letter.message) and not candidates)
        ):
            continue
        mark = arrival.mark
        if not mark.message_id:
            candidates += await letters.of_earlier(letter.mailbox, mark.key, mark.raw)
        same = [each for each in candidates if _is_the_same(mark, each)]
        if same:
            found[letter.key] = min(same, key=lambda each: mark.raw != each.earlier)
    return found


async def _read_otherwise(
    letters: Letters, near: Near, arrivals: Iterable[Arrival]
) -> dict[str, Kept]:
    """Return those that are kept with the same Message-ID and the same bytes, read before."""
    found: dict[str, Kept] = {}
    for arrival in arrivals:
        letter = arrival.letter
        if letter.key in near.kept or not (arrival.mark.message_id and arrival.mark.raw):
            continue
        alike = {
            key: each for key, each in near.kept.items() if _may_be_read_otherwise(each, letter)
        }
        if alike:
            digests = await letters.digests_of(letter.mailbox, alike)
            same = (each for key, each in alike.items() if digests.get(key) == arrival.mark.raw)
            if first := next(same, None):
                found[letter.key] = first
    return found


def _may_be_read_otherwise(kept: Kept, letter: Letter) -> bool:
    """Whether a letter of the same Message-ID differs in the date or the sender, not in both."""
    if kept.earlier is not None or kept.letter.message_id != letter.message_id:
        return False
    ours, theirs = letter.message["from"]["address"], kept.letter.message["from"]["address"]
    return letter.created == kept.letter.created or canonical(ours) == canonical(theirs)


def under(arrival: Arrival, key: str) -> Arrival:
    """Return the letter as it would come with the key that it is kept under."""
    letter = Letter(arrival.letter.mailbox, arrival.letter.message | {"key": key})
    return Arrival(arrival.event_id, letter, arrival.content, arrival.copy)


def _is_the_same(mark: Mark, kept: Kept) -> bool:
    if kept.earlier is None:
        return False
    message = kept.letter.message
    sender = message["from"]["address"]
    own = Mark(message["message_id"], sender, kept.letter.created, kept.letter.key, kept.earlier)
    return is_the_same(mark, own)
