"""What an erased person wrote is found in others' letters however it is wrapped, theirs stays."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from receiver.erasing.traces.letters import why_touched
from receiver.erasing.traces.own import but_for_a_plus, traces_of
from receiver.erasing.traces.phrases import LEAST, Phrases, runs_in
from receiver.erasing.traces.traces import Traces, orders_of
from receiver.letters.letter import Letter
from receiver.store.packed import packed

MAILBOX, IVAN, OLGA = "support@yandex.ru", "ivan@example.ru", "olga@example.ru"
SAID = "Мой заказ семнадцать потерялся где-то на почте, а деньги уже списаны со счёта."
NAME = "Иван Петров"
SIGNED = f"--\n{NAME}\nООО «Ромашка»\n+7 912 345-67-89"
GREETED = "Здравствуйте!\n\nСпасибо."
OURS = "Если у вас появятся новые вопросы, пишите нам."


def letter(number: int, sender: str, body: str, reply: str = "", **fields: Any) -> Letter:
    message: dict[str, Any] = {"key": str(number), "message_id": f"{number}@a.ru", "body": body}
    message |= {"from": {"name": "", "address": sender}, "subject": "Вопрос", "reply": reply}
    message |= {each: [] for each in ("to", "cc", "reply_to", "in_reply_to", "references")}
    message |= {"direction": "in", "kind": "human", "bounce": None}
    message |= {"attachments": [], "bcc": []}
    message["created"] = datetime(2026, 9, 1, tzinfo=UTC) + timedelta(hours=number)
    return Letter(MAILBOX, message | fields)


def touched(traces: Traces, other: Letter, content: dict[str, Any] | None = None) -> str | None:
    """Return how a letter beside his tells of him."""
    document = {"mailbox": MAILBOX, "message": other.message, "copies": []}
    return why_touched(traces, document | {"content": content or {}}, linked=True)


def his_traces(*more: Letter) -> Traces:
    """Return what Ivan's letter says of him: the second that there was, after one of ours."""
    first = letter(1, MAILBOX, OURS, direction="out", subject="Ваш заказ")
    new = f"{GREETED}\n{SAID}"
    sender = {"name": NAME, "address": IVAN}
    own = letter(2, IVAN, f"{new}\n{SIGNED}\n\n> {OURS}\n{OURS}", new, **{"from": sender})
    near = [first, own, *more]
    return traces_of(IVAN, near, frozenset(["2"]))


HALVES = "Мой заказ семнадцать потерялся", "где-то на почте, а деньги уже списаны со счёта."
GOES = {
    "as he wrote it": (f"> {SAID}", ""),
    "not marked as quoted": (f"Он пишет: {SAID}", "Он пишет: [erased]."),
    "wrapped otherwise": (
        "> Мой заказ\n> семнадцать потерялся где-то на\n> почте, а деньги уже списаны\n> со счёта.",
        "",
    ),
    "wrapped where nothing marks it": (f"{HALVES[0]}\n{HALVES[1]}", ""),
    "answers between the lines": (
        f"> {HALVES[0]}\nНайдём.\n> {HALVES[1]}\nВернём.",
        "Найдём.\nВернём.",
    ),
    "each line of two words": ("> Мой заказ\nДа.\n>> семнадцать потерялся\nНет.", "Да.\nНет."),
    "his signature": (f"Спасибо.\n\n{SIGNED}", "Спасибо.\n"),
    "in other letters": (SAID.upper(), ""),
    "his full name, the surname first": ("Это Петров  Иван.", "Это [erased]."),
    "as a list has it": ("Отсутствует: ПЕТРОВ, Иван", "Отсутствует: [erased]"),
    "a subject of his": ("Тема: Re: Вопрос\n> тема:  FWD: вопрос", ""),
}
STAYS = {
    "a greeting": f"{GREETED}\n\nДобрый день.",
    "what we wrote first, and he repeated": OURS,
    "a few words of his": "Мой заказ семнадцать потерялся, вот беда.",
    "a short line of his alone": "ООО «Ромашка»",
    "a quotation of somebody else": "> Спасибо.\n> Да.",
    "a word of his subject": "Тема: Вопрос ценой в жизнь",
}


