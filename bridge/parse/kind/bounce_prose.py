"""Whom a bounce did not reach and why, read from its words, for systems that write no report.

In every system seen, recipients stand either at the start of a line (Sendmail, qmail, Postfix,
Exim, Yahoo, Google, Exchange) or after a word such as "to"; the reason follows them.
"""

import re
from collections.abc import Collection
from typing import Final

from bridge.parse.kind.bounce_phrases import HEADER_LINE, REASONS, RETURNED
from contract.event import Failure

MAX_LINES: Final = 400
MAX_LINE: Final = 1000
MAX_REASON: Final = 500
MAX_REASON_LINES: Final = 12
MAX_FAILURES: Final = 100

ADDRESS: Final = r"[^\s<>()\[\],;:\"'@|]{1,64}@[^\s<>()\[\],;:\"'@|/\\]{1,255}"
AT_START: Final = re.compile(
    rf"^[\s>*|\"'<-]{{0,40}}(?:rfc822\s*;\s*)?<?({ADDRESS})(?=[\s>\"':,.(<;)]|$)[>\"']{{0,3}}(.*)$",
    re.IGNORECASE,
)
AFTER_WORD: Final = re.compile(
    rf"(?:\bto|\bfor|\brecipients?|\baddress(?:es)?|\breach|\battempts|\bmailbox|\berrors|\buser|"
    rf"\brcpt\s+to|\bundeliverable|получател\w*|адрес\w*|адресат\w*|кому|宛先|an|à|a)"
    rf"(?:\s+is)?[\s:(<\"'\[]{{1,10}}({ADDRESS})",
    re.IGNORECASE,
)
ANYWHERE: Final = re.compile(rf"<?({ADDRESS})>?")
OTHER_PARTY: Final = re.compile(
    r"^\s*(?:from|sender|return-path|reply-to|original\s+sender|mail\s+from|contact|"
    r"for\s+(?:further\s+)?assistance|message-id|subject|от)\b|<<<|>>>\s*mail\s+from|"
    r"please\s+(?:send|contact|use)|postmaster|mailer-daemon|do\s+not\s+reply",
    re.IGNORECASE,
)
HEADING: Final = re.compile(r"^\s*(?:subject|date|sent|to|from|cc|тема|дата|кому|от)\s*:", re.I)
ENHANCED: Final = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d.])")
REPLY: Final = re.compile(r"(?<![\d.])([45])\d\d(?=[\s\-:)])")
MEANINGS: Final = tuple((re.compile(words), status) for status, words in REASONS)
"""To be sought in lower case."""
MESSAGE_ID: Final = re.compile(
    r"^[ \t>]{0,8}(?:X-)?(?:Original-)?Message-ID[ \t]{0,8}:[ \t]{0,80}(?:\r?\n[ \t]{1,80})?"
    r"(<[^<>\s]{1,998}>|[^<>\s]{1,998})",
    re.IGNORECASE | re.MULTILINE,
)


def split_returned(text: str) -> tuple[str, str]:
    """Return the text before the returned letter, and the returned letter ('' if not quoted)."""
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines):
        if RETURNED.search(line[:200]) or HEADER_LINE.search(line[:200]):
            return "".join(lines[:number]), "".join(lines[number:])
    return text, ""


def quoted_message_id(text: str) -> str:
    """Return the first Message-ID quoted in ``text`` as it stands, or ''."""
    found = MESSAGE_ID.search(text)
    return found[1] if found else ""


def failures_of(prose: str, parties: Collection[str]) -> list[Failure]:
    """Return the recipients that ``prose`` says were not reached, each with status and reason.

    ``parties`` are the addresses of the bounce's own sender and receiver, which it often mentions.
    """
    lines = _lines(prose)
    others = {party.lower() for party in parties}
    found = (
        _at_line_starts(lines, others)
        or _anywhere(AFTER_WORD, lines, others)
        or _at_line_starts(lines, set())
        or _anywhere(ANYWHERE, lines, others)
    )
    if len(found) == 1:
        whole = failure_at_large(prose)
        recipient, reason = found.popitem()
        if not _exact(reason) and _exact(whole.reason):
            return [whole.model_copy(update={"recipient": recipient})]
        found = {recipient: reason or whole.reason}
    return [
        Failure(recipient=recipient, status=status_of(reason) or status_of(prose), reason=reason)
        for recipient, reason in list(found.items())[:MAX_FAILURES]
    ]


