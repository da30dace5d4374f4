"""From a delivery and the letter's reading to the event that is POSTed."""

from bridge.parse.letter import ParsedLetter
from bridge.spool.envelope import Delivery
from contract.event import Blob, Email, EmailReceived, Envelope, Source


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
            message_id=letter.message_id,
            in_reply_to=list(letter.in_reply_to),
            references=list(letter.references),
            thread_index=letter.thread_index,
            subject=letter.subject,
            from_=letter.sender,
            reply_to=list(letter.reply_to),
            to=list(letter.to),
            cc=list(letter.cc),
            date=letter.date,
            received_at=delivery.received,
            text=letter.body,
            html=letter.html,
            reply=letter.reply,
            kind=letter.kind,
            bounce=letter.bounce,
            auth=list(letter.auth),
            headers=list(letter.headers),
            attachments=[part.attachment for part in letter.parts],
            raw=raw,
            defects=list(letter.defects),
        ),
    )


def _utf8(address: str) -> str:
    """Return an envelope address whose stray bytes are shown, as JSON cannot carry them."""
    return address.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
