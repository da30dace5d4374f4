"""What a bounce is about: which letter came back, whom it did not reach, and why."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from bridge.parse.kind.bounce_prose import (
    MAX_FAILURES,
    failure_at_large,
    failures_of,
    quoted_message_id,
    reason_text,
    split_returned,
    status_of,
)
from bridge.parse.kind.bounce_signs import is_success
from bridge.parse.kind.mentions import addresses_named
from bridge.parse.kind.report import MAX_TEXT, Block, Report, blocks, own_text, read_report
from bridge.parse.kind.ses_notice import notice_failures, notice_message_id, notice_of
from bridge.parse.structure.mime import Node
from bridge.parse.text.storable import clean_text
from contract.event import Bounce, Failure

MAX_ID: Final = 1000
MAX_ADDRESS: Final = 1000
STATUS: Final = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
RECIPIENT_FIELDS: Final = ("original-recipient", "final-recipient", "x-actual-recipient")
COMPLAINT_FIELDS: Final = ("original-rcpt-to", "removal-recipient")
RETURNED_ID_FIELDS: Final = ("x-original-message-id", "original-message-id", "message-id")


def bounce_of(root: Node, headers: Sequence[tuple[str, str]], body: str) -> Bounce:
    """Read a letter of kind ``bounce`` (see ``kind``); fields that it does not tell stay empty.

    Recipients come from the report (RFC 3464 2.3), else from X-Failed-Recipients, else from the
    words, else from the returned letter's To. ``status`` is an enhanced code (RFC 3463), even if
    only the words tell it; a complaint has no status, and a reason such as ``feedback: abuse`` (RFC
    5965 3.1). Never raises; at most 100 failures.
    """
    fields: dict[str, str] = {}
    for name, value in headers:
        fields.setdefault(name.lower(), value)
    report = read_report(root)
    text = (body or own_text(root))[:MAX_TEXT]
    notice = notice_of(text) if "notificationType" in text else None
    if notice is not None:
        return Bounce(message_id=_bare(notice_message_id(notice)), failures=notice_failures(notice))
    prose, quoted = split_returned(text)
    told = failures_of(prose, _parties(fields))
    at_large = told[0] if len(told) == 1 else failure_at_large(prose)
    failures = (
        _complained(report)
        or _reported(report.delivery or blocks(text), told, at_large)
        or _named(fields.get("x-failed-recipients", ""), told, at_large)
        or told
        or _addressed(report.returned or next(iter(blocks(quoted)), {}), at_large)
    )
    return Bounce(
        message_id=_returned_id(report, fields, quoted or text, own_text(root)),
        failures=failures[:MAX_FAILURES],
    )


def reported_id(root: Node) -> str | None:
    """Return the Message-ID of the letter that a receipt or a report of success is about.

    It is Original-Message-ID of RFC 8098 3.2.5, else that of the returned header or the report.
    """
    report = read_report(root)
    told = [
        block.get(name, "")
        for block in (*report.receipts, *(report.delivery or ()))
        for name in RETURNED_ID_FIELDS
    ]
    candidates = [*told, (report.returned or {}).get("message-id", "")]
    return next(filter(None, map(_bare, candidates)), None)


def reached(root: Node) -> str:
    """Return the first recipient whom a delivery report says the letter reached, or ''."""
    happy = [one for one in read_report(root).delivery or () if is_success(one.get("action", ""))]
    return next(filter(None, (_recipient(block, RECIPIENT_FIELDS) for block in happy)), "")


def _reported(delivery: Iterable[Block], told: list[Failure], at_large: Failure) -> list[Failure]:
    """Read the per-recipient blocks; what a block lacks is taken from the words."""
    by_address = {failure.recipient.lower(): failure for failure in told}
    found: dict[str, Failure] = {}
    for block in delivery:
        recipient = _recipient(block, RECIPIENT_FIELDS)
        action = block.get("action", "").lower()
        if not recipient or is_success(action):
            continue
        words = by_address.get(recipient.lower(), at_large)
        reason = _diagnosis(block) or words.reason
        status = _status(block.get("status", ""), reason, words.status, action)
        found.setdefault(recipient, Failure(recipient=recipient, status=status, reason=reason))
    return list(found.values())


def _status(stated: str, reason: str, worded: str, action: str) -> str:
    """Return the stated code, or a more exact one of its class from the remote server."""
    code = STATUS.search(stated)
    if code and not code[1].endswith(".0.0"):
        return code[1]
    exact = status_of(reason) or worded
    if code is None:
        return exact or ("4.0.0" if action.startswith("delay") else "")
    return exact if exact[:1] == code[1][0] else code[1]


def _diagnosis(block: Block) -> str:
    """Return Diagnostic-Code without its type (``smtp;``, RFC 3464 2.3.6)."""
    return reason_text(re.sub(r"^\s*[\w-]{1,40}\s*;\s*", "", block.get("diagnostic-code", "")))


def _named(names: str, told: list[Failure], at_large: Failure) -> list[Failure]:
    """Read X-Failed-Recipients (Exim, Gmail): the recipients, with reasons from the words."""
    by_address = {failure.recipient.lower(): failure for failure in told}
    found = []
    for name in names[: 100 * MAX_ADDRESS].split(",")[:MAX_FAILURES]:
        recipient = _plain(name)
        if recipient:
            words = by_address.get(recipient.lower(), at_large)
            found.append(words.model_copy(update={"recipient": recipient}))
    return found


def _complained(report: Report) -> list[Failure]:
    """Read a complaint (RFC 5965), or Microsoft's, which is only the letter."""
    returned = report.returned or {}
    if report.complaint is None:
        reporter = returned.get("x-hmxmroriginalrecipient", "")
        return [Failure(recipient=_plain(reporter), reason="feedback: abuse")] if reporter else []
    merged = {name: value for block in reversed(report.complaint) for name, value in block.items()}
    recipient = _recipient(merged, COMPLAINT_FIELDS) or _recipient(returned, ("to",))
    reason = reason_text(f"feedback: {merged.get('feedback-type', 'abuse')}")
    return [Failure(recipient=recipient, reason=reason)] if recipient else []


