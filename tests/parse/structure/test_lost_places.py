"""Headers, parts and line ends in places against the rules, and what a person reads there."""

from base64 import b64encode
from quopri import encodestring

import pytest

from bridge.parse.letter import ParsedLetter
from bridge.parse.message import read_letter
from tests.letters import base64_part, container, joined, multipart, part, raw_letter

PAGE = "text/html; charset=utf-8"
WORDS = "Где мой заказ номер 17?"
PDF = b"%PDF-1.4 x"


def told(letter: ParsedLetter) -> tuple[str, list[str]]:
    return letter.text.strip(), [each.filename for each in letter.attachments]


def a_file(name: str = "a.pdf") -> bytes:
    kind = f'application/pdf; name="{name}"'
    return base64_part(PDF, kind, Content_Disposition="attachment")


BELOW = b"""Content-type: multipart/related;\r\n\tBoundary="0__=4EBB"\r\n\r\n"""
PARTS = [part(WORDS), part(f"<p>{WORDS}</p>", PAGE)]
BOTH = joined(*PARTS, boundary="0__=4EBB")


@pytest.mark.parametrize("blank", [b"", b"\r\n\r\n"])
def test_the_type_of_a_letter_below_blank_lines(blank: bytes) -> None:
    """eml-parse-js#47: nothing above names a type, and what is below holds its boundary."""
    assert told(read_letter(raw_letter(blank + BELOW + BOTH))) == (WORDS, [])


@pytest.mark.parametrize(
    ("fields", "below"),
    [
        ("Content-Type: text/html; charset=utf-8", f"<p>{WORDS}</p>".encode()),
        (
            "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64",
            b64encode(WORDS.encode()),
        ),
    ],
)
def test_a_page_or_encoded_lines_below_their_fields(fields: str, below: bytes) -> None:
    """PHP's mail() with a line end too many."""
    raw = raw_letter(f"{fields}\r\n\r\n".encode() + below + b"\r\n")
    assert told(read_letter(raw)) == (WORDS, [])


@pytest.mark.parametrize(
    "text",
    [
        'Content-type: multipart/related; boundary="b"\r\n\r\nЧто значит эта строка?',
        "Content-Type: text/html; charset=utf-8\r\n\r\nЧто значит эта строка?",
        "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\nЧто это?",
    ],
)
def test_somebody_who_writes_of_such_a_field(text: str) -> None:
    assert told(read_letter(raw_letter(text)))[0].startswith("Content-")


@pytest.mark.parametrize("blank", ["\r\n", "\r\n\r\n"])
def test_the_name_of_a_file_below_its_type(blank: str) -> None:
    """MailScanner/v4#58: the field ends in a semicolon, its parameter is not indented."""
    broken = (
        f'Content-Type: application/pdf; x-unix-mode=0600;{blank}name="a.pdf"\r\n'
        f"Content-Transfer-Encoding: base64\r\n\r\n{b64encode(PDF).decode()}\r\n"
    )
    letter = read_letter(multipart(part(WORDS), broken.encode()))
    assert told(letter) == (WORDS, ["a.pdf"])
    assert letter.parts[0].content == PDF


@pytest.mark.parametrize("written", ['"{}"', '\\"{}\\"', "{}"])
@pytest.mark.parametrize("boundary", ["----------=_1731421220-104976-1900", "=_edge"])
def test_a_boundary_of_dashes_however_it_is_quoted(boundary: str, written: str) -> None:
    """eml-parser#5, Znuny#476."""
    kind = "multipart/mixed; boundary=" + written.format(boundary)
    raw = raw_letter(joined(part(WORDS), a_file(), boundary=boundary), Content_Type=kind)
    assert told(read_letter(raw)) == (WORDS, ["a.pdf"])


def test_parts_of_a_boundary_of_dashes_that_nothing_names() -> None:
    raw = raw_letter(joined(*PARTS, boundary="----------=_1731421220"), MIME_Version=None)
    assert told(read_letter(raw)) == (WORDS, [])


