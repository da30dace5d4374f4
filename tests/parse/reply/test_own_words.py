"""What a person wrote stays in ``reply``, however much it looks like history or a signature."""

import pytest

from bridge.parse.message import read_letter
from bridge.parse.reply.new_words import new_words
from bridge.parse.reply.occasion import Occasion
from tests.letters import letter

ANSWER = Occasion(
    answers=True,
    subject="Re: Возврат",
    writer="Иван Петров petrov@example.ru",
    people=frozenset({"petrov@example.ru", "иван петров", "support@yandex.ru", "служба поддержки"}),
)
HISTORY = '\n\n15.09.2025, 15:46, "Служба поддержки" <support@yandex.ru>:\n> Пришёл?\n> Ждём.'
OUTLOOK = (
    "\n\nОт: Служба поддержки <support@yandex.ru>\nОтправлено: 15 сентября 2025 г. 15:46\n"
    "Кому: Иван Петров\nТема: RE: Возврат\n\n"
)
COURIER = (
    "От: Служба доставки <d@courier.example>\nДата: 8 мая 2024 г. 14:20\n"
    "Кому: Пётр <p@example.ru>\nТема: Посылка 100200\n\nВручена.\n\nЯ её не получал."
)

# All of these answer a letter of ours; nothing of them may go.
KEPT = {
    "a rule above requisites": "Вот:\n\n-------\nООО «Ромашка»\nИНН 7701234567\nНужны 12 штук",
    "a rule above a card": "Да.\n\n_____\nПётр Иванов\nwww.example.ru\n+7 900 000-00-00",
    "a rule above a price list": "Цены\n____________________\nPrice list\nstool 5\nask@example.ru",
    "ten digits that are no telephone": "Вот\n\n--\nООО «Ромашка»\nИНН 7701234567\nКПП 770101001",
    "dashes between paragraphs": "Первое.\n--\nВторое, номер 5512\n--\nТретье",
    "dashes above a request": "Здравствуйте\n--\nПрошу вернуть деньги\nЗаказ 5512",
    "a long dash above words": "Добрый день\n—\nНе открывается кабинет\nОшибка 500",
    "a name, then more": "Здравствуйте\n--\nИван\nНомер договора 15/7",
    "somebody else's name": "Кто принял\n--\nСмирнов",
    "a postscript": "Да.\n\n-- \nИван Петров\n\nP.S. Забыл: заказ 551.",
    "words under the signature": "Да.\n\n-- \nИван Петров\n\nИ ещё: мне нужно всё до пятницы.",
    "a question under the signature": "Да.\n\n-- \nИван Петров\n\nА когда доставка?",
    "separators of a program's output": "Нашёл:\n\na.conf: x=1\n--\nb.conf: x=2\n--\nc.conf: x=3",
    "a heading between equals signs": "=== Исходные данные ===\nфайл\n\n=== Итог ===\nошибка",
    "a heading that names a message": "Так\n\n=== Исходное сообщение ===\nошибка 5\n\nЖму кнопку",
    "a heading between dashes": "Hi\n\n----- Original order -----\n12 chairs\n\nSend two.",
    "a longer heading": "Hi\n\n--- Original message text ---\nerror 5\n\nPlease help.",
    "few dashes": "Так\n\n-- Исходное письмо --\nвот текст\n\nВерно?",
    "a letter pasted with a word": f"Добрый день, прикладываю ответ курьерской службы\n\n{COURIER}",
    "a letter of a stranger": f"Мне написали.\n\n{COURIER}",
    "a way-bill": "От: Москва\nДо: Казань\nДата: 5 мая\nВремя: 14:20\nПришлите машину.",
    "a form": "Заполнил\n\nОт: Пётр\nТелефон: 123\nДата: 5 мая 14:20\nТема: стул\n\nЖду звонка.",
    "a form of client's fields": (
        "Заполнил\n\nОт: Кузнецов\nДата: 5 мая 14:20\nКому: директору\nТема: стул\n\nЖду."
    ),
    "a form that begins with a date": (
        "Имя: Пётр\nДата: 20.05.2024\nКому: менеджеру\nТема: возврат\nСообщение: верните деньги"
    ),
    "a quotation from a contract": "Цитата из договора:\n\n> Пункт 5. Возврат.\n\nЧто не так?",
    "what somebody wrote": "12.05.2024 в 10:00 Кузнецов <k@x.ru> написал мне:\n\nНет.\n\nПочему?",
    "a list marked with >": "Нам нужно\n\n> 12 стульев\n> 3 стола",
    "a list marked with >, and thanks": "Нам нужно\n\n> 12 стульев\n> 3 стола\n\nСпасибо.",
    "an indented list": "Нам нужно\n\n    - 12 стульев\n    - 3 стола\n\nСпасибо.",
    "a console": "Запускаю\n\nSQL> select 1;\nERROR at line 1",
    "a log under its line": "Вывод\n> npm run build\n> error 500",
    "a table": "12.05.2025 15:30 отчёт за день:\n| a | b |\n| 1 | 2 |\n\nЧто не так?",
    "what was sent with a program": "Цело.\n\nОтправлено через Outlook вчера и не дошло",
    "answers, said to be below": f"Комментарии ниже по тексту.{OUTLOOK}Цвет?\nкрасный",
    "answers, said to be red": f"Спасибо, ответила красным.{OUTLOOK}Цвет?\nкрасный",
    "answers, said to be in the text": f"Добрый день. См. по тексту.{OUTLOOK}Цвет?\nкрасный",
    "answers in blue": f"See my replies in blue.{OUTLOOK}Colour?\nred",
    "answers under a bare greeting": f"Добрый день!{OUTLOOK}Цвет?\nкрасный",
    "answers under numbered questions": f"Всё заполнила.{OUTLOOK}1. Цвет?\nкрасный\n2. Штук?\nпять",
    "answers after an arrow": f"Готово.{OUTLOOK}Цвет товара.\n=> красный\nЧисло.\n=> пять",
    "answers after the name": f"Готово.{OUTLOOK}Цвет.\n[Иван] красный\nЧисло.\n[Иван] пять",
}


