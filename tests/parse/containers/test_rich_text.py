"""Letters that Outlook wrote as compressed RTF: its words, or the page that is packed into it."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.parse.message import read_letter
from bridge.parse.rich_text.compressed_rtf import MAX_RTF, decompressed
from bridge.parse.rich_text.rtf import MAX_TEXT, read_rtf
from tests.letters import base64_part, multipart, part
from tests.letters import raw_letter as letter
from tests.parse.containers.test_winmail import attribute, file, sent, winmail
from tests.parse.validation import validated

HEAD = rb"{\rtf1\ansi\ansicpg1251\deff0{\fonttbl{\f0\fswiss\fcharset204 Arial;}{\f1\fcharset0 A;}}"
PAGE = rb"{\rtf1\ansi\ansicpg1251\fromhtml1 \deff0{\fonttbl{\f0\fswiss\fcharset204 Arial;}}"


KNOWN_SIZE = 207  # of the text that every text may refer to


def escaped(text: str, charset: str = "cp1251") -> bytes:
    return b"".join(b"\\'%02x" % byte for byte in text.encode(charset))


def literal(rtf: bytes) -> bytes:
    """Return RTF "compressed" without references ([MS-OXRTFCP] 2.1.3.1)."""
    tokens = b"".join(b"\0" + rtf[at : at + 8] for at in range(0, len(rtf), 8))
    return struct.pack("<II4sI", len(tokens) + 12, len(rtf), b"LZFu", 0) + tokens


def plain(rtf: bytes) -> bytes:
    return struct.pack("<II4sI", len(rtf) + 12, len(rtf), b"MELA", 0) + rtf


def with_rtf(compressed: bytes, *more: bytes) -> bytes:
    value = compressed + b"\0" * (-len(compressed) % 4)
    listed = struct.pack("<IHHII", 1, 0x0102, 0x1009, 1, len(compressed)) + value
    return winmail(attribute(0x00069003, listed, 1), *more)


# The example of [MS-OXRTFCP] 4.1.1, with a reference into the text that every text begins with.
EXAMPLE = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a80"
    "0fa0"
)


def test_the_example_of_the_specification() -> None:
    assert decompressed(EXAMPLE) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"


def test_a_copy_that_runs_into_itself() -> None:
    """The example of [MS-OXRTFCP] 4.1.2."""
    content = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")
    assert decompressed(content) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"


@pytest.mark.parametrize(
    ("rtf", "text"),
    [
        pytest.param(HEAD + rb"\pard\f0 " + escaped("Привет") + rb"\par}", "Привет", id="cp1251"),
        pytest.param(
            HEAD + rb"\f1 " + escaped("Продлить до 2025 года") + b"}",
            "Продлить до 2025 года",
            id="in the document's code page",
        ),
        pytest.param(
            rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f3\fcharset204 A;}}\f3 "
            + escaped("Да")
            + rb"{\f9 caf\'e9} "
            + escaped("нет")
            + b"}",
            "Даcafé нет",
            id="a font says the charset, as far as its group goes",
        ),
        pytest.param(
            HEAD + rb"\uc1\u1055?\u1088?\u1080?\u1074?\u1077?\u1090\'f2 \u-10179?\u-8704?}",
            "Привет 😀",
            id="Unicode",
        ),
        pytest.param(HEAD + rb"\uc0\u1055\u1088 ok}", "Прok", id="Unicode without a stand-in"),
        pytest.param(
            HEAD + b"one\\par two\\line three\\tab four\\\r\nfive}",
            "one\ntwo\nthree\tfour\nfive",
            id="breaks",
        ),
        pytest.param(
            HEAD + rb"a\{b\}c\\d\~e\_f\emdash g\bullet}", "a{b}c\\d\u00a0e\u2011f—g•", id="signs"
        ),
        pytest.param(
            HEAD + rb"{\*\generator X;}{\info{\author A}}{\pict 0102}{\header h}{\*\x{y}}seen}",
            "seen",
            id="what nobody sees",
        ),
        pytest.param(HEAD + b"{\\pict\\bin4 {{}}}seen}", "seen", id="raw bytes"),
        pytest.param(
            rb'{\rtf1{\field{\*\fldinst HYPERLINK "http://a"}{\fldrslt link}} end}',
            "link end",
            id="a link",
        ),
        pytest.param(
            rb"{\rtf1\ansicpg932{\fonttbl{\f0\fcharset128 M;}}\f0 "
            + escaped("表示", "cp932")
            + b"}",
            "表示",
            id="two bytes a sign",
        ),
        pytest.param(HEAD + b"no end", "no end", id="cut off"),
        pytest.param(b"no RTF", "", id="no RTF"),
    ],
)
def test_the_text_of_rtf(rtf: bytes, text: str) -> None:
    assert read_rtf(rtf).text == text
    assert read_letter(sent(with_rtf(literal(rtf)), text="\r\n\r\n")).text.strip() == text.strip()


def test_a_page_inside_rtf() -> None:
    rtf = (
        PAGE
        + rb"{\*\htmltag19 <html>}{\*\htmltag34 <head>}{\*\htmltag1 <style>p{}\par </style>}"
        + rb"{\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 "
        + escaped("Просим продлить поддержку")
        + rb" {\*\htmltag84 <b>}\htmlrtf {\b \htmlrtf0 2025\htmlrtf }\htmlrtf0 {\*\htmltag92 </b>}"
        + rb"{\*\htmltag84 &lt;}\htmlrtf <\htmlrtf0 44-"
        + escaped("П")
        + rb"\htmlrtf\par}\htmlrtf0 {\*\htmltag72 </p>}{\*\mhtmltag x}"
        + rb"{\*\htmltag64 <p>}\u1053?\u1077?\u1090?{\*\htmltag27 </html>}}"
    )
    read = read_letter(sent(with_rtf(literal(rtf), file("акт.doc", b"D0C")), text="\r\n"))
    assert read.text == "Просим продлить поддержку 2025<44-П\n\nНет"
    assert "<b>2025</b>" in read.html
    assert [one.attachment.filename for one in read.parts] == ["акт.doc"]


def test_rich_text_is_a_last_resort() -> None:
    tnef = with_rtf(plain(HEAD + b"the same words}"))
    read = read_letter(sent(tnef, text="The same words"))
    assert read.text == "The same words"
    assert [one.attachment.filename for one in read.parts] == ["winmail.dat"]
    assert read_letter(sent(tnef, text="\u200b\r\n")).text == "the same words"


def test_a_winmail_under_another_name() -> None:
    tnef = base64_part(with_rtf(plain(HEAD + b"words}")), "application/octet-stream; name=a.dat")
    assert read_letter(multipart(part(""), tnef)).text == "words"


def test_a_letter_that_is_rtf_itself() -> None:
    read = read_letter(letter(HEAD + escaped("Привет") + b"}", Content_Type="text/rtf"))
    assert read.text == "Привет"


@settings(deadline=None)
@given(st.binary(max_size=200), st.integers(0, 60), st.sampled_from([b"LZFu", b"MELA", b"    "]))
def test_damaged_rich_text_never_harms(noise: bytes, place: int, kind: bytes) -> None:
    whole = bytearray(literal(HEAD + b"\\par\\u1055?{\\pict x}{\\*\\htmltag <p>}" * 3))
    whole[8:12] = kind
    validated(read_letter(sent(with_rtf(bytes(whole[:place]) + noise + bytes(whole[place:])), "")))


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_in_a_document(noise: bytes) -> None:
    for start in (HEAD, PAGE):
        rich = read_rtf(start + noise)
        (rich.text + rich.page).encode("utf-8")


@pytest.mark.parametrize(
    "rtf",
    [
        pytest.param(b"{" * 3_000_000, id="groups in each other"),
        pytest.param(HEAD + b"{}" * 1_500_000, id="empty groups"),
        pytest.param(HEAD + b"\\a" * 1_500_000, id="control words"),
        pytest.param(HEAD + b"\\uc1000000000 \\u1?" * 200_000, id="stand-ins"),
        pytest.param(HEAD + b"\\bin9999999999 x" * 200_000, id="raw bytes beyond the end"),
        pytest.param(HEAD + b"\\'e0" * 700_000, id="one long text"),
        pytest.param(HEAD + b"\\" * 3_000_000, id="back slashes"),
    ],
)
def test_rich_text_made_to_hurt(rtf: bytes) -> None:
    assert len(read_rtf(rtf).text) <= MAX_TEXT


def test_a_bomb_of_references_is_unpacked_to_a_bound() -> None:
    here, tokens = KNOWN_SIZE, bytearray()
    for number in range(200_000):
        reference = (here - 1) % 4096 << 4 | 0xF
        tokens += (b"" if number % 8 else b"\xff") + reference.to_bytes(2, "big")
        here += 17
    content = struct.pack("<II4sI", len(tokens) + 12, 2**32 - 1, b"LZFu", 0) + tokens
    assert len(decompressed(content)) == MAX_RTF


RICH = {
    "enriched: a line end is a blank": (
        "text/enriched",
        "one\r\ntwo\r\n\r\nthree",
        "one two\nthree",
    ),
    "enriched: a doubled sign is one": ("text/enriched", "<bold>5 << 7</bold>", "5 < 7"),
    "enriched: what a command takes is none": (
        "text/enriched",
        "<color><param>red</param>Где заказ?</color>",
        "Где заказ?",
    ),
    "richtext: lines by commands": ("text/richtext", "<bold>Где</bold><nl>заказ?", "Где\nзаказ?"),
    "richtext: remarks, signs, paragraphs": (
        "text/richtext",
        "<comment>draft</comment><paragraph>5 <lt> 7</paragraph>Да",
        "5 < 7\n\nДа",
    ),
}


@pytest.mark.parametrize(("kind", "written", "said"), RICH.values(), ids=RICH.keys())
def test_older_rich_text_is_the_text_of_a_letter(kind: str, written: str, said: str) -> None:
    read = read_letter(letter(written, Content_Type=f"{kind}; charset=utf-8"))
    assert (read.text, read.attachments) == (said, [])
