"""The digest of a letter's parts: the same for every copy of it, another for another letter."""

import json
from base64 import encodebytes
from binascii import b2a_qp
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.courier.parsing.reading import READINGS, read
from bridge.parse.message import read_letter
from bridge.parse.structure.parts_digest import MAX_DEPTH, parts_digest
from bridge.spool.envelope import Delivery, trace_block
from tests.letters import base64_part, container, multipart, part, raw_letter

TEXT = "Здравствуйте! Заказ 17 = не пришёл.\r\n\r\nИван\r\n".encode()
PICTURE = bytes(range(256)) * 40


def digest_of(*leaves: bytes) -> str:
    """The digest by its definition, for leaves whose line ends are LF already."""
    parts = (sha256(leaf.rstrip(b"\r\n")).hexdigest() for leaf in leaves)
    return sha256("".join(parts).encode()).hexdigest()


def encoded(content: bytes, encoding: str) -> tuple[bytes, str]:
    if encoding == "base64":
        return encodebytes(content).replace(b"\n", b"\r\n"), encoding
    if encoding == "quoted-printable":
        return b2a_qp(content, istext=True), encoding
    return content, encoding


PLAIN = raw_letter(TEXT)
BOTH = multipart(part(TEXT), base64_part(PICTURE, "image/png"))
COPIES: dict[str, tuple[bytes, bytes]] = {
    "headers of a relay": (PLAIN, b"Received: from a\r\n\tby b\r\nX-Spam: no\r\n" + PLAIN),
    "a footer of blank lines": (PLAIN, PLAIN + b"\r\n\r\n"),
    "blank lines above": (PLAIN, b"\r\n\r\n" + PLAIN),
    "bare LF": (PLAIN, PLAIN.replace(b"\r\n", b"\n")),
    "doubled line ends": (PLAIN, PLAIN.replace(b"\r\n", b"\r\r\n")),
    "another boundary": (BOTH, BOTH.replace(b"=_edge", b"other")),
    "a boundary without quotes": (BOTH, BOTH.replace(b'"=_edge"', b"=_edge")),
    "a folded field": (BOTH, BOTH.replace(b"; boundary", b";\r\n\tBoundary")),
    "a preamble and an epilogue": (
        BOTH,
        BOTH.replace(b"\r\n\r\n--=_edge", b"\r\n\r\nYour program\r\n--=_edge", 1) + b"the end",
    ),
    "another charset label": (BOTH, BOTH.replace(b"charset=utf-8", b"charset=koi8-r")),
    "base64 in other lines": (
        multipart(base64_part(PICTURE, "image/png")),
        multipart(
            part(
                encodebytes(PICTURE).replace(b"\n", b""),
                "image/png",
                Content_Transfer_Encoding="Base64",
            )
        ),
    ),
    "an attached letter recoded": (
        multipart(part(raw_letter(TEXT, Subject="x"), "message/rfc822")),
        multipart(
            part(
                raw_letter(encoded(TEXT, "base64")[0], Content_Transfer_Encoding="base64"),
                "message/rfc822",
            )
        ),
    ),
}
OTHERS: dict[str, tuple[bytes, bytes]] = {
    "another word": (PLAIN, PLAIN.replace(b"17", b"18")),
    "another file": (BOTH, multipart(part(TEXT), base64_part(PICTURE + b"x", "image/png"))),
    "a part less": (BOTH, multipart(part(TEXT))),
    "another order": (BOTH, multipart(base64_part(PICTURE, "image/png"), part(TEXT))),
    "a file apart": (multipart(part(b"ab")), multipart(part(b"a"), part(b"b"))),
}


@pytest.mark.parametrize(("one", "other"), COPIES.values(), ids=COPIES.keys())
def test_copies_of_one_letter_agree(one: bytes, other: bytes) -> None:
    assert one != other
    assert parts_digest(one) == parts_digest(other) is not None


@pytest.mark.parametrize(("one", "other"), OTHERS.values(), ids=OTHERS.keys())
def test_other_letters_do_not(one: bytes, other: bytes) -> None:
    assert parts_digest(one) != parts_digest(other)


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "8bit"])
def test_it_is_what_its_definition_says(encoding: str) -> None:
    """It must never change: stored letters have it in their keys."""
    content, name = encoded(TEXT, encoding)
    text = TEXT.replace(b"\r\n", b"\n")
    assert parts_digest(raw_letter(content, Content_Transfer_Encoding=name)) == digest_of(text)
    inner = container(part(content, Content_Transfer_Encoding=name), part("", "text/html"))
    both = multipart(inner, base64_part(PICTURE, "image/png"))
    assert parts_digest(both) == digest_of(text, b"", PICTURE.replace(b"\r\n", b"\n"))


def test_the_known_digest_of_a_known_letter() -> None:
    letter = multipart(part("Привет\r\n"), base64_part(b"\x00\x01", "application/x"))
    told = "cc1e16fb051e52ce9a226ef99926278daac2431bcc36e974b116c3977716c514"
    assert parts_digest(letter) == told


def test_a_letter_without_an_end_of_its_header_has_none() -> None:
    assert parts_digest(b"Subject: x\r\nFrom: a@b.ru\r\n") is None
    assert parts_digest(b"") is None
    assert parts_digest(b"Subject: x\r\n\r\n") == digest_of(b"")


def test_nesting_is_bounded() -> None:
    inner = part("deep")
    for level in range(MAX_DEPTH + 10):
        inner = container(inner, boundary=f"b{level}-")
    assert parts_digest(multipart(inner)) is not None


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_nothing_raises(header: bytes, body: bytes) -> None:
    parts_digest(header + b"\r\n\r\n" + body)
    parts_digest(multipart(header, body))


@given(st.binary(max_size=2000), st.sampled_from(["base64", "quoted-printable"]))
def test_no_transfer_encoding_changes_it(content: bytes, encoding: str) -> None:
    content = content.replace(b"\r", b"").replace(b"\n", b"\r\n")
    coded, name = (
        (b2a_qp(content, istext=False), encoding)
        if encoding == "quoted-printable"
        else encoded(content, encoding)
    )
    assert parts_digest(raw_letter(coded, Content_Transfer_Encoding=name)) == parts_digest(
        raw_letter(content, Content_Transfer_Encoding="binary")
    )


def test_a_letter_tells_it(tmp_path: Path) -> None:
    assert read_letter(BOTH).parts_sha256 == parts_digest(BOTH)
    path = tmp_path / "1-a.eml"
    arrived = Delivery("1-a", "support@yandex.ru", datetime(2026, 11, 23, tzinfo=UTC))
    path.write_bytes(trace_block(arrived, "b.example") + BOTH)
    told = {how: json.loads(read(path, tmp_path, how, {}, False)[0])["data"] for how in READINGS}
    assert told["whole"]["parts_sha256"] == parts_digest(BOTH)
    # Of these the parts were not seen.
    assert "parts_sha256" not in told["headers"]
    assert "parts_sha256" not in told["envelope"]
