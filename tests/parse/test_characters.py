"""Every text is read in the charset it was written in, whatever its label says."""

from base64 import b64encode
from encodings.aliases import aliases

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bridge.parse.message import read_letter
from bridge.parse.text.charset import read_text
from bridge.parse.text.charset_labels import codec_of
from bridge.parse.text.cyrillic import CODE_PAGES
from bridge.parse.text.encoded_words import decode_words
from tests.letters import base64_part, multipart, part
from tests.letters import raw_letter as letter

RUSSIAN = "Добрый день! Подскажите, пожалуйста, когда придёт мой заказ?"
PROSE = """
добрый день здравствуйте заказ доставка оплата вопрос пожалуйста подскажите когда можно
получить товар магазин письмо ответ спасибо уважением Иван Мария Москва номер счёт ошибка
работает личный кабинет пароль вход сегодня завтра очень нужно это что как где мы вы он
"""
WORDS = PROSE.split()


def base64_word(text: str, codec: str, label: str = "") -> str:
    return f"=?{label or codec}?B?{b64encode(text.encode(codec)).decode()}?="


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("win1251", "cp1251"), ("WINDOWS-1251", "cp1251"), ("cp-1251", "cp1251"),
        ("x-cp1251", "cp1251"), ("koi8", "koi8_r"), ("KOI8-R", "koi8_r"), ("cp866", "cp866"),
        ("x-mac-cyrillic", "mac_cyrillic"), ("iso-8859-1", "cp1252"), ("gb2312", "gb18030"),
        ("ks_c_5601-1987", "cp949"), ("shift_jis", "cp932"), ("utf8", "utf-8"),
        ("unicode-1-1-utf-7", "utf-7"), ("x-windows-1251-foo", "cp1251"),
    ],
)  # fmt: skip
def test_labels_that_senders_write(label: str, codec: str) -> None:
    found = codec_of(label)
    assert found is not None
    assert "x".encode(found) == "x".encode(codec)
    assert read_text(RUSSIAN.encode(codec, "ignore"), label) == RUSSIAN.encode(
        codec, "ignore"
    ).decode(codec)


@pytest.mark.parametrize("label", ["", "us-ascii", "unknown-8bit", "x-user-defined", "base64", "%"])
def test_labels_that_say_nothing(label: str) -> None:
    assert codec_of(label) is None


@given(
    st.lists(st.sampled_from(WORDS), min_size=5, max_size=30, unique=True),
    st.sampled_from(CODE_PAGES),
)
@example(["товар", "письмо", "Москва", "спасибо", "добрый"], "cp866")
def test_russian_is_told_from_every_code_page(words: list[str], code_page: str) -> None:
    text = " ".join(words)
    assert read_text(text.encode(code_page)) == text


@given(
    st.lists(st.sampled_from(WORDS), min_size=5, max_size=30, unique=True),
    st.sampled_from(CODE_PAGES),
)
def test_a_western_label_on_russian_is_not_believed(words: list[str], code_page: str) -> None:
    text = " ".join(words)
    assert read_text(text.encode(code_page), "iso-8859-1") == text


@pytest.mark.parametrize(
    "text",
    [
        "Die Größe der Straße über Köln",
        "Hyvää päivää, miten menee? Ääliö älä lyö",
        "Ça va très bien, l'été est déjà là: créée",
        "El niño comió año tras año en España",
        "Café",
        "Håvard",
        "Discover® Platinum",
    ],
)
@pytest.mark.parametrize("label", ["", "iso-8859-1", "us-ascii"])
def test_western_text_stays_western(text: str, label: str) -> None:
    assert read_text(text.encode("cp1252"), label) == text


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("我们的产品质量很好，请与我们联系，谢谢大家的支持。", "gb18030"),
        ("您好，請問我的訂單什麼時候會到？謝謝您的幫助。", "big5"),
        ("안녕하세요. 주문한 상품이 언제 도착하나요? 감사합니다.", "cp949"),
        ("こんにちは、注文した商品はいつ届きますか。よろしくお願いします。", "euc_jp"),
        ("こんにちは、注文した商品はいつ届きますか。よろしくお願いします。", "cp932"),
        ("こんにちは、注文した商品はいつ届きますか。", "iso2022_jp"),
    ],
)
@pytest.mark.parametrize("label", ["", "us-ascii", "iso-8859-1"])
def test_east_asian_text_without_a_true_label(text: str, codec: str, label: str) -> None:
    assert read_text(text.encode(codec), label) == text


