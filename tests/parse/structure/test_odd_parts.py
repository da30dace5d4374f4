"""What other people's products were reported to read wrong in parts: a table for each kind."""

from base64 import b64encode, encodebytes

import pytest

from bridge.parse.letter import ParsedLetter
from bridge.parse.message import read_letter
from tests.letters import base64_part, joined, multipart, part, raw_letter

PAGE = "text/html; charset=utf-8"
NAME = "Счёт № 15.pdf"
TEXT = "Здравствуйте! Где мой заказ номер 17? Жду ответа до пятницы.\r\n"
WORD = f"=?utf-8?B?{b64encode(NAME.encode()).decode()}?="

NAMES = {
    "attachment; filename=“b.pdf”": "b.pdf",
    "attachment; filename_0_=ISO-8859-1''Gr%FC; filename_1_=%DFe.pdf": "Grüße.pdf",
    "attachment; filename*=us-ascii''Revised%0D%0A%2010.doc": "Revised 10.doc",
    'attachment; filename="my%20file.pdf"': "my file.pdf",
    'attachment; filename="50% off 20%.pdf"': "50% off 20%.pdf",
    'attachment; filename="&#1057;&#1095;&#1105;&#1090;.pdf"': "Счёт.pdf",
    f'attachment; filename="{NAME.encode().decode("latin-1")}"': NAME,
    f'attachment; filename="____ _ 15.pdf"\r\nContent-Type: x/y; name="{WORD}"': NAME,
    'attachment; filename="____ _ 15.pdf"': "____ _ 15.pdf",
    f'attachment; filename="=?utf-8?B?{b64encode(WORD.encode()).decode()}?="': NAME,
    "attachment\r\nContent-Type: application/pdf; filename=b.pdf": "b.pdf",
    "attachment\r\nContent-Location: b.pdf": "b.pdf",
    "attachment\r\nContent-Location: http://example.com/b.pdf": "part-1.pdf",
}


@pytest.mark.parametrize(("fields", "name"), NAMES.items(), ids=NAMES.keys())
def test_names_of_files(fields: str, name: str) -> None:
    header = f"Content-Disposition: {fields}\r\n"
    if "Content-Type" not in fields:
        header += "Content-Type: application/pdf\r\n"
    read = read_letter(multipart(part("Вот"), header.encode() + b"\r\nx"))
    assert [each.filename for each in read.attachments] == [name]


def alternative(*parts: bytes) -> ParsedLetter:
    return read_letter(multipart(*parts, subtype="alternative"))


STANDING_IN = (
    "This message is in HTML format. Please use an HTML capable client.",
    "Your email client does not support HTML.",
    "To view this message, please use an HTML compatible email viewer!",
    "Ваш почтовый клиент не поддерживает HTML",
    "Это письмо в формате HTML.",
)


@pytest.mark.parametrize("words", STANDING_IN)
def test_what_only_says_that_there_is_a_page_is_no_alternative(words: str) -> None:
    assert alternative(part(words), part("<p>Где заказ?</p>", PAGE)).text == "Где заказ?"
    assert words in alternative(part(words), part(f"<p>{words}</p>", PAGE)).text
    assert words in read_letter(raw_letter(words)).text


def test_a_person_who_writes_about_pages_keeps_the_words() -> None:
    words = "My client does not support HTML. Where is order 17?"
    page = part(f"<div>{words.replace(' ', '<br> ')}</div>", PAGE)
    assert alternative(part(words), page).text == words


def test_a_text_above_the_parts_counts_where_there_is_no_other() -> None:
    file = base64_part(b"%PDF-1", "application/pdf; name=a.pdf")
    above = "Где мой заказ?\r\n".encode()
    both = {"Content_Type": "multipart/mixed; boundary=b"}
    read = read_letter(raw_letter(above + joined(file, boundary="b"), **both))
    assert (read.text.strip(), len(read.attachments)) == ("Где мой заказ?", 1)
    read = read_letter(raw_letter(above + joined(part("Да"), file, boundary="b"), **both))
    assert read.text.strip() == "Да"
    remark = b"This is a multi-part message in MIME format.\r\n"
    read = read_letter(raw_letter(remark + joined(file, boundary="b"), **both))
    assert read.text == ""


PIECES = ("<div>Вот счёт<br>и акт</div>", "<p>Вот счёт</p>\r\n<p>и акт</p>\r\n", "<b></b>x</p>")


def test_a_piece_of_a_page_labelled_plain_text_is_read_as_a_page() -> None:
    assert read_letter(raw_letter(PIECES[0])).text == "Вот счёт\nи акт"
    assert "<p>" not in read_letter(raw_letter(PIECES[1])).text
    assert read_letter(raw_letter(PIECES[2])).text == PIECES[2]
    code = "<div>x</div> не работает, что делать?"
    assert read_letter(raw_letter(code)).text == code
    long = "<p>Вот</p>" * 900
    assert "<p>" not in read_letter(raw_letter(long)).text
    lines = encodebytes(long.encode())
    assert "<p>" not in read_letter(raw_letter(lines, Content_Transfer_Encoding="base64")).text


