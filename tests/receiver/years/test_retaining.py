"""What expires is deleted, nothing else is, and a hold keeps it."""

import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from contract.event import Email
from receiver.erasing.disposal import KEPT_AFTER, dispose
from receiver.filing.collections import Store
from receiver.letters.arrival import arrival_of
from receiver.projecting.mailbox import Projecting
from receiver.retaining.daily import Daily
from receiver.retaining.holds import Holds
from receiver.retaining.retain import Retaining
from receiver.retaining.terms import Terms, due, terms_for, terms_of
from receiver.search.terms import term_of
from receiver.store.mongo import Database, ServerClock
from tests.receiver.running import Run
from tests.receiver.written import MAILBOX, dialogs, filing
from tests.search.world import terms

NOW = datetime.now(UTC).replace(microsecond=0)
FILE = b"a file"
DIGEST = hashlib.sha256(FILE).hexdigest()
TERMS = "originals=10 attachments=20 html=30 text=40 dialogs=50"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("support html=1", "is no mailbox"),
        ("*", "has no days: "),
        ("a@b.ru text=1;;*", r"^\* has no days: name one of .*, as in html=365"),
        ("* html=1 html=2", "needs each of"),
        ("* html=0", "days are 1 to"),
        ("* html=90d", "is none of"),
        ("* letters=1", "is none of"),
        ("* html=1; * text=1", "is there twice"),
    ],
)
def test_terms_that_cannot_be_meant(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        terms_of(text)


def test_the_terms_of_a_mailbox_are_its_own() -> None:
    table = terms_of("A@b.ru html=5 ; * text=7;")
    assert {name: dict(each.days) for name, each in table.items()} == {
        "a@b.ru": {"html": 5},
        "*": {"text": 7},
    }


@pytest.mark.parametrize(
    ("age", "words", "goes"),
    [
        (9, "html=10", []),
        (11, "html=10", ["originals", "html"]),
        (11, "text=10", ["originals", "html", "text"]),
        (11, "attachments=10", ["originals", "attachments"]),
        (11, "originals=20 attachments=10", ["originals", "attachments"]),
        (11, "originals=10", ["originals"]),
        (11, "dialogs=10", ["dialogs"]),
    ],
)
def test_what_holds_something_else_goes_with_it(age: int, words: str, goes: list[str]) -> None:
    terms: Terms = terms_of(f"* {words}")["*"]
    assert due(terms.cutoffs(NOW), NOW - timedelta(days=age)) == goes


def email(number: int, age: float, **fields: Any) -> Email:
    original = f"From: ivan@example.ru\r\n\r\n{number}\r\n".encode()
    return Email.model_validate(
        {
            "mailbox": MAILBOX,
            "from": {"address": "ivan@example.ru"},
            "to": [{"address": MAILBOX}],
            "message_id": f"{number}@a.ru",
            "subject": str(number),
            "text": f"text {number}",
            "reply": f"text {number}",
            "html": f"<p>{number}",
            "date": NOW - timedelta(days=age),
            "source": {"via": "import", "folder": "x"},
            "attachments": [
                {"filename": "a", "content_type": "x/y", "size": len(FILE), "sha256": DIGEST}
            ],
            "raw": {
                "sha256": hashlib.sha256(original).hexdigest(),
                "size": len(original),
                "content": original,
            },
            **fields,
        }
    )


async def come(database: Database, *some: Email) -> list[str]:
    await Store.of(database).blobs.store(DIGEST, len(FILE), BytesIO(FILE))
    answers = await filing(database).file([arrival_of(e.subject, e, NOW) for e in some])
    return [each.outcome for each in answers]


def retain(run: Run, words: str = TERMS, *options: str) -> str:
    status, output, complaints = run("retain", *options, RETENTION=f"{MAILBOX} {words}")
    assert status == 0, complaints
    return output


async def test_what_a_server_said_of_a_letter_that_came_back_goes_with_the_text(
    database: Database, run: Run
) -> None:
    failure = {"recipient": "olga@a.ru", "status": "5.1.1", "reason": "no Olga Ivanova here"}
    said = {"message_id": "1@yandex.ru", "failures": [failure]}
    await come(database, email(1, 40, kind="bounce", bounce=said, text="", reply=""))
    assert "text of 1 letters" in retain(run, "text=10")
    [shown] = await database.dialogs.find().to_list(None)
    [kept] = await database.letters.find().to_list(None)
    for message in (shown["messages"][0], kept["message"]):
        [left_over] = message["bounce"]["failures"]
        assert left_over == failure | {"reason": ""}
    assert run("project", "--check")[0] == 0


def of_before(*numbers: int, mailbox: str = MAILBOX) -> dict[str, Any]:
    """Return a dialog as a migration leaves it."""
    messages = [{"key": f"{n}", "body": f"text {n}"} for n in numbers]
    return {"mailbox": mailbox, "thread_ids": [f"{n}@a.ru" for n in numbers], "messages": messages}


@pytest.mark.parametrize("words", ["text=10", "dialogs=10"])
async def test_what_a_migration_left_does_not_outlast_its_letters(
    database: Database, run: Run, words: str
) -> None:
    await come(database, *(email(number, age) for number, age in ((1, 40), (2, 5), (3, 40))))
    keys = {each["message"]["message_id"]: each["key"] async for each in database.letters.find()}
    before = [of_before(1), of_before(2), of_before(1, 2), of_before(3)]
    for document in before:
        for each, name in zip(document["messages"], document["thread_ids"], strict=True):
            each["key"] = keys[name]
    others = {
        "mailbox": MAILBOX,
        "messages": [{"subject": "of another program", "body": "its text"}],
    }
    gone = of_before(7, mailbox="gone@yandex.ru")
    await database["dialogs_before"].insert_many([*before, others, gone])
    [held] = await database.dialogs.find({"messages.message_id": "3@a.ru"}).to_list(None)
    assert run("hold", str(held["_id"]), "--why", "asked")[0] == 0
    dry = retain(run, words, "--dry-run")
    assert "2 in dialogs_before" in dry
    assert await database["dialogs_before"].count_documents({}) == 6
    assert retain(run, words) == dry
    left_over = await database["dialogs_before"].find({"thread_ids": {"$ne": None}}).to_list(None)
    assert [each["thread_ids"] for each in left_over] == [["2@a.ru"], ["3@a.ru"], ["7@a.ru"]]
    assert run("retain", RETENTION=f"* {words}")[0] == 0  # of a mailbox that has no letter any more
    assert await database["dialogs_before"].count_documents({"mailbox": "gone@yandex.ru"}) == 0
    await database["dialogs_before"].drop()


async def left(database: Database, number: int) -> str:
    """Return the first letters of what is left of a letter, in its document and in its dialog."""
    found = await database.letters.find_one({"message.message_id": f"{number}@a.ru"})
    [shown] = await database.dialogs.find({"messages.message_id": f"{number}@a.ru"}).to_list(None)
    if found is None:
        return ""
    message, content = found["message"], found["content"]
    [message_shown] = [e for e in shown["messages"] if e["message_id"] == f"{number}@a.ru"]
    assert {name: message_shown[name] for name in message} == message
    assert (
        bool(message["attachments"]) == ("attachment" in shown["has"]) == bool(found.get("digests"))
    )
    there = {
        "o": content.get("original"),
        "h": content["html"],
        "a": message["attachments"],
        "t": message["body"] and message["reply"],
    }
    return "".join(sign for sign, value in there.items() if value)


async def test_no_word_that_went_can_be_searched_for(database: Database, run: Run) -> None:
    words = {1: "остаётся", 2: "тайное", 3: "секрет"}
    ages = {1: 35, 2: 45, 3: 55}
    await come(
        database, *(email(one, ages[one], text=text, reply=text) for one, text in words.items())
    )
    await database.letters.update_many({}, {"$set": {"kept": NOW - timedelta(days=1)}})
    assert run("search", "--rebuild")[0] == 0
    stems = set(map(term_of, words.values()))
    assert stems <= await terms(database)
    retain(run)
    assert stems & await terms(database) == {term_of(words[1])}


async def test_each_goes_in_its_time(database: Database, run: Run) -> None:
    ages = {1: 5, 2: 15, 3: 25, 4: 35, 5: 45, 6: 55}
    await come(database, *(email(number, age) for number, age in ages.items()))
    said = retain(run, TERMS, "--dry-run")
    assert said == (
        f"{MAILBOX}: originals of 4 letters, html of 2 letters, attachments of 3 letters, text of"
        " 1 letters; 1 dialogs; 0 on hold\n"
    )
    assert [await left(database, number) for number in ages] == ["ohat"] * 6
    assert retain(run) == said
    assert [await left(database, number) for number in (1, 2, 3, 4, 5)] == [
        *("ohat", "hat", "ht", "t", ""),
    ]
    assert await database.letters.count_documents({}) == 5
    assert retain(run) == f"{MAILBOX}: nothing of letters; 0 dialogs; 0 on hold\n"
    assert run("fsck")[:2] == (0, "")
    assert run("project", "--check")[:2] == (0, "")
    # What comes again by a rescan or an import adds nothing.
    again = await come(database, *(email(number, age) for number, age in ages.items()))
    assert again == ["duplicate"] * 5 + ["erased"]
    assert [await left(database, number) for number in (1, 5)] == ["ohat", ""]


async def test_a_conversation_goes_as_a_whole_by_its_newest_letter(
    database: Database, run: Run
) -> None:
    await come(database, email(1, 90), email(2, 5, in_reply_to=["1@a.ru"]), email(3, 90))
    retain(run)
    assert await dialogs(database) == ["text 1 text 2"]
    assert [await left(database, number) for number in (1, 2)] == ["ohat", "ohat"]


async def test_no_other_reading_of_a_text_stays(database: Database, run: Run) -> None:
    """A dialog also stores the bridge's reading of the new text; that has to go, too."""
    quoted = "\n".join(f"line {n} of the first letter" for n in range(4))
    answer = f"a secret\n\n{quoted}"
    first = email(1, 45, text=quoted, reply=quoted)
    await come(database, first, email(2, 44, text=answer, reply=answer, in_reply_to=["1@a.ru"]))
    [dialog] = await database.dialogs.find().to_list(None)
    assert [each["reply"] for each in dialog["messages"]] == [quoted, "a secret"]
    retain(run)
    [dialog] = await database.dialogs.find().to_list(None)
    assert "secret" not in str(dialog)
    assert [each["reply"] for each in dialog["messages"]] == ["", ""]
    assert run("project", "--check")[:2] == (0, "")
    run("project")
    assert "secret" not in str(await database.dialogs.find().to_list(None))


async def test_a_date_alone_makes_no_letter_old(database: Database, run: Run) -> None:
    """A letter by SMTP with a forged date of 2001 must not be lost."""
    await come(database, email(1, 9000, source={"via": "smtp"}))
    assert "nothing of letters; 0 dialogs" in retain(run)
    assert await left(database, 1) == "ohat"


async def test_a_dialog_that_changes_again_is_looked_at_again(database: Database, run: Run) -> None:
    await come(database, email(1, 35))
    retain(run)
    assert await left(database, 1) == "t"
    await come(database, email(2, 36, in_reply_to=["1@a.ru"]))
    retain(run)
    assert await left(database, 2) == "t"


async def test_what_was_cut_short_goes_with_the_next_run(database: Database, run: Run) -> None:
    """Letters go first; a run killed then leaves a dialog that shows letters that are gone."""
    await come(database, email(1, 90), email(2, 89, in_reply_to=["1@a.ru"]), email(3, 10))
    await database.letters.delete_many({"message.subject": {"$in": ["1", "2"]}})
    assert "; 1 dialogs; 0 on hold" in retain(run)
    assert await dialogs(database) == ["text 3"]
    assert run("project", "--check")[:2] == (0, "")


@pytest.mark.parametrize("age", [49, 90.5])
async def test_a_letter_that_comes_before_its_dialogs_turn_has_it_stay(
    database: Database, monkeypatch: pytest.MonkeyPatch, age: float
) -> None:
    """A letter by SMTP is new even if its date is long ago."""
    await come(database, email(1, 90), email(2, 91))
    store = Store.of(database)
    late = [
        email(number + 2, age, in_reply_to=[f"{number}@a.ru"], source={"via": "smtp"})
        for number in (1, 2)
    ]
    announce = Holds.leaving

    def they_come_first(
        holds: Holds, going: Mapping[str, set[Any]]
    ) -> AbstractAsyncContextManager[set[Any]]:
        @asynccontextmanager
        async def leaving() -> AsyncIterator[set[Any]]:
            async with announce(holds, going) as held:
                if late:
                    assert await come(database, late.pop(), late.pop()) == ["appended", "appended"]
                yield held

        return leaving()

    monkeypatch.setattr(Holds, "leaving", they_come_first)
    retaining = Retaining(
        database, store, "participants", Projecting(store, "participants").project
    )
    done = await retaining.run(MAILBOX, terms_of("* dialogs=50")["*"])
    assert (late, done.dialogs) == ([], 0)
    assert await database.letters.count_documents({}) == 4
    assert await database.tombstones.count_documents({}) == 0


async def test_what_is_on_hold_stays_whatever_its_age(
    database: Database, run: Run, tmp_path: Path
) -> None:
    await come(database, email(1, 90), email(2, 90))
    [one, other] = [
        each["_id"] for each in await database.dialogs.find().sort("subject", 1).to_list(None)
    ]
    assert run("hold", str(one), "--why", "a lawsuit", "--who", "anna")[0] == 0
    assert f"{one}\t{MAILBOX}\tanna\ta lawsuit" in run("hold")[1]
    assert "1 dialogs; 1 on hold" in retain(run)
    assert await left(database, 1) == "ohat"
    words = ("erase", "ivan@example.ru", "--reason", "asked", "--yes")
    status, _, complaints = run(*words, DATA_DIR=str(tmp_path))
    assert (status, str(one) in complaints) == (78, True)
    status, _, complaints = run("erase", "ivan@example.ru", "--reason", "asked")
    assert (status, f"on hold: {one}; see" in complaints) == (1, True)
    assert run("hold", str(other), "--release")[0] == 1  # it is gone
    assert run("hold", str(one), "--release")[0] == 0
    assert "1 dialogs; 0 on hold" in retain(run)
    assert run("hold", str(one), "--why", "x", "--until", "2020-01-01")[0] == 1


async def test_a_user_without_a_name_may_hold_and_erase(
    database: Database, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A container whose user is given by number has such a user."""

    def nameless() -> str:
        raise OSError("No username set in the environment")

    monkeypatch.setattr("getpass.getuser", nameless)
    await come(database, email(1, 90), email(2, 90))
    [one, *_] = await database.dialogs.distinct("_id")
    assert run("hold", str(one), "--why", "a lawsuit") == (0, "", "the dialog is held\n")
    assert f"{one}\t{MAILBOX}\toperator\t" in run("hold")[1]
    released = (0, "", "the dialog is no longer held\n")
    assert run("hold", str(one), "--release") == released
    words = ("erase", "ivan@example.ru", "--reason", "asked", "--yes")
    assert run(*words, DATA_DIR=str(tmp_path))[0] == 0
    assert [each["who"] async for each in database.erasures.find()] == ["operator"]


async def test_a_hold_ends_with_its_last_day_and_none_ends_before_it_begins(
    database: Database, run: Run
) -> None:
    await come(database, email(1, 90))
    [one] = await database.dialogs.distinct("_id")
    today = datetime.now(UTC)
    for days, status in ((-400, 78), (-1, 78), (1, 0)):
        day = today + timedelta(days=days)
        words = ("hold", str(one), "--why", "x", "--until", f"{day:%Y-%m-%d}")
        assert run(*words)[0] == status
        assert (str(one) in run("hold")[1]) is (status == 0)
    [kept] = await database.holds.find().to_list(None)
    assert f"{kept['until']:%Y-%m-%dT%H:%M:%S}" == f"{day:%Y-%m-%d}T23:59:59"
    await database.holds.update_one({}, {"$set": {"until": today}})
    assert run("hold")[1] == ""


async def test_what_goes_leaves_others_as_they_were(database: Database, run: Run) -> None:
    """Two strangers name one letter; without it they would share an id that nobody has seen."""
    first = email(1, 90)
    stranger = {"from": {"address": "olga@example.ru"}, "in_reply_to": ["1@a.ru"]}
    third = {"from": {"address": "petr@example.ru"}, "in_reply_to": ["1@a.ru"]}
    to_each = [{"address": each} for each in (MAILBOX, "olga@example.ru", "petr@example.ru")]
    await come(database, first, email(2, 5, **stranger), email(3, 4, to=to_each, **third))
    before = await dialogs(database)
    assert len(before) > 1
    retain(run, "dialogs=50")
    assert await dialogs(database) == [each for each in before if each != "text 1"]
    assert run("project", "--check")[:2] == (0, "")


async def test_bytes_go_when_no_letter_has_them(database: Database, run: Run) -> None:
    store = Store.of(database)
    later = datetime.now(UTC) + KEPT_AFTER + timedelta(hours=1)
    await come(database, email(1, 25), email(2, 5))
    retain(run)
    assert await dispose(store.blobs, store.leaving, later) == 0
    retain(run, "attachments=1")
    assert await dispose(store.blobs, store.leaving, later) == 1


async def test_once_a_day_by_one_receiver(database: Database) -> None:
    await database.meta.delete_one({"_id": "retention"})
    await come(database, email(1, 90), email(2, 90))
    store = Store.of(database)
    project = Projecting(store, "participants").project

    async def turn(words: str = "dialogs=50") -> int:
        retaining = Retaining(database, store, "participants", project)
        await Daily(database, store, retaining, terms_of(f"* {words}")).run_if_due()
        return int(await database.letters.count_documents({}))

    assert await turn() == 0
    await come(database, email(3, 90))
    assert await turn() == 1
    await database.meta.update_one({"_id": "retention"}, {"$set": {"next": NOW}})
    assert await turn() == 0


async def test_a_clock_that_leaps_ahead_has_nothing_go_for_a_day(
    database: Database, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A receiver that was off for long cannot tell that from a wrong clock."""
    await database.meta.delete_one({"_id": "retention"})
    store, real, ahead = Store.of(database), ServerClock.now, [timedelta(0)]

    async def moved(clock: ServerClock) -> datetime:
        return await real(clock) + ahead[-1]

    monkeypatch.setattr(ServerClock, "now", moved)
    project = Projecting(store, "participants").project
    retaining = Retaining(database, store, "participants", project)
    daily = Daily(database, store, retaining, terms_of("* dialogs=50"))

    async def subjects_after(days: float) -> list[str]:
        ahead.append(timedelta(days=days))
        await daily.run_if_due()
        return await database.letters.distinct("message.subject")

    assert await subjects_after(0) == []
    await come(database, email(1, 5), email(2, 90))
    assert await subjects_after(60) == ["1", "2"]
    assert await subjects_after(60.9) == ["1", "2"]
    assert sum("leapt ahead" in each for each in caplog.messages) == 1
    assert await subjects_after(0) == ["1"]  # somebody has set it right
    assert await subjects_after(60) == ["1"]
    assert await subjects_after(61.1) == []  # nobody has


def test_without_terms_nothing_is_done(run: Run) -> None:
    assert run("retain", RETENTION="")[0] == 78
    assert run("retain", RETENTION="* html=soon")[0] == 78


@pytest.mark.parametrize("named", ["info@почта.рф", "Info@XN--80a1acny.xn--p1ai"])
def test_terms_are_of_a_mailbox_in_either_spelling_of_its_domain(named: str) -> None:
    table = terms_of(f"{named} html=5; * html=9")
    for mailbox in ("info@почта.рф", "info@xn--80a1acny.xn--p1ai"):
        assert terms_for(table, mailbox).days == {"html": 5}
        with pytest.raises(ValueError, match="twice"):
            terms_of(f"{named} html=5; {mailbox} html=6")
    assert terms_for(table, "info@пошта.рф").days == {"html": 9}
