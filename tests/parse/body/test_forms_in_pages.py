"""Text typed, chosen or ticked in a form that was mailed as HTML; and damaged HTML."""

import pytest

from bridge.parse.letter import ParsedLetter
from bridge.parse.message import read_letter
from tests.letters import raw_letter


def page(source: str) -> str:
    raw = raw_letter(source, Content_Type="text/html; charset=utf-8")
    return " ".join(read_letter(raw).text.split())


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ('<p>Имя: <input type="text" value="Иван <Петров>"></p>', "Имя: Иван <Петров>"),
        ("<p>Почта: <input value=ivan@example.org></p>", "Почта: ivan@example.org"),
        ("<p>Дата: <INPUT TYPE='date' VALUE='2024-05-20'></p>", "Дата: 2024-05-20"),
        ("<p><input type=checkbox checked> Согласен</p>", "[x] Согласен"),
        ('<p><input type="radio" checked="checked">Да <input type="radio">Нет</p>', "[x] Да Нет"),
        ("<p>Срок: <select><option>1<option selected>2 дня</select></p>", "Срок: 2 дня"),
        ("<p>Срок: <select><option>1</option></select> дня</p>", "Срок: дня"),
        ('<p>Ответ<input type="hidden" value="id=5"></p>', "Ответ"),
        ('<p>Ответ<input type="submit" value="OK"><input></p>', "Ответ"),
    ],
)
def test_what_was_put_into_a_form_is_text(source: str, shown: str) -> None:
    source = source.replace("<Петров>", "&lt;Петров&gt;")
    assert page(source) == shown


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("<xmp><b>код</b></xmp><p>Текст</p>", "<b>код</b> Текст"),
        ("<p>До</p><plaintext>Текст <b>и", "До Текст <b>и"),
        (
            '<p class="x>Заказ 17</p><p>Не пришёл "до сих пор"</p>',
            'Заказ 17 Не пришёл "до сих пор"',
        ),
    ],
)
def test_a_page_that_would_show_nothing(source: str, shown: str) -> None:
    assert page(source) == shown


def bytes_of_no_kind(content: bytes, kind: str, encoding: str = "8bit") -> ParsedLetter:
    return read_letter(raw_letter(content, Content_Type=kind, Content_Transfer_Encoding=encoding))


@pytest.mark.parametrize("kind", ["application/octet-stream", "application/text"])
def test_a_letter_whose_text_is_called_bytes_is_read(kind: str) -> None:
    letter = bytes_of_no_kind("Добрый день, где мой заказ?\r\n".encode(), kind)
    assert letter.text.strip() == "Добрый день, где мой заказ?"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj", "application/octet-stream"),
        ("Добрый день, где заказ?".encode(), "application/octet-stream; name=a.txt"),
        (b"a;b\r\n1;2\r\n", "application/octet-stream"),
    ],
)
def test_a_file_alone_is_no_text(content: bytes, kind: str) -> None:
    letter = bytes_of_no_kind(content, kind)
    assert (letter.text, len(letter.parts)) == ("", 1)
