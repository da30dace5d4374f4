"""The name of a file: as the sender wrote it, whatever the form, and safe to keep."""

from base64 import b64encode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.parse.message import read_letter
from bridge.parse.structure.file_names import safe_name
from tests.letters import ORDINARY, base64_part, container, multipart, part
from tests.letters import raw_letter as letter

ACT = "Акт приёма-передачи № 7.pdf"


def percent(text: str, charset: str = "utf-8") -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode(charset))


def word(content: bytes) -> str:
    return f"=?utf-8?B?{b64encode(content).decode()}?="


def name_of(disposition: str | bytes, content_type: str | bytes = b"application/pdf") -> str:
    """Return the name that a file with these fields gets."""
    fields = [b"Content-Type: ", content_type, b"\r\nContent-Disposition: ", disposition]
    header = b"".join(one.encode() if isinstance(one, str) else one for one in fields)
    raw = multipart(part("text"), header + b"\r\n\r\n%PDF")
    [kept] = read_letter(raw).parts
    return kept.attachment.filename


HALF = len(percent(ACT)) // 2 - 1  # inside a character, and inside its escape
ONE, TWO = percent(ACT)[:HALF], percent(ACT)[HALF:]
WORD_ONE, WORD_TWO = word(ACT.encode())[:30], word(ACT.encode())[30:]


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        # both forms: the extended one counts, whatever the order
        (f"attachment; filename=\"????.pdf\"; filename*=UTF-8''{percent(ACT)}", ACT),
        (f"attachment; filename*=UTF-8''{percent(ACT)}; filename=\"akt.pdf\"", ACT),
        (f"attachment; filename*=UTF-8''{percent(ACT)};\r\n filename=akt.pdf", ACT),
        (f"attachment; filename=a.pdf; filename*=koi8-r'ru'{percent('Акт', 'koi8-r')}", "Акт"),
        (f"attachment; filename*=\"UTF-8''{percent(ACT)}\"", ACT),
        (f"attachment; filename*=UTF-8'Akt-{percent(ACT)}", f"Akt-{ACT}"),  # jsmime's tests
        (f"attachment; filename*='{percent(ACT)}", ACT),
        ("attachment; filename*=O'Neil%20a.pdf", "O'Neil a.pdf"),
        (f"attachment; filename*={percent(ACT)}", ACT),
        (f'attachment; filename*=utf-8"{percent(ACT)}"', ACT),
        (f"attachment; filename*=UTF-8''\"{percent(ACT)}\"", ACT),
        ('attachment; filename="a &amp; b.pdf"', "a & b.pdf"),
        # the parameter's name and its signs as some write them
        (f"attachment; filename**=UTF-8''{percent(ACT)}", ACT),
        (f"attachment; filename**0*=utf-8''{ONE}; filename**1*={TWO}", ACT),
        (f"attachment; filename*0**=utf-8''{ONE}; filename*1**={TWO}", ACT),
        (f"attachment; filename *0*=utf-8''{ONE}; filename *1*={TWO}", ACT),
        (f"attachment; filename[0]*=utf-8''{ONE}; filename[1]*={TWO}", ACT),
        (f"attachment; filename*:UTF-8''{percent(ACT)}", ACT),
        (f"attachment; filename*UTF-8''{percent(ACT)}", ACT),
        (f"attachment; *filename=UTF-8''{percent(ACT)}", ACT),
        (f"attachment; file-name*=UTF-8''{percent(ACT)}", ACT),
        ("attachment; file name=a.pdf", "a.pdf"),
        ("attachment; filename==a.pdf", "a.pdf"),
        (f"attachment; filename={word(ACT.encode())}", ACT),
        ('attachment; filename="%3D%3Futf-8%3FB%3F0KHRh9C10YIucGRm%3F%3D"', "Счет.pdf"),
        # several quoted strings, and quotes between the encoded words of one name
        (f'attachment; filename="{word(b"Act ")}" "{word(b"5.pdf")}"', "Act 5.pdf"),
        (f"attachment; filename='{word(b'Act ')}' '{word(b'5.pdf')}'", "Act 5.pdf"),
        (f'attachment; filename="{word(b"Act ")}","{word(b"5.pdf")}"', "Act 5.pdf"),
        (f'attachment; filename="{word(b"Act ")}" {word(b"5.pdf")}', "Act 5.pdf"),
        ('attachment; filename="Act 5" "of May.pdf"', "Act 5 of May.pdf"),
        ("attachment; filename=\"Bob's and Ann's.pdf\"", "Bob's and Ann's.pdf"),
        ("attachment; filename*=UTF-8''%FF%FE; filename=akt.pdf", "akt.pdf"),
        ("attachment; filename*=; filename=akt.pdf", "akt.pdf"),
        (f"attachment; filename*={word(ACT.encode())}", ACT),
        # sections, cut anywhere
        (
            f"attachment; filename*0*=utf-8''{ONE}; filename*1*={TWO}",
            ACT,
        ),
        (
            f"attachment; filename*1*={TWO}; filename*0*=utf-8''{ONE}",
            ACT,
        ),
        (
            f"attachment; filename*0*=utf-8''{ONE}; filename*1={TWO}",
            ACT,
        ),
        (
            f"attachment; filename=a; filename*0*=utf-8''{percent('Акт')}; filename*1=\" 7.pdf\"",
            "Акт 7.pdf",
        ),
        (
            f'attachment; filename*0="{WORD_ONE}"; filename*1="{WORD_TWO}"',
            ACT,
        ),
        ('attachment; filename*0="100%"; filename*1=" sure.pdf"', "100% sure.pdf"),
        # the star is forgotten
        (f"attachment; filename={percent(ACT)}", ACT),
        (f"attachment; filename=\"UTF-8''{percent(ACT)}\"", ACT),
        ('attachment; filename="50%25.pdf"', "50%25.pdf"),
        ('attachment; filename="100% %D0 what.pdf"', "100% %D0 what.pdf"),
        # encoded words, cut anywhere
        (f'attachment; filename="{word(ACT.encode()[:5])}\r\n {word(ACT.encode()[5:])}"', ACT),
        (
            f'attachment; filename="=?utf-8?B?{b64encode(ACT.encode()).decode()[:10]}?=\r\n'
            f' =?utf-8?B?{b64encode(ACT.encode()).decode()[10:]}?="',
            ACT,
        ),
    ],
)
def test_the_forms_of_a_name(disposition: str, name: str) -> None:
    assert name_of(disposition) == name


