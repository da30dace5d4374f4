"""What other people's products were reported to read wrong in a header: a table for each kind."""

from datetime import UTC, datetime

import pytest

from bridge.parse.message import read_letter
from tests.letters import raw_letter

ARRIVED = "from a by b; Mon, 20 May 2024 12:07:00 +0300"
WRITTEN = datetime(2024, 5, 20, 9, 0, tzinfo=UTC)

IN_FIGURES = (
    *("05/20/2024 12:00:00 +0300", "20/05/2024 12:00:00 +0300", "5/20/2024 12:00:00 PM +0300"),
    *("05/20/2024 12:00:00", "20-05-2024 12:00:00", "05-20-2024 12:00:00", "20.05.24 12:00"),
    *("2024/05/20 12:00:00 +0300", "20240520T090000Z", "1716195600"),
    *("2024年5月20日 12:00:00 +0300", "2024년 5월 20일 12:00:00 +0300"),
)
IN_OTHER_LANGUAGES = (
    *("Po, 20 kvě 2024 12:00:00 +0300", "ma 20 mei 2024 12:00:00 +0300"),
    *("ma 20 touko 2024 12:00:00 +0300", "Pzt, 20 Mayıs 2024 12:00:00 +0300"),
    *("пн, 20 мая 2024 12:00:00 +0300", "20 május 2024 12:00:00 +0300"),
)
OF_NO_PLACE = ("Mon, 20 May 2024 12:00:00 0300", "Mon, 20 May 2024 12:00:00 +3000")


@pytest.mark.parametrize("date", [*IN_FIGURES, *IN_OTHER_LANGUAGES, *OF_NO_PLACE])
def test_a_date_is_read_however_it_is_written(date: str) -> None:
    assert read_letter(raw_letter(Date=date, Received=ARRIVED)).date == WRITTEN


@pytest.mark.parametrize(
    ("date", "arrived", "written"),
    [
        ("05/06/2024 12:00:00 +0000", "Wed, 5 Jun 2024 12:09:00 +0000", (2024, 6, 5, 12)),
        ("05/06/2024 12:00:00 +0000", "Mon, 6 May 2024 12:09:00 +0000", (2024, 5, 6, 12)),
        ("5/6/2024 12:00:00 PM +0000", "", (2024, 5, 6, 12)),
        ("5/6/2024 12:00:00 +0000", "", (2024, 6, 5, 12)),
        ("5.6.2024 12:00:00", "", (2024, 6, 5, 12)),
    ],
)
def test_of_two_orders_the_arrival_decides(
    date: str, arrived: str, written: tuple[int, int, int, int]
) -> None:
    received = f"from a by b; {arrived}" if arrived else None
    found = read_letter(raw_letter(Date=date, Received=received)).date
    assert found == datetime(*written, tzinfo=UTC)


@pytest.mark.parametrize(
    "date",
    ["Mon, 20 May 2024 28:59:30 +0600", "Mon, 20 May 2024 12:75:00 +0300", "13/13/2024 1"],
)
def test_an_hour_that_there_is_not_is_that_of_arrival(date: str) -> None:
    found = read_letter(raw_letter(Date=date, Received=ARRIVED)).date
    assert found == datetime(2024, 5, 20, 9, 7, tzinfo=UTC)


SENDERS = {
    "John Smith, Jr <js@example.com>": ("John Smith, Jr", "js@example.com"),
    "Acme, Inc., Sales & Co. <s@example.com>": ("Acme, Inc., Sales & Co.", "s@example.com"),
    "Анна П., ООО Ромашка <i@example.com>": ("Анна П., ООО Ромашка", "i@example.com"),
    "Anna <i@example,com>": ("Anna", "i@example.com"),
}


@pytest.mark.parametrize(("field", "told"), SENDERS.items(), ids=SENDERS.keys())
def test_a_comma_that_nobody_quoted(field: str, told: tuple[str, str]) -> None:
    sender = read_letter(raw_letter(From=field)).from_
    assert (sender.name, sender.address) == told


def test_recipients_without_names_stay_apart() -> None:
    read = read_letter(raw_letter(To="a@example.com, Jane Roe <b@example.com>, c@example.com"))
    assert [each.address for each in read.to] == ["a@example.com", "b@example.com", "c@example.com"]


