"""The values that reading a letter ends in."""

from dataclasses import dataclass, field
from datetime import datetime

from contract.event import Address, Attachment, Bounce, Kind, Verdict


@dataclass(frozen=True, slots=True)
class Part:
    """An attachment with its decoded bytes."""

    attachment: Attachment
    content: bytes


@dataclass(frozen=True, slots=True)
class ParsedLetter:
    """All that the bytes of a letter say; names and bounds are those of ``contract.event.Email``.

    ``sender`` is the contract's ``from``. ``body`` is the text as written, or the HTML
    alternative turned into text; ``reply`` is ``body`` without quoted history.
    """

    sender: Address
    subject: str = ""
    body: str = ""
    html: str = ""
    reply: str = ""
    message_id: str | None = None
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    thread_index: str = ""
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    date: datetime | None = None
    kind: Kind = "letter"
    bounce: Bounce | None = None
    auth: tuple[Verdict, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    parts: tuple[Part, ...] = ()
    defects: tuple[str, ...] = field(default=())