@pytest.mark.parametrize("place", range(1, len(percent(ACT))))
def test_sections_may_be_cut_at_any_place(place: int) -> None:
    encoded = percent(ACT)
    first, second = encoded[:place], encoded[place:]
    assert name_of(f"attachment; filename*0*=utf-8''{first}; filename*1*={second}") == ACT


@pytest.mark.parametrize("place", range(1, len(ACT.encode())))
def test_raw_sections_may_be_cut_inside_a_character(place: int) -> None:
    first, second = ACT.encode()[:place], ACT.encode()[place:]
    assert name_of(b'attachment; filename*0="%s"; filename*1="%s"' % (first, second)) == ACT


@pytest.mark.parametrize(
    ("disposition", "content_type", "name"),
    [
        ('attachment; filename="??????.pdf"', f'application/pdf; name="{word(ACT.encode())}"', ACT),
        ('attachment; filename="Why?.pdf"', "application/pdf; name=other.pdf", "Why?.pdf"),
        ('attachment; filename="????.pdf"', "application/pdf", "????.pdf"),
        ("attachment", f"application/pdf; name*=utf-8''{percent(ACT)}", ACT),
        ("attachment; filename=", f"application/pdf; name={word(ACT.encode())}", ACT),
    ],
)
def test_a_name_that_was_lost_on_the_way_is_in_the_other_field(
    disposition: str, content_type: str, name: str
) -> None:
    assert name_of(disposition, content_type) == name


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Счет на оплату № 15/2 от 06/05/2024 г.pdf", "Счет на оплату № 15_2 от 06_05_2024 г.pdf"),
        ("Договор б/н.docx", "Договор б_н.docx"),
        ("и/или.pdf", "и_или.pdf"),
        (r"Акт 15\2.pdf", "Акт 15_2.pdf"),
        ("06/05/2024", "06_05_2024"),
        ("Отчёт 05/2024/итог.xlsx", "Отчёт 05_2024_итог.xlsx"),
        (r"C:\Users\Анна\Счет 06/05/2024.pdf", "Счет 06_05_2024.pdf"),
        ("C:/temp/a.pdf", "a.pdf"),
        ("/tmp/upload/счёт.pdf", "счёт.pdf"),
        (r"\\server\share\счёт.pdf", "счёт.pdf"),
        ("../../etc/passwd", "passwd"),
        (r"..\..\boot.ini", "boot.ini"),
        ("a/../../etc/passwd", "passwd"),
        ("./a.pdf", "a.pdf"),
        ("~/a.pdf", "a.pdf"),
        ("file:///home/a/b.pdf", "b.pdf"),
        ("https://example.com/files/b.pdf", "b.pdf"),
        ("..", ""),
        ("/", ""),
        ("a\x00b\r\nc.pdf", "ab c.pdf"),
    ],
)
def test_slashes(written: str, kept: str) -> None:
    assert safe_name(written) == kept


