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
    "text",
    [
        "Где је моја поруџбина? Хвала, Ђорђе Љубичић",
        "Када ће стићи пошиљка? Њен број не знам.",
        "Каде е мојата нарачка? Благодарам, Ѓорѓи Џамбазов.",
    ],
)
@pytest.mark.parametrize("label", ["", "us-ascii", "iso-8859-1", "utf-8", "windows-1251"])
def test_serbian_and_macedonian_of_windows_are_not_of_a_mac(text: str, label: str) -> None:
    assert read_text(text.encode("cp1251"), label) == text


@pytest.mark.parametrize(
    "text", ["Tschüß", "Jäätelöä", "Größe, Tschüß", "Zoé", "Grüße", "Hyvää päivää"]
)
@pytest.mark.parametrize(
    "label",
    ["gb2312", "gbk", "gb18030", "big5", "shift_jis", "euc-jp", "euc-kr", "iso-2022-jp"],
)
def test_accents_within_a_word_or_two_are_western_under_any_label(text: str, label: str) -> None:
    assert read_text(text.encode("cp1252"), label) == text


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


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("Größe und Maße: schöne Grüße", "latin-1"),
        ("L'été dernier, la pièce reçue à Noël", "latin-1"),
    ],
)
@pytest.mark.parametrize("label", ["windows-1251", "koi8-r", "cp866"])
def test_western_words_under_a_russian_label(text: str, codec: str, label: str) -> None:
    assert read_text(text.encode(codec), label) == text


def test_signs_and_letters_among_latin_words_under_a_russian_label_stay() -> None:
    for text in ("Model Х-5 и Model Я", "SIEMENS® «Logo!» №5 — ok", "iPhoneом, SMSки, PDFы"):
        assert read_text(text.encode("cp1251"), "windows-1251") == text


FOOTER = "Внимание! Письмо пришло извне.\r\nНе открывайте вложения.\r\n"


@pytest.mark.parametrize(("codec", "label"), [("cp1251", "windows-1251"), ("koi8-r", "koi8-r")])
def test_a_gateway_writes_utf_8_around_a_text_in_a_code_page(codec: str, label: str) -> None:
    text = "Добрый день!\r\n\r\nOk.\r\nГде заказ?\r\n"
    footer, inner = FOOTER.encode(), text.encode(codec)
    assert read_text(footer + inner, label) == FOOTER + text
    assert read_text(inner + b"--\r\n" + footer, label) == f"{text}--\r\n{FOOTER}"
    assert read_text(inner, label) == text
    many = footer * 2_000  # more than a gateway writes
    assert read_text(many + inner, label).startswith(FOOTER)


@pytest.mark.parametrize("text", ["文件", "合同", "报价单"])
def test_a_few_chinese_characters_without_a_label(text: str) -> None:
    assert read_text(f"{text}.doc".encode("gb2312")) == f"{text}.doc"


NAMES = (
    # six bytes that score as Russian, but begin no word
    *(
        ("任乐松", "gb18030", "gb2312"),
        ("宋乐松", "gb18030", "gbk"),
        ("李文宇", "gb18030", "gb18030"),
    ),
    # four bytes that are also UTF-8, of two alphabets or of none that anybody writes
    *(("郑伟", "gb18030", "gb2312"), ("황호", "cp949", "euc-kr")),
    # second bytes that are plain letters, behind signs
    *(("張娜", "big5", "big5"), ("張靜", "big5", "big5"), ("張強洋", "big5", "big5")),
)


@pytest.mark.parametrize(("text", "codec", "label"), NAMES)
def test_a_name_under_its_own_east_asian_label(text: str, codec: str, label: str) -> None:
    assert read_text(text.encode(codec), label) == text


@pytest.mark.parametrize("text", ["Привет", "привет", "СРОЧНО", "Заказ 15", "договор", "ответы"])
@pytest.mark.parametrize("codec", ["cp1251", "koi8-r"])
@pytest.mark.parametrize("label", ["gb2312", "big5", "euc-kr"])
def test_a_russian_word_under_an_east_asian_label(text: str, codec: str, label: str) -> None:
    assert read_text(text.encode(codec), label) == text


