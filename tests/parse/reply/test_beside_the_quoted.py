"""The new words of letters whose quoted letter is at hand: every answer in it is shown."""

from itertools import product

import pytest

from bridge.parse.message import read_letter
from receiver.reply.history import without_history
from receiver.reply.quotation import quotable
from tests.letters import letter

ASKED = """\
Добрый день!

Можно ли перенести доставку на пятницу?
Какой адрес?
Нужна ли доверенность?
И последнее: кто примет груз?

С уважением,
Анна Орлова
Служба поддержки"""
NUMBERED = """\
Здравствуйте, Иван!

1. Сколько пользователей будет в системе?
2. Нужен ли импорт из 1С?
3. Когда удобно провести обучение?

Служба поддержки"""
ENGLISH = """\
Hello Ivan,

Which version do you use?
Does it happen every time?
Can you send the log?

Jane Roe
Support"""
FORM = "Добрый день!\nФИО:\nТелефон:\nАдрес:"
LINE = '15.09.2025, 15:46, "Служба поддержки" <support@yandex.ru>:'
WROTE = "On Mon, Sep 15, 2025 at 3:46 PM Support <support@yandex.ru> wrote:"
FIELDS = (
    "От: Служба поддержки <support@yandex.ru>\nОтправлено: 15 сентября 2025 г. 15:46\n"
    "Кому: Иван Петров <ivan@example.ru>\nТема: RE: Где мой заказ?"
)
ENGLISH_FIELDS = (
    "From: Support <support@yandex.ru>\nSent: Monday, September 15, 2025 3:46 PM\n"
    "To: Ivan Petrov <ivan@example.ru>\nSubject: RE: Где мой заказ?"
)
HEADS = {
    "Outlook": f"{FIELDS}\n",
    "Outlook, its line": f"-----Исходное сообщение-----\n{FIELDS}\n",
    "Outlook, English": f"{ENGLISH_FIELDS}\n",
    "Outlook, its English line": f"-----Original Message-----\n{ENGLISH_FIELDS}\n",
    "Outlook on the web": f"________________________________\n{FIELDS}\n",
    "a line alone": "-----Исходное сообщение-----\n",
    "Yandex, unmarked": f"{LINE}\n",
    "Gmail, unmarked": f"{WROTE}\n",
}
ABOVE = ("", "Добрый день!\n\n", "Спасибо за вопросы.\n\n", "Спасибо.\n\n-- \nИван Петров\n\n")


def shown(body: str, asked: str, page: bool = False) -> str:
    """Return what a dialog shows of an answer to a letter of support's."""
    raw = letter(
        "2@example.ru",
        text="-" if page else f"{body}\n",
        html=f"<html><body>{body}</body></html>" if page else "",
        subject="Re: Где мой заказ?",
        in_reply_to="1@yandex.ru",
    )
    read = read_letter(raw.replace(b"text/plain", b"text/x-nothing") if page else raw)
    sources = [quotable(asked, "Служба поддержки", "support@yandex.ru")]
    return without_history(read.text, read.reply, sources)


def quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def answered(text: str, *pairs: tuple[str, str]) -> str:
    for question, answer in pairs:
        assert question in text
        text = text.replace(question, f"{question}{answer}")
    return text


Pairs = list[tuple[str, str]]
BETWEEN: dict[str, tuple[str, Pairs]] = {
    "numbered": (
        NUMBERED,
        [("системе?", "\nСорок."), ("1С?", "\nДа."), ("обучение?", "\nВ мае.")],
    ),
    "plain": (
        ASKED,
        [("пятницу?", "\nДа."), ("адрес?", "\nБаумана 3"), ("груз?", "\nКладовщик.")],
    ),
    "English": (ENGLISH, [("use?", "\n2.4.1"), ("time?", "\nYes"), ("log?", "\nAttached.")]),
    "one": (ASKED, [("адрес?", "\nБаумана 3")]),
    "of two lines": (ASKED, [("адрес?", "\nБаумана 3,\nвторой подъезд")]),
}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS.keys())
@pytest.mark.parametrize("name", BETWEEN)
def test_answers_between_unmarked_lines_are_shown(name: str, head: str) -> None:
    asked, pairs = BETWEEN[name]
    for above, line_end in product(ABOVE, ("\n", "\n\n")):
        text = answered(asked, *pairs).replace("\n", line_end)
        reply = shown(f"{above}{head}\n{text}", asked)
        missing = [line for _, each in pairs for line in each.split("\n") if line not in reply]
        assert not missing, (above, line_end, reply)
        assert above.split("\n")[0] in reply