WORDS = "Где мой заказ № 17"
SUBJECTS: dict[str, tuple[str | bytes, str]] = {
    "raw UTF-8 folded inside a character": (
        "Заказ 5".encode()[:5] + b"\r\n " + "Заказ 5".encode()[5:],
        "Заказ 5",
    ),
    "a raw code page folded before a quote": (
        "Заказ из".encode("cp1251") + b"\r\n " + "«Ромашки»".encode("cp1251"),
        "Заказ из «Ромашки»",
    ),
    "blanks in the head of a word": ("=? utf-8? B? 0JPQtNC1?=", "Где"),
    "a soft break behind the last letter": ("=?utf-8?Q?=D0=93=D0=B4=D0=B5=?=", "Где"),
    "a raw sign for number, and a number": ("№ 15".encode("cp1251"), "№ 15"),
    "and plain words before it": ("Order №15, «new»".encode("cp1251"), "Order №15, «new»"),
    "a small raised one stays": ("Footnote\u00b9 15".encode("latin-1"), "Footnote\u00b9 15"),
    "halves of a pair as characters": ("=?UTF-8?B?7aC87b6J?= ok", "\U0001f389 ok"),
    "partly written twice stays": ("Ñ‡Ñ‘Ñ‚ и счёт".encode(), "Ñ‡Ñ‘Ñ‚ и счёт"),
    "UTF-8 written twice, all of it": ("5 Ñ‡Ñ‘Ñ‚".encode(), "5 чёт"),
    "UTF-8 written twice, as Latin-1": (WORDS.encode().decode("latin-1").encode(), WORDS),
    "letters as numbers of HTML": ("&#1057;&#1095;&#1105;&#1090; 5", "Счёт 5"),
    "one number alone is somebody's": ("about &#8470; in pages", "about &#8470; in pages"),
    "plain numbers are somebody's": ("&#60;b&#62;", "&#60;b&#62;"),
    "accented letters in capitals": ("ESPAÑA Y PERÚ, ÑUÑOA".encode(), "ESPAÑA Y PERÚ, ÑUÑOA"),
}


@pytest.mark.parametrize(("written", "said"), SUBJECTS.values(), ids=SUBJECTS.keys())
def test_subjects(written: str | bytes, said: str) -> None:
    assert read_letter(raw_letter(Subject=written)).subject == said


RUSSIAN = "Здравствуйте! Где мой заказ номер 17? Жду ответа до пятницы, иначе верну товар."


@pytest.mark.parametrize("label", ["gb2312", "big5", "shift_jis", "ks_c_5601-1987", "utf-16"])
def test_a_russian_text_is_never_chinese(label: str) -> None:
    content_type = f"text/plain; charset={label}"
    letter = raw_letter(RUSSIAN.encode("cp1251"), Content_Type=content_type)
    assert read_letter(letter).text.strip() == RUSSIAN


@pytest.mark.parametrize(
    ("text", "codec", "label"),
    [
        ("Zażółć gęślą jaźń, śledź", "cp1250", "iso-8859-2"),
        ("Καλημέρα, “Άννα”", "cp1253", "iso-8859-7"),
        ("Zażółć gęślą jaźń", "iso8859-2", "iso-8859-2"),
    ],
)
def test_windows_has_letters_where_the_standard_has_control_signs(
    text: str, codec: str, label: str
) -> None:
    letter = raw_letter(text.encode(codec), Content_Type=f"text/plain; charset={label}")
    assert read_letter(letter).text.strip() == text


def test_the_last_letter_of_a_footer_in_another_charset_is_kept() -> None:
    content = "Это основной текст письма.\n".encode() + "Отправлено через шлюз".encode("cp1251")
    letter = raw_letter(content, Content_Type="text/plain; charset=utf-8")
    assert read_letter(letter).text.endswith("Отправлено через шлюз")


def test_a_header_of_more_wrong_lines_than_are_told_is_read() -> None:
    wrong = b"".join(b"no field at all %d\r\nX-Field: 1\r\n" % number for number in range(300))
    read = read_letter(b"Received: from a by b\r\n" + wrong + raw_letter("Где заказ?"))
    assert (read.from_.address, read.subject) == ("ivan@example.ru", "Привет")


@pytest.mark.parametrize("before", [b" \r\n", b"\r\n\t\r\n", b"  \n\n"])
def test_blank_lines_above_the_header_are_no_header(before: bytes) -> None:
    read = read_letter(before + raw_letter("Где заказ?", Subject="Привет"))
    assert (read.subject, read.text.strip()) == ("Привет", "Где заказ?")
