"""Base64 and quoted-printable damaged by a program on the way: the damage is undone."""

import quopri
from base64 import b64encode, encodebytes
from collections.abc import Callable

import pytest

from bridge.parse.message import read_letter
from tests.letters import multipart, part
from tests.letters import raw_letter as letter

TEXT = "Здравствуйте, ёлки ещё не приехали? Ждём с понедельника — сообщите, когда будет машина."


def read(content: bytes, encoding: str = "base64", charset: str = "utf-8") -> str:
    raw = letter(
        content,
        Content_Type=f"text/plain; charset={charset}",
        Content_Transfer_Encoding=encoding,
    )
    return read_letter(raw).text.strip()


@pytest.mark.parametrize("charset", ["utf-8", "windows-1251", "koi8-r"])
@pytest.mark.parametrize("wrap", [encodebytes, b64encode])
def test_base64_of_a_form_that_has_blanks_for_pluses(
    wrap: Callable[[bytes], bytes], charset: str
) -> None:
    content = f"{TEXT.replace('—', '-')} Здесь, ъезд, юг, эхо, объём".encode(charset)
    encoded = wrap(content)
    assert b"+" in encoded
    assert read(encoded.replace(b"+", b" "), charset=charset) == content.decode(charset)


def test_a_file_that_has_blanks_for_pluses() -> None:
    content = b"%PDF-1.4\n" + bytes(range(256)) * 8
    encoded = encodebytes(content).replace(b"+", b" ").replace(b"\n", b"\r\n")
    fields = {"Content_Transfer_Encoding": "base64", "Content_Disposition": "attachment"}
    raw = multipart(part("text"), part(encoded, "application/octet-stream", **fields))
    assert [one.content for one in read_letter(raw).parts] == [content]


@pytest.mark.parametrize("charset", ["utf-8", "windows-1251", "iso-8859-1"])
@pytest.mark.parametrize("more", ["", "a", "bc", "def"])
def test_words_under_the_label_base64_keep_their_blanks(more: str, charset: str) -> None:
    said = f"Hello world how are you today my dear old friend of ours {more}".strip()
    assert read(said.encode(), charset=charset) == said


@pytest.mark.parametrize("end", [b"<br>\n", b"<br />\n", b"\\n", b"\\r\\n"])
def test_line_ends_that_a_program_wrote_into_base64(end: bytes) -> None:
    assert read(encodebytes(TEXT.encode()).replace(b"\n", end)) == TEXT


@pytest.mark.parametrize("more", ["", "x", "xy"])
def test_a_footer_glued_to_base64_without_padding(more: str) -> None:
    encoded = b64encode((TEXT + more).encode()).rstrip(b"=")
    footer = b"Disclaimer: the contents of this email are confidential."
    assert "".join(read(encoded + footer).split()) == "".join(
        f"{TEXT}{more}{footer.decode()}".split()
    )


@pytest.mark.parametrize(
    "footer",
    [
        "THIS MESSAGE IS CONFIDENTIAL",
        "CONFIDENTIALITY NOTICE: the contents",
        "CAUTION! EXTERNAL MAIL",
        "This message is confidential",
        "please consider the environment",
    ],
)
@pytest.mark.parametrize("more", ["", "x", "xy", " Иван"])
def test_a_footer_in_any_letters_glued_to_the_last_line(more: str, footer: str) -> None:
    encoded = encodebytes((TEXT + more).encode()).rstrip().rstrip(b"=")
    said = read(encoded + footer.encode())
    assert "".join(said.split()) == "".join(f"{TEXT}{more}{footer}".split())


LONG = quopri.encodestring((TEXT * 2).encode()).replace(b"\n", b"\r\n")


def test_soft_breaks_that_were_doubled() -> None:
    assert read(LONG.replace(b"=\r\n", b"=\r\n\r\n"), "quoted-printable") == TEXT * 2


def test_an_empty_line_behind_one_of_several_breaks_stays() -> None:
    first, second = LONG.split(b"=\r\n", 1)
    assert "\n" in read(first + b"=\r\n\r\n" + second, "quoted-printable")


@pytest.mark.parametrize(
    "pieces",
    [
        ("Please send us the in", "voice for the sec", "ond quarter"),
        ("Please send ", "the invoice, ", "by Monday"),
        ("Просим", " при", "слать счёт"),
    ],
)
def test_soft_breaks_that_were_doubled_in_short_lines(pieces: tuple[str, ...]) -> None:
    lines = [quopri.encodestring(one.encode(), quotetabs=False).decode() for one in pieces]
    assert read("=\r\n\r\n".join(lines).encode(), "quoted-printable") == "".join(pieces)


def test_paragraphs_that_end_in_a_soft_break_stay_apart() -> None:
    said = "The first one.=\r\n\r\nThe second one.=\r\n\r\nThe third one"
    assert read(said.encode(), "quoted-printable").count("\n") == 2


WORDS = "Добрый день! Просим прислать счёт № 15, заказ ORD-17."


def numbered(form: str) -> str:
    return "".join(form % ord(sign) if sign > "\x7f" else sign for sign in WORDS)


@pytest.mark.parametrize("form", ["&#%d;", "&#x%X;", "\\u%04x", "&amp;#%d;"])
def test_a_text_whose_letters_are_spelt_out(form: str) -> None:
    assert read(numbered(form).encode(), "8bit") == WORDS


def of_page(page: str) -> str:
    raw = letter(page.encode(), Content_Type="text/html; charset=utf-8")
    return read_letter(raw).text.strip()


@pytest.mark.parametrize("form", ["&amp;#%d;", "&amp;#x%X;", "\\u%04x"])
def test_a_page_whose_letters_are_spelt_out_twice(form: str) -> None:
    assert of_page(f"<html><body><p>{numbered(form)}</p></body></html>") == WORDS


def test_a_page_that_was_escaped_as_a_whole() -> None:
    page = f"<div><b>{WORDS}</b><br><i>Иван</i></div>".replace("<", "&lt;").replace(">", "&gt;")
    assert of_page(f"<html><body>{page}</body></html>") == f"{WORDS}\nИван"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Gr&uuml;&szlig;e aus M&uuml;nchen", "Grüße aus München"),
        ("Заказ &quot;Роза&quot; &mdash; срочно", 'Заказ "Роза" — срочно'),
        ("Q&amp;A of O&apos;Brien", "Q&A of O'Brien"),
        ("У нас &nbsp; вместо пробелов и &quot; вместо кавычек", None),
        ("Why does HTML show &uuml; and &ouml; here", None),
        ('if (a &amp;&amp; b) { return "&quot;<br>&quot;"; }', None),
        ("R&uuml;ckruf", None),
    ],
)
def test_signs_that_a_template_wrote_by_name(written: str, said: str | None) -> None:
    assert read(written.encode(), "8bit") == (said or written)
    twice = written.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    assert of_page(f"<p>{twice}</p>") == (said or written)


@pytest.mark.parametrize(
    "said",
    [
        "In JSON write \\u0417 for З.",
        "Use &#1047; or &#8364; in the page",
        '{"name": "\\u0418\\u0432\\u0430\\u043d\\u044b\\u0447\\u0435\\u0432"}',
        "<b>&#1048;&#1074;&#1072;&#1085;&#1099;&#1095;&#1077;&#1074;&#1072;</b> and so on",
    ],
)
def test_escapes_that_a_text_speaks_of_stay(said: str) -> None:
    assert read(said.encode(), "8bit") == said
