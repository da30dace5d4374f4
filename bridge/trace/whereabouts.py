"""Where a delivered letter is today, as the receiver says."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from bridge.courier.attempt import Attempt
from bridge.courier.outcome import Outcome
from bridge.courier.receiver_client import ReceiverClient
from bridge.spool.deliveries import Delivered


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The dialog of a letter; if ``unknown`` says why it cannot be told, the rest is empty."""

    dialog: str = ""
    subject: str = ""
    letters: int = 0
    unknown: str = ""


async def whereabouts(receiver: ReceiverClient, told: Delivered) -> Whereabouts:
    """Ask where a letter is; never raises for what the receiver does.

    A letter may have been moved or split off since, so the question is about the letter itself. A
    receiver that knows no letters is asked for its dialog, which may have been merged into another.
    """
    dialog = told.dialog
    if told.letter and told.mailbox:
        query = urlencode({"mailbox": told.mailbox})
        answer = await receiver.ask(f"/v1/letters/{quote(told.letter, safe='')}?{query}")
        said = _said(answer)
        if "dialog" not in said:
            return Whereabouts(unknown=answer.reason)
        dialog = str(said["dialog"])
    if not dialog:
        return Whereabouts(unknown="the receiver has not said in which dialog it is")
    answer = await receiver.ask(f"/v1/dialogs/{quote(dialog, safe='')}?messages=none")
    said = _said(answer)
    if "id" not in said:
        return Whereabouts(unknown=answer.reason)
    return Whereabouts(str(said["id"]), str(said.get("subject", "")), int(said.get("count", 0)))


def _said(answer: Attempt) -> dict[str, Any]:
    """Return the fields of an answer, none if it is not our JSON."""
    if answer.outcome is not Outcome.DONE:
        return {}
    try:
        said = json.loads(answer.answer)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