@settings(deadline=None)
@given(st.text())
def test_no_name_is_a_path(written: str) -> None:
    name = safe_name(written)
    assert not {"/", "\\", "\x00", "\n"} & set(name)
    assert name not in (".", "..")
    assert len(name.encode()) <= 200


RAW = ("Акт.doc", "УПД.doc", "Я.txt", "Что нового за апрель.doc")


def raw_letter(charset: str, label: str, body: str, names: tuple[str, ...], subject: str) -> bytes:
    content = body.encode(charset)
    files = [
        b'Content-Type: application/msword; name="%s"\r\nContent-Disposition: attachment;'
        b' filename="%s"\r\n\r\nx' % (name.encode(charset), name.encode(charset))
        for name in names
    ]
    return multipart(
        part(content, f"text/html; charset={label}" if label else "text/html"), *files
    ).replace(ORDINARY["Subject"].encode(), subject.encode(charset))


@pytest.mark.parametrize("charset", ["cp1251", "koi8-r", "cp866", "utf-8", "iso8859-5"])
def test_short_raw_names_beside_a_text_that_says_its_charset(charset: str) -> None:
    read = read_letter(raw_letter(charset, charset, "<p>Файлы.</p>", RAW, "Акт"))
    assert tuple(one.attachment.filename for one in read.parts) == RAW
    assert read.subject == "Акт"


@pytest.mark.parametrize("charset", ["cp1251", "koi8-r"])
@pytest.mark.parametrize("name", ["Акт.pdf", "Смета за май.pdf", "ИП Петров.pdf"])
def test_a_name_with_a_capital_in_cp1251_beside_a_text_in_koi8_r(name: str, charset: str) -> None:
    file = f'Content-Disposition: attachment; filename="{name}"\r\n\r\nx'
    text = part("Файлы.".encode("koi8-r"), "text/plain; charset=koi8-r")
    read = read_letter(multipart(text, file.encode(charset)))
    assert [one.attachment.filename for one in read.parts] == [name]


@pytest.mark.parametrize("charset", ["cp1251", "koi8-r"])
@pytest.mark.parametrize("label", ["", "us-ascii", "utf-8"])
def test_short_raw_names_where_no_label_says_the_charset(charset: str, label: str) -> None:
    body = "<p>Здравствуйте, акт и счёт во вложении, жду ответа.</p>"
    read = read_letter(raw_letter(charset, label, body, RAW[:2], "Акт"))
    assert [one.attachment.filename for one in read.parts] == ["Акт.doc", "УПД.doc"]
    assert read.subject == "Акт"


@pytest.mark.parametrize(
    ("page", "text", "name"),
    [
        ("cp932", "資料を送ります。よろしくお願いします。", "資料.zip"),
        ("cp932", "写真です。", "写真.jpg"),
        ("cp949", "견적서를 보내드립니다.", "견적서.pdf"),
        ("big5", "請查收報價單，謝謝。", "報價單.pdf"),
        ("gb18030", "请查收报价单，谢谢。", "报价单.pdf"),
        ("cp1251", "Прайс — 報價單 внутри", "Прайс.xls"),
    ],
)
def test_raw_names_are_of_the_script_of_a_text_in_utf_8(page: str, text: str, name: str) -> None:
    file = f'Content-Type: application/x\r\nContent-Disposition: attachment; filename="{name}"'
    raw = multipart(part(text), file.encode(page) + b"\r\n\r\nx")
    assert [each.filename for each in read_letter(raw).attachments] == [name]


