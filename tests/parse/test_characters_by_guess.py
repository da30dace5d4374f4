"""Texts whose label says nothing or too much: short ones, Latin and East Asian ones."""

from encodings.aliases import aliases

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bridge.parse.text.charset import read_text

POLISH = "Dzień dobry, proszę o pomoc, jeszcze nie otrzymałem zamówienia. Dziękuję, Małgorzata"


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (POLISH, "iso8859-2"),
        ("Příliš žluťoučký kůň úpěl ďábelské ódy, šest žen", "iso8859-2"),
        ("Größe für Straße über Köln, schöne Grüße", "latin-1"),
        ("Ça va très bien, l'été est déjà là: créée", "latin-1"),
        ("Şükrü'nün çayı güzel, ığdır", "iso8859-9"),
    ],
)
@pytest.mark.parametrize("label", ["", "us-ascii", "gb2312", "gbk", "big5", "shift_jis", "euc-kr"])
def test_a_latin_text_is_never_chinese(text: str, codec: str, label: str) -> None:
    read = read_text(text.encode(codec), label)
    assert all(sign < "\u0250" for sign in read)
    assert "\ufffd" not in read


@pytest.mark.parametrize(
    ("text", "codec", "label"),
    [
        ("T恤 XL，请问什么时候发货", "gb18030", "gb2312"),
        ("OK了", "gb18030", "gb2312"),
        ("A社のB型番", "cp932", "shift_jis"),
        ("請問 iPhone 的訂單", "big5", "big5"),
    ],
)
def test_east_asian_words_among_latin_ones(text: str, codec: str, label: str) -> None:
    assert read_text(text.encode(codec), label) == text


@pytest.mark.parametrize("text", ["Да", "да", "Ок", "ОК", "нет", "Ёж", "Да!", "Да, ок", "№ 5: да"])
@pytest.mark.parametrize("codec", ["cp1251", "koi8-r"])
@pytest.mark.parametrize("label", ["", "us-ascii", "iso-8859-1"])
def test_a_body_of_two_letters(text: str, codec: str, label: str) -> None:
    if codec == "koi8-r":
        text = text.replace("№", "N")
    for whole in (text, f"{text}\r\n\r\n-- \r\nIvan Petrov, +7 900 000-00-00\r\n"):
        assert read_text(whole.encode(codec), label) == whole
    page = f'<html><body class="x"><p>{text}</p></body></html>'
    assert read_text(page.encode(codec), label) == page


@pytest.mark.parametrize(
    "text", ["5 €", "a – b", "«ok»", "20 °C", "Ö", "à la", "Só, é", "½ ¾", "…", "“”"]
)
def test_signs_that_are_no_russian_words(text: str) -> None:
    assert read_text(text.encode("cp1252")) == text


def test_hard_blanks_are_no_russian_words() -> None:
    assert read_text(b"Hello, \xa0\xa0 world") == "Hello, \xa0\xa0 world"


CODECS = sorted(set(aliases.values()) | {"idna", "punycode", "undefined", "unicode_escape"})


@given(st.binary(max_size=200), st.sampled_from(CODECS) | st.text(max_size=80))
@example(b"\x80", "rot_13")
def test_no_label_and_no_bytes_harm(content: bytes, label: str) -> None:
    read_text(content, label).encode("utf-8")
