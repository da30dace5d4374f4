"""Content-Transfer-Encoding: undone as labelled, or by the bytes if the label is wrong."""

import binascii
import quopri
from base64 import b64encode, encodebytes
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.parse.header.block import MAX_BLOCK, MAX_HEAD
from bridge.parse.message import read_letter
from bridge.parse.structure.encodings import transfer_encoding
from bridge.parse.structure.encodings.transfer_encoding import decode
from bridge.parse.structure.encodings.true_encoding import undo_file, undo_text
from tests.letters import multipart, part
from tests.letters import raw_letter as letter

LETTERS = st.lists(st.sampled_from([b"QUJD", b"QQ==", b"Q", b"=", b"\r\n", b"!", b"\xff"]))
TEXT = """Здравствуйте! В личном кабинете не открывается раздел «Документы», ошибка 403.
Логин romashka-12, браузер Chrome.

С уважением, Павел
"""
LINES = encodebytes(TEXT.encode())
BANNER = b"[EXTERNAL] This message was sent from outside of the company. Be careful.\r\n"
FOOTER = b"\r\n--\r\nThis e-mail was checked by the antivirus.\r\nhttps://av.example.com\r\n"


@given(LETTERS.map(b"".join), st.integers(1, 9))
def test_the_size_of_a_piece_changes_nothing(content: bytes, piece: int) -> None:
    at_once = decode(content, "base64")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transfer_encoding, "PIECE", piece)
        assert decode(content, "base64") == at_once


@given(st.binary(), st.integers(1, 9))
def test_what_was_encoded_comes_back(content: bytes, piece: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transfer_encoding, "PIECE", piece)
        assert decode(encodebytes(content), "base64") == content


@settings(deadline=None)
@given(st.binary(min_size=1))
def test_a_file_that_was_encoded_comes_back(content: bytes) -> None:
    assert undo_file(encodebytes(content), "base64", "application/x").pieces == (content,)
    quoted = binascii.b2a_qp(content, quotetabs=True, istext=False)
    assert undo_file(quoted, "quoted-printable", "application/x").pieces == (content,)


PROSE = st.text(st.sampled_from("Где мой заказ? Order 17, ёщЪ—=\n"), min_size=30)


@settings(deadline=None)
@given(PROSE, st.sampled_from(["utf-8", "cp1251", "koi8-r"]))
def test_a_text_that_was_encoded_comes_back(text: str, charset: str) -> None:
    content = text.encode(charset, "ignore")
    assert undo_text(encodebytes(content), "base64", charset).pieces == (content,)
    quoted = quopri.encodestring(content)
    assert undo_text(quoted, "quoted-printable", charset).pieces == (content,)


