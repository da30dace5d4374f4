"""Invitations and the answers to them, told in words."""

import pytest

from bridge.parse.message import read_letter
from tests.letters import multipart, part
from tests.letters import raw_letter as letter

HTML = "text/html; charset=utf-8"

INVITATION = """BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VEVENT
SUMMARY:Встреча\\, обсудить заказ
DTSTART;TZID=Europe/Moscow:20260302T100000
DTEND;TZID=Europe/Moscow:20260302T110000
LOCATION:Москва
ORGANIZER;CN=Анна:mailto:anna@example.ru
END:VEVENT
END:VCALENDAR
"""


def test_an_invitation_is_told_in_words() -> None:
    read = read_letter(letter(INVITATION, Content_Type="text/calendar; charset=utf-8"))
    assert read.text.split("\n") == [
        "Invitation: Встреча, обсудить заказ",
        "Starts: 02.03.2026 10:00 Europe/Moscow",
        "Ends: 02.03.2026 11:00 Europe/Moscow",
        "Where: Москва",
        "Organizer: Анна <anna@example.ru>",
    ]
    assert [one.filename for one in read.attachments] == ["invitation.ics"]


def test_what_a_vcalendar_has_in_quoted_printable_is_read() -> None:
    said = "".join(f"={byte:02X}" for byte in "Встреча".encode())
    encoded = f"SUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:{said}"
    source = INVITATION.replace("SUMMARY:Встреча\\, обсудить заказ", encoded)
    read = read_letter(letter(source, Content_Type="text/calendar; charset=utf-8"))
    assert read.text.startswith("Invitation: Встреча\n")


@pytest.mark.parametrize(
    ("times", "told"),
    [
        ("DTSTART;VALUE=DATE:20260302\nDTEND;VALUE=DATE:20260303", ["Starts: 02.03.2026"]),
        (
            "DTSTART;VALUE=DATE:20260302\nDTEND;VALUE=DATE:20260305",
            ["Starts: 02.03.2026", "Ends: 04.03.2026"],
        ),
        ("DTSTART;VALUE=DATE:20260302\nDURATION:P1D", ["Starts: 02.03.2026"]),
        (
            "DTSTART:20260302T100000Z\nDURATION:PT1H30M",
            ["Starts: 02.03.2026 10:00 UTC", "Ends: 02.03.2026 11:30 UTC"],
        ),
        ("DTSTART:99991231T100000Z\nDURATION:P9999D", ["Starts: 31.12.9999 10:00 UTC"]),
        (
            "DTSTART;VALUE=DATE:20260302\nRRULE:FREQ=WEEKLY;COUNT=4",
            ["Starts: 02.03.2026", "Repeats: every week, 4 times"],
        ),
        (
            "DTSTART;VALUE=DATE:20260302\nRRULE:FREQ=MONTHLY;INTERVAL=2;UNTIL=20261231",
            ["Starts: 02.03.2026", "Repeats: every 2 months, until 31.12.2026"],
        ),
        ("DTSTART;VALUE=DATE:20260302\nRRULE:FREQ=SECONDLY", ["Starts: 02.03.2026"]),
    ],
)
def test_when_it_is(times: str, told: list[str]) -> None:
    source = f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Показ\n{times}\nEND:VEVENT\nEND:VCALENDAR\n"
    read = read_letter(letter(source, Content_Type="text/calendar; charset=utf-8"))
    assert read.text.split("\n") == ["Calendar entry: Показ", *told]


def test_a_letter_with_an_invitation_keeps_its_own_words() -> None:
    read = read_letter(multipart(part("Слова"), part(INVITATION, "text/calendar")))
    assert read.text == "Слова"


