"""Sealed letters: what needs no key is opened and read, what needs one is named."""

from base64 import encodebytes
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.parse.containers.cms import Sealed, open_cms
from bridge.parse.letter import ParsedLetter
from bridge.parse.message import read_letter
from tests.letters import base64_part, container, joined, multipart, part
from tests.letters import raw_letter as letter
from tests.parse.containers.cms_letters import (
    compressed,
    encrypted,
    open_value,
    signed,
    streamed,
    value,
)
from tests.parse.validation import validated

NOT_VERIFIED = "signed with S/MIME, not verified"
NOT_READABLE = "encrypted with S/MIME, not readable here"
WORDS = part("Направляю подписанный акт сверки.")
WITH_FILE = container(WORDS, base64_part(b"%PDF", "application/pdf; name=akt.pdf"))
P7M = "application/pkcs7-mime; name=smime.p7m; smime-type=signed-data"


def sealed(content: bytes, content_type: str = P7M, encoding: str = "base64") -> bytes:
    body = encodebytes(content) if encoding == "base64" else content
    return letter(body, Content_Type=content_type, Content_Transfer_Encoding=encoding)


def files(read: ParsedLetter) -> list[str]:
    return [one.attachment.filename for one in read.parts]


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(sealed(signed(WITH_FILE)), id="as Outlook writes it"),
        pytest.param(sealed(streamed(WITH_FILE)), id="as a stream in pieces"),
        pytest.param(sealed(streamed(WITH_FILE, 7)), id="in tiny pieces"),
        pytest.param(
            sealed(signed(WITH_FILE), "application/x-pkcs7-mime; name=smime.p7m"),
            id="without smime-type, by its older name",
        ),
        pytest.param(sealed(signed(WITH_FILE), "application/pkcs7-mime"), id="without a name"),
        pytest.param(
            sealed(signed(WITH_FILE), "application/pkcs7-mime; smime-type=enveloped-data"),
            id="with the wrong smime-type",
        ),
        pytest.param(
            sealed(signed(WITH_FILE), 'application/octet-stream; name="smime.p7m"'),
            id="as a file of no type",
        ),
        pytest.param(sealed(signed(WITH_FILE), P7M, "binary"), id="in binary"),
        pytest.param(
            sealed(encodebytes(signed(WITH_FILE)), P7M, "7bit"), id="in base64 without a label"
        ),
        pytest.param(
            sealed(
                b"-----BEGIN PKCS7-----\n"
                + encodebytes(signed(WITH_FILE))
                + b"-----END PKCS7-----",
                P7M,
                "7bit",
            ),
            id="in the armour of PEM",
        ),
        pytest.param(
            sealed(signed(WITH_FILE.replace(b"\r\n", b"\n"))), id="with bare line feeds inside"
        ),
        pytest.param(
            sealed(signed(part(letter("Направляю подписанный акт сверки."), "message/rfc822"))),
            id="with its header inside",
        ),
        pytest.param(
            sealed(signed(base64_part(signed(WITH_FILE), P7M))), id="signed, and signed again"
        ),
        pytest.param(
            sealed(compressed(base64_part(signed(WITH_FILE), P7M))), id="signed, then compressed"
        ),
        pytest.param(
            sealed(signed(base64_part(compressed(WITH_FILE), P7M))), id="compressed, then signed"
        ),
        pytest.param(
            multipart(base64_part(signed(WITH_FILE), P7M), part("", "text/plain")),
            id="in a container that a mailing list made",
        ),
        pytest.param(sealed(signed(WITH_FILE)[:-40]), id="cut off behind the content"),
    ],
)
def test_a_letter_signed_in_one_piece_is_read(raw: bytes) -> None:
    read = validated(read_letter(raw))
    assert read.text == "Направляю подписанный акт сверки."
    assert NOT_VERIFIED in read.defects
    assert NOT_READABLE not in read.defects
    assert "smime.p7m" in files(read)  # for whoever wants to verify it


@pytest.mark.parametrize(
    "content_type",
    [
        "application/pkcs7",
        "application/pkcs7-mime; name=mail.p7m",
        "application/x-pkcs7; name=SMIME.P7M",
        'application/octet-stream; name="smime (1).p7m"',
        "application/octet-stream; name=message.p7m",
        "application/octet-stream; name=smime.p7z",
        "application/pkcs7-mime; smime-type=certs-only; name=smime.p7c",
        "binary/octet-stream; name=smime.p7m",
        "application/cms; name=smime.p7m",
        "application/pkcs7-signature; name=smime.p7m",
        "application/octet-stream; name=ATT00001.p7m",
    ],
)
def test_a_sealed_letter_under_other_names(content_type: str) -> None:
    """By itself, beside a gateway's text, and inside another container."""
    seal = base64_part(signed(WITH_FILE), content_type)
    for raw in (
        sealed(signed(WITH_FILE), content_type),
        multipart(seal, part("This e-mail was checked by the antivirus.")),
        multipart(part("[EXTERNAL]"), container(seal)),
    ):
        read = read_letter(raw)
        assert "Направляю подписанный акт сверки." in read.text
        assert NOT_VERIFIED in read.defects
        assert files(read)[0] == "akt.pdf"


