"""Dialogs follow from letters and facts: lost or damaged ones are made anew."""

import asyncio
import os
import random
from collections.abc import Callable, Coroutine
from contextlib import closing
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from motor.motor_asyncio import AsyncIOMotorClient

from receiver.erasing.erased import Erased
from receiver.filing.collections import Store
from receiver.letters.letter import Letter
from receiver.projecting.mailbox import Projecting
from receiver.store import schema
from receiver.store.mongo import Database, Document
from receiver.threads.group import Policy
from tests.receiver.written import (
    MAILBOX,
    corrections,
    dialogs,
    empty,
    file,
    filed,
    filing,
    sent,
    written,
)

EXAMPLES = int(os.environ.get("PROJECTED_EXAMPLES", "15"))
NUMBERS = st.sampled_from("012345")
PEOPLE = st.sampled_from(["ivan", "olga", "petr", "mailbox"])
SUBJECTS = st.sampled_from(["Заказ", "Re: Заказ"])
Said = tuple[str, str, str, list[str], str]
SAID = st.tuples(NUMBERS, PEOPLE, PEOPLE, st.lists(NUMBERS, max_size=3, unique=True), SUBJECTS)
# Letters that were shown otherwise once: by one id for several, or by one that nobody has seen.
FIRST: Said = ("0", "ivan", "ivan", [], "Заказ")
ANSWERS_FIRST = ("1", "ivan", "olga", ["0"], "Заказ")
CARRIES_FIRST: Said = ("0", "olga", "ivan", [], "Заказ")
OURS = ("3", "mailbox", "olga", ["0"], "Заказ")
NAMES_LATER = ("1", "ivan", "ivan", ["3"], "Заказ")
NAMES_ITSELF = ("0", "ivan", "ivan", ["0"], "Заказ")
ANOTHER: Said = ("4", "ivan", "ivan", [], "Заказ")
NAMES_ALL = ("0", "ivan", "ivan", ["1", "2", "4"], "Заказ")
TO_OLGA = ("0", "ivan", "olga", ["1"], "Заказ")
ANSWERED: Said = ("0", "olga", "ivan", [], "Заказ")
NAMES_THE_SAME = ("0", "olga", "olga", ["1"], "Re: Заказ")
FULL = 8  # letters in a dialog before it goes on in parts
LETTERS = [
    *(written(f"{n:02}", "ivan", names=f"{n - 1:02}" if n else "") for n in range(12)),
    written("20", "petr"),
    sent("21", "petr", "20"),
    written("22", "stranger", names="20"),
    written("30", "anna", subject="Счёт 17"),
    written("31", "anna", names="unseen", subject="Re: Счёт 17"),
    *(written(f"{n}", "oleg", names="40" if n > 40 else "") for n in range(40, 44)),
]


async def two_mailboxes(database: Database) -> None:
    """File letters, correct some dialogs, have long ones go on in parts."""
    files = filing(database, subjects=True, full_letters=FULL)
    for letter in [*LETTERS, written("00", "ivan", mailbox="info@yandex.ru")]:
        await file(files, letter)
    correct = corrections(database)
    [head] = await database.dialogs.find({"messages.key": LETTERS[-1].key}).to_list(None)
    await correct.split(head["_id"], {LETTERS[-1].key, LETTERS[-2].key}, "olga")


def projecting(database: Database) -> Projecting:
    return Projecting(Store.of(database, full_letters=FULL), "participants")


async def shown(database: Database) -> dict[Any, Any]:
    """Return every dialog with what it shows, and says of itself."""
    found = await Store.of(database).dialogs.outlines(MAILBOX)
    whole = await Store.of(database).dialogs.whole(found)
    volatile = ("revision", "changed", "opened", "parts", "messages", "held", "bytes", "related")
    return {
        one: (
            each.messages,
            {name: value for name, value in each.head.items() if name not in volatile},
            set(each.head["related"]),
        )
        for one, each in whole.items()
    }


async def test_what_filing_and_corrections_left_is_what_projecting_makes(
    database: Database,
) -> None:
    await two_mailboxes(database)
    before = await shown(database)
    assert (await projecting(database).check(MAILBOX)).differ == set()
    await projecting(database).project(MAILBOX)
    assert await shown(database) == before


GUESSED = written("31", "anna", names="unseen", subject="Re: Счёт 17")
ANSWERS_TO_A_GUESS = {
    "ours": sent("32", "anna", "31"),
    "one that names the same unseen letter": written("32", "anna", names="unseen"),
    "one that names it and the guessed letter": written("32", "anna", names="31 unseen"),
}


@pytest.mark.parametrize("answer", ANSWERS_TO_A_GUESS.values(), ids=ANSWERS_TO_A_GUESS.keys())
async def test_a_guess_stays_one_when_it_is_answered(database: Database, answer: Letter) -> None:
    letters = [written("30", "anna", subject="Счёт 17"), GUESSED, answer]
    await filed(database, letters, subjects=True)
    found = await database.dialogs.find_one()
    assert found is not None
    assert [each["matched_by"] for each in found["messages"]] == ["new", "subject", "references"]
    assert (await projecting(database).check(MAILBOX)).differ == set()


