"""Rung 4: a reply whose ids nobody knows joins its user's only dialog of that subject, or none."""

import base64

import pytest
from bson import ObjectId

from receiver.filing.collections import Store
from receiver.letters.letter import Letter
from receiver.projecting.mailbox import Projecting
from receiver.store.mongo import Database
from tests.receiver.written import (
    MAILBOX,
    corrections,
    dialogs,
    file,
    filed,
    filing,
    flaws_in,
    sent,
    written,
)

SUBJECT = "Где мой заказ?"
REPLY = f"Re: {SUBJECT}"


def index(*changes: int) -> str:
    """Return a Thread-Index: the header of a conversation, and five bytes for each answer."""
    header = bytes([1, *range(21)]) if not changes else bytes([1, *range(20), changes[0]])
    return base64.b64encode(header + b"answer").decode()


CASES: dict[str, tuple[list[Letter], list[str]]] = {
    "a reply without ids": ([written("1"), written("2", subject=REPLY)], ["1 2"]),
    "a reply to a letter that nobody has seen": (
        [written("1"), written("2", names="unseen", subject=REPLY)],
        ["1 2"],
    ),
    "another user's dialog of that subject": (
        [written("1", "olga"), written("2", "ivan", subject=REPLY)],
        ["1", "2"],
    ),
    "two dialogs of that subject: neither": (
        [written("1"), written("2"), written("3", subject=REPLY)],
        ["1", "2", "3"],
    ),
    "another subject": ([written("1"), written("2", subject="Re: Счёт")], ["1", "2"]),
    "no subject at all": (
        [written("1", subject=""), written("2", subject="Re:")],
        ["1", "2"],
    ),
    "within thirty days": ([written("1"), written("2", subject=REPLY, days=29)], ["1 2"]),
    "after thirty days": ([written("1"), written("2", subject=REPLY, days=31)], ["1", "2"]),
    "thirty days since the last letter": (
        [written("1"), written("2", answers="1", days=25), written("3", subject=REPLY, days=50)],
        ["1 2 3"],
    ),
    "a forward": ([written("1"), written("2", subject=f"Fwd: {SUBJECT}")], ["1", "2"]),
    "a specialist's letter from a program that drops ids": (
        [written("1"), sent("2", "ivan", subject=REPLY)],
        ["1 2"],
    ),
    "the same conversation of Outlook, without a prefix": (
        [written("1", thread_index=index()), written("2", thread_index=index())],
        ["1 2"],
    ),
    "another conversation of Outlook": (
        [written("1", thread_index=index()), written("2", thread_index=index(99))],
        ["1", "2"],
    ),
    "a Thread-Index that is none": (
        [written("1", thread_index="AAAA"), written("2", thread_index="AAAA")],
        ["1", "2"],
    ),
    "a stranger with the user's Thread-Index": (
        [written("1", thread_index=index()), written("2", "mallory", thread_index=index())],
        ["1", "2"],
    ),
    "a letter in our own name that came in": (
        [written("1"), written("2", "mailbox", subject=REPLY)],
        ["1", "2"],
    ),
}


@pytest.mark.parametrize(("letters", "expected"), CASES.values(), ids=CASES.keys())
async def test_a_guess_is_made_only_where_there_is_one(
    letters: list[Letter], expected: list[str], database: Database
) -> None:
    assert await filed(database, letters, subjects=True) == expected


@pytest.mark.parametrize(("letters", "expected"), CASES.values(), ids=CASES.keys())
async def test_nor_does_it_matter_whether_they_come_together(
    letters: list[Letter], expected: list[str], database: Database
) -> None:
    await file(filing(database, subjects=True), *letters)
    assert await dialogs(database) == expected


async def test_a_guess_says_what_it_rests_on(database: Database) -> None:
    await filed(database, [written("1"), written("2", subject=REPLY)], subjects=True)
    [dialog] = await database.dialogs.find().to_list(None)
    guess = dialog["messages"][1]
    assert (guess["matched_by"], guess["matched_id"]) == ("subject", SUBJECT.casefold())


async def test_guesses_can_be_turned_off(database: Database) -> None:
    letters = [written("1"), written("2", subject=REPLY)]
    assert await filed(database, letters, subjects=False) == ["1", "2"]


async def test_who_has_refuted_a_guess_may_think_better_of_it(database: Database) -> None:
    files, corrects = filing(database, subjects=True), corrections(database)
    [first] = await file(files, written("1"))
    [guessed] = await file(files, written("2", subject=REPLY))
    one = ObjectId(first.dialog)
    undone = await corrects.undo(one, "olga", message=guessed.letter)
    assert await dialogs(database) == ["1", "2"]
    assert await flaws_in(database) == []
    again = await corrects.undo(one, "olga", correction=undone.correction)
    assert (again.dialog, await dialogs(database)) == (one, ["1 2"])
    whole = await corrects.dialog(one)
    assert whole.messages[1]["matched_by"] == "subject"
    assert not (await Projecting(Store.of(database), "participants").check(MAILBOX)).differ


async def test_a_letter_whose_guess_was_refuted_takes_no_id_of_others(database: Database) -> None:
    files, corrects = filing(database, subjects=True), corrections(database)
    [first] = await file(files, written("1", "zoja"))
    [second] = await file(files, written("2"))
    [guessed] = await file(files, written("3", subject=REPLY))
    one, other = ObjectId(first.dialog), ObjectId(second.dialog)
    assert ObjectId(guessed.dialog) == other
    await corrects.undo(other, "olga", message=guessed.letter)
    await corrects.merge(one, other, "olga")
    projecting = Projecting(Store.of(database), "participants")
    assert not (await projecting.check(MAILBOX)).differ
    assert not (await projecting.project(MAILBOX)).differ
    assert await dialogs(database) == ["1 2", "3"]
    assert (await corrects.dialog(other)).id == one