@pytest.mark.parametrize("length", [10, MAX_BLOCK, MAX_HEAD // 2, MAX_HEAD, 2 * MAX_HEAD])
def test_a_large_part_is_cut_where_its_header_ends(length: int) -> None:
    header = b"Content-Type: application/x; name=f\r\nX-Long: " + b"x" * length + b"\r\n\r\n"
    content = b"y" * 3 * MAX_HEAD
    whole = b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n' + header + content
    [part] = read_letter(whole + b"\r\n--b--\r\n").parts
    assert part.content == content
    assert part.attachment.filename == "f"


def read(content: bytes, encoding: str, charset: str = "utf-8") -> str:
    content_type = f"text/plain; charset={charset}"
    raw = letter(content, Content_Type=content_type, Content_Transfer_Encoding=encoding)
    return " ".join(read_letter(raw).text.split())


SAID = " ".join(TEXT.split())
WARNING = " ".join(BANNER.decode().split())
CHECKED = " ".join(FOOTER.decode().split())
KOI8 = encodebytes(TEXT.encode("koi8-r", "ignore"))
KOI8_SAID = " ".join(TEXT.encode("koi8-r", "ignore").decode("koi8-r").split())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(BANNER + b"\r\n" + LINES, f"{WARNING} {SAID}", id="a banner above"),
        pytest.param(BANNER + LINES, f"{WARNING} {SAID}", id="a banner close above"),
        pytest.param(LINES + FOOTER, f"{SAID} {CHECKED}", id="a footer below"),
        pytest.param(LINES.rstrip() + FOOTER, f"{SAID} {CHECKED}", id="a footer close below"),
        pytest.param(LINES + b"Kaspersky\r\n", f"{SAID} Kaspersky", id="a word below"),
        pytest.param(
            encodebytes("Заказ пришёл, спасибо, до встречи!\n".encode()).rstrip()
            + b"Scanned by a relay",
            "Заказ пришёл, спасибо, до встречи! Scanned by a relay",
            id="a footer behind the padding",
        ),
        pytest.param(b"ATTENTION\r\n" + LINES, f"ATTENTION {SAID}", id="a word above"),
        pytest.param(
            BANNER + LINES + FOOTER, f"{WARNING} {SAID} {CHECKED}", id="a banner and a footer"
        ),
        pytest.param(
            "Осторожно, внешнее письмо!\r\n\r\n".encode() + LINES,
            f"Осторожно, внешнее письмо! {SAID}",
            id="a Russian banner",
        ),
        pytest.param(
            b"<p>Outside mail</p>\r\n" + b64encode(TEXT.encode()) + b"\r\n",
            f"<p>Outside mail</p> {SAID}",
            id="one long line",
        ),
        pytest.param(
            encodebytes("Коротко".encode()) + FOOTER, f"Коротко {CHECKED}", id="a short text"
        ),
        pytest.param(encodebytes(LINES), SAID, id="encoded twice"),
        pytest.param(
            encodebytes(quopri.encodestring(TEXT.encode())), SAID, id="quoted-printable within"
        ),
        pytest.param(
            b"<div>" + LINES.rstrip() + b"</div>\r\n",
            f"<div> {SAID} </div>",
            id="lines between a gateway's tags",
        ),
        pytest.param(
            b"<p>Outside mail</p>" + b64encode(TEXT.encode()) + b"</body></html>",
            f"<p>Outside mail</p> {SAID} </body></html>",
            id="one line behind a tag",
        ),
        pytest.param(
            b"\r\n".join(b64encode(line.encode()).rstrip(b"=") for line in TEXT.splitlines()),
            SAID,
            id="each line for itself, without padding",
        ),
        pytest.param(
            b"\r\n".join(
                b64encode(TEXT.encode()[at : at + 50]).rstrip(b"=")
                for at in range(0, len(TEXT.encode()), 50)
            ),
            SAID,
            id="pieces of fifty bytes, without padding",
        ),
        pytest.param(LINES + b"\r\n" + LINES, f"{SAID} {SAID}", id="two blocks"),
        pytest.param(TEXT.encode(), SAID, id="plain text instead"),
        pytest.param(b"Hello, world! No base64 here.", "Hello, world! No base64 here.", id="ASCII"),
        pytest.param(b"Thanks", "Thanks", id="one word"),
        pytest.param(b"Test", "Test", id="one word of four letters"),
        pytest.param(
            quopri.encodestring(TEXT.encode()), SAID, id="quoted-printable under this label"
        ),
        pytest.param(b"", "", id="nothing"),
    ],
)
def test_a_text_labelled_base64(content: bytes, said: str) -> None:
    assert read(content, "base64") == said


@pytest.mark.parametrize("extra", [BANNER, BANNER + b"\r\n", b""])
def test_plain_text_around_base64_of_a_code_page(extra: bytes) -> None:
    assert read(extra + KOI8 + FOOTER, "base64", "koi8-r") == (
        f"{WARNING} {KOI8_SAID} {CHECKED}" if extra else f"{KOI8_SAID} {CHECKED}"
    )


QUOTED = quopri.encodestring(TEXT.encode())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(QUOTED, SAID, id="as it should be"),
        pytest.param(QUOTED.replace(b"=\n", b"=  \r\n"), SAID, id="blanks behind soft breaks"),
        pytest.param(QUOTED.replace(b"=\n", b"=\t\n"), SAID, id="a tabulator behind soft breaks"),
        pytest.param(QUOTED.replace(b"=\n", b"=\r\r\n"), SAID, id="CR CR LF"),
        pytest.param(QUOTED.rstrip() + b"= ", SAID, id="a padded soft break at the end"),
        pytest.param(QUOTED.replace(b"=D0", b"=d0"), SAID, id="small letters"),
        pytest.param(LINES, SAID, id="base64 under this label"),
        pytest.param(
            b"https://example.com/?id=10&page=15 2+2=4",
            "https://example.com/?id=10&page=15 2+2=4",
            id="never encoded: control signs",
        ),
        pytest.param(
            "Ответ: a=b, x = y; ссылка /?id=42".encode(),
            "Ответ: a=b, x = y; ссылка /?id=42",
            id="never encoded: raw letters",
        ),
        pytest.param(
            b"https://example.com/?id=4512&code=AB12&x=20 =D0=94=D0=B0",
            "https://example.com/?id=4512&code=AB12&x=20 Да",
            id="a raw link beside a word that was encoded",
        ),
        pytest.param(
            b"=====\n" + QUOTED + b"\n=====", f"===== {SAID} =====", id="lines drawn with ="
        ),
    ],
)
def test_a_text_labelled_quoted_printable(content: bytes, said: str) -> None:
    assert read(content, "quoted-printable") == said


