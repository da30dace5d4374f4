"""A mailbox worth looking at: what ``make demo`` sends beside its conversation.

Two users who wait, one who was answered, a letter with a picture and HTML, a bounce, a stranger, a
guess by subject, and a question about a confirmation.
"""

import struct
import zlib
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from uuid import uuid4

ANNA = "Anna Karlsson <anna.karlsson@example.se>"
MARIA = "Мария Соколова <m.sokolova@example.com>"
PETR = "Пётр Ильин <petr@example.org>"
BORIS = "boris@elsewhere.example"
DAEMON = "Mail Delivery System <mailer-daemon@example.net>"
PAGE = """<p>Hello,</p><p>could you send the invoice for <b>November</b> to our new address?</p>
<p><a href="https://example.se/address">The address</a></p>
<img src="https://track.example.net/open.gif" width="1" height="1">
<img src="https://static.example.net/logo.png" alt="">"""


def letter(sender: str, to: str, subject: str, text: str, **headers: str) -> EmailMessage:
    """Return a letter; underscores in header names stand for hyphens."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def others(support: str, answered: str) -> list[EmailMessage]:
    """Return letters to and from the mailbox; a stranger's names the id ``answered``."""
    ids = [f"<{uuid4()}@demo.example>" for _ in range(6)]
    ours = f"Поддержка <{support}>"
    invoice = letter(
        ANNA, support, "Invoice for November",
        "Hello,\n\ncould you send the invoice for November to our new address?\n\nAnna",
        Message_ID=ids[0], Date=_ago(3),
    )  # fmt: skip
    invoice.add_alternative(PAGE, subtype="html")
    broken = letter(
        PETR, support, "Чашка пришла разбитой",
        "Здравствуйте! Чашка пришла разбитой, фотография приложена. Можно заменить?",
        Message_ID=ids[1], Date=_ago(20),
    )  # fmt: skip
    broken.add_attachment(picture(), maintype="image", subtype="png", filename="чашка.png")
    asked = letter(
        MARIA, support, "Возврат по заказу 1698",
        "Добрый день! Оформила возврат, посылку отдала на почту. Когда вернутся деньги?",
        Message_ID=ids[2], Date=_ago(30),
    )  # fmt: skip
    told = letter(
        ours, MARIA, "Re: Возврат по заказу 1698",
        "Мария, добрый день! Деньги вернутся в течение трёх дней после получения посылки.",
        Message_ID=ids[3], Date=_ago(22), In_Reply_To=ids[2], References=ids[2],
    )  # fmt: skip
    announced = letter(
        ours, "no@example.net", "Ваш заказ отправлен", "Здравствуйте! Заказ отправлен.",
        Message_ID=ids[4], Date=_ago(9),
    )  # fmt: skip
    stranger = letter(
        BORIS, support, "Re: Где мой заказ № 1742?",
        "Это касается и меня: мой заказ тоже не пришёл.",
        Message_ID=ids[5], Date=_ago(0.4), In_Reply_To=answered,
    )  # fmt: skip
    return [invoice, broken, asked, told, announced, returned(support, ids[4]), stranger]


def returned(support: str, message_id: str) -> EmailMessage:
    """Return the report that a letter of ours did not arrive (RFC 3464)."""
    message = letter(
        DAEMON, support, "Undelivered Mail Returned to Sender",
        "The mail system could not deliver the letter to no@example.net.", Date=_ago(8.9),
        Auto_Submitted="auto-replied", Message_ID=f"<{uuid4()}@demo.example>",
    )  # fmt: skip
    message.make_mixed()
    message.set_type("multipart/report")
    message.set_param("report-type", "delivery-status")
    status = EmailMessage()
    status["Reporting-MTA"] = "dns; example.net"
    failed = EmailMessage()
    failed["Final-Recipient"], failed["Action"] = "rfc822; no@example.net", "failed"
    failed["Status"], failed["Diagnostic-Code"] = "5.1.1", "smtp; 550 5.1.1 no such user here"
    report = EmailMessage()
    report["Content-Type"] = "message/delivery-status"
    report.set_payload([status, failed])
    message.attach(report)
    first = EmailMessage()
    first["Content-Type"] = "text/rfc822-headers"
    first.set_payload(f"From: {support}\nTo: no@example.net\nMessage-ID: {message_id}\n")
    message.attach(first)
    return message


def picture(width: int = 320, height: int = 200) -> bytes:
    """Return a PNG: a colour gradient."""
    lines = b"".join(
        b"\0" + bytes(value for x in range(width) for value in (40 + y // 2, 90 + x // 4, 130))
        for y in range(height)
    )
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )


def _ago(hours: float) -> str:
    return format_datetime(datetime.now(UTC) - timedelta(hours=hours))
