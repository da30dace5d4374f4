"""DKIM verified by us: letters signed here, with keys as DNS would have given them."""

import time
from base64 import b64encode

import dkim
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.parse.sender.dkim_check import MAX_SIGNATURES, judge, signatures_of
from tests.parse.sender.dkim_keys import (
    PRIVATE_KEY,
    PUBLIC_KEY,
    SHORT_PRIVATE_KEY,
    SHORT_PUBLIC_KEY,
)

SENDER = "ivan@example.ru"
NAME = "s1._domainkey.example.ru."
RECORD = b"v=DKIM1; k=rsa; p=" + PUBLIC_KEY
LETTER = (
    "From: =?utf-8?B?0JjQstCw0L0=?= <ivan@example.ru>\r\nTo: info@example.com\r\n"
    "Subject: =?utf-8?B?0JLQvtC/0YDQvtGB?=\r\nMessage-ID: <1@example.ru>\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n\r\nЗдравствуйте!  \r\n\r\n   Вопрос.\r\n\r\n"
).encode()


def signed(
    letter: bytes = LETTER,
    domain: bytes = b"example.ru",
    canon: tuple[bytes, bytes] = (b"relaxed", b"relaxed"),
    length: bool = False,
    key: bytes = PRIVATE_KEY,
) -> bytes:
    signature: bytes = dkim.DKIM(letter, minkey=512).sign(
        b"s1", domain, key, canonicalize=canon, length=length
    )
    return signature + letter


KNOWN = {
    NAME: RECORD,
    "s1._domainkey.news.example.ru.": RECORD,
    "s1._domainkey.mailer.com.": RECORD,
}


def keys_for(raw: bytes, records: dict[str, bytes]) -> dict[str, bytes | None]:
    """Return what a name server with these records answers about the letter's signatures."""
    return {each.key_name: records.get(each.key_name) for each in signatures_of(raw)}


LETTERS = {
    "signed by the sender's domain": (signed(), "pass", True),
    "simple": (signed(canon=(b"simple", b"simple")), "pass", True),
    "simple body": (signed(canon=(b"relaxed", b"simple")), "pass", True),
    "with line ends of Unix": (signed().replace(b"\r\n", b"\n"), "pass", True),
    "blanks changed on the way, relaxed": (signed().replace(b"!  \r", b"! \t \r"), "pass", True),
    "blanks changed on the way, simple": (
        signed(canon=(b"simple", b"simple")).replace(b"!  \r", b"! \r"),
        "fail",
        False,
    ),
    "signed by a subdomain of the sender's": (signed(domain=b"news.example.ru"), "pass", True),
    "signed by a mailer": (signed(domain=b"mailer.com"), "pass", False),
    "the mailer's and the sender's": (signed(signed(), domain=b"mailer.com"), "pass", True),
    "a good one under one without a key": (signed(signed(), b"nokey.ru"), "pass", True),
    "unsigned": (LETTER, "none", False),
    "the text changed": (signed().replace(b"\r\n   \xd0", b"\r\n  (1) \xd0"), "fail", False),
    "the subject changed": (signed().replace(b"Subject: =", b"Subject: Re: ="), "fail", False),
    "a second From added": (b"From: boss@bank.example\r\n" + signed(), "fail", False),
    "only the beginning signed": (signed(length=True), "policy", False),
    "text added after the part that is signed": (
        signed(length=True) + b"Send money.\r\n",
        "policy",
        False,
    ),
    "no such key": (signed(domain=b"nokey.ru"), "permerror", False),
    "a field without a domain": (
        b"DKIM-Signature: v=1; a=rsa-sha256\r\n" + LETTER,
        "permerror",
        False,
    ),
    "an empty field": (b"DKIM-Signature:\r\n" + LETTER, "permerror", False),
    "a domain that is no name": (signed(domain=b"exa mple.ru"), "permerror", False),
    "no letter": (b"", "none", False),
}


