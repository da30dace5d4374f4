"""Reaching our own SMTP door from this machine, and a recipient for each mailbox.

The health check, the canary and the doctor meet the door as letters do: at the address that it
listens on, and with recipients that ``MAILBOXES`` accepts.
"""

import smtplib
from collections.abc import Sequence
from contextlib import suppress

from bridge.settings import BridgeSettings
from contract.health_check.plain_environment import called
from contract.reading.domains import in_ascii
from contract.sending.direct import address_of, not_ours, why_not


def place(settings: BridgeSettings) -> str:
    """Return host and port for connecting."""
    return address_of(settings.smtp_host, settings.smtp_port)


def opened(settings: BridgeSettings, seconds: float) -> smtplib.SMTP:
    """Return a connection after EHLO; raises OSError, the base of smtplib's errors."""
    client = smtplib.SMTP(called(settings.smtp_host), settings.smtp_port, timeout=seconds)
    try:
        client.ehlo()
    except BaseException:
        client.close()
        raise
    return client


def why_not_taken(error: OSError) -> str:
    """Return in words why the door refused; smtplib's own words are English."""
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
    """Return an address that stands for a mailbox: a configured one, or ``anybody`` at its domain.

    The domain is in ASCII, as a relay without SMTPUTF8 has it; the local part is unchanged.
    """
    named = [each.strip() for each in recipients or [mailbox]]
    whole = [each for each in named if "@" in each.lstrip("@")]
    chosen = whole[0] if whole else f"{anybody}@{named[0].removeprefix('@')}"
    local, _, domain = chosen.rpartition("@")
    with suppress(ValueError):  # it has no ASCII form
        domain = in_ascii(domain)
    return f"{local}@{domain}"


def send(client: smtplib.SMTP, recipient: str, letter: bytes) -> None:
    """Send a letter from the null sender; raises OSError."""
    options = [] if recipient.isascii() else ["SMTPUTF8"]
    client.sendmail("", [recipient], letter, mail_options=options)