@pytest.mark.parametrize("body", KEPT.values(), ids=KEPT.keys())
def test_an_answer_keeps_what_its_writer_wrote(body: str) -> None:
    assert new_words(body, ANSWER) == body


@pytest.mark.parametrize("name", [name for name, body in KEPT.items() if OUTLOOK not in body])
def test_also_above_history_which_goes(name: str) -> None:
    assert new_words(KEPT[name] + HISTORY, ANSWER) == KEPT[name]


# Answers typed within a client's quotation carry its marks: nobody but the writer can tell them.
INSIDE = {
    "answers within a client's quotation, said to be there": (
        "Ответила ниже красным.\n\n5 мая 2024 г., 10:00, Иван <ivan@example.ru>:\n"
        "> Цвет?\n> красный\n> Сколько?\n> пять"
    ),
    "data put into the letter itself": (
        "Внёс данные прямо в Ваше письмо.\n\n5 мая 2024 г., 10:00, Иван <ivan@example.ru>:\n"
        "> Адрес: Тверь\n> Телефон: 2-12"
    ),
}


@pytest.mark.parametrize("body", INSIDE.values(), ids=INSIDE.keys())
def test_a_quotation_stays_where_its_answers_are_announced(body: str) -> None:
    assert new_words(body, ANSWER) == body
    assert new_words(body.replace("5 мая", "Да.\n\n5 мая").partition("\n\n")[2], ANSWER) == "Да."


# What these end in goes: it is history, or a signature, without a doubt.
CUT = {
    "the sender's name": "--\nИван Петров\nменеджер",
    "the sender's name in the other alphabet": "--\nIvan Petrov\nEtc Ltd",
    "a farewell": "--\nС уважением,\nотдел продаж",
    "a tail": "--\nОтправлено из мобильной Яндекс Почты",
    "the delimiter with its blank": "-- \nотдел продаж\nпн–пт 9–18",
    "a disclaimer under the signature": (
        "-- \nИван Петров\n\nПисьмо предназначено только вам. Если вы не адресат, удалите его."
    ),
    "Outlook": OUTLOOK.strip("\n") + "\nЦвет какой?\nЖдём ответа.",
    "Outlook's line": "-----Исходное сообщение-----" + OUTLOOK + "Ждём.",
    "NetEase": (
        "---- Replied Message ----\n| From | Support<support@yandex.ru> |\n"
        "| Subject | Возврат |\nHello,\nit was sent."
    ),
    "an address folded off a quoted line": (
        "> 15 сент. 2025 г., в 15:46, Служба поддержки <support@yandex.ru> написал(а):\n> \n"
        "> Ответьте здесь <https://example.ru/x/commit/bf9d5ce00f52\nf87a60#comment-1>.\n> Ждём."
    ),
    "an address in round brackets, folded off": (
        "> 15 сент. 2025 г., в 15:46, Служба поддержки <support@yandex.ru> написал(а):\n> \n"
        "> Заявка (https://example.ru/tickets/show\nid=bf9d5ce00f52)\n> Ждём."
    ),
    "From above the rule of the other fields": (
        "From: Служба поддержки <support@yandex.ru>\n\n--------------------\n"
        "Date: 15 сентября 2025 15:46\nTo: petrov@example.ru\nSubject: Возврат\n\nЖдём."
    ),
    "a line folded behind the day": (
        "On 15 Sep\n2025, at 15:46, Служба поддержки <support@yandex.ru> wrote:\n\n> Пришёл?"
    ),
    "Outlook's line alone": "----- Original Message -----\n\nHi Ivan,\n\nany news?",
    "a letter answered with another subject": OUTLOOK.strip("\n").replace("Возврат", "Заказ 5"),
    "a rule without its line end": (
        '-----------------------------------------From: "Support" \nTo: petrov@example.ru\n'
        "Sent: Tuesday February 2 2021 1:14:12PM\nSubject: Re: Возврат\n\nAny news?"
    ),
}


