"""What users of other products reported of bodies and parts that were read wrong.

The first column names the public report that a letter of our own was written after.
"""

from base64 import b64encode
from typing import Any

import pytest

from bridge.parse.letter import ParsedLetter
from bridge.parse.message import read_letter
from tests.letters import base64_part, container, multipart, part, raw_letter

PAGE = "text/html; charset=utf-8"
PDF = part("%PDF-1.4 x", "application/pdf; name=a.pdf", Content_Disposition="attachment")
PICTURE = part("PNG", "image/png", Content_Disposition="inline; filename=i.png", Content_ID="<1@x>")
TEXT = "Здравствуйте! Где мой заказ номер 17?"


def told(letter: ParsedLetter) -> tuple[str, list[str]]:
    return letter.text.strip(), [each.filename for each in letter.attachments]


def page(source: str) -> bytes:
    return part(source, PAGE)


CHARSETS: list[tuple[str, bytes, str, str]] = [
    ("zammad#6144", "お問い合わせ".encode("iso-2022-jp"), "text/plain;", "お問い合わせ"),
    (
        "alot#1386",
        "明日3月23日(土)".encode("iso-2022-jp"),
        "text/plain; charset=ISO-2022-JP",
        "明日3月23日(土)",
    ),
    (
        "django-mailbox#34",
        "お問い合わせ".encode("iso-2022-jp"),
        "text/plain; charset=_iso-2022-jp$esc",
        "お問い合わせ",
    ),
    ("mail#1423", "ほげ".encode(), "text/plain; charset=iso-2022-jp", "ほげ"),
    (
        "postal-mime#94",
        "日本語のメール".encode("cp932"),
        "text/plain; charset=iso2022jp",
        "日本語のメール",
    ),
    ("postal-mime#94", "日本語".encode("cp932"), "text/plain; charset=cp932", "日本語"),
    ("postal-mime#94", "ｺﾝﾆﾁﾊ ｻﾄｳ".encode("cp932"), "text/plain; charset=shift_jis", "ｺﾝﾆﾁﾊ ｻﾄｳ"),
    (
        "postal-mime#94",
        "お問い合わせありがとう".encode("euc-jp"),
        "text/plain; charset=shift_jis",
        "お問い合わせありがとう",
    ),
    (
        "postal-mime#94",
        "お問い合わせありがとう".encode("cp932"),
        "text/plain; charset=euc-jp",
        "お問い合わせありがとう",
    ),
    (
        "xberg#1278",
        "감사합니다".encode("cp949"),
        'text/plain; charset="ks_c_5601-1987"',
        "감사합니다",
    ),
    (
        "xberg#1278",
        "감사합니다".encode("iso2022_kr"),
        "text/plain; charset=iso-2022-kr",
        "감사합니다",
    ),
    ("xberg#1278", "감사합니다".encode("iso2022_kr"), "text/plain", "감사합니다"),
    ("xberg#1278", b"\x1b$)A\x0eP;P;\x0f ok", "text/plain; charset=iso-2022-cn", "谢谢 ok"),
    ("imapy#34", "谢谢".encode("gb2312"), "text/plain; charset=gb2312", "谢谢"),
    ("imapy#34", "收到".encode("gb2312"), "text/plain; charset=gb2312", "收到"),
    ("imapy#34", "ок".encode(), "text/plain; charset=gb2312", "ок"),
    ("imapy#34", "naïve".encode(), "text/plain; charset=gb2312", "naïve"),
    (
        "mailparser#161",
        "订单什么时候发货给我们".encode("gbk"),
        'text/plain; charset="gbk"; format=flowed',
        "订单什么时候发货给我们",
    ),
    ("mailcore2#1566", "请问我的订单在哪里".encode("gbk"), "text/plain", "请问我的订单在哪里"),
    (
        "MSGReader#211",
        "Příliš žluťoučký".encode("iso-8859-2"),
        'text/plain; charset="iso-8859-2";format="flowed"',
        "Příliš žluťoučký",
    ),
    ("MimeKit#609", TEXT.encode("koi8-r"), "text/plain", TEXT),
    ("zammad#6221", TEXT.encode(), "text/plain; charset=iso-8859-1", TEXT),
    ("php-email-parser#9", TEXT.encode(), "text/plain; charset=3DUTF-8", TEXT),
    ("php-email-parser#9", TEXT.encode(), "text/plain; charset=UTF-8;\N{NO-BREAK SPACE}", TEXT),
    ("modoboa#127", TEXT.encode(), "text/plain; charset=no-such-thing", TEXT),
    (
        "mailparser#26",
        "€ 100 “hi” …".encode("cp1252"),
        "text/plain; charset=iso-8859-1",
        "€ 100 “hi” …",
    ),
    ("mailparser#26", "“OK” – 5 €".encode("cp1252"), "text/plain", "“OK” – 5 €"),
]


