"""Which letters are stored, by their headers.

A letter with a Message-ID is known by it, its sender and its Date. One without is known by its key,
for which its parts must have been read, or by its earlier key, or else by its bytes: of a letter
that could not be parsed in time only the header is stored.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from contract.batch import Known
from contract.event import Email
from contract.reading.addresses import canonical
from receiver.erasing.erased import Erased
from receiver.filing.collections import Store
from receiver.letters.arrival import BYTES, Arrival, arrival_of
from receiver.letters.identity import EARLIEST_DATE, has_own_id, utc
from receiver.letters.nameless import told
from receiver.store.letters import Kept

A_SECOND = timedelta(seconds=1)
A_DAY = timedelta(days=1)


async def known_of(
    store: Store, mailbox: str, events: Sequence[tuple[str, Email]], now: datetime
) -> list[Known]:
    """Return of each event of one mailbox whether its letter is stored; raises StoreUnavailable."""
    arrivals = [
        (arrival_of(event_id, email, now, mailbox=mailbox), email) for event_id, email in events
    ]
    own = [each for each, _ in arrivals if has_own_id(each.letter.message)]
    others = [each for each, _ in arrivals if not has_own_id(each.letter.message)]
    found: dict[str, list[Kept]] = {}
    for kept in await store.letters.knowing(mailbox, [each.letter.message_id for each in own]):
        found.setdefault(kept.letter.message_id, []).append(kept)
    by_key = await store.letters.of_keys(mailbox, [each.letter.key for each in others])
    keys = {each.letter.key for each in by_key}
    left = [each for each in others if each.letter.key not in keys]
    by_bytes = await _by_bytes(store, mailbox, left) | await _by_parts(store, mailbox, left)
    erased = await Erased(store).among([each for each, _ in arrivals])
    answers = []
    for arrival, email in arrivals:
        same = _same(arrival, email, found.get(arrival.letter.message_id, ()))
        if same is None and arrival.letter.key in keys:
            same = arrival.letter.key
        same = same or by_bytes.get(arrival.event_id)
        state = "stored" if same else "erased" if arrival.letter.key in erased else "unknown"
        answers.append(
            Known.model_validate({"id": arrival.event_id, "state": state, "key": same or ""})
        )
    return answers


async def _by_bytes(store: Store, mailbox: str, arrivals: Sequence[Arrival]) -> dict[str, str]:
    """Return the keys of stored letters with the same bytes, by the event's id."""
    names = {
        name: each.event_id
        for each in arrivals
        for name in each.digest_names
        if name.startswith(BYTES)
    }
    found = await store.letters.knowing(mailbox, names) if names else []
    return {names[one]: kept.letter.key for kept in found for one in kept.known & names.keys()}


async def _by_parts(store: Store, mailbox: str, arrivals: Sequence[Arrival]) -> dict[str, str]:
    """Return the keys of stored letters with the same parts and header, by the event's id."""
    names = {each.alike for each in arrivals} - {""}
    found = await store.letters.knowing(mailbox, names) if names else []
    return {
        each.event_id: kept.letter.key
        for each in arrivals
        for kept in found
        if each.alike in kept.known and told(each.letter.message) == told(kept.letter.message)
    }


def _same(arrival: Arrival, email: Email, candidates: Sequence[Kept]) -> str | None:
    """Return the key of the same letter among candidates; an impossible date does not count."""
    sender = canonical(email.from_.address)
    for each in candidates:
        message = each.letter.message
        if canonical(message["from"]["address"]) != sender:
            continue
        if email.date is None or abs(utc(email.date) - each.letter.created) < A_SECOND:
            return each.letter.key
        if not EARLIEST_DATE <= utc(email.date) <= arrival.content["received"] + A_DAY:
            return each.letter.key
    return None
