"""Others' letters that come after an erasure, or again, are stored without the person."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId

from contract.event import Email
from contract.reading.addresses import canonical
from receiver.backup.directory import complete
from receiver.erasing.afterwards.quoting import Quoting
from receiver.erasing.erased import Erased
from receiver.erasing.survey import held, planned
from receiver.filing.collections import Store
from receiver.letters.arrival import arrival_of
from receiver.store.letters import WITH_TEXTS
from receiver.store.mongo import Database
from tests.receiver.erasing import people
from tests.receiver.erasing.people import (
    IVAN,
    NAME,
    OLGA,
    PETR,
    SUBJECT,
    TELLS,
    WORDS,
    after_six_days,
    come,
    email,
    erase,
    everything,
    file_of,
)
from tests.receiver.erasing.test_erasing_together import erase as carried_out
from tests.receiver.running import Run
from tests.receiver.written import MAILBOX, filing, sweeper_of

QUOTE = f"\n\n> {WORDS}\n> спасибо"
FORWARDED = f"От: {NAME} <{IVAN}>\nТема: {SUBJECT}\n\n{WORDS}"
NOTE = f"To be told to {IVAN} only".encode()


def later(number: int, text: str, **fields: Any) -> Email:
    """Return a letter of Olga's that had not arrived yet; what is new in it is ``text``."""
    quoted = fields.pop("quoted", "")
    about = {"subject": "Вопрос", "reply": text, **fields}
    return email(number, OLGA, text=text + quoted, **about)


WAITED = {
    "he is in copy": later(50, "Вот счёт.", to=f"{MAILBOX},{IVAN}"),
    "his address, spelt otherwise": later(51, "Спросите ivan-petrov@yandex.com."),
    "his address in HTML alone": later(52, "Вот.", html=f"<a href='mailto:{IVAN}'>x</a>"),
    "quoted under his letter": later(53, "Помогаю.", quoted=QUOTE, in_reply_to=["1@a.ru"]),
    "quoted under a letter beside his": later(54, "Да.", quoted=QUOTE, references=["3@a.ru"]),
    "his line among new words": later(55, f"Он пишет:\n> {WORDS}", in_reply_to=["2@a.ru"]),
    "his full name": later(56, f"Это {NAME.upper()}, да.", in_reply_to=["4@a.ru"]),
    "his full name, the surname first": later(49, "Это Петров, Иван.", in_reply_to=["4@a.ru"]),
    "his subject": later(57, "Готово.", subject=f"Re: {SUBJECT}", in_reply_to=["3@a.ru"]),
    "forwarded with his address, and nothing else to do with his": later(
        59,
        f"Пересылаю:\n\n{FORWARDED}",
        subject=f"Fwd: {SUBJECT}",
    ),
    "his address in a file": later(
        58, "См. файл.", in_reply_to=["3@a.ru"], attachments=[file_of(NOTE, "note.txt")]
    ),
}
LEFT = {
    "his address, spelt otherwise": "Спросите [erased].",
    "his line among new words": "Он пишет:",
    "his full name": "Это [erased], да.",
    "his full name, the surname first": "Это [erased].",
    "forwarded with his address, and nothing else to do with his": (
        "Пересылаю:\n\nОт: [erased] <[erased]>\n"
    ),
}


@pytest.fixture
async def erased(database: Database, run: Run, tmp_path: Path) -> Database:
    """A database from which he was erased."""
    await come(database, *people.letters().values())
    erase(run, tmp_path)
    return database


async def body_of(database: Database, each: Email) -> str:
    """Return the words of a letter; its dialog shows the same ones."""
    kept = await database.letters.find_one({"message.message_id": each.message_id})
    head = await database.dialogs.find_one({"messages.message_id": each.message_id})
    assert kept
    assert head
    [shown] = [one for one in head["messages"] if one["message_id"] == each.message_id]
    assert shown["body"] == kept["message"]["body"]
    return str(shown["body"])


@pytest.mark.parametrize("what", WAITED)
async def test_what_waited_meanwhile_is_kept_without_him(
    erased: Database, run: Run, what: str
) -> None:
    for each in WAITED[what].attachments:
        await Store.of(erased).blobs.store(each.sha256, len(NOTE), BytesIO(NOTE))
    [answer] = await come(erased, WAITED[what])
    assert answer.outcome in ("created", "appended")
    left = WAITED[what].reply
    assert await body_of(erased, WAITED[what]) == LEFT.get(what, left)
    # By another way it is the same letter, and nothing of it comes back.
    by_imap = {"source": {"via": "imap", "folder": "INBOX"}}
    again = Email.model_validate(WAITED[what].model_dump(by_alias=True) | by_imap)
    assert [each.outcome for each in await come(erased, again)] == ["duplicate"]
    await after_six_days(erased)
    text = await everything(erased)
    assert TELLS.findall(text) == []
    assert NOTE not in text
    assert run("project", "--check")[:2] == (0, "")


