"""Text with a label of another charset: the impossible reading is not shown."""

import pytest

from bridge.parse.message import read_letter
from bridge.parse.text.charset import read_text
from tests.letters import raw_letter

CHINESE = [
    ("请尽快回复，谢谢", "gbk"),
    ("您好，请问订单什么时候发货？谢谢", "gbk"),
    ("안녕하세요 주문 문의드립니다", "euc-kr"),
    ("빠른 답변 부탁드립니다", "euc-kr"),
]


@pytest.mark.parametrize("label", ["", "us-ascii", "utf-8"])
@pytest.mark.parametrize(("text", "page"), CHINESE)
def test_a_text_some_pairs_of_which_are_utf8_by_chance(text: str, page: str, label: str) -> None:
    """The bytes of 谢谢 are those of «лл» in UTF-8."""
    assert read_text(text.encode(page), label) == text


@pytest.mark.parametrize(
    ("text", "page", "label"),
    [
        ("请尽快回复，谢谢您的帮助", "gbk", "big5"),
        ("您好，请问订单什么时候发货？", "gbk", "big5"),
        ("請儘快回覆，謝謝您的幫助", "big5", "gb2312"),
        ("您好，請問訂單何時出貨？", "big5", "gbk"),
        ("您好，請問訂單何時出貨？謝謝", "big5", "big5"),
        ("您好，请问订单什么时候发货？", "gbk", "gb2312"),
    ],
)
def test_one_chinese_set_under_the_name_of_the_other(text: str, page: str, label: str) -> None:
    assert read_text(text.encode(page), label) == text


@pytest.mark.parametrize("label", ["gb2312", "big5", "euc-kr"])
@pytest.mark.parametrize("page", ["cp1251", "koi8-r"])
@pytest.mark.parametrize("text", ["Нет", "ОК, жду", "Спасибо!", "Где мой заказ?"])
def test_a_word_of_russian_under_an_east_asian_label(text: str, page: str, label: str) -> None:
    assert read_text(text.encode(page) + b"\r\n", label).strip() == text


@pytest.mark.parametrize(
    "text", ["Ääkköset toimivat hyvin", "Übergröße", "Hôtel Élysée, Réf. 5", "señor", "Tschüß"]
)
@pytest.mark.parametrize("label", ["iso-2022-jp", "koi8-r", "koi8-u"])
def test_western_words_under_the_label_of_another_alphabet(text: str, label: str) -> None:
    assert read_text(text.encode("cp1252"), label) == text


@pytest.mark.parametrize(
    "text", ["Прошу прислать PDF и XLS", "файл aБВ", "IP-адрес АБВ", "Café «Москва»"]
)
def test_russian_beside_latin_in_koi8_stays_russian(text: str) -> None:
    text = text.replace("é", "e").replace("«", '"').replace("»", '"')
    assert read_text(text.encode("koi8-r"), "koi8-r") == text


@pytest.mark.parametrize(
    ("label", "text", "page"),
    [
        ("ks_c_5601-1989", "주문", "cp949"),
        ("ks_c_5601-1987", "주문", "cp949"),
        ("136", "測試", "big5"),
        ("134", "测试", "gb18030"),
        ("204", "Счёт", "cp1251"),
    ],
)
def test_what_programs_call_a_set(label: str, text: str, page: str) -> None:
    """mailparser#294: the number that Windows gives a font's alphabet."""
    encoded = "".join(f"={byte:02X}" for byte in text.encode(page))
    assert read_letter(raw_letter(Subject=f"=?{label}?Q?{encoded}?=")).subject == text


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"No, that\xb9s not unusual. I\xb9ll ask", "No, that’s not unusual. I’ll ask"),
        (b"He said \xb3I can\xb9t\xb2 today", "He said “I can’t” today"),
        (b"see note \xb9 and 5 m\xb2", "see note ¹ and 5 m²"),
        (b"that\xb9s 5 m\xb3", "that’s 5 m³"),
    ],
)
def test_quotes_of_a_mac_under_a_western_label(content: bytes, text: str) -> None:
    """espocrm#2: as Entourage wrote them."""
    assert read_text(content, "iso-8859-1") == text