@pytest.mark.parametrize("what", GOES)
def test_what_is_his_goes(what: str) -> None:
    text, left = GOES[what]
    traces = his_traces()
    assert touched(traces, letter(3, OLGA, text, subject="Другое"))
    assert traces.cleaned(text) == left
    words = f"Это слова Ольги.\n{text}\nИ это слова Ольги."
    assert traces.cleaned(words) == "\n".join(
        ["Это слова Ольги.", *([left] if left else []), "И это слова Ольги."]
    )


@pytest.mark.parametrize("what", STAYS)
def test_what_is_not_his_stays(what: str) -> None:
    traces = his_traces()
    assert not touched(traces, letter(3, OLGA, STAYS[what], subject="Другое"))
    assert traces.cleaned(STAYS[what]) == STAYS[what]


ANYWHERE: dict[str, dict[str, Any]] = {
    "his full name among the people": {"cc": [{"name": f"«{NAME}»", "address": "x@y.ru"}]},
    "his subject": {"subject": "Fwd: Вопрос"},
    "his subject in another field": {"headers": [["Thread-Topic", "RE: Вопрос"]]},
    "his full name in the name of a file": {"attachments": [{"filename": f"Акт {NAME}.pdf"}]},
    "his words in HTML alone": {"html": f"<p>{SAID[:30]}<br>{SAID[30:].replace('н', '&#1085;')}"},
    "his address in what a server said": {"defects": [f"550 <{IVAN}> unknown"]},
    "his address in a verdict": {"auth": {"spf": f"smtp.mailfrom={IVAN}"}},
}


@pytest.mark.parametrize("where", ANYWHERE)
def test_letters_beside_his_are_looked_through_whole(where: str) -> None:
    about = dict(ANYWHERE[where])
    fields = [each for each in about if each in ("html", "auth")]
    content: dict[str, Any] = {name: about.pop(name) for name in fields}
    content["headers"] = packed(about.pop("headers", []))
    other = letter(3, OLGA, "Своё.", **{"subject": "Другое", **about})
    assert touched(his_traces(), other, content)


def test_a_file_of_others_from_which_he_copied_a_few_words_stays() -> None:
    traces = his_traces()
    assert traces.told_in_file(f"<p>{SAID}</p>")
    assert traces.told_in_file(f"Адрес: {IVAN}")
    assert not traces.told_in_file(f"Прейскурант. {HALVES[1]} Доставка.")


def test_a_subject_is_his_who_said_it_first() -> None:
    theirs = letter(3, OLGA, "x", subject="Re: Счёт")
    his = letter(4, IVAN, "x", subject="Re: Счёт")
    renamed = letter(5, IVAN, "x", subject="Re: Потерянный заказ")
    anybody = letter(6, OLGA, "x", subject="Вопрос"), letter(7, IVAN, "x", subject="Вопрос")
    opened = letter(8, OLGA, "x", subject="Re: Его"), letter(9, IVAN, "x", subject="Его")
    near = [theirs, his, renamed, *anybody, *opened]
    assert traces_of(IVAN, near, frozenset("79")).subjects == {"потерянный заказ", "его"}


@pytest.mark.parametrize("called", [NAME, "ПЕТРОВ  Иван", "Петров, Иван"])
def test_a_name_that_somebody_beside_him_bears_is_not_his(called: str) -> None:
    sender: dict[str, Any] = {"from": {"name": called, "address": "petrov@a.ru"}}
    traces = his_traces(letter(3, "petrov@a.ru", "x", **sender))
    assert traces.names == frozenset()
    assert traces.cleaned(f"С уважением, {called}") == f"С уважением, {called}"


NAMES = {
    "Иван Петров": {"Иван Петров", "Петров Иван", "Петров, Иван"},
    "Петров, Иван": {"Петров, Иван", "Петров Иван", "Иван Петров"},
    "Иван Сергеевич Петров": {"Петров Иван Сергеевич", "Петров, Иван Сергеевич"},
    "Петров Иван Сергеевич": {"Петров Иван Сергеевич", "Иван Сергеевич Петров"},
}


@pytest.mark.parametrize("name", NAMES)
def test_a_full_name_has_its_surname_first_or_last(name: str) -> None:
    assert {*orders_of(name)} >= NAMES[name]