BESIDE: dict[str, tuple[list[bytes], int]] = {
    "the text first": (PARTS, 1),
    "the page first": (PARTS[::-1], 1),
    "the page first, an empty container behind": ([*PARTS[::-1], container(boundary="=_no")], 1),
    "two texts": ([PARTS[0], PARTS[0]], 2),
    "another text": ([PARTS[1], part("Другое")], 1),
}


@pytest.mark.parametrize(("parts", "times"), BESIDE.values(), ids=BESIDE.keys())
def test_a_text_and_a_page_that_say_the_same(parts: list[bytes], times: int) -> None:
    """mail-mime-parser#59: beside each other as if they were two, in either order."""
    letter = read_letter(multipart(*parts, a_file()))
    assert (letter.text.count(WORDS), told(letter)[1]) == (times, ["a.pdf"])


EXPORTED = "8E662D2D05B0\r\n*** ENVELOPE RECORDS ***\r\nmessage_size: 1234\r\n\r\n"


def test_lines_that_an_export_wrote_above_the_header() -> None:
    """eml_parser#24."""
    letter = read_letter(EXPORTED.encode() + raw_letter(WORDS))
    assert (letter.from_.address, told(letter)[0]) == ("ivan@example.ru", WORDS)


def test_a_text_without_a_header_that_quotes_one() -> None:
    quoted = "From: Anna <anna@example.org>\r\nDate: Mon, 20 May 2024 12:31:00 +0300\r\n\r\nДа."
    letter = read_letter(f"Вот что она пишет\r\n\r\n{quoted}".encode())
    assert "Вот что она пишет" in letter.text


ENDS: dict[str, tuple[str, str]] = {
    "every line end written twice": (
        "One=0A\r\nTwo=0A=0D\r\nThree=0D=0A\r\nFour=0D\r\nFive",
        "One\nTwo\nThree\nFour\nFive",
    ),
    "as mail#493, with soft breaks": ("One=0A\r\nTw=\r\no=0A\r\nThree", "One\nTwo\nThree"),
    "all encoded, wrapped softly": ("One=0ATwo=0A=\r\n=0AThree=0A", "One\nTwo\n\nThree"),
    "encoded within lines, so that a real one counts": (
        "One=0ATwo=0A\r\nThree",
        "One\nTwo\n\nThree",
    ),
    "an empty line stays": ("One=0A\r\n\r\nTwo", "One\n\nTwo"),
}


