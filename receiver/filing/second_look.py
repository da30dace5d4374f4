"""A second look at a letter that was written: what was stored at the same time and is tied to it.

Two letters of which one names the other claim one id, so that the database lets one of them in
first and the other looks again. That fails where a third dialog had the id, in which both are
strangers; hence each of the two looks once more after its write, and one of them sees the other.
"""

from receiver.errors import KeepsChanging
from receiver.filing.links import Links
from receiver.filing.lookups import Lookups, UnderWay
from receiver.filing.moving import Moving, new_record
from receiver.letters.letter import Letter
from receiver.threads.join_policy import Candidate, Policy
from receiver.threads.matching import ties

ATTEMPTS = 30


class SecondLook:
    """Looks once more, and merges or links what it finds."""

    def __init__(self, lookups: Lookups, moving: Moving, links: Links, policy: Policy) -> None:
        self._lookups = lookups
        self._moving = moving
        self._links = links
        self._policy: Policy = policy

    async def at(self, letter: Letter) -> None:
        """Tie a stored letter to what it is tied to by now; raises StoreUnavailable."""
        known = await self._known(letter)
        own = next((each for each in known if letter.key in each.held), None)
        if own is None:
            return
        others = [each for each in known if each.id != own.id]
        one, strange = ties(letter, own, others, self._policy)
        unlinked = [each.id for each in strange if each.id not in own.related]
        for dialog_id in unlinked:
            await self._moving.link(own.id, dialog_id)
        for each in one:
            because = {"letter": letter.key, "message_id": letter.message_id}
            await self._moving.merge(own.id, each.id, new_record("merge", None, because))
        if one or unlinked:
            await self._links.follow(own.id)

    async def _known(self, letter: Letter) -> list[Candidate]:
        for _ in range(ATTEMPTS):
            try:
                return await self._lookups.known(letter, self._policy, again=True)
            except UnderWay as met:
                await self._moving.finish(met.dialog_id)
        raise KeepsChanging("the dialogs of a letter kept changing")
