"""An erased person's address is found in originals and files, however large and however encoded."""

import base64
import quopri
from io import BytesIO
from itertools import pairwise
from typing import Any

import pytest

from contract.event import Email
from contract.reading.addresses import canonical
from receiver.erasing.looking import AT_ONCE, OVERLAP, windows
from receiver.erasing.survey import held
from receiver.erasing.traces.contents import texts_in
from receiver.filing.collections import Store
from receiver.store.mongo import Database
from tests.receiver.written import MAILBOX
from tests.receiver.years.test_erasing import IVAN, PETR, come, email, file_of

SAYS = f"Спросите {IVAN}, он знает.\r\n".encode()
WITHIN = b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(SAYS)
SPLIT = [base64.b64encode(each).decode() for each in (SAYS[:25], SAYS[25:])]
FILL = b"A line of a letter that somebody else wrote.\r\n" * 4000
ENCODED = {
    "as it is": SAYS,
    "base64": base64.encodebytes(b"x" * 100 + SAYS),
    "base64 in one line": base64.b64encode(SAYS * 9),
    "quoted-printable": quopri.encodestring(SAYS),
    "a letter in base64 within a letter in base64": base64.encodebytes(WITHIN),
    "words of a header, folded": "\r\n ".join(f"=?utf-8?B?{one}?=" for one in SPLIT).encode(),
    "KOI8-R": SAYS.decode().encode("koi8-r"),
    "UTF-16": SAYS.decode().encode("utf-16-le"),
    "entities of HTML": f"<a href='mailto:{IVAN.replace('@', '&#64;')}'>".encode(),
}


@pytest.mark.parametrize("how", ENCODED)
def test_it_is_found_in_every_encoding(how: str) -> None:
    texts = [*texts_in(b"Head: x\r\n\r\n" + ENCODED[how] + b"\r\n--b--\r\n", words=False)]
    assert any("ivan.petrov" in each.casefold() and "@" in each for each in map(unentitied, texts))


def unentitied(text: str) -> str:
    return text.replace("&#64;", "@")


@pytest.mark.parametrize(
    "piece", [b"=?a?b?QUFB?= ", b"QUFB\n", b"A" * 17 + b"\nA!", b"=41", b"\0@"]
)
def test_hostile_bytes_are_read_in_bounds(piece: bytes) -> None:
    content = piece * (200_000 // len(piece))
    assert sum(map(len, texts_in(content, words=True))) < 30 * len(content)


async def test_windows_overlap_and_hold_all() -> None:
    content = b"".join(b"%06d %s\n" % (at, b"x" * 60) for at in range(3 * AT_ONCE // 68))

    async def pieces() -> Any:
        for start in range(0, len(content), 250_000):
            yield content[start : start + 250_000]

    found = [each async for each in windows(pieces())]
    assert len(found) > 2
    assert {line for each in found for line in each.splitlines()} == set(content.splitlines())
    assert all(one[-OVERLAP:] in other for one, other in pairwise(found))


async def put(database: Database, content: bytes, name: str) -> dict[str, Any]:
    file = file_of(content, name)
    await Store.of(database).blobs.store(file["sha256"], len(content), BytesIO(content))
    return file


async def test_originals_and_files_of_letters_that_have_nothing_to_do_with_his(
    database: Database,
) -> None:
    """Larger than what is kept with the letter; and his address only where a parser found none."""
    about: dict[str, Any] = {"subject": "x", "text": "См. файл."}
    letters: list[Email] = []
    for number, content in enumerate(ENCODED.values()):
        original = await put(database, FILL + content + FILL + bytes([number]), "")
        raw = {"sha256": original["sha256"], "size": original["size"]}
        letters.append(email(number, PETR, raw=raw, **about))
    letters.append(email(50, PETR, **about))
    innocent = await put(database, FILL, "other.txt")
    telling = await put(database, base64.encodebytes(SAYS), "his.eml")
    letters.append(email(51, PETR, raw=None, attachments=[innocent, telling], **about))
    await come(database, *letters)
    [found] = await held(Store.of(database), [MAILBOX], canonical(IVAN))
    touched = {found.every[one].letter.message_id for one in found.touched}
    assert touched == {f"{number}@a.ru" for number in [*range(len(ENCODED)), 51]}
    assert found.telling == {telling["sha256"]}
