"""A database that commit 2683ab8 wrote is taken over: earlier/write_earlier.py made it."""

import re
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from bson import CodecOptions, ObjectId, decode, encode

from contract.event import Email
from contract.process import CannotStart
from receiver.database import opened
from receiver.filing.collections import Store
from receiver.letters.arrival import arrival_of
from receiver.migration.migrating import Migrating
from receiver.projecting.mailbox import Projecting
from receiver.settings import ReceiverSettings
from receiver.store import schema, standing
from receiver.store.mongo import Database
from tests import servers
from tests.receiver.dialogs.any_order.fragile import Crash, FragileDatabase
from tests.receiver.running import Run
from tests.receiver.written import MAILBOX, arrival, corrections, dialogs, file, filing, written
from tests.receiver.years.earlier.dump import EARLIER, LINES, place_of

OTHER = "info@yandex.ru"
MANY = 1_000_000
OBSOLETE = [
    ([("mailbox", 1), ("thread_ids", 1)], "a_message_id_belongs_to_one_dialog", True),
    ([("mailbox", 1), ("messages.key", 1)], "a_letter_is_in_one_dialog", True),
    (
        [("mailbox", 1), ("user", 1), ("base_subject", 1), ("updated", 1)],
        "a_user_and_a_subject",
        False,
    ),
]
# The letters under way are where they were going.
EXPECTED = """
    100 101 102|200 201 202 203 204 205 206 207 208 209 210 211 212 213
    300 301 302 303 304 305 320 321 322 323 324 325 340|400 401 405|402 403 404|410 411|420|421 430
    440 441 442|500 501|510 512|511 513|514|520|521|522|530|531|100 101 102|600 601|610 611|620 621
    630 631|700 701|702|710 711|712|720 721|722|740 741|742 745|750 751|752 755|760 761|762 765
"""
GROUPS = sorted(
    one.strip() for line in EXPECTED.split("\n") for one in line.split("|") if one.strip()
)

AS_READ: list[Any] = [decode(encode(each), CodecOptions(tz_aware=True)) for each in EARLIER]


async def restore(database: Database) -> None:
    """Have the database be as it was dumped, with the indexes that it had."""
    for name in await database.list_collection_names():
        await database[name].drop()
    for fields, name, unique in OBSOLETE:
        await database.dialogs.create_index(fields, name=name, unique=unique)
    for collection in ("dialogs", "blobs.files", "blobs.chunks"):
        await database[collection].insert_many(
            [dict(each) for name, each in LINES if name == collection]
        )


@pytest.fixture
async def database(mongo_uri: str, database_name: str) -> AsyncIterator[Database]:
    """A database of the test's own."""
    settings = ReceiverSettings(mongo_uri=mongo_uri, mongo_database=database_name)
    async with opened(settings) as found:
        yield found


@pytest.fixture
async def earlier(database: Database) -> Database:
    """A database of before."""
    await restore(database)
    return database


@pytest.fixture
def migrate(run: Run, database_name: str) -> Any:
    def migrate(*words: str, **settings: str) -> tuple[int, str, str]:
        return run("migrate", *words, MONGO_DATABASE=database_name, **settings)

    return migrate


async def test_every_letter_is_where_it_was_and_every_dialog_keeps_its_id(
    earlier: Database, migrate: Any
) -> None:
    assert migrate()[0] == 0
    assert await dialogs(earlier) == GROUPS
    heads = await earlier.dialogs.find({"part_of": None}, {"_id": 1}).to_list(None)
    here = {each["_id"] for each in heads}
    was = {
        each["_id"]
        for each in EARLIER
        if "continues" not in each and not each.get("transfer", {}).get("whole")
    }
    assert was <= here
    assert len(here - was) == 1  # the split that had only begun
    for collection, size in (("letters", len(" ".join(GROUPS).split())), ("dialogs_before", None)):
        assert await earlier[collection].count_documents({}) == (size or len(EARLIER))
    assert await standing.claim(earlier, "participants") is None
    for mailbox in (MAILBOX, OTHER):
        found = await Projecting(Store.of(earlier), "participants").check(mailbox)
        assert (found.differ, found.unkept) == (set(), set())


async def test_ids_of_before_answer_with_the_dialog_that_they_are_now(
    earlier: Database, migrate: Any
) -> None:
    migrate()
    correct = corrections(earlier)
    for document in EARLIER:
        found = await correct.dialog(document["_id"])
        texts = {each["body"] for each in found.messages}
        own = {each["body"] for each in document["messages"] if each["body"]}
        assert own <= texts
        for former in document.get("former_ids", []):
            assert (await correct.dialog(former)).id == found.id
        assert found.head["revision"] >= document["revision"] or found.id != document["_id"]