INTRODUCED = (
    "Служба поддержки, 13 мая 2024:",
    "13.05.2024 10:00 Служба поддержки:",
    "[2024-05-13 10:00] Служба поддержки:",
    "Служба поддержки @ 13.05.2024:",
    "On Mon, 13 May 2024,\nJane Roe <jane@example.org> wrote:",
    "Am 13.05.2024 um 10:00 schrieb\nJane Roe:",
    "2014-07-10 12:13 GMT+02:00 Jane Roe <jane@example.org>\n:",
    "13 мая 2024 г., 12:00\nСлужба поддержки <support@yandex.ru>:",
    "In article <1@a>,\nJane Roe <jane@example.org> wrote:",
)


@pytest.mark.parametrize("line", INTRODUCED)
def test_a_line_of_two_or_without_a_verb_introduces_a_quotation(line: str) -> None:
    assert new_words(f"Да.\n\n{line}\n> Пришёл?\n> Ждём.", ANSWER) == "Да."


@pytest.mark.parametrize("below", CUT.values(), ids=CUT.keys())
def test_what_is_certain_goes(below: str) -> None:
    assert new_words(f"Да, всё верно.\n\n{below}", ANSWER) == "Да, всё верно."


def test_what_is_left_over_under_the_last_answer_goes() -> None:
    said = "15.09.2025, 15:46, Поддержка <support@yandex.ru>:\n> Цвет?\n\nКрасный."
    rest = "\n".join(f"> строка {number}" for number in range(20))
    assert new_words(f"{said}\n\n{rest}", ANSWER) == said


@pytest.mark.parametrize(
    ("fields", "cut"),
    [
        ({"Subject": "Re: Возврат"}, True),
        ({"Subject": "[support] НА: Возврат"}, True),
        ({"Subject": "Возврат", "In-Reply-To": "<1@yandex.ru>"}, True),
        ({"Subject": "Возврат", "In-Reply-To": "gos2aabtux"}, True),
        ({"Subject": "Возврат", "References": "<1@yandex.ru>"}, True),
        ({"Subject": "Возврат"}, False),
        ({"Subject": "Fwd: Возврат", "In-Reply-To": "<1@yandex.ru>"}, False),
        ({"Subject": "Реклама: возврат"}, False),
    ],
)
def test_only_a_letter_that_answers_has_history(fields: dict[str, str], cut: bool) -> None:
    body = f"Да.{OUTLOOK}Ждём."
    extra = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if name != "Subject")
    raw = extra.encode() + letter(text=body, subject=fields["Subject"])
    assert read_letter(raw).reply == ("Да." if cut else body)


INDENTED = (
    '<blockquote style="margin: 0 0 0 40px; border: none; padding: 0px;"><div>12 стульев</div>'
    "<div>3 стола</div></blockquote>"
)