@pytest.mark.parametrize(
    ("content", "label", "text"),
    [
        pytest.param(b"\xcf\xf0\xe8\x98\xe2\xe5\xf2", "windows-1251", "При\x98вет", id="0x98"),
        pytest.param(b"\xef\xbb\xbf" + "Привет".encode(), "koi8-r", "Привет", id="BOM"),
        pytest.param("Привет".encode("utf-16"), "", "Привет", id="UTF-16 BOM"),
        pytest.param("Привет".encode("utf-16-le"), "utf-16le", "Привет", id="UTF-16"),
        pytest.param(b"plain old text", "utf-16le", "plain old text", id="not UTF-16"),
        pytest.param(b"+BB8EQAQ4BDIENQRC-", "utf-7", "Привет", id="UTF-7"),
        pytest.param(b"1 + 1 = 2", "utf-8", "1 + 1 = 2", id="no UTF-7"),
        pytest.param(b"\x1b$B-!\x1b(B", "iso-2022-jp", "①", id="NEC row 13"),
        pytest.param("Привет, мир".encode() + b"\xd0", "utf-8", "Привет, мир", id="cut off"),
        pytest.param("Ответ".encode() + b"\n\xe0\xe1\xe2 footer", "utf-8", None, id="mixed"),
    ],
)
def test_odd_bytes(content: bytes, label: str, text: str | None) -> None:
    read = read_text(content, label)
    assert "\ufffd" not in read
    if text is not None:
        assert read == text


@pytest.mark.parametrize(
    ("header", "text"),
    [
        (base64_word(RUSSIAN, "utf-8"), RUSSIAN),
        (base64_word("Привет", "cp1251", "win-1251"), "Привет"),
        (base64_word("Привет", "koi8-r", "x-unknown"), "Привет"),
        ("=?utf-8?B?0J8=?=\r\n =?utf-8?B?0YA=?=", "Пр"),
        ("=?utf-8?B?0J/R?= =?utf-8?B?gA==?=", "Пр"),
        ("=?utf-8?Q?=D0=9F=D1?= =?utf-8?Q?=80?=", "Пр"),
        ("=?UTF-8*ru?q?a=5Fb_c?=", "a_b c"),
        ("=?utf-8?B?0J/RgA?=", "Пр"),
        ("=?utf-8?Q?two words?=", "two words"),
        ("=?utf-8?Q?What??=", "What?"),
        ("Re: =?utf-8?B?0J8=?= and more", "Re: П and more"),
        ("a=?utf-8?B?0J8=?=b", "aПb"),
        ("=?utf-8?X?abc?=", "=?utf-8?X?abc?="),
        ("=?=?=?", "=?=?=?"),
        ("", ""),
    ],
)
def test_encoded_words(header: str, text: str) -> None:
    assert decode_words(header) == text


def test_a_raw_subject_in_the_charset_of_the_body() -> None:
    read = read_letter(
        letter(
            "テスト".encode("cp932"),
            Subject="注文".encode("cp932"),
            Content_Type="text/plain; charset=shift_jis",
        )
    )
    assert read.subject == "注文"


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ("attachment; filename*=utf-8''%D1%81%D1%87%D1%91%D1%82.pdf", "счёт.pdf"),
        ("attachment; filename*=windows-1251'ru'%F1%F7%B8%F2.pdf", "счёт.pdf"),
        ("attachment; filename*0*=utf-8''%D1%81%D1; filename*1*=%87%D1%91%D1%82.pdf", "счёт.pdf"),
        ('attachment; filename*0="a"; filename*1="b.pdf"', "ab.pdf"),
        (f'attachment; filename="{base64_word("счёт.pdf", "utf-8")}"', "счёт.pdf"),
        (f"attachment; filename={base64_word('счёт.pdf', 'koi8-r')}", "счёт.pdf"),
        ("attachment; filename=two words.pdf", "two words.pdf"),
        (r'attachment; filename="C:\temp\a.pdf"', "a.pdf"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="a\u202efdp.exe"', "afdp.exe"),
        ("attachment", "part-1.pdf"),
    ],
)
def test_the_name_of_a_file(disposition: str, name: str) -> None:
    raw = multipart(
        part("text"), base64_part(b"%PDF", "application/pdf", Content_Disposition=disposition)
    )
    (kept,) = read_letter(raw).parts
    assert kept.attachment.filename == name


def test_a_raw_name_of_a_file() -> None:
    raw = multipart(part("text"), base64_part(b"%PDF", "application/pdf; name=NAME"))
    (kept,) = read_letter(raw.replace(b"NAME", '"счёт.pdf"'.encode("cp1251"))).parts
    assert kept.attachment.filename == "счёт.pdf"


CODECS = sorted(set(aliases.values()) | {"idna", "punycode", "undefined", "unicode_escape"})


@given(st.binary(max_size=200), st.sampled_from(CODECS) | st.text(max_size=80))
def test_no_label_and_no_bytes_harm(content: bytes, label: str) -> None:
    read_text(content, label).encode("utf-8")
