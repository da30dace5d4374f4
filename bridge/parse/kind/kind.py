"""What sort of letter it is: a person's, a machine's answer, a bounce, a list's, or a confirmation.

The order of precedence, each step explained at its rule:

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
from collections.abc import Sequence
from typing import Final

from bridge.parse.header.subject_prefix import is_forwarded
from bridge.parse.kind import away_phrases, signals
from bridge.parse.kind.bounce_signs import OPENING_CHARACTERS, is_bounce, is_ses_notice
from bridge.parse.kind.mentions import addresses_named
from bridge.parse.kind.report import Report, read_report
from bridge.parse.kind.signals import MAX_SUBJECT, Fields, shows
from bridge.parse.structure.mime import Node
from contract.bounds import Kind
from contract.subject import outermost_prefix
from contract.yandex import is_yandex

Headers = Sequence[tuple[str, str]]

_QUOTED: Final = re.compile(r"^>|^-{4,}", re.MULTILINE)
MAX_NOTE: Final = 1000
AUTO_PREFIX: Final = re.compile(r"\s*auto\s*:", re.IGNORECASE)


def kind_of(
    root: Node, headers: Headers, subject: str, body: str, mail_from: str | None = None
) -> Kind:
    """Return the kind of letter that ``root`` is, by the order of precedence above.

    ``headers`` are decoded and in order; ``body`` is the letter's own text (HTML as text) without
    attached letters; ``mail_from`` is the envelope's reverse path if known. The parts of ``root``
    are searched for reports. Never raises; linear in its input.
    """
    fields = _fields(headers)
    subject = subject[:MAX_SUBJECT]
    if _is_confirmation(fields, subject, body):
        return "confirmation"
    null_sender = _has_null_sender(fields, mail_from)
    if not null_sender and shows(fields, signals.LIST_BORNE):
        return "list"
    report = read_report(root)
    if is_bounce(root, fields, subject, body, report, null_sender):
        return "bounce"
    if _is_auto_reply(fields, subject, body, report, null_sender):
        return "auto-reply"
    if shows(fields, signals.LIST) or _is_bulk(fields):
        return "list"
    return "letter"


def _is_confirmation(fields: Fields, subject: str, body: str) -> bool:
    """Recognise Yandex's request to confirm forwarding: From Yandex, a link to Yandex, the words.

    The letter is undocumented, so its sender may be any address of Yandex. Answers and letters of
    Yandex's web client are excluded, so that no person with a mailbox there is mistaken for it. The
    link must lead to Yandex, as From can be forged and the link is shown to be clicked.
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


def _is_auto_reply(
    fields: Fields, subject: str, body: str, report: Report, null_sender: bool
) -> bool:
    if report.receipt or (report.delivery is not None and report.formal):
        return True
    if shows(fields, signals.AUTO_REPLY) or _says_away(fields, subject, null_sender):
        return True
    if _is_lotus_note(fields, subject, body):
        return True
    if is_ses_notice(_first(fields, "from"), body, "Delivery"):
        return True
    if _is_unreachable_bulk(fields, body):
        return True
    if _answers_unreachably(fields, subject) and _sounds_automatic(fields, subject, body):
        return True
    if not shows(fields, signals.MACHINE_MADE) or _relays_a_person(fields):
        return False
    if _sends_for_a_person(fields):
        return False
    return not _is_passed_on(fields, subject)


def _is_passed_on(fields: Fields, subject: str) -> bool:
    """Recognise a person's letter that a rule of Exchange passed on, and marked as generated.

    A rule that answers writes the same fields, but not the subject of a forwarded letter.
    """
    if shows(fields, signals.PASSED_ON):
        return True
    redirected = fields.keys() & {"resent-from", "resent-to", "resent-message-id"}
    return shows(fields, signals.BY_INBOX_RULE) and bool(redirected or is_forwarded(subject))


def _says_away(fields: Fields, subject: str, null_sender: bool) -> bool:
    """Recognise a responder by words before the subject and a sign that no person's letter has.

    The sign is a null reverse path, or a field asking for no automatic answer, as Exchange writes,
    or marking bulk mail. Beside «Вне офиса:», which people write, too, the letter must also be an
    answer. Being an answer is no sign by itself: a person's program may keep the subject as it is.
    """
    if not away_phrases.AWAY_PREFIXES.search(subject):
        return False
    if null_sender:
        return True
    answers = "in-reply-to" in fields
    suppresses = shows(fields, (signals.SUPPRESSES, signals.BULK))
    stock = bool(away_phrases.AUTO_REPLY_PREFIXES.search(subject))
    return suppresses and (stock or answers)


