"""The models of the API's responses, which are checked by them; OpenAPI is made of them."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from contract.bounds import Kind

HEX_ID, HEX_KEY = r"^[0-9a-f]{24}$", r"^[0-9a-f]{64}$"


def _utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


Id = Annotated[str, BeforeValidator(str), Field(pattern=HEX_ID)]
Key = Annotated[str, Field(pattern=HEX_KEY)]
Time = Annotated[AwareDatetime, AfterValidator(_utc)]
Waiting = Literal["us", "them", "nobody"]
Mark = Literal["attachment", "bounce", "defect"]


class Shape(BaseModel):
    """A part of a response. Stored fields that it does not name are left out."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)


class Person(Shape):
    """A name, which may be empty, and an address."""

    name: str
    address: str


class FileShape(Shape):
    """An attachment; its bytes are at ``/v1/blobs/{sha256}``."""

    filename: str
    content_type: str
    size: int
    sha256: str
    content_id: str = ""
    inline: bool = False


class FailureShape(Shape):
    """A recipient to whom a letter could not be delivered."""

    recipient: str
    status: str
    reason: str


class BounceShape(Shape):
    """The letter that a bounce returns, and the recipients who did not get it."""

    message_id: str | None
    failures: list[FailureShape]


class CorrectionShape(Shape):
    """A correction made by a person."""

    id: Id
    what: Literal["split", "merge", "move", "undo", "erasure"]
    who: str
    when: Time
    messages: list[str]
    undoes: str | None = Field(
        None, description="of an undo: the id of a correction, or the key of a guessed letter"
    )


class LetterShape(Shape):
    """A letter as its dialog shows it; without ``body`` if only ``reply`` was requested."""

    key: Key
    message_id: str
    subject: str
    created: Time
    from_: Person = Field(alias="from")
    to: list[Person]
    cc: list[Person]
    bcc: list[Person] = []
    reply_to: list[Person] = []
    in_reply_to: list[str]
    references: list[str]
    direction: Literal["in", "out"]
    kind: Kind
    reply: str = Field(
        description="the new text, without quoted history; all of `body` if that is not known"
    )
    body: str | None = None
    bounce: BounceShape | None = None
    attachments: list[FileShape]
    defects: list[str]
    matched_by: str | None = None
    matched_id: str | None = None
    subject_changed: bool | None = None

    @model_validator(mode="before")
    @classmethod
    def _with_new_words(cls, said: Any) -> Any:
        """Let ``reply`` be the whole text if the new text is not known, as of posted letters."""
        if isinstance(said, dict) and not said.get("reply"):
            return said | {"reply": said.get("body") or ""}
        return said


class DialogShape(Shape):
    """A dialog without its letters."""

    id: Id = Field(alias="_id", serialization_alias="id")
    mailbox: str
    user: str = Field(alias="email_from", serialization_alias="user")
    subject: str
    created: Time
    updated: Time = Field(description="the date of its newest letter")
    changed: Time = Field(description="when its document was last written")
    revision: int
    waiting: Waiting = "nobody"
    waiting_since: Time | None = None
    kinds: list[Kind] = []
    has: list[Mark] = []
    count: int = Field(description="the number of its letters")
    participants: list[str]
    related: list[Id] = Field(description="dialogs that share an id with it, at most a hundred")
    related_more: Annotated[bool, BeforeValidator(bool)] = Field(
        False, description="whether there are more than `related` lists"
    )
    corrections: list[CorrectionShape] = []


class WholeDialog(DialogShape):
    """A dialog with its letters in order, unless ``messages=none`` was requested."""

    messages: list[LetterShape] | None = None


class DialogPage(BaseModel):
    """A page of a list, perhaps empty; ``next`` is the cursor of the next one, if any."""

    items: list[DialogShape]
    next: str | None = None
    count: int | None = Field(
        None,
        description="if requested and quickly counted, otherwise null; 1000 means 1000 or more",
    )


class OriginalShape(Shape):
    """The original of a letter, at ``/v1/letters/{key}/raw``."""

    sha256: str
    size: int


Fields = list[Annotated[list[str], Field(min_length=2, max_length=2)]]


class ExportedLetter(LetterShape):
    """A letter with everything that is stored, except the bytes of its files and original."""

    headers: Fields = Field(description="the header fields in order, each a name and a value")
    html: str = Field(description="sanitised; empty if there is none")
    raw: OriginalShape | None


class ExportedDialog(BaseModel):
    """A dialog as it is exported."""

    dialog: DialogShape
    letters: list[ExportedLetter]


class KeptLetter(LetterShape):
    """A letter, and the dialog that shows it."""

    mailbox: str
    dialog: Id
    kept: Time
    received: Time | None = None
    raw: OriginalShape | None = None
    has_html: bool = False


class Headers(BaseModel):
    """The header fields of a letter in order, each a name and a value."""

    headers: Fields


class MailboxShape(BaseModel):
    """A mailbox, and how many of its dialogs wait for us."""

    mailbox: str
    waiting_for_us: int = Field(description="number of dialogs; 1000 means 1000 or more")
    last_letter: Time | None = Field(None, description="when its newest letter was stored")


class MailboxList(BaseModel):
    """The mailboxes of the token."""

    items: list[MailboxShape]


class Reason(Shape):
    """Why a letter is in its dialog."""

    key: Key
    message_id: str
    from_: str = Field(alias="from")
    subject: str
    created: Time
    matched_by: str
    matched_id: str | None
    why: str
    sender: str
    came_by: list[dict[str, Any]]


class ReasonedCorrection(CorrectionShape):
    """A correction, and what it did in words."""

    why: str


class Reasons(Shape):
    """Why each letter of a dialog is there, and the corrections."""

    dialog: Id
    subject: str
    messages: list[Reason]
    corrections: list[ReasonedCorrection]
    related: list[Id]
    related_more: bool


class CorrectedShape(BaseModel):
    """The dialog in which the letters are now, and whether this call changed anything.

    ``correction`` is the id of the new correction, by which it can be undone.
    """

    dialog: str
    changed: bool
    correction: str | None


class ProblemShape(BaseModel):
    """A problem (RFC 9457); ``type`` is the URL of its explanation."""

    type: str
    title: str = Field(description="the same for each problem of its type")
    status: int
    detail: str = Field(description="what is wrong with this request")
    errors: list[dict[str, str]] = []
