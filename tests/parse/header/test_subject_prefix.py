"""Which subjects say that a letter was forwarded by hand."""

import pytest

from bridge.parse.header.subject_prefix import is_answer, is_forwarded


@pytest.mark.parametrize(
    ("subject", "forwarded"),
    [
        ("Fwd: Заказ", True),
        ("FW: Re: Заказ", True),
        ("Пересл: Заказ", True),
        ("WG: Bestellung", True),
        ("Fwd[2]: Заказ", True),
        ("[EXTERNAL] Fwd: Заказ", True),
        ("Переслать: Заказ", True),
        ("Re: Fwd: Заказ", False),
        ("Ответ: Заказ", False),
        ("Forward planning: 2027", False),
        ("I: am here", False),
        ("Идея: скидка", False),
        ("", False),
    ],
)
def test_is_forwarded(subject: str, forwarded: bool) -> None:
    assert is_forwarded(subject) is forwarded


@pytest.mark.parametrize(
    ("subject", "answers"),
    [
        ("Re: Заказ", True),
        ("RE[2]: Заказ", True),
        ("НА: Заказ", True),
        ("[support] AW: Auftrag", True),
        ("Fwd: Re: Заказ", False),
        ("Заказ", False),
        ("Реклама: заказ", False),
    ],
)
def test_is_answer(subject: str, answers: bool) -> None:
    assert is_answer(subject) is answers
