"""Pages of hundreds of mailboxes, bridges and folders: small, and what is not shown is counted."""

import re
from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId

from contract.bridge.report import (
    MAX_FOLDERS,
    MAX_LETTERS,
    BridgeReport,
    HeldLetter,
    WatchedFolder,
)
from receiver.access.grant import Grant
from receiver.bridges.bridges import MAX_FOUND
from receiver.erasing.survey import Held
from receiver.erasing.traces.traces import Traces
from receiver.page.health import DAYS, MAX_BRIDGES, MAX_MAILBOXES, days_of
from receiver.page.lists.near import SHOWN, near
from receiver.page.persons.shown import MAX_MAILBOXES as MAX_OF_PERSON
from receiver.page.persons.shown import shown
from receiver.page.shown.bridges import SILENT, bridges_of, refusal_of, troubled_first
from receiver.page.shown.clock import Clock
from receiver.page.signing.visitors import SignedIn
from receiver.page.templates import rendered
from receiver.page.words import LANGUAGES, words_of
from receiver.store.dialog import Dialog
from tests.letters import START

WORDS = words_of("ru")  # its letters take two bytes
CLOCK = Clock(WORDS, START)
GRANT = Grant("anna", frozenset({"read", "raw", "correct", "erase"}), frozenset({"*"}))
SMALL = 100 * 1024
LONG = "очень длинное имя " * 50
MAILBOXES = [f"поддержка{number}@магазин.example.ru" for number in range(1000)]


def seen(template: str, **values: Any) -> str:
    """Return a page as shown to somebody who may do everything."""
    usual = {"_": WORDS, "who": SignedIn(GRANT, ""), "may": GRANT.rights, "languages": LANGUAGES}
    return rendered(template, **usual, title="", **values)


def held_in(mailbox: str) -> Held:
    """Return what a mailbox holds of somebody whom a hundred letters of others name."""
    keys = [f"{number}" for number in range(100)]
    dialogs = {ObjectId(): Dialog({"messages": [{"key": key, "created": START}]}) for key in keys}
    names = frozenset(f"{number} {LONG}" for number in range(100))
    touched = dict.fromkeys(keys, "names")
    return Held(mailbox, "a@b.ru", touched=touched, dialogs=dialogs, traces=Traces("", names))


@pytest.mark.parametrize("count", [1, MAX_OF_PERSON, 300])
def test_of_a_person_in_many_mailboxes_the_rest_is_told_together(count: int) -> None:
    held = shown([held_in(each) for each in MAILBOXES[:count]], CLOCK)
    said: dict[str, Any] = {"address": "a@b.ru", "preview": "0" * 32, "on_hold": []}
    said |= dict.fromkeys(("wrong", "reason", "operator", "mailbox"), "") | {"erased": None}
    text = seen("person.html", path="/person", mailboxes=MAILBOXES, held=held, **said)
    assert len(text.encode()) < SMALL
    rest = max(count - MAX_OF_PERSON, 0)
    assert held.more_mailboxes == rest
    assert held.of_the_rest == ([WORDS.n("person.names", 100 * rest)] if rest else [])


def test_few_mailboxes_are_chosen_from_and_of_many_one_is_written() -> None:
    said: dict[str, Any] = {"held": None, "on_hold": [], "erased": None, "mailbox": MAILBOXES[7]}
    said |= dict.fromkeys(("address", "wrong", "preview", "reason", "operator"), "")
    few, many = (
        seen("person.html", path="/person", mailboxes=MAILBOXES[:count], **said)
        for count in (100, 101)
    )
    assert f"<option selected>{MAILBOXES[7]}</option>" in few
    assert re.search(f'<input id="mailbox" name="mailbox" value="{MAILBOXES[7]}"', many)
    assert "<option" not in many