async def test_what_people_corrected_is_a_fact_and_can_be_undone(
    earlier: Database, migrate: Any
) -> None:
    migrate()
    correct = corrections(earlier)
    listed = defaultdict(list)
    async for head in earlier.dialogs.find({"part_of": None}):
        for record in head["corrections"]:
            listed[record["who"]].append(record["what"])
    assert set(listed) == {"olga", "pavel", "migration"}
    await correct.undo(place_of("410"), "ivan")
    assert {"410", "411"} <= set(await dialogs(earlier))
    await correct.undo(place_of("421"), "ivan")
    assert {"420 421", "430"} <= set(await dialogs(earlier))
    await correct.undo(place_of("402"), "ivan")
    assert "400 401 402 403 404 405" in await dialogs(earlier)
    await correct.undo(place_of("722"), "ivan")
    assert "720 721 722" in await dialogs(earlier)


async def test_dialogs_that_are_apart_stay_apart_from_what_comes(
    earlier: Database, migrate: Any
) -> None:
    migrate()
    await file(filing(earlier), written("406", "oleg", names="405 404"))
    found = await dialogs(earlier)
    assert "400 401 405 406" in found
    assert "402 403 404" in found


async def test_a_join_by_subject_is_a_guess_that_can_be_undone(
    earlier: Database, migrate: Any
) -> None:
    migrate()
    letter = await earlier.letters.find_one({"message.body": "501"})
    assert letter is not None
    first = await earlier.letters.find_one({"message.body": "500"})
    assert first is not None
    assert letter["message"]["guess"] == {
        "to": first["key"],
        "by": "subject",
        "evidence": "счёт 17",
    }
    await corrections(earlier).undo(letter["dialog"], "ivan", message=letter["key"])
    assert {"500", "501"} <= set(await dialogs(earlier))


async def test_the_dry_run_lists_what_would_be_otherwise_and_writes_nothing(
    earlier: Database, migrate: Any
) -> None:
    before = await earlier.dialogs.find({}).to_list(None)
    status, output, complaints = migrate("--dry-run")
    assert status == 0
    for one, other in (("530", "531"), ("531", "530")):
        line = f"{place_of(one)} {MAILBOX} would be one with {place_of(other)}"
        assert line in output.splitlines()
    assert "nothing was written" in complaints
    assert await earlier.dialogs.find({}).to_list(None) == before
    assert "letters" not in await earlier.list_collection_names()


async def test_regroup_has_the_rule_decide(earlier: Database, migrate: Any) -> None:
    migrate("--regroup")
    found = await dialogs(earlier)
    assert "530 531" in found
    assert {"402 403 404", "410 411"} <= set(found)
    heads = await Store.of(earlier).dialogs.heads([place_of("531")])
    assert heads[place_of("531")]["_id"] == place_of("530")
    assert (await Projecting(Store.of(earlier), "participants").check(MAILBOX)).differ == set()


async def test_whatever_dialogs_the_other_policy_would_make_they_stay(
    earlier: Database, migrate: Any
) -> None:
    assert migrate(JOIN_POLICY="anyone")[0] == 0
    assert await dialogs(earlier) == GROUPS
    assert (await Projecting(Store.of(earlier), "anyone").check(MAILBOX)).differ == set()


async def test_all_bytes_are_there(earlier: Database, migrate: Any, run: Run) -> None:
    migrate()
    assert run("fsck", MONGO_DATABASE=earlier.name)[0] == 0
    letter = await earlier.letters.find_one({"message.body": "100", "mailbox": MAILBOX})
    assert letter is not None
    await earlier["blobs.files"].delete_one({"_id": letter["content"]["raw"]["sha256"]})
    assert run("fsck", MONGO_DATABASE=earlier.name)[0] == 1


async def test_again_there_is_nothing_to_do(earlier: Database, migrate: Any) -> None:
    migrate()
    before = await earlier.dialogs.find({}).to_list(None)
    status, _, complaints = migrate()
    assert (status, "nothing to migrate" in complaints) == (0, True)
    assert await earlier.dialogs.find({}).to_list(None) == before


