"""Who wrote, to whom, and which letters a letter answers, as senders really write it."""

from datetime import UTC

import pytest

from bridge.parse.message import read_letter
from contract.event import Address
from tests.letters import raw_letter as letter


def person(address: str, name: str = "") -> Address:
    return Address(address=address, name=name)


@pytest.mark.parametrize(
    ("field", "persons"),
    [
        ("a@example.ru", [person("a@example.ru")]),
        ("<a@example.ru>", [person("a@example.ru")]),
        ("Иван <a@example.ru>", [person("a@example.ru", "Иван")]),
        ('"Петров, Иван" <a@example.ru>', [person("a@example.ru", "Петров, Иван")]),
        ("a@example.ru (Иван Петров)", [person("a@example.ru", "Иван Петров")]),
        ("=?utf-8?B?0JjQstCw0L0=?= <a@example.ru>", [person("a@example.ru", "Иван")]),
        ('"=?utf-8?B?0JjQstCw0L0=?=" <a@example.ru>', [person("a@example.ru", "Иван")]),
        ("=?utf-8?B?0JjQstCw0L0=?=<a@example.ru>", [person("a@example.ru", "Иван")]),
        (
            "=?utf-8?Q?=D0=98=2C_=D0=9F?= <a@b.ru>, c@d.ru",
            [person("a@b.ru", "И, П"), person("c@d.ru")],
        ),
        (
            "Team: a@example.ru, B <b@example.ru>;",
            [person("a@example.ru"), person("b@example.ru", "B")],
        ),
        ("undisclosed-recipients:;", []),
        ("иван@пример.рф", [person("иван@пример.рф")]),
        ("a@xn--e1afmkfd.xn--p1ai", [person("a@xn--e1afmkfd.xn--p1ai")]),
        ("Ivan a@example.ru", [person("a@example.ru", "Ivan")]),
        ("Ivan <<a@example.ru>>", [person("a@example.ru", "Ivan")]),
        ("a@example.ru.", [person("a@example.ru")]),
        ("a@example.ru, b@example.ru.", [person("a@example.ru"), person("b@example.ru")]),
        ("<a@example.ru.>, b@example.ru", [person("a@example.ru"), person("b@example.ru")]),
        (  # mikel/mail#1031: the whole list in words, cut within an address
            "=?utf-8?Q?Анна_<a@example.ru>,_=22=C2=B05=22_<b@examp?=\r\n =?utf-8?Q?le.ru>?=",
            [person("a@example.ru", "Анна"), person("b@example.ru", "°5")],
        ),
        ("a@example.ru; b@example.ru", [person("a@example.ru"), person("b@example.ru")]),
        (
            "A: <a@example.ru>; B <b@example.ru>; c@example.ru",
            [person("a@example.ru"), person("b@example.ru", "B"), person("c@example.ru")],
        ),
        (
            "Иван (отдел: заказы; Москва) <a@example.ru>; b@example.ru",
            [person("a@example.ru", "Иван"), person("b@example.ru")],
        ),
        ('I <"i.petrov"@example.ru>', [person("i.petrov@example.ru", "I")]),
        ('"i..petrov."@example.ru', [person('"i..petrov."@example.ru')]),
        (  # several fields in one, as a list program joined them
            "<a@example.ru>, Cc: <b@example.ru>, Cc: Olga <c@example.ru>",
            [person("a@example.ru"), person("b@example.ru"), person("c@example.ru", "Olga")],
        ),
        ("Support (robot) <a@example.ru>", [person("a@example.ru", "Support")]),
        ('"Support (robot)" <a@example.ru>', [person("a@example.ru", "Support (robot)")]),
        ('"a@example.ru" <a@example.ru>', [person("a@example.ru")]),
        ("=?utf-8?B?SXZhbiA8YUBleGFtcGxlLnJ1Pg==?=", [person("a@example.ru", "Ivan")]),
    ],
)
def test_an_address_field(field: str, persons: list[Address]) -> None:
    read = read_letter(letter(Cc=field, Bcc=field))
    assert (read.cc, read.bcc) == (persons, persons)


