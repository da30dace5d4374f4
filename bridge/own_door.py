"""How our own SMTP door is called from this machine, and by which recipient a mailbox is reached.

The health check, the canary and the doctor are at the door as letters are: at the address that it
listens on, and with recipients that ``MAILBOXES`` takes.
"""

import smtplib
from collections.abc import Sequence
from contextlib import suppress

from bridge.settings import BridgeSettings
from contract.health_check.plain_environment import called
from contract.reading.domains import in_ascii
from contract.sending.direct import address_of, not_ours, why_not


def place(settings: BridgeSettings) -> str:
    """Return host and port, as they are called."""
    return address_of(settings.smtp_host, settings.smtp_port)


def opened(settings: BridgeSettings, seconds: float) -> smtplib.SMTP:
    """Return a connection, greeted by EHLO; raises OSError, of which smtplib's own are."""
    client = smtplib.SMTP(called(settings.smtp_host), settings.smtp_port, timeout=seconds)
    try:
        client.ehlo()
    except BaseException:
        client.close()
        raise
    return client


def why_not_taken(error: OSError) -> str:
    """Return why the door did not do as it was asked, in words: smtplib's own are English."""
    match error:
        case smtplib.SMTPRecipientsRefused(recipients=refused) if refused:
            code, text = next(iter(refused.values()))
        case smtplib.SMTPResponseException(smtp_code=code, smtp_error=text) if code > 0:
            pass
        case smtplib.SMTPServerDisconnected(__context__=cause):
            return why_not(cause if isinstance(cause, OSError) else ConnectionError())
        case smtplib.SMTPException():
            return not_ours()
        case _:
            return why_not(error)
    return f"{code} {text.decode('ascii', 'replace') if isinstance(text, bytes) else text}"


def recipient_of(mailbox: str, recipients: Sequence[str], anybody: str) -> str:
    """Return an address that stands for a mailbox: one that is named, or ``anybody`` at a domain.

    Its domain is in ASCII, as a relay without SMTPUTF8 has it; the local part is as it is named.
    """
    named = [each.strip() for each in recipients or [mailbox]]
    whole = [each for each in named if "@" in each.lstrip("@")]
    chosen = whole[0] if whole else f"{anybody}@{named[0].removeprefix('@')}"
    local, _, domain = chosen.rpartition("@")
    with suppress(ValueError):  # then it has no other form
        domain = in_ascii(domain)
    return f"{local}@{domain}"


def send(client: smtplib.SMTP, recipient: str, letter: bytes) -> None:
    """Send a letter from nobody; raises OSError."""
    options = [] if recipient.isascii() else ["SMTPUTF8"]
    client.sendmail("", [recipient], letter, mail_options=options)
