"""Whatever the door took and the parser read, the event is one that the receiver takes."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest
from bson import encode
from hypothesis import given
from hypothesis import strategies as st

from bridge.courier.event import email_received, event_body, last_resort
from bridge.courier.parsing import reading
from bridge.parse.letter import ParsedLetter
from bridge.parse.message import read_letter
from bridge.spool.envelope import Delivery, Via, read_trace, trace_block
from contract.bounds import (
    EVENT_BYTES,
    MAX_IDS,
    MAX_LINE,
    MAX_MAILBOX,
    MAX_MESSAGE_ID,
    MAX_PATH_BYTES,
    Direction,
)
from contract.event import Address, Blob, EmailReceived
from receiver.letters.arrival import arrival_of
from receiver.web.requests import read_json
from tests.letters import letter

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
RAW = Blob(sha256="0" * 64, size=2**40)
PATHS = st.one_of(
    st.binary(max_size=MAX_PATH_BYTES),
    st.sampled_from([b"\xff", b"\x00", b"a", b"\xf0\x9f\x92\xa9"]).map(
        lambda unit: (unit * MAX_PATH_BYTES)[:MAX_PATH_BYTES]
    ),
).map(lambda octets: octets.decode("utf-8", "surrogateescape"))
NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=4096)
DELIVERIES = st.builds(
    Delivery,
    id=st.just("1795412663541381-c1f718a2e0ca22b2"),
    mailbox=st.sampled_from(["a@b", "a" * (MAX_MAILBOX - 5) + "@b.ru"]),
    received=st.datetimes(timezones=st.just(UTC)),
    mail_from=PATHS,
    rcpt_to=st.lists(PATHS, max_size=100).map(tuple),
    peer=NAMES,
    helo=PATHS,
    via=st.sampled_from(get_args(Via)),
    folder=NAMES,
    direction=st.sampled_from(get_args(Direction)),
)


@given(DELIVERIES, NAMES)
def test_any_delivery_becomes_an_event_that_is_stored(delivery: Delivery, hostname: str) -> None:
    read, _ = read_trace(trace_block(delivery, hostname) + b"Subject: x\r\n\r\n")
    event = read_json(EmailReceived, event_body(last_resort(read, RAW)), "event")
    assert event.data.mailbox == delivery.mailbox
    assert len(event.data.envelope.rcpt_to) == len(delivery.rcpt_to)
    assert encode(arrival_of("event", event.data, NOW).letter.message)


LETTER = ParsedLetter(from_=Address(address="a@b"))
BEYOND: dict[str, dict[str, object]] = {
    "a Message-ID": {"message_id": "i" * (MAX_MESSAGE_ID + 1)},
    "references": {"references": ["i@b"] * (MAX_IDS + 1)},
    "a defect": {"defects": ["x" * (MAX_LINE + 1)]},
    "a lone surrogate": {"subject": "\ud800"},
    "a time without a zone": {"date": datetime(2026, 11, 23)},
}


@pytest.mark.parametrize("read", BEYOND.values(), ids=BEYOND.keys())
def test_a_reading_beyond_the_bounds_costs_the_reading_and_not_the_letter(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    read: dict[str, object],
) -> None:
    delivery = Delivery("1-a", "support@yandex.ru", NOW, mail_from="ivan@example.ru")
    path = tmp_path / "1-a.eml"
    path.write_bytes(trace_block(delivery, "b.example") + letter())
    monkeypatch.setattr(reading, "read_letter", lambda _raw: LETTER.model_copy(update=read))
    found = reading.read(path, tmp_path / "parts", "whole", {}, from_yandex=False)
    event = read_json(EmailReceived, found.event, "event")
    assert event.data.from_.address == "ivan@example.ru"
    assert event.data.defects == ["the letter could not be parsed"]
    assert [blob["size"] for blob in found.blobs] == [len(letter())]
    assert (found.mailbox, found.message_id) == ("support@yandex.ru", "")
    assert "less is read of a letter: ValidationError" in capsys.readouterr().err


def test_an_event_is_never_larger_than_the_receiver_takes(tmp_path: Path) -> None:
    delivery = Delivery("1-a", "support@yandex.ru", NOW)
    path = tmp_path / "1-a.eml"
    people = b", ".join(b"%d@" % number + b"d" * 200 for number in range(1000))
    noise = b"From: a@b.ru\r\nTo: " + people + b"\r\n\r\n" + b"\x01" * 1_040_000
    path.write_bytes(trace_block(delivery, "b.example") + noise)
    body, *_ = reading.read(path, tmp_path / "parts", "whole", {}, from_yandex=False)
    assert len(body) <= EVENT_BYTES
    assert len(json.loads(body)["data"]["to"]) > 0


@pytest.mark.parametrize(
    ("header", "mail_from", "address", "name"),
    [
        (b"From: a@example.ru", "b@example.ru", "a@example.ru", ""),
        (b"Subject: x", "b@example.ru", "b@example.ru", ""),
        ("From: Иван Петров".encode(), "b@example.ru", "b@example.ru", "Иван Петров"),
        (b"From: <>", "b@example.ru", "b@example.ru", ""),
        (b"Subject: x", "", "unknown@unknown.invalid", ""),
    ],
)
def test_the_envelopes_sender_is_shown_where_the_header_names_none(
    header: bytes, mail_from: str, address: str, name: str
) -> None:
    delivery = Delivery(
        id="1",
        received=datetime(2026, 3, 2, tzinfo=UTC),
        mailbox="support@yandex.ru",
        mail_from=mail_from,
        rcpt_to=("support@yandex.ru",),
    )
    sender = email_received(delivery, read_letter(header + b"\r\n\r\nx"), RAW).data.from_
    assert (sender.address, sender.name) == (address, name)