def test_plain_text_labelled_a_page_keeps_its_lines() -> None:
    text = "Вот счёт\nи акт, сумма < 5 и > 3"
    assert read_letter(raw_letter(text, Content_Type=PAGE)).text == text
    assert read_letter(raw_letter("a<br>b", Content_Type=PAGE)).text == "a\nb"
    assert read_letter(raw_letter("a &amp;\n b", Content_Type=PAGE)).text == "a & b"


def test_a_blank_line_ends_a_flowed_paragraph() -> None:
    flowed = "text/plain; charset=utf-8; format=flowed"
    read = read_letter(raw_letter("one \r\ntwo \r\n\r\nthree", Content_Type=flowed))
    assert read.text == "one two \n\nthree"


QUOTED = "".join(f"={byte:02X}" for byte in TEXT.encode())
ENCODED = {
    "quoted-printable labelled base64": (QUOTED, "base64", TEXT),
    "a word of two letters": ("OK\r\n", "base64", "OK"),
    "a word of seven letters": ("Thanks!", "base64", "Thanks!"),
    "a word that was encoded": ("T0s=", "base64", "OK"),
    "UTF-8 written twice": (TEXT.encode().decode("latin-1"), "8bit", TEXT),
}


@pytest.mark.parametrize(("body", "encoding", "said"), ENCODED.values(), ids=ENCODED.keys())
def test_encodings(body: str, encoding: str, said: str) -> None:
    read = read_letter(raw_letter(body, Content_Transfer_Encoding=encoding))
    assert read.text.strip() == said.strip()


def test_a_text_that_was_written_twice_says_so() -> None:
    twice = raw_letter(TEXT.encode().decode("latin-1"), Content_Transfer_Encoding="8bit")
    assert read_letter(twice).defects == ["text written as UTF-8 twice"]
    assert read_letter(raw_letter(TEXT, Content_Transfer_Encoding="8bit")).defects == []


def test_what_a_server_forwarded_somebody_wrote() -> None:
    assert read_letter(raw_letter("Где заказ?", Auto_Submitted="auto-forwarded")).kind == "letter"
    assert read_letter(raw_letter("Ушла", Auto_Submitted="auto-replied")).kind == "auto-reply"


@pytest.mark.parametrize(
    ("subject", "fields", "kind"),
    [
        ("FW: Заказ", {"X_MS_Exchange_Inbox_Rules_Loop": "a@example.ru"}, "letter"),
        ("Заказ", {"X_MS_Exchange_Organization_AutoForwarded": "true"}, "letter"),
        (
            "Fwd: Заказ",
            {"X_MS_Exchange_Generated_Message_Source": "Mailbox Rules Agent"},
            "letter",
        ),
        ("FW: Заказ", {}, "auto-reply"),
        ("Заказ", {"X_MS_Exchange_Inbox_Rules_Loop": "a@example.ru"}, "auto-reply"),
        (
            "Automatic reply: Заказ",
            {"X_MS_Exchange_Generated_Message_Source": "Mailbox Rules Agent"},
            "auto-reply",
        ),
    ],
)
def test_what_a_rule_of_exchange_passed_on_somebody_wrote(
    subject: str, fields: dict[str, str], kind: str
) -> None:
    letter = raw_letter("Где заказ?", Subject=subject, Auto_Submitted="auto-generated", **fields)
    assert read_letter(letter).kind == kind


def test_one_line_end_boundaries_and_an_encoding_above_all_parts() -> None:
    head = b"From: a@example.ru\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary="
    text = b"\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    plain = head + b"B\r\n\r\n--B" + text + b"OK, done.\r\n--B--\r\n"
    old_mac = read_letter(plain.replace(b"\r\n", b"\r"))
    assert (old_mac.text, old_mac.defects) == ("OK, done.", ["lines end in CR"])

    blanks = read_letter(head + b'"B "\r\n\r\n--B ' + text + b"OK, done.\r\n--B --\r\n")
    assert blanks.text == "OK, done."

    above = b"B\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n--B"
    encoded = b"=D0=9E=D0=BA, =D0=B4=D0=B0"
    assert read_letter(head + above + text + encoded + b"\r\n--B--\r\n").text == "Ок, да"
    link = b"https://example.ru/?a=12&b=34"
    assert read_letter(head + above + text + link + b"\r\n--B--\r\n").text == link.decode()


@pytest.mark.parametrize("above", ["", "\r\n", "\r\n\r\n", "  \r\n"])
def test_an_attached_letter_is_named_by_its_subject_wherever_it_begins(above: str) -> None:
    attached = f"Content-Type: message/rfc822;\r\n\r\n{above}".encode() + raw_letter(
        Subject="Заказ"
    )
    read = read_letter(multipart(part("Вот"), attached))
    assert [each.filename for each in read.attachments] == ["Заказ.eml"]