@pytest.mark.parametrize("label", ["", "us-ascii", "utf-8", "iso-8859-1"])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"Gr=FC=DFe aus M=FCnchen", "Grüße aus München"),
        (b"Caf=E9", "Café"),
        (b"Je suis =E0 Lyon, d=E9j=E0 pay=E9.", "Je suis à Lyon, déjà payé."),
        (b"GR=DCN", "GRÜN"),
        (b"5 =80, caf=E9: =93Total=94", "5 €, café: “Total”"),
        (b"=CF=F0=E8=E2=E5=F2, =E3=E4=E5 =E7=E0=EA=E0=E7?", "Привет, где заказ?"),
    ],
)
def test_escapes_of_a_code_page_under_no_true_label(content: bytes, said: str, label: str) -> None:
    assert read(content, "quoted-printable", label) == said


@pytest.mark.parametrize(
    "text", ["key=DEADBEEF", "let x=E9 be", "color=ffaa00 size=ab", "set a =80 now", "KEY=ABCDEF01"]
)
def test_what_looks_like_an_escape_of_a_code_page(text: str) -> None:
    assert read(text.encode(), "quoted-printable") == text


@pytest.mark.parametrize("encoding", ["", "7bit", "8bit", "binary", "x-unknown"])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(LINES, SAID, id="base64"),
        pytest.param(QUOTED, SAID, id="quoted-printable"),
        pytest.param(b"1+1=2, a=b", "1+1=2, a=b", id="neither"),
        pytest.param(b"dGVzdA==", "dGVzdA==", id="a token"),
        pytest.param(b"in C: =D0=9F means P", "in C: =D0=9F means P", id="a text on it"),
        pytest.param(
            b64encode(bytes(range(256))), b64encode(bytes(range(256))).decode(), id="a key"
        ),
    ],
)
def test_a_text_without_a_true_label(encoding: str, content: bytes, said: str) -> None:
    assert read(content, encoding) == said


@pytest.mark.parametrize("encoding", ["base-64", "BASE64;", "b", "base64 (mime)"])
def test_misspelt_labels(encoding: str) -> None:
    assert read(LINES, encoding) == SAID


PLAIN_WORDS = (
    "89161234567 +79161234567 12345678 1234567 2026 7707083893 4111111111111111 BY12345678 "
    "RE123456789RU DE89370400440532013000 OkThanks ThankYou YesPlease Ok OK OK! Thanks "
    "iPhone12 eMail McDonald WhatsApp UNSUBSCRIBE A1B2C3D4 AB12CD34 INV2026001 "
    "IvanPetrov12 hello/world order/12345/ok a/b 1/2 2+2 2+2=4 Да Нет. ДаСогласен Спасибо "
    "и/или Ответ "
)
ANYWHERE = "Ok OK yes No hi 5 42 123 1234 17:30 89161234567 Thanks test"
RUSSIAN, WESTERN = "Да Нет ОК Хорошо Получил", "Café Grüße Für"
SHORT_TEXTS = {
    "utf-8": f"{ANYWHERE} {RUSSIAN} {WESTERN} 👍 Zażółć はい 日本語",
    "windows-1251": f"{ANYWHERE} {RUSSIAN}",
    "koi8-r": f"{ANYWHERE} {RUSSIAN}",
    "iso-8859-1": f"{ANYWHERE} {WESTERN}",
    "iso-8859-2": f"{ANYWHERE} Zażółć Příliš",
    "shift_jis": "はい 日本語 了解しました",
    "euc-jp": "はい 日本語 了解しました",
    "gb2312": "好的",
    "euc-kr": "감사합니다",
}


