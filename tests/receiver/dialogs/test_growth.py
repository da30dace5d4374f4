"""A dialog too large for one document goes on in parts, and every rule holds across them."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from bson import ObjectId

from receiver.erasing.erased import Erased
from receiver.filing.collections import Store
from receiver.filing.corrections import Corrections
from receiver.filing.filing import Filing
from receiver.filing.sweeper import Sweeper
from receiver.letters.letter import Letter
from receiver.migration.orphans import EarlierOrphans
from receiver.store.dialog import MAX_RELATED
from receiver.store.mongo import Database
from tests.letters import START
from tests.receiver.dialogs.any_order.fragile import Crash, FragileDatabase
from tests.receiver.written import (
    MAILBOX,
    corrections,
    dialogs,
    file,
    filed,
    filing,
    flaws_in,
    project,
    written,
)

FULL = 4


def chain(count: int, first: int = 0) -> list[Letter]:
    """Return letters each of which answers the one before."""
    numbers = [f"{number:02}" for number in range(first, first + count)]
    return [written(numbers[0])] + [written(one, names=before) for before, one in pairwise(numbers)]


@pytest.fixture
def store(database: Database) -> Store:
    return Store.of(database, full_letters=FULL)


@pytest.fixture
def files(store: Store) -> Filing:
    return Filing(store, "participants", match_by_subject=False)


async def heads(database: Database) -> list[dict[str, Any]]:
    return await database.dialogs.find({"part_of": None}).to_list(None)


async def whole(store: Store, database: Database) -> list[str]:
    """Return the letters of the one dialog as the API shows them: in order."""
    [head] = await heads(database)
    dialog = (await store.dialogs.whole([head["_id"]]))[head["_id"]]
    stored = [each["key"] for one in (dialog.head, *dialog.parts) for each in one["messages"]]
    assert len(stored) == len(set(stored)) == head["count"]
    assert len(dialog.head["messages"]) <= FULL
    return [each["body"] for each in dialog.messages]


@pytest.mark.parametrize("backwards", [False, True], ids=["in order", "backwards"])
async def test_a_long_conversation_is_one_dialog_in_several_documents(
    files: Filing, store: Store, database: Database, backwards: bool
) -> None:
    letters = chain(30)
    for letter in letters[::-1] if backwards else letters:
        await file(files, letter)
    assert await database.dialogs.count_documents({}) > 3
    assert await whole(store, database) == [f"{number:02}" for number in range(30)]
    [head] = await heads(database)
    assert head["created"] == letters[0].created
    assert head["updated"] == letters[-1].created
    for letter in letters[::7]:
        [answer] = await file(files, letter)
        assert (answer.outcome, answer.dialog) == ("duplicate", str(head["_id"]))
    assert len(await whole(store, database)) == 30


@pytest.mark.parametrize("field", ["answers", "names"])
async def test_whoever_answers_the_last_letter_has_no_dialog_read_whole(
    files: Filing, monkeypatch: pytest.MonkeyPatch, field: str
) -> None:
    """Many programs name only the letter that they answer, whatever that one answers."""
    for number in range(12):
        if number == 2:
            monkeypatch.setattr(files, "settle", None)
        answered: dict[str, Any] = {field: f"{number - 1:02}"} if number else {}
        [answer] = await file(files, written(f"{number:02}", **answered))
        assert answer.outcome == ("appended" if number else "created")


async def test_many_at_once_fill_parts_without_a_double(
    files: Filing, store: Store, database: Database
) -> None:
    letters = [written("00"), *(written(f"{number:02}", names="00") for number in range(1, 25))]
    await file(files, letters[0])
    await asyncio.gather(*(file(files, letter) for letter in [*letters, *letters]))
    assert await whole(store, database) == [f"{number:02}" for number in range(25)]


async def test_long_dialogs_merge_and_keep_every_letter(
    files: Filing, store: Store, database: Database
) -> None:
    await file(files, *chain(12))
    await file(files, *chain(12, first=20))
    assert len(await dialogs(database)) == 2
    await file(files, written("40", names="31 11"))
    expected = [f"{number:02}" for number in (*range(12), *range(20, 32), 40)]
    assert await whole(store, database) == expected


async def test_letters_of_a_part_are_split_off(
    files: Filing, store: Store, database: Database
) -> None:
    letters = chain(20)
    for letter in letters:
        await file(files, letter)
    [head] = await heads(database)
    corrections = Corrections(store, files.settle)
    await corrections.split(head["_id"], {letters[0].key, letters[1].key}, "olga")
    found = await dialogs(database)
    assert "00 01" in found
    assert " ".join(f"{number:02}" for number in range(2, 20)) in found
    assert await filed(database, [written("21", names="01 02"), written("22", names="19 18")]) == [
        "00 01 21",
        " ".join(f"{number:02}" for number in (*range(2, 20), 22)),
    ]


async def test_a_dialog_larger_than_a_document_is_split_off(database: Database) -> None:
    files, letters = filing(database), [written("00"), written("01", names="00")]
    for number in range(2, 20):
        letters.append(written(f"{number:02}", names="01", text="о" * 512 * 1024))
    for letter in letters:
        await file(files, letter)
    [head] = await heads(database)
    split = await corrections(database).split(head["_id"], {x.key for x in letters[1:]}, "olga")
    keys = await Store.of(database).dialogs.keys([head["_id"], split.dialog])
    assert keys == {
        head["_id"]: {letters[0].key},
        split.dialog: {each.key for each in letters[1:]},
    }
    assert (await corrections(database).undo(head["_id"], "olga")).changed
    assert (await Store.of(database).dialogs.keys([head["_id"]]))[head["_id"]] > keys[split.dialog]


async def orphans(database: Database) -> list[Any]:
    """Return the parts that no head lists."""
    listed = {part for head in await heads(database) for part in head.get("parts", ())}
    parts = await database.dialogs.find({"part_of": {"$ne": None}}).to_list(None)
    return [each["_id"] for each in parts if each["_id"] not in listed]


@pytest.mark.parametrize("what", ["merged", "erased", "shorter"])
async def test_parts_go_though_their_writer_dies_after_the_head_was_written(
    database: Database, what: str
) -> None:
    """They were written too long ago to be found among recent changes."""
    fragile: Any = FragileDatabase(database)
    store = Store.of(fragile, full_letters=FULL)
    settle, at_once = filing(database).settle, timedelta(seconds=-1)
    sweeper = Sweeper(store, settle, corrections(database), project(database), at_once)
    files = Filing(store, "participants", match_by_subject=False)
    for letter in chain(12):
        await file(files, letter)
    await sweeper.sweep()
    [head] = await heads(database)
    await database.dialogs.update_many({"part_of": {"$ne": None}}, {"$set": {"changed": START}})
    for lives in range(20):
        [dialog] = (await store.dialogs.whole([head["_id"]])).values()
        fragile.lives = lives
        with suppress(Crash):
            if what == "shorter":
                await store.writing.write(dialog, {}, dialog.messages[-1:])
            else:
                await store.writing.remove(dialog, ObjectId() if what == "merged" else None)
        fragile.lives = None
        if await orphans(database):
            break
    assert await orphans(database)
    await sweeper.sweep()
    assert not await orphans(database)


async def test_a_part_goes_whose_writer_died_just_before_the_mailbox_was_projected(
    database: Database, store: Store, files: Filing
) -> None:
    """`project` does not read parts that no head lists, so the sweeper still has to."""
    at_once = timedelta(seconds=-1)
    sweeper = Sweeper(store, files.settle, corrections(database), project(database), at_once)
    for letter in chain(12):
        await file(files, letter)
    await sweeper.sweep()
    part = await database.dialogs.find_one({"part_of": {"$ne": None}}) or {}
    died = datetime.now(UTC) - timedelta(minutes=1)
    await database.dialogs.insert_one({**part, "_id": ObjectId(), "changed": died})
    await database.meta.update_one(
        {"_id": f"read back {part['mailbox']}"}, {"$set": {"until": died}}
    )
    await project(database)(part["mailbox"], set())
    await Sweeper(store, files.settle, corrections(database), project(database), at_once).sweep()
    assert not await orphans(database)


async def test_parts_that_a_writer_of_before_left_go_once(database: Database) -> None:
    files = Filing(Store.of(database, full_letters=FULL), "participants", match_by_subject=False)
    for letter in chain(12):
        await file(files, letter)
    parts = await database.dialogs.find({"part_of": {"$ne": None}}).to_list(None)
    left = [{**parts[0], "_id": ObjectId(), "changed": START} for _ in range(3)]
    await database.dialogs.insert_many([left[0], {**left[1], "part_of": ObjectId()}, left[2]])
    await database.dialogs.insert_one({"_id": "foreign", "messages": [], "mailbox": "x@example.ru"})
    await database.meta.delete_one({"_id": "parts"})
    await EarlierOrphans(database, Store.of(database).writing).forget(datetime.now(UTC))
    assert await orphans(database) == []
    assert await database.dialogs.count_documents({"part_of": {"$ne": None}}) == len(parts)


async def test_dialogs_that_share_an_id_are_named_up_to_a_hundred_and_the_rest_is_said(
    database: Database,
) -> None:
    """Once a dialog says that there are more, a further one costs no write there."""
    files, first = filing(database), {"messages.body": "0"}

    async def named_after(number: int) -> tuple[int, bool, int]:
        await file(files, written("hub", f"user{number}", text=f"{number}"))
        head = await database.dialogs.find_one(first) or {}
        return len(head["related"]), head["related_more"], head["revision"]

    for number in range(3):
        await named_after(number)
    many = [ObjectId() for _ in range(MAX_RELATED - 3)]
    await database.dialogs.update_one(first, {"$push": {"related": {"$each": many}}})
    assert (await named_after(3))[:2] == (MAX_RELATED, False)
    *said, revision = await named_after(4)
    assert said == [MAX_RELATED, True]
    assert await named_after(5) == (MAX_RELATED, True, revision)
    assert len(await dialogs(database)) == 6


async def test_a_dialog_with_more_neighbours_than_it_names_tells_all_that_letters_have_left(
    database: Database,
) -> None:
    files, corrects = filing(database), corrections(database)
    strangers = [written(f"{n}", f"user{n}", names="hub") for n in range(MAX_RELATED + 2)]
    await file(files, written("hub", "ivan"), *strangers[:62])
    await file(files, *strangers[62:])
    [one], [other], _ = [
        await file(files, each)
        for each in (
            written("hub", "ivan"),
            written("a", "anna"),
            written("z", "zoja", names="a"),
        )
    ]
    await corrects.merge(ObjectId(one.dialog), ObjectId(other.dialog), "olga")
    await corrects.undo(ObjectId(one.dialog), "olga")
    assert not await flaws_in(database)


async def test_a_field_that_is_not_ours_stays(
    files: Filing, store: Store, database: Database
) -> None:
    await file(files, *chain(3))
    await database.dialogs.update_many({}, {"$set": {"assignee": "olga"}})
    await file(files, written("03", names="02"))
    await file(files, written("04", "petr", names="03"), written("05", to="petr", names="03"))
    [head] = await heads(database)
    assert (head["assignee"], head["count"]) == ("olga", 6)


async def test_documents_of_others_are_left_alone(files: Filing, database: Database) -> None:
    """Documents of the bare shape that somebody else wrote are neither joined nor changed."""
    foreign = {"email_from": "ivan@example.ru", "messages": [], "mailbox": "support@yandex.ru"}
    await database.dialogs.insert_one({"_id": "foreign", **foreign})
    await file(files, *chain(2))
    assert await database.dialogs.find_one({"_id": "foreign"}) == {"_id": "foreign", **foreign}


async def test_what_one_writes_into_parts_is_not_torn_by_another_who_was_first(
    database: Database, store: Store, files: Filing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One has written the head, and is about to do away with what he replaced in parts."""
    for letter in chain(12):
        await file(files, letter)
    [head] = await heads(database)
    [dialog] = (await store.dialogs.whole([head["_id"]])).values()
    other, forget = Store.of(database, full_letters=FULL), store.writing._parts.forget
    assert len(dialog.parts) > 1

    async def overtaken(parts: Sequence[ObjectId]) -> None:
        monkeypatch.setattr(store.writing._parts, "forget", forget)
        [found] = (await other.dialogs.whole([head["_id"]])).values()
        assert await other.writing.write(found, {}, dialog.messages)
        await forget(parts)

    monkeypatch.setattr(store.writing._parts, "forget", overtaken)
    said_otherwise = [each | {"matched_by": "correction"} for each in dialog.messages]
    await store.writing.write(dialog, {}, said_otherwise)
    [found] = (await other.dialogs.whole([head["_id"]])).values()
    assert found.messages == dialog.messages
    assert not await orphans(database)


