"""What sort of letter it is: a person's, a machine's answer, a bounce, a list's, or a confirmation.

The order of precedence, each step documented at its rule:

1. ``confirmation``: Yandex asks to confirm that mail is forwarded here. Nothing else must hide it.
2. ``list``, if list software passed the letter on under its own reverse path: a report or an
   out-of-office note that comes through a list is about some other member's letter, not ours.
3. ``bounce``: a letter of ours did not arrive, is late, or was complained of (RFC 3464, RFC 5965,
   and the bounces that are neither). A delay is a bounce too: the specialist should see it in the
   dialog; so is a complaint, since it names the letter complained of and wants no answer.
4. ``auto-reply``: an out-of-office note (RFC 3834), a receipt (RFC 8098), a report of success.
5. ``list``: the remaining signs of lists and newsletters.
6. ``letter``: everything else, and whatever is in doubt; a letter is always answered.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from bridge.parse.kind import signals as signals
from bridge.parse.kind.bounce_phrases import HEADER_LINE, OPENING, RETURNED, SUBJECT
from bridge.parse.kind.mentions import addresses_named
from bridge.parse.kind.report import Report, own_text, read_report
from bridge.parse.structure.mime import Node
from contract.event import Kind
from contract.subject import outermost_prefix
from contract.yandex import is_yandex

Headers = Sequence[tuple[str, str]]
Fields = dict[str, list[str]]

MAX_SUBJECT: Final = 1000
OPENING_LINES: Final = 60
OPENING_CHARACTERS: Final = 6000
SUCCESS: Final = {"delivered", "relayed", "expanded", "deliverable"}
ENHANCED_CODE: Final = re.compile(r"(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?![\d.])")
REPLY_CODE: Final = re.compile(r"(?<![\d.])[45]\d\d[ -]")
ADDRESS_LINE: Final = re.compile(r"^[\s*>]{0,40}<?[^\s<>@]{1,64}@[^\s<>@]{1,255}?>?:?\s*$")
AUTO_PREFIX: Final = re.compile(r"\s*auto\s*:", re.IGNORECASE)


def kind_of(
    root: Node, headers: Headers, subject: str, body: str, mail_from: str | None = None
) -> Kind:
    """Say what sort of letter ``root`` is; see above for the order of precedence.

    ``headers`` are decoded and in order, ``body`` is the letter's own text (HTML already turned
    into text) without that of attached letters, ``mail_from`` the envelope's reverse path where it
    is known. The parts of ``root`` are looked at for reports. Never raises; linear in its input.
    """
    fields = _fields(headers)
    subject = subject[:MAX_SUBJECT]
    if _is_confirmation(fields, subject, body):
        return "confirmation"
    null_sender = _has_null_sender(fields, mail_from)
    if not null_sender and _shows(fields, signals.LIST_BORNE):
        return "list"
    report = read_report(root)
    if _is_bounce(root, fields, subject, body, report, null_sender):
        return "bounce"
    if _is_auto_reply(fields, subject, body, report):
        return "auto-reply"
    if _shows(fields, signals.LIST):
        return "list"
    return "letter"


def _is_confirmation(fields: Fields, subject: str, body: str) -> bool:
    """Yandex's letter that asks to confirm forwarding: From Yandex, a link to Yandex, the words.

    The letter is undocumented, so the sender may be any address of Yandex; that a person with a
    mailbox at Yandex is not mistaken for it, answers and letters from its web client are left out.
    The link must lead to Yandex, since From can be forged and the link is shown to be clicked.
    """
    if {"in-reply-to", "references"} & fields.keys() or "yamail" in _first(fields, "x-mailer"):
        return False
    senders = addresses_named(_first(fields, "from"))
    if not senders or not is_yandex(senders[0].rpartition("@")[2]):
        return False
    text = f"{subject}\n{body[:OPENING_CHARACTERS]}"
    if not (signals.CONFIRM_WORD.search(text) and signals.FORWARD_WORD.search(text)):
        return False
    return any(is_yandex(host) for host in signals.LINK.findall(text))


def _is_bounce(
    root: Node, fields: Fields, subject: str, body: str, report: Report, null_sender: bool
) -> bool:
    """A report of failure, or a letter that a mail system wrote in the words of a bounce."""
    sender = " ".join(fields.get("from", [])[:2])[:MAX_SUBJECT]
    nobody = not sender.strip(" <>\"'")
    system = null_sender or nobody or bool(signals.MAIL_SYSTEM.search(sender))
    if report.complaint is not None and (report.formal or system):
        return True
    if report.delivery is not None and (report.formal or system):
        return not _is_success(report)
    if report.receipt and report.formal:
        return False
    if "x-failed-recipients" in fields or _is_ses_notice(sender, body, "Bounce|Complaint"):
        return True
    if _is_junk_report(sender, subject, report):
        return True
    if outermost_prefix(subject) or ("in-reply-to" in fields and not system):
        return False
    if signals.MAILER_DAEMON.search(sender):
        return True
    return _reads_as_bounce(subject, body or own_text(root), sender, report, system)


def _reads_as_bounce(subject: str, body: str, sender: str, report: Report, system: bool) -> bool:
    """Whether subject and opening are a bounce's, and enough else of the letter is.

    Words alone never suffice: «Заказ не доставлен» is a user's complaint about a shop. The less
    the sender is a mail system, the more is asked: a code, an address on its own line, or, from
    any other sender, the returned letter.
    """
    lines = body[:OPENING_CHARACTERS].splitlines()[:OPENING_LINES]
    said = bool(SUBJECT.search(subject))
    opened = bool(OPENING.search(" ".join(lines)))
    returned = report.returned is not None or any(
        HEADER_LINE.search(line) or ENHANCED_CODE.search(line) for line in lines
    )
    if system:
        hinted = any(
            REPLY_CODE.search(line) or RETURNED.search(line) or ADDRESS_LINE.match(line)
            for line in lines
        )
        return (said and opened) or ((said or opened) and (returned or hinted))
    if signals.NO_REPLY.search(sender):
        return (said or opened) and returned
    return said and opened and returned


def _is_success(report: Report) -> bool:
    """Whether every recipient was reached (RFC 3464 2.3.3) or would be (Postfix's probes)."""
    actions = [block["action"].split() for block in report.delivery or () if "action" in block]
    return bool(actions) and all(words[:1] and words[0].lower() in SUCCESS for words in actions)


def _is_junk_report(sender: str, subject: str, report: Report) -> bool:
    """Microsoft's complaints carry the letter alone, with no report beside it."""
    complains = bool(signals.HOTMAIL_COMPLAINT.search(subject))
    return complains and "@hotmail.com" in sender.lower() and report.returned is not None


def _is_ses_notice(sender: str, body: str, kinds: str) -> bool:
    """Amazon SES tells of bounces, complaints and deliveries in JSON, by way of SNS."""
    if not re.search(r"@sns\.amazonaws\.com\b", sender, re.IGNORECASE):
        return False
    notice = rf'notificationType\\?"\s{{0,3}}:\s{{0,3}}\\?"(?:{kinds})'
    return bool(re.search(notice, body[:100_000]))


def _is_auto_reply(fields: Fields, subject: str, body: str, report: Report) -> bool:
    if report.receipt or (report.delivery is not None and report.formal):
        return True
    if _shows(fields, signals.AUTO_REPLY) or signals.AWAY_PREFIXES.search(subject):
        return True
    if _is_ses_notice(_first(fields, "from"), body, "Delivery"):
        return True
    if _answers_unreachably(fields, subject):
        return True
    return _shows(fields, signals.MACHINE_MADE) and not _relays_a_person(fields)


def _answers_unreachably(fields: Fields, subject: str) -> bool:
    """An answer that cannot be answered: a responder's reverse path is null (RFC 3834 3.3).

    Only as the delivering host wrote it into Return-Path: a forwarder may blank the envelope's.
    """
    paths = fields.get("return-path", [""])
    prefix = outermost_prefix(subject)
    says_reply = prefix.replies if prefix else AUTO_PREFIX.match(subject)
    answers = "in-reply-to" in fields or says_reply
    return bool(answers and signals.NULL_SENDER.match(paths[0]))


def _relays_a_person(fields: Fields) -> bool:
    """A web form writes in its own name and names the person it speaks for in Reply-To."""
    senders = set(addresses_named(_first(fields, "from")))
    people = set(addresses_named(_first(fields, "reply-to"))) - senders
    return any(
        not signals.MAIL_SYSTEM.search(address) and not signals.NO_REPLY.search(address)
        for address in people
    )


def _has_null_sender(fields: Fields, mail_from: str | None) -> bool:
    """The reverse path as the delivering host wrote it down, else as the envelope has it."""
    paths = fields.get("return-path")
    if paths:
        return bool(signals.NULL_SENDER.match(paths[0]))
    return mail_from is not None and (mail_from == "" or bool(signals.NULL_SENDER.match(mail_from)))


def _shows(fields: Fields, table: Iterable[signals.Signal]) -> bool:
    return any(
        signal.pattern.search(value[:MAX_SUBJECT])
        for signal in table
        for value in fields.get(signal.field, ())[:10]
    )


def _fields(headers: Headers) -> Fields:
    fields: Fields = {}
    for name, value in headers:
        fields.setdefault(name.lower(), []).append(value[:64_000])
    return fields


def _first(fields: Fields, name: str) -> str:
    return fields.get(name, [""])[0].lower()
