"""Letters as every client writes them: a client's shape filled with a writer's words."""

from dataclasses import dataclass
from typing import Literal

Position = Literal["above", "below", "between", "deep"]

NEW = "Здравствуйте!\n\nДа, заказ пришёл, спасибо.\nА чек выслать можете?"
BELOW = "Вот это и есть ответ.\n\nС уважением,\nПётр"
OLD = ("Добрый день, Пётр!", "", "Дошёл ли до вас заказ?", "Ждём ответа.")
OLDER = ("Где мой заказ?", "Прошла неделя.")
OLDEST = ("Заказ принят в работу.",)


@dataclass(frozen=True)
class Client:
    """How one client introduces history (``said``), marks it, and signs below the words."""

    name: str
    said: str
    marked: bool = True
    inside: bool = False
    tail: str = ""
    forward: str = ""

    def __str__(self) -> str:
        return self.name


def _mark(lines: list[str]) -> list[str]:
    return [f">{line}" if line.startswith(">") else f"> {line}".rstrip() for line in lines]


def _history(client: Client, words: tuple[str, ...], older: list[str]) -> list[str]:
    said = client.said.split("\n")
    text = [*words, "", *older] if older else list(words)
    if not client.marked:
        return [*said, "", *text]
    if client.inside:
        return _mark([*said, "", *text])
    return [*said, *_mark(text)]


def letter(client: Client, position: Position) -> str:
    """A letter by ``client`` with the writer's words at ``position``; ``deep``: above three."""
    older = _history(client, OLDER, _history(client, OLDEST, [])) if position == "deep" else []
    history = _history(client, OLD, older)
    above = [NEW, "", *([client.tail, ""] if client.tail else [])]
    if position in ("above", "deep"):
        return "\n".join([*above, *history]) + "\n"
    if position == "below":
        return "\n".join([*history, "", BELOW]) + "\n"
    middle = len(history) - 1
    return "\n".join([*history[:middle], "", "Дошёл.", "", *history[middle:], "", BELOW]) + "\n"


def forwarded(client: Client, note: str = "") -> str:
    """A letter forwarded by hand with a note above."""
    return "\n".join([*([note, ""] if note else []), client.forward, "", *OLD, ""])


_WHO = '"Служба поддержки" <help@example.ru>'
_NAME = "Служба поддержки <help@example.ru>"
_YANDEX_HEAD = "Кому: Пётр Иванов (petr@example.org);\nКопия: sklad@example.ru;\nТема: Ваш заказ;"
_OUTLOOK_RU = (
    f"От: {_NAME}\nОтправлено: 15 сентября 2025 г. 15:46\n"
    "Кому: Пётр Иванов <petr@example.org>\nКопия: sklad@example.ru\nТема: RE: Ваш заказ"
)
_OUTLOOK_EN = (
    f"From: {_NAME}\nSent: Monday, September 15, 2025 3:46 PM\n"
    "To: Petr Ivanov <petr@example.org>\nSubject: RE: Your order"
)
_DATE_RU = f"От: {_NAME}\nДата: понедельник, 15 сентября 2025 г., 15:46\n"
_TO_RU = "Кому: petr@example.org\nТема: Ваш заказ"
_PASSED_ON = "-------- Пересылаемое сообщение --------\n"
_YANDEX_FORWARD = f"{_PASSED_ON}15.09.2025, 15:46, {_WHO}:\n"
_MAILRU_FORWARD = (
    f"{_PASSED_ON}От кого: {_NAME}\nКому: petr@example.org\nДата: 15 сентября 2025, 15:46"
)
_GMAIL_FORWARD = (
    f"---------- Forwarded message ---------\n{_DATE_RU}Subject: Ваш заказ\nTo: <p@example.org>"
)
_APPLE_RU = f"15 сент. 2025 г., в 15:46, {_NAME} написал(а):"
_APPLE_FORWARD = f"> Начало переадресованного сообщения:\n> \n> От: {_NAME}\n> Тема: Ваш заказ\n> "
_APPLE_FORWARD_EN = (
    f"Begin forwarded message:\n\nFrom: {_NAME}\nSubject: Your order\nTo: p@example.org"
)
_BIRD_FORWARD = "-------- Перенаправленное сообщение --------\nТема: Ваш заказ\nДата: 15.09.2025\n"
_LONG_NAME = '"Служба поддержки покупателей интернет-магазина" <\nhelp@example.ru>'

