"""Which dialog: threads as scripts of letters in the order of arrival, and what must result."""

from datetime import UTC, datetime, timedelta

import pytest

from contract.event import Address, Email
from receiver.letters.letter import Letter, letter_of
from receiver.threads.join_policy import Candidate, Held
from receiver.threads.matching import Duplicate, Join, Open, decide, opens_earlier

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def letter(message_id: str, *references: str, in_reply_to: str = "", minute: int = 0) -> Letter:
    email = Email(
        mailbox="support@yandex.ru",
        from_=Address(address="ivan@example.ru"),
        subject="Заказ",
        message_id=message_id,
        references=list(references),
        in_reply_to=[in_reply_to] if in_reply_to else [],
        date=NOW + timedelta(minutes=minute),
    )
    return letter_of("event", email, NOW + timedelta(hours=1))


def dialog(name: str, *ids: str, holds: bool = False) -> Candidate:
    held = {letter("a@x").key: Held("a@x", False)} if holds else {}
    return Candidate(
        name,
        "support@yandex.ru",
        frozenset(ids),
        NOW,
        NOW,
        "key",
        held=held,
        participants=frozenset(["ivan@example.ru", "support@yandex.ru"]),
        writers=frozenset(["ivan@example.ru"]),
        citers={each: frozenset(["ivan@example.ru"]) for each in ids},
    )


CASES: dict[str, tuple[Letter, list[Candidate], tuple[str, str, str]]] = {
    "nothing is known: a dialog of its own": (letter("a@x"), [], ("open", "new", "")),
    "its own id is known, an answer came first": (
        letter("a@x"),
        [dialog("D", "a@x", "b@x")],
        ("D", "message_id", "a@x"),
    ),
    "In-Reply-To is known": (
        letter("b@x", in_reply_to="a@x"),
        [dialog("D", "a@x")],
        ("D", "in_reply_to", "a@x"),
    ),
    "only References is there": (
        letter("c@x", "a@x", "b@x"),
        [dialog("D", "a@x")],
        ("D", "references", "a@x"),
    ),
    "the newest reference decides": (
        letter("c@x", "a@x", "b@x"),
        [dialog("D", "a@x"), dialog("E", "b@x")],
        ("E", "references", "b@x"),
    ),
    "In-Reply-To goes before References": (
        letter("c@x", "a@x", "b@x", in_reply_to="a@x"),
        [dialog("D", "a@x"), dialog("E", "b@x")],
        ("D", "in_reply_to", "a@x"),
    ),
    "its own id goes before In-Reply-To": (
        letter("c@x", in_reply_to="a@x"),
        [dialog("D", "a@x"), dialog("E", "c@x")],
        ("E", "message_id", "c@x"),
    ),
}


@pytest.mark.parametrize(("given", "candidates", "expected"), CASES.values(), ids=CASES.keys())
def test_the_rung_that_decides(
    given: Letter, candidates: list[Candidate], expected: tuple[str, str, str]
) -> None:
    decision = decide(given, candidates, "participants")
    if isinstance(decision, Join):
        found = (decision.dialog.id, decision.matched_by, decision.matched_id)
    else:
        assert isinstance(decision, Open)
        found = ("open", decision.matched_by, "")
    assert found == expected


def test_a_stored_letter_is_a_duplicate_wherever_it_is() -> None:
    candidates = [dialog("D", "a@x"), dialog("E", "z@x", holds=True)]
    assert decide(letter("a@x"), candidates, "participants") == Duplicate(candidates[1])


def test_a_letter_claims_the_ids_that_no_dialog_has() -> None:
    given = letter("d@x", "a@x", "b@x", "c@x")
    decision = decide(given, [dialog("D", "a@x"), dialog("E", "c@x")], "participants")
    assert isinstance(decision, Join)
    assert decision.claims == ("d@x", "b@x")


def test_the_earliest_letter_names_the_dialog() -> None:
    assert opens_earlier(letter("a@x", minute=-1), dialog("D", "a@x"))
    assert not opens_earlier(letter("a@x", minute=1), dialog("D", "a@x"))