SEPARATORS = (
    *(" -- ", " - ", " — ", " => ", " -> ", " [Иван] ", " (да, ", " ", "\t", " *", " ответ: "),
    " // ",
)


@pytest.mark.parametrize("between", SEPARATORS)
def test_an_answer_on_the_question_s_own_line_is_shown(between: str) -> None:
    text = answered(ASKED, ("пятницу?", f"{between}да, можно"), ("адрес?", " Баумана 3"))
    for above in ABOVE:
        for body in (f"{above}{LINE}\n{quoted(text)}", f"{above}{FIELDS}\n\n{text}"):
            reply = shown(body, ASKED)
            assert "да, можно" in reply, reply
            assert "Баумана 3" in reply, reply


@pytest.mark.parametrize("above", ["", "Заполнил.\n\n", "Добрый день!\n\n"])
def test_a_form_that_was_filled_in_is_shown(above: str) -> None:
    filled = "Добрый день!\nФИО: Петров Иван\nТелефон: 89001234567\nАдрес: Казань"
    for body in (f"{above}{LINE}\n{quoted(filled)}", f"{above}{FIELDS}\n\n{filled}"):
        reply = shown(body, FORM)
        assert all(each in reply for each in ("Петров Иван", "89001234567", "Казань")), reply


@pytest.mark.parametrize("question", ["Какой цвет?", "Какой цвет?\nСколько?"])
def test_a_short_question_is_enough(question: str) -> None:
    answers = ["красный", "пять"][: question.count("?")]
    text = "\n".join(
        line for pair in zip(question.split("\n"), answers, strict=True) for line in pair
    )
    reply = shown(f"Готово.\n\n{FIELDS}\n\n{text}", question)
    assert all(answer in reply for answer in answers), reply


MARKS = (
    *("- ", ">> ", "Ответ - ", "*** ", "[Иван] ", "=> ", "# ", "** ", "+ ", "» ", "ИП: ", "Иван: "),
    *("Ответ: ", "ОТВЕТ ", "/ ", "@Анна ", "А: ", "-> ", "== ", "!!! ", "<< ", "→ ", "• ", "OK - "),
)


@pytest.mark.parametrize("mark", MARKS)
def test_answers_with_a_mark_of_the_writer_s_own_are_shown(mark: str) -> None:
    pairs = (("пятницу?", f"\n{mark}да, можно"), ("адрес?", f"\n{mark}Баумана 3"))
    unmarked, marked = answered(ASKED, *pairs), answered(quoted(ASKED), *pairs)
    for body in (
        f"Смотрите.\n\n{FIELDS}\n\n{unmarked}",
        f"Смотрите.\n\n{LINE}\n{quoted(unmarked)}",
        f"Смотрите.\n\n{LINE}\n{marked}",
    ):
        reply = shown(body, ASKED)
        assert "да, можно" in reply, reply
        assert "Баумана 3" in reply, reply


