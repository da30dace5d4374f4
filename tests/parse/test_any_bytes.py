"""Whatever the bytes are: reading never raises, gives the same again, and fits the contract."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.parse.message import read_letter
from tests.letters import base64_part, container, multipart, part
from tests.letters import raw_letter as letter
from tests.parse.validation import validated

FIELD_NAMES = st.sampled_from(
    ["From", "To", "Cc", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Sender",
     "Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Reply-To", "Received",
     "Thread-Index", "Content-ID", "X", "\0", "a b"]
)  # fmt: skip
TEXTS = st.text(max_size=80).map(lambda text: text.encode("utf-8", "replace"))
VALUES = TEXTS | st.binary(max_size=80)
PLACES = st.tuples(st.integers(0, 2000), st.integers(0, 40), st.binary(max_size=40))
SHAPES = (
    letter("Текст", References="<a@x> <b@x>", Content_Type="text/plain; charset=koi8-r"),
    letter("<p>Текст</p>", Content_Type="text/html", Content_Transfer_Encoding="base64"),
    multipart(
        part("Текст"),
        container(part("x"), part("<b>x</b>", "text/html"), subtype="alternative"),
        base64_part(b"\x00\x01", "application/ms-tnef; name=winmail.dat"),
        part(letter("inner"), "message/rfc822"),
        part("BEGIN:VEVENT\r\nSUMMARY:x\r\nDTSTART:20260302", "text/calendar"),
    ),
)


@given(st.binary(max_size=2000))
def test_any_bytes(raw: bytes) -> None:
    assert validated(read_letter(raw)) == read_letter(raw)


@given(st.lists(st.tuples(FIELD_NAMES, st.text(max_size=80) | st.binary(max_size=80)), max_size=12))
def test_any_fields(fields: list[tuple[str, str | bytes]]) -> None:
    lines = (
        name.encode()
        + b": "
        + (value if isinstance(value, bytes) else value.encode("utf-8", "replace"))
        for name, value in fields
    )
    validated(read_letter(b"\r\n".join([*lines, b"", b"text"])))


@given(st.sampled_from(SHAPES), st.lists(PLACES, max_size=4))
@settings(max_examples=200)
def test_real_shapes_with_pieces_cut_out_and_put_in(
    shape: bytes, cuts: list[tuple[int, int, bytes]]
) -> None:
    for place, length, piece in cuts:
        shape = shape[:place] + piece + shape[place + length :]
    assert validated(read_letter(shape)) == read_letter(shape)
