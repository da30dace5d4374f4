"""The act of destruction and the extract from the log that the Russian regulation requires: pure.

Roskomnadzor's order 179 of 28 October 2022: point 3 lists the contents of the act, points 5 and 6
those of the extract from the information system's event log. Both are kept for three years, outside
the database. What only the company knows (its address, who signs) is left as a line to fill in.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from receiver.erasing.order import CutShort, Erasure, Order

SYSTEM = "email-listener, база данных MongoDB"
CATEGORIES = (
    "адреса электронной почты, имена, тексты писем, вложения, служебные заголовки писем,"
    " история переписки"
)
WAY = (
    "удаление документов и файлов из базы данных без возможности восстановления средствами системы;"
    " в письмах других лиц — удаление сведений о субъекте, в том числе из поступающих позже, если"
    " их дата не позже уничтожения (по отпечаткам с ключом). Файлы, на которые не ссылается ни одно"
    " письмо, удаляются через шесть суток после отметки; из резервных копий данные исчезают вместе"
    " с копиями, при восстановлении копии уничтожение повторяется"
)
COLUMNS = (
    "Дата и время",
    "Событие",
    "Субъект персональных данных",
    "Категории уничтоженных данных",
    "Информационная система",
    "Ящик",
    "Писем",
    "Изменено писем других лиц",
    "Файлов",
    "Причина уничтожения",
    "Кто",
    "Номер акта",
)
BLANK = "______________________________"


@dataclass(frozen=True)
class Subject:
    """Whose data it was, his names, and by whom it was held."""

    address: str
    names: Sequence[str] = ()
    operator: str = ""

    @property
    def named(self) -> str:
        """His names and address on one line, as letters may contain anything."""
        said = ", ".join([*self.names, self.address])
        return "".join(sign if sign.isprintable() else " " for sign in said)


def act(
    order: Order,
    subject: Subject,
    outcomes: Sequence[Erasure],
    earlier: Sequence[CutShort] = (),
) -> str:
    """Return the act in Russian, ready to be signed; it finishes the ``earlier`` acts."""
    lines = [
        "АКТ",
        "об уничтожении персональных данных",
        "(приказ Роскомнадзора от 28.10.2022 № 179)",
        "",
        f"Номер: {order.id}",
        f"Дата уничтожения: {_moment(order.when)}",
        f"Оператор (наименование, адрес): {subject.operator or BLANK}",
        f"Лицо, обрабатывающее данные по поручению оператора (если есть): {BLANK}",
        f"Субъект персональных данных: {subject.named}",
        f"Категории уничтоженных данных: {CATEGORIES}",
        f"Информационная система: {SYSTEM}; ящики: {_mailboxes(outcomes)}",
        f"Способ уничтожения: {WAY}",
        f"Причина уничтожения: {order.reason}",
        "",
        "Уничтожено:",
        *_destroyed(outcomes, earlier),
        "",
        f"Уничтожил (должность, Ф. И. О.): {order.who}",
        f"Подпись: {BLANK}",
        "",
        "Приложение: выгрузка из журнала регистрации событий (vygruzka.csv).",
        "Хранить три года.",
    ]
    return "\n".join(lines) + "\n"


def _destroyed(outcomes: Sequence[Erasure], earlier: Sequence[CutShort]) -> list[str]:
    lines = [
        f"  {each.mailbox}: писем {each.letters}, файлов отмечено к удалению {each.files}, диалогов"
        f" удалено целиком {each.dialogs_gone}; сведения о субъекте удалены из писем других лиц:"
        f" {each.redacted}; файлов других лиц, слишком больших для поиска: {each.unsearched}"
        for each in outcomes
    ]
    return lines + [
        f"  Начато {_moment(one.when)} (номер {one.number}), прервано и закончено теперь:"
        f" {each['mailbox']}: предстояло уничтожить писем {each['letters']}, удалить сведения о"
        f" субъекте из писем других лиц: {each['redacted']}; что из этого уже было уничтожено"
        " тогда, выше не посчитано"
        for one in earlier
        for each in one.planned
    ]


def extract(
    order: Order,
    subject: Subject,
    outcomes: Sequence[Erasure],
    earlier: Sequence[CutShort] = (),
) -> str:
    """Return the extract from the log as CSV for spreadsheets."""
    text = io.StringIO()
    rows = csv.writer(text, delimiter=";", lineterminator="\r\n")
    rows.writerow(COLUMNS)
    begun = "начато уничтожение персональных данных, прервано; к уничтожению"
    events = [(one.when, begun, each, one.number) for one in earlier for each in one.planned]
    done = "уничтожение персональных данных"
    events += [
        (order.when, done, {"mailbox": each.mailbox} | each.counts(), str(order.id))
        for each in outcomes
    ]
    for when, event, counted, number in events:
        rows.writerow(
            [
                _moment(when),
                event,
                _plain(subject.named),
                CATEGORIES,
                SYSTEM,
                counted["mailbox"],
                counted["letters"],
                counted["redacted"],
                counted["files"],
                _plain(order.reason),
                _plain(order.who),
                number,
            ]
        )
    return "\ufeff" + text.getvalue()


def _mailboxes(outcomes: Sequence[Erasure]) -> str:
    return ", ".join(each.mailbox for each in outcomes) or "нет"


def _moment(when: datetime) -> str:
    return f"{when:%d.%m.%Y %H:%M:%S} UTC"


def _plain(text: str) -> str:
    """Return text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text
