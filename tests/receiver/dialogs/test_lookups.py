"""Every lookup goes by an index, and what very many know costs no more than what few know.

The counts are of commands and of documents that the database examined, as it tells itself.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from bson import ObjectId

from receiver.changes.changes import Changes
from receiver.erasing.disposal import dispose
from receiver.filing.collections import Store
from receiver.filing.filing import Filing
from receiver.hooks.event import EventKind
from receiver.hooks.happened import AT_ONCE, Happenings
from receiver.hooks.hook import hook_of
from receiver.hooks.hooks import Hooks
from receiver.letters.letter import Letter
from receiver.proving.silence_watch import QuietMailboxes
from receiver.store import schema, standing
from receiver.store.blobs import Blobs
from receiver.store.letters import FEW, named
from receiver.store.mailboxes import first_kept
from receiver.store.mongo import Database
from receiver.threads.partition import partition
from tests.receiver.hubs import HUBS
from tests.receiver.queries import Commands, stages
from tests.receiver.queries import commands as commands  # a fixture
from tests.receiver.written import (
    MAILBOX,
    corrections,
    dialogs,
    file,
    filing,
    parted,
    sent,
    sweeper_of,
    written,
)

MANY = 300
REPLY = "Re: Где мой заказ?"


async def batches(files: Filing, letters: list[Letter]) -> None:
    for at in range(0, len(letters), 64):
        await file(files, *letters[at : at + 64])


async def test_a_letter_that_hundreds_of_names_find_is_read_once(
    commands: Commands, database: Database
) -> None:
    """Strangers with the same twenty people in Cc name the same fifty letters."""
    await file(filing(database), written("a", "ivan"))
    letters = Store.of(database).letters
    [kept] = await letters.knowing(MAILBOX, ["a@example.ru"])
    names = {named("a@example.ru", f"person{number}") for number in range(5 * FEW)}
    await letters.name(kept, names)
    commands.listening = True
    found = await letters.knowing(MAILBOX, names)
    commands.listening = False
    assert [each.letter.key for each in found] == [kept.letter.key]
    assert commands.letters == 1


async def test_a_letter_has_a_name_for_each_id_it_names_whoever_else_it_is_sent_to(
    database: Database,
) -> None:
    """Otherwise a few dozen strangers who name each other's letters before a crowd cost minutes."""
    crowd, many = " ".join(f"person{number}" for number in range(20)), 20
    letters = [
        written(f"{n}", f"stranger{n}", crowd, " ".join(f"{one}" for one in range(n)), days=n)
        for n in range(many)
    ]
    files = filing(database)
    for letter in letters:
        await file(files, letter)
    kept = await database.letters.find({}, {"known": 1}).to_list(None)
    assert sum(len(each["known"]) for each in kept) <= many * (many + 1) // 2
    assert await dialogs(database) == parted(letters)


@pytest.mark.parametrize(
    "last", [written("4", "ivan", names="3 x"), written("4", "olga", "ivan", names="x 3")]
)
async def test_who_names_what_nobody_has_seen_is_found_by_whoever_takes_part(
    last: Letter, database: Database
) -> None:
    """Olga is not in the letter that hers meets, but in another one of that dialog."""
    letters = [
        written("1", "mallory", names="x"),
        written("2", "olga", "ivan", names="x"),
        written("3", "ivan", "olga"),
        last,
    ]
    files = filing(database)
    for letter in letters:
        await file(files, letter)
    assert await dialogs(database) == parted(letters) == ["1", "2 3 4"]


