"""What a body may say of people: words of one line, since they stand in logs, lists and acts."""

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from receiver.web.asked import ErasePerson, Merge, PersonAsked, UndoByToken

ERASE = {"address": "ivan@example.ru", "preview": "1", "reason": "he asked for it"}
SAID: list[tuple[type[BaseModel], dict[str, Any], str]] = [
    (UndoByToken, {}, "who"),
    (Merge, {"with": "0" * 24}, "who"),
    (PersonAsked, {}, "address"),
    (PersonAsked, {"address": "ivan@example.ru"}, "mailbox"),
    *((ErasePerson, ERASE, name) for name in ("address", "preview", "reason", "operator", "who")),
]
IDS = [f"{model.__name__}.{name}" for model, _, name in SAID]


@pytest.mark.parametrize(("model", "said", "name"), SAID, ids=IDS)
@pytest.mark.parametrize("sign", ["\0", "\n", "\r\n", "\x1b", "\x7f", "\x85", "\u2028"], ids=ascii)
def test_a_sign_that_turns_a_line_is_refused(
    model: type[BaseModel], said: dict[str, Any], name: str, sign: str
) -> None:
    model.model_validate(said | {name: "anna@example.ru"})
    with pytest.raises(ValidationError) as found:
        model.model_validate(said | {name: f"anna{sign}@example.ru"})
    assert [each["loc"] for each in found.value.errors()] == [(name,)]
