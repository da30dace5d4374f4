"""The trace block: whatever the client said, it reads back, and the letter follows untouched."""

import re
from dataclasses import replace
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


@pytest.mark.parametrize("recipient", [f" id {DELIVERY.id};", f"x id {DELIVERY.id}; id", ""])
def test_a_recipient_that_reads_like_the_last_line_is_not_taken_for_it(recipient: str) -> None:
    block = trace_block(replace(DELIVERY, rcpt_to=(recipient, "b@bridge.example")), "mx.example")
    read, start = read_trace(block + b"From: ivan@example.ru\r\n\r\n", DELIVERY.id)
    assert (read.rcpt_to, start) == ((recipient, "b@bridge.example"), len(block))


@pytest.mark.parametrize("day", [b"99", b"9" * 30, b"no"])
def test_where_the_date_is_illegible_the_id_tells_it(day: bytes) -> None:
    block = trace_block(DELIVERY, "bridge.example")
    *rest, date = block.splitlines(keepends=True)
    damaged = b"".join(rest) + re.sub(rb"\d+", day, date, count=1)
    told = read_trace(damaged)[0].received
    assert told == datetime(2026, 11, 23, 5, 44, 23, 541381, tzinfo=UTC)


@pytest.mark.parametrize(
    "hostname", ["my host", "host\n", "host\r", "a\r\nb", "", " ", "с;б", "a\tb"]
)
def test_a_host_name_that_is_none_costs_no_letter(hostname: str) -> None:
    """We write it in a harmless form today; of an earlier file everything else is still read."""
    good = trace_block(DELIVERY, "bridge.example")
    for block in (
        trace_block(DELIVERY, hostname),
        good.replace(b"by bridge.example", b"by " + hostname.encode()),
    ):
        assert read_trace(block + b"\tthe letter") == (DELIVERY, len(block))


@given(st.sets(st.integers(0, 8)), st.booleans())
def test_lines_that_an_editor_has_ended_by_lf_alone_say_the_same(
    edited: set[int], is_named: bool
) -> None:
    lines = trace_block(DELIVERY, "bridge.example").splitlines(keepends=True)
    block = b"".join(
        line.replace(b"\r\n", b"\n") if number in edited else line
        for number, line in enumerate(lines)
    )
    told = read_trace(block + b"Subject: x\r\n\r\nbody\r\n", DELIVERY.id if is_named else "")
    assert told == (DELIVERY, len(block))


@given(
    st.integers(0, 8).flatmap(lambda n: st.tuples(st.just(n), st.binary(max_size=40))),
    st.sampled_from(["replace", "insert", "remove", "end by LF"]),
)
def test_whatever_is_done_to_a_line_the_letter_is_delivered_with_the_rest(
    damage: tuple[int, bytes], how: str
) -> None:
    lines = trace_block(DELIVERY, "bridge.example").splitlines(keepends=True)
    number, junk = damage
    if how == "end by LF":
        lines[number:] = [line.replace(b"\r\n", b"\n") for line in lines[number:]]
    else:
        lines[number : number + (how != "insert")] = [] if how == "remove" else [junk + b"\r\n"]
    content = b"".join(lines) + b"Subject: x\r\n\r\nbody\r\n"
    try:
        delivery, start = read_trace(content, DELIVERY.id)
    except NotATrace:
        assert b"Delivered-To: " not in content or b"delivered-to" in junk.lower()
        return
    assert delivery.mailbox == DELIVERY.mailbox or junk.lower().startswith(b"delivered-to")
    assert (delivery.id, delivery.via, delivery.received.tzinfo) == (DELIVERY.id, "smtp", UTC)
    assert content[start:].endswith(b"body\r\n")


@pytest.mark.parametrize("kept", [("Delivered-To", "X-Source"), ("Delivered-To", "Received")])
def test_of_a_block_that_was_cut_the_rest_is_enough(kept: tuple[str, ...]) -> None:
    """A Received field that belongs to the letter itself is not taken for ours."""
    block = trace_block(DELIVERY, "bridge.example").decode()
    lines = re.split(r"\r\n(?!\t)", block.removesuffix("\r\n"))
    cut = "".join(line + "\r\n" for line in lines if line.startswith(kept)).encode()
    letter = b"Received: from a ([b])\r\n\tby c with SMTP id 7-x;\r\n\tno date\r\nSubject: x\r\n"
    delivery, start = read_trace(cut + letter, DELIVERY.id)
    assert (delivery.mailbox, delivery.id) == (DELIVERY.mailbox, DELIVERY.id)
    assert (cut + letter)[start:] == letter


def test_control_characters_of_an_address_are_shown() -> None:
    delivery = Delivery("1-a", "s@y.ru", RECEIVED, "a\tb\x00\r\n@c.ru", ("\x7f@d.ru",))
    read, _ = read_trace(trace_block(delivery, "bridge.example"))
    assert (read.mail_from, read.rcpt_to) == (r"a\x09b\x00\x0d\x0a@c.ru", (r"\x7f@d.ru",))


def test_what_another_program_delivered_is_nobodys() -> None:
    """A letter that a person has saved from Gmail and put into the spool by hand."""
    with pytest.raises(NotATrace):
        read_trace(b"Delivered-To: me@gmail.com\r\nReceived: by 2002:a05 with SMTP id x;\r\n\tMon")
