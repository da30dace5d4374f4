"""An ordinary letter, in every charset that Russian mail is written in."""

import hashlib
from datetime import UTC, datetime

import pytest

from bridge.parse.message import read_letter
from contract.event import Address
from tests.letters import base64_part, multipart, part
from tests.letters import raw_letter as letter

TEXT = "Здравствуйте! Мой заказ не пришёл, помогите, пожалуйста.\n"


def test_every_field_of_a_simple_letter() -> None:
    read = read_letter(
        letter(
            TEXT,
            Cc="Анна <anna@example.ru>, boris@example.ru",
            Reply_To="ivan@home.example.ru",
            In_Reply_To="<zero@example.com>",
            References="<first@example.com> <zero@example.com>",
            Content_Type="text/plain; charset=utf-8",
        )
    )
    assert read.from_ == Address(name="Иван Петров", address="ivan@example.ru")
    assert read.to == [Address(address="support@example.com")]
    assert [one.address for one in read.cc] == ["anna@example.ru", "boris@example.ru"]
    assert read.reply_to == [Address(address="ivan@home.example.ru")]
    assert read.subject == "Привет"
    assert read.text == TEXT
    assert read.message_id == "one@example.ru"
    assert read.in_reply_to == ["zero@example.com"]
    assert read.references == ["first@example.com", "zero@example.com"]
    assert read.date == datetime(2026, 3, 2, 7, tzinfo=UTC)
    assert read.defects == []


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("utf-8", "utf-8"),
        ("windows-1251", "cp1251"),
        ("koi8-r", "koi8-r"),
        ("ibm866", "cp866"),
        ("iso-8859-5", "iso8859-5"),
        ("x-mac-cyrillic", "mac-cyrillic"),
        ("win-1251", "cp1251"),
        ("koi8r", "koi8-r"),
        ("us-ascii", "cp1251"),
        ("iso-8859-1", "cp1251"),
        ("utf-8", "cp1251"),
        ("koi8-r", "utf-8"),
        ("", "koi8-r"),
    ],
)
def test_a_russian_text_whatever_its_label(label: str, codec: str) -> None:
    content_type = f"text/plain; charset={label}" if label else "text/plain"
    assert read_letter(letter(TEXT.encode(codec), Content_Type=content_type)).text == TEXT


@pytest.mark.parametrize("codec", ["utf-8", "cp1251", "koi8-r"])
def test_a_raw_header_without_any_label(codec: str) -> None:
    read = read_letter(
        letter(
            Subject="Не работает вход".encode(codec),
            From="Сергей Иванович <s@example.ru>".encode(codec),
        )
    )
    assert read.subject == "Не работает вход"
    assert read.from_.name == "Сергей Иванович"


def test_the_attachments_of_a_letter() -> None:
    read = read_letter(
        multipart(
            part(TEXT),
            base64_part(
                b"%PDF-1", "application/pdf", Content_Disposition='attachment; filename="a.pdf"'
            ),
        )
    )
    assert read.text == TEXT
    (kept,) = read.parts
    assert kept.content == b"%PDF-1"
    assert kept.attachment.filename == "a.pdf"
    assert kept.attachment.content_type == "application/pdf"
    assert kept.attachment.size == 6
    assert kept.attachment.sha256 == hashlib.sha256(b"%PDF-1").hexdigest()
