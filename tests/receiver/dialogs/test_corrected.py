"""Later letters of a corrected dialog are shown as the rule says.

Also where it has more corrections than it lists: it obeys all of them, and those of former ids.
"""

import pytest
from bson import ObjectId

from receiver.filing import aims, settling
from receiver.filing.collections import Store
from receiver.projecting import plan
from receiver.projecting.mailbox import Projecting
from receiver.store.mongo import Database
from tests.receiver.written import MAILBOX, corrections, dialogs, file, filing, sent, written


@pytest.fixture
def _few_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (aims, plan, settling):
        monkeypatch.setattr(module, "MAX_RECORDS", 2)


async def split_off_and_undone(database: Database, one: ObjectId, key: str) -> None:
    """Fill the list of a dialog with two that change nothing."""
    corrects = corrections(database)
    await corrects.split(one, {key}, "olga")
    await corrects.undo(one, "olga")


@pytest.mark.usefixtures("_few_are_listed")
async def test_an_undo_that_was_asked_of_the_dialog_that_a_split_had_opened(
    database: Database,
) -> None:
    files, corrects = filing(database), corrections(database)
    for each in (written("1"), written("2", names="1"), written("3", names="1")):
        [answer] = await file(files, each)
    one = ObjectId(answer.dialog)
    whole = await corrects.dialog(one)
    second, third = (each["key"] for each in whole.messages[1:])
    opened = (await corrects.split(one, {second}, "olga")).dialog
    await corrects.undo(opened, "olga")
    await split_off_and_undone(database, one, third)
    await file(files, written("0", names="1", days=-1))
    assert await dialogs(database) == ["0 1 2 3"]
    assert not (await Projecting(Store.of(database), "participants").check(MAILBOX)).differ


@pytest.mark.usefixtures("_few_are_listed")
async def test_two_were_merged_before_a_letter_tied_them_to_a_third(database: Database) -> None:
    files, corrects = filing(database), corrections(database)
    numbers = {}
    for each in (written("1"), written("2", "petr"), written("3", "anna")):
        [answer] = await file(files, each)
        numbers[each.message["body"]] = ObjectId(answer.dialog)
    await corrects.merge(numbers["2"], numbers["3"], "olga")
    tied = sent("4", "ivan petr", "1 2")
    await file(files, tied)
    assert await dialogs(database) == ["1 2 3 4"]
    await split_off_and_undone(database, numbers["1"], tied.key)
    await file(files, written("0", names="1", days=-1))
    assert await dialogs(database) == ["0 1 2 3 4"]
    assert not (await Projecting(Store.of(database), "participants").check(MAILBOX)).differ


@pytest.mark.parametrize("how", ["merge", "move"])
async def test_the_first_answer_is_why_a_letter_is_where_a_person_put_it(
    database: Database, how: str
) -> None:
    files, corrects = filing(database), corrections(database)
    [first], [second] = await file(files, written("1")), await file(files, written("2", "petr"))
    one, other = ObjectId(first.dialog), ObjectId(second.dialog)
    if how == "merge":
        await corrects.merge(one, other, "olga")
    else:
        await corrects.move(other, {second.letter}, one, "olga")
    for number in "34":
        await file(files, written(number, "petr", names="2"))
        shown = {each["body"]: each for each in (await corrects.dialog(one)).messages}
        found = shown["2"]["matched_by"], shown["2"]["matched_id"]
        assert found == ("message_id", "2@example.ru")
        assert shown[number]["matched_by"] == "references"
    assert not (await Projecting(Store.of(database), "participants").check(MAILBOX)).differ


async def test_an_undo_names_no_dialog_that_shares_nothing_any_more(database: Database) -> None:
    files, corrects = filing(database, "anyone"), corrections(database, "anyone")
    [first], [second] = await file(files, written("1")), await file(files, written("2", "petr"))
    one, other = ObjectId(first.dialog), ObjectId(second.dialog)
    moved = await corrects.move(one, {first.letter}, other, "olga")
    [answer] = await file(files, written("4", "anna", answers="2"))
    split = await corrects.split(moved.dialog, {answer.letter}, "olga")
    await corrects.undo(one, "olga", correction=moved.correction)
    await corrects.undo(one, "olga", correction=split.correction)
    assert await dialogs(database) == ["1", "2 4"]
    found = await database.dialogs.find().to_list(None)
    assert [each["related"] for each in found] == [[], []]
