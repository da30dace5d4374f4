"""What the page says: the same things in both languages, with the right plurals and times."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from receiver.page.shown.clock import Clock, zone_of
from receiver.page.templates import HERE
from receiver.page.words import LANGUAGES, language_of, words_of
from tests.servers import ROOT

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
MOSCOW = ZoneInfo("Europe/Moscow")


def test_both_languages_say_the_same_things() -> None:
    english, russian = (words_of(language).table for language in LANGUAGES)
    assert list(english) == list(russian)
    for key, text in english.items():
        other = russian[key]
        assert isinstance(text, str) == isinstance(other, str), key
        if isinstance(text, list) and not key.startswith("months"):
            assert (len(text), len(other)) == (2, 3), key
        forms = [text] if isinstance(text, str) else text
        others = [other] if isinstance(other, str) else other
        places = {frozenset(re.findall(r"{(\w+)}", form)) for form in [*forms, *others]}
        assert len(places) == 1, key


def test_whatever_a_template_says_is_in_the_tables() -> None:
    table = words_of("en").table
    for path in (HERE / "templates").glob("*.html"):
        text = path.read_text(encoding="utf-8")
        said = re.findall(r"_(?:\.n|\.forms)?\('([\w.]+)'(?! [+~])", text)
        assert [key for key in said if key not in table] == [], path.name


def made_of(part: str, text: str) -> bool:
    return re.search(rf"[\"']{re.escape(part)}(?:{{|[\"'])", text) is not None


def test_no_word_is_said_nowhere() -> None:
    """Keys that the code composes are searched for by their fixed beginning or end."""
    text = "".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "receiver" / "page").rglob("*")
        if path.suffix in (".py", ".html")
    )
    unsaid = [
        key
        for key in words_of("en").table
        if f'"{key}"' not in text
        and f"'{key}'" not in text
        and not key.endswith(".next")
        and not any(made_of(key[: found.end()], text) for found in re.finditer(r"[._]", key))
    ]
    assert unsaid == []


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 писем"),
        (1, "1 письмо"),
        (2, "2 письма"),
        (5, "5 писем"),
        (11, "11 писем"),
        (12, "12 писем"),
        (21, "21 письмо"),
        (104, "104 письма"),
        (111, "111 писем"),
        (1002, "1\u202f002 письма"),
    ],
)
def test_russian_plurals(count: int, said: str) -> None:
    assert words_of("ru").n("list.letters", count) == said


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("ru", "ru"),
        ("ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        ("en-GB,en;q=0.9,ru;q=0.8", "en"),
        ("de, ru;q=0.5, en;q=0.4", "ru"),
        ("de", "en"),
        ("", "en"),
        ("ru;q=wrong, en;q=0.1", "en"),
        (";;;,,,", "en"),
    ],
)
def test_the_language_is_the_browsers(accepted: str, language: str) -> None:
    assert language_of(accepted) == language


@pytest.mark.parametrize(
    ("passed", "english", "russian"),
    [
        (timedelta(seconds=20), "just now", "только что"),
        (timedelta(minutes=1), "1 minute ago", "1 минуту назад"),
        (timedelta(hours=3), "3 hours ago", "3 часа назад"),
        (timedelta(days=21), "21 days ago", "21 день назад"),
        (timedelta(days=60), "27\xa0September", "27\xa0сентября"),
        (timedelta(days=400), "22\xa0October 2025", "22\xa0октября 2025"),
    ],
)
def test_how_long_ago(passed: timedelta, english: str, russian: str) -> None:
    assert Clock(words_of("en"), NOW, MOSCOW).ago(NOW - passed) == english
    assert Clock(words_of("ru"), NOW, MOSCOW).ago(NOW - passed) == russian


@pytest.mark.parametrize(
    ("passed", "alone", "waits"),
    [
        (timedelta(seconds=1), "1 секунда", "1 секунду"),
        (timedelta(minutes=21), "21 минута", "21 минуту"),
        (timedelta(minutes=5), "5 минут", "5 минут"),
        (timedelta(hours=1), "1 час", "1 час"),
        (timedelta(days=2), "2 дня", "2 дня"),
    ],
)
def test_a_length_of_time_in_russian(passed: timedelta, alone: str, waits: str) -> None:
    clock = Clock(words_of("ru"), NOW, MOSCOW)
    assert (clock.span(passed, alone=True), clock.span(passed)) == (alone, waits)


def test_exact_times_are_told_in_the_zone_of_the_browser() -> None:
    moment = Clock(words_of("ru"), NOW, MOSCOW).moment(datetime(2026, 11, 26, 3, 4, 5, tzinfo=UTC))
    assert moment.exact == "26\xa0ноября 2026, 06:04:05 UTC+3"
    assert moment.short == "06:04"
    assert moment.iso == "2026-11-26T03:04:05.000Z"


@pytest.mark.parametrize("name", [None, "", "../../etc/passwd", "Nowhere/At all", "x" * 999, "Ж"])
def test_a_zone_that_is_none_is_utc(name: str | None) -> None:
    assert zone_of(name) == UTC


def test_a_zone_is_read_as_the_cookie_has_it() -> None:
    assert zone_of("Asia%2FKolkata") == ZoneInfo("Asia/Kolkata")


def test_the_last_days_are_those_of_the_readers_zone() -> None:
    """A day on which clocks change is an hour longer, or shorter."""
    berlin = ZoneInfo("Europe/Berlin")
    days = Clock(words_of("en"), datetime(2026, 10, 26, 23, 30, tzinfo=UTC), berlin).last_days(3)
    assert [end - begin for begin, end in days] == [timedelta(hours=each) for each in (25, 24, 24)]
    assert days[-1][0] == datetime(2026, 10, 26, 23, tzinfo=UTC)
    assert [end for _, end in days[:-1]] == [begin for begin, _ in days[1:]]
