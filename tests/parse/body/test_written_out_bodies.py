"""Bodies that a program encoded once too often: as encoded words, or for a URL."""

from base64 import b64encode
from urllib.parse import quote, quote_plus

import pytest

from bridge.parse.message import read_letter
from tests.letters import raw_letter as letter

SAID = "Добрый день, где мой заказ? Жду >>>"
BASE64 = b64encode((SAID + "???").encode()).decode()


def read(body: str | bytes, content_type: str = "text/plain; charset=utf-8", cte: str = "") -> str:
    content = body.encode() if isinstance(body, str) else body
    encoding = {"Content_Transfer_Encoding": cte} if cte else {}
    return read_letter(letter(content, Content_Type=content_type, **encoding)).text.strip()


def shells(form: str) -> str:
    return "".join(form % byte if byte > 127 else chr(byte) for byte in SAID.encode())


@pytest.mark.parametrize(
    "body",
    [
        f"=?utf-8?B?{b64encode(SAID.encode()).decode()}?=",
        "=?utf-8?Q?=D0=94=D0=BE=D0=B1=D1=80=D1=8B=D0=B9_=D0=B4=D0=B5=D0=BD=D1=8C?=\n"
        f" =?utf-8?B?{b64encode(SAID.removeprefix('Добрый день').encode()).decode()}?=",
        quote(SAID, safe=""),
        quote_plus(SAID, safe=""),
        shells("\\%o"),
        shells("\\x%02x"),
    ],
    ids=["a word", "several words", "an address", "a form", "octal", "hexadecimal"],
)
def test_a_text_in_escapes_is_read(body: str) -> None:
    assert read(body) == SAID


@pytest.mark.parametrize(
    "body",
    [
        "https://ru.wikipedia.org/wiki/%D0%A1%D1%87%D1%91%D1%82",
        "What does =?utf-8?B?0JTQsA==?= in a subject mean",
        "100%25-ный%20файл.pdf",
        "discount%20code%20SALE%2050",
        "C:\\320\\224\\files",
    ],
)
def test_escapes_in_what_somebody_wrote_stay(body: str) -> None:
    assert read(body) == body


@pytest.mark.parametrize(
    "body",
    [
        f"data:text/plain;charset=utf-8;base64,{BASE64}",
        f"data:;base64,{BASE64}",
        quote(BASE64, safe=""),
        BASE64.replace("=", "%3D"),
    ],
)
def test_base64_that_was_part_of_an_address(body: str) -> None:
    assert read(body, cte="base64") == SAID + "???"


def test_a_page_in_base64_that_no_label_names() -> None:
    source = f'<meta http-equiv="Content-Type" content="text/html">(&quot;x&quot;) {SAID}'
    encoded = b64encode(source.encode()).decode()
    assert read(encoded, "text/plain") == f'("x") {SAID}'


@pytest.mark.parametrize("numbers", ["&#55357;&#56832;", "&#xD83D;&#xDE00;"])
def test_halves_of_a_character_as_numbers(numbers: str) -> None:
    assert read(f"<p>Спасибо {numbers}</p>", "text/html; charset=utf-8") == "Спасибо 😀"
    assert read_letter(letter(Subject=f"Спасибо {numbers}".encode())).subject == "Спасибо 😀"


@pytest.mark.parametrize(("before", "behind"), [("", ""), (" ", " ")])
def test_japanese_without_its_escapes(before: str, behind: str) -> None:
    said = "こんにちは、注文はどこですか"
    content = said.encode("iso2022_jp").replace(b"\x1b(", behind.encode() + b"(")
    content = content.replace(b"\x1b", before.encode())
    assert read(content, "text/plain; charset=iso-2022-jp") == said


@pytest.mark.parametrize("said", ["Price: $Brand (B) and $Bonus(B)", "costs $30 (Japan)"])
def test_dollars_under_its_label_stay(said: str) -> None:
    assert read(said, "text/plain; charset=iso-2022-jp") == said


@pytest.mark.parametrize("flood", ["$B", "$B$", " (B", "$B (B", "$B$3$s"])
def test_a_flood_of_what_looks_like_escapes_takes_no_time(flood: str) -> None:
    """In quadratic time this would take hours."""
    assert read(flood * 200_000, "text/plain; charset=iso-2022-jp")


def test_utf_16_in_quoted_printable() -> None:
    body = "".join(f"={byte:02X}" for byte in SAID.encode("utf-16-le"))
    assert read(body + "\r\n", "text/plain; charset=utf-16le", "quoted-printable") == SAID


@pytest.mark.parametrize("label", ["utf-16", "utf-16le", "utf-16be", "utf-32"])
@pytest.mark.parametrize("end", ["", "?", "??", "\r\n"])
def test_utf_8_that_is_called_utf_16(label: str, end: str) -> None:
    assert read(SAID + end, f"text/plain; charset={label}") == (SAID + end).strip()
