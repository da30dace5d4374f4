"""The rest of a dialog keeps its id, whatever was corrected there before the erasure."""

from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId

from contract.reading.addresses import canonical
from receiver.erasing.erase import Erasing
from receiver.erasing.order import Order
from receiver.erasing.survey import held
from receiver.filing.collections import Store
from receiver.filing.world import Projects
from receiver.projecting.mailbox import Projecting
from receiver.retaining.retain import Retained, Retaining
from receiver.store.facts import Facts
from receiver.store.mongo import Database, StoreUnavailable
from tests.receiver.written import (
    MAILBOX,
    corrections,
    file,
    filing,
    flaws_in,
    person,
    project,
    sweeper_of,
    written,
)

AT_ONCE = timedelta(seconds=-1)


async def erase(database: Database, who: str) -> None:
    """Have somebody be erased."""
    store = Store.of(database)
    order = Order(ObjectId(), "anna", "asked", await store.dialogs.now())
    for each in await held(store, [MAILBOX], canonical(person(who))):
        await Erasing(store, "participants").erase(each, order)


async def take_away(database: Database, one: Any, projects: Projects | None = None) -> None:
    """Have a dialog go as retention has it go."""
    store = Store.of(database)
    retaining = Retaining(database, store, "participants", projects or project(database))
    going = await store.dialogs.heads([one])
    await retaining._remove(MAILBOX, going, Retained())


async def shown(database: Database) -> dict[Any, list[str]]:
    """Return the letters of each dialog, by its id, as they stand after they were looked at."""
    await sweeper_of(database).sweep()
    assert not (await Projecting(Store.of(database), "participants").check(MAILBOX)).differ
    found = await database.dialogs.find().to_list(None)
    return {each["_id"]: sorted(one["body"] for one in each["messages"]) for each in found}


async def test_two_that_were_merged_and_the_first_is_erased(database: Database) -> None:
    files = filing(database)
    [first] = await file(files, written("1", "petr"))
    [second] = await file(files, written("2", "mark"))
    one, other = ObjectId(first.dialog), ObjectId(second.dialog)
    await corrections(database).merge(one, other, "olga")
    await erase(database, "petr")
    assert await shown(database) == {one: ["2"]}
    await file(files, written("3", "mark", names="2"))
    assert await shown(database) == {one: ["2", "3"]}


@pytest.mark.parametrize("gone", ["erased", "too old"])
async def test_a_letter_was_moved_from_where_all_others_go(database: Database, gone: str) -> None:
    files = filing(database)
    [first] = await file(files, written("1", "petr", "mark"))
    [late] = await file(files, written("2", "mark", names="1"))
    [second] = await file(files, written("3", "zoja"))
    source, to = ObjectId(first.dialog), ObjectId(second.dialog)
    await corrections(database).move(source, {late.letter}, to, "olga")
    await (erase(database, "petr") if gone == "erased" else take_away(database, source))
    assert await shown(database) == {to: ["2", "3"]}
    await file(files, written("4", "zoja", "mark", names="3"))
    assert await shown(database) == {to: ["2", "3", "4"]}


@pytest.mark.parametrize("gone", ["erased", "too old"])
async def test_what_was_merged_stays_where_the_first_letter_was_moved_away_and_goes(
    database: Database, gone: str
) -> None:
    files, corrects = filing(database), corrections(database)
    [first] = await file(files, written("1", "petr"))
    [second] = await file(files, written("2", "mark"))
    [third] = await file(files, written("3", "petr", subject="Счёт"))
    one, to = ObjectId(first.dialog), ObjectId(third.dialog)
    await corrects.merge(one, ObjectId(second.dialog), "olga")
    await corrects.move(one, {first.letter}, to, "olga")
    assert await shown(database) == {one: ["2"], to: ["1", "3"]}
    await (erase(database, "petr") if gone == "erased" else take_away(database, to))
    assert await shown(database) == {one: ["2"]}


