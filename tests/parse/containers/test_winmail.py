"""Outlook's winmail.dat is opened: its files are the letter's, its text where there is no other."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.parse.message import read_letter
from tests.letters import base64_part, multipart, part
from tests.parse.validation import validated


def attribute(number: int, value: bytes, level: int = 2) -> bytes:
    return (
        struct.pack("<BII", level, number, len(value))
        + value
        + struct.pack("<H", sum(value) % 65536)
    )


def unicode_property(number: int, text: str) -> bytes:
    value = text.encode("utf-16-le") + b"\0\0"
    return struct.pack("<HHII", 0x1F, number, 1, len(value)) + value + b"\0" * (-len(value) % 4)


def long_property(number: int) -> bytes:
    return struct.pack("<HHI", 3, number, 7)


def winmail(*attributes: bytes) -> bytes:
    return struct.pack("<IH", 0x223E9F78, 1) + b"".join(attributes)


def file(name: str, content: bytes) -> bytes:
    properties = struct.pack("<I", 2) + long_property(0x3705) + unicode_property(0x3707, name)
    return (
        attribute(0x00069002, b"\0" * 14)
        + attribute(0x00018010, b"SHORT~1.DOC\0")
        + attribute(0x0006800F, content)
        + attribute(0x00069005, properties)
    )


def sent(tnef: bytes, text: str = "Текст письма") -> bytes:
    return multipart(
        part(text),
        base64_part(
            tnef, "application/ms-tnef", Content_Disposition="attachment; filename=winmail.dat"
        ),
    )


def test_the_files_of_a_winmail() -> None:
    read = read_letter(sent(winmail(file("Счёт.doc", b"D0C"), file("б.txt", b"text"))))
    assert [(p.attachment.filename, p.content) for p in read.parts] == [
        ("Счёт.doc", b"D0C"),
        ("б.txt", b"text"),
    ]
    assert read.text == "Текст письма"
    assert "winmail.dat opened" in read.defects


def test_the_text_of_a_winmail_where_the_letter_has_none() -> None:
    body = struct.pack("<I", 1) + unicode_property(0x1000, "Привет из Outlook")
    tnef = winmail(attribute(0x00069003, body, 1))
    assert read_letter(sent(tnef, text="")).text == "Привет из Outlook"
    said = "ПРИВЕТ\r\nиз Outlook!\r\n--\r\nЭто письмо проверено на вирусы"
    assert read_letter(sent(tnef, text=said)).text == said.replace("\r", "")


PACKED = winmail(
    attribute(0x00069003, struct.pack("<I", 1) + unicode_property(0x1000, "Привет из Outlook"), 1),
    file("счёт.doc", b"D0C"),
)
OF_GATEWAYS = [
    "[EXTERNAL] This message was sent from outside of the organization.",
    "This e-mail was checked for viruses by Avast antivirus software.\r\nwww.avast.com",
    "CAUTION: External email. Do not click links or open attachments.",
    "ВНИМАНИЕ! Письмо от внешнего отправителя.",
    "Diese E-Mail wurde auf Viren geprüft.",
    "Ce message est confidentiel.",
    "_____\r\nusers mailing list\r\nusers@lists.example.org",
    "Scanned by MailScanner",
    "The original message was in Rich Text Format.",
    "\xa0",
]


@pytest.mark.parametrize("said", OF_GATEWAYS)
def test_the_text_of_a_winmail_beside_what_a_gateway_wrote(said: str) -> None:
    of_outlook = base64_part(PACKED, "application/ms-tnef; name=winmail.dat")
    page = part(f"<p>{said}</p>", "text/html; charset=utf-8")
    for parts in ([part(said), of_outlook], [of_outlook, part(said)], [page, of_outlook]):
        read = read_letter(multipart(*parts))
        assert "Привет из Outlook" in read.text
        assert " ".join(said.split()) in " ".join(read.text.split())
        assert [each.attachment.filename for each in read.parts] == ["счёт.doc"]


@pytest.mark.parametrize(
    "content_type",
    [
        "application/ms-tnef",
        "application/x-tnef; name=win.dat",
        "application/octet-stream; name=ATT00001.dat",
        "application/octet-stream",
        "application/binary; name=attachment.bin",
        "text/plain; name=winmail.dat",
        "application/dat; name=WINMAIL.DAT",
    ],
)
def test_a_winmail_under_other_names(content_type: str) -> None:
    second = winmail(
        attribute(0x00069003, struct.pack("<I", 1) + unicode_property(0x1000, "Второй"), 1)
    )
    raw = multipart(part(""), base64_part(PACKED, content_type), base64_part(second, content_type))
    read = read_letter(raw)
    assert read.text.split("\n") == ["Привет из Outlook", "Второй"]
    assert [each.attachment.filename for each in read.parts] == ["счёт.doc"]


def test_a_code_page_text() -> None:
    tnef = winmail(
        attribute(0x00069007, struct.pack("<II", 1251, 0), 1),
        attribute(0x0002800C, "Старый Outlook".encode("cp1251") + b"\0", 1),
    )
    assert read_letter(sent(tnef, text="")).text == "Старый Outlook"


@pytest.mark.parametrize("content", [b"", b"no tnef at all", struct.pack("<I", 0x223E9F78)[:3]])
def test_what_is_no_winmail_stays_a_file(content: bytes) -> None:
    (kept,) = read_letter(sent(content)).parts
    assert kept.attachment.filename == "winmail.dat"


@given(st.binary(max_size=300), st.integers(0, 200))
def test_a_damaged_winmail_never_harms(noise: bytes, place: int) -> None:
    whole = winmail(file("a.doc", b"content"))
    validated(read_letter(sent(whole[:place] + noise + whole[place:])))


def object_property(number: int, content: bytes) -> bytes:
    value = b"\x07\x03\x02" + b"\0" * 13 + content
    return struct.pack("<HHII", 0x0D, number, 1, len(value)) + value + b"\0" * (-len(value) % 4)


def attached(content: bytes) -> bytes:
    """Return an object that Outlook attached, with the placeholder for older programs."""
    properties = struct.pack("<I", 2) + long_property(0x3705) + object_property(0x3701, content)
    return (
        attribute(0x00069002, b"\0" * 14)
        + attribute(0x00018010, b"Untitled Attachment\0")
        + attribute(0x0006800F, b"This attachment is a MAPI 1.0 embedded message.")
        + attribute(0x00069005, properties)
    )


def message(subject: str, text: str, *files: bytes) -> bytes:
    texts = [(0x0037, subject), (0x0C1A, "Пётр"), (0x5D01, "petr@x.ru"), (0x1000, text)]
    listed = b"".join(unicode_property(number, value) for number, value in texts if value)
    count = sum(bool(value) for _, value in texts)
    return winmail(attribute(0x00069003, struct.pack("<I", count) + listed, 1), *files)


def test_a_letter_within_a_winmail_is_one_that_any_program_opens() -> None:
    inner = message("Счёт № 15", "Оплатите, пожалуйста", file("а.txt", b"text"))
    read = read_letter(sent(winmail(attached(inner))))
    assert [each.filename for each in read.attachments] == ["Счёт № 15.eml"]
    letter = read_letter(read.parts[0].content)
    assert (letter.from_.address, letter.from_.name) == ("petr@x.ru", "Пётр")
    assert (letter.subject, letter.text.strip()) == ("Счёт № 15", "Оплатите, пожалуйста")
    assert [(one.attachment.filename, one.content) for one in letter.parts] == [("а.txt", b"text")]
    assert read_letter(sent(winmail(attached(inner)))).attachments == read.attachments


@pytest.mark.parametrize("content", [b"\xd0\xcf\x11\xe0 a document", winmail(), message("", "")])
def test_an_object_that_is_no_letter_is_kept_as_it_is(content: bytes) -> None:
    read = read_letter(sent(winmail(attached(content))))
    assert [one.content for one in read.parts] == [content]


def test_letters_within_letters_end_somewhere() -> None:
    content = message("Дно", "x")
    for _ in range(30):
        content = message("Матрёшка", "x", attached(content))
    assert len(read_letter(sent(winmail(attached(content)))).attachments) == 1
