"""Who a letter's author is if its From names a program, or the mailbox itself."""

from typing import Any

import pytest

from receiver.letters.people import is_machine, user_of
from tests.receiver.written import MAILBOX, written

MACHINES = [
    *("noreply", "no-reply", "donotreply", "do-not-reply", "shop.no_reply", "noreply-17"),
    *("neotvechat", "ne-otvechaite", "neotvechayte", "bez-otveta", "net_otveta"),
    *("не-отвечать", "неотвечайте", "без-ответа", "bitte-nicht-antworten", "keine-antwort"),
    *("ne-pas-repondre", "nepasrepondre", "no-responder", "naoresponda", "non-rispondere"),
    *("nie-odpowiadaj", "niet-beantwoorden", "ne-vidpovidaty", "notifications", "webform"),
    *("mailer-daemon", "root", "www-data", "robot"),
]
PEOPLE = [
    *("ivan", "nora", "nord", "otvet", "reply", "responsible", "ne", "no", "nonna.reply"),
    *("besotted", "answer", "sinclair", "bezruk", "netochka", "form.ivanov", "antworth"),
]


@pytest.mark.parametrize("name", MACHINES)
def test_a_programs_address(name: str) -> None:
    assert is_machine(f"{name}@example.ru")
    assert is_machine(f"{name.upper()}@example.ru")


@pytest.mark.parametrize("name", PEOPLE)
def test_a_persons_address(name: str) -> None:
    assert not is_machine(f"{name}@example.ru")


@pytest.mark.parametrize(
    "sender",
    ["noreply@site.ru", "neotvechat@site.ru", MAILBOX, MAILBOX.replace("@", "+site@")],
)
def test_who_fills_in_a_form_is_in_reply_to(sender: str) -> None:
    fields: dict[str, Any] = {
        "from": {"address": sender},
        "reply_to": [{"address": "olga@example.ru"}],
    }
    assert user_of(MAILBOX, written("1", **fields).message) == "olga@example.ru"


@pytest.mark.parametrize("sender", ["ivan@example.ru", "ivan+support@yandex.ru"])
def test_a_person_is_the_author_whatever_reply_to_says(sender: str) -> None:
    fields: dict[str, Any] = {
        "from": {"address": sender},
        "reply_to": [{"address": "olga@example.ru"}],
    }
    assert user_of(MAILBOX, written("1", **fields).message) == sender
