"""Every text is read in the charset it was written in, whatever its label says."""

from base64 import b64encode

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bridge.parse.message import read_letter
from bridge.parse.text.charset import read_text
from bridge.parse.text.charset_labels import codec_of
from bridge.parse.text.cyrillic import CODE_PAGES
from bridge.parse.text.encoded_words import decode_words
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
        ("windows-cp1251", "cp1251"), ("cp20866", "koi8_r"), ("cp28595", "iso8859_5"),
        ("cp10007", "mac_cyrillic"), ("latin-9", "iso8859_15"), ("Latin-5", "cp1254"),
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
        pytest.param(b"Hi Mom -+Jjo--!", "utf-7", "Hi Mom -☺-!", id="RFC 2152"),
        pytest.param(b"Hi +Dog-!", "utf-7", "Hi +Dog-!", id="a word between plus and minus"),
        pytest.param("您好，订单".encode("hz"), "", "您好，订单", id="HZ"),
        pytest.param("您好".encode("hz"), "gb2312", "您好", id="HZ under its charset's label"),
        pytest.param(b"a = {~{b}, c~}", "", "a = {~{b}, c~}", id="no HZ"),
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


SUBJECT = "Заказ № 20417: не хватает двух позиций, просим допоставить до пятницы"


def words(encoded: str, place: int, form: str, charset: str = "utf-8") -> str:
    pieces = encoded[:place], encoded[place:]
    return "\r\n ".join(f"=?{charset}?{form}?{piece}?=" for piece in pieces)


@pytest.mark.parametrize("charset", ["utf-8", "koi8-r", "cp1251"])
def test_a_subject_in_base64_is_read_wherever_it_is_cut(charset: str) -> None:
    text = SUBJECT if charset != "koi8-r" else SUBJECT.replace("№", "N")
    encoded = b64encode(text.encode(charset)).decode()
    for place in range(1, len(encoded)):
        assert decode_words(words(encoded, place, "B", charset)) == text, place
        unpadded = words(encoded.rstrip("="), place, "B", charset)
        assert decode_words(unpadded) == text, place


def test_a_subject_in_quoted_printable_is_read_wherever_it_is_cut() -> None:
    encoded = "".join(f"={byte:02X}" for byte in SUBJECT.encode())
    for place in range(1, len(encoded)):
        assert decode_words(words(encoded, place, "Q")) == SUBJECT, place


@settings(deadline=None)
@given(st.text(min_size=1, max_size=60), st.data())
def test_any_text_cut_into_whole_words_without_padding(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text)))
    pieces = [piece for piece in (text[:place], text[place:]) if piece.strip()]
    encoded = [b64encode(piece.encode()).decode().rstrip("=") for piece in pieces]
    read = decode_words(" ".join(f"=?utf-8?B?{one}?=" for one in encoded))
    if "\x00" not in text and all(sign.isprintable() for sign in text):
        assert read == "".join(pieces)


@pytest.mark.parametrize("form", ["B", "Q"])
def test_a_word_longer_than_any_rule_allows(form: str) -> None:
    text = SUBJECT * 60
    quoted = "".join(f"={byte:02X}" for byte in text.encode())
    encoded = b64encode(text.encode()).decode() if form == "B" else quoted
    assert decode_words(f"Re: =?utf-8?{form}?{encoded}?= конец") == f"Re: {text} конец"


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ("=?utf-8?B?0J\r\n /RgA==?=", "Пр"),
        ("=?utf-8?B?0J/R?==?utf-8?B?gA==?=", "Пр"),
        ("=?utf-8?Q?=D0?= =?UTF8?B?nw==?=", "П"),
        ("=?utf-8?Q?=D0=9F?= =?koi8-r?B?0g==?=", "Пр"),
        ("=?utf-8?Q?Why?=D0=9F?=", "Why?П"),
        ("=?utf-8?Q?=D0=\r\n 9F=D1\r\n =80?=", "Пр"),
        ("=?utf-8?Q?a?= =?utf-8?Q?b?= c", "ab c"),
        ("=?utf-8?Q?a=?=", "a="),
        ("=?utf-8?Q?der?= =?utf-8?Q? Ware?=", "der Ware"),
        ("=?utf-8?Q?der ?= =?utf-8?q?Ware?=", "der Ware"),
        ("=? utf-8 ? Q ? a ?= =? utf-8 ? Q ? b?=", "a b"),
        ("=?utf-8?B?YQ?= =?utf-8?B?Yg?=", "ab"),
    ],
)
def test_encoded_words_in_odd_shapes(header: str, text: str) -> None:
    assert decode_words(header) == text


@pytest.mark.parametrize(
    "text",
    [
        "Tel. +49-89-1234, +7 900 123-45-67",
        "C++ - a+b=c+d-e, 1+1=2",
        "https://example.com/?q=x+the-end+foo-bar",
        "<td style='a+b'>+AB-",
        "+",
        "",
    ],
)
def test_a_text_that_only_bears_the_label_of_utf_7(text: str) -> None:
    assert read_text(text.encode(), "utf-7") == text


@pytest.mark.parametrize(
    "text",
    [
        RUSSIAN, "Größe — 5 €", "日本語のテスト。", "안녕하세요", "1 + 1 = 2: верно",
        "Счёт №7, «Акт»", "ёлка", "a+b", "naïve",
    ],
)  # fmt: skip
def test_a_text_in_utf_7(text: str) -> None:
    assert read_text(text.encode("utf-7"), "utf-7") == text
