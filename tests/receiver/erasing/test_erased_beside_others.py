"""An address is found in bytes whatever else is in them, and whatever stands beside it."""

import base64
import quopri
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.event import Email
from contract.reading.addresses import canonical
from receiver.erasing.survey import held
from receiver.erasing.traces.contents import texts_in
from receiver.erasing.traces.traces import Traces
from receiver.filing.collections import Store
from receiver.store.mongo import Database
from tests.receiver.erasing.people import PETR, come, email
from tests.receiver.erasing.test_erased_in_bytes import put
from tests.receiver.written import MAILBOX

VERA, CYRILLIC = "vera@v.ru", "вера@почта.рф"
NEIGHBOURS = ["", " ", "«", "»", "…", "—", "\u00a0", "“", ",", "<", ">", "(", "\n", "№"]
SINGLE = ("cp1251", "koi8-r", "latin-1")
NOISE = [
    b"X-Gm-Message-State: AOJu0YzQk3zj0dV9pQm7lYHq2Wc8RtNfUeSgBaOiZxLvKwTyPnCdGrMh\r\n",
    b"Content-Type: application/octet-stream\r\n\r\n",
    base64.encodebytes(bytes(range(256)) * 2) + b"--b\r\n\r\n",
    "Тема: письмо\r\n".encode("cp1251"),
    b"\xff\xd8\xff\x00\x01\r\n",
    base64.encodebytes(b"PK\x03\x04aaaa\x08\0" + b"\xff" * 60) + b"--b\r\n\r\n",
]
CARRIERS: dict[str, Callable[[bytes], bytes]] = {
    "as it is": bytes,
    "base64": lambda text: b"\r\n--b\r\n\r\n" + base64.encodebytes(text) + b"--b--\r\n",
    "a letter in base64": lambda text: base64.encodebytes(
        b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(text)
    ),
    "quoted-printable in base64": lambda text: (
        b"\r\n--b\r\n\r\n"
        + base64.encodebytes(b"Subject: x\r\n\r\n" + quopri.encodestring(b"x" * 60 + text))
    ),
}


def tells(content: bytes, address: str, **how: Any) -> bool:
    return any(map(Traces(canonical(address)).mentioned_in, texts_in(content, words=False, **how)))


@given(
    address=st.sampled_from([VERA, CYRILLIC]),
    before=st.sampled_from(NEIGHBOURS),
    after=st.sampled_from(NEIGHBOURS),
    encoding=st.sampled_from(["utf-8", *SINGLE]),
    carrier=st.sampled_from(sorted(CARRIERS)),
    noise=st.tuples(*[st.lists(st.sampled_from(NOISE), max_size=3).map(b"".join)] * 2),
)
def test_it_is_found_whatever_stands_beside_it(
    address: str, before: str, after: str, encoding: str, carrier: str, noise: tuple[bytes, bytes]
) -> None:
    if not address.isascii():
        encoding = "utf-8"
    text = f"Список всех, кого спросить {before}{address}{after} и остальных.\n"
    carried = CARRIERS[carrier](text.encode(encoding, "replace"))
    content = noise[0] + b"\r\n" + carried + b"\r\n" + noise[1]
    assert tells(content, address)
    assert tells(content, address, met=lambda _: None)


@given(
    other=st.sampled_from(["jörg@a.de", "ивера@v.ru", "notrg@a.de", "rg@a.de.com"]),
    carrier=st.sampled_from(sorted(CARRIERS)),
    noise=st.tuples(*[st.lists(st.sampled_from(NOISE[:2] + NOISE[3:5])).map(b"".join)] * 2),
)
def test_others_are_not_taken_for_him(other: str, carrier: str, noise: tuple[bytes, bytes]) -> None:
    content = (
        noise[0] + CARRIERS[carrier](f"Кого спросить: {other}, сегодня.\n".encode()) + noise[1]
    )
    assert not tells(content, "rg@a.de")
    assert not tells(content, CYRILLIC)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("around", ["{}", "\ufeff{}\t", "\ufeff«{}»", "x—{}—", "“{}”", "№{}\u00a0"])
def test_it_is_found_in_utf_16(encoding: str, around: str) -> None:
    content = around.format(VERA).encode(encoding)
    assert tells(content, VERA)
    assert tells(NOISE[0] + MARK + base64.encodebytes(content) + b"--b--\r\n", VERA)


MARK = b"\r\n--b\r\nContent-Type: text/plain\r\n\r\n"


@pytest.mark.parametrize("noise", [b"", *NOISE])
async def test_a_file_tells_him_whatever_its_original_is_made_of(
    database: Database, noise: bytes
) -> None:
    texts = [f"Контакт: «{VERA}», звоните", f"{VERA}—Вера", f"Контакт: {CYRILLIC}, звоните"]
    for number, text in enumerate(texts):
        content = f"{text}\n{number}\n".encode()
        file = await put(database, content, f"{number}.txt")
        original = noise + MARK + base64.encodebytes(content) + b"--b--\r\n" + bytes([48 + number])
        stored = await put(database, original, "")
        raw = {"sha256": stored["sha256"], "size": stored["size"]}
        letter: Email = email(number, PETR, raw=raw, text="x", subject="x", attachments=[file])
        await come(database, letter)
    for address, files in ((VERA, 2), (CYRILLIC, 1)):
        [found] = await held(Store.of(database), [MAILBOX], canonical(address))
        assert (len(found.touched), len(found.telling)) == (files, files), address


@pytest.mark.parametrize("deep", range(5))
def test_what_was_met_was_read_as_it_would_be_by_itself(deep: int) -> None:
    file = f"Контакт: «{VERA}», звоните\n".encode()
    for _ in range(deep):
        file = b"\r\n\r\n" + base64.encodebytes(file) + b"--b--\r\n"
    met: list[bytes] = []
    original = NOISE[0] + MARK + base64.encodebytes(file) + b"--b--\r\n"
    found = tells(original, VERA, met=met.append)
    assert found or file not in met or not tells(file, VERA)