OF_THEIR_OWN = (
    "May 13 15:00:01 mx postfix/smtp[311]: to=<kate@example.org>, status=bounced",
    "May 13 15:00:01 web1 sshd[99]: Failed password for kate@example.org from 203.0.113.7",
    "2024-05-13 15:00:01,311 ERROR mailer - cannot send to kate@example.org",
    "[13.05.2024 15:00:01] CRITICAL web1 <ops@example.com>",
    "Run on Monday 13 May 2024 at 15:00 by kate@example.org:",
    "On Monday 13 May 2024 at 15:00 I called sales@shop.example.com's hotline and was told:",
    "On 13 May 2024 I called sales@shop.example.com and was told:",
    "on Monday 13 May 2024 at 15:00 the courier (dispo@courier.example.com) told me:",
    "meeting on 13 May 2024 at 15:00, dial in via meet@example.org:",
    "13 May 2024 15:00, order of kate@example.org:",
    "Stand 13.05.2024 15:00, kate@example.org:",
    "Termin 13.05.2024 15:00 Uhr (anna@example.de)",
    "am 13.05.2024 um 15:00 Uhr stand auf der Seite von shop@example.com:",
    "13.05.2024 в 15:00 я писала на sales@shop.example.com, ответа нет, вот текст:",
    "Заказ от 13.05.2024 15:00, почта petrov@example.ru:",
    "В заявке № 881 от 13.05.2024 15:00 (автор ivan@example.com) сказано:",
    "Le 13 mai 2024 à 15:00:01 mx postfix: to=<kate@example.org>, statut=refusé :",
)


@pytest.mark.parametrize("blank", ["\n", "\n\n"])
@pytest.mark.parametrize("line", OF_THEIR_OWN)
def test_a_dated_line_of_the_writer_s_own_introduces_no_quotation(line: str, blank: str) -> None:
    body = f"Добрый день!\n\n{line}{blank}> box 12 is broken\n> and a new one comes\n\nПомогите."
    assert new_words(body, ANSWER) == body


CLIENTS = (
    "Mon, 13 May 2024 15:00 Jane Roe <jane@example.org>:",
    "13.05.2024, 15:00, jane@example.org:",
    "Понедельник, 13 мая 2024, 15:00 +03:00 от Анна Петрова <anna@example.ru>:",
    "Jane Roe <jane@example.org> [2024-05-13 15:00 +0200]:",
    "13.05.2024, 15:00, bounces+jane=example.org@lists.example:",
)


@pytest.mark.parametrize("line", CLIENTS)
def test_a_client_s_line_without_a_verb_does(line: str) -> None:
    assert new_words(f"Да.\n\n{line}\n> Пришёл?\n> Ждём.", ANSWER) == "Да."


@pytest.mark.parametrize(
    "plan",
    [
        "From: 20 May 2024 09:00\nTo: 20 May 2024 11:00\nSubject: Sync",
        "Von: 20.05.2024 09:00\nBis: 20.05.2024 11:00\nAn: support@yandex.ru\nBetreff: Sync",
        "De : 20/05/2024 09:00\nÀ : 20/05/2024 11:00\nObjet : Sync",
        "От: 20.05.2024 09:00\nКому: 20.05.2024 11:00\nТема: Sync",
        "From: Main Street 5, 20 May 2024 09:00\nTo: support@yandex.ru's office\nSubject: Sync",
    ],
)
def test_fields_whose_from_is_a_day_are_an_appointment(plan: str) -> None:
    body = f"Please block the room.\n\n{plan}\n\nTwelve chairs, please."
    raw = letter(text=body, subject="Re: Sync", in_reply_to="a@example.org")
    assert read_letter(raw).reply == body


@pytest.mark.parametrize(
    "page",
    [
        f"<div>Нужно</div>{INDENTED}<div>Спасибо</div>",
        f"<div>Нужно</div>{INDENTED}",
        f"{INDENTED}<div>Спасибо</div>",
        "<div>Нужно</div><blockquote><div>12 стульев</div><div>3 стола</div></blockquote>",
        "<blockquote><div>12 стульев</div><div>3 стола</div></blockquote><div>Спасибо</div>",
    ],
)
def test_a_block_that_only_indents_is_no_quotation(page: str) -> None:
    quoted = "<blockquote type='cite'><div>Пришёл?</div></blockquote>"
    line = "<div>15.09.2025, 15:46, Поддержка &lt;support@yandex.ru&gt;:</div>"
    for history in ("", line + quoted):
        raw = letter(text="-", html=f"<body>{page}{history}</body>", subject="Re: Возврат")
        read = read_letter(raw.replace(b"text/plain", b"text/x-nothing"))
        assert "12 стульев" in read.reply
        assert "Пришёл" not in read.reply


def test_a_number_with_its_name_is_nobodys_name() -> None:
    anna = Occasion(answers=True, writer="Анна Иванова anna@example.ru")
    card = "Реквизиты\n--\nИНН 7701234567\nКПП 770101001"
    assert new_words(card, anna) == card
    assert new_words("Да.\n--\nАнна\nменеджер", anna) == "Да."