@pytest.mark.parametrize(("written", "read"), ENDS.values(), ids=ENDS.keys())
def test_line_ends_of_quoted_printable(written: str, read: str) -> None:
    raw = raw_letter(written, Content_Type=PAGE.replace("html", "plain"))
    head, _, body = raw.partition(b"\r\n\r\n")
    letter = read_letter(head + b"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + body)
    assert letter.text.strip() == read


ONCE = "=?UTF-8?Q?" + "".join(f"={byte:02X}" for byte in "Счёт № 15.xlsx".encode()) + "?="
TWICE = b64encode(ONCE.encode()).decode()


@pytest.mark.parametrize("charset", ["", "utf-8", "us-ascii"])
def test_a_name_that_was_encoded_twice(charset: str) -> None:
    """mimelib#29: cut into words of no charset."""
    name = f"=?{charset}?B?{TWICE[:40]}?==?{charset}?B?{TWICE[40:]}?="
    letter = read_letter(multipart(part(WORDS), a_file(name)))
    assert letter.attachments[0].filename == "Счёт № 15.xlsx"
    assert read_letter(raw_letter("x", Subject=name)).subject == "Счёт № 15.xlsx"


def test_somebody_who_writes_of_encoded_words() -> None:
    said = f"Что такое {ONCE} в теме?"
    raw = raw_letter("x", Subject=f"=?utf-8?B?{b64encode(said.encode()).decode()}?=")
    assert read_letter(raw).subject == said


GLUED: dict[str, tuple[str, bytes]] = {
    "MimeKit#94": (
        'Content-Type: text/plain; charset = "utf-8" Content-Transfer-Encoding: base64',
        b64encode(WORDS.encode()),
    ),
    "quoted-printable": (
        'Content-Type: text/plain; charset="utf-8"; Content-Transfer-Encoding: quoted-printable',
        encodestring(WORDS.encode()),
    ),
    "a page": (
        "MIME-Version: 1.0Content-Type: text/html; charset=utf-8",
        f"<p>{WORDS}</p>".encode(),
    ),
    "both, on the line of the first": (
        "MIME-Version: 1.0 Content-Type: text/plain; charset=windows-1251",
        WORDS.encode("cp1251"),
    ),
}


@pytest.mark.parametrize(("fields", "body"), GLUED.values(), ids=GLUED.keys())
@pytest.mark.parametrize("nested", [False, True])
def test_two_fields_on_one_line(fields: str, body: bytes, nested: bool) -> None:
    part_of_it = fields.encode() + b"\r\n\r\n" + body
    raw = (
        multipart(part_of_it)
        if nested
        else fields.encode() + b"\r\n" + raw_letter(body, MIME_Version=None)
    )
    assert told(read_letter(raw)) == (WORDS, [])


def test_a_name_that_holds_a_colon_is_no_field() -> None:
    kind = 'text/plain; charset=utf-8; name="Content-Type: x.txt"'
    letter = read_letter(multipart(part("x"), part("y", kind, Content_Disposition="attachment")))
    assert letter.attachments[0].filename.startswith("Content-Type")


@pytest.mark.parametrize("words", ["ИП", "спс"])
def test_the_charset_of_a_container_is_that_of_its_texts(words: str) -> None:
    """zammad#2200: the parts name none, and are too short to tell."""
    raw = multipart(part(words.encode("cp1251"), "text/plain")).replace(
        b"multipart/mixed;", b"multipart/mixed; charset=windows-1251;"
    )
    assert read_letter(raw).text.strip() == words


UNENDED = {
    "a style": f"<html><head><style>p {{color: red}}</head><body><p>{WORDS}</p></body></html>",
    "a title": f"<html><head><title>Заказ<body><p>{WORDS}</p></body></html>",
    "a remark": f"<html><body><!-- <p>{WORDS}</p></body></html>",
}


@pytest.mark.parametrize("page", UNENDED.values(), ids=UNENDED.keys())
def test_a_page_of_which_nothing_would_be_left(page: str) -> None:
    assert WORDS in read_letter(raw_letter(page, Content_Type=PAGE)).text


def test_a_remark_without_an_end_below_what_is_shown_hides_nothing() -> None:
    """A browser shows nothing behind it; nobody could know that there is more."""
    letter = read_letter(raw_letter(f"<p>Номер</p><!-- [if mso]>{WORDS}", Content_Type=PAGE))
    assert letter.text.split() == ["Номер", *WORDS.split()]


def test_a_delimiter_behind_the_last_word_where_fields_stand_below() -> None:
    glued = joined(*PARTS, boundary="=_edge_77").replace(b"17?\r\n--", b"17?--", 1)
    raw = raw_letter(glued, Content_Type='multipart/alternative; boundary="=_edge_77"')
    assert told(read_letter(raw)) == (WORDS, [])


@pytest.mark.parametrize("kind", ["text/html", "text/plain"])
def test_parts_below_a_remark_under_the_type_of_a_text(kind: str) -> None:
    body = b"This is a multi-part message in MIME format.\r\n" + joined(*PARTS, boundary="b")
    assert told(read_letter(raw_letter(body, Content_Type=f"{kind}; boundary=b"))) == (WORDS, [])


def test_parts_that_begin_right_below_the_header() -> None:
    """Without an empty line the first delimiter ends the header."""
    raw = (
        raw_letter(b"", Content_Type='multipart/mixed; boundary="b"').rstrip()
        + b"\r\n"
        + joined(*PARTS, boundary="b")
    )
    assert told(read_letter(raw))[0] == WORDS


def test_a_boundary_that_is_another_with_dashes_before_it() -> None:
    """mailparse#100."""
    inner = container(*PARTS, subtype="alternative", boundary="--section_boundary")
    raw = raw_letter(
        joined(inner, boundary="section_boundary"),
        Content_Type='multipart/mixed; boundary="section_boundary"',
    )
    assert told(read_letter(raw)) == (WORDS, [])
