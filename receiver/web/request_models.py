"""What corrections ask for: the bodies of split, merge, move and undo."""

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


class Asked(BaseModel):
    """What all have in common: nothing that is not known is taken."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", populate_by_name=True)


class SplitBody(Asked):
    """Give these letters a dialog of their own."""

    messages: list[Key] = Field(min_length=1, max_length=10_000)


class MergeBody(Asked):
    """Make this dialog and another one."""

    with_: str = Field(alias="with")


class MoveBody(Asked):
    """Move one letter to another dialog."""

    message: Key
    to: str


class UndoBody(Asked):
    """Undo a correction, the newest unless one is named, or the guess about one letter."""

    correction: CorrectionId | None = None
    message: Key | None = None


class PersonAsked(Asked):
    """Whose data; of all mailboxes of the token, unless one is named."""

    address: Annotated[Text, BeforeValidator(seen_ends)]
    mailbox: Mailbox | None = None


class Named(Asked):
    """Who asks must be said, where only a service has signed."""

    who: Who


class Split(SplitBody, Named):
    """Split, signed."""


class Merge(MergeBody, Named):
    """Merge, signed."""


class Move(MoveBody, Named):
    """Move, signed."""


class Undo(UndoBody, Named):
    """Undo, signed."""


class Titled(Asked):
    """Who asks may be said; the token's name stands behind it."""

    who: Who | None = None


class SplitByToken(SplitBody, Titled):
    """Give these letters a dialog of their own."""


class MergeByToken(MergeBody, Titled):
    """Make this dialog and another one."""


class MoveByToken(MoveBody, Titled):
    """Move one letter to another dialog."""


class UndoByToken(UndoBody, Titled):
    """Undo a correction, the newest unless one is named, or the guess about one letter."""


class ErasePerson(PersonAsked, Titled):
    """Erase what was shown; ``operator`` is the company, for the act."""

    preview: Text
    reason: Text
    operator: str = Field("", max_length=1000, pattern=ONE_LINE_OR_NONE)
