"""The signs of a bounce: a report, or a mail system's letter in the words of a bounce."""

import re
from typing import Final

from bridge.parse.kind import signals
from bridge.parse.kind.bounce_phrases import HEADER_LINE, OPENING, RETURNED, SUBJECT
from bridge.parse.kind.report import Report, own_text
from bridge.parse.kind.signals import MAX_SUBJECT, Fields, shows
from bridge.parse.structure.mime import Node
from contract.subject import outermost_prefix

OPENING_LINES: Final = 60
OPENING_CHARACTERS: Final = 6000
_SUCCESS: Final = re.compile(r"\s*(?:delivered|relayed|expanded|deliverable)(?!\S)", re.IGNORECASE)
ENHANCED_CODE: Final = re.compile(r"(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?![\d.])")
REPLY_CODE: Final = re.compile(r"(?<![\d.])[45]\d\d[ -]")
# Their bounces keep the subject of the letter that came back, whatever its prefix.
_JAMES: Final = re.compile(
    r"(?:hi\.\s+)?this\s+is\s+the\s+(?:james\s+mail\s+server|qmail-send\s+program)", re.IGNORECASE
)
_SNS: Final = re.compile(r"@sns\.amazonaws\.com\b", re.IGNORECASE)
ADDRESS_LINE: Final = re.compile(r"^[\s*>]{0,40}<?[^\s<>@]{1,64}@[^\s<>@]{1,255}?>?:?\s*$")


def is_bounce(
    root: Node, fields: Fields, subject: str, body: str, report: Report, null_sender: bool
) -> bool:
    """Tell whether the letter is a report of failure, or a mail system's worded like a bounce."""
    sender = " ".join(fields.get("from", [])[:2])[:MAX_SUBJECT]
    nobody = not sender.strip(" <>\"'")
    system = null_sender or nobody or bool(signals.MAIL_SOFTWARE.search(sender))
    administrator = bool(signals.ADMINISTRATOR.search(sender))
    if report.complaint is not None and (report.formal or system or administrator):
        return True
    if report.delivery is not None and (report.formal or system or administrator):
        return not _reached_all(report)
    if report.receipt and report.formal:
        return False
    if "x-ms-exchange-message-is-ndr" in fields and (system or administrator):
        return True
    if "x-failed-recipients" in fields or is_ses_notice(sender, body, "Bounce|Complaint"):
        return True
    if _is_junk_report(sender, subject, report):
        return True
    if null_sender and _JAMES.match(body.lstrip()[:200]):
        return True
    if outermost_prefix(subject) or ("in-reply-to" in fields and not system):
        return False
    if signals.MAILER_DAEMON.search(sender):
        return True
    lines = (body or own_text(root))[:OPENING_CHARACTERS].splitlines()[:OPENING_LINES]
    if nobody or signals.MAIL_SOFTWARE.search(sender):
        return _a_system_says(subject, lines, report)
    if null_sender and not signals.PERSON_WRITES.search("\n".join(lines[: _quoted_from(lines)])):
        return _a_system_says(subject, lines, report)
    return _a_stranger_says(fields, subject, lines, report, sender)


def _a_system_says(subject: str, lines: list[str], report: Report) -> bool:
    """Tell whether a mail system's subject and opening are a bounce's, or one beside a code.

    One of them alone does not suffice: «Заказ не доставлен» is a user's complaint about a shop.
    """
    said = bool(SUBJECT.search(subject))
    opened = bool(OPENING.search(" ".join(lines).lower()))
    hinted = report.returned is not None or any(
        HEADER_LINE.search(line)
        or ENHANCED_CODE.search(line)
        or REPLY_CODE.search(line)
        or RETURNED.search(line)
        or ADDRESS_LINE.match(line)
        for line in lines
    )
    return (said and opened) or ((said or opened) and hinted)


def _a_stranger_says(
    fields: Fields, subject: str, lines: list[str], report: Report, sender: str
) -> bool:
    """Tell whether a letter that no mail system's name, or an administrator, sent is a bounce.

    Administrators write about bounces and quote codes: «550 5.1.1 user unknown». So the letter must
    have something that only a machine writes (a relay's mark, the letter that came back, a
    program's words about itself) and nothing that only a person writes.
    """
    said = bool(SUBJECT.search(subject))
    if said and shows(fields, signals.RELAY_SOFTWARE):
        return True
    official = signals.ADMINISTRATOR.search(sender) or signals.NO_REPLY.search(sender)
    if not (said or official):
        return False
    opened = bool(OPENING.search(" ".join(lines).lower()))
    if not (said or opened):
        return False
    quoted = _quoted_from(lines)
    own = "\n".join(lines[:quoted])
    if signals.PERSON_WRITES.search(own):
        return False
    returned = report.returned is not None or quoted is not None
    if official:
        return returned or signals.PROGRAM_SPEAKS.search(own) is not None
    return said and opened and returned and not _has_return_path(fields)


def _quoted_from(lines: list[str]) -> int | None:
    """Return the line at which the returned letter begins, if it is quoted."""
    begins = (n for n, x in enumerate(lines) if HEADER_LINE.search(x) or RETURNED.search(x))
    return next(begins, None)


def _has_return_path(fields: Fields) -> bool:
    """Tell whether the delivering host recorded a reverse path that is not null (RFC 5321 4.4)."""
    path = fields.get("return-path", [""])[0]
    return "@" in path and not signals.NULL_SENDER.match(path)


def is_success(action: str) -> bool:
    """Tell whether an Action says that a recipient was reached, or would be (Postfix's probes)."""
    return _SUCCESS.match(action) is not None


def _reached_all(report: Report) -> bool:
    """Tell whether a report says of every recipient that he was reached (RFC 3464 2.3.3)."""
    actions = [block["action"] for block in report.delivery or () if "action" in block]
    return bool(actions) and all(map(is_success, actions))


def _is_junk_report(sender: str, subject: str, report: Report) -> bool:
    """Recognise Microsoft's complaints: the letter alone, without a report beside it."""
    complains = bool(signals.HOTMAIL_COMPLAINT.search(subject))
    return complains and "@hotmail.com" in sender.lower() and report.returned is not None


def is_ses_notice(sender: str, body: str, kinds: str) -> bool:
    """Recognise Amazon SES's notices of bounces, complaints and deliveries: JSON, sent by SNS."""
    if not _SNS.search(sender):
        return False
    notice = rf'notificationType\\?"\s{{0,3}}:\s{{0,3}}\\?"(?:{kinds})'
    return bool(re.search(notice, body[:100_000]))