async def test_cut_short_anywhere_it_is_begun_again(earlier: Database) -> None:
    """After a crash before or after any of some writes, all of the old data is readable."""
    fragile: Any = FragileDatabase(earlier)
    fragile.lives = MANY
    assert await migrated(fragile)
    writes = MANY - fragile.lives
    near_the_end = range(writes - 14, writes, 3)
    for lives in (1, 60, *near_the_end):
        await restore(earlier)
        fragile.lives = lives
        with pytest.raises(Crash):
            await migrated(fragile)
        assert await standing.claim(earlier, "participants")
        await all_is_readable(earlier)
        assert await migrated(earlier)
        await all_is_as_it_was(earlier)


async def all_is_readable(database: Database) -> None:
    """Every document of before stands in one of the collections as it was, or in both."""
    found: dict[Any, list[Any]] = defaultdict(list)
    for name in ("dialogs", "dialogs_before"):
        for each in await database[name].find({}).to_list(None):
            found[each["_id"]].append(each)
    assert all(each in found[each["_id"]] for each in AS_READ)


async def all_is_as_it_was(database: Database) -> None:
    """The dialogs are those of today, and all of before stands beside them, and nothing else."""
    assert await dialogs(database) == GROUPS
    before = await database.dialogs_before.find({}).sort("_id", 1).to_list(None)
    assert before == sorted(AS_READ, key=lambda each: each["_id"])
    assert "dialogs_next" not in await database.list_collection_names()
    assert await standing.claim(database, "participants") is None
    for mailbox in (MAILBOX, OTHER):
        found = await Projecting(Store.of(database), "participants").check(mailbox)
        assert (found.differ, found.unkept) == (set(), set())


@pytest.mark.parametrize("odd", ["renamed, and still listed", "half renamed", "the first half"])
async def test_what_a_rename_leaves_behind_that_was_cut_short_is_made_whole(
    earlier: Database, odd: str
) -> None:
    """Earlier ones of 0.2 renamed, which an embedded database does letter by letter."""
    await migrated(earlier)
    new = await earlier.dialogs.find({}).to_list(None)
    half, rest = EARLIER[::2], EARLIER[1::2]
    for name, documents in {
        "renamed, and still listed": {
            "dialogs": new,
            "dialogs_before": EARLIER,
            "dialogs_next": [],
        },
        "half renamed": {"dialogs": new[::2], "dialogs_before": EARLIER, "dialogs_next": new},
        "the first half": {"dialogs": rest, "dialogs_before": half, "dialogs_next": new},
    }[odd].items():
        await earlier[name].drop()
        await earlier.create_collection(name)
        if documents:
            await earlier[name].insert_many(documents)
    changing = {"state": "changing places"}
    await earlier.meta.replace_one({"_id": "migration"}, changing)
    await all_is_readable(earlier)
    assert await migrated(earlier)
    await all_is_as_it_was(earlier)


LATE = {"_id": ObjectId("9" * 24), "mailbox": MAILBOX, "revision": 1}


@pytest.mark.parametrize("grown", [False, True])
async def test_what_an_old_receiver_files_while_the_places_change_is_taken_in(
    earlier: Database, grown: bool
) -> None:
    """It was killed in between, and an old receiver was started again before the repeat."""
    fragile: Any = FragileDatabase(earlier)
    fragile.lives = MANY
    await migrated(fragile)
    writes = MANY - fragile.lives
    [one] = [each for each in EARLIER if each["_id"] == place_of("500")]
    message = one["messages"][0] | {
        "key": "late",
        "message_id": "late@example.ru",
        "body": "999",
        "references": [one["messages"][0]["message_id"]],
    }
    late = one | {"revision": 99, "messages": [*one["messages"], message]}
    if not grown:
        late = one | LATE | {"messages": [message], "thread_ids": ["late@example.ru"]}
    for lives in range(writes - 14, writes - 1, 4):
        await restore(earlier)
        fragile.lives = lives
        with pytest.raises(Crash):
            await migrated(fragile)
        await earlier.dialogs.replace_one({"_id": late["_id"]}, late, upsert=True)
        assert await migrated(earlier)
        # A dialog of its own in old data stays one; what comes later is grouped by the rule.
        expected = [*GROUPS, "999"]
        if "999" not in (found := await dialogs(earlier)):
            expected = ["500 501 999" if each == "500 501" else each for each in GROUPS]
        assert found == sorted(expected)
        await all_is_readable(earlier)
        assert await earlier.dialogs_before.count_documents({"messages.key": "late"}) == 1
        assert (await Projecting(Store.of(earlier), "participants").check(MAILBOX)).differ == set()