BROKEN = [
    *("ivan@example,com", "ivan@example..com", "ivan @ example.com", "<<ivan@example.com>>"),
    *("ivan@example.com>", "<ivan@example.com", "mailto:ivan@example.com", "ivan＠example.com"),
    *("<mailto:ivan@example.com?subject=x>", "<ivan@example．com>", "<ivan@example。com>"),
    *(
        "ivan at example.com",
        "ivan(at)example.com",
        "ivan at example dot com",
        "{ivan@example.com}",
    ),
    *("<@relay.ru,@b.ru:ivan@example.com>", "Team: ivan@example.com;", "'ivan@example.com'"),
    *(
        "&lt;ivan@example.com&gt;",
        "%3Civan@example.com%3E",
        "<ivan%40example.com>",
        "@, ivan@example.com",
    ),
    *("=?utf-8?Q?ivan=40example.com?=", "<>, ivan@example.com", "ivan@example.com\u200b"),
]
BROKEN_WITH_NAME = [
    *("Иван ‹ivan@example.com›", "Иван «ivan@example.com»", "Иван ＜ivan@example.com＞"),
    *("Иван ⟨ivan@example.com⟩", "Иван 〈ivan@example.com〉", "Иван {ivan@example.com}"),
    *("Иван <ivan@example,com>", "Иван <ivan @ example.com>", "Иван <ivan＠example.com>"),
    *("Иван <ivan(at)example(dot)com>", "Иван <ivan@example.com]", "Иван ivan@example.com>"),
    *(
        "Иван <\ufeffivan@exa\u00admple.com>",
        "Иван <smtp:ivan@example.com>",
        "Иван: <ivan@example.com>",
    ),
    *("Иван; <ivan@example.com>", 'Иван" <ivan@example.com>', 'Иван "<ivan@example.com>"'),
    *('"Иван <ivan@example.com>"', "Иван %3Civan@example.com%3E", "<ivan@example.com> Иван"),
    "=?utf-8?B?0JjQstCw0L0gPGl2YW5AZXhhbXBsZS5jb20+?=",
    "Team: Иван <ivan@example.com>, petr@example.com;",
    "undisclosed-recipients:;, Иван <ivan@example.com>",
]


@pytest.mark.parametrize("field", BROKEN + BROKEN_WITH_NAME)
def test_a_broken_sender_is_read_as_far_as_it_goes(field: str) -> None:
    name = "Иван" if field in BROKEN_WITH_NAME else ""
    assert read_letter(letter(From=field)).from_ == person("ivan@example.com", name)


@pytest.mark.parametrize(
    ("field", "persons"),
    [
        ("Anna, <b@example.ru>", [person("b@example.ru", "Anna")]),
        ("a@example.ru, <b@example.ru>", [person("a@example.ru"), person("b@example.ru")]),
        ("A <a@x.ru>, b@y.ru", [person("a@x.ru", "A"), person("b@y.ru")]),
        ("a@example.ru,b@example.ru", [person("a@example.ru"), person("b@example.ru")]),
        ("Иван <ivan@mail,example,com>", [person("ivan@mail.example.com", "Иван")]),
        ("a%40b@example.ru", [person("a%40b@example.ru")]),
    ],
)
def test_what_looks_broken_and_is_not(field: str, persons: list[Address]) -> None:
    assert read_letter(letter(Cc=field)).cc == persons


