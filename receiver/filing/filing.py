"""Filing one letter: look, decide, write once; if somebody was faster, look again."""

import asyncio
import random
from typing import Any

from contract.event import Answer
from receiver.errors import DuplicateKey, KeepsChanging
from receiver.filing.links import Links
from receiver.filing.lookups import Lookups, UnderWay
from receiver.filing.moving import Moving, new_record
from receiver.filing.second_look import SecondLook
from receiver.letters.letter import Letter
from receiver.store.dialogs import Dialogs
from receiver.threads.join_policy import Candidate, Policy
from receiver.threads.matching import (
    Decision,
    Duplicate,
    Join,
    Open,
    by_subject,
    decide,
    may_be_a_reply,
)

ATTEMPTS = 30
PAUSE_SECONDS = 0.02


class Filing:
    """Stores letters by one policy; ``match_by_subject`` turns rung 4 on."""

    def __init__(self, dialogs: Dialogs, policy: Policy, match_by_subject: bool = True) -> None:
        self._dialogs = dialogs
        self._lookups = Lookups(dialogs)
        self._policy: Policy = policy
        self._match_by_subject = match_by_subject
        self.moving = Moving(dialogs, policy)
        self._links = Links(dialogs, self.moving)
        self._second_look = SecondLook(self._lookups, self.moving, self._links, policy)

    async def file(self, letter: Letter) -> Answer:
        """Store the letter exactly once and say where; raises StoreUnavailable."""
        for attempt in range(ATTEMPTS):
            if attempt > 1:
                await asyncio.sleep(PAUSE_SECONDS * random.random() * attempt)  # noqa: S311 - jitter
            try:
                decision = await self._decide(letter, again=attempt > 0)
                if answer := await self._carry_out(letter, decision):
                    return answer
            except UnderWay as met:
                await self.moving.finish(met.dialog_id)
            except DuplicateKey:
                continue
        raise KeepsChanging("the dialog kept changing")

    async def _decide(self, letter: Letter, *, again: bool) -> Decision:
        known = await self._lookups.known(letter, self._policy, again=again)
        decision = decide(letter, known, self._policy)
        if isinstance(decision, Open) and self._match_by_subject and may_be_a_reply(letter):
            decision = by_subject(letter, await self._lookups.similar(letter), decision)
        return decision

    async def _carry_out(self, letter: Letter, decision: Decision) -> Answer | None:
        if isinstance(decision, Duplicate):
            return await self._again(letter, decision)
        if isinstance(decision, Join) and decision.merges:
            await self._merge(letter, decision)
            return None
        if decision.takes_from:
            await self._dialogs.release(decision.takes_from, letter.message_id)
        if isinstance(decision, Open):
            dialog_id = await self._dialogs.open(letter, decision)
        elif await self._dialogs.append(letter, decision):
            dialog_id = decision.dialog.id
        else:
            return None
        if decision.refused:
            await self._links.complete(dialog_id, decision.refused)
            await self._second_look.at(letter)
        if isinstance(decision, Join) and self._may_bring_in(letter, decision.dialog):
            await self._links.follow(dialog_id)
        return Answer(
            dialog=str(await self._survivor(dialog_id, decision)),
            outcome="created" if isinstance(decision, Open) else "appended",
            matched_by=decision.matched_by,
            related=sorted({str(refusal.dialog.id) for refusal in decision.refused}),
        )

    async def _again(self, letter: Letter, decision: Duplicate) -> Answer:
        """Answer for a stored letter, and do what a crash may have left undone after its write."""
        dialog_id = decision.dialog.id
        if decision.dialog.related:
            await self._links.complete_stored(dialog_id, letter.key)
            await self._second_look.at(letter)
            dialog_id = await self._links.follow(dialog_id)
        return Answer(
            dialog=str(dialog_id),
            outcome="duplicate",
            matched_by=decision.matched_by,
            related=[str(one) for one in decision.dialog.related],
        )

    def _may_bring_in(self, letter: Letter, dialog: Candidate) -> bool:
        """Tell whether a stranger may be none now, be it one that was linked just now."""
        brings = self._policy == "participants" and not letter.participants <= dialog.participants
        return brings or bool(dialog.related)

    async def _merge(self, letter: Letter, decision: Join) -> None:
        because = {"letter": letter.key, "message_id": letter.message_id}
        for other in decision.merges:
            record = new_record("merge", None, because)
            await self.moving.merge(decision.dialog.id, other.id, record)

    async def _survivor(self, dialog_id: Any, decision: Join | Open) -> Any:
        """Return the dialog that the letter is in after its links were looked at."""
        if not decision.refused and not (isinstance(decision, Join) and decision.dialog.related):
            return dialog_id
        found = await self._dialogs.resolve(dialog_id, {"_id": 1})
        return found["_id"] if found else dialog_id
