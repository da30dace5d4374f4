"""The event that the bridge POSTs and the receiver stores: ``email.received``.

Values are strictly typed and bounded. Unknown fields are ignored, so that a newer bridge
can speak to an older receiver without a letter being refused for good.
"""

import re
from base64 import b64decode, b64encode
from functools import lru_cache
from hashlib import sha256
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    SerializerFunctionWrapHandler,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_serializer,
    model_validator,
)

from contract.signature import ID_SHAPE

# The bounds of everything: whatever a door takes lies within them, as the bridge cuts what a letter
# says to them and refuses an envelope beyond them. The receiver answers 422 to the rest.
MAX_MAILBOX = 320
MAX_PATH_BYTES = 1000  # of an envelope's address (RFC 5321 4.5.3.1.3 asks for 256)
MAX_LINE = 2000
MAX_ADDRESS = 1000
MAX_MESSAGE_ID = 1000
MAX_IDS = 100
MAX_ADDRESSES = 1000
MAX_ATTACHMENTS = 100
MAX_HEADERS = 10_000
MAX_VERDICTS = 10
MAX_DEFECTS = 100
MAX_HOSTS = 20
MAX_TEXT_BYTES = 1024 * 1024
LEAST_MAILBOX = 3  # a@b
MAILBOX_PATTERN = r"^[^\s\x00-\x1f\x7f]+@[^\s\x00-\x1f\x7f@]+$"
SHA256_PATTERN = r"^[0-9a-f]{64}$"
EVENT_ID_PATTERN = rf"^{ID_SHAPE.pattern}$"
EVENT_BYTES = 7 * 1024 * 1024  # of JSON: what the bridge sends, and every receiver takes


def bare_id(value: str) -> str:
    """Return a Message-ID without its angle brackets and outer white space (RFC 8621 4.1.2.3)."""
    value = value.strip()
    if value.startswith("<") and value.endswith(">"):
        value = value[1:-1].strip()
    if not value:
        raise ValueError("a Message-ID must not be empty")
    if _BREAKS.search(value):
        raise ValueError("a Message-ID must be on one line")
    return value


def bounded_text(value: str) -> str:
    """Refuse a text of more than ``MAX_TEXT_BYTES`` of UTF-8."""
    if len(value) > MAX_TEXT_BYTES or len(value.encode()) > MAX_TEXT_BYTES:
        raise ValueError(f"a text must not be longer than {MAX_TEXT_BYTES} bytes of UTF-8")
    return value


def on_one_line(value: str) -> str:
    """Refuse what a mail header would read as its next line, or end at: no name has that in it."""
    if _BREAKS.search(value):
        raise ValueError("a name or address must be on one line")
    return value


def not_blank(value: str) -> str:
    """Refuse an address of white space alone: it would be everybody's who has none."""
    if not value.strip():
        raise ValueError("an address must not be blank")
    return value


# What ends a line (RFC 5322 2.2, Unicode TR 14), and NUL.
_BREAKS = re.compile("[\x00\n\x0b\x0c\r\x85\u2028\u2029]")

Line = Annotated[str, StringConstraints(max_length=MAX_LINE)]
# Of a path's bytes each may be shown as ``\xff``, which takes four characters.
EnvelopePath = Annotated[str, StringConstraints(max_length=4 * MAX_PATH_BYTES)]
Mailbox = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        min_length=LEAST_MAILBOX,
        max_length=MAX_MAILBOX,
        pattern=MAILBOX_PATTERN,
    ),
]
MessageId = Annotated[str, StringConstraints(max_length=MAX_MESSAGE_ID), AfterValidator(bare_id)]
Sha256 = Annotated[str, StringConstraints(pattern=SHA256_PATTERN)]
Text = Annotated[str, AfterValidator(bounded_text)]
EventId = Annotated[str, StringConstraints(pattern=EVENT_ID_PATTERN)]
Count = Annotated[int, Field(ge=0, le=2**31)]
Size = Annotated[int, Field(ge=0, le=2**53)]
Kind = Literal["letter", "auto-reply", "bounce", "list", "confirmation"]
Direction = Literal["in", "out"]


