"""What hooks are told, by which receiver, and what is stored of it."""

import time
from datetime import UTC, datetime, timedelta, tzinfo

import pytest
from aiohttp import web
from bson import ObjectId
from standardwebhooks import Webhook

from contract.signature import NotVerified, parse_keys, verify
from receiver.hooks.alarms import Alarms
from receiver.hooks.calling.target import Target
from receiver.hooks.happened import Happenings
from receiver.hooks.hook import hook_of
from receiver.hooks.hooks import Hooks, LeaseLost
from receiver.hooks.sending import Sending
from receiver.store.dialog_writing import DialogWriting
from receiver.store.dialogs import Dialogs
from receiver.store.mongo import Database
from tests.hooks.conftest import Teller
from tests.hooks.listening import Listening, saying
from tests.receiver.written import MAILBOX, corrections, file, filing, written

OTHER = "sales@yandex.ru"
BOUNCE = {"message_id": "1@example.ru", "failures": [{"recipient": "a@b.ru"}]}


async def test_each_kind_of_event_is_told(
    database: Database, teller: Teller, target: Listening
) -> None:
    hook = await teller.make(target.url)
    files = filing(database)
    one, two = written("1"), written("2", "petr")
    [first] = await file(files, one)
    [second] = await file(files, two)
    await teller.round(hook)
    assert target.types() == ["letter.stored", "dialog.opened"] * 2
    stored, opened = target.heard[:2]
    assert opened.data == {"mailbox": MAILBOX, "dialog": first.dialog}
    assert stored.data == {
        "mailbox": MAILBOX,
        "letter": one.key,
        "dialog": first.dialog,
        "direction": "in",
        "kind": "letter",
    }
    target.heard.clear()
    bounce = written("3", kind="bounce", bounce=BOUNCE)
    [answer] = await file(files, bounce)
    await teller.round(hook)
    assert target.types()[:2] == ["letter.stored", "letter.bounced"]
    said = {"letter": bounce.key, "dialog": answer.dialog, "bounced": "1@example.ru"}
    assert target.heard[1].data.items() >= said.items()
    target.heard.clear()
    by_id = {str(each["_id"]): each["_id"] for each in await database.dialogs.find().to_list(None)}
    own, other = by_id[first.dialog], by_id[second.dialog]
    await corrections(database).merge(own, other, "Анна")
    await teller.round(hook)
    assert sorted(target.types()) == ["dialog.corrected", "dialog.merged"]
    [merged] = target.of("dialog.merged")
    assert merged.data == {"mailbox": MAILBOX, "dialog": first.dialog, "gone": second.dialog}
    [corrected] = target.of("dialog.corrected")
    assert corrected.data["what"] == "merge"
    assert corrected.data["dialogs"] == [first.dialog, second.dialog]
    target.heard.clear()
    await corrections(database).undo(own, "Анна")
    await teller.round(hook)
    assert sorted(target.types()) == ["dialog.corrected", "dialog.opened"]
    again = target.of("dialog.opened")[0]
    assert again.data["dialog"] == second.dialog
    await teller.round(hook)
    assert len(target.heard) == 2


async def test_a_dialog_that_was_gone_before_anybody_looked_was_opened_all_the_same(
    database: Database, teller: Teller, target: Listening
) -> None:
    """It is no longer among the dialogs. One that existed before the hook is not reported."""
    files = filing(database)
    [early] = await file(files, written("0", "olga"))
    await database.dialogs.update_one(
        {"_id": ObjectId(early.dialog)}, {"$set": {"opened": datetime(2026, 1, 1, tzinfo=UTC)}}
    )
    hook = await teller.make(target.url)
    opened = [each.dialog for each in await file(files, written("1"), written("2", "petr"))]
    own, other = map(ObjectId, opened)
    await corrections(database).merge(own, other, "Анна")
    await corrections(database).merge(own, ObjectId(early.dialog), "Анна")
    await teller.round(hook)
    told = target.of("dialog.opened")
    assert sorted(each.data["dialog"] for each in told) == sorted(opened)
    assert len(target.of("dialog.merged")) == 2
    await teller.round(hook)
    assert len(target.of("dialog.opened")) == 2


