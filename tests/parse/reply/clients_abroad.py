"""Clients that are rare in Russia, and how each introduces the letter it answers."""

from tests.parse.reply.letters import Client

_NAME = "Служба поддержки <help@example.ru>"
_TO_ORIGINAL = f"From: {_NAME};\nDate: Mon, Sep 15, 2025 03:46 PM\nTo: p@example.org;\nSubject: O"
_HYPHENS = "‐" * 7
_LONG_RULE = "-" * 66

ABROAD = (
    Client("Tuta", "15 сент. 2025 г., 15:46 от help@example.ru:"),
    Client("Tuta, English", "15 Sept 2025, 15:46 by help@example.ru:", marked=False),
    Client("Zoho", "---- On Mon, 15 Sep 2025 15:46:00 +0300 help@example.ru wrote ----", False),
    Client("Zoho, Russian", f"---- Пн, 15 сент. 2025 15:46:00 +0300 {_NAME} написал(а) ----"),
    Client("alot", "Quoting Jane Roe (2025-09-15 15:46:00)"),
    Client("Newton", "On Mon, Sep 15, 2025 at 3:46 PM Jane Roe\n<\nhelp@example.ru\n> wrote:"),
    Client(
        "Proton, older",
        f"{_HYPHENS} Original Message {_HYPHENS}\n"
        f"On Monday, September 15, 2025 3:46 PM, {_NAME} wrote:\n",
    ),
    Client("QQ", f"{'-' * 18} Original {'-' * 18}\n{_TO_ORIGINAL}", marked=False),
    Client(
        "QQ, blanks spelled out",
        f"{'-' * 18}&nbsp;Original&nbsp;{'-' * 18}\n{_TO_ORIGINAL}",
        marked=False,
    ),
    Client(
        "Libero",
        f"---------- Initial Header -----------\n\nFrom      : {_NAME}\nTo          : p@a.org\n"
        "Date      : Mon, 15 Sep 2025 15:46:00 +0200\nSubject : Order",
        marked=False,
    ),
    Client(
        "Aliyun",
        f"{_LONG_RULE}\n发件人：{_NAME}\n发送时间：2025年9月15日 15:46\n收件人：p@a.org\n主　题：O",
        marked=False,
    ),
    Client(
        "DingTalk",
        f"{_LONG_RULE}\nFrom: {_NAME}\nSend Time: 2025 Sep. 15 (Mon.) 15:46\nTo: p@a.org\n"
        "Subject: O",
        marked=False,
    ),
    Client(
        "Outlook, Greek",
        f"Από: {_NAME}\nΑποστολή: Δευτέρα, 15 Σεπτεμβρίου 2025 15:46\nΠρος: p@a.org\nΘέμα: O",
        marked=False,
    ),
    Client(
        "Outlook, Bulgarian",
        f"От: {_NAME}\nИзпратено: 15 септември 2025 г. 15:46\nДо: p@a.org\nОтносно: Order",
        marked=False,
    ),
    Client(
        "Outlook, Chinese of Taiwan",
        f"寄件者: {_NAME}\n已傳送: 2025年9月15日 下午 03:46\n收件者: p@a.org\n主旨: RE: O",
        marked=False,
    ),
)
