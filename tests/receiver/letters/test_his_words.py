"""What an erased person wrote is found in others' letters however it is wrapped, theirs stays."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receiver.erasing.traces.own import traces_of
from receiver.erasing.traces.phrases import LEAST, Phrases, runs_in
from receiver.erasing.traces.traces import Traces
from receiver.letters.letter import Letter

MAILBOX, IVAN, OLGA = "support@yandex.ru", "ivan@example.ru", "olga@example.ru"
SAID = "Мой заказ семнадцать потерялся где-то на почте, а деньги уже списаны со счёта."
SIGNED = "--\nИван Петров\nООО «Ромашка»\n+7 912 345-67-89"
GREETED = "Здравствуйте!\n\nСпасибо."
OURS = "Если у вас появятся новые вопросы, пишите нам."


def letter(number: int, sender: str, body: str, reply: str = "", **fields: Any) -> Letter:
    message: dict[str, Any] = {"key": str(number), "message_id": f"{number}@a.ru", "body": body}
    message |= {"from": {"name": "", "address": sender}, "subject": "Вопрос", "reply": reply}
    message |= {each: [] for each in ("to", "cc", "reply_to", "in_reply_to", "references")}
    message |= {"direction": "in", "kind": "human", "bounce": None}
    message["created"] = datetime(2026, 9, 1, tzinfo=UTC) + timedelta(hours=number)
    return Letter(MAILBOX, message | fields)


def his_traces(*more: Letter) -> Traces:
    """Return what Ivan's letter says of him: the second that there was, after one of ours."""
    first = letter(1, MAILBOX, OURS, direction="out", subject="Ваш заказ")
    new = f"{GREETED}\n{SAID}"
    own = letter(2, IVAN, f"{new}\n{SIGNED}\n\n> {OURS}\n{OURS}", new)
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
    assert traces.quoted_in(letter(3, OLGA, text))
    assert traces.cleaned(text) == left
    words = f"Это слова Ольги.\n{text}\nИ это слова Ольги."
    assert traces.cleaned(words) == "\n".join(
        ["Это слова Ольги.", *([left] if left else []), "И это слова Ольги."]
    )


@pytest.mark.parametrize("what", STAYS)
def test_what_is_not_his_stays(what: str) -> None:
    traces = his_traces()
    assert not traces.quoted_in(letter(3, OLGA, STAYS[what], subject="Другое"))
    assert traces.cleaned(STAYS[what]) == STAYS[what]


def test_a_subject_is_his_who_said_it_first() -> None:
    theirs = letter(3, OLGA, "x", subject="Re: Счёт")
    his = letter(4, IVAN, "x", subject="Re: Счёт")
    renamed = letter(5, IVAN, "x", subject="Re: Потерянный заказ")
    anybody = letter(6, OLGA, "x", subject="Вопрос"), letter(7, IVAN, "x", subject="Вопрос")
    opened = letter(8, OLGA, "x", subject="Re: Его"), letter(9, IVAN, "x", subject="Его")
    near = [theirs, his, renamed, *anybody, *opened]
    assert traces_of(IVAN, near, frozenset("79")).subjects == {"потерянный заказ", "его"}


ELSEWHERE = {
    "all of his words": (SAID, True),
    "some of his words under his subject": (f"Тема: Вопрос\n\n{HALVES[1]}", True),
    "some of his words": (HALVES[1], False),
    "his signature alone": (SIGNED, False),
    "his subject alone": ("Тема: Вопрос", False),
}


@pytest.mark.parametrize("what", ELSEWHERE)
def test_a_forward_to_who_knows_where(what: str) -> None:
    text, told = ELSEWHERE[what]
    traces = his_traces()
    assert traces.forwarded_in(letter(9, OLGA, text, subject="x")) == told
    assert not traces.forwarded_in(letter(1, OLGA, text, subject="x"))  # before he wrote it


WORDS = st.text(alphabet="abc >|\n", max_size=60)


@given(WORDS, WORDS)
def test_what_is_left_has_no_run_of_his(his: str, text: str) -> None:
    phrases = Phrases(frozenset(runs_in(his)))
    left = phrases.without(text)
    assert set(left.split("\n")) <= set(text.split("\n")) or "[erased]" in left
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

    short = min(taken(10_000) for _ in range(3))
    assert taken(80_000) < 30 * short + 0.05