def _is_lotus_note(fields: Fields, subject: str, body: str) -> bool:
    """Recognise an absence note of Lotus Notes: neither a responder's field nor a null path."""
    if not AUTO_PREFIX.match(subject) or "x-mimetrack" not in fields:
        return False
    return away_phrases.LOTUS_SPEAKS.search(body[:OPENING_CHARACTERS]) is not None


def _is_bulk(fields: Fields) -> bool:
    """Recognise a newsletter, which answers nobody, or bulk mail that nobody could answer."""
    if shows(fields, (signals.UNSUBSCRIBE,)) and "in-reply-to" not in fields:
        return not (shows(fields, signals.MACHINE_MADE) and _relays_a_person(fields))
    if not shows(fields, (signals.BULK,)) or _relays_a_person(fields):
        return False
    return signals.NO_REPLY.search(_first(fields, "from")) is not None


def _answers_unreachably(fields: Fields, subject: str) -> bool:
    """Recognise an answer that cannot be answered, by a responder's null path (RFC 3834 3.3).

    Only Return-Path of the delivering host counts: a forwarder may blank the envelope's.
    """
    paths = fields.get("return-path", [""])
    prefix = outermost_prefix(subject)
    says_reply = prefix.replies if prefix else AUTO_PREFIX.match(subject)
    answers = "in-reply-to" in fields or says_reply
    return bool(answers and signals.NULL_SENDER.match(paths[0]))


def _is_unreachable_bulk(fields: Fields, body: str) -> bool:
    """Recognise a provider's responder: a few words that ask nothing, bulk, under a null path."""
    if not shows(fields, (signals.BULK,)) or shows(fields, signals.LIST):
        return False
    null = signals.NULL_SENDER.match(fields.get("return-path", [""])[0])
    return bool(null) and "?" not in body and len(body) < MAX_NOTE


def _sounds_automatic(fields: Fields, subject: str, body: str) -> bool:
    """Recognise a responder's sign beside a null reverse path, which some gateways always write.

    Words count only if nothing is asked: people write of leave and of tickets, too.
    """
    if AUTO_PREFIX.match(subject) or shows(fields, (signals.SUPPRESSES, signals.BULK)):
        return True
    own = _QUOTED.split(body[:OPENING_CHARACTERS], maxsplit=1)[0]
    return "?" not in own and away_phrases.AUTOMATIC_WORDS.search(own) is not None


def _relays_a_person(fields: Fields) -> bool:
    """Recognise a web form: it names its person in Reply-To and writes in its name or his."""
    people = set(addresses_named(_first(fields, "reply-to")))
    if fields.keys() & {"in-reply-to", "references"}:
        people -= set(addresses_named(_first(fields, "from")))
    return any(map(_is_a_person, people))


def _sends_for_a_person(fields: Fields) -> bool:
    """Recognise a form's program: the person is in From, the program in Sender (RFC 5322 3.6.2)."""
    author, program = (addresses_named(_first(fields, name)) for name in ("from", "sender"))
    if not author or not program or shows(fields, (signals.BULK, signals.UNSUBSCRIBE)):
        return False
    elsewhere = author[0].rpartition("@")[2] != program[0].rpartition("@")[2]
    return elsewhere and "in-reply-to" not in fields and _is_a_person(author[0])


def _is_a_person(address: str) -> bool:
    programs = (signals.MAIL_SOFTWARE, signals.ADMINISTRATOR, signals.NO_REPLY)
    return not any(program.search(address) for program in programs)


def _has_null_sender(fields: Fields, mail_from: str | None) -> bool:
    """Tell whether the reverse path is null, by Return-Path, else by the envelope."""
    paths = fields.get("return-path")
    if paths:
        return bool(signals.NULL_SENDER.match(paths[0]))
    return mail_from is not None and (mail_from == "" or bool(signals.NULL_SENDER.match(mail_from)))


def _fields(headers: Headers) -> Fields:
    fields: Fields = {}
    for name, value in headers:
        fields.setdefault(name.lower(), []).append(value[:64_000])
    return fields


def _first(fields: Fields, name: str) -> str:
    return fields.get(name, [""])[0].lower()
