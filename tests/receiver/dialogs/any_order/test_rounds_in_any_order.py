"""Letters that name one nobody has seen, in any order and in rounds of any size: one dialog."""

from collections.abc import Iterator, Sequence
from itertools import pairwise, permutations
from typing import get_args

import pytest
from bson import ObjectId

from receiver.filing.collections import Store
from receiver.letters.letter import Letter
from receiver.store.dialog import Dialog
from receiver.store.mongo import Database
from receiver.threads.group import Policy
from tests.receiver.written import dialogs, empty, file, filing, parted, written

SAME_WRITER = [written("2", names="1"), written("3", names="1"), written("4", names="1")]
OF_A_LIST = [
    written("2", "ivan", "list", "1"),
    written("3", "petr", "list", "1"),
    written("4", "olga", "list", "1"),
]


def rounds_of(letters: Sequence[Letter]) -> Iterator[list[Sequence[Letter]]]:
    """Yield every way to file letters in this order, some together."""
    for cuts in range(2 ** (len(letters) - 1)):
        ends = [at for at in range(1, len(letters)) if cuts >> (at - 1) & 1]
        yield [letters[a:b] for a, b in pairwise([0, *ends, len(letters)])]


@pytest.mark.parametrize("policy", get_args(Policy))
@pytest.mark.parametrize("letters", [SAME_WRITER, OF_A_LIST], ids=["one writer", "a list"])
async def test_the_dialogs_are_those_of_the_rule(
    database: Database, letters: list[Letter], policy: Policy
) -> None:
    expected = parted(letters, policy)
    files = filing(database, policy)
    for order in permutations(letters):
        for rounds in rounds_of(order):
            await empty(database)
            for each in rounds:
                await file(files, *each)
            assert await dialogs(database) == expected, [[m.key for m in r] for r in rounds]


async def test_of_two_who_take_a_dialog_away_the_first_is_right(database: Database) -> None:
    await file(filing(database), written("1"))
    store = Store.of(database)
    [document] = await database.dialogs.find().to_list(None)
    one, other, third = ObjectId(), ObjectId(), ObjectId()

    async def read() -> Dialog:
        return (await store.dialogs.whole([document["_id"]]))[document["_id"]]

    slow = await read()
    await store.writing.lead(slow.head, one)  # and stops before it takes the dialog away
    assert not await store.writing.remove(await read(), other)
    assert not await store.writing.remove(slow, one)  # it goes on, and must look again
    assert await store.writing.remove(await read(), third)
    assert await store.dialogs.lead_to([document["_id"]]) == {document["_id"]: third}


async def test_copies_of_a_letter_are_noted_whether_they_come_together_or_not(
    database: Database,
) -> None:
    """A letter from the mailbox to itself is in INBOX and in Sent; the latter makes it ours."""
    came, went = written("1", "mailbox"), written("1", "mailbox", direction="out")
    for copies in permutations([came, went, came]):
        for rounds in rounds_of(copies):
            await empty(database)
            files = filing(database)
            answers = [each for some in rounds for each in await file(files, *some)]
            assert [each.outcome for each in answers] == ["created", "duplicate", "duplicate"]
            kept = await database.letters.find_one({})
            dialog = await database.dialogs.find_one({})
            assert kept is not None
            assert dialog is not None
            assert sorted(each["direction"] for each in kept["copies"]) == ["in", "out"]
            assert [each["direction"] for each in dialog["messages"]] == ["out"]