@pytest.mark.parametrize(("report", "body", "label", "text"), CHARSETS)
def test_charsets(report: str, body: bytes, label: str, text: str) -> None:
    assert read_letter(raw_letter(body, Content_Type=label)).text == text, report


FIRST, SECOND = ("Привет, это первая часть. ", "А это вторая часть письма.")
IN_BASE64 = b64encode((FIRST + SECOND).encode())
JOINED = b64encode(FIRST.encode()) + b"\r\n" + b64encode(SECOND.encode())
ENCODED: list[tuple[str, bytes]] = [
    ("cpython#137687", JOINED),
    ("cpython#7583", IN_BASE64.rstrip(b"=")),
    ("letterparser#8", IN_BASE64[:21] + b"\r\n" + IN_BASE64[21:]),
    ("enough_mail#247", IN_BASE64[:30] + b" " + IN_BASE64[30:]),
    ("mail-api#3", IN_BASE64 + b"\r\n="),
    ("mailparser#168", IN_BASE64 + b"\r\n\x00"),
]


@pytest.mark.parametrize(("report", "body"), ENCODED)
def test_base64(report: str, body: bytes) -> None:
    plain = "text/plain; charset=utf-8"
    read = read_letter(raw_letter(body, Content_Type=plain, Content_Transfer_Encoding="base64"))
    assert read.text == FIRST + SECOND, report


def bounded(name: str, *, closed: bool = True, edge: str = "") -> bytes:
    edge = edge or "b1"
    body = f"--{edge}\r\n\r\nSome text\r\n" + (f"--{edge}--\r\n" if closed else "")
    return raw_letter(body, Content_Type=name)


def two_types(*types: str) -> bytes:
    lines = "".join(f"Content-Type: {each}\r\n" for each in types).encode()
    return lines + bounded("x/y").replace(b"Content-Type: x/y\r\n", b"")


QUOTED = "--b1\r\nContent-Type: text/plain; charset=3Dutf-8\r\n\r\nSome=20text\r\n--b1--\r\n"
BOUNDARIES: list[tuple[str, bytes]] = [
    ("elixir-mail#43", bounded("multipart/alternative; boundary=b1")),
    ("elixir-mail#201", raw_letter("Some text", Content_Type="multipart/mixed; boundary=b1")),
    ("php-email-parser#30", bounded('multipart/report; boundary="b1"; report-type=x')),
    ("mailcore2#122", bounded("multipart/mixed; boundary=b1", closed=False)),
    ("libetpan#384", raw_letter("Some text", Content_Type='multipart/alternative; boundary="b1"')),
    ("php-imap#28", bounded("multipart/mixed; boundary==_b=1", edge="=_b=1")),
    ("PHPMailer#48", bounded("multipart/mixed; boundary=gc0:2/Y", edge="gc0:2/Y")),
    ("flanker#36", two_types("text/plain; charset=utf-8", "multipart/mixed; boundary=b1")),
    ("flanker#36", two_types("multipart/mixed; boundary=b1", "text/plain")),
    (
        "mailparser#52",
        raw_letter(
            QUOTED,
            Content_Type="multipart/mixed; boundary=b1",
            Content_Transfer_Encoding="quoted-printable",
        ),
    ),
]


@pytest.mark.parametrize(("report", "letter"), BOUNDARIES)
def test_boundaries(report: str, letter: bytes) -> None:
    assert told(read_letter(letter)) == ("Some text", []), report