@pytest.mark.parametrize("text", ["Ärger mit Öl", "«Oui»", "à la carte", "Größe", "Café ® 2024"])
@pytest.mark.parametrize("label", ["gb2312", "big5", "euc-kr"])
def test_western_words_under_an_east_asian_label(text: str, label: str) -> None:
    assert read_text(text.encode("cp1252"), label) == text


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


WRONG_LABELS = (
    *("windows-1255", "iso-8859-8", "iso-8859-8-i", "macintosh", "x-mac-cyrillic", "mac-greek"),
    *("windows-1256", "iso-8859-6", "iso-8859-7", "windows-1253", "windows-1254", "iso-8859-9"),
    *("iso-8859-2", "windows-1250", "windows-1257", "tis-620", "cp437", "cp850", "iso-8859-16"),
    *("shift_jis", "big5", "gb2312", "euc-kr", "utf-16", "hz-gb-2312"),
)
IN_RUSSIAN = ["Здравствуйте, где мой заказ?", "Да, согласен.", "Прошу выставить счет за март"]


@pytest.mark.parametrize("label", WRONG_LABELS)
@pytest.mark.parametrize("code_page", ["cp1251", "koi8-r", "cp866", "iso8859-5"])
def test_russian_under_the_label_of_another_alphabet(label: str, code_page: str) -> None:
    for text in IN_RUSSIAN:
        assert read_text(text.encode(code_page), label) == text


OF_BUSINESS = "ПРЕТЕНЗИЯ ПАСПОРТ СЧЕТ ПРАЙС РЕЗЮМЕ ЧЕК ЧЕРТЕЖ КП УПД РФ ИП АКТ ООО кп упд рф Угу"


@pytest.mark.parametrize("word", OF_BUSINESS.split())
def test_a_word_that_is_all_in_capitals_or_hardly_a_word(word: str) -> None:
    """By KOI8 these are words in small letters, too: «ПАСПОРТ» would be «оюяонпр»."""
    assert read_text(word.encode("cp1251"), "utf-8") == word


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Καλημέρα, πού είναι η παραγγελία μου;", "iso-8859-7"),
        ("Θα ήθελα να μάθω πότε θα παραδοθεί", "windows-1253"),
        ("مرحبا أين طلبي", "windows-1256"),
        ("สวัสดีครับ สินค้าของฉันอยู่ที่ไหน", "tis-620"),
        ("Siparişim nerede? Teşekkürler", "windows-1254"),
        ("Příliš žluťoučký kůň úpěl ďábelské ódy", "iso-8859-2"),
        ("您好，我的訂單在哪裡？", "big5"),
        ("是", "big5"),
        ("您好，我的订单在哪里？", "gb2312"),
        ("測試 test 測試", "big5"),
        ("はい", "shift_jis"),
        ("안녕하세요 주문은 어디에 있나요", "euc-kr"),
        ("Де моє замовлення? Дякую", "koi8-u"),
    ],
)
def test_another_alphabet_under_its_own_label(text: str, label: str) -> None:
    assert read_text(text.encode(label), label) == text


@pytest.mark.parametrize("label", ["", "us-ascii", "utf-8", "iso-8859-1", "windows-1255"])
@pytest.mark.parametrize(
    "text", ["שלום, איפה ההזמנה שלי?", "תודה רבה", "אני צריך עזרה עם החשבונית. בברכה, דוד"]
)
def test_hebrew(text: str, label: str) -> None:
    assert read_text(text.encode("cp1255"), label) == text


@pytest.mark.parametrize("label", ["big5", "gb2312", "euc-kr", "euc-jp", ""])
@pytest.mark.parametrize("text", ["é", "Größe: 38", "½ cup", "déjà vu", "Bitte prüfen", "5 °C"])
def test_latin_text_never_becomes_chinese(text: str, label: str) -> None:
    assert read_text(text.encode("cp1252"), label) == text


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"\xdf", "Я"),
        (b"\xff", "я"),
        (b"\xf1", "Я"),
        (b"\xd1\r\n", "я\r\n"),
        (b"\xdf \xed\xe5 \xef\xee\xeb\xf3\xf7\xe8\xeb", "Я не получил"),
    ],
)
def test_a_letter_alone(content: bytes, text: str) -> None:
    assert read_text(content) == text
