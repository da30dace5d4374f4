"""Names and reasons in request bodies must be one line, as they appear in logs and acts."""

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from receiver.hooks.manage.shapes import NewHook
from receiver.web.request_models import ErasePerson, Merge, PersonAsked, UndoByToken

ERASE = {"address": "ivan@example.ru", "preview": "1", "reason": "he asked for it"}
SAID: list[tuple[type[BaseModel], dict[str, Any], str]] = [
    (UndoByToken, {}, "who"),
    (Merge, {"with": "0" * 24}, "who"),
    (PersonAsked, {}, "address"),
    (PersonAsked, {"address": "ivan@example.ru"}, "mailbox"),
    (NewHook, {"url": "https://crm.example.ru/mail"}, "name"),
    *((ErasePerson, ERASE, name) for name in ("address", "preview", "reason", "operator", "who")),
]
TURNING = ["\0", "\n", "\r\n", "\x1b", "\x7f", "\x85", "\u2028", "\u202e", "\u2066"]
IDS = [f"{model.__name__}.{name}" for model, _, name in SAID]


@pytest.mark.parametrize(("model", "said", "name"), SAID, ids=IDS)
@pytest.mark.parametrize("sign", TURNING, ids=ascii)
def test_a_sign_that_turns_a_line_is_refused(
    model: type[BaseModel], said: dict[str, Any], name: str, sign: str
) -> None:
    model.model_validate(said | {name: "anna@example.ru"})
    with pytest.raises(ValidationError) as found:
        model.model_validate(said | {name: f"anna{sign}@example.ru"})
    assert [each["loc"] for each in found.value.errors()] == [(name,)]


@pytest.mark.parametrize(("model", "said", "name"), SAID, ids=IDS)
@pytest.mark.parametrize("text", ["", "  ", "\u200b", "\u2800 \ufeff"], ids=ascii)
def test_what_nobody_sees_is_no_answer(
    model: type[BaseModel], said: dict[str, Any], name: str, text: str
) -> None:
    """Only the company may be empty: its line in the act is filled in by hand."""
    if name == "operator":
        return
    with pytest.raises(ValidationError) as found:
        model.model_validate(said | {name: text})
    assert [each["loc"] for each in found.value.errors()] == [(name,)]


@pytest.mark.parametrize("ends", ["\u202a{}\u202c", "\ufeff{}", " {}\u200b\n", "\u2068{}\u2069"])
def test_an_address_is_taken_as_programs_give_it_to_be_copied(ends: str) -> None:
    assert PersonAsked(address=ends.format("ivan@example.ru")).address == "ivan@example.ru"