async def test_what_was_merged_and_came_back_before_anybody_looked_is_told(
    database: Database, teller: Teller, target: Listening
) -> None:
    """This happens while a hook is off; its target then gets every step."""
    hook = await teller.make(target.url)
    opened = [
        each.dialog for each in await file(filing(database), written("1"), written("2", "petr"))
    ]
    await teller.round(hook)
    target.heard.clear()
    own, other = map(ObjectId, opened)
    await corrections(database).merge(own, other, "Анна")
    await corrections(database).undo(own, "Анна")
    await teller.round(hook)
    [merged], [again] = target.of("dialog.merged"), target.of("dialog.opened")
    assert (merged.data["gone"], merged.data["dialog"]) == (opened[1], opened[0])
    assert again.data["dialog"] == opened[1]
    assert [each.data["what"] for each in target.of("dialog.corrected")] == ["merge", "undo"]
    assert target.heard.index(merged) < target.heard.index(again)
    count = len(target.heard)
    await teller.round(hook)
    assert len(target.heard) == count


async def test_a_dialog_that_is_about_to_go_is_told_once_it_has_gone(
    database: Database, teller: Teller, target: Listening
) -> None:
    hook = await teller.make(target.url, kinds=["dialog.merged"])
    opened = [
        each.dialog for each in await file(filing(database), written("1"), written("2", "petr"))
    ]
    own, other = map(ObjectId, opened)
    head = await database.dialogs.find_one({"_id": other})
    assert head
    await DialogWriting(database).lead(head, own)  # and then whoever took it away died
    await teller.round(hook)
    assert target.types() == []
    await DialogWriting(database).remove((await Dialogs(database).whole([other]))[other], own)
    await teller.round(hook)
    assert target.types() == ["dialog.merged"]


async def test_what_is_told_is_signed_with_the_hook_s_own_secret(
    database: Database, teller: Teller, target: Listening
) -> None:
    hook, other = await teller.make(target.url), await teller.make(target.url)
    await file(filing(database), written("1"))
    for each in (hook, other):
        await teller.round(each)
    now = (await Happenings(database).now()).timestamp()
    keys = [parse_keys((await teller.document(each))["secret"]) for each in (hook, other)]
    half = len(target.heard) // 2
    for heard, own, strange in zip(
        target.heard, keys[:1] * half + keys[1:] * half, keys[1:] * half + keys[:1] * half,
        strict=True,
    ):  # fmt: skip
        assert verify(own, heard.headers, heard.body, now) == heard.id
        with pytest.raises(NotVerified):
            verify(strange, heard.headers, heard.body, now)
        assert heard.headers["content-type"] == "application/json"
    secret = (await teller.document(hook))["secret"]
    first = target.heard[0]  # and by the library of those who wrote the standard
    assert Webhook(secret).verify(first.body, first.headers) == first.said
    assert len({each.id for each in target.heard}) == half * 2


@pytest.mark.parametrize("minutes", [-5, 5])
async def test_a_receiver_whose_clock_is_wrong_does_no_harm(
    database: Database, teller: Teller, target: Listening, monkeypatch: pytest.MonkeyPatch,
    minutes: int,
) -> None:  # fmt: skip
    """All times come from the database: due times, and the time stamps that targets verify."""

    class WrongClock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "WrongClock":
            return cls.fromtimestamp(time.time() + minutes * 60, tz)

    hook = await teller.make(target.url, kinds=["letter.stored"])
    await file(filing(database), written("1"))
    target.answer = saying(503)
    await teller.round(hook)
    before = (await teller.document(hook))["late"][0]
    monkeypatch.setattr("receiver.store.mongo.datetime", WrongClock)
    other = Sending(database, Target(private=True), teller.holder)
    await other.round(hook_of(await teller.document(hook)))
    assert len(target.heard) == 1  # it is not due yet, whatever that clock says
    await file(filing(database), written("2"))
    await other.round(hook_of(await teller.document(hook)))
    [_, late] = sorted((await teller.document(hook))["late"], key=lambda each: each["since"])
    assert abs(late["since"] - before["since"]) < timedelta(minutes=2)
    secret = (await teller.document(hook))["secret"]
    for heard in target.heard:
        verify(parse_keys(secret), heard.headers, heard.body, time.time())


