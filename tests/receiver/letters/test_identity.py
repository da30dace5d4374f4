"""A letter stored under an earlier version's key is recognised when it comes again."""

from datetime import UTC, datetime, timedelta

import pytest

from contract.event import Email
from receiver.letters.identity import Mark, earlier_key, has_own_id, is_the_same, letter_key

WHEN = datetime(2026, 1, 1, tzinfo=UTC)
KEPT = Mark("1@example.ru", "Ivan@example.ru", WHEN, "old", "bytes")


@pytest.mark.parametrize(
    ("arriving", "same"),
    [
        (Mark("1@example.ru", "ivan@example.ru", WHEN, "new", "other bytes"), True),
        (Mark("1@example.ru", "ivan@example.ru", WHEN, "new", ""), True),
        (Mark("2@example.ru", "petr@example.ru", WHEN, "new", "bytes"), True),
        (Mark("", "petr@example.ru", WHEN, "old", ""), True),
        (Mark("2@example.ru", "ivan@example.ru", WHEN, "new", "other bytes"), False),
        (Mark("1@example.ru", "petr@example.ru", WHEN, "new", "other bytes"), False),
        (Mark("1@example.ru", "ivan@example.ru", WHEN + timedelta(seconds=1), "new", ""), False),
        (Mark("", "ivan@example.ru", WHEN, "new", ""), False),
    ],
)
def test_bytes_or_the_key_of_then_or_id_sender_and_date(arriving: Mark, same: bool) -> None:
    assert is_the_same(arriving, KEPT) is same


def test_no_bytes_and_no_id_are_nobodys() -> None:
    nobody = Mark("", "ivan@example.ru", WHEN, "old", "")
    assert not is_the_same(Mark("", "ivan@example.ru", WHEN, "new", ""), nobody)


def test_the_key_of_then_is_the_one_that_2683ab8_made() -> None:
    """The digests are of that commit's letter_key."""
    email = Email.model_validate(
        {
            "mailbox": "support@yandex.ru",
            "from": {"address": "ivan@example.ru"},
            "to": [],
            "message_id": "1@example.ru",
            "subject": "Где мой  заказ?",
            "text": "Где?\r\n",
            "date": WHEN,
        }
    )
    assert (
        earlier_key("event", email)
        == "9450a0a7cc589cd6f051dbbe689fdc6ba76c670e72fd2d26c17e189d5ad4d1f7"
    )
    assert (
        earlier_key("event", email.model_copy(update={"message_id": None}))
        == "6afe184bdd4cde98e76b06216da570ee0bdfa9b5c83cbb908c576e0077141050"
    )


def test_no_key_changes_where_a_domain_is_told_from_another() -> None:
    """The digest was made when straße.de still counted as strasse.de."""
    email = Email.model_validate(
        {
            "mailbox": "support@yandex.ru",
            "from": {"address": "ivan@straße.de"},
            "to": [],
            "message_id": "1@example.ru",
            "subject": "",
            "text": "",
        }
    )
    key = "1799a4b708e0cd6bb3c90dd851b385d1ebcbb015ee116e8dd622e94ccfdbbdf6"
    assert letter_key("1@example.ru", email) == key


@pytest.mark.parametrize(
    ("own", "has"),
    [("1@example.ru", True), ("yes", False), ("abc@no-message-id.invalid", False)],
)
def test_whose_id_others_can_name(own: str, has: bool) -> None:
    assert has_own_id({"message_id": own}) is has