ALIKE = part("The same words"), page("<p>The <b>same</b> words</p>")
MAC = container(part("fork", "application/applefile; name=a.pdf"), PDF, subtype="appledouble")
PARTS: list[tuple[str, bytes, str, list[str]]] = [
    ("alot#243", multipart(part("See"), PICTURE), "See", ["i.png"]),
    ("enmime#311", multipart(part("See"), PICTURE, part("below")), "See\nbelow", ["i.png"]),
    ("S22.Imap#81", multipart(part("See"), MAC), "See", ["a.pdf"]),
    ("chatwoot#10379", multipart(part(""), PICTURE), "", ["i.png"]),
    (
        "chatwoot#14633",
        multipart(page("<p>See</p><attachment src='cid:1@x'>"), PICTURE),
        "See",
        ["i.png"],
    ),
    (
        "hypermail#52",
        multipart(part("See"), container(page("<p>See</p>"), PDF), subtype="alternative"),
        "See",
        ["a.pdf"],
    ),
    ("anymail#327", multipart(page("<p>See</p>"), PICTURE, subtype="related"), "See", ["i.png"]),
    ("SuiteCRM#9772", multipart(part("See"), PDF), "See", ["a.pdf"]),
    (
        "bp-reply-by-email#21",
        multipart(container(part("See"), page("<p>See</p>"), subtype="alternative")),
        "See",
        [],
    ),
    (
        "eml-format#4",
        multipart(part("See"), PDF).replace(b"--=_edge", b"A remark in MIME\r\n--=_edge", 1),
        "See",
        ["a.pdf"],
    ),
    ("mailparser#52", multipart(*ALIKE), "The same words", []),
    ("mailparser#52", multipart(*ALIKE, subtype="related"), "The same words", []),
    ("mailparser#52", multipart(ALIKE[0], page("<p>A footer</p>")), "The same words\nA footer", []),
    (
        "osTicket#4854",
        multipart(part("See"), part("Subject: Ещё\r\n\r\nx", "message/global")),
        "See",
        ["Ещё.eml"],
    ),
    (
        "Haraka#3116",
        multipart(part("# See", "text/markdown"), page("<h1>See</h1>"), subtype="alternative"),
        "See",
        [],
    ),
    (
        "php-mime-mail-parser#474",
        multipart(part("See"), part("Subject: old\r\n\r\nold", "message/rfc822")),
        "See",
        ["old.eml"],
    ),
    (
        "MimeKit#609",
        raw_letter("<html><body><p>See</p></body></html>", Content_Type="application/xhtml+xml"),
        "See",
        [],
    ),
]


@pytest.mark.parametrize(("report", "letter", "text", "files"), PARTS)
def test_parts(report: str, letter: bytes, text: str, files: list[str]) -> None:
    assert told(read_letter(letter)) == (text, files), report


SOURCES = [
    (
        "mail-parser#81",
        "<div style='white-space: pre-wrap'>a\nb <b>c\nd</b></div>e",
        "a\nb c\nd\ne",
    ),
    ("mail-parser#81", "<p>a</p></body></html><html><body>b</body></html>", "a\n\nb"),
    ("mail-parser#81", "<html><body>a</body></html>\r\nA footer", "a\nA footer"),
    ("mail-parser#81", "<details><summary>a</summary>b</details>", "a\nb"),
    ("mail-parser#81", "<p>a<select><option>1<option>2</select> b</p>", "a b"),
    ("mail-parser#81", "<p>a&zwnj;&nbsp;&zwnj;&nbsp;&zwnj;&nbsp;</p><p>b</p>", "a\n\nb"),
]


@pytest.mark.parametrize(("report", "source", "text"), SOURCES)
def test_pages(report: str, source: str, text: str) -> None:
    assert read_letter(raw_letter(source, Content_Type=PAGE)).text == text, report


EVENT = "BEGIN:VCALENDAR\r\n{}BEGIN:VEVENT\r\nSUMMARY:Встреча\r\nATTENDEE;PARTSTAT=ACCEPTED;CN=Ivan"
EVENT += ":mailto:ivan@example.ru\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
ANSWER = EVENT.format("METHOD:REPLY\r\n")
CALENDARS: list[tuple[str, bytes]] = [
    ("calendar#4346", raw_letter(ANSWER, Content_Type="text/calendar; charset=utf-8")),
    ("calendar#4346", raw_letter(EVENT.format(""), Content_Type="text/calendar; method=REPLY")),
    ("tnef#13", multipart(part(""), part(ANSWER, "application/octet-stream; name=invite.ics"))),
    (
        "tnef#13",
        multipart(
            part("Ivan"), base64_part(EVENT.format("").encode(), "text/calendar; method=reply")
        ),
    ),
]


@pytest.mark.parametrize(("report", "letter"), CALENDARS)
def test_an_answer_to_an_invitation(report: str, letter: bytes) -> None:
    assert "accepted" in read_letter(letter).text, report


def test_what_a_server_made_of_an_encrypted_letter_is_named() -> None:
    cipher = part("-----BEGIN PGP MESSAGE-----", "application/octet-stream; name=encrypted.asc")
    letter: Any = multipart(part(""), part("Version: 1", "application/pgp-encrypted"), cipher)
    assert "encrypted with OpenPGP" in read_letter(letter).text


def test_a_style_that_never_ends_hides_nothing_below_it() -> None:
    source = "<style>p{color:red}<p>Где заказ?</p>"
    assert read_letter(raw_letter(source.encode(), Content_Type=PAGE)).text == "Где заказ?"


def test_a_page_that_claims_utf_16_and_is_utf_8() -> None:
    source = '<html><head><meta charset="utf-16"></head><body>Где заказ?</body></html>'
    assert read_letter(raw_letter(source.encode(), Content_Type="text/html")).text == "Где заказ?"
