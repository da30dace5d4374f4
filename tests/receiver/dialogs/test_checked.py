"""Whatever is changed in a dialog or a letter by hand is found by a check, and mended or named."""

from collections.abc import Callable
from typing import Any

import pytest

from receiver.filing.collections import Store
from receiver.projecting.mailbox import Projecting
from receiver.store.mongo import Database, Document
from tests.receiver.running import Run
from tests.receiver.written import MAILBOX, file, filing, written

FULL = 4
Change = Callable[[Document], Any]


def projecting(database: Database) -> Projecting:
    return Projecting(Store.of(database, full_letters=FULL), "participants")


async def a_dialog(database: Database) -> tuple[Document, list[Document]]:
    """File letters of a dialog with parts, one of a stranger beside it, and another dialog."""
    files = filing(database, full_letters=FULL)
    for number in range(10, 20):
        await file(files, written(f"{number}", names="10" if number > 10 else ""))
    await file(files, written("30", "stranger", names="10"))
    await file(files, written("31", "petr"))
    head = await database.dialogs.find_one({"messages.body": "19"})
    parts = await database.dialogs.find({"part_of": {"$exists": True}}).to_list(None)
    assert head is not None
    assert len(parts) > 1
    return head, parts


def reversed_order(document: Document) -> None:
    document["messages"].reverse()


def setting(name: str, value: Any) -> Change:
    def change(document: Document) -> None:
        document[name] = value

    return change


def saying(name: str, value: Any) -> Change:
    def change(document: Document) -> None:
        document["messages"][-1][name] = value

    return change


CHANGES: dict[str, Change] = {
    "messages reversed": reversed_order,
    "a message twice": lambda document: document["messages"].append(document["messages"][0]),
    "a message less": lambda document: document["messages"].pop(),
    "the mailbox": setting("mailbox", "x@y.ru"),
    **{
        f"a message's {name}": saying(name, value)
        for name, value in {
            "body": "other words",
            "subject": "another",
            "reply": "other words",
            "matched_by": "correction",
            "subject_changed": True,
            "from": {"name": "", "address": "x@y.ru"},
            "attachments": None,
            "kind": "bounce",
            "direction": "out",
        }.items()
    },
}
OF_A_HEAD: dict[str, Change] = {
    f"the {name}": setting(name, value)
    for name, value in {
        "user": "x@y.ru",
        "email_from": "x@y.ru",
        "subject": "another",
        "waiting": "nobody",
        "participants": [],
        "writers": None,
        "newest": "",
        "updated": None,
        "opened_by": "",
        "noticed": 2,
        "count": 1,
        "held": 0,
        "bytes": 0,
        "corrections": [{"id": 1, "what": "split", "who": "x"}],
        "related": [],
        "parts": [],
    }.items()
}


async def everything(database: Database) -> list[Document]:
    """Return what dialogs show and say of themselves, apart from how they are cut."""
    volatile = ("revision", "changed", "parts", "held", "bytes", "messages")
    whole = await Store.of(database).dialogs.whole(
        await Store.of(database).dialogs.outlines(MAILBOX)
    )
    return [
        {name: value for name, value in each.head.items() if name not in volatile}
        | {"shown": each.messages}
        for _, each in sorted(whole.items())
    ]


@pytest.mark.parametrize(
    ("part", "name"),
    [
        *((False, name) for name in CHANGES | OF_A_HEAD),
        *((True, name) for name in CHANGES),
    ],
)
async def test_what_is_changed_in_a_dialog_is_found_and_mended(
    database: Database, part: bool, name: str
) -> None:
    head, parts = await a_dialog(database)
    before = await everything(database)
    assert (await projecting(database).check(MAILBOX)).differ == set()
    document = parts[0] if part else head
    (CHANGES | OF_A_HEAD)[name](document)
    await database.dialogs.replace_one({"_id": document["_id"]}, document)
    assert (await projecting(database).check(MAILBOX)).differ == {head["_id"]}
    done = await projecting(database).project(MAILBOX)
    assert (done.differ, done.unkept) == ({head["_id"]}, set())
    assert (await projecting(database).check(MAILBOX)).differ == set()
    assert await everything(database) == before
    assert await database.dialogs.count_documents({"mailbox": {"$ne": MAILBOX}}) == 0
    for each in await database.dialogs.find({}).to_list(None):
        order = [(one["created"], one["key"]) for one in each["messages"]]
        assert order == sorted(order)


@pytest.mark.parametrize("known", [[], ["nonsense@example.ru"]])
async def test_so_are_the_names_that_a_letter_is_found_by(
    database: Database, known: list[str]
) -> None:
    head, _ = await a_dialog(database)
    letter = {"message.body": "10"}
    await database.letters.update_one(letter, {"$set": {"known": known}})
    assert (await projecting(database).check(MAILBOX)).differ == {head["_id"]}
    await projecting(database).project(MAILBOX)
    assert (await projecting(database).check(MAILBOX)).differ == set()
    await file(filing(database, full_letters=FULL), written("32", names="10"))
    held = await Store.of(database).dialogs.whole([head["_id"]])
    assert [each["body"] for each in held[head["_id"]].messages][-1] == "32"


async def test_a_dialog_of_another_mailboxs_name_comes_back_by_a_command(
    database: Database, run: Run
) -> None:
    head, _ = await a_dialog(database)
    await database.dialogs.update_one({"_id": head["_id"]}, {"$set": {"mailbox": "x@y.ru"}})
    assert run("project", "--check")[:2] == (1, f"{head['_id']} {MAILBOX} differs\n")
    assert run("project")[:2] == (0, f"{head['_id']} {MAILBOX} made anew\n")
    assert run("project", "--check")[:2] == (0, "")
