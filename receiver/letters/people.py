"""Who takes part in a letter, as canonical addresses: pure, and the same for stored messages."""

from typing import Any

from receiver.letters.addresses import canonical

Message = dict[str, Any]


def people_of(message: Message) -> frozenset[str]:
    """Return everybody whom a message brings into its dialog.

    These are From, To and Cc; Reply-To, because the letters of a web form name there the user who
    will answer; and the recipients whom a bounce speaks of.
    """
    named = [message["from"], *message["to"], *message["cc"], *message["reply_to"]]
    return frozenset(canonical(person["address"]) for person in named) | failed_recipients(message)


def failed_recipients(message: Message) -> frozenset[str]:
    """Return those whom a bounce says that a letter did not reach."""
    if message["kind"] != "bounce" or not message["bounce"]:
        return frozenset()
    failures = message["bounce"]["failures"]
    return frozenset(canonical(failure["recipient"]) for failure in failures) - {""}


def speakers_of(mailbox: str, message: Message) -> frozenset[str]:
    """Return those in whose name a message was sent.

    The mailbox speaks only where ``direction`` says so: a letter that came in with our own address
    in From speaks for nobody, because From alone can be forged.
    """
    own = canonical(mailbox)
    if message["direction"] == "out":
        return frozenset([own])
    return frozenset([canonical(message["from"]["address"])]) - {own}


def writers_of(mailbox: str, message: Message) -> frozenset[str]:
    """Return those who wrote a message; a bounce is written in place of whom it did not reach."""
    returned = map(returned_by, failed_recipients(message))
    return speakers_of(mailbox, message) | frozenset(returned)


def returned_by(recipient: str) -> str:
    """Return how a bounce's recipient is told from a writer: by the null path (RFC 5321 4.5.5)."""
    return f"<>{recipient}"
