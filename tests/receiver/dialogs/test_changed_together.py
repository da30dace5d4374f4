"""Several dialogs changed by one statement: each only if nobody has changed it meanwhile."""

from typing import Any

import pytest

from receiver.store.dialog import Dialog
from receiver.store.dialog_writing import DialogWriting
from receiver.store.dialogs import Dialogs
from receiver.store.mongo import Database
from tests.receiver.written import file, filing, written

MIB = 1024 * 1024


async def opened(database: Database, count: int) -> list[Dialog]:
    """Return so many dialogs of one letter each."""
    people = [f"person{number}" for number in range(count)]
    await file(filing(database), *(written(f"{n}", each) for n, each in enumerate(people)))
    ids = [each["_id"] for each in await database.dialogs.find({}, {"_id": 1}).to_list(None)]
    return list((await Dialogs(database).whole(ids)).values())


def another(dialog: Dialog, text: str = "another") -> dict[str, Any]:
    """Return one more message for a dialog."""
    [message] = dialog.messages
    return message | {"key": f"{message['key']} again", "body": text}


async def now(database: Database, dialog: Dialog) -> dict[str, Any]:
    """Return a dialog as it is stored now."""
    found = await database.dialogs.find_one({"_id": dialog.id})
    assert found is not None
    return found


@pytest.mark.parametrize("count", [1, 3])
async def test_messages_are_added_at_the_end(count: int, database: Database) -> None:
    dialogs = await opened(database, count)
    additions = [(each.head, [another(each)], {"newest": "k"}) for each in dialogs]
    assert await DialogWriting(database).append_all(additions)
    for each in dialogs:
        found = await now(database, each)
        assert found["messages"] == [*each.messages, another(each)]
        assert (found["count"], found["held"], found["newest"]) == (2, 2, "k")
        assert found["bytes"] > each.head["bytes"]
        assert found["revision"] == each.head["revision"] + 1
        assert found["changed"] >= each.head["changed"]
        assert found.keys() == each.head.keys()


@pytest.mark.parametrize("count", [1, 3])
async def test_a_dialog_that_has_changed_stays_and_the_others_are_written(
    count: int, database: Database
) -> None:
    dialogs, writing = await opened(database, count), DialogWriting(database)
    assert await writing.touch(dict(dialogs[0].head))
    touched = await now(database, dialogs[0])
    assert not await writing.write_all([(each, {}, [another(each)]) for each in dialogs])
    assert not await writing.append_all([(dialogs[0].head, [another(dialogs[0])], {})])
    assert await now(database, dialogs[0]) == touched
    for each in dialogs[1:]:
        assert (await now(database, each))["messages"] == [another(each)]


async def test_more_than_a_command_takes_goes_into_several(database: Database) -> None:
    dialogs = await opened(database, 7)
    assert await DialogWriting(database).write_all(
        [(each, {}, [another(each, "x" * 3 * MIB)]) for each in dialogs]
    )
    for each in dialogs:
        [message] = (await now(database, each))["messages"]
        assert len(message["body"]) == 3 * MIB