def _addressed(returned: Block, at_large: Failure) -> list[Failure]:
    """Fall back on the returned letter's recipient, if it has only one."""
    addresses = addresses_named(returned.get("to", ""))
    if len(addresses) != 1:
        return []
    return [at_large.model_copy(update={"recipient": addresses[0][:MAX_ADDRESS]})]


def _returned_id(report: Report, fields: dict[str, str], quoted: str, own: str) -> str | None:
    """Find the Message-ID of the letter that came back.

    In the returned header, the report, the text, and last in the bounce's own fields: Exchange,
    Google and others put it into In-Reply-To or References (RFC 5322 3.6.4).
    """
    told = [block.get(name, "") for block in report.delivery or () for name in RETURNED_ID_FIELDS]
    answered = [fields.get(name, "").split()[-1:] for name in ("in-reply-to", "references")]
    candidates = [
        (report.returned or {}).get("message-id", ""),
        *told,
        fields.get("x-original-message-id", ""),
        quoted_message_id(quoted),
        quoted_message_id(own),
        *(words[0] for words in answered if words),
    ]
    return next(filter(None, map(_bare, candidates)), None)


def _bare(value: str) -> str | None:
    """Return an id without brackets; a word without brackets and ``@`` is no id."""
    value = re.sub(r"<\s{1,80}(?=\S)", "<", clean_text(value[:4000]))
    bracketed = re.search(r"<([^<>\s]{1,998})>", value[:4000])
    word = bracketed[1] if bracketed else next(iter(value[:4000].split()), "")
    word = word.strip("<>")
    return word if 0 < len(word) < MAX_ID and (bracketed or "@" in word) else None


def _recipient(block: Block, names: Iterable[str]) -> str:
    """Return the first usable address; the original one is the one that our letter was sent to."""
    for name in names:
        address = _plain(block.get(name, "").rpartition(";")[2])
        if address:
            return address
    return ""


def _plain(value: str) -> str:
    """Return the address in ``value``, with xtext undone (RFC 3461 4); '' if it holds none."""
    value = re.sub(r"\+([0-9A-F]{2})", lambda code: chr(int(code[1], 16)), value[:MAX_ADDRESS])
    found = re.search(r"[^\s<>\"',:@]{1,64}@[^\s<>\"',;:@]{1,255}", value)
    return found[0].strip(".") if found else ""


def _parties(fields: dict[str, str]) -> set[str]:
    """Return the addresses in the bounce's own header: its author's and ours."""
    names = ("from", "to", "reply-to", "delivered-to")
    return {each for name in names for each in addresses_named(fields.get(name, ""))}
