"""Ids, dates, names, files and headers against the rules, and their meaning."""

from datetime import UTC, datetime

import pytest

from bridge.parse.message import read_letter
from tests.letters import multipart, part, raw_letter

IDS = {
    "In-Reply-To": (
        ("<mailto:a@x.ru>", ["a@x.ru"]),
        ("mailto:a@x.ru", ["a@x.ru"]),
        ("mailto:ivan@example.ru", []),  # the sender's address names no letter
        ("<cid:a@x.ru>", ["a@x.ru"]),
        (r"\<a@x.ru\>", ["a@x.ru"]),
        ("<a@x.ru> (letter of Ivan <i@x.ru>)", ["a@x.ru"]),
        ('Your message of "Mon, 26 Jun 2023 13:39:14 EST." <v4@[10.0.0.1]>', ["v4@[10.0.0.1]"]),
    ),
    "References": (
        ("<mailto:a@x.ru> <mailto:b@x.ru>", ["a@x.ru", "b@x.ru"]),
        ("<a@x.ru <b@x.ru>", ["a@x.ru", "b@x.ru"]),
        ("<a@x.ru>;<b@x.ru>", ["a@x.ru", "b@x.ru"]),
        ('["<a@x.ru>","<b@x.ru>"]', ["a@x.ru", "b@x.ru"]),
    ),
}


@pytest.mark.parametrize(
    ("field", "value", "ids"),
    [(field, value, ids) for field, rows in IDS.items() for value, ids in rows],
)
def test_ids(field: str, value: str, ids: list[str]) -> None:
    letter = read_letter(raw_letter(**{field.replace("-", "_"): value}))
    assert (letter.in_reply_to if field == "In-Reply-To" else letter.references) == ids


@pytest.mark.parametrize(
    "date",
    [
        "Mon, 20 May 2024 12:31:00 Etc/GMT-3",
        "Mon, 20 May 2024 06:31:00 Etc/GMT+3",
        "Mon, 20 May 2024 06:31:00 Hora oficial do Brasil",
        "Mon, 20 May 2024 14:31:00 Ekaterinburg Standard Time",
        "Mon, 20 May 2024 16:31:00 Томск (зима)",
        "Mon, 20 May 2024 19:31:00 AUS Eastern Standard Time",
        "Mon (x), 20 (y) May 2024 12:31:00 (z) +0300",
        "20-MAY-24 12.31.00 PM +0300",
        "2024年5月20日 下午5:31:00 +0800",
    ],
)
def test_dates(date: str) -> None:
    assert read_letter(raw_letter(Date=date)).date == datetime(2024, 5, 20, 9, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("'Ivan' via Support <a@x.ru>", "'Ivan' via Support"),
        ("'Ivan Petrov' <a@x.ru>", "Ivan Petrov"),
        ("+7 (999) 123-45-67 <a@x.ru>", "+7 (999) 123-45-67"),
        ("Ivan (sales) Petrov <a@x.ru>", "Ivan (sales) Petrov"),
        ("Ivan Petrov (sales) <a@x.ru>", "Ivan Petrov"),
    ],
)
def test_names(field: str, name: str) -> None:
    sender = read_letter(raw_letter(From=field)).from_
    assert (sender.name, sender.address) == (name, "a@x.ru")


@pytest.mark.parametrize(
    ("field", "people"),
    [
        ("<a@x.ru>, <b@exam\r\n ple.ru>, <c@x.ru>", ["a@x.ru", "b@example.ru", "c@x.ru"]),
        ("=?utf-8?Q?Petrov;_Ivan?= <a@x.ru>; <b@x.ru>", ["a@x.ru", "b@x.ru"]),
    ],
)
def test_recipients(field: str, people: list[str]) -> None:
    assert [one.address for one in read_letter(raw_letter(To=field)).to] == people