@pytest.mark.parametrize(
    ("charset", "label", "name"),
    [
        ("cp932", "shift_jis", "表.doc"),
        ("cp932", "iso-2022-jp", "注文.doc"),
        ("cp932", "x-sjis", "ソ連.doc"),
        ("gb18030", "gb2312", "合同.doc"),
        ("cp949", "ks_c_5601-1987", "계약.doc"),
        ("big5", "big5", "合約.doc"),
        ("latin-1", "iso-8859-1", "Größe.doc"),
        ("cp1250", "windows-1250", "Žádost.doc"),
        ("iso2022_jp", "iso-2022-jp", "注文.doc"),
    ],
)
def test_raw_names_in_other_charsets(charset: str, label: str, name: str) -> None:
    read = read_letter(raw_letter(charset, label, "ok", (name,), "x"))
    assert [one.attachment.filename for one in read.parts] == [name]


def test_an_accented_letter_in_a_subject_is_no_russian() -> None:
    read = read_letter(letter("plain", Subject="Sondage avant les élections".encode("latin-1")))
    assert read.subject == "Sondage avant les élections"


def test_attached_letters_keep_their_subject_as_a_name() -> None:
    inner = letter("Слова", Subject="Счёт 15/2 от 06/05/2024")
    digest = container(part(inner, "message/rfc822"), subtype="digest")
    read = read_letter(multipart(part("Мои слова"), digest, base64_part(inner, "message/rfc822")))
    assert read.text == "Мои слова"
    assert [one.attachment.filename for one in read.parts] == [
        "Счёт 15_2 от 06_05_2024.eml",
        "Счёт 15_2 от 06_05_2024.eml",
    ]
    assert {one.content for one in read.parts} == {inner}


@pytest.mark.parametrize(
    ("disposition", "content_type", "name"),
    [
        (
            'attachment; filename="Договор пост"',
            'a/b; name="Договор поставки.pdf"',
            "Договор поставки.pdf",
        ),
        ('attachment; filename="Договор пост"', 'a/b; name="Договор"', "Договор пост"),
        ('attachment; filename="Договор.pdf"', 'a/b; name="Договор.pdf.exe"', "Договор.pdf"),
    ],
)
def test_a_name_that_is_cut_off_in_one_field(
    disposition: str, content_type: str, name: str
) -> None:
    assert name_of(disposition, content_type) == name


def test_blanks_of_a_browser_beside_letters_as_they_are() -> None:
    assert name_of('attachment; filename="Отчёт%20за%20март.pdf"') == "Отчёт за март.pdf"
    assert name_of('attachment; filename="Скидка 20%20 шт.pdf"') == "Скидка 20%20 шт.pdf"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Report%20%28final%29%2C%20v2.pdf", "Report (final), v2.pdf"),
        ("a%26b.pdf", "a%26b.pdf"),
        ("100%25%20off.pdf", "100% off.pdf"),
        ("%41%20b.pdf", "%41%20b.pdf"),
    ],
)
def test_signs_that_a_browser_escapes(written: str, name: str) -> None:
    assert name_of(f'attachment; filename="{written}"') == name


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Jalape\\361o.pdf", "Jalapeño.pdf"),
        ("R\\351sum\\351.pdf", "Résumé.pdf"),
        ("\\xd0\\xa1\\xd1\\x87\\xd0\\xb5\\xd1\\x82.pdf", "Счет.pdf"),
        ("C:\\docs\\361x.pdf", "361x.pdf"),
    ],
)
def test_letters_that_a_shell_wrote_as_figures(written: str, name: str) -> None:
    assert name_of(f'attachment; filename="{written}"') == name


@pytest.mark.parametrize("name", ["Änderung.pdf", "café.pdf", "Historie jízd.pdf", "Акт.pdf"])
@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_name_that_was_taken_for_another_page_again_and_again(name: str, times: int) -> None:
    written = name
    for _ in range(times):
        written = written.encode().decode("latin-1")
    assert name_of(b'attachment; filename="' + written.encode() + b'"') == name


@pytest.mark.parametrize("name", ["MAÇÃ.pdf", "Âme.pdf", "ÄÖÜ – 15.pdf", "São João.pdf"])
def test_a_name_that_looks_so_and_is_not(name: str) -> None:
    assert name_of(b'attachment; filename="' + name.encode() + b'"') == name


def test_signs_that_nobody_sees_are_no_part_of_a_name() -> None:
    name = "\u200bСчет\u200e.pdf\ufeff"
    assert name_of(b'attachment; filename="' + name.encode() + b'"') == "Счет.pdf"
