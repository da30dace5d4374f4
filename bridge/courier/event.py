"""From a delivery and the letter's reading to the event that is POSTed."""

from bridge.parse.letter import ParsedLetter
from bridge.spool.envelope import Delivery
from contract.event import Blob, Email, EmailReceived, Envelope, LetterContent, Source


def email_received(delivery: Delivery, letter: ParsedLetter, raw: Blob) -> EmailReceived:
    """Join what the bridge saw, what the letter says, and where its bytes are."""
    return EmailReceived(
        type="email.received",
        timestamp=delivery.received,
        data=Email(
            mailbox=delivery.mailbox,
            source=Source(via=delivery.via, folder=delivery.folder),
            envelope=Envelope(
                mail_from=_utf8(delivery.mail_from),
                rcpt_to=[_utf8(recipient) for recipient in delivery.rcpt_to],
                peer=delivery.peer,
            ),
            direction=delivery.direction,
            received_at=delivery.received,
            raw=raw,
            **{name: getattr(letter, name) for name in LetterContent.model_fields},
        ),
    )


def _utf8(address: str) -> str:
    """Return an envelope address whose stray bytes are shown, as JSON cannot carry them."""
    return address.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
