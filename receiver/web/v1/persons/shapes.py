"""The models of the API's responses about a person."""

from typing import Literal

from pydantic import BaseModel, Field

from receiver.web.v1.shapes import Id, Time


class HeldShape(BaseModel):
    """What a mailbox has about a person, in numbers."""

    mailbox: str
    letters: int = Field(description="letters that belong to the person; an erasure deletes them")
    first: Time | None = None
    last: Time | None = None
    bytes: int
    files: int
    of_others: dict[Literal["names", "mentions", "quotes"], int] = Field(
        description="others' letters with the person's data: an erasure removes only that"
    )
    dialogs: list[Id]
    dialogs_gone: int = Field(description="how many dialogs an erasure deletes as a whole")
    names: list[str]
    files_not_searched: int
    but_for_a_plus: list[str] = Field(
        description="addresses in this mailbox that differ only in what follows a plus: they are"
        " erased together with one without a plus; otherwise they count as somebody else's"
    )


class PersonShape(BaseModel):
    """What is stored about a person. To erase it, send ``preview`` back."""

    items: list[HeldShape]
    preview: str


class AtBridgeShape(BaseModel):
    """A letter in the spool of a bridge, or what it remembers of one that was dropped there."""

    bridge: str = Field(description="the bridge's host")
    id: str
    state: Literal["waiting", "failed", "dropped"]


class ErasedShape(BaseModel):
    """What was erased, with the act and the log extract that Russian regulations require."""

    id: Id
    counts: dict[str, dict[str, int]]
    at_bridges: list[AtBridgeShape] = Field(
        description="letters from or about the person that wait or failed at a bridge, or were"
        " dropped there, by its last report; to erase them, run `python -m bridge erase` there"
    )
    act: str
    extract: str