def test_a_short_text_that_was_never_encoded_is_shown_as_it_stands() -> None:
    """Each line alone, and two together."""
    for one in PLAIN_WORDS.split():
        for text in (one, f"{one}\r\nИван"):
            raw = letter(text.encode(), Content_Transfer_Encoding="base64")
            read = read_letter(raw)
            assert read.text.split() == text.split()
            assert read.defects == ["labelled base64, but is not"]


@pytest.mark.parametrize("charset", SHORT_TEXTS)
def test_a_short_text_that_was_encoded_is_not(charset: str) -> None:
    for text in SHORT_TEXTS[charset].split():
        for end in ("", "\r\n"):
            content = b64encode((text + end).encode(charset))
            label = f"text/plain; charset={charset}"
            raw = letter(content, Content_Type=label, Content_Transfer_Encoding="base64")
            assert (read_letter(raw).text.strip(), read_letter(raw).defects) == (text, [])


NEVER_QUOTED = [
    "https://example.com/?a=12&b=34",
    "https://shop.ru/?order=ABCD12",
    "https://x.ru/?token=deadbeef&u=ff00aa",
    "https://e.com/?q=20%20&p=AF",
    "https://youtube.com/watch?v=ABcdEF",
    "https://zoom.us/j/93?pwd=a1b2c3",
    "https://a.ru/?id=DE15 Спасибо",
    "?uid=42&cid=77",
    "utm_source=mail&utm_campaign=ab12",
    "pass=ABC",
    "Total=50",
    "a=41b",
]
QUOTED_BYTES = [
    (b"Hello=20\r\nWorld", "Hello World"),
    (b"caf=E9", "café"),
    (b"=41", "A"),
    (b"A=20B", "A B"),
    (b"user=40example.com", "user@example.com"),
    (b"?a=3D12&b=3D34", "?a=12&b=34"),
]


@pytest.mark.parametrize("content", NEVER_QUOTED)
def test_links_that_were_never_encoded(content: str) -> None:
    raw = letter(content.encode(), Content_Transfer_Encoding="quoted-printable")
    assert read_letter(raw).text == content
    assert read_letter(raw).defects == ["labelled quoted-printable, but is not"]


@pytest.mark.parametrize(("content", "said"), QUOTED_BYTES)
def test_few_escapes_that_are_meant(content: bytes, said: str) -> None:
    assert read(content, "quoted-printable", "iso-8859-1") == said


PDF = b"%PDF-1.4\n" + bytes(range(256)) * 3
IN_BASE64 = encodebytes(PDF)


@pytest.mark.parametrize(
    ("content", "encoding", "content_type"),
    [
        (IN_BASE64, "base64", "application/pdf"),
        (IN_BASE64 + FOOTER, "base64", "application/pdf"),
        (BANNER + IN_BASE64, "base64", "application/pdf"),
        (IN_BASE64.replace(b"\n", b"\r\r\n"), "base64", "application/pdf"),
        (IN_BASE64.replace(b"\n", b" \n\t"), "base64", "application/pdf"),
        (IN_BASE64, "7bit", "application/pdf"),
        (IN_BASE64, "quoted-printable", "application/pdf"),
        (IN_BASE64, "", "application/octet-stream"),
        (PDF, "base64", "application/pdf"),
        (PDF, "binary", "application/pdf"),
    ],
)
def test_a_file_is_what_its_bytes_are(content: bytes, encoding: str, content_type: str) -> None:
    assert undo_file(content, encoding, content_type).pieces == (PDF,)


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (IN_BASE64, "text/plain"),  # somebody sends base64 as a file
        ("артикул;количество\n100;4\n".encode("cp1251"), "text/csv"),
        (letter("Слова"), "message/rfc822"),
        (multipart(part("Слова"), part(IN_BASE64, "application/pdf")), "message/rfc822"),
    ],
)
def test_a_file_that_was_never_encoded_stays(content: bytes, content_type: str) -> None:
    label = "7bit" if content == IN_BASE64 else "base64"
    assert undo_file(content, label, content_type).pieces == (content,)


def test_a_lie_is_named() -> None:
    def defects(content: bytes, encoding: str) -> list[str]:
        return read_letter(letter(content, Content_Transfer_Encoding=encoding)).defects

    assert defects(BANNER + LINES, "base64") == ["plain text around base64"]
    assert defects(TEXT.encode(), "base64") == ["labelled base64, but is not"]
    assert defects(LINES, "7bit") == ["encoded as its label does not say"]
    assert defects(b"a=b, c=d", "quoted-printable") == ["labelled quoted-printable, but is not"]
    assert defects(LINES, "base64") == []


