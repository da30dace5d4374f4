"""``POST /webhook/alarms``: what a bridge reports about itself that a person should look at."""

from typing import Annotated

from pydantic import Field

from contract.bounds import Line, Mailbox
from contract.event import Contract

PATH = "/webhook/alarms"
REPORT_BYTES = 256 * 1024
MAX_MAILBOXES = 300
MAX_ALARMS = 20


class AlarmReport(Contract):
    """Every standing alarm of one bridge; alarms that it no longer names are over.

    ``source`` tells this bridge from others, even with the same ``host``; ``mailboxes`` are those
    it serves, none if they are too many.
    """

    source: Annotated[Line, Field(min_length=1)]
    host: Annotated[Line, Field(min_length=1)]
    mailboxes: list[Mailbox] = Field(default=[], max_length=MAX_MAILBOXES)
    stands: list[Annotated[Line, Field(min_length=1)]] = Field(default=[], max_length=MAX_ALARMS)
