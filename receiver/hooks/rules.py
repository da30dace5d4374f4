"""What an answer of a hook's target means: try again, or give up. Pure.

Events that were not taken wait beside the cursor, each with its own time, so that one that the
target refuses holds up no other. When too many wait, the cursor stops: then the target is away, and
nothing is lost by waiting.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from contract.sending.delays import LIFETIME_SECONDS, delay, is_given_up
from receiver.hooks.event import HookEvent, event_of

GONE = 410
MAX_LATE = 20  # events waiting beside the cursor; above that the cursor stops
GIVE_UP_FOR_NOW = 3  # failures in a row, after which the rest of a round only waits


@dataclass(frozen=True)
class HookAnswer:
    """The result of one attempt: status (0 without an answer), reason, and requested pause."""

    status: int
    reason: str = ""
    pause: float = 0.0

    @property
    def taken(self) -> bool:
        """Whether the target has it."""
        return 200 <= self.status < 300


@dataclass(frozen=True)
class LateEvent:
    """An event that was not taken ``since``, in so many attempts, and when it is ``due`` again."""

    event: HookEvent
    since: datetime
    due: datetime
    attempts: int = 1

    def document(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return self.event.document() | {
            "since": self.since,
            "due": self.due,
            "attempts": self.attempts,
        }


def late_of(document: dict[str, Any]) -> LateEvent:
    """Return what was kept."""
    attempts = document.get("attempts", 1)  # nobody counted before 0.2
    return LateEvent(event_of(document), document["since"], document["due"], attempts)


def put_off(
    event: HookEvent, before: LateEvent | None, told: HookAnswer | None, now: datetime, luck: float
) -> LateEvent:
    """Return when an event that was not taken is tried again, as for the courier.

    ``before`` is how it waited, if it did; ``told`` is None where it was not tried for now;
    ``luck`` is a random number from 0 to 1.
    """
    begun = before.since if before else now
    pause = max(delay((now - begun).total_seconds(), luck), told.pause if told else 0.0)
    attempts = (before.attempts if before else 0) + (told is not None)
    return LateEvent(event, begun, now + timedelta(seconds=pause), attempts)


def why_to_end(told: HookAnswer | None, before: LateEvent | None, now: datetime) -> str | None:
    """Return why a hook is disabled after an attempt that failed, or None: it goes on."""
    if told is None:
        return None
    if told.status == GONE:
        return "its target answered 410: it does not want to be called any more"
    if before and is_given_up((now - before.since).total_seconds(), before.attempts + 1):
        days = int(LIFETIME_SECONDS // 86400)
        return f"an event was not taken for {days} days: {told.reason}"
    return None


def brought_forward(late: Sequence[LateEvent], now: datetime) -> list[LateEvent]:
    """Return the waiting events as due now: the target is back."""
    return [replace(each, due=min(each.due, now)) for each in late]


def begun_again(late: Sequence[LateEvent], now: datetime) -> list[LateEvent]:
    """Return what waits as if it had failed for the first time: somebody has enabled the hook."""
    return [replace(each, since=now, due=now, attempts=0) for each in late]