@lru_cache(maxsize=64)  # a bridge has a few, and reads their names with every letter
def is_mailbox(name: str) -> bool:
    """Tell whether a letter may be for this mailbox."""
    try:
        _MAILBOX.validate_python(name)
    except ValidationError:
        return False
    return True


_MAILBOX: TypeAdapter[str] = TypeAdapter(Mailbox)


def from_base64(value: object) -> object:
    """Return the bytes of base64 (RFC 4648 4), of ``MAX_CONTENT_BYTES`` at most."""
    if not isinstance(value, str):
        return value
    if len(value) > MAX_CONTENT_BASE64:
        raise ValueError(f"the content must not be longer than {MAX_CONTENT_BYTES} bytes")
    try:
        return b64decode(value, validate=True)
    except ValueError:
        raise ValueError("the content is not base64") from None


MAX_CONTENT_BYTES = 128 * 1024
MAX_CONTENT_BASE64 = (MAX_CONTENT_BYTES + 2) // 3 * 4
Content = Annotated[
    bytes,
    BeforeValidator(from_base64),
    Field(max_length=MAX_CONTENT_BYTES),
    PlainSerializer(lambda value: b64encode(value).decode(), return_type=str, when_used="json"),
    WithJsonSchema(
        {"type": "string", "contentEncoding": "base64", "maxLength": MAX_CONTENT_BASE64}
    ),
]


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
    name: Annotated[Line, AfterValidator(on_one_line)] = ""


class Envelope(Contract):
    """What SMTP said around the letter (RFC 5321 2.3.1); never a sign of who wrote it.

    Of an address, bytes that are no UTF-8 and control characters are written as ``\\x7f``.
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
    """The letter as it was received: uploaded before the event, or ``content`` if it is small."""

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

    @model_serializer(mode="wrap")
    def _leave_out_what_is_elsewhere(self, plain: SerializerFunctionWrapHandler) -> dict[str, Any]:
        fields: dict[str, Any] = plain(self)
        return {name: value for name, value in fields.items() if value is not None}


class Failure(Contract):
    """One recipient that a bounce speaks of (RFC 3464 2.3)."""

    recipient: Line
    status: Line = ""
    reason: Line = ""


class Bounce(Contract):
    """The letter that came back: its Message-ID and whom it did not reach."""

    message_id: MessageId | None = None
    failures: list[Failure] = Field(default=[], max_length=MAX_ADDRESSES)


class Verdict(Contract):
    """What one judge found about the sender; a label, never a permission (RFC 8601)."""

    source: Line
    spf: Line = "none"
    dkim: Line = "none"
    aligned: bool = False


class LeftOut(Contract):
    """What the HTML lost to be harmless; ``hosts`` are where its pictures would come from."""

    pictures: Count = 0
    trackers: Count = 0
    scripts: Count = 0
    forms: Count = 0
    frames: Count = 0
    hosts: list[Line] = Field(default=[], max_length=MAX_HOSTS)


class LetterContent(Contract):
    """All that the bytes of a letter say, in the field's own words: the one list of it.

    A header field that is to be known is named here and read in ``bridge.parse.header.fields``.
    Message-IDs carry no angle brackets; ``text`` is as written, or HTML turned into text, and
    ``reply`` is ``text`` without the history that it quotes. ``original_from`` is whom a group took
    out of From to put its own address there (X-Original-From). ``parts_sha256`` is a digest of the
    decoded parts alone, the same for every copy of the letter and every version of its reader; it
    is missing where the parts were not seen.
    """

    message_id: MessageId | None = None
    in_reply_to: list[MessageId] = Field(default=[], max_length=MAX_IDS)
    references: list[MessageId] = Field(default=[], max_length=MAX_IDS)
    thread_index: Line = ""
    subject: Text = ""
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
        if not {"subject", "text"} & self.model_fields_set:
            raise ValueError("one of subject and text is required")
        return self


class EmailReceived(Contract):
    """The whole body of ``POST /webhook/email``, or one line of it.

    ``id`` names the event where several are sent together (``contract.batch``); one that is sent
    alone is named by the header ``webhook-id``.
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
