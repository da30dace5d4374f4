"""The trace block: whatever the client said, it reads back, and the letter follows untouched."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.spool.envelope import Delivery, NotATrace, read_trace, trace_block

RECEIVED = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
DELIVERY = Delivery(
    id="1795412663541381-c1f718a2e0ca22b2",
    mailbox="support@yandex.ru",
    received=RECEIVED,
    mail_from="SRS0=abc=x=example.ru=ivan@yandex.ru",
    rcpt_to=("in-1@bridge.example", "иван@почта.рф"),
    peer="2a02:6b8::1",
    helo="forward501a.mail.yandex.net",
    protocol="UTF8SMTPSA",
    direction="out",
)


def test_the_block_is_what_a_mail_program_expects() -> None:
    assert trace_block(DELIVERY, "bridge.example").decode().splitlines() == [
        "Return-Path: <SRS0=abc=x=example.ru=ivan@yandex.ru>",
        "X-Original-To: in-1@bridge.example",
        "X-Original-To: иван@почта.рф",
        "Delivered-To: support@yandex.ru",
        "X-Source: smtp out ",
        "Received: from forward501a.mail.yandex.net ([2a02:6b8::1])",
        "\tby bridge.example with UTF8SMTPSA id 1795412663541381-c1f718a2e0ca22b2;",
        "\tMon, 23 Nov 2026 10:00:00 +0000",
    ]


@given(
    mail_from=st.text(st.characters(blacklist_categories=["Cc", "Cs", "Zl", "Zp"])),
    rcpt_to=st.lists(st.text(st.characters(blacklist_categories=["Cc", "Cs"]), min_size=1)),
    helo=st.text(),
    peer=st.sampled_from(["127.0.0.1", "::1", "2a02:6b8::1"]),
    raw=st.binary(),
)
def test_what_is_written_always_reads_back(
    mail_from: str, rcpt_to: list[str], helo: str, peer: str, raw: bytes
) -> None:
    given_delivery = Delivery(
        id="1-a",
        mailbox="support@yandex.ru",
        received=RECEIVED,
        mail_from=mail_from,
        rcpt_to=tuple(rcpt_to),
        helo=helo,
        peer=peer,
    )
    content = trace_block(given_delivery, "bridge.example") + raw
    delivery, start = read_trace(content)
    assert content[start:] == raw
    assert (delivery.mail_from, delivery.rcpt_to) == (mail_from, tuple(rcpt_to))
    assert (delivery.id, delivery.peer, delivery.received) == ("1-a", peer, RECEIVED)


HOSTILE = "ivan@example.ru>\r\nX-Source: imap out INBOX\r\nSubject: forged"


def test_a_client_cannot_write_a_line_of_the_block() -> None:
    hostile = Delivery("1-a", "s@y.ru", RECEIVED, mail_from=HOSTILE, helo=HOSTILE, peer=HOSTILE)
    block = trace_block(hostile, "bridge.example")
    assert [line.split(b":")[0] for line in block.splitlines() if line[:1] != b"\t"] == [
        b"Return-Path",
        b"Delivered-To",
        b"X-Source",
        b"Received",
    ]


def test_a_letter_that_begins_with_white_space_stays_whole() -> None:
    block = trace_block(DELIVERY, "bridge.example")
    assert read_trace(block + b"\tfolded\r\n")[1] == len(block)


@given(st.binary())
def test_any_other_file_is_refused_and_nothing_else_is_raised(content: bytes) -> None:
    with pytest.raises(NotATrace):
        read_trace(content)


@pytest.mark.parametrize("day", [b"99", b"9" * 30, b"no"])
def test_a_block_with_an_impossible_date_is_refused(day: bytes) -> None:
    block = trace_block(DELIVERY, "bridge.example")
    *rest, date = block.splitlines(keepends=True)
    with pytest.raises(NotATrace):
        read_trace(b"".join(rest) + re.sub(rb"\d+", day, date, count=1))