async def test_no_lookup_reads_a_whole_collection(commands: Commands, database: Database) -> None:
    """Among hundreds of dialogs: a new one, an answer, a stranger, a guess, a merge, a split."""
    files = filing(database, subjects=True)
    await batches(files, [written(f"n{n}", f"user{n}") for n in range(MANY)])
    await file(files, written("a", "ivan"), written("c", "ivan", subject="Ещё"))
    commands.listening = True
    letters = [
        written("new", "olga"),
        written("b", "ivan", names="a"),
        written("d", "mallory", names="b a"),
        written("e", "ivan", subject="Re: Где мой заказ?"),
        sent("f", "ivan mallory", "c b a"),
        written("b", "ivan", names="a"),
    ]
    answers = [(await file(files, letter))[0] for letter in letters]
    corrects = corrections(database)
    dialog = await corrects.dialog(ObjectId(answers[1].dialog))
    await corrects.split(dialog.id, {letters[1].key}, "olga")
    await corrects.undo(dialog.id, "olga")
    commands.listening = False
    assert len(commands.filters) > 20
    for collection, query in commands.filters:
        if isinstance(query.get("_id"), ObjectId):
            continue  # one document, whatever else is asked of it
        plan = await database[collection].find(query).explain()
        assert "COLLSCAN" not in stages(plan["queryPlanner"]["winningPlan"]), (collection, query)
        examined = plan.get("executionStats", {}).get("totalDocsExamined", 0)
        assert examined <= 12, (collection, query)


async def test_what_goes_on_beside_requests_reads_no_whole_collection(
    commands: Commands, database: Database
) -> None:
    """Everything that a receiver does every few seconds, with hundreds of dialogs."""
    files = filing(database)
    store = Store.of(database)
    sweeper = sweeper_of(database, timedelta(0))
    await standing.claim(database, "participants")
    await Blobs(database).ensure()
    await sweeper.sweep()
    await batches(files, [written(f"n{n}", f"user{n}") for n in range(MANY)])
    await sweeper.sweep()
    await database["meta"].update_many({}, {"$max": {"until": datetime.now(UTC)}})
    commands.listening = True
    assert await standing.refusal(database, "participants", was_ours=True) is None
    assert await sweeper.sweep() == 0
    await QuietMailboxes(database, store.mailboxes).look(datetime.now(UTC) + timedelta(days=1))
    await dispose(store.blobs, store.leaving, datetime.now(UTC))
    await Hooks(database).leases()
    changes = Changes(database)
    state = await changes.at(datetime.now(UTC) - timedelta(1))
    told = await changes.since(MAILBOX, state, MANY)
    assert len(told.rows) == 200
    every = {"mailboxes": ["*"], "events": list(get_args(EventKind)), "full": False}
    kept = dict.fromkeys(("name", "url", "secret", "state", "why"), "") | {"_id": ObjectId()}
    since = {"created": datetime.now(UTC) - timedelta(1), "states": {}, "late": []}
    happened = await Happenings(database).since(hook_of(every | kept | since))
    assert len(happened.events) == 2 * AT_ONCE  # of dialogs that were opened and of letters
    commands.listening = False
    assert len(commands.filters) > 8
    for collection, query in commands.filters:
        if collection in ("meta", "hooks") or isinstance(query.get("_id"), str):
            continue  # few documents, or one
        plan = await database[collection].find(query).explain()
        assert "COLLSCAN" not in stages(plan["queryPlanner"]["winningPlan"]), (collection, query)


async def test_a_start_asks_for_no_whole_collection(commands: Commands, database: Database) -> None:
    """An embedded database reads all that a query matches, however few are asked for.

    So a receiver that begins among 40,000 dialogs would not be ready within its MONGO_TIMEOUT.
    """
    assert await standing.claim(database, "participants") is None
    await schema.ensure(database)
    await batches(filing(database), [written(f"n{n}", f"user{n}") for n in range(20)])
    commands.listening = True
    store = Store.of(database)
    assert await standing.claim(database, "participants") is None
    await schema.ensure(database)
    await sweeper_of(database).sweep()
    assert await store.mailboxes.every() == [MAILBOX]
    await QuietMailboxes(database, store.mailboxes).look(datetime.now(UTC))
    commands.listening = False
    assert ("letters", {}) not in commands.filters
    assert ("dialogs", {}) not in commands.filters
    everything = [{"mailbox": MAILBOX}, {"mailbox": {"$gt": ""}}]
    assert not [each for each in commands.filters if each[1] in everything]


