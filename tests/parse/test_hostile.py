"""Letters made to hurt: each is read within three seconds, and what is left out is named."""

import time
from collections.abc import Callable

import pytest

from bridge.parse.message import read_letter
from contract.bounds import MAX_ADDRESSES, MAX_ATTACHMENTS, MAX_IDS
from tests.letters import multipart, part
from tests.letters import raw_letter as letter
from tests.parse.containers.cms_letters import compressed, streamed
from tests.parse.validation import validated

MAX_SECONDS = 3.0
MIB = 1024 * 1024


def nested(depth: int) -> bytes:
    header = b"From: a@example.ru\r\nSubject: deep\r\n"
    opening = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level)
        for level in range(depth)
    )
    return header + opening + b"\r\nthe innermost\r\n"


def attached(depth: int) -> bytes:
    return b"Content-Type: message/rfc822\r\n\r\n" * depth + b"From: a@example.ru\r\n\r\nx"


def page(html: str) -> bytes:
    return letter(html, Content_Type="text/html; charset=utf-8")


def field(name: str, value: bytes) -> bytes:
    return letter(**{name: value})


LETTERS: dict[str, Callable[[], bytes]] = {
    "1,000 multiparts in each other": lambda: nested(1_000),
    "20,000 multiparts in each other": lambda: nested(20_000),
    "40 MB in 60 multiparts": lambda: nested(60) + b"x" * 40 * MIB,
    "10,000 attached letters in each other": lambda: attached(10_000),
    "50,000 parts": lambda: multipart(*[part("x")] * 50_000),
    "50,000 empty parts": lambda: letter(
        b"--b\r\n\r\n" * 50_000, Content_Type="multipart/mixed; boundary=b"
    ),
    "a header of 4 MB in one line": lambda: field("Subject", b"x" * 4 * MIB),
    "a header of 4 MB in encoded words": lambda: field("Subject", b"=?utf-8?Q?x?= " * 300_000),
    "encoded words never closed": lambda: field("Subject", b"=?utf-8?Q?" * 400_000),
    "encoded words in every address": lambda: field("To", b"=?utf-8?B?0Y8=?= <a@b>, " * 200_000),
    "50,000 addresses": lambda: field("Cc", b"a@example.ru, " * 50_000),
    "an address of opening brackets": lambda: field("From", b"<" * MIB),
    "an address of quotes": lambda: field("From", b'"' * MIB),
    "an address of escaped quotes": lambda: field("From", b'"\\' * MIB),
    "an address of comments": lambda: field("From", b"(" * MIB),
    "an address without an end": lambda: field("From", b"a" * MIB),
    "50,000 header fields": lambda: letter(**{f"X-{n}": "y" for n in range(50_000)}),
    "50,000 malformed lines": lambda: b"From: a@b\r\n" + b"junk\r\n" * 50_000 + b"Date: x\r\n\r\n",
    "a parameter of semicolons": lambda: field("Content-Type", b"text/plain" + b"; " * MIB),
    "a parameter of quotes": lambda: field("Content-Type", b'text/plain; a="' + b'\\"' * MIB),
    "10,000 parameter sections": lambda: field(
        "Content-Type", b"text/plain" + b"".join(b"; a*%d=x" % n for n in range(10_000))
    ),
    "100,000 ids": lambda: field("References", b"<a@b> " * 100_000),
    "an id without an end": lambda: field("References", b"<" * MIB),
    "prose without an end": lambda: field("In-Reply-To", b"from " * MIB),
    "a line of 10 MB": lambda: letter("x" * 10 * MIB),
    "a line of 10 MB in base64": lambda: letter(
        b"eHh4" * (10 * MIB // 4), Content_Transfer_Encoding="base64"
    ),
    "quoted-printable of equal signs": lambda: letter(
        b"=" * 10 * MIB, Content_Transfer_Encoding="quoted-printable"
    ),
    "5,000,000 empty lines": lambda: letter(b"\n" * 5_000_000),
    "5,000,000 empty lines, flowed": lambda: letter(
        b" \n" * 5_000_000, Content_Type="text/plain; format=flowed"
    ),
    "a flood of boundary-like lines": lambda: letter(
        b"--b\r\nx\r\n" * 500_000, Content_Type="multipart/mixed; boundary=bb"
    ),
    "uuencode without an end": lambda: letter(b"begin 644 a\n" * 300_000),
    "10 MB of bytes above ASCII": lambda: letter(bytes(range(128, 256)) * (10 * MIB // 128)),
    "10 MB of damaged UTF-8": lambda: letter("я".encode() * 4 * MIB + b"\xd0\xff" * MIB),
    "100,000 nested elements": lambda: page("<div>" * 100_000),
    "depth hidden behind tables": lambda: page(
        "<div><table><tr><td></div></td></tr></table>" * 25_000
    ),
    "depth hidden behind objects": lambda: page("<div><object></div></object>" * 40_000),
    "formatting that piles up": lambda: page(
        "".join(f"<b a={n}>" for n in range(2_000)) + "<p>x" * 200_000
    ),
    "200,000 comments never closed": lambda: page("<!--" * 200_000),
    "300,000 tags never closed": lambda: page("<a " * 300_000),
    "100,000 attributes": lambda: page("<p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">"),
    "nested quotes": lambda: page("<blockquote>" * 150 + "x<br>" * 150_000),
    "nested tables": lambda: page("<table><tr><td>x" * 190 + "<br>x" * 150_000),
    "nested lists": lambda: page("<ul>x<li>" * 90_000),
    "a million entities": lambda: page("&amp" * 250_000),
    "a style of 4 MB": lambda: page(f'<p style="{"display:" * 500_000}">x'),
    "a header of encoded words cut in each other": lambda: field(
        "Subject", b"=?utf-8?B?0?= " * 100_000
    ),
    "an encoded word of 4 MB": lambda: field("Subject", b"=?utf-8?Q?" + b"=D0" * MIB + b"?="),
    "10 MB of blanks behind equal signs": lambda: letter(
        (b"=" + b" " * 99) * (MIB // 10), Content_Transfer_Encoding="quoted-printable"
    ),
    "10 MB of carriage returns": lambda: letter(b"\r" * 10 * MIB + b"\n"),
    "5 MB of carriage returns before line feeds": lambda: letter(b"\r\r\r\n" * MIB),
    "200,000 lines, plain and base64 in turn": lambda: letter(
        b"This is plain text.\r\nVGhpcyBpcyBiYXNlNjQsIHRoYXQgaXMgdHJ1ZSwgeWVz\r\n" * 100_000,
        Content_Transfer_Encoding="base64",
    ),
    "300,000 lines of one word, labelled base64": lambda: letter(
        b"Thanks\r\n" * 300_000, Content_Transfer_Encoding="base64"
    ),
    "10 MB of base64 without a label": lambda: letter(b"eHh4" * (10 * MIB // 4)),
    "10 MB of UTF-7 runs": lambda: letter(b"+BB8-" * MIB, Content_Type="text/plain; charset=utf-7"),
    "200,000 pictures in data: addresses": lambda: page(
        '<img src="data:image/png;base64,QUJD">' * 200_000
    ),
    "data: addresses never closed": lambda: page('<img src="data:image/png;base64,' * 300_000),
    "a data: address of 20 MB": lambda: page(
        '<img src="data:image/png;base64,' + "QUJD" * (5 * MIB) + '">'
    ),
    "a compressed letter that grows a thousandfold": lambda: letter(
        compressed(b"Content-Type: text/plain\r\n\r\n" + b"x \n" * 10 * MIB),
        Content_Type="application/pkcs7-mime; smime-type=compressed-data",
        Content_Transfer_Encoding="binary",
    ),
    "a signed letter of a million pieces": lambda: letter(
        streamed(b"x" * MIB, 1),
        Content_Type="application/pkcs7-mime; name=smime.p7m",
        Content_Transfer_Encoding="binary",
    ),
    "names of 100 parameters with 1,000 percent signs": lambda: field(
        "Content-Type",
        b"text/plain" + b"".join(b"; name*%d*=" % n + b"%D0" * 1_000 for n in range(100)),
    ),
    "raw bytes beside a line of letters without an end": lambda: letter(
        "x" * MIB, Subject="Привет".encode("cp1251")
    ),
    "100 pages of half a MB": lambda: multipart(*[part("<p>x" * 120_000, "text/html")] * 100),
    "a calendar of properties": lambda: letter(
        b"BEGIN:VEVENT\r\n" * 200_000, Content_Type="text/calendar"
    ),
    "a calendar of parameters": lambda: letter(
        b"BEGIN:VEVENT\r\nX" + b";a=b" * 500_000, Content_Type="text/calendar"
    ),
}


@pytest.mark.parametrize("name", LETTERS)
def test_a_hostile_letter_is_read_in_time(name: str) -> None:
    raw = LETTERS[name]()
    started = time.process_time()
    read = read_letter(raw)
    assert time.process_time() - started < MAX_SECONDS
    validated(read)
    assert not any(text.startswith(("header not read", "body not read")) for text in read.defects)


def test_what_is_beyond_a_bound_is_named() -> None:
    def defects(name: str) -> str:
        return " | ".join(read_letter(LETTERS[name]()).defects)

    assert "nested deeper than 50" in defects("1,000 multiparts in each other")
    assert "more than 1000 parts" in defects("50,000 parts")
    assert "header longer than" in defects("50,000 header fields")
    assert "header field longer than" in defects("a header of 4 MB in one line")


def test_bounds_of_the_contract_are_kept() -> None:
    ids = read_letter(
        letter(References=" ".join(f"<{n}@example.ru>" for n in range(500)))
    ).references
    assert len(ids) == MAX_IDS
    assert ids[0] == "0@example.ru"
    assert ids[-1] == "499@example.ru"
    addresses = letter(Cc=", ".join(f"a{n}@example.ru" for n in range(3_000)))
    assert len(read_letter(addresses).cc) == MAX_ADDRESSES
    files = multipart(part("text"), *[part("x", 'image/png; name="a.png"')] * 300)
    assert len(read_letter(files).parts) == MAX_ATTACHMENTS


@pytest.mark.parametrize("name", ["$where", "a.b", "__proto__", "Parse", "Headers_json", "Defects"])
def test_a_header_name_is_only_a_name(name: str) -> None:
    read = read_letter(f"{name}: 1\r\n".encode() + letter())
    assert (name, "1") in read.headers
    assert read.subject == "Привет"


def test_nul_and_lone_surrogates_do_not_pass() -> None:
    read = validated(
        read_letter(
            letter(
                b"a\x00b \xed\xa0\x80 c",
                Subject=b"x\x00y \xed\xa0\x80",
                From=b"\xed\xa0\x80\x00 <a@example.ru>",
                Content_Type="text/plain; charset=utf-7",
            )
        )
    )
    assert "\x00" not in read.text + read.subject + read.from_.name


def test_the_same_bytes_give_the_same_letter() -> None:
    raw = multipart(part("x"), part(b"\x89PNG", "image/png"), part(b"y", "application/x-thing"))
    assert read_letter(raw) == read_letter(raw)
