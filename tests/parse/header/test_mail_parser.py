"""mail-parser's readers of one field give what it makes of a whole letter with that field."""

from collections.abc import Callable

import mailparser
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bridge.parse.header import fields
from bridge.parse.header.mail_parser import addresses_in, date_in, subject_in
from bridge.parse.message import read_letter
from bridge.parse.text.storable import clean_line
from tests.real_mail import CORPUS

ADDRESSES = (
    "",
    "a@example.org",
    "Иван Петров <ivan@example.org>",
    '"Петров, Иван" <ivan@example.org>, b@example.org',
    "=?utf-8?b?0JjQstCw0L0=?= <ivan@example.org>",
    "=?utf-8?q?=22a=2C_b=22?= <a@b.example> (comment (nested))",
    "group: a@b.example, Б <c@d.example>;",
    "a@b.example <c@d.example>",
    "<<a@b.example>>, <a@b.example",
    "почта@пример.рф",
    "a b c",
    "a@b@c, @d, e@",
    "x" * 600 + " <a@b.example>",
)
SUBJECTS = (
    "",
    "Заказ",
    "plain",
    "=?utf-8?q?left?= =?utf-8?b?0JjQstCw0L0?=",
    "Заказ =?utf-8?q?left?=",
    "=?shift_jis?b?////?= x",
    "=?nonsense?q?a?=",
)
DATES = (
    "",
    "Mon, 23 Nov 2026 10:00:00 +0300",
    "23 Nov 2026 10:00:00 +0300 (MSK)",
    "Mon, 23 Nov 26 10:00 EST",
    "31 Feb 2026 10:00:00 +0000",
    "понедельник, 23 Nov 2026 10:00:00 +0300",
    "23 Nov 2026 10:00:00 +0300 (мск)",
    "Sun, 23 Nov 2026 24:00:00 +0000",
    "23 Nov 1890 10:00:00 +0000",
)
PIECES = st.sampled_from(
    [*'<>@,;:"\\()[]. \t', "=?utf-8?q?=41?=", "a", "b.example", "Иван", "é", "日", "\u200b", "'"]
)
LINES = st.lists(PIECES, max_size=30).map(lambda pieces: clean_line("".join(pieces), 1000))


def whole(name: str, line: str) -> mailparser.MailParser:
    return mailparser.parse_from_bytes(f"{name}: {line}".encode())


@pytest.mark.parametrize("name", ["From", "To", "Cc", "Bcc", "Reply-To"])
@pytest.mark.parametrize("line", ADDRESSES)
def test_addresses(name: str, line: str) -> None:
    found = getattr(whole(name, line), name.lower().replace("-", "_"))
    assert list(addresses_in(line)) == found


@given(LINES)
@settings(max_examples=150)
@example("=?utf-8?q?=41?= <a@b.example>")
def test_any_addresses(line: str) -> None:
    assert list(addresses_in(line)) == whole("To", line).to


@pytest.mark.parametrize("line", SUBJECTS)
def test_a_subject(line: str) -> None:
    assert subject_in(line) == whole("Subject", line).subject


@given(LINES)
@settings(max_examples=100)
def test_any_subject(line: str) -> None:
    assert subject_in(line) == whole("Subject", line).subject


@pytest.mark.parametrize("line", DATES)
def test_a_date(line: str) -> None:
    assert date_in(line) == whole("Date", line).date


class Asked:
    """One of the readers, and all that it was asked."""

    def __init__(self, reads: Callable[[str], object]) -> None:
        self.reads = reads
        self.lines: set[str] = set()

    def __call__(self, line: str) -> object:
        self.lines.add(line)
        return self.reads(line)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus of real letters: CORPUS=DIR")
def test_every_field_of_real_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {each.__name__: Asked(each) for each in (addresses_in, subject_in, date_in)}
    for name, each in asked.items():
        monkeypatch.setattr(fields, name, each)
    for path in CORPUS.rglob("*.eml"):
        head = path.read_bytes().partition(b"\r\n\r\n")[0].partition(b"\n\n")[0]
        read_letter(head[:65536] + b"\r\n\r\n")
    assert all(len(each.lines) > 1000 for each in asked.values())
    for line in asked["addresses_in"].lines:
        assert list(addresses_in(line)) == whole("To", line).to, line
    for line in filter(str.isascii, asked["subject_in"].lines):
        assert subject_in(line) == whole("Subject", line).subject, line
    for line in asked["date_in"].lines:
        assert date_in(line) == whole("Date", line).date, line
