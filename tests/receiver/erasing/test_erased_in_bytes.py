"""An erased person's address is found in originals and files, however large and however encoded."""

import base64
import binascii
import gzip
import json
import quopri
import random
import zipfile
import zlib
from hashlib import sha256
from io import BytesIO
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.event import Email
from contract.reading.addresses import canonical
from contract.reading.written import Sought, addresses_in, is_plain, plain_addresses_in
from receiver.erasing.searched_bytes import addresses_stored
from receiver.erasing.survey import held
from receiver.erasing.traces.compressed import Inflating
from receiver.erasing.traces.contents import texts_in
from receiver.erasing.traces.said import Addresses, SaidInBytes
from receiver.erasing.traces.traces import Traces
from receiver.erasing.traces.windows import AT_ONCE, OVERLAP, windows
from receiver.filing.collections import Store
from receiver.store.mongo import Database
from tests.receiver.erasing.people import IVAN, OLGA, PETR, come, email, file_of
from tests.receiver.written import MAILBOX

SAYS = f"Спросите {IVAN}, он знает.\r\n".encode()
WITHIN = b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(SAYS)
SPLIT = [base64.b64encode(each).decode() for each in (SAYS[:25], SAYS[25:])]
FILL = b"A line of a letter that somebody else wrote.\r\n" * 4000


