"""What senders write beside the rules, and what a person reads in it: a table for each kind."""

from base64 import b64encode, urlsafe_b64encode
from datetime import UTC, datetime

import pytest

from bridge.parse.letter import ParsedLetter
from bridge.parse.message import read_letter
from tests.letters import raw_letter

WORDS = "Где мой заказ номер семнадцать"
TEXT = "Здравствуйте! Когда придёт заказ 17? Ответьте, пожалуйста.\r\n"
PLAIN = "text/plain; charset=utf-8"
PAGE = "text/html; charset=utf-8"


def read(body: bytes | str = "x", /, **fields: str | bytes | None) -> ParsedLetter:
    return read_letter(raw_letter(body, **fields))


def container(kind: str, *parts: bytes) -> ParsedLetter:
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts) + b"--b--\r\n"
    return read(body, Content_Type=f"multipart/{kind}; boundary=b")


def part(body: str, content_type: str = PLAIN, rest: str = "") -> bytes:
    return f"Content-Type: {content_type}\r\n{rest}\r\n{body}".encode()


BASE64 = b64encode(WORDS.encode()).decode()
QUOTED = "".join(f"={byte:02X}" for byte in WORDS.encode())

SUBJECTS: dict[str, tuple[str | bytes, str]] = {
    "an encoded word without its end": (f"=?utf-8?B?{BASE64}", WORDS),
    "cut off where the field was too long": (f"Re: =?utf-8?Q?{QUOTED[:39]}", "Re: Где мой"),
    "a word that ends where the next begins": (
        f"=?utf-8?B?{BASE64[:20]} =?utf-8?B?{BASE64[20:]}?=",
        WORDS,
    ),
    "the letters of addresses": (
        f"=?utf-8?B?{urlsafe_b64encode('Жду ответа>>>???'.encode()).decode()}?=",
        "Жду ответа>>>???",
    ),
    "somebody who writes of encoded words": ("What is =?utf-8?B? for", "What is =?utf-8?B? for"),
    "raw beside a name that is UTF-8": (WORDS.encode("cp1251"), WORDS),
}


@pytest.mark.parametrize(("written", "subject"), SUBJECTS.values(), ids=SUBJECTS.keys())
def test_subjects(written: str | bytes, subject: str) -> None:
    assert read(Subject=written).subject == subject


ENCODED: dict[str, tuple[bytes, str, str]] = {
    "base64 in the letters of addresses": (
        urlsafe_b64encode((TEXT * 2 + "???>>>").encode()),
        "base64",
        PLAIN,
    ),
    "a soft break inside an escape": (
        TEXT.strip().encode("utf-8").replace("п".encode(), b"=D0=B=\r\nF"),
        "quoted-printable",
        PLAIN,
    ),
    "UTF-16 under another label": (
        b64encode(TEXT.encode("utf-16-le")),
        "base64",
        "text/plain; charset=windows-1251",
    ),
    "UTF-16, the other way round": (b64encode(TEXT.encode("utf-16-be")), "base64", PLAIN),
}


@pytest.mark.parametrize(("body", "encoding", "label"), ENCODED.values(), ids=ENCODED.keys())
def test_bodies(body: bytes, encoding: str, label: str) -> None:
    found = read(body, Content_Type=label, Content_Transfer_Encoding=encoding)
    assert "Ответьте, пожалуйста" in found.text


NAME = "Договор № 5.pdf"
PERCENT = "".join(f"%{byte:02X}" for byte in NAME.encode())
NAMES: dict[str, tuple[str, str]] = {
    "no semicolon": ('Content-Disposition: attachment filename="a b.pdf"', "a b.pdf"),
    "a comma for it": ('Content-Disposition: attachment, filename="a.pdf"', "a.pdf"),
    "no value in front": ('Content-Disposition: filename="a.pdf"', "a.pdf"),
    "half of a charset's marks": (
        f"Content-Disposition: attachment; filename*=utf-8'{PERCENT}",
        NAME,
    ),
    "a name in the description": (
        "Content-Disposition: attachment\r\nContent-Description: Report.pdf",
        "Report.pdf",
    ),
    "a description that is none": (
        "Content-Disposition: attachment\r\nContent-Description: see version 2.5",
        "see version 2.5.pdf",
    ),
}


@pytest.mark.parametrize(("fields", "name"), NAMES.values(), ids=NAMES.keys())
def test_names_of_files(fields: str, name: str) -> None:
    found = container("mixed", part("x"), part("JVBERi0=", "application/pdf", f"{fields}\r\n"))
    assert [each.attachment.filename for each in found.parts] == [name]
    assert found.text == "x"


