"""Filing one letter: look, decide, write once; if somebody was faster, look again."""

import asyncio
import random

from contract.event import Answer
from receiver.dialogs import Dialogs
from receiver.errors import DuplicateKey, StoreUnavailable
from receiver.letter import Letter
from receiver.matching import Duplicate, Join, decide

ATTEMPTS = 20
PAUSE_SECONDS = 0.02


async def file_letter(dialogs: Dialogs, letter: Letter) -> Answer:
    """Store the letter exactly once and say where; raises StoreUnavailable."""
    for attempt in range(ATTEMPTS):
        candidates = await dialogs.candidates(letter)
        if attempt:
            # A letter under a reused Message-ID may lie in a dialog that does not own the id.
            candidates += await dialogs.holders(letter)
            await asyncio.sleep(PAUSE_SECONDS * random.random() * attempt)  # noqa: S311 - jitter
        decision = decide(letter, candidates)
        if isinstance(decision, Duplicate):
            return Answer(
                dialog=str(decision.dialog.id), outcome="duplicate", matched_by=decision.matched_by
            )
        try:
            if isinstance(decision, Join):
                if await dialogs.append(letter, decision):
                    return Answer(
                        dialog=str(decision.dialog.id),
                        outcome="appended",
                        matched_by=decision.matched_by,
                    )
            else:
                dialog_id = await dialogs.open(letter, decision)
                return Answer(dialog=str(dialog_id), outcome="created", matched_by="new")
        except DuplicateKey:
            continue
    raise StoreUnavailable("the dialog kept changing")