async def test_nothing_of_others_is_dropped_for_it(earlier: Database) -> None:
    mine = {"_id": ObjectId(), "mine": True}
    await earlier.dialogs_next.insert_one(mine)
    with pytest.raises(CannotStart, match="rename it"):
        await migrated(earlier)
    await earlier.dialogs_next.rename("dialogs_before")
    assert await migrated(earlier)
    assert await earlier.dialogs_before.find_one({"mine": True}) == mine
    assert await dialogs(earlier) == GROUPS


async def migrated(database: Any, *, regroup: bool = False) -> bool:
    migrating = Migrating(database, "participants", 1 << 20)
    return await migrating.run(regroup=regroup, tell=lambda _mailbox, _found: None)


async def test_begun_to_regroup_and_begun_again_without_it_stays_as_it_was(
    earlier: Database,
) -> None:
    fragile: Any = FragileDatabase(earlier)
    fragile.lives = 60
    with pytest.raises(Crash):
        await migrated(fragile, regroup=True)
    assert await migrated(earlier)
    assert await dialogs(earlier) == GROUPS


async def test_whoever_still_writes_what_was_before_is_found_out(earlier: Database) -> None:
    migrating = Migrating(earlier, "participants", 1 << 20)
    revisions = migrating._store.revisions

    async def revisions_later() -> dict[Any, int]:
        one = {"_id": EARLIER[0]["_id"]}
        await earlier.dialogs.update_one(one, {"$inc": {"revision": 1}})
        return await revisions()

    migrating._store.revisions = revisions_later  # type: ignore[method-assign]
    with pytest.raises(CannotStart):
        await migrating.run(regroup=False, tell=lambda _mailbox, _found: None)
    assert await earlier.dialogs.count_documents({"thread_ids": {"$exists": True}}) == len(EARLIER)
    assert await migrated(earlier)
    assert await dialogs(earlier) == GROUPS


async def test_letters_that_come_again_are_duplicates(earlier: Database, migrate: Any) -> None:
    """Their texts are read better today, so their keys differ."""
    migrate()
    for number in ("101", "213", "340", "403", "512", "720", "742"):
        query = {"message.body": number, "mailbox": MAILBOX}
        [stored] = await earlier.letters.find(query).to_list(None)
        message = stored["message"]
        names = " ".join(each.removesuffix("@example.ru") for each in message["references"][::-1])
        letter = written(
            number,
            message["from"]["address"],
            names=names,
            subject=message["subject"],
            direction=message["direction"],
            text="read better by now",
            parts_sha256="0" * 64,
        )
        assert letter.key != stored["key"]
        answers = await file(filing(earlier), letter, letter)
        for answer in [*answers, *await file(filing(earlier), letter)]:
            assert (answer.outcome, answer.dialog) == ("duplicate", str(stored["dialog"]))
    assert await dialogs(earlier) == GROUPS


async def test_so_are_those_whose_id_is_none(earlier: Database, migrate: Any) -> None:
    migrate()
    for number in ("520", "521", "522"):
        [stored] = await earlier.letters.find({"message.body": number}).to_list(None)
        message = stored["message"]
        own = message["message_id"]
        email = Email.model_validate(
            {
                "mailbox": MAILBOX,
                "from": message["from"],
                "to": message["to"],
                "message_id": None if own.endswith("invalid") else own,
                "subject": message["subject"],
                "text": number,
                "date": message["created"],
            }
        )
        [answer] = await filing(earlier).file([arrival_of("event", email, datetime.now(UTC))])
        assert (answer.outcome, answer.dialog) == ("duplicate", str(stored["dialog"]))
    assert await dialogs(earlier) == GROUPS


async def test_the_same_bytes_are_the_same_letter(earlier: Database, migrate: Any) -> None:
    migrate()
    stored = await earlier.letters.find_one({"message.body": "100", "mailbox": MAILBOX})
    assert stored is not None
    letter = written("100", "someone-else", days=3, raw=stored["content"]["raw"])
    one = arrival(letter)
    one.content["raw"] = stored["content"]["raw"]
    [answer] = await filing(earlier).file([one])
    assert (answer.outcome, answer.dialog) == ("duplicate", str(stored["dialog"]))


async def test_another_letter_under_the_same_id_is_kept(earlier: Database, migrate: Any) -> None:
    migrate()
    [answer] = await file(filing(earlier), written("100", "ivan", days=1, text="another"))
    assert answer.outcome != "duplicate"


