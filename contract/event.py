"""The event that the bridge POSTs and the receiver stores: ``email.received``.

Values are strictly typed and bounded. Unknown fields of signed events are ignored, so that a newer
bridge can talk to an older receiver without losing a letter. Events posted by token are refused
with them: there such a field is a mistyped name, and what it says would be lost.

Identifying fields (addresses, names of people, Message-IDs, the mailbox) are refused with a line
break or with nothing visible, as that would identify somebody else. In fields that are only shown
(subject, file names and so on) a line break becomes a space.
"""

from hashlib import sha256
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from contract.bounds import (
    MAX_ADDRESS,
    MAX_ADDRESSES,
    MAX_ATTACHMENTS,
    MAX_DEFECTS,
    MAX_HEADERS,
    MAX_HOSTS,
    MAX_IDS,
    MAX_VERDICTS,
    Content,
    Count,
    Direction,
    EnvelopePath,
    EventId,
    Kind,
    Line,
    Mailbox,
    MessageId,
    Name,
    Sha256,
    Size,
    Subject,
    Text,
    not_blank,
    on_one_line,
)


class Contract(BaseModel):
    """What every part of the event has in common: strict types, frozen values."""

    model_config = ConfigDict(
        strict=True, frozen=True, populate_by_name=True, hide_input_in_errors=True
    )


class Address(Contract):
    """One person: ``Иван <ivan@example.ru>`` is name and address."""

    address: Annotated[
        str,
        StringConstraints(min_length=1, max_length=MAX_ADDRESS),
        AfterValidator(on_one_line),
        AfterValidator(not_blank),
    ]
    name: Name = ""


class Envelope(Contract):
    r"""SMTP's data about the letter (RFC 5321 2.3.1); it never proves who wrote it.

    In an address, bytes that are not UTF-8 and control characters are written as ``\x7f``.
    ``protocol`` is the name for Received's ``with`` clause (RFC 3848): ESMTPS came by TLS.
    """

    mail_from: EnvelopePath = ""
    rcpt_to: list[EnvelopePath] = Field(default=[], max_length=MAX_ADDRESSES)
    peer: Line = ""
    protocol: Line = ""


class Source(Contract):
    """The way by which the letter came in; ``http`` is a letter posted by hand."""

    via: Literal["smtp", "imap", "import", "http"] = "http"
    folder: Line = ""


class Attachment(Contract):
    """A part of the letter that is kept as a blob under its digest."""

    filename: Line
    content_type: Line
    size: Size
    sha256: Sha256
    content_id: Line = ""
    inline: bool = False


class Blob(Contract):
    """The letter as received: uploaded before the event, or ``content`` if it is small."""

    sha256: Sha256
    size: Size
    content: Content | None = None

    @field_validator("content")
    @classmethod
    def _is_what_was_named(cls, value: bytes | None, info: ValidationInfo) -> bytes | None:
        named = info.data
        if value is None or not {"sha256", "size"} <= named.keys():
            return value
        if len(value) != named["size"] or sha256(value).hexdigest() != named["sha256"]:
            raise ValueError("the content does not have this size and digest")
        return value


class Failure(Contract):
    """One recipient in a bounce's report (RFC 3464 2.3)."""

    recipient: Line
    status: Line = ""
    reason: Line = ""


class Bounce(Contract):
    """The letter that came back: its Message-ID and whom it did not reach."""

    message_id: MessageId | None = None
    failures: list[Failure] = Field(default=[], max_length=MAX_ADDRESSES)


class Verdict(Contract):
    """One judge's finding about the sender; a label, never a permission (RFC 8601)."""

    source: Line
    spf: Line = "none"
    dkim: Line = "none"
    aligned: bool = False


class LeftOut(Contract):
    """What sanitising removed from the HTML; ``hosts`` are those of its remote content.

    ``sheets`` and ``fonts`` are remote style sheets and fonts, as ``pictures`` are remote pictures
    and ``media`` remote films and sounds. ``hints`` are remote files to fetch in advance,
    ``redirects`` are jumps to another page, ``links`` those to no page and no address, such as
    ``javascript:``. ``hidden`` are passages that a reader was not to see; ``revealed`` those that
    were invisible by their style alone, and stay.
    """

    pictures: Count = 0
    trackers: Count = 0
    scripts: Count = 0
    forms: Count = 0
    frames: Count = 0
    sheets: Count = 0
    fonts: Count = 0
    media: Count = 0
    drawings: Count = 0
    links: Count = 0
    hints: Count = 0
    redirects: Count = 0
    hidden: Count = 0
    revealed: Count = 0
    hosts: list[Line] = Field(default=[], max_length=MAX_HOSTS)


class LetterContent(Contract):
    """All that a letter's bytes say, in the field's own words: the only list of it.

    A header field to keep is named here and read in ``bridge.parse.header.fields``. Message-IDs
    have no angle brackets; ``text`` is as written, or HTML turned into text; ``reply`` is ``text``
    without quoted history. ``original_from`` is the person for whom another address speaks in From:
    the author whom a list replaced there (X-Original-From), or the recipient whom a mail system
    says that our letter reached (RFC 3464). ``parts_sha256`` is a digest of the decoded parts
    alone, the same for every copy of the letter and every version of its reader; it is missing if
    the parts were not read.
    """

    message_id: MessageId | None = None
    in_reply_to: list[MessageId] = Field(default=[], max_length=MAX_IDS)
    references: list[MessageId] = Field(default=[], max_length=MAX_IDS)
    thread_index: Line = ""
    subject: Subject = ""
    from_: Address = Field(alias="from")
    reply_to: list[Address] = Field(default=[], max_length=MAX_ADDRESSES)
    to: list[Address] = Field(default=[], max_length=MAX_ADDRESSES)
    cc: list[Address] = Field(default=[], max_length=MAX_ADDRESSES)
    bcc: list[Address] = Field(default=[], max_length=MAX_ADDRESSES)
    original_from: Address | None = None
    date: AwareDatetime | None = None
    text: Text = ""
    html: Text = ""
    left_out: LeftOut | None = None
    reply: Text = ""
    kind: Kind = "letter"
    bounce: Bounce | None = None
    auth: list[Verdict] = Field(default=[], max_length=MAX_VERDICTS)
    headers: list[tuple[str, str]] = Field(default=[], max_length=MAX_HEADERS)
    attachments: list[Attachment] = Field(default=[], max_length=MAX_ATTACHMENTS)
    parts_sha256: Sha256 | None = None
    defects: list[Line] = Field(default=[], max_length=MAX_DEFECTS)


class Email(LetterContent):
    """A letter, and what the bridge saw of its arrival; ``attempts`` counts this one, too."""

    mailbox: Mailbox
    source: Source = Source()
    envelope: Envelope = Envelope()
    direction: Direction = "in"
    received_at: AwareDatetime | None = None
    attempts: Count = 1
    raw: Blob | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not {"subject", "text", "html"} & self.model_fields_set:
            raise ValueError("one of subject, text and html is required")
        return self


class EmailReceived(Contract):
    """The whole body of ``POST /webhook/email``, or one line of it.

    ``id`` names the event if several are sent together (``contract.batch``); a single one is named
    by the header ``webhook-id``.
    """

    id: EventId | None = None
    type: Literal["email.received"]
    timestamp: AwareDatetime | None = None
    data: Email


class Answer(Contract):
    """What the receiver did with the letter.

    ``letter`` is its key: ``/v1/letters/{key}`` tells in which dialog it is now.
    """

    dialog: str
    outcome: Literal["created", "appended", "duplicate", "erased", "canary"]
    matched_by: str
    related: list[str] = []
    letter: str = ""
