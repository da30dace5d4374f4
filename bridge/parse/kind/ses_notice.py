"""Amazon SES's notices of bounces and complaints: JSON in the text, maybe inside SNS's JSON.

https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html
"""

import json
from typing import Any

from bridge.parse.kind.bounce_prose import MAX_FAILURES, reason_text
from bridge.parse.kind.report import MAX_TEXT
from contract.event import Failure

Notice = dict[str, Any]


def notice_of(text: str) -> Notice | None:
    """Return the notice in ``text``, or None; SNS puts it as a string into ``Message``."""
    outer = _object(text)
    inner = outer.get("Message")
    notice = _object(inner) if isinstance(inner, str) else outer
    return notice if isinstance(notice.get("notificationType"), str) else None


def notice_failures(notice: Notice) -> list[Failure]:
    """Return whom the notice is about."""
    bounced = _dicts(_dict(notice.get("bounce")).get("bouncedRecipients"))
    complaint = _dict(notice.get("complaint"))
    complained = _dicts(complaint.get("complainedRecipients"))
    feedback = f"feedback: {complaint.get('complaintFeedbackType') or 'abuse'}"
    failures = [
        Failure(
            recipient=str(who.get("emailAddress", ""))[:1000],
            status=str(who.get("status", ""))[:20],
            reason=reason_text(str(who.get("diagnosticCode", ""))),
        )
        for who in bounced
    ]
    failures += [
        Failure(recipient=str(who.get("emailAddress", ""))[:1000], reason=reason_text(feedback))
        for who in complained
    ]
    return [failure for failure in failures if failure.recipient][:MAX_FAILURES]


def notice_message_id(notice: Notice) -> str:
    """Return the Message-ID of the letter: the sender's own if given, else that of SES."""
    mail = _dict(notice.get("mail"))
    for header in _dicts(mail.get("headers")):
        if str(header.get("name", "")).lower() == "message-id":
            return str(header.get("value", ""))
    given = _dict(mail.get("commonHeaders")).get("messageId")
    if given:
        return str(given)
    identity = mail.get("messageId")
    return f"<{identity}@email.amazonses.com>" if isinstance(identity, str) and identity else ""


def _object(text: str) -> Notice:
    start = text.find("{")
    if start < 0:
        return {}
    unwrapped = text[start:MAX_TEXT].replace("!\n ", "")
    try:
        value, _ = json.JSONDecoder(strict=False).raw_decode(unwrapped)
    except (ValueError, RecursionError):
        return {}
    return _dict(value)


def _dict(value: Any) -> Notice:
    return value if isinstance(value, dict) else {}


def _dicts(value: Any) -> list[Notice]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