@pytest.mark.parametrize(
    ("raw", "result", "is_aligned"), [pytest.param(*row, id=name) for name, row in LETTERS.items()]
)
def test_the_verdict(raw: bytes, result: str, is_aligned: bool) -> None:
    verdict = judge(raw, SENDER, keys_for(raw, KNOWN))
    assert (verdict.source, verdict.spf) == ("bridge", "none")
    assert (verdict.dkim, verdict.aligned) == (result, is_aligned)


KEYS = {
    "withdrawn": b"v=DKIM1; p=",
    "no base64": b"v=DKIM1; p=\xff\xfe!",
    "of another version": b"v=DKIM2; p=" + PUBLIC_KEY,
    "of another kind": b"v=DKIM1; k=dsa; p=" + PUBLIC_KEY,
    "nothing that is a key": b"hello",
    "huge": b"v=DKIM1; p=" + b64encode(b"\x30" * 40_000),
}


@pytest.mark.parametrize("record", KEYS.values(), ids=KEYS.keys())
def test_a_bad_key_never_passes(record: bytes) -> None:
    verdict = judge(signed(), SENDER, {NAME: record})
    assert verdict.dkim in {"permerror", "fail", "neutral"}
    assert not verdict.aligned


def test_a_short_key_never_passes() -> None:
    record = b"v=DKIM1; k=rsa; p=" + SHORT_PUBLIC_KEY
    verdict = judge(signed(key=SHORT_PRIVATE_KEY), SENDER, {NAME: record})
    assert verdict.dkim == "permerror"


def test_a_key_that_dns_did_not_tell_is_a_temporary_error() -> None:
    assert judge(signed(), SENDER, {}).dkim == "temperror"


def test_no_more_than_five_signatures_are_looked_at() -> None:
    letter = signed()
    for number in range(20):
        letter = f"DKIM-Signature: d=d{number}.example; s=s; h=from; b=; bh=\r\n".encode() + letter
    assert len(signatures_of(letter)) == MAX_SIGNATURES
    assert judge(letter, SENDER, keys_for(letter, {})).dkim == "permerror"


HOSTILE = {
    "a run of blanks in the body": LETTER + b" " * 2_000_000 + b"x",
    "runs of blanks in the body": LETTER + (b" " * 3000 + b"x") * 300,
    "empty lines": LETTER + b"\r\n" * 500_000,
    "a run of blanks in a field": b"X-A: " + b" " * 60_000 + b"x\r\n" + LETTER,
}


@pytest.mark.parametrize("letter", [pytest.param(raw, id=name) for name, raw in HOSTILE.items()])
def test_a_hostile_letter_takes_no_time(letter: bytes) -> None:
    header = signed()[: -len(LETTER)]
    started = time.process_time()
    judge(header + letter, SENDER, {NAME: RECORD})
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "field",
    [
        b"d=example.ru; s=s1; h=from" + b" " * 7000 + b":to; b=" + b" " * 5000,
        b"d=example.ru; s=s1; h=" + b":".join(b"x%d" % n for n in range(900)),
        b"d=example.ru; s=s1; b=" + b"A" * 100_000,
    ],
)
def test_a_signature_beyond_measure_is_not_read(field: bytes) -> None:
    assert signatures_of(b"DKIM-Signature: v=1; a=rsa-sha256; " + field + b"\r\n" + LETTER) == []


PIECES = st.sampled_from(
    [
        signed(),
        LETTER,
        b"DKIM-Signature: ",
        b"d=example.ru; s=s1; ",
        b"h=from; ",
        b"\r\n",
        b"\r\n\r\n",
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(PIECES, st.binary(max_size=100)), max_size=6))
def test_any_bytes_have_a_verdict(pieces: list[bytes]) -> None:
    verdict = judge(b"".join(pieces), SENDER, {NAME: RECORD})
    assert verdict.dkim in {"none", "pass", "policy", "temperror", "fail", "neutral", "permerror"}
