"""Bodies that senders write against the rules, and what a person reads in them."""

from base64 import b64encode, urlsafe_b64encode

import pytest

from bridge.parse.letter import ParsedLetter
from bridge.parse.message import read_letter
from tests.letters import raw_letter

WORDS = "Где мой заказ номер семнадцать"
TEXT = "Здравствуйте! Когда придёт заказ 17? Ответьте, пожалуйста.\r\n"
PLAIN = "text/plain; charset=utf-8"
PAGE = "text/html; charset=utf-8"
BASE64 = b64encode(WORDS.encode()).decode()


def read(body: bytes | str = "x", /, **fields: str | bytes | None) -> ParsedLetter:
    return read_letter(raw_letter(body, **fields))


def container(kind: str, *parts: bytes) -> ParsedLetter:
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts) + b"--b--\r\n"
    return read(body, Content_Type=f"multipart/{kind}; boundary=b")


def part(body: str, content_type: str = PLAIN, rest: str = "") -> bytes:
    return f"Content-Type: {content_type}\r\n{rest}\r\n{body}".encode()


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
