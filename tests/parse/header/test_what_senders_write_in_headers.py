"""Headers that senders write against the rules, and what a person reads in them."""

from base64 import b64encode, urlsafe_b64encode
from datetime import UTC, datetime

import pytest

from bridge.parse.letter import ParsedLetter
from bridge.parse.message import read_letter
from tests.letters import raw_letter

WORDS = "Где мой заказ номер семнадцать"


def read(body: bytes | str = "x", /, **fields: str | bytes | None) -> ParsedLetter:
    return read_letter(raw_letter(body, **fields))


BASE64 = b64encode(WORDS.encode()).decode()
QUOTED = "".join(f"={byte:02X}" for byte in WORDS.encode())

SUBJECTS: dict[str, tuple[str | bytes, str]] = {
    "an encoded word without its end": (f"=?utf-8?B?{BASE64}", WORDS),
    "cut off where the field was too long": (f"Re: =?utf-8?Q?{QUOTED[:39]}", "Re: Где мой"),
    "a word that ends where the next begins": (
        f"=?utf-8?B?{BASE64[:20]} =?utf-8?B?{BASE64[20:]}?=",
        WORDS,
    ),
    "the letters of addresses": (
        f"=?utf-8?B?{urlsafe_b64encode('Жду ответа>>>???'.encode()).decode()}?=",
        "Жду ответа>>>???",
    ),
    "somebody who writes of encoded words": ("What is =?utf-8?B? for", "What is =?utf-8?B? for"),
    "signs that a template wrote by name": (
        "Заказ &quot;Роза&quot; &amp; К".encode(),
        'Заказ "Роза" & К',
    ),
    "a firm's": ("Q&amp;A of O&apos;Brien", "Q&A of O'Brien"),
    "somebody who writes of them": ("What is &nbsp; in HTML?", "What is &nbsp; in HTML?"),
    "somebody who asks about one": ("Что такое &nbsp; ?".encode(), "Что такое &nbsp; ?"),
    "letters that a template wrote by name": ("Rechnung f&uuml;r M&auml;rz", "Rechnung für März"),
    "colours of a terminal": ("\x1b[1mОтчёт\x1b[0m".encode(), "Отчёт"),
    "one letter taken for two": ("GrÃ¼n".encode(), "Grün"),
    "raw beside a name that is UTF-8": (WORDS.encode("cp1251"), WORDS),
}


@pytest.mark.parametrize(("written", "subject"), SUBJECTS.values(), ids=SUBJECTS.keys())
def test_subjects(written: str | bytes, subject: str) -> None:
    assert read(Subject=written).subject == subject


WRITTEN = datetime(2024, 5, 20, 9, 31, tzinfo=UTC)
DATES = [
    "Пн, 20 мая 2024 12:31:00 +0300",
    "20 мая 2024 г. 12:31:00 +0300",
    "=?utf-8?B?" + b64encode("Пн, 20 мая 2024 12:31:00 +0300".encode()).decode() + "?=",
    "Mo, 20 Mai 2024 11:31:00 +0200",
    "Mo., 20. Mai 2024 11:31:00 +0200",
    "lun., 20 mai 2024 11:31:00 +0200",
    "lun, 20 de mayo de 2024 11:31:00 +0200",
    "20.05.2024 12:31:00 +0300",
    "20.05.2024 12:31:00",
    "2024-05-20 12:31:00 +0300",
    '"Mon, 20 May 2024 12:31:00 +0300"',
    "Mon, 20 May 2024 12:31:00 +0300;",
    "Mon, 20 May 2024 12:31:00 (UTC+03:00) Москва",
    "Mon, 20 May 2024 12:31:00 +0300 (GMT+03:00)",
    "Mon, 20 May 2024 12:31:00 +0300",
    "Mon, 20 May 2024 05:31:00 --0400",
    "Mon, 20 05 2024 12:31:00 +0300",
    "월, 20 5 2024 18:31:00 +0900",
    "12:31:00 Mon, 20 May 2024 +0300",
    "12:31:00 20.05.2024",
]
# Without seconds, and the zone with a colon.
IN_MINUTES = [
    "Mon, 20 May 2024 12:31 +03:00",
    "20 May 2024 12:31 +03:00",
    "Понедельник, 20 мая 2024, 12:31 +03:00",
    "20 мая 2024 г., 12:31 +03:00",
    "Mo., 20. Mai 2024, 11:31 +02:00",
    "20 mai 2024 à 11:31 +02:00",
    "2024-05-20 12:31 +03:00",
    "20.05.2024 12:31 +03:00",
]