def failure_at_large(prose: str) -> Failure:
    """Return status and reason if no recipient is named, by a line with a code or the opening."""
    lines = _lines(prose)
    lower = [line.lower() for line in lines]
    reason = ""
    for pattern in (ENHANCED, REPLY, *(words for words, _ in MEANINGS)):
        number = next((n for n, line in enumerate(lower) if pattern.search(line)), None)
        if number is not None:
            following = lines[number + 1 : number + 1 + MAX_REASON_LINES]
            reason = _reason(lines[number], following)
            break
    return Failure(recipient="", status=status_of(prose), reason=reason or reason_text(prose))


def status_of(text: str) -> str:
    """Return the enhanced status code (RFC 3463) that ``text`` holds or means, '' if none.

    A bare SMTP reply only tells whether the failure is final: its class and zeros, unless the words
    beside it are known.
    """
    text = text[: MAX_LINES * MAX_LINE]
    enhanced = [code for code in ENHANCED.findall(text) if not code.endswith(".0.0")]
    if enhanced:
        return str(enhanced[0])
    lower = text.lower()
    meaning = next((status for words, status in MEANINGS if words.search(lower)), "")
    reply = ENHANCED.search(text) or REPLY.search(text)
    if reply is None:
        return meaning
    return meaning if meaning[:1] == reply[1][0] else f"{reply[1][0]}.0.0"


def reason_text(text: str) -> str:
    """Return ``text`` on one line, bounded, without control characters."""
    line = " ".join(text[: 4 * MAX_REASON].split())
    return "".join(sign for sign in line if sign.isprintable())[:MAX_REASON]


def _exact(text: str) -> bool:
    return bool(ENHANCED.search(text) or REPLY.search(text))


def _lines(prose: str) -> list[str]:
    return [line[:MAX_LINE] for line in prose.splitlines()[:MAX_LINES]]


def _at_line_starts(lines: list[str], parties: Collection[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for number, line in enumerate(lines):
        match = AT_START.match(line)
        recipient = _address(match[1]) if match else ""
        if match and recipient and recipient.lower() not in parties and not _is_other(line):
            reason = _reason(match[2], lines[number + 1 : number + 1 + MAX_REASON_LINES])
            if len(found.setdefault(recipient, reason)) < len(reason):
                found[recipient] = reason
    return found


def _anywhere(
    pattern: re.Pattern[str], lines: list[str], parties: Collection[str]
) -> dict[str, str]:
    found: dict[str, str] = {}
    for number, line in enumerate(lines):
        if OTHER_PARTY.search(line):
            continue
        for match in pattern.finditer(line):
            recipient = _address(match[1])
            if recipient and recipient.lower() not in parties:
                following = lines[number + 1 : number + 1 + MAX_REASON_LINES]
                found.setdefault(recipient, _reason(line[match.end() :], following))
    return found


def _reason(rest: str, following: list[str]) -> str:
    """Return what follows a recipient: the rest of its line and the lines up to a gap.

    A gap after a heading ("For the following reason:") and drawn rules do not end it.
    """
    words = rest.lstrip(" \t:,.;>)\"'").rstrip()
    for line in following:
        if AT_START.match(line) or HEADING.match(line):
            break
        if line.strip(" \t=-*_#|"):
            words = f"{words} {line.strip()}"
        elif words.strip() and not words.endswith(":"):
            break
    return reason_text(words)


def _is_other(line: str) -> bool:
    return bool(re.match(r"\s*<?(?:postmaster|mailer-daemon|support|abuse)@", line, re.IGNORECASE))


def _address(word: str) -> str:
    word = word.strip(".<>\"'`=?!")
    return word if re.fullmatch(r"[^@\s]+@[^@\s]*[^@\s.]", word) else ""
