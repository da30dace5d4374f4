"""How a query is read: words, phrases, operators, and what is wrong with one."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receiver.search.conditions import Conditions, Phrase, Trait
from receiver.search.query import QueryWrong, read
from receiver.search.terms import words_of


def phrase(*words: str, field: str | None = None) -> Phrase:
    terms = tuple(word for each in words for word in words_of(each))
    return Phrase(terms, field)  # type: ignore[arg-type]


def day(*date: int) -> datetime:
    return datetime(*date, tzinfo=UTC)  # type: ignore[misc,arg-type]


TABLE = {
    "возвратили": Conditions((phrase("возвратить"),)),
    '"номера заказов"': Conditions((phrase("номер", "заказ"),)),
    "«номера заказов»": Conditions((phrase("номер", "заказ"),)),
    "“номера заказов”": Conditions((phrase("номер", "заказ"),)),
    "заказ заказы": Conditions((phrase("заказ"),)),
    "from:ivan@a.ru": Conditions((phrase("ivan", "a", "ru", field="from"),)),
    "От: Olga": Conditions((phrase("olga", field="from"),)),
    "to:olga": Conditions((phrase("olga", field="to"),)),
    "кому:olga": Conditions((phrase("olga", field="to"),)),
    "subject:оплата": Conditions((phrase("оплата", field="subject"),)),
    'тема:"мой заказ"': Conditions((phrase("мой", "заказ", field="subject"),)),
    "file:a.pdf": Conditions((phrase("a", "pdf", field="file"),)),
    "файл:a.pdf": Conditions((phrase("a", "pdf", field="file"),)),
    "kind:bounce": Conditions((Trait("kind", "bounce"),)),
    "вид:автоответ": Conditions((Trait("kind", "auto-reply"),)),
    "is:waiting": Conditions(waiting=True),
    "это:ждёт": Conditions(waiting=True),
    "-is:waiting": Conditions(waiting=False),
    "has:attachment": Conditions((Trait("has", "attachment"),)),
    "есть:вложение": Conditions((Trait("has", "attachment"),)),
    "есть:файл": Conditions((Trait("has", "attachment"),)),
    "customer's": Conditions((phrase("customer"),)),
    '"customer’s order"': Conditions((phrase("customer", "s", "order"),)),
    "after:2026-01-31": Conditions(after=day(2026, 1, 31)),
    "после:31.01.2026": Conditions(after=day(2026, 1, 31)),
    "before:2026-02": Conditions(before=day(2026, 2, 1)),
    "до:2026": Conditions(before=day(2026, 1, 1)),
    "after:2024 after:2025": Conditions(after=day(2025, 1, 1)),
    "-спам": Conditions(unwanted=(phrase("спам"),)),
    '-"a b"': Conditions(unwanted=(phrase("a", "b"),)),
    "-from:olga": Conditions(unwanted=(phrase("olga", field="from"),)),
    "a-b": Conditions((phrase("a", "b"),)),
    "a - b": Conditions((phrase("a"), phrase("b"))),
    "Re: 12:30": Conditions((phrase("re"), phrase("12", "30"))),
    "http://a.ru/x": Conditions((phrase("http", "a", "ru", "x"),)),
    "доставка:": Conditions((phrase("доставка"),)),
}


@pytest.mark.parametrize("line", TABLE)
def test_what_a_line_asks_for(line: str) -> None:
    assert read(line) == TABLE[line]


@pytest.mark.parametrize(
    ("line", "operator", "words"),
    [
        ("", "", "there is no word"),
        (" — ", "", "there is no word"),
        ("from:", "from", "say what"),
        ("заказ тема:", "тема", "say what"),
        ("-file:", "-file", "say what"),
        ("from:!!!", "from", "no word"),
        ("kind:letters", "kind", "“letters” is none of letter, auto-reply"),
        ("-вид:чушь", "-вид", "“чушь” is none of письмо, автоответ"),
        ("это:важно", "это", "“важно” is none of ждёт"),
        ("вид:что", "вид", "недоставка"),
        ("is:read", "is", "waiting"),
        ("has:all", "has", "attachment"),
        ("is:waiting -это:ждёт", "-это", "both"),
        ("after:yesterday", "after", "2026-01-31"),
        ("до:31.02.2026", "до", "2026-01-31"),
        ("before:0000", "before", "2026-01-31"),
        ("-after:2026", "-after", "cannot be excluded"),
        ("after:2026 before:2025", "before", "not later"),
        ('слово "без конца', '"', "other one"),
        ("«без конца", "«", "other one"),
        ("x" * 501, "", "500"),
        (" ".join(map(str, range(21))), "", "20"),
    ],
)
def test_a_line_that_cannot_be_meant_names_the_operator(
    line: str, operator: str, words: str
) -> None:
    with pytest.raises(QueryWrong) as complaint:
        read(line)
    assert complaint.value.operator == operator
    assert words in str(complaint.value)
    assert str(complaint.value).startswith(operator)


SIGNS = st.sampled_from([*'"«»“„-–: ', *("is", "от", "waiting", "до", "2026", "31.02.2026", "ёж")])


@given(st.one_of(st.text(max_size=30), st.lists(SIGNS, max_size=9).map("".join)))
def test_whatever_is_written_is_read_or_refused(line: str) -> None:
    try:
        found = read(line)
    except QueryWrong:
        return
    assert found != Conditions()
