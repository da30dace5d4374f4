"""What the API answers with: the models that OpenAPI is made of and answers are checked by."""

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
    """A part of an answer; what is stored beside its fields is not told."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)


class Person(Shape):
    """A name, which may be empty, and an address."""

    name: str
    address: str


class FileShape(Shape):
    """An attachment: its bytes are ``/v1/blobs/{sha256}``."""

    filename: str
    content_type: str
    size: int
    sha256: str
    content_id: str = ""
    inline: bool = False


class FailureShape(Shape):
    """A recipient whom a letter did not reach."""

    recipient: str
    status: str
    reason: str


class BounceShape(Shape):
    """Which letter came back, and from whom."""

    message_id: str | None
    failures: list[FailureShape]


class CorrectionShape(Shape):
    """What a person corrected."""

    id: Id
    what: Literal["split", "merge", "move", "undo", "erasure"]
    who: str
    when: Time
    messages: list[str]
    undoes: str | None = Field(None, description="the id of a correction, or a letter's key")


class LetterShape(Shape):
    """A letter as it stands in its dialog; ``body`` is left out where only ``reply`` is asked."""

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
        description="the new words, without quoted history; all of `body` if it is not known which"
        " words are new"
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
        """Give ``reply`` wherever there is a text: nobody names the new words of a posted one."""
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
    changed: Time = Field(description="when the store last wrote it")
    revision: int
    waiting: Waiting = "nobody"
    waiting_since: Time | None = None
    kinds: list[Kind] = []
    has: list[Mark] = []
    count: int = Field(description="how many letters it has")
    participants: list[str]
    related: list[Id] = Field(description="dialogs that share an id with it, a hundred at most")
    related_more: Annotated[bool, BeforeValidator(bool)] = Field(
        False, description="whether there are more than those of `related`"
    )
    corrections: list[CorrectionShape] = []


class WholeDialog(DialogShape):
    """A dialog with its letters, in order; none where ``messages=none`` is asked."""

    messages: list[LetterShape] | None = None


class DialogPage(BaseModel):
    """Some dialogs of a list; with ``next``, a cursor, there may be more, also if none is here."""

    items: list[DialogShape]
    next: str | None = None
    count: int | None = Field(
        None,
        description="where asked for and soon told, null else; 1000 stands for 1000 and more",
    )


class OriginalShape(Shape):
    """The original of a letter, ``/v1/letters/{key}/raw``, if it is kept."""

    sha256: str
    size: int


Fields = list[Annotated[list[str], Field(min_length=2, max_length=2)]]


class ExportedLetter(LetterShape):
    """A letter with all that is kept of it but the bytes of its files and its original."""

    headers: Fields = Field(description="the header fields in their order, each a name and a value")
    html: str = Field(description="sanitised; empty if there is none")
    raw: OriginalShape | None


class ExportedDialog(BaseModel):
    """A dialog as it is exported."""

    dialog: DialogShape
    letters: list[ExportedLetter]


class KeptLetter(LetterShape):
    """A letter by its key, and where it is."""

    mailbox: str
    dialog: Id
    kept: Time
    received: Time | None = None
    raw: OriginalShape | None = None
    has_html: bool = False


class Headers(BaseModel):
    """The header fields of a letter in their order, each a name and a value."""

    headers: Fields


class MailboxShape(BaseModel):
    """A mailbox."""

    mailbox: str
    waiting_for_us: int = Field(description="dialogs; 1000 stands for 1000 and more")
    last_letter: Time | None = Field(None, description="when its newest letter was kept")


class MailboxList(BaseModel):
    """The mailboxes of the token."""

    items: list[MailboxShape]


class Reason(Shape):
    """Why a letter is where it is."""

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
    """What a person corrected, in words."""

    why: str


class Reasons(Shape):
    """Why each letter of a dialog is there, and what was corrected."""

    dialog: Id
    subject: str
    messages: list[Reason]
    corrections: list[ReasonedCorrection]
    related: list[Id]
    related_more: bool


class CorrectedShape(BaseModel):
    """The dialog in which the letters are now, and whether this call changed anything.

    ``correction`` is what it noted: to be named where just that is to be undone.
    """

    dialog: str
    changed: bool
    correction: str | None


class ProblemShape(BaseModel):
    """What is wrong (RFC 9457); ``type`` leads to its explanation."""

    type: str
    title: str = Field(description="of what kind it is: the same words for each of its type")
    status: int
    detail: str = Field(description="what is wrong this time")
    errors: list[dict[str, str]] = []