def zipped(files: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w", how) as writing:
        for name, content in files.items():
            writing.writestr(name, content)
    return archive.getvalue()


GZIP = gzip.compress(SAYS)
WORD = f"<?xml version='1.0'?><w:p><w:t>{IVAN[:7]}</w:t></w:r><w:r><w:t>{IVAN[7:]}</w:t></w:p>"
DOCX = zipped({"[Content_Types].xml": b"<?xml?>", "word/document.xml": WORD.encode()})
MEETING = f"BEGIN:VCALENDAR\r\nATTENDEE;CN=I;RSVP=TRUE:mailto:{IVAN[:9]}\r\n {IVAN[9:]}\r\n"
AT = b"\\u0040"
ENCODED = {
    "as it is": SAYS,
    "base64": base64.encodebytes(b"x" * 100 + SAYS),
    "base64 in one line": base64.b64encode(SAYS * 9),
    "quoted-printable": quopri.encodestring(SAYS),
    "a letter in base64 within a letter in base64": base64.encodebytes(WITHIN),
    "words of a header, folded": "\r\n ".join(f"=?utf-8?B?{one}?=" for one in SPLIT).encode(),
    "KOI8-R": SAYS.decode().encode("koi8-r"),
    "UTF-16": SAYS.decode().encode("utf-16-le"),
    "a folded line of iCalendar": MEETING.encode(),
    "a folded line of vCard": MEETING.replace("VCALENDAR", "VCARD").encode(),
    "a document of Word": DOCX,
    "a document of Word in base64": base64.encodebytes(DOCX),
    "a zip in a zip": base64.encodebytes(zipped({"a.docx": DOCX})),
    "a name in a zip": zipped({f"{IVAN}.txt": b"hello"}, zipfile.ZIP_STORED),
    "gzip": GZIP,
    "a stream of a PDF": b"%PDF-1.7\n1 0 obj\n<<>>stream\r\n"
    + zlib.compress(SAYS)
    + b"\nendstream",
    "entities of HTML": f"<a href='mailto:{IVAN.replace('@', '&#64;')}'>".encode(),
    "JSON in ASCII": json.dumps({"who": f"Иван\n{IVAN}"}).encode(),
    "JSON with every sign of HTML escaped": b'"\\u003c%s\\u003e"'
    % AT.join(IVAN.encode().split(b"@")),
}


def test_an_address_in_cyrillic_is_found_in_json_of_ascii() -> None:
    """As PHP and Python write it unless told otherwise."""
    cyrillic = "иван@почта.рф"
    for written in (json.dumps([cyrillic]), json.dumps([f"<{cyrillic}>"]).replace("<", "\\u003c")):
        texts = texts_in(written.encode(), words=False)
        assert any(map(Traces("иван@xn--80a1acny.xn--p1ai").mentioned_in, texts)), written


@pytest.mark.parametrize("how", ENCODED)
def test_it_is_found_in_every_encoding(how: str) -> None:
    texts = [*texts_in(b"Head: x\r\n\r\n" + ENCODED[how] + b"\r\n--b--\r\n", words=False)]
    assert any("ivan.petrov" in each.casefold() and "@" in each for each in map(unentitied, texts))


def unentitied(text: str) -> str:
    return text.replace("&#64;", "@").replace("\\u0040", "@")


@pytest.mark.parametrize(
    "piece", [b"=?a?b?QUFB?= ", b"QUFB\n", b"A" * 17 + b"\nA!", b"=41", b"\0@"]
)
def test_hostile_bytes_are_read_in_bounds(piece: bytes) -> None:
    content = piece * (200_000 // len(piece))
    assert sum(map(len, texts_in(content, words=True))) < 30 * len(content)


@given(
    packed=st.lists(st.sampled_from([DOCX, GZIP, b"PK\x03\x04", b"stream\n", b"\x1f\x8b\x08"])),
    seed=st.integers(0, 99),
)
def test_what_is_compressed_is_the_same_in_whatever_pieces_it_comes(
    packed: list[bytes], seed: int
) -> None:
    content, chance, at = b"x".join(packed), random.Random(seed), 0
    inflating, found = Inflating(10**6), b""
    while at < len(content):
        step = chance.choice([1, 2, 7, 50, 5000])
        found, at = found + inflating.feed(content[at : at + step]), at + step
    times = packed.count(DOCX) + packed.count(GZIP)
    assert found.count(IVAN[7:].encode()) == times
    assert found.replace(b"\n", b"") == Inflating(10**6).feed(content).replace(b"\n", b"")


def test_of_what_says_far_more_than_it_is_a_part_is_read() -> None:
    bomb = zipped({"a": bytes(50_000_000)})
    assert sum(map(len, texts_in(bomb, words=False))) < 60 * len(bomb) + 40_000_000


async def test_windows_overlap_and_hold_all() -> None:
    content = b"".join(b"%06d %s\n" % (at, b"x" * 60) for at in range(3 * AT_ONCE // 68))

    async def pieces() -> Any:
        for start in range(0, len(content), 250_000):
            yield content[start : start + 250_000]

    found = [each async for each in windows(pieces())]
    assert len(found) > 2
    assert {line for each in found for line in each.splitlines()} == set(content.splitlines())
    assert all(one[-OVERLAP:] in other for one, other in pairwise(found))


@given(
    text=st.text("ai@.r%40&#;о_' ª\xffａ", max_size=30),
    address=st.sampled_from(["a@a.ru", "i@a.r", "i@ar", "i@aa.ra"]),
)
def test_what_a_text_says_is_all_that_can_be_sought_in_it(text: str, address: str) -> None:
    """What is remembered about bytes never rules out an address that a search would find."""
    for each in (text, text + address, address + text):
        if Sought(address).is_in(each):
            assert address in addresses_in(each)
            assert address in plain_addresses_in(each) or not is_plain(address)


def test_bytes_are_remembered_up_to_a_number_and_some_stay() -> None:
    said, names = (
        SaidInBytes(most=100 * 250),
        [sha256(b"%d" % each).digest() for each in range(400)],
    )
    for _ in range(2):
        for name in names:
            of = Addresses()
            of.gather([f"Спросите {IVAN}"])
            said.note(name, of)
            assert not said.rules_out(name, canonical(IVAN))
    ruled_out = sum(said.rules_out(name, PETR) for name in names)
    assert 20 < ruled_out <= 125


@pytest.mark.parametrize(
    "text", ["@" * 200_000 + IVAN, " ".join(f"{n}@a.ru" for n in range(30_000))]
)
def test_of_bytes_that_say_too_much_nothing_is_remembered(text: str) -> None:
    said, of = SaidInBytes(), Addresses()
    of.gather([text])
    said.note(b"digest", of)
    assert not said.rules_out(b"digest", PETR)


async def test_what_was_read_for_one_is_not_read_for_another(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = await put(database, FILL + SAYS, "")
    raw = {"sha256": original["sha256"], "size": original["size"]}
    await come(database, email(1, PETR, raw=raw, text="x"), email(2, PETR, text="y"))
    store, read = Store.of(database), list[bytes]()

    def texts(content: bytes, **how: Any) -> Any:
        read.append(content)
        return texts_in(content, **how)

    monkeypatch.setattr("receiver.erasing.searched_bytes.texts_in", texts)
    for address, tells, reads in ((OLGA, 0, 2), (canonical(IVAN), 1, 1), ("anna@a.ru", 0, 0)):
        read.clear()
        [found] = await held(store, [MAILBOX], address)
        assert (len(found.touched), len(read)) == (tells, reads)


async def put(database: Database, content: bytes, name: str) -> dict[str, Any]:
    file = file_of(content, name)
    await Store.of(database).blobs.store(file["sha256"], len(content), BytesIO(content))
    return file


async def test_originals_and_files_of_letters_that_have_nothing_to_do_with_his(
    database: Database,
) -> None:
    """They are large, and have his address only in places that a parser does not read."""
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


async def test_in_a_large_file_that_is_compressed_it_is_found_behind_all_else(
    database: Database,
) -> None:
    """The file is longer than a window, and so is the original, which has it in base64."""
    noise = random.Random(1).randbytes(AT_ONCE + 100_000)
    large = {name: zipped({"a": noise + says}) for name, says in (("his", SAYS), ("other", b""))}
    files = [await put(database, content, f"{name}.zip") for name, content in large.items()]
    head = b"Content-Transfer-Encoding: base64\r\n\r\n"
    original = await put(database, head + b"".join(map(base64.encodebytes, large.values())), "")
    raw = {"sha256": original["sha256"], "size": original["size"]}
    about: dict[str, Any] = {"subject": "x", "text": "x", "attachments": files}
    await come(database, email(1, PETR, raw=raw, **about), email(2, PETR, raw=None, **about))
    [found] = await held(Store.of(database), [MAILBOX], canonical(IVAN))
    assert len(found.touched) == 2
    assert found.telling == {files[0]["sha256"]}
    [one] = await database.letters.find({"message.message_id": "1@a.ru"}).to_list(None)
    assert canonical(IVAN) in await addresses_stored(Store.of(database).blobs, one)


async def test_a_file_is_read_once_in_its_original_or_by_itself(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bridge extracts some files from encodings that are not decoded here, such as uuencode."""
    plain, packed = await put(database, FILL, "a.txt"), await put(database, SAYS, "b.txt")
    head = b"From: petr@example.ru\r\n\r\n"
    encoded = b"begin 644 b.txt\r\n" + b"".join(
        binascii.b2a_uu(SAYS[at : at + 45]) for at in range(0, len(SAYS), 45)
    )
    for number, (body, file) in enumerate(
        [(base64.encodebytes(FILL), plain), (encoded + b"`\r\nend\r\n", packed)]
    ):
        original = await put(database, head + body, "")
        raw = {"sha256": original["sha256"], "size": original["size"]}
        await come(database, email(number, PETR, raw=raw, text="x", attachments=[file]))
    store, read = Store.of(database), list[str]()
    pieces = store.blobs.pieces

    def counted(digest: str) -> Any:
        read.append(digest)
        return pieces(digest)

    monkeypatch.setattr(store.blobs, "pieces", counted)
    for address, tells, reads in ((OLGA, 0, 3), ("anna@a.ru", 0, 0), (canonical(IVAN), 1, 1)):
        read.clear()
        [found] = await held(store, [MAILBOX], address)
        assert (len(found.touched), len(read)) == (tells, reads), address
        assert plain["sha256"] not in read
    assert found.telling == {packed["sha256"]}
    [one] = await database.letters.find({"message.message_id": "1@a.ru"}).to_list(None)
    assert canonical(IVAN) in await addresses_stored(store.blobs, one)