COLOURS = (
    "<font color=red>{}</font>",
    "<span style='color:#C00000'>{}</span>",
    "<b style='color: rgb(0, 112, 192)'>{}</b>",
)
PAGES = {
    "Thunderbird": "<div class='moz-cite-prefix'>15.09.2025 15:46, Служба пишет:<br></div>"
    "<blockquote type='cite' cite='mid:1@a'>{}</blockquote>",
    "Gmail": "<div class=gmail_quote><div class=gmail_attr>пн, 15 сент. 2025 г. в 15:46, Служба "
    "&lt;support@yandex.ru&gt;:<br></div><blockquote class=gmail_quote>{}</blockquote></div>",
    "Apple Mail": "<div><blockquote type=cite><div>15 сент. 2025 г., в 15:46, Служба "
    "&lt;support@yandex.ru&gt; написал(а):</div><br>{}</blockquote></div>",
    "Mail.ru": "<blockquote>Понедельник, 15 сентября 2025, 15:46 +03:00 от Служба "
    "&lt;support@yandex.ru&gt;:<br><div>{}</div></blockquote>",
    "Yandex": f"<div>{LINE.replace('<', '&lt;')}</div><blockquote>{{}}</blockquote>",
    "Outlook": f"<div><p>{FIELDS.replace('<', '&lt;').replace(chr(10), '<br>')}</p></div>{{}}",
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())
@pytest.mark.parametrize("colour", COLOURS)
def test_answers_in_colour_within_a_quotation_are_shown(page: str, colour: str) -> None:
    inner = "".join(f"<div>{line or '<br>'}</div>" for line in ASKED.split("\n"))
    below = f"</div><div>{colour.format('да, можно')}</div>"
    inner = inner.replace("пятницу?</div>", f"пятницу?{below}")
    inner = inner.replace("адрес?", f"адрес? {colour.format('Баумана 3')}")
    for above in ("", "<div>Спасибо, ответил.</div>"):
        reply = shown(above + page.format(inner), ASKED, page=True)
        assert "да, можно" in reply, reply
        assert "Баумана 3" in reply, reply


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS.keys())
def test_what_stands_below_the_quoted_letter_is_shown(head: str) -> None:
    for above in ABOVE:
        body = f"{above}{head}\n{ASKED}\n\nПятница подходит, Баумана 3.\n\n-- \nИван Петров"
        reply = shown(body, ASKED)
        assert "Пятница подходит" in reply, (above, reply)
        assert "доверенность" not in reply, (above, reply)


def test_what_stands_between_it_and_another_letter_is_shown() -> None:
    body = f"Спасибо.\n\n{FIELDS}\n\n{ASKED}\n\nБаумана 3.\n\n{ENGLISH_FIELDS}\n\nOlder words."
    assert shown(body, ASKED) == "Спасибо.\n\nБаумана 3."


CUT = {
    "Outlook": f"{FIELDS}\n\n{ASKED}",
    "Outlook's line": f"-----Исходное сообщение-----\n{FIELDS}\n\n{ASKED}",
    "marked": f"{LINE}\n{quoted(ASKED)}",
    "under a signature": f"-- \nИван Петров\nмаркетолог\n\n{LINE}\n{quoted(ASKED)}",
    "under a tail": f"Отправлено с iPhone\n\n{FIELDS}\n\n{ASKED}",
    "a link that the client put in": f"{FIELDS}\n\n"
    + ASKED.replace("пятницу?", "пятницу<https://example.ru/maps>?"),
    "an address that the client spelled out": f"{LINE}\n"
    + quoted(f"{ASKED}\nsupport@yandex.ru <mailto:support@yandex.ru>"),
    "a line that begins as the quoted one does": f"{LINE}\n> Добрый день:  9 - 18\n>\n> Ждём.",
    "a part of it": f"{FIELDS}\n\n{ASKED.partition('Нужна')[0]}",
}


@pytest.mark.parametrize("below", CUT.values(), ids=CUT.keys())
def test_what_nobody_answered_goes(below: str) -> None:
    assert shown(f"Да, верно.\n\n{below}", f"{ASKED}\nsupport@yandex.ru") == "Да, верно."


ADDRESS = "г. Казань\nул. Ленина, д. 5, кв. 12\nИванов Пётр"
CHECK = f"Добрый день!\n\nПроверьте адрес доставки:\n{ADDRESS}\n\nВсё ли верно?\n\nСлужба поддержки"


def test_three_lines_repeated_under_a_colon_are_the_writer_s() -> None:
    assert shown(f"Да, верно:\n{ADDRESS}\n\nЖду.", CHECK) == f"Да, верно:\n{ADDRESS}\n\nЖду."
    marked = f"Да, верно:\n\n{LINE}\n{quoted(CHECK)}"
    assert shown(marked, CHECK) == "Да, верно:"


@pytest.mark.parametrize("above", ["Верно.\n\n", "Верно.\n", "Верно:\n\n"])
def test_otherwise_three_lines_of_a_named_letter_are_history(above: str) -> None:
    assert shown(f"{above}{ADDRESS}\n\nЖду.", CHECK) == f"{above.strip()}\n\nЖду."


def test_what_git_says_of_a_change_above_its_words_is_shown() -> None:
    said = (
        "The change is in.\n\nAuthor: Служба поддержки <support@yandex.ru>\n"
        "AuthorDate: Mon, 15 Sep 2025 15:46:00 +0300\nCommitter: Ivan <ivan@example.ru>\n"
        "CommitterDate: Tue, 16 Sep 2025 09:00:00 +0300"
    )
    assert shown(f"{said}\n\n{ENGLISH}", ENGLISH) == said


