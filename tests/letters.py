"""A small builder of letters: what a test does not name is ordinary."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

SUPPORT = "support@yandex.ru"
USER = "Иван Петров <ivan@example.ru>"
START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def letter(
    message_id: str | None = "1@example.ru",
    *,
    subject: str = "Где мой заказ?",
    text: str = "Здравствуйте! Заказ 17 не пришёл.\n",
    sender: str = USER,
    to: str = SUPPORT,
    cc: str = "",
    in_reply_to: str = "",
    references: tuple[str, ...] = (),
    minute: int = 0,
    html: str = "",
    attachments: dict[str, bytes] | None = None,
) -> bytes:
    """Return the bytes of a letter with CRLF line ends; ids are given without brackets."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = to
    if cc:
        message["Cc"] = cc
    message["Subject"] = subject
    message["Date"] = format_datetime(START + timedelta(minutes=minute))
    if message_id:
        message["Message-ID"] = f"<{message_id}>"
    if in_reply_to:
        message["In-Reply-To"] = f"<{in_reply_to}>"
    if references:
        message["References"] = " ".join(f"<{each}>" for each in references)
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    for filename, content in (attachments or {}).items():
        message.add_attachment(
            content, maintype="application", subtype="octet-stream", filename=filename
        )
    return message.as_bytes(policy=message.policy.clone(linesep="\r\n"))
