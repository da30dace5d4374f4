"""The envelope to store with a letter that came by SMTP: one delivery for each mailbox. Pure."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from bridge.spool.envelope import Delivery
from bridge.spool.spool import new_id


def deliveries(
    recipients: Mapping[str, Sequence[str]],
    *,
    mail_from: str,
    peer: str,
    helo: str,
    protocol: str,
    logged_in: bool,
) -> list[Delivery]:
    """Return one delivery for each mailbox that recipients stand for."""
    return [
        Delivery(
            id=new_id(),
            mailbox=mailbox,
            received=datetime.now(UTC),
            mail_from=mail_from.removeprefix("<>"),
            rcpt_to=tuple(rcpt_to),
            peer=peer,
            helo=helo,
            protocol=protocol,
            direction="out" if logged_in else "in",
        )
        for mailbox, rcpt_to in recipients.items()
    ]


def protocol(*, extended: bool, utf8: bool, secure: bool, logged_in: bool) -> str:
    """Return the name for Received's ``with`` clause: RFC 3848 and RFC 6531 4.3."""
    if not extended:
        return "SMTP"
    return ("UTF8SMTP" if utf8 else "ESMTP") + "S" * secure + "A" * logged_in