@pytest.mark.parametrize("gone", ["erased", "too old"])
async def test_an_id_that_went_does_not_come_back_by_a_split_that_is_undone(
    database: Database, gone: str
) -> None:
    files, corrects = filing(database), corrections(database)
    [first] = await file(files, written("1", "petr", "mark"))
    [second] = await file(files, written("2", "mark", names="1"))
    [third] = await file(files, written("3", "petr", names="1"))
    one = ObjectId(first.dialog)
    split = await corrects.split(one, {second.letter, third.letter}, "olga")
    await corrects.move(split.dialog, {third.letter}, one, "olga")
    await corrects.undo(one, "olga", correction=split.correction)
    [left] = {*(found := await shown(database))} - {one}
    assert found == {one: ["1", "3"], left: ["2"]}
    await (erase(database, "petr") if gone == "erased" else take_away(database, one))
    assert await shown(database) == {left: ["2"]}


async def dies(*_: object) -> None:
    raise StoreUnavailable("died")


@pytest.mark.parametrize("died", [False, True])
async def test_a_letter_was_guessed_to_answer_one_that_goes_from_another_dialog(
    database: Database, died: bool
) -> None:
    """It is shown as if nobody had guessed: with that, the first of its own dialog.

    If the receiver died before it showed that, another one does within the hour.
    """
    files, corrects = filing(database, subjects=True), corrections(database)
    [first] = await file(files, written("1", "petr"))
    [guessed] = await file(files, written("2", "petr", subject="Re: Где мой заказ?"))
    one = ObjectId(first.dialog)
    assert guessed.matched_by == "subject"
    left = (await corrects.split(one, {guessed.letter}, "olga")).dialog
    if died:
        with pytest.raises(StoreUnavailable):
            await take_away(database, one, dies)
        await sweeper_of(database).sweep()
        assert await flaws_in(database) != []
        await sweeper_of(database, AT_ONCE).sweep()
    else:
        await take_away(database, one)
    assert await database.meta.count_documents({"_id": {"$regex": "^to project "}}) == 0
    assert await shown(database) == {left: ["2"]}
    assert await flaws_in(database) == []


async def test_a_dialog_of_which_one_letter_is_left_keeps_its_id(database: Database) -> None:
    """Though that letter had come from another one, as somebody had corrected these before."""
    files, corrects = filing(database), corrections(database)
    [first] = await file(files, written("1", "ivan"))
    [second] = await file(files, written("2", "mark", "ivan"))
    one, other = ObjectId(first.dialog), ObjectId(second.dialog)
    merged = await corrects.merge(one, other, "olga")
    await corrects.undo(one, "olga", correction=merged.correction)
    assert await shown(database) == {one: ["1"], other: ["2"]}
    await file(files, written("3", "ivan", "mark", "1 2"))
    assert await shown(database) == {one: ["1", "2", "3"]}
    await erase(database, "ivan")
    assert await shown(database) == {one: ["2"]}


async def test_an_erased_letter_that_another_receiver_stores_has_no_effect(
    database: Database,
) -> None:
    """It does not know of the erasure yet; the letter had come between two that named it."""
    files = filing(database)
    await file(files, written("9", "anna"))
    assert await files._erased.arriving([]) == set()
    [first] = await file(files, written("1", "petr", "mark", "5"))
    await file(files, written("2", "mark", "petr", "5"))
    one = ObjectId(first.dialog)
    assert (await shown(database))[one] == ["1", "2"]
    await erase(database, "zoja")
    [late] = await file(files, written("5", "zoja"))
    assert late.outcome == "created"
    await sweeper_of(database, AT_ONCE).sweep()
    assert (await shown(database))[one] == ["1", "2"]
    assert await flaws_in(database) == []


async def test_an_erasure_that_was_cut_short_keeps_nobody_from_correcting(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Letters are gone, and stand in their dialog still."""
    files, corrects = filing(database), corrections(database)
    [first] = await file(files, written("1", "petr", "mark"))
    [second] = await file(files, written("2", "mark", names="1"))
    [third] = await file(files, written("3", "petr", names="1"))
    one = ObjectId(first.dialog)
    with monkeypatch.context() as broken:
        broken.setattr(Facts, "forget", dies)
        with pytest.raises(StoreUnavailable):
            await erase(database, "petr")
    split = await corrects.split(one, {second.letter, third.letter}, "olga")
    documents = await database.dialogs.find().to_list(None)
    assert {each["_id"]: each["count"] for each in documents} == {one: 1, split.dialog: 2}
    await erase(database, "petr")
    assert await shown(database) == {split.dialog: ["2"]}
