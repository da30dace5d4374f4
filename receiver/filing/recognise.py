"""A letter that comes again, though it is kept under a key that an earlier version gave it."""

from collections.abc import Iterable

from receiver.filing.world import Near
from receiver.letters.arrival import Arrival
from receiver.letters.identity import Mark, has_own_id, is_the_same
from receiver.letters.letter import Letter
from receiver.store.letters import Kept, Letters


async def recognised(letters: Letters, near: Near, arrivals: Iterable[Arrival]) -> dict[str, Kept]:
    """Return the letters that are kept already under another key, by the key that they come with.

    One with a Message-ID of its own was found under it by the look; for others the database is
    asked, by their bytes and by the key that they had before.
    """
    found: dict[str, Kept] = {}
    old = [each for each in near.kept.values() if each.earlier is not None]
    for arrival in arrivals:
        letter = arrival.letter
        candidates = [each for each in old if each.letter.message_id == letter.message_id]
        if letter.key in near.kept or (has_own_id(letter.message) and not candidates):
            continue
        mark = arrival.mark
        if not mark.message_id:
            candidates += await letters.of_earlier(letter.mailbox, mark.key, mark.raw)
        same = [each for each in candidates if _is_the_same(mark, each)]
        if same:
            found[letter.key] = min(same, key=lambda each: mark.raw != each.earlier)
    return found


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
