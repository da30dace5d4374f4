"""The bodies of requests that correct dialogs or concern a person's data."""

from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

from contract.bounds import ONE_LINE, ONE_LINE_OR_NONE, Mailbox, not_blank, seen_ends

Who = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, strip_whitespace=True, pattern=ONE_LINE),
    AfterValidator(not_blank),
]
Key = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Text = Annotated[
    str,
    StringConstraints(min_length=1, max_length=1000, strip_whitespace=True, pattern=ONE_LINE),
    AfterValidator(not_blank),
]
CorrectionId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{24}$")]


class RequestBody(BaseModel):
    """Common to all: unknown fields are refused."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", populate_by_name=True)


class SplitBody(RequestBody):
    """Split these letters off into a dialog of their own."""

    messages: list[Key] = Field(min_length=1, max_length=10_000)


class MergeBody(RequestBody):
    """Merge the dialog ``with`` another one."""

    with_: str = Field(alias="with")


class MoveBody(RequestBody):
    """Move one letter to another dialog."""

    message: Key
    to: str


class UndoBody(RequestBody):
    """Undo a correction (by default the newest), or the guess about one letter (``message``)."""

    correction: CorrectionId | None = None
    message: Key | None = None


class PersonAsked(RequestBody):
    """A person's address, and a mailbox; by default all of the token's."""

    address: Annotated[Text, BeforeValidator(seen_ends)]
    mailbox: Mailbox | None = None


class ActorIsNamed(RequestBody):
    """A signed request: it must say ``who`` makes the correction."""

    who: Who


class Split(SplitBody, ActorIsNamed):
    """A signed split."""


class Merge(MergeBody, ActorIsNamed):
    """A signed merge."""


class Move(MoveBody, ActorIsNamed):
    """A signed move."""


class Undo(UndoBody, ActorIsNamed):
    """A signed undo."""


class ActorMayBeNamed(RequestBody):
    """A request by token: it may say ``who`` acts; the token's name is added."""

    who: Who | None = None


class SplitByToken(SplitBody, ActorMayBeNamed):
    """Split these letters off into a dialog of their own."""


class MergeByToken(MergeBody, ActorMayBeNamed):
    """Merge the dialog ``with`` another one."""


class MoveByToken(MoveBody, ActorMayBeNamed):
    """Move one letter to another dialog."""


class UndoByToken(UndoBody, ActorMayBeNamed):
    """Undo a correction (by default the newest), or the guess about one letter (``message``)."""


class ErasePerson(PersonAsked, ActorMayBeNamed):
    """Erase what ``preview`` stands for; ``operator`` is the company that the act names."""

    preview: Text
    reason: Text
    operator: str = Field("", max_length=1000, pattern=ONE_LINE_OR_NONE)
