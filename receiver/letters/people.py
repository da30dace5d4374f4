"""The people of a letter, as canonical addresses: pure, and the same for stored messages."""

import re
from typing import Any

from contract.reading.addresses import canonical, without_tag

Message = dict[str, Any]

# "No answer" in the languages of those who write to a Russian company, transliterated or not.
_NO = (
    r"no|not|non|nao|ne|nie|niet|nicht|nema|keine|kein|bez|bes|sin|sem|sans|senza|do-?not|dont|"
    r"ne[-_.]?pas|pas[-_.]?de|не|без|net|нет"
)
_ANSWER = (
    r"repl[iy]\w*|answer\w*|respon[ds]\w*|repon[ds]\w*|respuesta|contest\w*|rispo\w*|"
    r"antwort\w*|beantwoord\w*|odpow\w*|otve[tc]\w*|vidpov\w*|отве[тч]\w*|відпов\w*"
)
# Local parts that no person reads: RFC 2142 has some, practice the rest.
_MACHINE = re.compile(
    rf"(?:.*[-_.+])?(?:{_NO})[-_.]?(?:{_ANSWER})(?:[-_.+\d].*)?|"
    r"(?:mailer|mail|web)?-?(?:robot|bot|mailer|notifications?|notify|alerts?|forms?)"
    r"|www-data|apache|nginx|wordpress|postmaster|mailer-daemon|nobody|root"
)
_VIA = re.compile(r"\b(?:via|через)\b", re.IGNORECASE)


def is_machine(address: str) -> bool:
    """Tell whether nobody reads mail to an address, by its local part."""
    return _MACHINE.fullmatch(address.rpartition("@")[0].casefold()) is not None


def author_of(mailbox: str, message: Message) -> dict[str, str]:
    """Return the person to whom an answer to a letter goes.

    A web form writes as noreply@ or as the mailbox itself, maybe with a tag, and a list that
    rewrites From (RFC 7960 4.1.3) as its own address: the person is then in Reply-To, or in
    X-Original-From. If From is a person, Reply-To says nothing about the writer.
    """
    sender: dict[str, str] = message["from"]
    own = canonical(mailbox)
    rewritten = message.get("original_from")
    speaks_for_another = (
        without_tag(canonical(sender["address"])) == own
        or is_machine(sender["address"])
        or bool(rewritten)
        or bool(_VIA.search(sender["name"]))
    )
    if message["direction"] == "out" or not speaks_for_another:
        return sender
    replies = [each for each in message["reply_to"] if not _answers_nobody(each, own, sender)]
    if len(replies) == 1:
        return dict(replies[0])
    return rewritten or sender


def _answers_nobody(person: dict[str, str], own: str, sender: dict[str, str]) -> bool:
    address = canonical(person["address"])
    return address in ("", own, canonical(sender["address"])) or is_machine(person["address"])


def user_of(mailbox: str, message: Message) -> str:
    """Return the company's counterpart: author of incoming letters, addressee of outgoing ones.

    For our own letter this is the first in To, Cc and Bcc that is not the mailbox.
    """
    if message["direction"] != "out":
        return author_of(mailbox, message)["address"]
    own = canonical(mailbox)
    named = [*message["to"], *message["cc"], *message.get("bcc", [])]
    others = [each["address"] for each in named if canonical(each["address"]) != own]
    return str((others or [message["from"]["address"]])[0])


def people_of(mailbox: str, message: Message) -> frozenset[str]:
    """Return everybody except the mailbox whom a message brings into its dialog.

    These are From, To and Cc; Reply-To, which in letters of web forms names the user who will
    answer; the only Bcc addressee of a letter that we sent (several are a newsletter, whose readers
    must not meet); and the recipients in a bounce.
    """
    bcc = message.get("bcc", []) if message["direction"] == "out" else []
    named = [message["from"], *message["to"], *message["cc"], *message["reply_to"]]
    named += bcc if len(bcc) == 1 else []
    named.append(author_of(mailbox, message))
    people = {canonical(person["address"]) for person in named}
    return frozenset(people | failed_recipients(message)) - {canonical(mailbox), ""}


def failed_recipients(message: Message) -> frozenset[str]:
    """Return the recipients that a letter did not reach, according to a bounce."""
    if message["kind"] != "bounce" or not message["bounce"]:
        return frozenset()
    failures = message["bounce"]["failures"]
    return frozenset(canonical(failure["recipient"]) for failure in failures) - {""}


def speakers_of(mailbox: str, message: Message) -> frozenset[str]:
    """Return those in whose name a message was sent and may join a dialog.

    The mailbox counts only if ``direction`` says so: a letter that came in with our own address in
    From counts only for the person in its Reply-To, because From alone can be forged.
    """
    own = canonical(mailbox)
    if message["direction"] == "out":
        return frozenset([own])
    return frozenset([canonical(author_of(mailbox, message)["address"])]) - {own, ""}


def writers_of(mailbox: str, message: Message) -> frozenset[str]:
    """Return the writers of a message except the mailbox; a bounce counts for its recipients."""
    returned = {returned_by(recipient) for recipient in failed_recipients(message)}
    return (speakers_of(mailbox, message) | returned) - {canonical(mailbox)}


def returned_by(recipient: str) -> str:
    """Return how a bounce's recipient is told from a writer: by the null path (RFC 5321 4.5.5)."""
    return f"<>{recipient}"