@pytest.mark.parametrize("date", IN_MINUTES)
def test_dates_without_seconds_keep_their_zone(date: str) -> None:
    assert read_letter(raw_letter("x", Date=date.encode())).date == WRITTEN


@pytest.mark.parametrize("date", DATES)
def test_dates(date: str) -> None:
    received = b"Received: from a by b; Mon, 20 May 2024 09:35:00 +0000\r\n"
    assert read_letter(received + raw_letter("x", Date=date.encode())).date == WRITTEN


SENDERS: dict[str, tuple[str, str]] = {
    "Иван [ivan@example.ru]": ("Иван", "ivan@example.ru"),
    "Ivan <ivan@@example.ru>": ("Ivan", "ivan@example.ru"),
    "Ivan <.ivan@example.ru>": ("Ivan", ".ivan@example.ru"),
    "ООО «Ромашка», отдел продаж <info@example.ru>": (
        "ООО «Ромашка», отдел продаж",
        "info@example.ru",
    ),
    'ООО "Ромашка", Москва <info@example.ru>': ('ООО "Ромашка", Москва', "info@example.ru"),
    '"Roe, Jane" <jane@example.com>': ("Roe, Jane", "jane@example.com"),
    "Roe, Jane (Acme) <jane@example.com>": ("Roe, Jane", "jane@example.com"),
    "Jane\\, Roe <jane@example.com>": ("Jane, Roe", "jane@example.com"),
    "[??????], Ivan <ivan@example.ru>": ("Ivan", "ivan@example.ru"),
    "Sales &amp; Service, Acme <s@example.com>": ("Sales & Service, Acme", "s@example.com"),
    "Ivan <ivan@[192.0.2.1]>": ("Ivan", "ivan@[192.0.2.1]"),
    "<Ivan Petrov> <ivan@example.ru>": ("Ivan Petrov", "ivan@example.ru"),
    f"<=?utf-8?B?{b64encode('Иван'.encode()).decode()}?=> <ivan@example.ru>": (
        "Иван",
        "ivan@example.ru",
    ),
    "\u202aIvan\u202c <\u202aivan@example.ru\u202c>": ("Ivan", "ivan@example.ru"),
}


@pytest.mark.parametrize(("written", "told"), SENDERS.items(), ids=SENDERS.keys())
def test_senders(written: str, told: tuple[str, str]) -> None:
    sender = read(From=written.encode()).from_
    assert (sender.name, sender.address) == told


def test_a_person_who_answers_out_of_a_crm_is_no_newsletter() -> None:
    link = "<https://crm.example.ru/u>"
    assert read(List_Unsubscribe=link, In_Reply_To="<1@example.com>").kind == "letter"
    assert read(List_Unsubscribe=link).kind == "list"
    assert read(Delivered_To="Autoresponder").kind == "auto-reply"


RECIPIENTS = {
    "a@example.ru b@example.ru": ["a@example.ru", "b@example.ru"],
    "<a@example.ru> <b@example.ru>": ["a@example.ru", "b@example.ru"],
    'Anna <a@example.ru> "Boris, K." <b@example.ru>': ["a@example.ru", "b@example.ru"],
    "Anna <a@example.ru> Boris <b@example.ru>, c@example.ru": [
        "a@example.ru",
        "b@example.ru",
        "c@example.ru",
    ],
    "Anna a@example.ru": ["a@example.ru"],
}


@pytest.mark.parametrize(("written", "addresses"), RECIPIENTS.items(), ids=RECIPIENTS.keys())
def test_recipients_without_commas(written: str, addresses: list[str]) -> None:
    assert [each.address for each in read(To=written).to] == addresses


def test_of_a_field_that_is_given_twice_the_one_that_says_anything_counts() -> None:
    assert (
        read_letter(b"Subject:  \r\nSubject: Test\r\nFrom: a@example.ru\r\n\r\nx").subject == "Test"
    )