def test_a_charset_without_its_semicolon_is_read() -> None:
    body = TEXT.encode("koi8-r")
    assert read(body, Content_Type="text/plain charset=koi8-r").text == TEXT.replace("\r", "")


BODIES: dict[str, tuple[tuple[bytes, ...], str, list[str]]] = {
    "a page's source as the plain alternative": (
        (part("<p>Заказ <b>17</b></p>"), part("<p>Заказ <b>17</b></p>", PAGE)),
        "Заказ 17",
        [],
    ),
    "words that begin with a sign of less stay": (
        (part("<3 вам"), part("<p>&lt;3 вам</p>", PAGE)),
        "<3 вам",
        [],
    ),
    "older rich text as an alternative": (
        (part("Да"), part("<bold>Да</bold>", "text/enriched"), part("<p>Да</p>", PAGE)),
        "Да",
        [],
    ),
    "a page under a name of its own": ((part("<p>Да</p>", "text/htm; charset=utf-8"),), "Да", []),
    "plain text the wrong way round": ((part("Да", "plain/text; charset=utf-8"),), "Да", []),
    "a part whose fields stand below a blank line": (
        (b"\r\n" + part(BASE64, PLAIN, "Content-Transfer-Encoding: base64\r\n"),),
        WORDS,
        [],
    ),
    "blank lines between the fields of a part": (
        (
            part("x"),
            b"Content-Type: application/xml\r\n\r\n"
            b'Content-Disposition: inline; filename="a.xml"\r\n\r\n'
            b"Content-Transfer-Encoding: base64\r\n\r\nQUJD",
        ),
        "x",
        ["a.xml"],
    ),
}


@pytest.mark.parametrize(("parts", "text", "files"), BODIES.values(), ids=BODIES.keys())
def test_parts(parts: tuple[bytes, ...], text: str, files: list[str]) -> None:
    found = container("mixed" if files or len(parts) == 1 else "alternative", *parts)
    assert found.text == text
    assert [each.attachment.filename for each in found.parts] == files


def test_a_page_labelled_plain_text_is_read_as_a_page() -> None:
    page = "<!DOCTYPE html>\r\n<html><body><p>Счёт <b>15</b></p></body></html>"
    assert read(page, Content_Type=PLAIN).text == "Счёт 15"
    assert read("<html> не закрыт", Content_Type=PLAIN).text == "<html> не закрыт"


def test_fields_of_a_letter_in_its_own_words_stay() -> None:
    text = "Заголовок такой:\r\n\r\nContent-Type: text/plain\r\n\r\nчто в нём не так?"
    found = container("mixed", part(text))
    assert "Content-Type: text/plain" in found.text
    assert "что в нём не так" in found.text


WRITTEN = datetime(2024, 5, 20, 9, 31, tzinfo=UTC)
DATES = [
    "Пн, 20 мая 2024 12:31:00 +0300",
    "20 мая 2024 г. 12:31:00 +0300",
    "=?utf-8?B?" + b64encode("Пн, 20 мая 2024 12:31:00 +0300".encode()).decode() + "?=",
    "Mo, 20 Mai 2024 11:31:00 +0200",
    "Mo., 20. Mai 2024 11:31:00 +0200",
    "lun., 20 mai 2024 11:31:00 +0200",
    "lun, 20 de mayo de 2024 11:31:00 +0200",
    "20.05.2024 12:31:00 +0300",
    "20.05.2024 12:31:00",
    "2024-05-20 12:31:00 +0300",
    '"Mon, 20 May 2024 12:31:00 +0300"',
    "Mon, 20 May 2024 12:31:00 +0300;",
    "Mon, 20 May 2024 12:31:00 (UTC+03:00) Москва",
    "Mon, 20 May 2024 12:31:00 +0300 (GMT+03:00)",
    "Mon, 20 May 2024 12:31:00 +0300",
]


@pytest.mark.parametrize("date", DATES)
def test_dates(date: str) -> None:
    received = b"Received: from a by b; Mon, 20 May 2024 09:35:00 +0000\r\n"
    assert read_letter(received + raw_letter("x", Date=date.encode())).date == WRITTEN


SENDERS: dict[str, tuple[str, str]] = {
    "Иван [ivan@example.ru]": ("Иван", "ivan@example.ru"),
    "Ivan <ivan@@example.ru>": ("Ivan", "ivan@example.ru"),
    "Ivan <.ivan@example.ru>": ("Ivan", ".ivan@example.ru"),
    "Ivan <ivan@[192.0.2.1]>": ("Ivan", "ivan@[192.0.2.1]"),
}


@pytest.mark.parametrize(("written", "told"), SENDERS.items(), ids=SENDERS.keys())
def test_senders(written: str, told: tuple[str, str]) -> None:
    sender = read(From=written.encode()).from_
    assert (sender.name, sender.address) == told


