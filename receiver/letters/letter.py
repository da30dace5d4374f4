"""One letter, as far as dialogs depend on it: pure, and the same for a stored letter."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

from contract.reading.addresses import canonical
from receiver.letters.people import (
    failed_recipients,
    people_of,
    speakers_of,
    user_of,
    writers_of,
)
from receiver.letters.subject import base_subject, says_reply
from receiver.letters.thread_index import prefix

Document = dict[str, Any]
Rung = Literal["bounce", "in_reply_to", "references"]


@dataclass(frozen=True)
class Guess:
    """Rung 4's guess about a letter: it seems to answer the letter with this key, and why."""

    to: str
    by: Literal["subject", "thread_index"]
    evidence: str


@dataclass(frozen=True)
class Letter:
    """One letter of a mailbox.

    ``message`` is its entry in a dialog's ``messages``, except for how it came to be there.
    Everything else follows from that.
    """

    mailbox: str
    message: Document

    @cached_property
    def guess(self) -> Guess | None:
        """What it was guessed to answer."""
        found = self.message.get("guess")
        return Guess(**found) if found else None

    @cached_property
    def key(self) -> str:
        """The letter's identity, whichever way it came."""
        return str(self.message["key"])

    @cached_property
    def message_id(self) -> str:
        """The id by which others may know it: made up if its own is none (``<yes>``)."""
        return str(self.message.get("known_as") or self.message["message_id"])

    @cached_property
    def created(self) -> datetime:
        """When it says that it was written."""
        when: datetime = self.message["created"]
        return when

    @cached_property
    def order(self) -> tuple[datetime, str]:
        """The sort key of letters."""
        return self.created, self.key

    @cached_property
    def out(self) -> bool:
        """Whether the mailbox sent it."""
        return bool(self.message["direction"] == "out")

    @cached_property
    def bounced(self) -> str | None:
        """The Message-ID of the letter that a bounce returns."""
        if self.message["kind"] != "bounce" or not self.message["bounce"]:
            return None
        returned: str | None = self.message["bounce"]["message_id"]
        return returned if returned and "@" in returned else None

    @cached_property
    def cited(self) -> tuple[tuple[Rung, str], ...]:
        """The ids that it names, each once, the best reason first: the newest reference is best."""
        named: dict[str, Rung] = {}
        if self.bounced:
            named[self.bounced] = "bounce"
        for one in self.message["in_reply_to"]:
            named.setdefault(one, "in_reply_to")
        for one in reversed(self.message["references"]):
            named.setdefault(one, "references")
        return tuple((rung, one) for one, rung in named.items() if one != self.message_id)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Its own id, then those that it names."""
        return (self.message_id, *(one for _, one in self.cited))

    @cached_property
    def speakers(self) -> frozenset[str]:
        """In whose name it may join a dialog."""
        return speakers_of(self.mailbox, self.message)

    @cached_property
    def people(self) -> frozenset[str]:
        """Whom it brings into its dialog, without the mailbox."""
        return people_of(self.mailbox, self.message)

    @cached_property
    def writers(self) -> frozenset[str]:
        """Its writers, without the mailbox."""
        return writers_of(self.mailbox, self.message)

    @cached_property
    def failed(self) -> frozenset[str]:
        """Whom our letter did not reach, according to a bounce."""
        return failed_recipients(self.message)

    @cached_property
    def email_from(self) -> str:
        """The address of the company's counterpart, as written."""
        return user_of(self.mailbox, self.message)

    @cached_property
    def user(self) -> str:
        """The counterpart's canonical address; empty if there is only the mailbox."""
        found = canonical(self.email_from)
        return "" if found == canonical(self.mailbox) else found

    @cached_property
    def base_subject(self) -> str:
        """The subject without its prefixes."""
        return base_subject(self.message["subject"])

    @cached_property
    def says_reply(self) -> bool:
        """Whether the subject says that it is a reply."""
        return says_reply(self.message["subject"])

    @cached_property
    def thread_prefix(self) -> str:
        """The part of its Thread-Index that its conversation shares."""
        return prefix(self.message["thread_index"])
