"""Whether a subject says that the letter was forwarded by hand."""

import re

# What Outlook, Gmail, Yandex, Mail.ru and Apple Mail write, in the languages that users write in.
_FORWARDED = re.compile(
    r"\s*(?:fwd?|пересл(?:ано|ать)?|пересылка|wg|tr|rv|enc|vs|pd|vb|doorst|转发|轉寄)"
    r"\s*(?:\[\d{1,4}\])?\s*[:：]",
    re.IGNORECASE,
)


def is_forwarded(subject: str) -> bool:
    """Tell whether the first prefix of the subject is one for forwarding, not for answering."""
    return _FORWARDED.match(subject[:100]) is not None