def test_a_person_who_answers_out_of_a_crm_is_no_newsletter() -> None:
    link = "<https://crm.example.ru/u>"
    assert read(List_Unsubscribe=link, In_Reply_To="<1@example.com>").kind == "letter"
    assert read(List_Unsubscribe=link).kind == "list"
    assert read(Delivered_To="Autoresponder").kind == "auto-reply"


RECIPIENTS = {
    "a@example.ru b@example.ru": ["a@example.ru", "b@example.ru"],
    "<a@example.ru> <b@example.ru>": ["a@example.ru", "b@example.ru"],
    'Anna <a@example.ru> "Boris, K." <b@example.ru>': ["a@example.ru", "b@example.ru"],
    "Anna <a@example.ru> Boris <b@example.ru>, c@example.ru": [
        "a@example.ru",
        "b@example.ru",
        "c@example.ru",
    ],
    "Anna a@example.ru": ["a@example.ru"],
}


@pytest.mark.parametrize(("written", "addresses"), RECIPIENTS.items(), ids=RECIPIENTS.keys())
def test_recipients_without_commas(written: str, addresses: list[str]) -> None:
    assert [each.address for each in read(To=written).to] == addresses


def test_of_a_field_that_is_given_twice_the_one_that_says_anything_counts() -> None:
    assert (
        read_letter(b"Subject:  \r\nSubject: Test\r\nFrom: a@example.ru\r\n\r\nx").subject == "Test"
    )


def test_parts_whose_header_was_lost_on_the_way_are_parts() -> None:
    body = b"This is a multi-part message in MIME format.\r\n--b\r\n"
    body += part("Да") + b"\r\n--b\r\n" + part("<p>Да</p>", PAGE) + b"\r\n--b\r\n"
    body += part("JVBERi0=", "application/pdf; name=a.pdf", "Content-Transfer-Encoding: base64\r\n")
    found = read(body + b"\r\n--b--\r\n")
    assert found.text == "Да"
    assert [each.attachment.filename for each in found.parts] == ["a.pdf"]
    quoted = read(f"Мне пришло такое:\r\n\r\n{body.decode()}\r\n--b--\r\n", Content_Type=None)
    assert "Мне пришло такое" in quoted.text
    assert "JVBERi0=" in quoted.text


def test_addresses_that_a_template_put_into_a_page_are_seen() -> None:
    page = "<p>Пишите: Анна <anna@example.ru>, <https://example.ru/a?b=1>. <b>Ждём</b></p>"
    shown = "Пишите: Анна <anna@example.ru>, <https://example.ru/a?b=1>. Ждём"
    assert read(page, Content_Type=PAGE).text == shown


def test_fields_of_a_part_as_encoded_words() -> None:
    fields = (
        "Content-Type: =?utf-8?Q?application/pdf;_name=3D=22a.pdf=22?=\r\n"
        "Content-Disposition: =?utf-8?Q?attachment;_filename=3D=22a.pdf=22?=\r\n\r\nx"
    )
    found = container("mixed", part("да"), fields.encode())
    assert [each.attachment.filename for each in found.parts] == ["a.pdf"]
    assert found.parts[0].attachment.content_type == "application/pdf"


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("Ждём", "koi8-r"),
        ("Ждём", "cp1251"),
        ("ТЗ", "cp1251"),
        ("Hej å ä ö", "cp1252"),
        ("ohno öäü", "cp1252"),
    ],
)
def test_short_texts_without_a_label(text: str, charset: str) -> None:
    assert read(text.encode(charset), Content_Type="text/plain").text == text


FILES_WITHOUT_NAMES = {
    "image/jpg": "part-1.jpg",
    "application/octet-stream": "part-1.pdf",
    "application/x-zip-compressed": "part-1.zip",
    "application/x-something": "part-1.pdf",
}


@pytest.mark.parametrize(("kind", "name"), FILES_WITHOUT_NAMES.items())
def test_a_file_without_a_name_is_named_by_its_type_or_by_its_first_bytes(
    kind: str, name: str
) -> None:
    found = container("mixed", part("x"), part("%PDF-1.4", kind))
    assert [each.attachment.filename for each in found.parts] == [name]


@pytest.mark.parametrize("kind", ["text/markdown", "text/x-something", "text/csv"])
def test_a_text_of_an_unknown_kind_is_the_text_where_there_is_no_other(kind: str) -> None:
    found = read("Привет, *мир*", Content_Type=f"{kind}; charset=utf-8")
    assert (found.text, found.parts) == ("Привет, *мир*", ())
    with_text = container("mixed", part("x"), part("Привет", f"{kind}; charset=utf-8"))
    assert (with_text.text, len(with_text.parts)) == ("x", 1)
