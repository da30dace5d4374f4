"""A hook: a URL, the events that it wants, and how far it has been told."""

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from bson import ObjectId

from contract.signature import new_secret
from receiver.access.grant import EVERY_MAILBOX, Grant
from receiver.changes.state import DIGEST_BYTES, FIRST_ID, State
from receiver.hooks.event import KINDS
from receiver.hooks.rules import LateEvent, late_of

HookState = Literal["on", "off", "failed"]
STATES: tuple[HookState, ...] = get_args(HookState)
MAX_NAME = 100
FORMER_SIGNS = timedelta(days=1)  # beside the new secret, until the target knows that
MAX_DELIVERIES = 20


@dataclass(frozen=True)
class Hook:
    """An outgoing hook.

    ``mailboxes`` may be ``*``; ``states`` is its position in each stream; ``late`` are events that
    wait. ``formers`` are former secrets, each with the time until which it signs beside the new
    one.
    """

    id: ObjectId
    name: str
    url: str
    secret: str
    mailboxes: frozenset[str]
    kinds: frozenset[str]
    full: bool
    state: HookState
    why: str
    created: datetime
    states: Mapping[str, State]
    late: list[LateEvent]
    formers: tuple[tuple[str, datetime], ...] = ()

    def secrets_at(self, now: datetime) -> str:
        """Return the secrets to sign with, blanks between."""
        still = (former for former, until in self.formers if now < until)
        return " ".join((self.secret, *still))

    @property
    def covers_all(self) -> bool:
        """Whether it is told of every mailbox, and of what concerns none."""
        return EVERY_MAILBOX in self.mailboxes

    def is_told(self, mailboxes: Iterable[str]) -> bool:
        """Tell whether it may be told what concerns these mailboxes."""
        return self.covers_all or self.mailboxes >= set(mailboxes)


def may_see(grant: Grant, mailboxes: Iterable[str]) -> bool:
    """Tell whether a caller may see and change a hook: all of its mailboxes are his."""
    return all(grant.own_spelling(each) for each in mailboxes)


def owner_of(mailboxes: Iterable[str]) -> str:
    """Return a key for exactly these mailboxes: a hook's name is unique within it.

    Whoever may create a hook may see all hooks of the same mailboxes, so a taken name tells him
    nothing new. Any wider scope would reveal names of hooks that he may not see.
    """
    return hashlib.sha256(json.dumps(sorted(set(mailboxes))).encode()).hexdigest()


def new_hook(
    url: str,
    name: str,
    mailboxes: Iterable[str],
    kinds: Iterable[str],
    *,
    full: bool,
    who: str,
    now: datetime,
) -> dict[str, Any]:
    """Return the document of a new hook, which is told what happens from now on."""
    wanted = sorted(set(mailboxes))
    return {
        "_id": ObjectId(),
        "name": name or f"hook-{secrets.token_hex(4)}",
        "url": url,
        "secret": new_secret(),
        "mailboxes": wanted,
        "owner": owner_of(wanted),
        "events": [each for each in KINDS if each in set(kinds)],
        "full": full,
        "state": "on",
        "why": "",
        "who": who,
        "created": now,
        "states": {},
        "late": [],
        "deliveries": [],
        "lease": {"holder": None, "beat": 0},
    }


def hook_of(document: Mapping[str, Any]) -> Hook:
    """Return the hook in a document."""
    return Hook(
        id=document["_id"],
        name=document["name"],
        url=document["url"],
        secret=document["secret"],
        mailboxes=frozenset(document["mailboxes"]),
        kinds=frozenset(document["events"]),
        full=document["full"],
        state=document["state"],
        why=document["why"],
        created=document["created"],
        states={name: _state_of(each) for name, each in document["states"].items()},
        late=[late_of(each) for each in document["late"]],
        formers=tuple((each["secret"], each["until"]) for each in document.get("formers", ())),
    )


def as_of(hook: Mapping[str, Any], now: datetime, place: datetime) -> dict[str, Any]:
    """Return the times in a hook's document, moved back to the present.

    They were written by a clock that was set back since: cursors go back to ``place``, and what
    waits failed at ``now`` and is due.
    """
    return {
        "created": min(hook["created"], place),
        "states": {
            name: each if each["at"] <= place else {**each, "at": place, "last": FIRST_ID}
            for name, each in hook["states"].items()
        },
        "late": [
            {**each, "since": min(each["since"], now), "due": min(each["due"], now)}
            for each in hook["late"]
        ],
    }


def state_document(state: State) -> dict[str, Any]:
    """Return the stored form of a state."""
    return {"at": state.at, "last": state.last, "seen": b"".join(sorted(state.seen))}


def _state_of(document: Mapping[str, Any]) -> State:
    seen = bytes(document["seen"])
    marks = (seen[at : at + DIGEST_BYTES] for at in range(0, len(seen), DIGEST_BYTES))
    return State(document["at"], document["last"], frozenset(marks))