@pytest.mark.parametrize(
    ("fields", "persons"),
    [
        ({}, None),
        ({"X_Original_From": "Иван <a@example.ru>"}, person("a@example.ru", "Иван")),
        (
            {"X_Original_From": "=?utf-8?B?0JjQstCw0L0=?= <a@b.ru>", "X_Original_Sender": "c@d.ru"},
            person("a@b.ru", "Иван"),
        ),
        # Google Groups writes it above every letter; here From says that it was rewritten.
        ({"X_Original_Sender": "a@example.ru"}, person("a@example.ru", "Иван")),
        ({"X_Original_From": "nobody"}, None),
        ({"X_Original_From": " "}, None),
    ],
)
def test_whom_a_group_took_out_of_from(fields: dict[str, str], persons: Address | None) -> None:
    sender = "'Иван' via Группа <group@googlegroups.com>"
    assert read_letter(letter(From=sender, **fields)).original_from == persons


def test_a_decoded_name_cannot_open_a_field() -> None:
    injected = "=?utf-8?B?QQ0KVG86IGV2aWxAZXhhbXBsZS5ydQ==?="  # "A\r\nTo: evil@example.ru"
    read = read_letter(letter(From=f'"{injected}" <a@example.ru>', Subject=injected))
    assert [one.address for one in read.to] == ["support@example.com"]
    assert read.subject == "A To: evil@example.ru"


@pytest.mark.parametrize(
    ("fields", "address", "defect"),
    [
        ({"From": "MAILER-DAEMON (Mail Delivery System)"}, "MAILER-DAEMON", None),
        ({"From": "root"}, "root@example.ru", None),
        ({"From": "root", "Message_ID": "<1.a@web1.example.ru>"}, "root@web1.example.ru", None),
        ({"From": "root", "Message_ID": None}, "root", None),
        ({"From": "Ivan <FROM>"}, "FROM", None),
        ({"From": "root", "Message_ID": "<1.a@localhost.localdomain>"}, "root", None),
        ({"From": "root", "Message_ID": "<1.a@[192.0.2.1]>"}, "root", None),
        ({"From": "root", "Message_ID": "<1.a@mxback.mail.yandex.net>"}, "root", None),
        ({"From": "root", "Return_Path": "<Root@srv.example.ru>"}, "Root@srv.example.ru", None),
        ({"From": "root (Cron)", "Sender": "root@srv.example.ru"}, "root@srv.example.ru", None),
        ({"From": "root", "Return_Path": "<www@srv.example.com>"}, "root@example.ru", None),
        ({"From": None, "Sender": "s@example.ru"}, "s@example.ru", "Sender"),
        ({"From": None, "Reply_To": "r@example.ru"}, "r@example.ru", "Reply-To"),
        ({"From": "Ivan", "Return_Path": "<p@example.ru>"}, "p@example.ru", "Return-Path"),
        ({"From": "[??????]", "Return_Path": "<p@example.ru>"}, "p@example.ru", "Return-Path"),
        ({"From": "null@", "Sender": "s@example.ru"}, "s@example.ru", "Sender"),
        ({"From": None, "Return_Path": "<>"}, "unknown@unknown.invalid", "no From"),
        ({"From": "a@example.ru, b@example.ru"}, "a@example.ru", None),
    ],
)
def test_there_is_always_a_sender(
    fields: dict[str, str | bytes | None], address: str, defect: str | None
) -> None:
    read = read_letter(letter(**fields))
    assert read.from_.address == address
    assert [text for text in read.defects if "From" in text] == (
        [text for text in read.defects if defect in text] if defect else []
    )
    assert bool(read.defects) == bool(defect)


def test_of_several_from_fields_the_first_that_is_somebody_counts() -> None:
    read = read_letter(b"From: [??]\r\nFrom: b@example.ru\r\nFrom: c@example.ru\r\n\r\n")
    assert read.from_.address == "b@example.ru"