def test_what_filing_shows_of_any_letters_is_what_projecting_makes(mongo_uri: str) -> None:
    client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(mongo_uri, tz_aware=True)
    with asyncio.Runner() as runner, closing(client):
        runner.run(schema.ensure(client.test_projected))

        @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
        @example([[TO_OLGA], [ANSWERED, NAMES_THE_SAME]], "participants")
        @example([[FIRST, ANSWERS_FIRST, ANOTHER], [NAMES_ALL]], "participants")
        @example([[FIRST, ANSWERS_FIRST], [CARRIES_FIRST]], "participants")
        @example([[NAMES_LATER, NAMES_ITSELF], [FIRST, OURS], [CARRIES_FIRST]], "participants")
        @given(
            st.lists(st.lists(SAID, min_size=1, max_size=3), min_size=2, max_size=6),
            st.sampled_from(get_args(Policy)),
        )
        def any_letters(rounds: list[list[Said]], policy: Policy) -> None:
            runner.run(filed_and_compared(client.test_projected, rounds, policy))

        any_letters()


async def filed_and_compared(database: Database, rounds: list[list[Said]], policy: Policy) -> None:
    await empty(database)
    files = filing(database, policy, subjects=True)
    for number, letters in enumerate(rounds):
        await file(files, *(letter_of(*each, days=number) for each in letters))
    assert (await Projecting(Store.of(database), policy).check(MAILBOX)).differ == set()


def letter_of(
    number: str, sender: str, to: str, names: list[str], subject: str, days: float
) -> Letter:
    if sender == "mailbox":
        return sent(number, to, " ".join(names), subject=subject, days=days)
    return written(number, sender, to, " ".join(names), subject=subject, days=days)


Spoil = Callable[[Database], Coroutine[Any, Any, Any]]


async def drop_all(database: Database) -> None:
    await database.dialogs.delete_many({})


async def drop_some(database: Database) -> None:
    await database.dialogs.delete_one({"messages.message_id": "20@example.ru"})


async def lose_a_part(database: Database) -> None:
    await database.dialogs.delete_one({"part_of": {"$ne": None}})


async def lose_a_message(database: Database) -> None:
    await database.dialogs.update_one(
        {"messages.1": {"$exists": True}}, {"$pop": {"messages": -1}, "$inc": {"revision": 1}}
    )


async def change_a_reason(database: Database) -> None:
    await database.dialogs.update_one({}, {"$set": {"messages.0.matched_by": "subject"}})


async def change_a_reply(database: Database) -> None:
    await database.dialogs.update_one({}, {"$set": {"messages.0.reply": "другое"}})


async def show_one_elsewhere(database: Database) -> None:
    """Have a letter stand in two dialogs, and point to the wrong one."""
    one = await database.dialogs.find_one({"messages.message_id": "21@example.ru"})
    other = await database.dialogs.find_one({"messages.message_id": "30@example.ru"})
    assert one is not None
    assert other is not None
    stray = one["messages"][-1]
    await database.dialogs.update_one({"_id": other["_id"]}, {"$push": {"messages": stray}})
    await database.letters.update_one(
        {"mailbox": MAILBOX, "key": stray["key"]}, {"$set": {"dialog": other["_id"]}}
    )


async def tear_one_apart(database: Database) -> None:
    """Have half of a dialog stand in a second one."""
    one = await database.dialogs.find_one({"messages.message_id": "21@example.ru"})
    assert one is not None
    half = {**one, "messages": one["messages"][1:], "count": 1}
    del half["_id"]
    await database.dialogs.insert_one(half)
    await database.dialogs.update_one({"_id": one["_id"]}, {"$pop": {"messages": 1}})


@pytest.mark.parametrize(
    "spoil",
    [
        drop_all,
        drop_some,
        lose_a_part,
        lose_a_message,
        change_a_reason,
        change_a_reply,
        show_one_elsewhere,
        tear_one_apart,
    ],
)
async def test_whatever_is_spoilt_is_found_and_made_anew(database: Database, spoil: Spoil) -> None:
    await two_mailboxes(database)
    before = await shown(database)
    await spoil(database)
    one = projecting(database)
    found = (await one.check(MAILBOX)).differ | (await one.check("info@yandex.ru")).differ
    assert found
    await one.project(MAILBOX)
    await one.project("info@yandex.ru")
    assert await shown(database) == before
    assert (await one.check(MAILBOX)).differ == set()


@pytest.mark.parametrize(
    "spoil", [drop_some, lose_a_part, lose_a_message, show_one_elsewhere, tear_one_apart]
)
async def test_where_letters_stand_is_mended_without_their_texts_being_read(
    database: Database, spoil: Spoil
) -> None:
    await two_mailboxes(database)
    before = await shown(database)
    await spoil(database)
    await projecting(database).project(MAILBOX, frozenset())
    assert await shown(database) == before