@pytest.mark.parametrize("how", ["appends", "writes"])
async def test_a_part_is_removed_while_its_writer_stops_before_he_lists_it(
    database: Database, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sweeper takes him for dead: he must not list what is not there any more."""
    store, sweeps = Store.of(database, full_letters=FULL), Store.of(database).writing
    letters = chain(FULL + 2)
    for letter in letters[:-2]:
        await file(filing(database), letter)
    add = store.writing._parts.add

    async def stopped(head: dict[str, Any], messages: Sequence[dict[str, Any]]) -> ObjectId:
        part = await add(head, messages)
        monkeypatch.setattr(store.writing._parts, "add", add)
        await sweeps.forget_orphans({part: head["_id"]})
        return part

    monkeypatch.setattr(store.writing._parts, "add", stopped)
    if how == "writes":
        [head] = await heads(database)
        [dialog] = (await store.dialogs.whole([head["_id"]])).values()
        more = [each.message for each in letters[-2:]]
        assert not await store.writing.write(dialog, {}, [*dialog.messages, *more])
    files = Filing(store, "participants", match_by_subject=False)
    for letter in letters[-2:]:
        await file(files, letter)
    assert await whole(store, database) == [each.message["body"] for each in letters]


@pytest.mark.parametrize("of", ["a dialog that is there", "a dialog that is gone"])
async def test_a_letter_is_taken_away_that_a_part_holds_which_no_head_lists(
    database: Database, store: Store, files: Filing, of: str
) -> None:
    """Its writer has just died: the sweeper takes it for alive for a while."""
    letters = chain(12)
    for letter in letters:
        await file(files, letter)
    part = await database.dialogs.find_one({"part_of": {"$ne": None}}) or {}
    head = part["part_of"] if of == "a dialog that is there" else ObjectId()
    await database.dialogs.insert_one({**part, "_id": ObjectId(), "part_of": head})
    gone = part["messages"][0]["key"]
    await Erased(store).take_away(MAILBOX, {gone})
    left = [each.message["body"] for each in letters if each.key != gone]
    assert await whole(store, database) == left
    assert not await database.dialogs.find_one({"messages.key": gone})
    assert not await orphans(database)
