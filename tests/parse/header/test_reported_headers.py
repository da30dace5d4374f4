"""What users of other products reported of headers that were read wrong, in letters of our own.

The first column names the public report that a letter was written after.
"""

from base64 import b64encode
from datetime import UTC, datetime

import pytest

from bridge.parse.message import read_letter
from tests.letters import multipart, part, raw_letter

ARRIVED = "from mx (mx [192.0.2.4]) by mail.example; Mon, 20 May 2024 12:31:30 +0300"
WRITTEN = datetime(2024, 5, 20, 9, 31, tzinfo=UTC)


def word(text: str, charset: str = "utf-8") -> str:
    return b64encode(text.encode(charset)).decode()


def percent(text: str, charset: str = "utf-8") -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode(charset))


DATES = [
    ("mailparser#305", "Mon, 20 May 2024 09:31:00 +0000 (GMT)"),
    ("mailcore2#1270", "Mon May 20 09:31:00 2024"),
    ("mailcore2#1270", "Mon May 20 12:31:00 2024 +0300"),
    ("mailcore2#1505", "Mon, 20 May 2024 18:31:00 +0900 (日本標準時)"),
    ("mailslurper#25", "20 May 2024 03:31:00 -0600"),
    ("mail#1078", "Mon, 20 May 2024 11:31:00 CEDT"),
    ("mail#1078", "Mon, 20 May 2024 05:31:00 EST5EDT"),
    ("ietfdata#84", "Mon, 20 May 124 05:31:00 -0400 (EDT)"),
    ("MimeKit#179", "Mon, 20 May 2024 12:31:00 (+0300)"),
    ("MimeKit#179", 'Mon, 20 May 2024 12:31:00 "GMT"+3'),
    ("MimeKit#587", "2024-05-20 09:31:00.859878421 +0000 UTC m=+1240939.1"),
    ("mail#216", "Mon, 20-05-2024 12:31:00 +0300"),
    ("mail#216", "20/May/2024:12:31:00 +0300"),
    ("mail#216", "Mon, 20. May 2024 12:31:00 +0300"),
    ("mail#216", "Mon, 20 May. 2024 12:31:00 +0300"),
    ("mail#216", "Mon, 20 May 2024 12h31 +0300"),
    ("mail#216", "Mon, 20 May 2024 12h31m00 +0300"),
    ("mail#216", "Mon,20May2024 12:31:00+0300"),
    ("mail#216", "<Mon, 20 May 2024 12:31:00 +0300>"),
    ("mail#216", "[Mon, 20 May 2024 12:31:00 +0300]"),
    ("mail#216", "Mon=2C 20 May 2024 12:31:00 +0300"),
    ("mail#216", "Mon%2C 20 May 2024 12%3A31%3A00 %2B0300"),
    ("mail#216", "Mon, 20 May 2024 05:31:00 \N{MINUS SIGN}0400"),
    ("mail#216", "1716197460000"),
    ("mail#216", "@1716197460"),
    ("mail#216", "1716197460.123"),
    ("mail#216", "20240520123100+0300"),
    ("mail#216", "20240520093100Z"),
    ("mail#216", "2024-05-20(Mon) 18:31:00 +0900"),
    ("mail#216", "Mon, 20 5月 2024 18:31:00 +0900"),
    ("mail#216", "周一, 20 五月 2024 17:31:00 +0800"),
    ("mail#216", "20 Μαΐου 2024 12:31:00 +0300"),
    ("mail#216", "20 mai 2024 à 11:31:00 +0200"),
    ("mail#216", "Montag, 20. Mai 2024 um 11:31 +0200"),
    ("stoq-plugins#104", "2024/05/20 Mon 09:31:00 GMT"),
    ("stoq-plugins#104", "20.05.2024 Mo. 12:31:00 +0300"),
    ("himalaya#369", "20-MAY-2024 12:31:00"),
    ("tine20#7402", "Mon, 20 May 2024 12:31:00 MSK (UTC+3)"),
    ("tine20#7402", "Mon, 20 May 2024 11:31:00 CEST (GMT+02:00)"),
    ("mailio#208", "Mon, 20 May 2024 12:31:00 + 0300"),
    ("mailio#208", "Mon, 20 May 2024 17:31:00 GMT + 0800"),
]


@pytest.mark.parametrize(("report", "date"), DATES)
def test_dates(report: str, date: str) -> None:
    assert read_letter(raw_letter(Date=date, Received=ARRIVED)).date == WRITTEN, report


