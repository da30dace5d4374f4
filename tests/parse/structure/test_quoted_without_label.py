"""Quoted-printable that no field names, or that a relay broke into lines of its own."""

import pytest

from bridge.parse.message import read_letter
from tests.letters import raw_letter

PAGE = (
    b"<html><head></head><body styl=\r\n"
    b'e=3D"padding:0;margin:0">Order 5 =E2=84=96 7</b=\r\nody></html>\r\n'
)
PROSE = (
    b"We have received your order of the twentieth of May and are going to send=\r\n"
    b" it by the end of the week, as agreed with your colleague on the telephone=\r\n"
    b" yesterday, if nothing happens.=20\r\n"
)


def read(body: bytes, encoding: str | None, kind: str = "text/plain") -> str:
    raw = raw_letter(
        body, Content_Type=f"{kind}; charset=utf-8", Content_Transfer_Encoding=encoding
    )
    return " ".join(read_letter(raw).text.split())


@pytest.mark.parametrize("encoding", [None, "7bit", "8bit"])
def test_a_page_whose_attributes_are_encoded(encoding: str | None) -> None:
    assert read(PAGE, encoding, "text/html") == "Order 5 № 7"


@pytest.mark.parametrize("encoding", [None, "7bit"])
def test_lines_that_end_in_soft_breaks(encoding: str | None) -> None:
    assert "to send it by the end" in read(PROSE, encoding)
    assert "telephone yesterday, if nothing happens." in read(PROSE, encoding)


@pytest.mark.parametrize(
    "text",
    [
        'Write <a href=3D"x"> in the letter and href="x" in the page',
        "a = b, and c=d",
        'A template: <p class=3D"a">',
        "The link: https://example.org/?a=3D&b=1",
        "=" * 70,
    ],
)
def test_what_only_speaks_of_it_stays(text: str) -> None:
    assert read(text.encode(), None) == text


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r\r\n"])
def test_an_escape_that_a_line_end_parts(end: bytes) -> None:
    body = b"=D0=94=D0=BE=D0=B1=D1=80=D1=8B=D0=B9 =D0=B4=D0=B5=D0=BD=D" + end + b"1=8C" + end
    assert read(body, "quoted-printable") == "Добрый день"