@pytest.mark.parametrize("called", ["10 000", ", ,", "- -", "Ivan", "Спасибо."])
def test_what_is_no_full_name_is_not_taken_for_one(called: str) -> None:
    sender: dict[str, Any] = {"from": {"name": called, "address": IVAN}}
    near = [letter(2, IVAN, "x", **sender)]
    assert traces_of(IVAN, near, frozenset()).cleaned("- - 10 000, , a") == "- - 10 000, , a"


@pytest.mark.parametrize(
    ("called", "text", "is_his"),
    [
        ("Добрый День", "Добрый день!\n\nЖдём.", False),
        ("с уважением", "Ждём.\n\nС уважением,\nмы", False),
        ("Иван Петров", "Это Иван Петров.", True),
        ("иван петров", "Это иван петров.", True),
        ("Maria della Rovere", "Maria della Rovere called.", True),
    ],
)
def test_what_two_others_say_in_passing_is_nobodys_name(
    called: str, text: str, *, is_his: bool
) -> None:
    sender: dict[str, Any] = {"from": {"name": called, "address": IVAN}}
    first, his = letter(1, OLGA, text), letter(2, IVAN, "x", **sender)
    assert traces_of(IVAN, [first, his], frozenset()).names == {called}  # one may be careless
    near = [first, his, letter(3, MAILBOX, text)]
    assert traces_of(IVAN, near, frozenset()).names == ({called} if is_his else set())


def test_a_name_that_a_machine_bears_with_him_is_his() -> None:
    sender: dict[str, Any] = {"from": {"name": NAME, "address": "noreply@a.ru"}}
    told = letter(3, "noreply@a.ru", "x", **sender)
    assert his_traces(told).names == {NAME}


ELSEWHERE = {
    "his words under his name": ("x", f"От: {NAME}\n\n{HALVES[1]}", True),
    "his words, passed on under his subject": ("Fwd: Вопрос", SAID, True),
    "a web form that says the same of somebody else": ("Вопрос", SAID, False),
    "his words alone": ("x", SAID, False),
    "his name and his signature": ("x", SIGNED, False),
    "his subject alone": ("Fwd: Вопрос", "Тема: Вопрос", False),
}


@pytest.mark.parametrize("what", ELSEWHERE)
def test_a_forward_to_who_knows_where(what: str) -> None:
    subject, text, told = ELSEWHERE[what]
    traces = his_traces()
    assert traces.forwarded_in(letter(9, OLGA, text, subject=subject)) == told
    assert not traces.forwarded_in(letter(1, OLGA, text, subject=subject))  # before he wrote it


WORDS = st.text(alphabet="abc >|\n", max_size=60)


@given(WORDS, WORDS)
@example("a>a>a>a", ">a>a>a>a")  # no line is left
def test_what_is_left_has_no_run_of_his(his: str, text: str) -> None:
    phrases = Phrases(frozenset(runs_in(his)))
    left = phrases.without(text)
    assert set(left.split("\n")) <= {"", *text.split("\n")} or "[erased]" in left
    assert phrases.without(left) == left or "[erased]" in left
    assert phrases.longest_in(left) < LEAST


@pytest.mark.parametrize("piece", ["a ", "a\n", "> a\n", "a b c d e f ", "Тема: "])
def test_time_grows_with_the_length(piece: str) -> None:
    traces = Traces(
        IVAN, said=frozenset(["a a a a"]), lines=frozenset(["a"]), subjects=frozenset("b")
    )

    def taken(length: int) -> float:
        text = piece * (length // len(piece))
        start = time.process_time()
        traces.cleaned(text)
        return time.process_time() - start

    short, long = (min(taken(length) for _ in range(3)) for length in (10_000, 80_000))
    assert long < 30 * short + 0.05


@pytest.mark.parametrize(
    ("other", "is_told"),
    [
        ("ivan+shop@a.ru", True),
        ("ivan+@a.ru", True),
        ("ivan+a+b@a.ru", True),
        ("ivan@a.ru", False),  # himself
        ("ivan+shop@b.ru", False),
        ("ivana+shop@a.ru", False),
        ("+ivan@a.ru", False),
    ],
)
def test_addresses_that_differ_by_a_plus_are_told(other: str, is_told: bool) -> None:
    assert (other in but_for_a_plus("ivan@a.ru", {other})) is is_told
    assert ("ivan@a.ru" in but_for_a_plus(other, {"ivan@a.ru"})) is is_told
