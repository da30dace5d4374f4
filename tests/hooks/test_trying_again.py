"""What becomes of events that a target does not take: tried again, and at last given up."""

from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.sending.delays import LEAST_ATTEMPTS
from receiver.hooks.alarms import Alarms
from receiver.hooks.event import KINDS
from receiver.hooks.happened import Happenings
from receiver.hooks.hooks import Hooks, LeaseLost
from receiver.hooks.manage.managing import HookManaging
from receiver.hooks.rules import GIVE_UP_FOR_NOW, MAX_LATE
from receiver.store.mongo import Database
from tests.hooks.conftest import Teller
from tests.hooks.listening import Heard, Listening, saying
from tests.receiver.written import file, filing, written


async def test_what_is_not_taken_comes_again_under_the_same_name(
    database: Database, teller: Teller, target: Listening
) -> None:
    hook = await teller.make(target.url, kinds=["letter.stored"])
    bad = written("1").key

    def answer(heard: Heard) -> web.Response:
        return web.Response(status=500 if heard.data["letter"] == bad else 200)

    target.answer = answer
    for number in ("1", "2", "3"):
        await file(filing(database), written(number))
        await teller.round(hook)
    assert [each.data["letter"] for each in target.heard].count(bad) == 1
    [late] = (await teller.document(hook))["late"]
    assert late["due"] > late["since"]
    target.answer = saying(204)
    await teller.round(hook)  # it is not due yet
    assert len(target.heard) == 3
    await teller.due_now(hook)
    await teller.round(hook)
    first, *_, last = target.heard
    assert (first.id, first.body) == (last.id, last.body)
    assert first.data["letter"] == last.data["letter"] == bad
    assert (await teller.document(hook))["late"] == []


async def test_while_the_target_is_away_the_cursor_stops_and_nothing_is_lost(
    database: Database, teller: Teller, target: Listening
) -> None:
    hook = await teller.make(target.url, kinds=["letter.stored"])
    target.answer = saying(503)
    letters = [written(str(number), f"u{number}") for number in range(MAX_LATE * 3)]
    await file(filing(database), *letters)
    await teller.round(hook)
    assert len(target.heard) == GIVE_UP_FOR_NOW
    for _ in range(3):
        await teller.due_now(hook)
        await teller.round(hook)
    assert len((await teller.document(hook))["late"]) == MAX_LATE
    assert len(target.heard) == GIVE_UP_FOR_NOW * 4
    target.answer, target.heard = saying(200), []
    await teller.due_now(hook)
    await teller.round(hook)
    assert sorted(each.data["letter"] for each in target.heard) == sorted(
        each.key for each in letters
    )


async def test_who_asks_to_come_later_is_called_later(
    database: Database, teller: Teller, target: Listening
) -> None:
    hook = await teller.make(target.url, kinds=["letter.stored"])
    target.answer = saying(429, **{"Retry-After": "1800"})
    await file(filing(database), written("1"))
    await teller.round(hook)
    [late] = (await teller.document(hook))["late"]
    assert late["due"] - late["since"] == timedelta(minutes=30)


@pytest.mark.parametrize("days", [0, 5])
async def test_410_and_five_days_disable_a_hook_and_raise_an_alarm(
    database: Database, teller: Teller, target: Listening, days: int
) -> None:
    hook = await teller.make(target.url, kinds=["letter.stored"], name="crm")
    watcher = await teller.make(f"{target.url}/watcher", kinds=["alarm.raised", "alarm.cleared"])
    target.answer = saying(410 if days == 0 else 500)
    await file(filing(database), written("1"))
    await teller.round(hook)
    if days:
        assert (await teller.document(hook))["state"] == "on"
        [late] = (await teller.document(hook))["late"]
        late |= {"since": late["since"] - timedelta(days=days), "attempts": LEAST_ATTEMPTS - 1}
        await database.hooks.update_one({"_id": hook}, {"$set": {"late": [late]}})
        await teller.due_now(hook)
        await teller.round(hook)
    document = await teller.document(hook)
    assert (document["state"], len(document["late"])) == ("failed", 1)
    assert ("410" if days == 0 else "5 days: 500 words") in document["why"]
    with pytest.raises(LeaseLost):
        await Hooks(database).note(hook, teller.holder, {}, [], [])
    now = await Happenings(database).now()
    await Alarms(database).look(await Hooks(database).leases(), now)
    target.answer, target.heard = saying(200), []
    await teller.round(watcher)
    [raised] = target.heard
    assert raised.type == "alarm.raised"
    assert raised.data["alarm"] == f"the hook crm ({hook}) is disabled"
    await HookManaging(database, private=True).enable(document)
    await Alarms(database).look(await Hooks(database).leases(), now)
    await teller.take(hook)
    await teller.round(hook)
    await teller.round(watcher)
    assert target.types() == ["alarm.raised", "letter.stored", "alarm.cleared"]


FATES = st.lists(st.sampled_from(["taken", "refused", "crash"]), max_size=8)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(FATES)
async def test_each_event_is_told_at_least_once_whatever_happens(
    database: Database, teller: Teller, target: Listening, fates: list[str]
) -> None:
    """A crash is a round whose result is not stored; its events are repeated under their names."""
    for name in ("letters", "dialogs", "hooks", "alarms"):
        await database[name].delete_many({})
    target.heard = []
    hook = await teller.make(target.url, kinds=KINDS)
    files = filing(database)
    expected = set()
    for number, fate in enumerate([*fates, "taken", "taken"]):
        letter = written(str(number), f"u{number}")
        await file(files, letter)
        expected.add(letter.key)
        await teller.due_now(hook)
        target.answer = saying(500 if fate == "refused" else 200)
        before: Any = await teller.document(hook)
        await teller.round(hook)
        if fate == "crash":
            await database.hooks.replace_one({"_id": hook}, before)
    told = {each.data["letter"] for each in target.of("letter.stored")}
    assert told == expected
    names = {(each.type, each.body): each.id for each in target.heard}
    assert all(names[each.type, each.body] == each.id for each in target.heard)


async def test_what_came_to_wait_while_a_hook_was_enabled_waits_on(
    database: Database, teller: Teller, target: Listening
) -> None:
    hook = await teller.make(target.url)
    seen = await teller.document(hook)
    target.answer = saying(500)
    await file(filing(database), written("1"))
    await teller.round(hook)
    waits = {each["of"] for each in (await teller.document(hook))["late"]}
    assert waits
    await HookManaging(database, private=True).enable(seen)
    after = await teller.document(hook)
    assert {each["of"] for each in after["late"]} == waits
    assert after["state"] == "on"