NO_DATES = [
    ("mail#216", "Invalid Date"),
    ("mail#564", "Mon, 20 May 2024 30:00:45 +0300"),
    ("mailcore2#1085", "Thu, 01 Jan 1970 00:00:00 +0000"),
    ("mail-parser#133", "Mon, 00 Jan 0000 00:00:00 +0000"),
    ("mail-parser#133", "Mon, 01 Jan 0001 00:00:00 +0000"),
]


@pytest.mark.parametrize(("report", "date"), NO_DATES)
@pytest.mark.parametrize("received", [ARRIVED, ARRIVED.replace(";", "\tid 14ca60")])
def test_a_date_that_says_nothing_is_that_of_arrival(report: str, date: str, received: str) -> None:
    arrived = read_letter(raw_letter(Date=date, Received=received)).date
    assert arrived == datetime(2024, 5, 20, 9, 31, 30, tzinfo=UTC), report


NAME = "Договор аренды.pdf"
FIRST, SECOND = percent("Договор"), percent(" аренды")
WORDS = [f"=?utf-8?B?{word(text)}?=" for text in ("Договор", " аренды.pdf")]
IN_QUOTED = "".join(f"={byte:02X}" for byte in "Договор".encode())
NAMES: list[tuple[str, str | bytes, str]] = [
    ("flowcrypt#3357", "filename*0*=utf-8''X%20J(P%204).pdf.pg; filename*1=p", "X J(P 4).pdf.pgp"),
    ("mailparser#124", "filename*0*=us-ascii'en'a%20; filename*1*=%2A; filename*2=c", "a *c"),
    ("mailparser#170", "filename*=''Report%20May.pdf", "Report May.pdf"),
    ("libpst#1", "filename*=utf-8''Hello-(123)-World.pdf", "Hello-(123)-World.pdf"),
    ("zammad#2458", f"filename*=utf-8''{percent(NAME)}", NAME),
    ("itop#46", f"filename*1*={SECOND}; filename*0*=utf-8''{FIRST}; filename*2=.pdf", NAME),
    ("itop#46", f"filename*0*=utf-8''{FIRST}; filename*1*=utf-8''{SECOND}; filename*2=.pdf", NAME),
    ("gaia#9555", f"filename*={percent(NAME)}", NAME),
    ("gaia#9555", f"filename*=windows-1251'ru'{percent(NAME, 'cp1251')}", NAME),
    ("gaia#9555", f'filename="{percent(NAME, "cp1251")}"', NAME),
    ("gaia#9555", 'filename="Gr%FC%DFe%20aus%20K%F6ln.pdf"', "Grüße aus Köln.pdf"),
    ("gaia#9555", 'filename="100%A0off%BB.pdf"', "100%A0off%BB.pdf"),
    ("ailang#678", "filename==?iso-8859-1?Q?Vej_12B=2C_K=F8ge?=.pdf", "Vej 12B, Køge.pdf"),
    ("isotope-mail#136", f'filename="{WORDS[0]}\r\n {WORDS[1]}"', NAME),
    ("imbox#204", f'filename="{WORDS[0]} {WORDS[1]}"', NAME),
    ("simple-java-mail#293", f'filename="{NAME}"'.encode(), NAME),
    ("simple-java-mail#293", f'filename="{NAME}"'.encode("koi8-r"), NAME),
    ("simple-java-mail#293", 'filename="見積書.pdf"'.encode("cp932"), "見積書.pdf"),
    ("simple-java-mail#293", 'filename="請求書2024.pdf"'.encode("cp932"), "請求書2024.pdf"),
    ("php-mime-mail-parser#133", "filename=a;b.pdf", "a;b.pdf"),
    ("php-mime-mail-parser#133", "filename=c.pdf; size=10", "c.pdf"),
    ("content-disposition#41", 'filename=a b.pdf"', "a b.pdf"),
    ("content-disposition#41", 'filename="é".pdf', "é.pdf"),
    ("content-disposition#41", 'filename:"a.pdf"', "a.pdf"),
    ("content-disposition#41", "filename: a.pdf", "a.pdf"),
    ("content-disposition#41", 'name="a.pdf"', "a.pdf"),
    ("content-disposition#41", "filename=\"UTF-8''a%20b.pdf\"", "a b.pdf"),
    ("content-disposition#41", f"filename=\"utf-8''{percent(NAME)}\"", NAME),
    ("content-disposition#41", f'filename="{IN_QUOTED}.pdf"', "Договор.pdf"),
    ("content-disposition#41", r'filename="\320\224\320\276\320\263.pdf"', "Дог.pdf"),
    ("content-disposition#41", r'filename="\u0414\u043e\u0433.pdf"', "Дог.pdf"),
    ("content-disposition#41", f'filename="=_UTF-8_B_{word("Договор.pdf")}_="', "Договор.pdf"),
    ("content-disposition#41", f'filename="__UTF-8_Q_{IN_QUOTED}.pdf__="', "Договор.pdf"),
    ("content-disposition#41", f'filename="?UTF-8?B?{word("Договор.pdf")}?="', "Договор.pdf"),
    ("content-disposition#41", f'filename="_UTF-8_B_{word("Договор.pdf")}_"', "Договор.pdf"),
    ("content-disposition#41", 'filename="_readme_.pdf"', "_readme_.pdf"),
    ("content-disposition#41", r'filename="C:\u2024\report.pdf"', "report.pdf"),
    ("content-disposition#41", 'filename="50%=A0.pdf"', "50%=A0.pdf"),
    ("k-9#2499", f'filename="=?gb2312?B?{word("谢谢.pdf", "gb2312")}?="', "谢谢.pdf"),
]  # fmt: skip