CLIENTS = (
    Client("Yandex web, text", f"15.09.2025, 15:46, {_WHO}:", forward=_YANDEX_FORWARD),
    Client("Yandex web, text, no name", "15.09.2025, 15:46, help@example.ru:"),
    Client(
        "Yandex web, HTML",
        f"----------------\n{_YANDEX_HEAD}\n15.09.2025, 15:46, {_WHO}:",
        forward=f"----------------\n{_YANDEX_FORWARD}",
    ),
    Client(
        "Yandex web, HTML, spaced",
        f"----------------\n\n{_YANDEX_HEAD}\n\n15.09.2025, 15:46, {_WHO}:\n",
    ),
    Client(
        "Yandex web, time first", f"15:46, 15 сентября 2025 г., {_WHO}:", forward=_YANDEX_FORWARD
    ),
    Client("Yandex web, English", f"15:46, September 15, 2025, {_WHO}:"),
    Client(
        "Yandex mobile, text",
        f"15.09.2025, 15:46, {_WHO}:",
        tail="-- \nОтправлено из мобильной Яндекс Почты",
    ),
    Client(
        "Yandex mobile, HTML",
        f"Кому: Пётр (petr@example.org);\nТема: (Без темы);\n15.09.2025, 15:46, {_WHO}:",
        tail="--\nОтправлено из мобильной Яндекс Почты",
    ),
    Client(
        "Yandex mobile, older",
        f"15.09.2025, 15:46, {_WHO}:",
        tail="-- \nОтправлено из Яндекс.Почты для мобильных",
    ),
    Client(
        "Mail.ru web, text",
        f"Понедельник, 15 сентября 2025, 15:46 +03:00 от {_NAME}:",
        forward=_MAILRU_FORWARD,
    ),
    Client(
        "Mail.ru web, HTML",
        f"Понедельник, 15 сентября 2025, 15:46 +03:00 от {_NAME}:\n",
        tail="--\nПётр Иванов\nОтправлено из Почты Mail",
    ),
    Client("Mail.ru, inside", f"Среда, 15 мая 2019, 11:57 +03:00 от {_NAME}:", inside=True),
    Client(
        "Mail.ru, no address", "Понедельник, 15 сентября 2025, 15:46 +03:00 от Служба поддержки :"
    ),
    Client(
        "Mail.ru, no address, unmarked",
        "Понедельник, 15 сентября 2025, 15:46 +03:00 от СЛУЖБА ПОДДЕРЖКИ :",
        marked=False,
    ),
    Client(
        "Mail.ru mobile",
        f"понедельник, 15 сентября 2025 г., 15:46 +0300 от {_NAME}:",
        tail="Отправлено из мобильной Почты Mail",
    ),
    Client(
        "Mail.ru mobile, unmarked", f"15 сентября 2025 г., 15:46 +03:00 от {_NAME}:", marked=False
    ),
    Client("Gmail, text", f"пн, 15 сент. 2025 г. в 15:46, {_NAME}:\n", forward=_GMAIL_FORWARD),
    Client("Gmail, HTML", f"пн, 15 сент. 2025 г. в 15:46, {_NAME}:"),
    Client("Gmail, folded", f"пн, 15 сент. 2025 г. в 15:46, {_LONG_NAME}:\n"),
    Client("Gmail, older", f"15 сентября 2025 г., 15:46 пользователь {_WHO} написал:\n"),
    Client("Gmail, unmarked", f"пн, 15 сент. 2025 г. в 15:46, {_NAME}:", marked=False),
    Client(
        "Gmail, English",
        f"On Mon, Sep 15, 2025 at 3:46 PM {_NAME} wrote:\n",
        forward=_GMAIL_FORWARD,
    ),
    Client("Gmail, English, folded", f"On Mon, Sep 15, 2025 at 3:46 PM {_NAME}\nwrote:\n"),
    Client(
        "Gmail, English, unmarked", f"On Mon, Sep 15, 2025 at 3:46 PM {_NAME} wrote:", marked=False
    ),
    Client(
        "Outlook, text",
        f"-----Исходное сообщение-----\n{_OUTLOOK_RU}",
        marked=False,
        forward=f"-----Исходное сообщение-----\n{_OUTLOOK_RU}",
    ),
    Client("Outlook, HTML", _OUTLOOK_RU, marked=False, forward=_OUTLOOK_RU),
    Client(
        "Outlook, HTML, bold",
        _OUTLOOK_RU.replace("Тема:", "*Тема:*").replace("От:", "*От:*"),
        marked=False,
    ),
    Client("Outlook, HTML, paragraphs", _OUTLOOK_RU.replace("\n", "\n\n"), marked=False),
    Client(
        "Outlook on the web",
        f"________________________________\n{_OUTLOOK_RU}",
        marked=False,
        forward=f"________________________________\n{_OUTLOOK_RU}",
    ),
    Client(
        "Outlook for iOS",
        f"________________________________\n{_OUTLOOK_RU}",
        marked=False,
        tail="Получить Outlook для iOS<https://aka.ms/o0ukef>",
    ),
    Client(
        "Outlook for Android",
        f"________________________________\n{_OUTLOOK_RU}",
        marked=False,
        tail="Отправлено из Outlook для Android<https://aka.ms/AAb9ysg>",
    ),
    Client("Outlook for Mac", f"{_DATE_RU}{_TO_RU}", marked=False),
    Client("Outlook, marked", f"-----Исходное сообщение-----\n{_OUTLOOK_RU}\n"),
    Client("Outlook, English, text", f"-----Original Message-----\n{_OUTLOOK_EN}", marked=False),
    Client("Outlook, English, HTML", _OUTLOOK_EN, marked=False, forward=_OUTLOOK_EN),
    Client(
        "Outlook on the web, English",
        f"________________________________\n{_OUTLOOK_EN}",
        marked=False,
        tail="Get Outlook for Android<https://aka.ms/AAb9ysg>",
    ),
    Client(
        "Windows Mail",
        f"{_OUTLOOK_RU}",
        marked=False,
        tail="Отправлено из Почты для Windows",
    ),
    Client("Apple Mail, text", _APPLE_RU, inside=True, forward=_APPLE_FORWARD),
    Client("Apple Mail, HTML", f"{_APPLE_RU}\n", inside=True),
    Client("Apple Mail, attribution outside", f"15 сент. 2025 г., в 15:46, {_NAME} написал(а):\n"),
    Client("iPhone", _APPLE_RU, inside=True, tail="Отправлено с iPhone", forward=_APPLE_FORWARD),
    Client("iPad", _APPLE_RU, inside=True, tail="Отправлено с моего iPad"),
    Client(
        "iPhone, English",
        f"On Sep 15, 2025, at 3:46 PM, {_NAME} wrote:\n",
        tail="Sent from my iPhone",
        forward=_APPLE_FORWARD_EN,
    ),
    Client("iPhone, English, inside", f"On 15 Sep 2025, at 15:46, {_NAME} wrote:", inside=True),
    Client("Thunderbird", "15.09.2025 15:46, Служба поддержки пишет:", forward=_BIRD_FORWARD),
    Client("Thunderbird, address", "15.09.2025 15:46, help@example.ru пишет:"),
    Client("Thunderbird, no date", "Служба Поддержки пишет:"),
    Client("Mutt, unmarked", "On Mon, Sep 15, 2025 at 03:46:00PM +0300, J. Roe wrote:", False),
    Client("Thunderbird, English", "On 9/15/25 3:46 PM, Служба поддержки wrote:"),
    Client("Rambler, text", f"15.09.2025, 15:46, {_NAME}", marked=False, forward=_MAILRU_FORWARD),
    Client("Rambler, HTML", f"15.09.2025, 15:46, {_NAME}"),
    Client("Rambler, older", f"{_NAME} писал(а) 15 сентября 2025 г., 15:46:"),
    Client("The Bat!", "Вы писали 15 сентября 2025 г., 15:46:32:\n"),
    Client(
        "Samsung",
        f"-------- Исходное сообщение --------\n{_DATE_RU}{_TO_RU}",
        marked=False,
        tail="Отправлено с устройства Galaxy",
    ),
    Client(
        "Samsung, English",
        f"-------- Original message --------\nFrom: {_NAME} \n"
        "Date: 15/09/2025  15:46  (GMT+03:00) \nTo: petr@example.org \nSubject: Your order ",
        marked=False,
        tail="Sent from my Galaxy",
    ),
    Client(
        "Xiaomi",
        f"{_NAME} 15 сентября 2025 г. 15:46 написал:",
        tail="Отправлено с моего Xiaomi",
    ),
    Client("Zoho", "---- Mon, 15 Sep 2025 15:46:00 +0300 help@example.ru wrote ----\n"),
    Client(
        "Gmail, HTML, link spelled out",
        "пн, 15 сент. 2025\xa0г. в 15:46, Служба <help@example.ru <mailto:help@example.ru>>:",
    ),
    Client(
        "Gmail, HTML, link in brackets",
        "пн, 15 сент. 2025 г. в 15:46, Служба <[help@example.ru](mailto:help@example.ru)>:\n",
    ),
    Client(
        "Apple Mail, HTML, link spelled out",
        "15 сент. 2025 г., в 15:46, Служба <help@example.ru (mailto:help@example.ru)> написал(а):",
        inside=True,
    ),
    Client(
        "Yandex web, HTML, rule drawn long",
        "--------------------------------\nКому: petr@example.org;\nТема: Заказ;\n"
        f"15.09.2025, 15:46, {_WHO}:",
    ),
    Client("Mail.ru, no zone", "15 сентября 2025, 15:46 от Служба поддержки:"),
    Client("KMail", "В письме от 15 сентября 2025 15:46:00 пользователь Служба написал:"),
    Client("Evolution", "В Пн, 15/09/2025 в 15:46 +0300, Служба пишет:"),
    Client("Roundcube", "Служба поддержки писал(а) 2025-09-15 15:46:"),
    Client("CommuniGate", f"On Mon, 15 Sep 2025 15:46:00 +0300\n {_NAME} wrote:"),
    Client(
        "Zimbra",
        f"----- Исходное сообщение -----\nОт: {_NAME}\nКому: petr@example.org\n"
        "Отправленные: Понедельник, 15 Сентябрь 2025 г 15:46:00\nТема: Ваш заказ",
        marked=False,
    ),
)
