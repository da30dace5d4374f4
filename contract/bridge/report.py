"""What a bridge tells of itself every few seconds, and the orders that it takes with the answer.

``POST /webhook/bridge``, ``application/json``, signed over the method, a space, the path, a line
feed and the body, as every request of a service. The receiver knows no bridge before that.
"""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from contract.event import Contract

PATH = "/webhook/bridge"
MAX_LETTERS = 100
MAX_REFUSALS = 200
MAX_FOLDERS = 200
MAX_ORDERS = 100
REMEMBERED = 1000  # refusals of a bridge

Short = Annotated[str, StringConstraints(max_length=1000)]
Name = Annotated[str, StringConstraints(pattern=r"^[0-9a-z-]{8,64}$")]
OrderId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{24}$")]
Count = Annotated[int, Field(ge=0, le=2**53)]


class Refusal(Contract):
    """A letter or connection that the door did not take; ``number`` counts up, for ever."""

    number: Count
    at: AwareDatetime
    peer: Short = ""
    mail_from: Short = ""
    rcpt_to: Short = ""
    answer: Short


class HeldLetter(Contract):
    """A letter in the spool: why it waits and until when, or why it was refused for good.

    ``attempts`` is how often it was tried in vain.
    """

    id: Short
    state: Literal["waiting", "failed"]
    mailbox: Short = ""
    mail_from: Short = ""
    rcpt_to: Short = ""
    message_id: Short = ""
    subject: Short = ""
    came: AwareDatetime
    due: AwareDatetime | None = None
    reason: Short = ""
    attempts: Count = 0
    size: Count = 0


class WatchedFolder(Contract):
    """A folder that is read by IMAP: what its watcher is at, since when, and last looked at."""

    name: Short
    state: Short
    since: AwareDatetime
    seen: AwareDatetime
    detail: Short = ""


class BridgeReport(Contract):
    """All of it. ``done`` names the orders that were carried out since the answer before."""

    bridge: Name
    host: Short
    version: Short
    started: AwareDatetime
    doors: list[Short] = Field(default=[], max_length=10)
    mailboxes: list[Short] = Field(default=[], max_length=1000)
    waiting: Count = 0
    waiting_bytes: Count = 0
    oldest_seconds: Count = 0
    failed: Count = 0
    alarms: list[Short] = Field(default=[], max_length=50)
    letters: list[HeldLetter] = Field(default=[], max_length=MAX_LETTERS)
    folders: list[WatchedFolder] = Field(default=[], max_length=MAX_FOLDERS)
    refusals: list[Refusal] = Field(default=[], max_length=MAX_REFUSALS)
    done: list[OrderId] = Field(default=[], max_length=MAX_ORDERS)


class BridgeOrder(Contract):
    """What a bridge is asked to do: try a letter of its spool now."""

    id: OrderId
    what: Literal["retry"] = "retry"
    letter: Short


class Orders(Contract):
    """The answer: what is to be done, and the number of the last refusal that is known."""

    orders: list[BridgeOrder] = Field(default=[], max_length=MAX_ORDERS)
    refusals_known: int = -1