async def test_of_texts_only_those_that_have_changed_are_compared(database: Database) -> None:
    letter = written("20", "petr")
    await two_mailboxes(database)
    right = await shown(database)
    await database.dialogs.update_many({}, {"$set": {"messages.0.reply": "другое"}})
    spoilt = await shown(database)
    await projecting(database).project(MAILBOX, {letter.key})
    mended = [one for one, each in (await shown(database)).items() if each != spoilt[one]]
    [head] = await database.dialogs.find({"messages.key": letter.key}).to_list(None)
    assert mended == [head["_id"]]
    assert (await shown(database))[head["_id"]] == right[head["_id"]]


async def test_nothing_is_taken_away_of_which_no_letter_is_kept(database: Database) -> None:
    await two_mailboxes(database)
    before = await dialogs(database)
    await database.letters.delete_many({})
    found = await projecting(database).project(MAILBOX)
    assert await dialogs(database) == before
    assert len(found.unkept) == len(await shown(database))


async def test_another_policy_makes_other_dialogs_and_they_keep_their_ids(
    database: Database,
) -> None:
    await two_mailboxes(database)
    ids = set(await shown(database))
    await Projecting(Store.of(database, full_letters=FULL), "anyone").project(MAILBOX)
    after = await shown(database)
    assert "20 21 22" in await dialogs(database)
    assert set(after) < ids
    [gone] = ids - set(after)
    heads = await Store.of(database).dialogs.heads([gone])
    assert [head["_id"] in after for head in heads.values()] == [True]


async def test_guesses_that_are_kept_are_taken_and_none_is_made(database: Database) -> None:
    letters: list[Letter] = LETTERS[-6:]
    for letter in letters:
        await file(filing(database, subjects=False), letter)
    await database.dialogs.delete_many({})
    await projecting(database).project(MAILBOX)
    assert "30" in await dialogs(database)
    assert "31" in await dialogs(database)


@pytest.mark.parametrize("seed", range(3))
async def test_in_whatever_order_letters_came_projecting_agrees(
    database: Database, seed: int
) -> None:
    letters = list(LETTERS)
    random.Random(seed).shuffle(letters)
    files = filing(database, full_letters=FULL)
    for letter in letters:
        await file(files, letter)
    assert (await projecting(database).check(MAILBOX)).differ == set()


async def test_letters_that_come_meanwhile_are_neither_lost_nor_doubled(
    database: Database,
) -> None:
    await file(filing(database, full_letters=FULL), *LETTERS[:8])
    await database.dialogs.delete_many({})

    async def come() -> None:
        for letter in LETTERS[8:]:
            await file(filing(database, full_letters=FULL), letter)

    await asyncio.gather(projecting(database).project(MAILBOX), come())
    await projecting(database).project(MAILBOX)
    texts = [text for one in await dialogs(database) for text in one.split()]
    assert sorted(texts) == sorted(each.message["body"] for each in LETTERS)


async def test_what_a_dialog_only_says_of_itself_is_made_anew(database: Database) -> None:
    """Its letters are right; only, for example, its subject is wrong."""
    await filed(database, [written("1"), written("2", names="1")])
    right = await database.dialogs.find_one()
    assert right is not None
    await database.dialogs.update_one({}, {"$set": {"subject": "?", "related": [right["_id"]]}})
    done = await Projecting(Store.of(database), "participants").project(MAILBOX)
    assert done.differ == {right["_id"]}
    found = await database.dialogs.find_one()
    assert found is not None
    assert (found["subject"], found["related"]) == (right["subject"], [])


async def test_what_it_says_of_itself_follows_dates_and_not_arrivals(database: Database) -> None:
    """Whose turn it is, and who came first, do not depend on the order of reading."""
    people = ("olga", "petr", "anna", "vera", "ivan", "lena")
    everybody = " ".join(people)
    letters = [sent("1", everybody)]
    letters += [written(str(n), each, everybody, answers="1") for n, each in enumerate(people, 2)]
    for letter in (*letters, sent("9", everybody, "1")):
        await file(filing(database), letter)
    before = await database.dialogs.find_one()
    assert before is not None
    await Projecting(Store.of(database), "participants").project(MAILBOX)
    await database.dialogs.delete_many({})
    await Projecting(Store.of(database), "participants").project(MAILBOX)
    after = await database.dialogs.find_one()
    assert after is not None
    said = ("participants", "writers", "waiting", "waiting_since", "updated", "opened_by")
    assert {name: after[name] for name in said} == {name: before[name] for name in said}
    assert after["waiting"] != "nobody"


async def test_letters_that_are_erased_while_dialogs_are_made_anew(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store.of(database)
    [answer] = await file(filing(database), written("1"))
    await file(filing(database), written("2", "petr"))
    read = store.letters.of_keys

    async def erased_before(*asked: Any) -> Any:
        await Erased(store).take_away(MAILBOX, {answer.letter})
        return await read(*asked)

    monkeypatch.setattr(store.letters, "of_keys", erased_before)
    await Projecting(store, "participants").project(MAILBOX)
    assert await dialogs(database) == ["2"]
