"""Base subjects and reply prefixes, in the languages that mail programs speak."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receiver.letters.subject import base_subject, says_reply

REPLIES = [
    "Re: Заказ",
    "RE: Заказ",
    "re : Заказ",
    "Re:Заказ",
    "Re[2]: Заказ",
    "Re(3): Заказ",
    "Re^2: Заказ",
    "RE : Заказ",
    "Ответ: Заказ",
    "Отв: Заказ",
    "Отв.: Заказ",
    "НА: Заказ",
    "На[2]: Заказ",
    "HA: Заказ",
    "Автоответ: Заказ",
    "AW: Заказ",
    "Antwort: Заказ",
    "SV: Заказ",
    "VS: Re: Заказ",
    "Odp: Заказ",
    "Vá: Заказ",
    "RÉP: Заказ",
    "YNT: Заказ",
    "回复：Заказ",
    "답장: Заказ",
    "Re: Отв: НА[2]: Fwd: Заказ",
    "Re: [support] Заказ",
    "[support] Re: Заказ",
    "Re: Заказ (fwd)",
    "  RE:   RE:  re: Заказ  ",
    "Re: ЗАКАЗ",
    "\u200fRe\u200e: Заказ",
    "\ufeffRe: За\u00adказ",
    "***SPAM*** Re: Заказ",
    "Re: *****SPAM***** Заказ",
    "{Spam?} Отв: Заказ",
    "[EXTERNAL] Re: Заказ",
    "[EXT] Re: Заказ",
    "EXT: Re: Заказ",
    "Re: EXTERNAL: Заказ",
    "(External) RE: Заказ",
    "SPAM: Отв: Заказ",
    "Re-2: Заказ",
    "Ответ-3: Заказ",
    "AW: WG: Заказ",
    "ตอบกลับ: Заказ",
    "پاسخ: Заказ",
    "Respuesta automática: Заказ",
    "自動応答: Заказ",
]
FORWARDS = ["Fwd: Заказ", "FW: Заказ", "Пересл: Заказ", "WG: Заказ", "Tr: Заказ", "转发: Заказ"]
OTHERS = [
    "Заказ",
    "Report: nothing",
    "Возврат: Заказ",
    "Сроки: Re: Заказ",
    "Регистрация: Заказ",
    "[заказ 17] Вопрос",
    "Re",
    "",
]
DIFFERENT = [
    ("Re: [order 17] Вопрос", "Re: [order 18] Вопрос"),
    ("Re: Заказ 17", "Re: Заказ 18"),
    ("Re: Сроки: Заказ", "Re: Заказ"),
    ("**Срочно** Заказ", "Заказ"),
    ("{17} Заказ", "{18} Заказ"),
    ("12:30 встреча", "13:30 встреча"),
    ("R-17: Заказ", "R-22: Заказ"),
    ("Ext: Заказ", "Заказ"),
]
AMBIGUOUS = {"VS: Re: Заказ"}  # a reply in Finnish, a forward in Danish


@pytest.mark.parametrize("subject", REPLIES)
def test_a_reply_has_its_dialogs_subject(subject: str) -> None:
    assert base_subject(subject) == "заказ"
    assert says_reply(subject) is (subject not in AMBIGUOUS)


@pytest.mark.parametrize("subject", FORWARDS)
def test_a_forward_is_no_reply(subject: str) -> None:
    assert base_subject(subject) == "заказ"
    assert not says_reply(subject)


@pytest.mark.parametrize("subject", OTHERS)
def test_what_says_nothing_is_no_reply(subject: str) -> None:
    assert not says_reply(subject)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_two_matters_stay_two(one: str, other: str) -> None:
    assert base_subject(one) != base_subject(other)


@pytest.mark.parametrize("subject", ["Re:", "Re: Fwd:", "Отв: ", " ", "(fwd)"])
def test_nothing_but_prefixes_says_nothing(subject: str) -> None:
    assert base_subject(subject) == ""


@given(st.text() | st.from_regex(r"(?:(?:Re|Отв|Fwd)(?:\[\d\])?: )*\w*", fullmatch=True))
def test_any_text_has_one_stable_base(subject: str) -> None:
    base = base_subject(subject)
    assert base_subject(base) == base
    assert base_subject(f"Re: {base}") == base
    assert says_reply(f"Re: {base}")