def test_its_files_are_files_of_the_letter() -> None:
    read = read_letter(sealed(signed(WITH_FILE)))
    assert [(one.attachment.filename, one.content) for one in read.parts] == [
        ("akt.pdf", b"%PDF"),
        ("smime.p7m", signed(WITH_FILE)),
    ]
    assert read.kind == "letter"


def test_a_compressed_letter_is_read_and_bears_no_signature() -> None:
    content_type = "application/pkcs7-mime; smime-type=compressed-data; name=smime.p7z"
    read = read_letter(sealed(compressed(WORDS), content_type))
    assert read.text == "Направляю подписанный акт сверки."
    assert read.defects == []


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (encrypted(), "application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m"),
        (encrypted(), "application/x-pkcs7-mime; name=smime.p7m"),
        (encrypted(), "application/octet-stream; name=smime.p7m"),
        (b"no CMS", "application/pkcs7-mime; name=smime.p7m"),
        (signed(base64_part(encrypted(), "application/pkcs7-mime; name=smime.p7m")), P7M),
    ],
)
def test_an_encrypted_letter_is_named(content: bytes, content_type: str) -> None:
    read = read_letter(sealed(content, content_type))
    assert read.text == f"[{NOT_READABLE}]"
    assert NOT_READABLE in read.defects
    assert "smime.p7m" in files(read)


@pytest.mark.parametrize(
    ("content", "content_type", "name"),
    [
        (signed(b"<xml/>"), "application/pkcs7-mime; name=fattura.xml.p7m", "fattura.xml.p7m"),
        (signed(b"%PDF-1.4\0"), "application/pkcs7-mime; name=smime.p7m", "smime.p7m"),
        (signed(WORDS), "application/octet-stream; name=dogovor.p7m", "dogovor.p7m"),
        (signed(None), "application/pkcs7-mime; smime-type=certs-only", "smime.p7m"),
    ],
)
def test_a_signed_document_is_a_file(content: bytes, content_type: str, name: str) -> None:
    read = read_letter(multipart(part("Договор."), base64_part(content, content_type)))
    assert read.text == "Договор."
    assert [(one.attachment.filename, one.content) for one in read.parts] == [(name, content)]
    assert NOT_READABLE not in read.defects


def test_certificates_alone_are_neither_signed_nor_encrypted() -> None:
    read = read_letter(sealed(signed(None), "application/pkcs7-mime; smime-type=certs-only"))
    assert (read.text, read.defects) == ("", [])


@settings(deadline=None)
@given(st.binary(max_size=40), st.integers(0, 500), st.integers(0, 40))
def test_a_damaged_seal_never_harms(noise: bytes, place: int, lost: int) -> None:
    for whole in (signed(WORDS), streamed(WORDS, 9), compressed(WORDS), encrypted()):
        damaged = whole[:place] + noise + whole[place + lost :]
        validated(read_letter(sealed(damaged)))


# Made where they are read: every worker collects this file.
HURTING: dict[str, tuple[Callable[[], bytes], Sealed | None]] = {
    "two million pieces": (lambda: streamed(b"x" * 2_000_000, 1), Sealed.SIGNED),
    "no CMS at all": (lambda: open_value(0x24, b"") * 100_000, None),
    "open values in each other": (lambda: signed(None)[:20] + b"\x31\x80" * 200_000, None),
    "sequences in each other": (lambda: b"\x30\x80" * 100_000, None),
    "a length beyond reason": (lambda: value(0x30, b"\x06\xff" + b"\xff" * 200), None),
}


@pytest.mark.parametrize(("made", "sealed_as"), HURTING.values(), ids=HURTING)
def test_what_is_made_to_hurt_is_given_up(
    made: Callable[[], bytes], sealed_as: Sealed | None
) -> None:
    opened = open_cms(made(), 1_000_000)
    assert (opened.sealed if opened else None) == sealed_as


def test_a_bomb_is_unpacked_to_a_bound() -> None:
    bomb = compressed(WORDS + b" " * 50_000_000)
    assert len(bomb) < 100_000
    opened = open_cms(bomb, 1_000_000)
    assert opened is not None
    assert len(opened.content) == 1_000_000


def test_seals_in_each_other_end_at_a_depth() -> None:
    content = WORDS
    for _ in range(60):
        content = part(signed(content), P7M, Content_Transfer_Encoding="binary")
    read = validated(read_letter(letter(b"").partition(b"\r\n\r\n")[0] + b"\r\n" + content))
    assert any("nested deeper" in one for one in read.defects)


@pytest.mark.parametrize("content_type", ["application/x-pkcs7-mime", "application/octet-stream"])
def test_a_letter_signed_in_the_clear_under_the_name_of_a_sealed_one(content_type: str) -> None:
    """outlook-message-parser#40: the parts stand there as they are."""
    parts = joined(
        part("Направляю акт."), base64_part(b"0\x80", "application/pkcs7-signature"), boundary="s"
    )
    kind = 'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; boundary=s'
    clear = f"MIME-Version: 1.0\r\n{kind}\r\n\r\n".encode() + parts
    read = read_letter(sealed(clear, f"{content_type}; name=smime.p7m"))
    assert read.text.strip() == "Направляю акт."
    assert read.defects == [NOT_VERIFIED]