def test_of_very_many_mailboxes_those_near_a_wrong_name_are_found() -> None:
    """Comparing each character by character took more than a second for five thousand."""
    many = [f"support-{number:04}@company{number % 37}.ru" for number in range(5000)]
    for wrong, meant in (
        ("suport-3999@company3.ru", "support-3999@company3.ru"),
        ("support-0417@compani10.ru", "support-0417@company10.ru"),
        ("supprot-0417@company10.ru", "support-0417@company10.ru"),
    ):
        found = near(wrong, many)
        assert (meant in found, len(found)) == (True, SHOWN), wrong
    assert near("anna@shop.example", many) == near("", many) == near("x", many) == []
    assert near("suport@a.ru", ["support@a.ru", "b@c.ru"]) == ["support@a.ru"]


def bridge(
    name: str,
    *,
    refused: int = 0,
    alarms: int = 0,
    said: str = "x",
    ago: timedelta = timedelta(),
) -> Any:
    """Return what a bridge reported of as many folders as it may, the last of them refused."""
    folders = [
        WatchedFolder(
            name=f"a@x.ru {number}",
            state="refused" if number >= MAX_FOLDERS - refused else "watching",
            since=START,
            seen=START,
        )
        for number in range(MAX_FOLDERS)
    ]
    letter = {"state": "failed", "mailbox": "a@x.ru", "came": START, "due": START, "reason": said}
    letters = [HeldLetter.model_validate(letter | {"id": f"{n}"}) for n in range(MAX_LETTERS)]
    report = BridgeReport(
        bridge="0123456789",
        host=name,
        version="0",
        started=START,
        folders=folders,
        letters=letters,
        alarms=[said] * alarms,
    )
    return {"_id": name, "report": report.model_dump(), "seen": START - ago}


@pytest.mark.parametrize(("refused", "read", "unread"), [(0, 190, 0), (3, 190, 0), (50, 150, 40)])
def test_folders_that_are_not_read_come_first_and_the_rest_is_counted(
    refused: int, read: int, unread: int
) -> None:
    [found] = bridges_of([bridge("a", refused=refused)], GRANT, CLOCK)
    assert sum(not each.good for each in found.folders) == refused - unread
    assert (len(found.folders), found.more_read, found.more_unread) == (10, read, unread)


def test_bridges_in_trouble_come_first() -> None:
    late = SILENT + timedelta(seconds=1)
    bridges = [bridge("a"), bridge("b", alarms=1), bridge("c"), bridge("d", ago=late)]
    assert [each["_id"] for each in troubled_first(bridges, START)] == ["b", "d", "a", "c"]


@pytest.mark.parametrize(("said", "most"), [("x", SMALL), (LONG, 3 * SMALL)])
def test_health_is_small_with_all_that_it_shows_on_a_page(said: str, most: int) -> None:
    """Not counting the servers' own words."""
    days = days_of([(begin, 7) for begin, _ in CLOCK.last_days(DAYS)], CLOCK)
    card = {"address": "/?mailbox=a%40b.ru&tab=us", "waiting": 7, "last": CLOCK.moment(START)}
    card |= {"days": days, "total": 7 * DAYS, "is_more": False}
    refusal = dict.fromkeys(("peer", "mail_from", "rcpt_to"), "a@b.ru") | {"at": START}
    bridges = [
        bridge(f"{number}", refused=9, alarms=50, said=said) for number in range(MAX_BRIDGES)
    ]
    text = seen(
        "health.html",
        path="/health",
        done=False,
        mailboxes=[card | {"name": each} for each in MAILBOXES[:MAX_MAILBOXES]],
        bridges=bridges_of(bridges, GRANT, CLOCK),
        refusals=[refusal_of(refusal | {"answer": f"550 5.1.1 {said}"}, CLOCK)] * MAX_FOUND,
        bar=(17, 40),
        cut_short=[],
        **{"first": True, "later": 40, "more": 900, "first_bridges": True},
        **{"later_bridges": 20, "more_bridges": 90},
    )
    assert len(text.encode()) < most
    assert "Ещё 40 тревог" in text
