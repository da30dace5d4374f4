"""What a bridge reports every few seconds, and the orders that the answer brings.

``POST /webhook/bridge``, ``application/json``, signed like every request of a service: over the
method, a space, the path, a line feed and the body. The receiver learns of a bridge by its reports.
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
    """A letter or connection that the door refused; ``number`` counts up for ever."""

    number: Count
    at: AwareDatetime
    peer: Short = ""
    mail_from: Short = ""
    rcpt_to: Short = ""
    answer: Short


class SpoolLetter(Contract):
    """What people ask for a letter by, from its envelope and its own header.

    ``people`` are the addresses of its header that the envelope lacks. A letter whose mailbox is
    not known has none.
    """

    id: Short
    mailbox: Short = ""
    mail_from: Short = ""
    rcpt_to: Short = ""
    message_id: Short = ""
    subject: Short = ""
    people: Short = ""


class HeldLetter(SpoolLetter):
    """A letter in the spool: why it waits and until when, or why it was refused for good.

    ``attempts`` is how often it was tried in vain. Of a letter that is not legible, or not given
    by the disk (``is_read``), little is known but its id.
    """

    state: Literal["waiting", "failed"]
    is_read: bool = True
    came: AwareDatetime
    due: AwareDatetime | None = None
    reason: Short = ""
    attempts: Count = 0
    size: Count = 0


class DroppedLetter(SpoolLetter):
    """A letter that a person deleted from ``failed``: when, and who (a user of its machine)."""

    at: AwareDatetime
    who: Short = ""


class WatchedFolder(Contract):
    """A folder read by IMAP: its watcher's state, since when, and when it last looked."""

    name: Short
    state: Short
    since: AwareDatetime
    seen: AwareDatetime
    detail: Short = ""


class BridgeReport(Contract):
    """The whole report. ``done`` names the orders carried out since the last answer."""

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
    dropped: list[DroppedLetter] = Field(default=[], max_length=MAX_LETTERS)
    folders: list[WatchedFolder] = Field(default=[], max_length=MAX_FOLDERS)
    refusals: list[Refusal] = Field(default=[], max_length=MAX_REFUSALS)
    done: list[OrderId] = Field(default=[], max_length=MAX_ORDERS)


class BridgeOrder(Contract):
    """An order to a bridge: try a letter of its spool now."""

    id: OrderId
    what: Literal["retry"] = "retry"
    letter: Short


class Orders(Contract):
    """The answer: the orders, and the number of the last known refusal."""

    orders: list[BridgeOrder] = Field(default=[], max_length=MAX_ORDERS)
    refusals_known: int = -1