DOUBLED: dict[str, Callable[[bytes], bytes]] = {
    "everywhere": lambda raw: raw.replace(b"\r\n", b"\r\r\n"),
    "three times": lambda raw: raw.replace(b"\r\n", b"\r\r\r\n"),
    "but not in the fields of relays": lambda raw: (
        b"Received: from a by b; Mon, 02 Mar 2026 10:00:01 +0300\r\n" * 12
        + raw.replace(b"\r\n", b"\r\r\n").replace(b"\r\r\nDate", b"\r\nReturn-Path: <a@b>\r\nDate")
    ),
    "in the body alone": lambda raw: b"\r\n\r\n".join(
        one if number == 0 else one.replace(b"\r\n", b"\r\r\n")
        for number, one in enumerate(raw.replace(b"\r\n\r\n", b"\0\0", 1).split(b"\0\0"))
    ),
}


@pytest.mark.parametrize("name", DOUBLED)
def test_doubled_line_ends(name: str) -> None:
    image = part(
        encodebytes(b"\x89PNG"), "image/png; name=a.png", Content_Transfer_Encoding="base64"
    )
    raw = multipart(part("Первая строка\r\nвторая"), image)
    read = read_letter(DOUBLED[name](raw))
    assert read.subject == "Привет"
    assert read.text.strip() == "Первая строка\nвторая"
    assert [(one.attachment.filename, one.content) for one in read.parts] == [("a.png", b"\x89PNG")]
    assert "lines end in CR CR LF" in read.defects


def test_an_encoded_carriage_return_before_a_line_end_is_one_line_end() -> None:
    assert (
        read_letter(
            letter("one=0D\r\ntwo=0D\r\n", Content_Transfer_Encoding="quoted-printable")
        ).text
        == "one\ntwo\n"
    )


def test_binary_files_keep_their_bytes() -> None:
    content = b"\x00\r\r\n\x01" * 3
    raw = multipart(part("Текст\r\n" * 30), part(content, "application/x; name=f"))
    [kept] = read_letter(raw).parts
    assert kept.content == content


IN_WORDS = {
    "iso-8859-1": "Guten Tag, können Sie mir die Größe bestätigen?",
    "cp1252": "J’ai reçu la pièce abîmée, pouvez-vous la remplacer ?",
    "iso8859-2": "Dzień dobry, proszę o fakturę do zamówienia.",
    "utf-8": "Danke schön, das Paket ist heute in der Früh hier in München angekommen!",
    "cp1251": "Согласен",
    "iso-2022-jp": "お世話になっております。",
    "shift_jis": "注文の件でご連絡しました。",
    "gb18030": "您好，我的订单什么时候到？谢谢！",
}


@pytest.mark.parametrize("encoding", ["7bit", "base64"])
@pytest.mark.parametrize(("charset", "text"), IN_WORDS.items())
def test_quoted_printable_of_a_few_letters_that_no_label_names(
    charset: str, text: str, encoding: str
) -> None:
    assert read(quopri.encodestring(text.encode(charset)), encoding, charset) == text


@pytest.mark.parametrize(
    "text",
    [
        "An acute e is =C3=A9, and the u of Muenchen =C3=BC.",
        "Move =E2=99=9A to =E2=99=9B's =E2=99=9D",
        "const A=FF; B=EE;",
        "id=E4a id=F6b",
        "https://e.com/?name=Fran=C3=A7ois&id=AB",
        "color=FAded",
    ],
)
def test_what_only_looks_like_escapes_in_words(text: str) -> None:
    assert read(text.encode(), "7bit", "iso-8859-1") == text


@pytest.mark.parametrize("text", ["Согласен", "Danke schön!", "Thank you, received.", "您好，谢谢"])
def test_a_short_text_in_base64_that_no_label_names(text: str) -> None:
    assert read(b64encode(text.encode()), "7bit") == text


@pytest.mark.parametrize("charset", ["shift_jis", "gb18030"])
def test_an_east_asian_text_in_place_of_base64(charset: str) -> None:
    text = IN_WORDS[charset]
    assert read(text.encode(charset), "base64", charset) == text
