"""Every mistake in a request is reported in our own words."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from contract.bridge.report import BridgeReport
from contract.event import EmailReceived
from contract.sending.alarms import AlarmReport
from contract.settings import SharedSettings
from receiver import app  # noqa: F401 - with it every model is there
from receiver.mistakes import BY_PATTERN, BY_TYPE, in_words, mistakes_of
from receiver.web.request_models import RequestBody
from tests.webhook_client import event


def below(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for each in model.__subclasses__():
        yield each
        yield from below(each)


TAKEN = sorted(
    {
        each
        for each in below(BaseModel)
        if each.__module__.split(".")[0] in ("contract", "receiver")
        and not issubclass(each, SharedSettings)  # of the environment, and told of otherwise
    },
    key=lambda each: (each.__module__, each.__name__),
)
JUNK: list[Any] = [
    *(
        None,
        True,
        0,
        -1,
        1.5,
        1e300,
        10**30,
        "",
        " ",
        "x",
        "x" * 3000,
        "a\nb",
        "\u0000",
        "2026-13-99",
    ),
    *("2026-01-31", "2026-01-31T10:00:00", "https://", [], [1], ["x"] * 1001, {}, {"x": 1}),
    [{"name": 1}],
]


def mistakes(model: type[BaseModel], value: object) -> list[ErrorDetails]:
    """Return what is wrong in a model's eyes, as JSON and as a query says it."""
    found = []
    for strict in (True, False):
        try:
            TypeAdapter(model).validate_json(json.dumps(value), strict=strict)
        except ValidationError as error:
            found += error.errors(include_url=False, include_input=False)
    return found


@pytest.mark.parametrize("model", TAKEN, ids=lambda model: model.__name__)
def test_no_field_is_told_of_in_the_words_of_a_library(model: type[BaseModel]) -> None:
    names = [each.alias or name for name, each in model.model_fields.items()]
    wrong = [{name: value} for name in names for value in JUNK]
    for value in [*JUNK, *wrong, {"unknown": 1}]:
        for mistake in mistakes(model, value):
            kind = mistake["type"]
            if kind == "string_pattern_mismatch":
                assert mistake["ctx"]["pattern"] in BY_PATTERN
            else:
                assert kind in BY_TYPE or kind == "value_error", mistake
            words = in_words(mistake)
            assert "{" not in words.replace("{…}", "")
            assert "Value error" not in words


SAID = {
    "a blank mailbox": (
        {"mailbox": "   "},
        "data.mailbox",
        "must be an address, such as support@example.ru",
    ),
    "no mailbox": (
        {"mailbox": "support"},
        "data.mailbox",
        "must be an address, such as support@ex",
    ),
    "an id that is no list": (
        {"in_reply_to": "1@a.ru"},
        "data.in_reply_to",
        "must be a list, as in",
    ),
    "From on two lines": (
        {"from": {"address": "a@b.ru\nBcc: c@d.ru"}},
        "data.from.address",
        "a name or address must be on one line",
    ),
    "From of blanks": (
        {"from": {"address": " \u00a0"}},
        "data.from.address",
        "must not be blank",
    ),
    "To of blanks": ({"to": [{"address": " "}]}, "data.to.0.address", "must not be blank"),
    "an id on two lines": (
        {"message_id": "1@a.ru>\r\nBcc: <c@d.ru"},
        "data.message_id",
        "a Message-ID must be on one line",
    ),
    "a reference on two lines": (
        {"references": ["1@a.ru", "2@a.ru\nx"]},
        "data.references.1",
        "a Message-ID must be on one line",
    ),
    "a date without offset": (
        {"date": "2026-01-31T10:00:00"},
        "data.date",
        "must be a time with its offset from UTC, such as 2026",
    ),
    "a kind that is none": ({"kind": "spam"}, "data.kind", "must be 'letter', 'auto-reply', 'bo"),
    "a digest that is none": (
        {"parts_sha256": "x"},
        "data.parts_sha256",
        "must have 64 digits 0-9",
    ),
}


@pytest.mark.parametrize(("fields", "path", "said"), SAID.values(), ids=SAID.keys())
def test_what_is_said_of_an_event(fields: dict[str, Any], path: str, said: str) -> None:
    with pytest.raises(ValidationError) as wrong:
        EmailReceived.model_validate_json(event(**fields))
    [mistake] = mistakes_of(wrong.value)
    assert mistake["path"] == path
    assert mistake["message"].startswith(said)


def test_every_model_that_is_read_is_among_them() -> None:
    assert {EmailReceived, BridgeReport, AlarmReport, *below(RequestBody)} <= {*TAKEN}
