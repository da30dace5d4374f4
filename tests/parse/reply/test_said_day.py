"""Which day a line of a client's or a writer's names."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.parse.reply.said_day import day_of

SAID = {
    "15 сентября 2025 г., 12:00, Анна <a@b.example>:": date(2025, 9, 15),
    "пн, 15 сент. 2025 г. в 12:00": date(2025, 9, 15),
    "On Mon, Sep 15, 2025 at 12:00": date(2025, 9, 15),
    "September 15th 2025": date(2025, 9, 15),
    "Em seg., 15 de set. de 2025 às 12:00": date(2025, 9, 15),
    "2025年9月15日(月)": date(2025, 9, 15),
    "2025년 9월 15일": date(2025, 9, 15),
    "Dne 15. 9. 25 v 12:00": date(2025, 9, 15),
    "15.09.25": date(2025, 9, 15),
    "15.09.49": date(2049, 9, 15),
    "15.09.50": date(1950, 9, 15),
    "15.09.99": date(1999, 9, 15),
    "the earlier reading of 10/09/2025": date(2025, 9, 10),
    "the earlier reading of 09/10/2025": date(2025, 9, 10),
    "the only reading of 09/15/2025": date(2025, 9, 15),
    "31.02.2025": None,
    "15 заказов 2025": None,
    "в 12:00": None,
    "8.8.8.8": None,
}


@pytest.mark.parametrize(("text", "day"), SAID.items(), ids=SAID.keys())
def test_a_day_is_told_in_figures_and_in_words(text: str, day: date | None) -> None:
    assert day_of(text) == day


@given(st.dates(date(1950, 1, 1), date(2049, 12, 31)))
def test_a_year_of_two_digits_is_of_a_hundred_years(day: date) -> None:
    assert day_of(f"{day:%d.%m.%y}") == day


@given(st.text())
def test_any_text_is_looked_through(text: str) -> None:
    day_of(text)