async def test_the_receiver_leaves_an_earlier_database_alone_and_says_so_once(
    earlier: Database, mongo_uri: str, tmp_path: Path, migrate: Any
) -> None:
    service = servers.receiver(tmp_path, mongo_uri, earlier.name)
    service.ready = lambda: "python -m receiver migrate" in service.log.read_text()
    with servers.running(service):
        port = int(service.env["RECEIVER_PORT"])
        assert not servers.is_ready(port)
        assert await earlier.dialogs.count_documents({}) == len(EARLIER)
        assert migrate()[0] == 0
        servers.wait_until(lambda: servers.is_ready(port))
    # Where it asks in the middle of the migration, it says that of this as well.
    assert service.log.read_text().count("are of an earlier version") == 1


def files_in(directory: Path) -> list[Path]:
    return [*directory.iterdir()]


COMMANDS = """project|project --check|reparse --dry-run|fsck|list|list --mailbox support@yandex.ru
show {dialog}|find 100|search заказ|why {dialog}|person ivan@example.ru
export ivan@example.ru {place}|erase ivan@example.ru --reason asked|retain --dry-run
hold|hold {dialog} --why asked"""


@pytest.mark.parametrize("command", re.split(r"[|\n]", COMMANDS))
async def test_nor_does_any_command_touch_it(
    earlier: Database, run: Run, tmp_path: Path, command: str
) -> None:
    dialog = EARLIER[0]["_id"]
    words = command.format(dialog=dialog, place=tmp_path / "archive.zip").split()
    settings = {"MONGO_DATABASE": earlier.name, "DATA_DIR": str(tmp_path)}
    collections = sorted(await earlier.list_collection_names())
    status, output, complaints = run(*words, RETENTION="* text=30", **settings)
    assert (status, "python -m receiver migrate" in complaints) == (78, True), complaints
    assert (output, len(complaints.strip().splitlines())) == ("", 1)
    assert sorted(await earlier.list_collection_names()) == collections
    assert files_in(tmp_path) == []


async def test_a_backup_of_it_says_what_is_in_it(
    earlier: Database, run: Run, tmp_path: Path
) -> None:
    status, output, _ = run("backup", str(tmp_path), MONGO_DATABASE=earlier.name)
    assert (status, f"{len(EARLIER)} dialogs of an earlier version" in output) == (0, True)


@pytest.mark.parametrize("command", ["token list", "hook list"])
async def test_what_reads_no_letter_is_told_as_it_is(
    earlier: Database, run: Run, command: str
) -> None:
    assert run(*command.split(), MONGO_DATABASE=earlier.name)[0] == 0


@pytest.mark.parametrize("command", ["project", "project --adopt", "reparse", "list", "fsck"])
async def test_what_a_later_version_has_laid_out_is_its_own(
    database: Database, run: Run, command: str
) -> None:
    assert await standing.claim(database, "participants") is None
    [said] = await database.meta.find({"_id": standing.SCHEMA}).to_list(None)
    assert said["number"] == standing.LAYOUT
    await database.meta.update_one({"_id": standing.SCHEMA}, {"$inc": {"number": 1}})
    assert "a later version" in str(await standing.claim(database, "participants"))
    status, _, complaints = run(*command.split(), MONGO_DATABASE=database.name)
    assert (status, f"schema {standing.LAYOUT + 1}" in complaints) == (78, True)


FOREIGN = {"_id": ObjectId(), "email_from": "ivan@example.ru", "messages": [{"subject": "x"}]}


async def test_documents_that_are_not_ours_stay_as_they_are(
    earlier: Database, migrate: Any
) -> None:
    await earlier.dialogs.drop_index("a_message_id_belongs_to_one_dialog")
    await earlier.dialogs.insert_one(dict(FOREIGN))
    assert migrate()[0] == 0
    assert await earlier.dialogs.find_one({"_id": FOREIGN["_id"]}) == FOREIGN
    assert await standing.foreign(earlier) == 1
    await schema.ensure(earlier)
    await file(filing(earlier), written("900", "ivan"))
    await Projecting(Store.of(earlier), "participants").project(MAILBOX)
    assert await earlier.dialogs.find_one({"_id": FOREIGN["_id"]}) == FOREIGN


@pytest.mark.parametrize("what", ["nothing", "an empty collection", "one of the earlier shape"])
async def test_an_empty_database_is_taken(database: Database, what: str) -> None:
    if what != "nothing":
        await database.create_collection("dialogs")
    if what == "one of the earlier shape":
        for fields, name, unique in OBSOLETE:
            await database.dialogs.create_index(fields, name=name, unique=unique)
    assert await standing.claim(database, "participants") is None
    await schema.ensure(database)
    assert await schema.is_ready(database)
    await file(filing(database), written("1"))
    await file(filing(database), written("2", "petr"))
    assert await dialogs(database) == ["1", "2"]
