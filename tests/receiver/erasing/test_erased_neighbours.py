"""An address is found in every encoding, whatever bytes stand beside it, and in no longer one."""

import base64
import quopri
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.reading.addresses import canonical
from contract.reading.written import addresses_in, plain_addresses_in
from receiver.erasing.traces.contents import texts_in

IVAN = "ivan.petrov@example.ru"
BESIDE = '，。、；：（）「」『』【】〈〉《》！？…—–«»“”„‚、・•|<>()[]{};:,!?"\t\n\r  \u3000\u2028'
AFTER = BESIDE.replace("\u2028", "")

Encoding = Callable[[str], bytes]
ENCODINGS: dict[str, Encoding] = {
    "UTF-8": str.encode,
    "UTF-16 LE": lambda text: text.encode("utf-16-le"),
    "UTF-16 BE": lambda text: text.encode("utf-16-be"),
    "UTF-16 with its mark": lambda text: text.encode("utf-16"),
    "UTF-32 LE": lambda text: text.encode("utf-32-le"),
    "UTF-32 BE": lambda text: text.encode("utf-32-be"),
    "quoted-printable": lambda text: quopri.encodestring(text.encode()),
    "every sign quoted": lambda text: b"".join(b"=%02X" % each for each in text.encode()),
    "a soft line break in it": lambda text: (
        text.replace("petrov", "pet=\r\nrov").encode() + b" =C3=A9"
    ),
    "base64 in lines": lambda text: base64.encodebytes(text.encode() + b" " * 20),
    "base64 of UTF-16": lambda text: base64.encodebytes(text.encode("utf-16-le") + b" \0" * 10),
    "a URL": lambda text: text.replace("@", "%40").encode(),
    "a URL in UTF-16": lambda text: text.replace("@", "%40").encode("utf-16-le"),
    "an entity": lambda text: text.replace("@", "&#64;").encode(),
    "an entity in hexadecimal": lambda text: text.replace("@", "&#x40;").encode(),
    "capitals": lambda text: text.replace(IVAN, IVAN.upper()).encode(),
}
PLACES = {
    "text": (b"Head: x\r\n\r\n", b"\r\n--b--\r\n"),
    "binary": (b"\0\xff\x12=\0=3\0", b"\0=\0\xfe"),
    "a zero far away": (b"x" * 40 + b"\0\r\n", b"\r\n"),
    "at both ends": (b"", b""),
}


def found_in(content: bytes) -> set[str]:
    texts = [*texts_in(content, words=False)]
    return {canonical(one) for text in texts for one in {*addresses_in(text)}}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("how", ENCODINGS)
@given(before=st.sampled_from(BESIDE), after=st.sampled_from(AFTER))
def test_it_is_found_beside_anything(how: str, place: str, before: str, after: str) -> None:
    head, tail = PLACES[place]
    content = head + ENCODINGS[how](f"{before}{IVAN}{after}") + tail
    assert IVAN in found_in(content)


@pytest.mark.parametrize("how", ["UTF-16 LE", "UTF-16 BE", "UTF-32 LE", "UTF-32 BE"])
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=8))
def test_wide_text_is_read_as_the_same_text_in_utf_8(how: str, text: str) -> None:
    said = f"{text} {IVAN} {text}"
    assert {canonical(each) for each in plain_addresses_in(said)} <= found_in(ENCODINGS[how](said))


@pytest.mark.parametrize(
    "piece", [b"@\0", b"\0@", b"@\0\0\0", b"=4\0", b"=?\0", b"=41\0", b"%\0&\0"]
)
def test_hostile_bytes_are_read_in_bounds(piece: bytes) -> None:
    content = piece * (200_000 // len(piece))
    assert sum(map(len, texts_in(content, words=True))) < 40 * len(content)