async def test_letters_of_his_stay_known_as_his_while_an_erasure_begins(database: Database) -> None:
    """A receiver asks who was erased just before, and which letters mention him just after."""
    await come(database, *people.letters().values())
    store = Store.of(database)
    [found] = await held(store, [MAILBOX], canonical(IVAN))
    planning = planned(await store.tombstones.made_key(), found)
    digests = [planning.person, *planning.traces]
    await store.tombstones.for_person(ObjectId(), digests, datetime.now(UTC))
    changed = await Quoting(store).kept(MAILBOX, found.every.values())
    assert changed
    assert changed.isdisjoint(found.own)
    letters = await store.letters.of_keys(MAILBOX, found.own, WITH_TEXTS)
    assert await Erased(store).kept(each.letter for each in letters) == found.own.keys()


STAY: dict[str, dict[str, Any]] = {
    "dated after it": {"date": datetime.now(UTC) + timedelta(hours=1), "in_reply_to": ["3@a.ru"]},
    "of a letter that has nothing to do with his": {"in_reply_to": ["5@a.ru"]},
}


@pytest.mark.parametrize("why", STAY)
async def test_other_letters_stay_to_the_byte(erased: Database, why: str) -> None:
    came = later(60, f"Здравствуйте, я {NAME}.", quoted=QUOTE, **STAY[why])
    await come(erased, came)
    [kept] = await erased.letters.find({"message.message_id": "60@a.ru"}).to_list(None)
    assert kept["message"]["body"] == came.text
    assert kept["content"]["raw"]
    assert "redacted" not in kept


async def test_who_only_names_the_id_of_a_letter_of_his_says_nothing_of_him(
    erased: Database,
) -> None:
    await come(erased, later(61, "Есть новости?", in_reply_to=["1@a.ru"]))
    [kept] = await erased.letters.find({"message.message_id": "61@a.ru"}).to_list(None)
    assert (kept["message"]["in_reply_to"], "redacted" in kept) == (["1@a.ru"], False)


async def test_two_who_were_erased_are_taken_out_of_one_letter(
    erased: Database, run: Run, tmp_path: Path
) -> None:
    words = ("--reason", "asked", "--yes")
    assert run("erase", PETR, *words, DATA_DIR=str(tmp_path))[0] == 0
    both = later(62, f"{PETR} и {IVAN} спросили.", to=f"{MAILBOX},{PETR},{IVAN}")
    await come(erased, both)
    assert await body_of(erased, both) == "[erased] и [erased] спросили."
    await after_six_days(erased)
    assert PETR.encode() not in await everything(erased)


async def test_one_that_a_receiver_kept_without_knowing_is_met_by_the_sweeper(
    database: Database, run: Run, tmp_path: Path
) -> None:
    await come(database, *people.letters().values())
    files = filing(database)
    other = arrival_of("e", email(30, PETR, subject="x"), datetime.now(UTC))
    await files.file([other])  # it has asked: nobody was erased
    erase(run, tmp_path)
    waited = WAITED["quoted under his letter"]
    await files.file([arrival_of("e", waited, datetime.now(UTC))])
    assert TELLS.search(await everything(database))
    sweeper = sweeper_of(database, timedelta(0))
    await sweeper.sweep()
    await after_six_days(database)
    assert TELLS.findall(await everything(database)) == []
    assert await body_of(database, waited) == "Помогаю."


async def test_what_is_kept_between_the_look_and_the_erasure_goes_with_it(
    database: Database, run: Run, tmp_path: Path
) -> None:
    await come(database, *people.letters().values())
    [look] = await held(Store.of(database), [MAILBOX], canonical(IVAN))
    waited = WAITED["quoted under his letter"]
    await come(database, waited, email(70, IVAN, text=WORDS))
    await carried_out(database, IVAN, tmp_path, [look])
    await after_six_days(database)
    assert TELLS.findall(await everything(database)) == []
    assert await body_of(database, waited) == "Помогаю."
    assert run("project", "--check")[:2] == (0, "")


async def test_after_an_older_backup_was_restored_it_is_known_too(
    erased: Database, run: Run, tmp_path: Path, database_name: str
) -> None:
    place = tmp_path / "backups"
    run("backup", str(place))
    name = f"{database_name}_restored"
    words = ("restore", str(complete(place)[0]))
    where = {"MONGO_DATABASE": name, "DATA_DIR": "nowhere"}
    assert run(*words, "--erasures-lost", **where)[0] == 0
    restored = erased.client[name]
    try:
        await come(restored, *WAITED.values())
        await after_six_days(restored)
        assert TELLS.findall(await everything(restored)) == []
    finally:
        await erased.client.drop_database(name)
