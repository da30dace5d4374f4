"""Texts that a program misread under a wrong code page before writing, and texts that stay."""

import pytest

from bridge.parse.letter import ParsedLetter
from bridge.parse.message import read_letter
from tests.letters import raw_letter

ORDER = "Здравствуйте! Когда придёт заказ № 17 «Ромашка»? Ответьте, пожалуйста."
SHORT = "Добрый день"
TWICE = "text written as UTF-8 twice"
OTHER_PAGE = "Russian text read under another code page before it was sent"


def as_shown(said: str, wrote: str, took_for: str) -> str:
    """Return a text as a program shows it that takes it for another code page."""
    content = said.encode(wrote, "ignore")
    return "".join(
        bytes((byte,)).decode(took_for, "ignore") or chr(byte) if byte > 0x7F else chr(byte)
        for byte in content
    )


def written(text: str) -> ParsedLetter:
    return read_letter(raw_letter(text, Subject=text.encode(), Content_Transfer_Encoding="8bit"))


@pytest.mark.parametrize("took_for", ["latin-1", "cp1252", "cp1251", "koi8-r", "cp866"])
@pytest.mark.parametrize("said", [ORDER, SHORT, "Größe für Käse, schöne Grüße", "Russia — Россия"])
def test_what_was_utf_8_is_read_as_utf_8(said: str, took_for: str) -> None:
    read = written(as_shown(said, "utf-8", took_for))
    assert (read.text, read.subject, read.defects) == (said, said, [TWICE])


SIGNS = [
    ("It’s here, don’t wait", "cp1252"),
    ("Order – 512", "cp1252"),
    ("Thanks 👍", "cp1252"),
    ("香港集團採購部 Procurement PO 109283", "cp1252"),
    ("한국어 주문", "cp1252"),
    ("Order – 512", "cp1251"),
    ("Спасибо 🙏", "cp1251"),
]


@pytest.mark.parametrize(("said", "took_for"), SIGNS)
def test_one_sign_of_three_bytes_or_four_is_enough(said: str, took_for: str) -> None:
    read = written(as_shown(said, "utf-8", took_for))
    assert (read.text, read.subject) == (said, said)


@pytest.mark.parametrize(
    "said",
    [
        "I see â€™ instead of ’ in your letter",
        "fiancé’s café… «été»",
        "Ça va? – Très bien… à bientôt",
        "Зовут его Ђорђе, а мать — срџба",
        "«Да…» – он сказал",
    ],
)
def test_signs_side_by_side_that_somebody_wrote_stay(said: str) -> None:
    read = written(said)
    assert (read.text, read.subject, read.defects) == (said, said, [])


def test_hard_blanks_inside_letters_may_have_turned_soft() -> None:
    shown = as_shown("Россия, Рязань", "utf-8", "cp1251").replace("\u00a0", " ")
    assert written(shown).text == "Россия, Рязань"


@pytest.mark.parametrize("put", ["\u0098", "\ufffd", "?", ""])
def test_half_of_a_capital_may_be_lost(put: str) -> None:
    shown = as_shown("Иван и Ирина, АКЦИИ", "utf-8", "cp1251").replace("\u0098", put)
    assert written(shown).text == "Иван и Ирина, АКЦИИ"


def test_a_name_is_read_so_too() -> None:
    shown = as_shown("Иван Петров", "utf-8", "cp1251")
    read = read_letter(raw_letter(From=f'"{shown}" <ivan@example.com>'.encode()))
    assert read.from_.name == "Иван Петров"


@pytest.mark.parametrize(
    ("wrote", "took_for"),
    [
        ("cp1251", "latin-1"),
        ("cp1251", "cp1252"),
        ("cp1251", "koi8-r"),
        ("koi8-r", "cp1251"),
        ("koi8-r", "latin-1"),
    ],
)
@pytest.mark.parametrize("said", ["Здравствуйте! Когда придёт заказ 17? Ответьте!", SHORT])
def test_russian_is_read_as_russian(said: str, wrote: str, took_for: str) -> None:
    read = written(as_shown(said, wrote, took_for))
    assert (read.text, read.subject, read.defects) == (said, said, [OTHER_PAGE])


@pytest.mark.parametrize(
    "said",
    [
        "пРИВЕТ, гДЕ мОЙ зАКАЗ",  # the key for capitals was locked
        "В ТЗ сказано: мРТ, кДЖ, еГРЮЛ",
        "Пример кракозябр: РџСЂРёРІРµС‚, яВЕР, Ïðèâåò",
        "ESPAÑA Y PERÚ, ÑUÑOA",
        "ÅÄÖ åäö",
        "Österreich äöü ÄÖÜ ßßß",
        "Ελλάδα και Αθήνα",
        "Zażółć gęślą jaźń",
        "Þetta er íslenska, þú og ég",
        "Tiếng Việt: Đây là thư của tôi",
        "Қазақ тілі, Љубав, Ґанок",
        "Рё Сё Р° в схеме — обозначения",
        "ПРИВЕТ! ГДЕ ЗАКАЗ",
    ],
)
def test_what_somebody_wrote_on_purpose_stays(said: str) -> None:
    read = written(said)
    assert (read.text, read.subject, read.defects) == (said, said, [])