async def test_full_events_say_what_they_are_about(
    database: Database, teller: Teller, target: Listening
) -> None:
    thin, full = await teller.make(target.url), await teller.make(target.url, full=True)
    await file(filing(database), written("1", text="Где мой заказ?"))
    await teller.round(thin)
    assert b"\xd0\x93" not in b"".join(each.body for each in target.heard)
    await teller.round(full)
    stored, opened = target.heard[-2:]
    assert opened.data["content"]["id"] == opened.data["dialog"]
    assert "messages" not in opened.data["content"]
    content = stored.data["content"]
    assert (content["body"], content["reply"]) == ("Где мой заказ?", "Где мой заказ?")
    assert stored.data["content"]["key"] == stored.data["letter"]
    assert stored.data["content"]["matched_by"] == "new"
    target.answer = lambda heard: web.Response(status=500, body=heard.body)
    await file(filing(database), written("2", text="Секрет"))
    await teller.round(full)
    document = await teller.document(full)
    assert document["deliveries"][-1]["reason"] == "500"
    assert "Секрет" not in str(document)


async def test_only_the_hook_s_mailboxes_and_events_are_told(
    database: Database, teller: Teller, target: Listening
) -> None:
    hook = await teller.make(target.url, kinds=["letter.stored"])
    everything = await teller.make(f"{target.url}/all", "*")
    both = await teller.make(f"{target.url}/both", MAILBOX, OTHER)
    files = filing(database)
    await file(files, written("1"))
    await file(files, written("2", mailbox=OTHER))
    await teller.round(hook)
    assert [(each.type, each.data["mailbox"]) for each in target.heard] == [
        ("letter.stored", MAILBOX)
    ]
    for each in (everything, both):
        target.heard.clear()
        await teller.round(each)
        assert [each.data["mailbox"] for each in target.of("letter.stored")] == [MAILBOX, OTHER]


async def test_alarms_are_told_to_who_may_know_of_them(
    database: Database, teller: Teller, target: Listening
) -> None:
    now = await Happenings(database).now()
    own, everything = await teller.make(target.url), await teller.make(target.url, "*")
    alarms = Alarms(database)
    for name, of in (("ours", MAILBOX), ("theirs", OTHER), ("all", "*")):
        for _ in range(2):
            await alarms.raised(name, "words", [of], now)
    await teller.round(own)
    assert [(each.type, each.data) for each in target.heard] == [
        ("alarm.raised", {"alarm": "ours", "says": "words"})
    ]
    await alarms.clear("ours", now)
    await teller.round(own)
    assert target.types() == ["alarm.raised", "alarm.cleared"]
    await teller.round(everything)
    assert sorted(target.types()[2:]) == ["alarm.cleared", *["alarm.raised"] * 3]


async def test_a_letter_is_told_when_it_is_shown(
    database: Database, teller: Teller, target: Listening
) -> None:
    hook = await teller.make(target.url, kinds=["letter.stored"])
    files = filing(database)
    await file(files, written("1"))
    await file(files, written("2", "petr"))
    dialog = await database.dialogs.find_one({"messages.body": "1"})
    assert dialog
    await database.dialogs.delete_one({"_id": dialog["_id"]})  # as if it were not written yet
    await teller.round(hook)
    assert [each.data["letter"] for each in target.heard] == [written("2", "petr").key]
    await database.letters.update_many({}, {"$set": {"kept": dialog["changed"] - HOUR}})
    await database.hooks.update_one(
        {"_id": hook}, {"$set": {"states.letters.at": dialog["changed"] - 2 * HOUR}}
    )
    for _ in range(2):  # however long ago: the cursor does not pass it
        await teller.round(hook)
    told = [each.data["letter"] for each in target.heard]
    assert written("1").key not in told
    await database.dialogs.insert_one(dialog)
    await teller.round(hook)
    assert [each.data["letter"] for each in target.heard[len(told) :]] == [written("1").key]


HOUR = timedelta(hours=1)


async def test_the_last_deliveries_are_kept_and_bounded(
    database: Database, teller: Teller, target: Listening
) -> None:
    hook = await teller.make(target.url)
    target.answer = saying(200)
    await file(filing(database), *[written(str(each), f"u{each}") for each in range(30)])
    await teller.round(hook)
    document = await teller.document(hook)
    assert len(target.heard) == 60
    assert [each["id"] for each in document["deliveries"]] == [
        each.id for each in target.heard[-20:]
    ]


async def test_who_lost_the_lease_notes_nothing(
    database: Database, teller: Teller, target: Listening
) -> None:
    hook = await teller.make(target.url)
    await file(filing(database), written("1"))
    before = hook_of(await teller.document(hook))
    lease = (await teller.document(hook))["lease"]
    assert await Hooks(database).take(hook, lease, "another")
    assert not await Hooks(database).take(hook, lease, "a third")
    with pytest.raises(LeaseLost):
        await teller.sending.round(before)
    assert (await teller.document(hook))["states"] == {}