ANSWER = """BEGIN:VCALENDAR
METHOD:REPLY
BEGIN:VEVENT
SUMMARY:Показ
DTSTART;TZID=Europe/Moscow:20260302T100000
ORGANIZER:mailto:support@yandex.ru
ATTENDEE;CN="Жуков; Артём";PARTSTAT={status};ROLE=REQ-PARTICIPANT:mailto:a.zhuko
 v@example.com
{more}END:VEVENT
END:VCALENDAR
"""
WHO = "Жуков; Артём <a.zhukov@example.com>"


def answer(status: str, more: str = "") -> str:
    return ANSWER.format(status=status, more=more)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("ACCEPTED", "accepted"),
        ("declined", "declined"),
        ("TENTATIVE", "accepted tentatively"),
        ("DELEGATED", "delegated"),
        ("NEEDS-ACTION", "has not answered"),
        ("X-LATER", "x-later"),
    ],
)
def test_an_answer_to_an_invitation_says_who_answers_what(status: str, said: str) -> None:
    raw = letter(answer(status), Content_Type="text/calendar; charset=utf-8; method=REPLY")
    assert read_letter(raw).text.split("\n")[:2] == [
        "Reply to an invitation: Показ",
        f"{WHO} {said}",
    ]


def test_all_who_answer_are_named_and_what_they_add() -> None:
    more = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:b@example.com\nCOMMENT:Не смогу\\, болею\n"
    text = read_letter(letter(answer("DECLINED", more), Content_Type="text/calendar")).text
    assert f"{WHO} declined\nb@example.com accepted" in text
    assert text.endswith("\n\nНе смогу, болею")


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("Жаль.", f"{WHO} declined: Показ\n\nЖаль."),
        ("Подтвердите другое время.", f"{WHO} declined: Показ\n\nПодтвердите другое время."),
        ("Is Monday acceptable?", f"{WHO} declined: Показ\n\nIs Monday acceptable?"),
        ("Анна приняла заказ.", f"{WHO} declined: Показ\n\nАнна приняла заказ."),
        ("Жуков отклонил приглашение.", "Жуков отклонил приглашение."),
        ("Zhukov has declined this invitation.", "Zhukov has declined this invitation."),
    ],
)
def test_an_answer_beside_words_is_told_unless_they_tell_it(words: str, text: str) -> None:
    raw = multipart(
        part(words), part(answer("DECLINED"), "text/calendar; method=REPLY"), subtype="alternative"
    )
    assert read_letter(raw).text == text


COUNTER = """BEGIN:VCALENDAR
METHOD:COUNTER
BEGIN:VEVENT
SUMMARY:Встреча
DTSTART:20260302T100000Z
DTEND:20260302T110000Z
ATTENDEE;PARTSTAT=TENTATIVE;CN=Анна:mailto:anna@example.ru
END:VEVENT
END:VCALENDAR
"""
PROPOSED = (
    "Анна <anna@example.ru> proposes another time: 02.03.2026 10:00 UTC – 02.03.2026 11:00 UTC"
)


def test_who_proposes_another_time_is_told() -> None:
    calendar = part(COUNTER, "text/calendar; charset=utf-8; method=COUNTER")
    alone = read_letter(letter(COUNTER, Content_Type="text/calendar; charset=utf-8"))
    beside = read_letter(multipart(part("Давайте позже"), calendar, subtype="alternative"))
    assert alone.text.split("\n")[:2] == ["Another time is proposed: Встреча", PROPOSED]
    assert beside.text.split("\n\n") == [PROPOSED, "Давайте позже"]


def test_to_whom_an_invitation_is_delegated_is_told() -> None:
    delegated = 'PARTSTAT=DELEGATED;DELEGATED-TO="mailto:oleg@example.ru"'
    answer = COUNTER.replace("METHOD:COUNTER", "METHOD:REPLY").replace(
        "PARTSTAT=TENTATIVE", delegated
    )
    read = read_letter(letter(answer, Content_Type="text/calendar; charset=utf-8"))
    assert "Анна <anna@example.ru> delegated to oleg@example.ru" in read.text