PLAN = """\
Hello Ivan,

Install the server update
Move the customer database to the new disk
Office: 5 Main Street, Apt 6
Deadline 15 October 2025

Please confirm.

Jane Roe
Support"""
# What the writer made of a line, and what must be shown of it.
CORRECTED = {
    "a number at the end": ("Apt 6", "Apt 7", "Apt 7"),
    "a number amid the line": ("15 October", "20 October", "Deadline 20 October 2025"),
    "a word": ("customer database", "accounting database", "accounting database"),
    "two numbers": ("15 October 2025", "20 October 2026", "Deadline 20 October 2026"),
}


@pytest.mark.parametrize("corrected", CORRECTED.values(), ids=CORRECTED.keys())
@pytest.mark.parametrize("above", ["I changed it.", "Hello,"])
def test_what_the_writer_corrected_in_a_quoted_line_is_shown(
    corrected: tuple[str, str, str], above: str
) -> None:
    before, after, wanted = corrected
    plan = PLAN.replace(before, after)
    for quotation in (f"{ENGLISH_FIELDS}\n\n{plan}", f"{WROTE}\n\n{quoted(plan)}"):
        reply = shown(f"{above}\n\n{quotation}", PLAN)
        assert wanted in reply, reply
        assert above == "Hello," or "Install the server" not in reply, reply


# What relays and clients make of a line by themselves.
ALTERED = {
    "a spoilt accent": ("customer", "custÃ³mer"),
    "a link": ("Apt 6", "Apt 6 <https://maps.example/5?id=77>"),
    "an inflected word": ("disk", "disks"),
    "a line cut off": ("to the new disk", "to the n"),
}


@pytest.mark.parametrize("altered", ALTERED.values(), ids=ALTERED.keys())
def test_what_a_client_altered_in_a_quoted_line_goes(altered: tuple[str, str]) -> None:
    quotation = f"{ENGLISH_FIELDS}\n\n{PLAN.replace(*altered)}"
    assert shown(f"All is fine.\n\n{quotation}", PLAN) == "All is fine."


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS.keys())
@pytest.mark.parametrize(
    "labels",
    [
        "Цвет: красный\nРазмер: M",
        "Оплачено: 06.05.2024\nСумма: 500\nЧек во вложении.",
        "E-mail: ivan2@example.ru\nТел: 8 916 123-45-67",
    ],
)
def test_labels_of_the_writer_s_own_below_the_quoted_letter_are_shown(
    head: str, labels: str
) -> None:
    reply = shown(f"Спасибо!\n\n{head}\n{ASKED}\n\n{labels}", ASKED)
    assert reply == f"Спасибо!\n\n{labels}"


@pytest.mark.parametrize(
    "fields",
    [
        "Van: Jan de Vries\nVerzonden: maandag 15 september 2025 10:00\nAan: Ivan\nOnderwerp: x",
        "Da: Ivan <ivan@example.ru>\nA: Anna <anna@example.ru>\nData: lunedì\nOggetto: ordine",
    ],
)
def test_the_fields_of_an_older_letter_below_end_the_answer(fields: str) -> None:
    body = f"Grazie, bene.\n\n{ENGLISH_FIELDS}\n\n{ENGLISH}\n\n{fields}\n\nOlder words."
    assert shown(body, ENGLISH) == "Grazie, bene."


@pytest.mark.parametrize("mark", ["> ", "> > "])
def test_a_long_citation_of_which_nothing_stands_in_the_named_letter_is_shown(mark: str) -> None:
    clauses = (f"{mark}Clause {n}: party {n} delivers {n * 7} to yard {n}." for n in range(14))
    terms = "\n".join(clauses)
    body = f"May we sign this?\n\n{terms}"
    read = without_history(body, "May we sign this?", [quotable(ENGLISH, "Jane", "j@example.org")])
    assert read == body
    for text, above in (
        ("", ""),
        (ENGLISH, "On 13 May 2024 at 10:00 Jane <j@example.org> wrote:\n"),
    ):
        source = quotable(text, "Jane", "j@example.org")
        body = f"May we sign this?\n\n{above}{terms}"
        assert without_history(body, "May we sign this?", [source]) == "May we sign this?"