def test_a_semicolon_within_an_encoded_name_is_part_of_it() -> None:
    field = "=?iso-8859-1?Q?Celentano;_R=EDo_grande.?= <a@x.ru>"
    assert read_letter(raw_letter(From=field)).from_.name == "Celentano; Río grande."


def test_two_chinese_characters_without_a_charset() -> None:
    letter = read_letter(raw_letter("你好".encode("gbk"), Content_Type='text/html; charset=""'))
    assert letter.text.strip() == "你好"


def test_a_container_of_nothing_but_its_end_says_nothing() -> None:
    kind = "multipart/alternative; boundary=B"
    assert read_letter(raw_letter("--B--\r\n", Content_Type=kind)).text == ""


def test_the_only_text_is_read_though_it_is_sent_as_a_file() -> None:
    page = {"Content_Type": "text/html; charset=utf-8"}
    file = {"Content_Disposition": "attachment; filename=email.html"}
    letter = read_letter(raw_letter("<p>Где заказ?</p>", **page, **file))
    assert (letter.text.strip(), len(letter.attachments)) == ("Где заказ?", 1)
    letter = read_letter(multipart(part("Где заказ?", Content_Disposition="attachment")))
    assert (letter.text.strip(), len(letter.attachments)) == ("Где заказ?", 1)
    named = part("1;2", "text/plain", Content_Disposition="attachment; filename=a.csv")
    assert read_letter(multipart(part(""), named)).text == ""


def test_what_stands_there_for_programs_without_scripts_is_read() -> None:
    page = "<noscript>Где заказ?</noscript><script>document.write('x')</script>"
    letter = read_letter(raw_letter(page, Content_Type="text/html; charset=utf-8"))
    assert letter.text.strip() == "Где заказ?"


FILE = bytes(range(256)) * 4


def yenc(content: bytes) -> bytes:
    """Return a block of yEnc: lines of 128 signs, NUL, LF, CR and = escaped."""
    signs = [bytes(((byte + 42) % 256,)) for byte in content]
    critical = (b"\0", b"\n", b"\r", b"=")
    signs = [b"=" + bytes(((one[0] + 64) % 256,)) if one in critical else one for one in signs]
    lines = [b"".join(signs[at : at + 128]) for at in range(0, len(signs), 128)]
    head = b"=ybegin line=128 size=%d name=my photo.jpg\r\n" % len(content)
    return head + b"\r\n".join(lines) + b"\r\n=yend size=%d\r\n" % len(content)


def test_a_file_in_yenc_within_a_text() -> None:
    head = raw_letter(Content_Type="text/plain").partition(b"\r\n\r\n")[0]
    letter = read_letter(head + b"\r\n\r\nSee this\r\n\r\n" + yenc(FILE) + b"\r\nBye\r\n")
    assert letter.text.split() == ["See", "this", "Bye"]
    assert [(one.attachment.filename, one.content) for one in letter.parts] == [
        ("my photo.jpg", FILE)
    ]


def test_a_part_in_yenc() -> None:
    file = (
        b"Content-Type: image/jpeg; name=a.jpg\r\nContent-Transfer-Encoding: x-yenc\r\n\r\n"
        + yenc(FILE)
    )
    letter = read_letter(multipart(part("Hello"), file))
    assert [one.content for one in letter.parts] == [FILE]


def test_words_about_yenc_stay_words() -> None:
    text = "A block begins with =ybegin line=128 and ends with =yend size=1"
    assert read_letter(raw_letter(text)).text.strip() == text


def test_a_relay_that_wrote_an_empty_line_below_its_own_fields() -> None:
    trace = (
        b"Return-Path: <a@x.ru>\r\nReceived: from a by b;\r\n Mon, 2 Mar 2026 10:00:00 +0300\r\n"
    )
    letter = read_letter(trace + b"\r\n" + raw_letter("Где заказ?"))
    assert (letter.from_.address, letter.subject) == ("ivan@example.ru", "Привет")
    assert letter.text.strip() == "Где заказ?"