async def test_mailboxes_and_their_first_letters_are_found_however_they_came(
    database: Database,
) -> None:
    """Some have a mark that says how far they were read back, some have none."""
    mailboxes = Store.of(database).mailboxes
    now = await Store.of(database).dialogs.now()
    for number, days in enumerate((0, 1, 40, 400, 4000), 1):
        kept = [now - timedelta(days=days), now - timedelta(days=days / 2)]
        message = {"subject": "", "body": "", "created": now, "key": ""}
        mailbox = f"m{number}@example.ru"
        of = {"mailbox": mailbox, "dialog": ObjectId(), "message": message}
        await database.letters.insert_many(
            {**of, "key": f"{place}", "kept": when} for place, when in enumerate(kept)
        )
        if number % 2:
            await mailboxes.set_watermark(mailbox, now)
        assert await first_kept(database.letters, mailbox) == min(kept)
    assert set(await mailboxes.every()) >= {f"m{number}@example.ru" for number in range(1, 6)}
    assert await first_kept(database.letters, "nobody@example.ru") is None


async def test_the_sweeper_reads_each_letter_back_once(
    commands: Commands, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = filing(database)
    at_once = timedelta(seconds=-1)
    sweeper = sweeper_of(database, at_once)
    answers = (written(f"b{n}", f"user{n}", names=f"a{n}") for n in range(30))
    await file(files, *(written(f"a{n}", f"user{n}") for n in range(30)), *answers)
    read = []
    for _ in range(2):
        commands.clear()
        commands.listening = True
        assert await sweeper.sweep() == 0
        commands.listening = False
        asked = [query for collection, query in commands.filters if "_id" in query]
        read.append(sum(len(query["_id"]["$in"]) for query in asked if "$in" in query["_id"]))
    assert read[0] >= 60
    assert read[1] == 0
    monkeypatch.setattr("receiver.filing.sweeper.OVERLAP", timedelta(0))
    commands.clear()
    commands.listening = True
    assert await sweeper.sweep() == 0
    commands.listening = False
    assert commands.returned <= 2  # no letter and no dialog: only up to when all was read


@pytest.mark.parametrize("names", ["b", "x"], ids=["one names the other", "both name a third"])
async def test_the_sweeper_puts_together_who_share_an_id_and_never_met(
    database: Database, names: str
) -> None:
    """Each was shown by a receiver that had not seen the other."""
    files = filing(database)
    one, other = written("a", names=names), written("b", names="x")
    await file(files, one)
    [shown] = await database.dialogs.find({}).to_list(None)
    await database.dialogs.delete_many({})
    [kept] = await database.letters.find({}).to_list(None)
    await database.letters.delete_many({})
    await file(files, other)
    await database.letters.insert_one(kept)
    await database.dialogs.insert_one(shown)
    sweeper = sweeper_of(database, timedelta(seconds=-1))
    assert await dialogs(database) == ["a", "b"]
    assert await sweeper.sweep() > 0
    assert await dialogs(database) == ["a b"]
    assert await sweeper.sweep() == 0


async def test_the_sweeper_leaves_alone_who_share_an_id_and_are_two(database: Database) -> None:
    files = filing(database)
    people = [f"user{n}" for n in range(14)]
    await file(files, *(written(f"a{n}", one, names="x") for n, one in enumerate(people)))
    await file(files, written("b", "petr", names="a0 x"), written("c", "olga", names="b a1"))
    sweeper = sweeper_of(database, timedelta(seconds=-1))
    assert len(await dialogs(database)) > 14
    assert await sweeper.sweep() == 0


async def test_what_the_ordinary_letters_cost(commands: Commands, database: Database) -> None:
    files = filing(database)
    await file(files, written("warm"))  # asks for the database's time
    costs = []
    for letter in (written("a"), written("b", names="a"), written("c", names="b a")):
        commands.clear()
        commands.listening = True
        await file(files, letter)
        commands.listening = False
        costs.append(commands.names)
    opening = ["find", "insert", "insert", "find", "find"]
    answer = ["find", "find", "insert", "update", "find"]
    assert costs == [opening, answer, answer]


async def test_an_answer_costs_no_more_however_often_its_dialog_was_corrected(
    commands: Commands, database: Database
) -> None:
    files, costs = filing(database), []
    for number in range(4):
        await file(files, written(f"{number}", f"user{number}"))
    for number in range(1, 4):
        first, other, *_ = await database.dialogs.find({}, {"_id": 1}).sort("_id").to_list(None)
        await corrections(database).merge(first["_id"], other["_id"], "olga")
        commands.clear()
        commands.listening = True
        await file(files, written(f"a{number}", "user0", names="0", days=number))
        commands.listening = False
        costs.append(commands.names)
    assert costs == [["find", "find", "insert", "update", "find"]] * 3


async def test_letters_that_come_together_share_each_command(
    commands: Commands, database: Database
) -> None:
    files = filing(database)
    await file(files, written("0"))
    commands.listening = True
    await file(files, *(written(f"{n}", names=f"{n - 1}") for n in range(1, 33)))
    commands.listening = False
    assert commands.names == ["find", "find", "insert", "update", "find"]


async def test_a_long_dialog_is_split_and_put_together_with_few_questions_of_few_values(
    commands: Commands, database: Database
) -> None:
    """The embedded database compares each letter with each value: 2,000 took 4 s a question."""
    files, letters = filing(database), [written("0")]
    letters += [written(f"{n}", answers=f"{n - 1}") for n in range(1, MANY)]
    await batches(files, letters)
    [head] = await database.dialogs.find({"part_of": None}, {"_id": 1}).to_list(None)
    correcting = corrections(database)
    late = {each.key for each in letters[MANY // 2 :]}
    for splits in (True, False):
        commands.clear()
        commands.listening = True
        if splits:
            await correcting.split(head["_id"], late, "olga")
        else:
            await correcting.undo(head["_id"], "olga")
        commands.listening = False
        asked = [filter_ for name, filter_ in commands.filters if name == "letters"]
        tests = [each for one in asked for each in one.values() if isinstance(each, dict)]
        values = [len(each["$in"]) for each in tests if "$in" in each]
        assert values
        assert max(values) <= FEW
        assert commands.names.count("update") < 10
    assert await dialogs(database) == parted(letters)


async def test_letters_that_come_late_have_their_dialogs_written_together(
    commands: Commands, database: Database
) -> None:
    """Each belongs before the last letter of its dialog, so none is just appended."""
    files = filing(database)
    people = [f"user{n}" for n in range(20)]
    await batches(files, [written(f"{n}", each) for n, each in enumerate(people)])
    last = [written(f"l{n}", each, names=f"{n}", days=9) for n, each in enumerate(people)]
    await batches(files, last)
    commands.listening = True
    late = [written(f"m{n}", each, names=f"{n}", days=5) for n, each in enumerate(people)]
    answers = await file(files, *late)
    commands.listening = False
    assert {each.outcome for each in answers} == {"appended"}
    assert commands.names.count("update") == 1
    assert len(commands.names) <= 10
    assert len(await dialogs(database)) == len(people)


async def test_what_a_user_and_a_subject_have_is_asked_once_for_a_letter(
    commands: Commands, database: Database
) -> None:
    """Letters of one user and subject go one after the other; those of others go together."""
    files = filing(database, subjects=True)
    users = [f"user{n}" for n in range(10)]
    await file(files, *(written(f"{n}", user) for n, user in enumerate(users)))
    commands.listening = True
    replies = [written(f"r{n}", user, subject=REPLY) for n, user in enumerate(users)]
    await file(files, *replies, written("again", users[0], subject=REPLY))
    commands.listening = False
    asked = [query["user"] for _, query in commands.filters if "base_subject" in query]
    assert sorted(asked) == sorted(each.user for each in [*replies, replies[0]])
    assert commands.names.count("insert") == 2
    assert len(await dialogs(database)) == len(users)


@pytest.mark.parametrize(("another", "first"), HUBS.values(), ids=HUBS.keys())
async def test_what_very_many_know_costs_no_more_than_what_few_know(
    another: Callable[[int], Letter],
    first: Callable[[int], Letter],
    commands: Commands,
    database: Database,
) -> None:
    files = filing(database)
    letters = [first(0), *map(another, range(1, MANY))]
    await batches(files, letters)
    commands.listening = True
    await file(files, another(MANY))
    commands.listening = False
    assert commands.returned <= 20, commands.filters
    assert len(commands.names) <= 8
    rule = sorted(
        " ".join(sorted(each.message["body"] for each in group.letters))
        for group in partition([*letters, another(MANY)], "participants")
    )
    assert await dialogs(database) == rule