@pytest.mark.parametrize(
    ("field", "utc"),
    [
        ("Mon, 02 Mar 2026 10:00:00 +0300", "2026-03-02 07:00:00"),
        ("2 Mar 2026 10:00:00 +0300 (MSK)", "2026-03-02 07:00:00"),
        ("Mon, 2 Mar 2026 10:00:00", "2026-03-02 10:00:00"),
        ("28 Jun 01 10:05:15 PM", "2001-06-28 22:05:15"),
        ("Fri, 07 Jun 2002 16:35:51 GMT+1", "2002-06-07 15:35:51"),
        ("Tue, 28 May 0102 21:38:11 +0500", "2002-05-28 16:38:11"),
        ("2026-03-02T10:00:00+03:00", "2026-03-02 07:00:00"),
        ("Mon, 02 Mar 3609 10:00:00 +0300", None),
        ("yesterday", None),
        (None, None),
    ],
)
def test_the_date(field: str | None, utc: str | None) -> None:
    date = read_letter(letter(Date=field)).date
    assert (str(date.astimezone(tz=UTC))[:19] if date else None) == utc


def test_without_a_date_the_topmost_received_counts() -> None:
    received = b"Received: from a by b; Mon, 02 Mar 2026 07:00:00 +0000\r\n"
    date = read_letter(received + letter(Date=None)).date
    assert str(date) == "2026-03-02 07:00:00+00:00"


@pytest.mark.parametrize(
    ("field", "sender"),
    [
        ("a@example.ru <Иван>", person("a@example.ru", "Иван")),
        ("<Иван> a@example.ru", person("a@example.ru", "Иван")),
        ("Иван <a@example.ru", person("a@example.ru", "Иван")),
        ("Иван a@example.ru>", person("a@example.ru", "Иван")),
        ('"Иван <a@example.ru>', person("a@example.ru", "Иван")),
        ("Иван (a@example.ru)", person("a@example.ru", "Иван")),
        ("Иван [mailto:a@example.ru]", person("a@example.ru", "Иван")),
        ("Иван <mailto:a@example.ru>", person("a@example.ru", "Иван")),
        ("smtp:a@example.ru", person("a@example.ru")),
        ("a@example.ru!", person("a@example.ru")),
        ("=?utf-8?Q?Ivan=0A?= <a@example.ru>", person("a@example.ru", "Ivan")),
        ("=?utf-8?B?SXZhbg0K?= =?utf-8?Q?P=09?= <a@example.ru>", person("a@example.ru", "Ivan P")),
        ("Иван&lt;a@example.ru&gt;", person("a@example.ru", "Иван")),
        ("a(at)example.ru", person("a@example.ru")),
        ("Иван <a at example.ru>", person("a@example.ru", "Иван")),
        ("a @ example.ru", person("a@example.ru")),
        ("Петров, Иван <a@example.ru>", person("a@example.ru", "Петров, Иван")),
        ("From: Иван <a@example.ru>", person("a@example.ru", "Иван")),
        ("=?utf-8?b?0JjQstCw0L0gPGFAZXhhbXBsZS5ydT4=?=", person("a@example.ru", "Иван")),
        ("<a@example.ru> (Иван)", person("a@example.ru", "Иван")),
        ('"Иван,<a@example.ru>', person("a@example.ru", "Иван")),
        ('"Иван\\" <a@example.ru>', person("a@example.ru", "Иван")),
        ('<a href="mailto:a@example.ru">Иван</a>', person("a@example.ru", "Иван")),
        ("['a@example.ru']", person("a@example.ru")),
        ("Иван <>", person("unknown@unknown.invalid", "Иван")),
        ('"Иван Петров"', person("unknown@unknown.invalid", "Иван Петров")),
        ("Иван", person("unknown@unknown.invalid", "Иван")),
        ("???", person("unknown@unknown.invalid")),
        ("\u200b", person("unknown@unknown.invalid")),
        ("<\u200b\u00ad>", person("unknown@unknown.invalid")),
    ],
)
def test_a_broken_from_is_read_as_far_as_it_can_be(field: str, sender: Address) -> None:
    assert read_letter(letter(From=field)).from_ == sender


def test_a_name_alone_goes_with_the_address_of_another_field() -> None:
    read = read_letter(letter(From="Иван Петров", Return_Path="<p@example.ru>"))
    assert read.from_ == person("p@example.ru", "Иван Петров")