@pytest.mark.parametrize(("report", "written", "name"), NAMES)
def test_names_of_files(report: str, written: str | bytes, name: str) -> None:
    given = written if isinstance(written, bytes) else written.encode()
    header = b"Content-Type: application/pdf\r\nContent-Disposition: attachment; " + given
    read = read_letter(multipart(part("x"), header + b"\r\n\r\nx"))
    assert [each.filename for each in read.attachments] == [name], report


def test_a_name_that_was_masked_whole_is_in_the_other_field() -> None:
    header = f"Content-Type: x/y; name*=utf-8''{percent(NAME)}\r\nContent-Disposition: attachment; "
    read = read_letter(multipart(part("x"), header.encode() + b'filename="_.pdf"\r\n\r\nx'))
    assert [each.filename for each in read.attachments] == [NAME]


UNSEEN = "\u200b\ufeff "
SUBJECTS = [
    ("neomutt#1015", "=?UTF-8?Q?pasi=C5=BEad=C4?=\r\n =?UTF-8?Q?=97jim=C5=B3?=", "pasižadėjimų"),
    ("k-9#3194", f"=?utf-8?B?{word('адрес')[:-2]}?=\r\n =?utf-8?B?{word('адрес')[-2:]}?=", "адрес"),
    ("node-imap#360", "=?utf-8?Q?ab_=E0=B9?=\r\n =?utf-8?Q?=88?=", "ab ่"),
    ("zammad#2953", "=?utf-8?B?QmVow7Y=?=\r\n =?utf-8?B?cmRlbg==?=", "Behörden"),
    ("SwiftMail#151", "=?UTF-8?Q?=D0=9F=D1=\r\n =80=D0=B8?=", "При"),
    ("laminas-mail#173", "=?utf-8?B?S2/F?= =?utf-8?B?gm8=?=", "Koło"),
    ("mail-api#293", "=?UTF-8?B?SW5mb3Jtw6Fj?=\r\n =?UTF-8?B?aWE=?=", "Informácia"),
    ("k-9#2499", f"=?gb2312?B?{word('谢谢', 'gb2312')}?=", "谢谢"),
    ("k-9#2499", f"=?gb2312?B?{word('ок')}?=", "ок"),
    ("k-9#2499", f"=?gb2312?B?{word('Café')}?=", "Café"),
    ("postal-mime#94", f"=?cp932?B?{word('①㈱髙', 'cp932')}?=", "①㈱髙"),
    ("postal-mime#94", f"=?shift_jis?B?{word('ｱﾝｹｰﾄ', 'cp932')}?=", "ｱﾝｹｰﾄ"),
    ("modoboa#944", f"=?windows-874?B?{word('ขอบคุณ', 'cp874')}?=", "ขอบคุณ"),
    ("xberg#1278", f"=?iso-2022-kr?B?{word('문의', 'iso2022_kr')}?=", "문의"),
    ("php-imap#593", "=?utf-8?q?Nov=C3=BD?= =?utf-8?q?_filtr?=", "Nový filtr"),
    ("freescout#2987", "\u200b\u00a0\u2060", ""),
    ("freescout#2987", f"=?utf-8?B?{word(UNSEEN)}?=", ""),
    ("mailparser#161", "=D0=9F=D1=80=D0=B8", "При"),
    ("mailparser#161", "%D0%9F%D1%80%D0%B8", "При"),
    ("mailparser#161", r"\u041f\u0440\u0438", "При"),
    ("mailparser#161", "see https://example.com/%D0%9F%D1%80", "see https://example.com/%D0%9F%D1%80"),
]  # fmt: skip


