"""Several events in one request: ``application/x-ndjson`` at ``POST /webhook/email``.

One event on each line (https://github.com/ndjson/ndjson-spec), each with its ``id``, and one
signature over the whole body. The answer is 200 with one line for each event, in the same order,
with the status that the event would have had alone: the bridge sends only those again that are not
2xx. An error of the whole request (401, 413, 415, 503) is answered as such, and then nothing of it
was stored.

A line may bring small files that its event names, so that they need no upload. A receiver that
takes them says so in each answer, by the header ``FILES``; any other has stored none, as it ignores
unknown fields.

In the same form the bridge asks which letters are stored (``reconcile``): at ``KNOWN`` with events
without their words, and at ``STORED`` for the letters of a folder. Both are signed like requests of
a service, over method, path and body.
"""

from datetime import datetime
from hashlib import sha256
from typing import Annotated, Literal

from pydantic import Field, field_validator

from contract.bounds import MAX_ATTACHMENTS, Content, EventId, Sha256
from contract.event import Answer, Contract, EmailReceived

NDJSON = "application/x-ndjson"
FILES, IN_LINES = "webhook-files", "in-lines"
MAX_LINES = 64
MAX_BATCH_BYTES = 12 * 1024 * 1024
KNOWN, STORED = "/webhook/known", "/webhook/stored"
MOST_STORED = 20_000


class Line(EmailReceived):
    """One line of the request; ``files`` are the bytes of attachments by their digests."""

    id: EventId
    files: dict[Sha256, Content] = Field(default={}, max_length=MAX_ATTACHMENTS)

    @field_validator("files")
    @classmethod
    def _are_what_was_named(cls, value: dict[str, bytes]) -> dict[str, bytes]:
        if any(sha256(content).hexdigest() != digest for digest, content in value.items()):
            raise ValueError("a file does not have the digest that its name says")
        return value


class Mistake(Contract):
    """What is wrong at one path of an event."""

    path: str
    message: str


class LineAnswer(Contract):
    """One line of the answer: an ``Answer`` if the status is 2xx, else what is wrong.

    ``id`` is missing if the line was not JSON; ``retry_after`` is in seconds.
    """

    id: str | None = None
    status: int
    dialog: str | None = None
    outcome: str | None = None
    matched_by: str | None = None
    related: list[str] | None = None
    letter: str | None = None
    title: str | None = None
    errors: list[Mistake] | None = None
    retry_after: int | None = None


def done(event_id: str, status: int, answer: Answer) -> LineAnswer:
    """Return the answer line of an event that was stored."""
    return LineAnswer(id=event_id, status=status, **answer.model_dump())


class Known(Contract):
    """One line of the answer of ``/webhook/known``, whose request has events as lines.

    ``key`` is that of the stored letter.
    """

    id: EventId
    state: Literal["stored", "erased", "unknown"]
    key: str = ""


class StoredAsked(Contract):
    """The question which letters came from a folder within a span of time."""

    mailbox: Annotated[str, Field(max_length=1000)]
    folder: Annotated[str, Field(max_length=1000)]
    since: datetime
    until: datetime


class StoredLetter(Contract):
    """One line of the answer of ``/webhook/stored``."""

    key: str
    message_id: str
    received: datetime
