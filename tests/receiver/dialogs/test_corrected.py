"""A corrected dialog shows letters that come later as the rule says."""

import pytest
from bson import ObjectId

from receiver.filing.collections import Store
from receiver.projecting.mailbox import Projecting
from receiver.store.mongo import Database
from tests.receiver.written import MAILBOX, corrections, dialogs, file, filing, written


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
