"""Functions that guided fuzzing feeds with bytes: each raises only what it promises."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from bson import encode

from bridge.ingress.importer.mbox import read_mbox
from bridge.parse.message import read_letter
from bridge.spool.envelope import Delivery, NotATrace, read_trace, trace_block
from contract.event import EmailReceived
from contract.signature import ID, SIGNATURE, TIMESTAMP, NotVerified, parse_keys, sign, verify
from receiver.errors import Problem
from receiver.letters.arrival import arrival_of
from receiver.web.requests import read_json
from tests.hostile import letters
from tests.parse.test_any_bytes import SHAPES
from tests.parse.validation import validated
from tests.servers import SECRET
from tests.webhook_client import event

KEYS = parse_keys(SECRET)
NOW = 1_780_000_000
TRACE = Delivery("1-a", "s@y.ru", datetime.fromtimestamp(NOW, UTC), "a@b.ru", ("c@d.ru",))
SEED_BYTES = 4096


def parse(raw: bytes) -> None:
    """A letter is read, and fits the contract."""
    validated(read_letter(raw))


def contract(body: bytes) -> None:
    """An event is refused with 400 or 422, or has a key and a document."""
    try:
        email = read_json(EmailReceived, body, "event").data
        arrival = arrival_of("event", email, datetime.fromtimestamp(NOW, UTC))
        assert arrival.letter.key
        assert encode(arrival.letter.message)
    except Problem as problem:
        if problem.status not in (400, 422):
            raise


def signature(headers: bytes) -> None:
    """Three headers, a line each, verify nothing unless they are the right ones."""
    values = [*headers.decode("latin-1").split("\n"), "", "", ""]
    given = dict(zip((ID, TIMESTAMP, SIGNATURE), values, strict=False))
    try:
        verify(KEYS, given, b"body", NOW)
    except NotVerified:
        return
    assert given[SIGNATURE].count("v1,")


def spool(content: bytes) -> None:
    """A spool file has a trace block or is refused."""
    try:
        _, start = read_trace(content)
    except NotATrace:
        return
    assert 0 < start <= len(content)


def mbox(content: bytes) -> None:
    """An mbox falls into letters, none of them larger than the file."""
    with NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        for stored in read_mbox(Path(file.name), 0, len(content)):
            assert stored.content is not None
            assert stored.end <= len(content)


TARGETS: dict[str, Callable[[bytes], None]] = {
    each.__name__: each for each in (parse, contract, signature, spool, mbox)
}


def seeds(target: str) -> Sequence[bytes]:
    """Return inputs to begin with."""
    whole = [*SHAPES, *(letter[:SEED_BYTES] for letter in letters().values())]
    signed = "\n".join(sign(KEYS, "id", NOW, b"body").values()).encode()
    return {
        "parse": whole,
        "contract": [event(), event(message_id="a@b", references=["c@d"], date="2026-01-01Z")],
        "signature": [signed],
        "spool": [trace_block(TRACE, "bridge.example") + letter for letter in whole[:3]],
        "mbox": [b"From a@b Mon Nov 23 10:00:00 2026\n" + letter + b"\n" for letter in whole[:3]],
    }[target]
