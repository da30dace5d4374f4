"""Under ``participants``: letters of users, colleagues and strangers, in every order they can come.

A case is a table of letters: id, sender, recipients beside the mailbox, ids that it names, and the
dialogs that must come of it in each order.
"""

from itertools import permutations

import pytest

from contract.event import Address, Email
from receiver.dialogs import Dialogs
from receiver.filing import Filing
from receiver.letter import Letter, letter_of
from receiver.mongo import Database
from tests.letters import START

MAILBOX = "support@yandex.ru"
Row = tuple[str, str, str, str]

CASES: dict[str, tuple[list[Row], list[str]]] = {
    "a user's letters, whose middle is not seen": (
        [("1", "ivan", "", ""), ("3", "ivan", "", "2 1"), ("5", "ivan", "", "4 3")],
        ["1 3 5"],
    ),
    "answers to one unseen letter of ours": (
        [("2", "ivan", "", "1"), ("3", "ivan", "", "1"), ("4", "ivan", "", "1")],
        ["2 3 4"],
    ),
    "a colleague whom the user has put in Cc": (
        [("1", "ivan", "olga", ""), ("2", "olga", "", "1"), ("3", "ivan", "", "1")],
        ["1 2 3"],
    ),
    "a stranger who answers a user": (
        [("1", "ivan", "", ""), ("2", "ivan", "", "1"), ("3", "mallory", "ivan", "2 1")],
        ["1 2", "3"],
    ),
    "a stranger who answers a user twice": (
        [("1", "ivan", "", ""), ("3", "mallory", "ivan", "1"), ("4", "mallory", "", "1")],
        ["1", "3 4"],
    ),
    "a stranger who names an unseen letter, with the user in Cc": (
        [("2", "ivan", "", "1"), ("3", "mallory", "ivan", "1"), ("4", "ivan", "", "1")],
        ["2 4", "3"],
    ),
    "a stranger whom the user brings in later": (
        [("1", "ivan", "", ""), ("2", "olga", "", "1"), ("3", "ivan", "olga", "1")],
        ["1 2 3"],
    ),
    "a stranger who names everything there is": (
        [("1", "ivan", "", ""), ("2", "ivan", "", "1"), ("9", "mallory", "ivan", "1 2 3 4 5")],
        ["1 2", "9"],
    ),
}


def letter(row: Row, minute: int) -> Letter:
    number, sender, recipients, named = row
    email = Email.model_validate(
        {
            "mailbox": MAILBOX,
            "from": Address(address=f"{sender}@example.ru"),
            "to": [
                Address(address=one)
                for one in (MAILBOX, *(f"{each}@example.ru" for each in recipients.split()))
            ],
            "message_id": f"{number}@example.ru",
            "references": [f"{each}@example.ru" for each in named.split()[::-1]],
            "subject": "Где мой заказ?",
            "text": number,
            "date": START.replace(minute=minute),
        }
    )
    return letter_of(number, email, START.replace(hour=23))


@pytest.mark.parametrize(("rows", "expected"), CASES.values(), ids=CASES.keys())
async def test_the_dialogs_are_the_same_in_every_order(
    rows: list[Row], expected: list[str], database: Database
) -> None:
    letters = [letter(row, minute) for minute, row in enumerate(rows)]
    for order in permutations(letters):
        await database.dialogs.delete_many({})
        filing = Filing(Dialogs(database), "participants", match_by_subject=False)
        for each in order:
            await filing.file(each)
        dialogs = await database.dialogs.find().to_list(None)
        found = sorted(" ".join(one["body"] for one in each["messages"]) for each in dialogs)
        assert found == expected, [one.message["body"] for one in order]
