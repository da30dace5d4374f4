"""Several events in one request: ``application/x-ndjson`` at ``POST /webhook/email``.

An event a line (https://github.com/ndjson/ndjson-spec), each with its ``id``, and one signature
over the whole body. The answer is 200 with a line for each, in the same order, each with the
status that the event would have had alone: only those that are not 2xx are sent again. What
concerns the request as a whole (401, 413, 415, 503) is answered as ever, and then nothing of it
was stored.
"""

from contract.event import Answer, Contract, EmailReceived, EventId

NDJSON = "application/x-ndjson"
MAX_LINES = 64
MAX_BATCH_BYTES = 12 * 1024 * 1024


class Line(EmailReceived):
    """One line of the request."""

    id: EventId


class Mistake(Contract):
    """What is wrong at one path of an event."""

    path: str
    message: str


class LineAnswer(Contract):
    """One line of the answer: an ``Answer`` where the status is 2xx, else what is wrong.

    ``id`` is missing where the line was not JSON; ``retry_after`` is in seconds.
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
    """Return the line of an event that was stored."""
    return LineAnswer(id=event_id, status=status, **answer.model_dump())
