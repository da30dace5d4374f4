"""The API's models of hooks, in requests and responses."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from contract.bounds import ONE_LINE, not_blank
from receiver.hooks.event import EventKind
from receiver.hooks.hook import MAX_NAME, HookState
from receiver.web.v1.shapes import Id, Shape, Time

Name = Annotated[
    str, Field(min_length=1, max_length=MAX_NAME, pattern=ONE_LINE), AfterValidator(not_blank)
]
HookUrl = Annotated[
    str,
    Field(
        max_length=2000,
        pattern=r"^[Hh][Tt][Tt][Pp][Ss]?://\S+$",
        examples=["https://crm.example/mail"],
    ),
]


class NewHook(BaseModel):
    """A hook to be made. By default it is for all events, and for the token's mailboxes."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    url: HookUrl
    name: Name | None = None
    mailboxes: list[Annotated[str, Field(max_length=1000)]] | None = Field(
        None, min_length=1, max_length=1000
    )
    events: list[EventKind] | None = Field(None, min_length=1, max_length=20)
    full: bool = Field(
        False, description="whether events contain the letter or dialog; needs `read`"
    )


class HookShape(Shape):
    """A hook. If its ``state`` is ``failed``, it was disabled, and ``why`` has the reason."""

    id: Id = Field(alias="_id", serialization_alias="id")
    name: str
    url: str
    mailboxes: list[str]
    events: list[EventKind]
    full: bool
    state: HookState
    why: str
    who: str
    created: Time
    waiting: int = Field(0, description="how many events were sent but not accepted yet")


class MadeHook(HookShape):
    """A hook with its new signing secret, which is shown only once."""

    secret: str


class HookList(BaseModel):
    """The hooks all of whose mailboxes are the token's."""

    items: list[HookShape]


class HookDelivery(Shape):
    """One attempt; ``status`` is 0 if there was no response."""

    id: str = Field(description="the webhook-id, the same in every attempt")
    event: str
    when: Time
    status: int
    reason: str
    seconds: float


class HookDeliveries(BaseModel):
    """The last attempts, the newest first."""

    items: list[HookDelivery]


def shown(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a hook's document as its shapes have it."""
    return {**document, "waiting": len(document["late"])}
