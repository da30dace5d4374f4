"""What the API answers about a person."""

from typing import Literal

from pydantic import BaseModel, Field

from receiver.web.v1.shapes import Id, Time


class HeldShape(BaseModel):
    """What is held of a person in a mailbox, in numbers."""

    mailbox: str
    letters: int = Field(description="letters that belong to the person: they would go")
    first: Time | None = None
    last: Time | None = None
    bytes: int
    files: int
    of_others: dict[Literal["names", "mentions", "quotes"], int] = Field(
        description="letters of others that tell of the person: they would stay, without that"
    )
    dialogs: list[Id]
    dialogs_gone: int = Field(description="dialogs that would go as a whole")
    names: list[str]
    files_not_searched: int
    but_for_a_plus: list[str] = Field(
        description="addresses in this mailbox that differ from this one in what follows a plus"
        " alone: they go with one that has no plus; of one that has, they are somebody else's"
    )


class PersonShape(BaseModel):
    """What is held of a person; ``preview`` is to be said when it is to be erased."""

    items: list[HeldShape]
    preview: str


class AtBridgeShape(BaseModel):
    """A letter that a bridge has in its spool."""

    bridge: str = Field(description="its host")
    id: str
    state: Literal["waiting", "failed"]


class ErasedShape(BaseModel):
    """What was erased, with the act and the extract that the Russian regulation asks for."""

    id: Id
    counts: dict[str, dict[str, int]]
    at_bridges: list[AtBridgeShape] = Field(
        description="letters that are, or tell of, the person, and wait or failed at a bridge as it"
        " said last: those go by `python -m bridge erase`, there"
    )
    act: str
    extract: str