@pytest.mark.parametrize(("report", "written", "said"), SUBJECTS)
def test_subjects(report: str, written: str, said: str) -> None:
    assert read_letter(raw_letter(Subject=written)).subject == said, report


IVAN = '"Иван" <a@example.ru>'
SENDERS = [
    ("mail-api#293", '"iv an"@example.ru', "", '"iv an"@example.ru'),
    ("mail-api#293", 'Ivan <"iv an"@example.ru>', "Ivan", '"iv an"@example.ru'),
    ("MimeKit#363", '"ООО "Ромашка"" <a@example.ru>', 'ООО "Ромашка"', "a@example.ru"),
    ("MimeKit#363", r"Ivan \"x\" <a@example.ru>", 'Ivan "x"', "a@example.ru"),
    ("MimeKit#363", '=?latin1?Q?"Petrov, Ivan"?= <a@example.ru>', "Petrov, Ivan", "a@example.ru"),
    ("MimeKit#363", "ivan(work)@example.ru", "", "ivan@example.ru"),
    ("rspamd#4333", "Team: Ivan <a@example.ru>;", "Ivan", "a@example.ru"),
    ("webmail#973", "ivan&#64;example.ru", "", "ivan@example.ru"),
    ("webmail#973", "<Ivan P <a@example.ru>", "Ivan P", "a@example.ru"),
    ("nodemailer#1173", r'"Ivan \(Test\)" a@example.ru', "Ivan (Test)", "a@example.ru"),
    ("nodemailer#1173", r'"Ivan \(Test\)" <a@example.ru>', "Ivan (Test)", "a@example.ru"),
    ("mail#1297", "a@example.ru>", "", "a@example.ru"),
    ("mailparser#231", f"=?utf-8?B?{word(IVAN)}?=", "Иван", "a@example.ru"),
    ("zbateson#159", '"Amway =?utf-8?q?=C3=96st"?= <a@example.ru>', "Amway Öst", "a@example.ru"),
]  # fmt: skip


@pytest.mark.parametrize(("report", "written", "name", "address"), SENDERS)
def test_senders(report: str, written: str, name: str, address: str) -> None:
    sender = read_letter(raw_letter(From=written)).from_
    assert (sender.name, sender.address) == (name, address), report


PEOPLE = ["a@example.ru", "b@example.ru", "c@example.ru"]
RECIPIENTS = [
    ("jmap#131", "A:a@example.ru,B <b@example.ru>;, c@example.ru", 3),
    ("webmail#973", '<A B <a@example.ru, C D <b@example.ru>, "E" <c@example.ru>', 3),
    ("webmail#973", '"a@example.ru,b@example.ru"', 2),
    ("webmail#973", "a@example.ru and b@example.ru", 2),
    ("webmail#973", "a@example.ru / b@example.ru | c@example.ru", 3),
    ("webmail#973", "a@example.ru，b@example.ru；c@example.ru", 3),
    ("webmail#973", "Ivan<a@example.ru>，Petr<b@example.ru>", 2),
    ("gluon#482", '"undisclosed-recipients (utajeni adresati)":;', 0),
    ("himalaya#617", "undisclosed-recipients:;", 0),
    ("go-imap#394", "Undisclosed recipients:;, a@example.ru", 1),
    ("mail#1297", "a@example.ru>, b@example.ru>; c@example.ru", 3),
    ("MimeKit#363", "Ivan <<a@example.ru>>, b@example.ru", 2),
    ("MimeKit#363", "<a@example.ru> Ivan, <b@example.ru> =?utf-8?Q?A=2CB?=; c@example.ru", 3),
    ("mailparser#231", f"=?utf-8?B?{word('a@x.ru <a@example.ru>')}?=, b@example.ru", 2),
    ("mailparser#231", f"=?utf-8?B?{word('Иван <a@example.ru>')}?=, b@example.ru", 2),
    ("mailparser#231", f"a@example.ru, =?utf-8?B?{word('Петров, Ю. <b@example.ru>')}?=", 2),
]


@pytest.mark.parametrize(("report", "written", "how_many"), RECIPIENTS)
def test_recipients(report: str, written: str, how_many: int) -> None:
    found = read_letter(raw_letter(To=written)).to
    assert [each.address for each in found] == PEOPLE[:how_many], report
