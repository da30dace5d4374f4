"""Whatever is POSTed: it is refused by its fields, or becomes a message that MongoDB can hold."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from bson import decode, encode
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contract.event import Email, EmailReceived
from receiver.errors import Problem
from receiver.letters.arrival import arrival_of
from receiver.web.requests import read_json
from tests.webhook_client import SMALLEST

NOW = datetime(2026, 11, 23, tzinfo=UTC)
NAMES = st.sampled_from(["$ne", "$where", "a.b", "__proto__", "address", "name", "", "\0"])
TEXTS = st.text() | st.sampled_from(["", "<>", "<a@b>", "\0", "a" * 2001, "9999-12-31T23:59:59Z"])
DATES = st.datetimes().map(lambda date: date.isoformat() + "Z")
PEOPLE = st.fixed_dictionaries({"address": TEXTS, "name": TEXTS})
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | DATES | PEOPLE,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.text(), inner),
    max_leaves=8,
)
FIELDS = st.sampled_from(sorted(field.alias or name for name, field in Email.model_fields.items()))
LIKELY: dict[str, st.SearchStrategy[Any]] = {
    "from": PEOPLE,
    "to": st.lists(PEOPLE),
    "cc": st.lists(PEOPLE),
    "reply_to": st.lists(PEOPLE),
    "date": DATES,
    "received_at": DATES,
    "direction": st.sampled_from(["in", "out"]),
    "kind": st.sampled_from(["letter", "bounce", "auto-reply"]),
    "bounce": st.fixed_dictionaries({"message_id": TEXTS}),
    "references": st.lists(TEXTS),
    "in_reply_to": st.lists(TEXTS),
}


@given(st.dictionaries(FIELDS, ANYTHING, max_size=5), st.fixed_dictionaries({}, optional=LIKELY))
@settings(deadline=None)
@example({"from": {"address": "\0"}}, {})
def test_any_fields_are_refused_or_can_be_stored(
    strange: dict[str, Any], likely: dict[str, Any]
) -> None:
    check(json.dumps({"type": "email.received", "data": SMALLEST | likely | strange}).encode())


@given(st.binary() | ANYTHING.map(lambda value: json.dumps(value).encode()))
def test_any_body_is_refused_or_can_be_stored(body: bytes) -> None:
    check(body)


def check(body: bytes) -> None:
    """What is refused is told by 400 or 422; what is taken has one key and survives BSON."""
    try:
        event = read_json(EmailReceived, body, "event")
    except Problem as problem:
        if problem.status not in (400, 422):
            raise
        return
    letter = arrival_of("event", event.data, NOW).letter
    assert letter.key == arrival_of("event", event.data, NOW).letter.key
    assert decode(encode(letter.message))["body"] == letter.message["body"]
    assert all(isinstance(each, str) for each in (letter.user, letter.base_subject, *letter.people))
    assert "@" in letter.message_id
    assert all("$" not in name and "." not in name for name in letter.message)


def test_a_body_of_deep_nesting_is_400() -> None:
    with pytest.raises(Problem) as caught:
        read_json(EmailReceived, b"[" * 1_000_000, "event")
    assert caught.value.status == 400
