"""Answers that nothing announces and only their colour in the page tells from the letter around."""

import pytest

from bridge.parse.message import read_letter
from tests.letters import letter

TOP = "Анна, добрый день! Возвращаю с нашими данными, готовьте договор."
HEAD = (
    '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p>'
    "<b>От:</b> Служба &lt;support@yandex.ru&gt;<br><b>Отправлено:</b> 15 сентября 2026 г. 15:46"
    "<br><b>Кому:</b> Иван Петров<br><b>Тема:</b> Договор</p></div>"
)
ANSWER = "Двенадцать коробок к двадцатому сентября, разгрузим сами."
COLOURS = {
    "Word": '<span style="font-size:11.0pt;color:red;mso-fareast-language:EN-US">{}</span>',
    "hex": "<span style='color:#C00000'>{}</span>",
    "Outlook on the web": '<span style="color: rgb(200, 38, 19)">{}</span>',
    "new Outlook": '<div style="font-family: Aptos; color: rgb(0, 176, 80);">{}</div>',
    "font": '<font color="#ff0000">{}</font>',
    "font by name": "<font color=blue>{}</font>",
    "highlighted": '<span style="background:yellow;mso-highlight:yellow">{}</span>',
    "bold within": '<b style="color:#0070C0"><span>{}</span></b>',
}


def _reply(lines: list[str], plain: str = "", head: str = HEAD) -> str:
    page = f"<p>{TOP}</p>{head}" + "".join(f"<p>{line}</p>" for line in lines)
    return read_letter(
        letter(subject="RE: Договор", in_reply_to="a@yandex.ru", text=plain, html=page)
    ).reply


@pytest.mark.parametrize("colour", COLOURS.values(), ids=COLOURS.keys())
def test_a_line_in_colour_under_what_is_asked_is_an_answer(colour: str) -> None:
    for asked in (
        "Сколько коробок вам нужно и к какому числу?",
        "1. Количество и срок",
        "Прошу прислать количество и срок.",
        "Количество и срок:",
    ):
        reply = _reply(["Иван, здравствуйте!", asked, colour.format(ANSWER), "Анна"])
        assert ANSWER in reply, asked
        assert asked in reply


def test_what_stands_in_colour_behind_questions_or_labels_is_an_answer() -> None:
    red = COLOURS["Word"]
    behind = ["Срок поставки: " + red.format("15 дней"), "Оплата: 100% " + red.format("согласны")]
    for lines in ([f"Сколько вам нужно? {red.format('двенадцать')}"], behind):
        reply = _reply(["Иван, здравствуйте!", *lines, "Анна"])
        assert all(word in reply for word in ("здравствуйте", lines[-1].partition(" <")[0]))


def test_an_answer_in_colour_is_found_in_the_plain_text_beside_the_page() -> None:
    asked = "Сколько коробок вам нужно?"
    fields = (
        "От: Служба <support@yandex.ru>\nОтправлено: 15 сентября 2026 г. 15:46\n"
        "Кому: Иван Петров\nТема: Договор\n"
    )
    plain = f"{TOP}\n\n{fields}\nИван, здравствуйте!\n\n{asked}\n\n{ANSWER}\n\nАнна"
    coloured = [asked, COLOURS["Word"].format(ANSWER), "Анна"]
    assert ANSWER in _reply(coloured, plain)
    assert _reply([asked, ANSWER, "Анна"], plain) == TOP


def test_an_answer_in_colour_within_a_marked_quotation_is_shown() -> None:
    head = '15.09.2026, 15:46, "Служба" &lt;support@yandex.ru&gt;:<blockquote>'
    lines = ["Иван, здравствуйте!", "Сколько коробок вам нужно?", COLOURS["hex"].format(ANSWER)]
    assert ANSWER in _reply(lines, head=f"<p>{head}</p>")


NO_ANSWERS = {
    "stressed": ["Заказ отправлен.", COLOURS["hex"].format("Внимание! Склад закрыт."), "Анна"],
    "a stressed end": ["Ждём ответа " + COLOURS["hex"].format("до пятницы"), "Анна"],
    "Outlook's own colour": [
        f'<span style="color:#1F497D">{line}</span>' for line in ("Готовы?", "Ждём.", "Анна")
    ],
    "a letter all in colour": [
        f'<span style="color:blue">{line}</span>' for line in ("Готовы?", "Ждём.", "Анна")
    ],
    "a link": ["Видели прайс?", '<a href="https://a.ru"><span style="color:blue">прайс</span></a>'],
    "a card in colour": ["Заказ отправлен.", COLOURS["hex"].format("Анна"), "Лавка"],
}


@pytest.mark.parametrize("lines", NO_ANSWERS.values(), ids=NO_ANSWERS.keys())
def test_what_the_asker_stressed_is_history(lines: list[str]) -> None:
    assert _reply(["Иван, здравствуйте!", *lines]) == TOP