def test_a_header_that_somebody_quotes_below_an_empty_one_stays_text() -> None:
    quoted = "Смотрите, что пришло:\r\nFrom: a@x.ru\r\nSubject: Счёт\r\n\r\nслова"
    letter = read_letter(b"Received: from a by b\r\n\r\n" + quoted.encode())
    assert letter.subject == ""
    assert "Смотрите" in letter.text


@pytest.mark.parametrize(
    "start", ["<!-- saved from url=(0022)http://x.ru/ -->\r\n", '<?xml version="1.0"?>\r\n']
)
def test_a_page_below_a_remark_that_is_labelled_plain_text(start: str) -> None:
    page = start + "<html><body><p>Где заказ?</p></body></html>"
    assert read_letter(raw_letter(page)).text.strip() == "Где заказ?"


def test_a_letter_that_is_attached_under_a_subject_of_dots() -> None:
    attached = b"Content-Type: message/rfc822\r\n\r\nFrom: a@x.ru\r\nSubject: ...\r\n\r\nx\r\n"
    letter = read_letter(multipart(part("Hello"), attached))
    assert [each.filename for each in letter.attachments] == ["letter.eml"]


@pytest.mark.parametrize(
    ("number", "body", "words"),
    [
        (1, "Subject: Whole\r\nContent-Type: text/plain\r\n\r\nFirst half of", "First half of"),
        (2, "the second half", "the second half"),
        (2, "aGVsbG8gd29ybGQhIQ" * 12, ""),
    ],
)
def test_a_piece_of_a_letter_shows_its_words(number: int, body: str, words: str) -> None:
    kind = f'message/partial; id="a@x"; number={number}; total=2'
    assert read_letter(raw_letter(body, Content_Type=kind)).text.strip() == words


NOTES = "I am away.\n\nNote: This is an automated response to your message “Test” sent on 20/05."
NDR = """Не удалось доставить сообщение следующим получателям или группам:

nobody@example.ru
Адрес не найден. Проверьте адрес электронной почты получателя и повторите попытку.

Remote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound'
"""
MDAEMON = (
    "The attached message had PERMANENT fatal delivery errors.\n\n nobody@example.ru - no user"
)


@pytest.mark.parametrize(
    ("fields", "text", "kind"),
    [
        ({"Subject": "AUTO: Ivan is out of the office", "X_MIMETrack": "x"}, NOTES, "auto-reply"),
        ({"Subject": "AUTO: покупка", "X_MIMETrack": "x"}, "Хочу купить авто", "letter"),
        ({"Subject": "AUTO: Ivan is out", "In_Reply_To": "<a@x.ru>"}, NOTES, "letter"),
        ({"Return_Path": "<>", "Precedence": "bulk"}, "Thank you for your letter.", "auto-reply"),
        ({"Return_Path": "<>", "Precedence": "bulk"}, "Когда придёт заказ?", "letter"),
        ({"Precedence": "bulk"}, "Спасибо, ждём.", "letter"),
        ({"Subject": "Automaatvastus: Test", "Return_Path": "<>"}, "Puhkan", "auto-reply"),
        ({"From": "postmaster@x.ru", "Return_Path": "<>", "Subject": "Не удалось доставить: А"},
         NDR, "bounce"),
        ({"From": "postmaster@x.ru", "X_MS_Exchange_Message_Is_Ndr": ""}, "x", "bounce"),
        ({"From": '"Mail Delivery System" <MDaemon@x.ru>', "Return_Path": "<>",
          "Subject": "Permanent Delivery Failure", "Auto_Submitted": "auto-replied"},
         MDAEMON, "bounce"),
        ({"From": "postmaster@x.ru", "Subject": "Не удалось доставить"},
         "Здравствуйте! Проверьте ваш сервер: 550 5.1.1 от вас", "letter"),
    ],
)  # fmt: skip
def test_kinds(fields: dict[str, str], text: str, kind: str) -> None:
    assert read_letter(raw_letter(text, **fields)).kind == kind
