"""Erasures at the same time, and people found in every encoding of their words.

Two people at once, and one person twice at once; whoever is erased is looked for by single words
of his, as a search index keeps them, and in the encodings that letters and addresses come in.
"""

import asyncio
import base64
import hashlib
import quopri
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from bson import ObjectId

from contract.bridge.report import BridgeReport
from contract.event import Email
from contract.reading.addresses import canonical
from receiver.erasing import record
from receiver.erasing.act import Subject
from receiver.erasing.carrying import Carrying, Recorded
from receiver.erasing.erase import Erasing
from receiver.erasing.order import Order
from receiver.erasing.survey import Held, held
from receiver.erasing.tombstones import Tombstones
from receiver.filing.collections import Store
from receiver.retaining.holds import Holds
from receiver.store.mongo import Database
from tests.receiver.erasing.people import OLGA, START, after_six_days, come, email, everything
from tests.receiver.running import Run
from tests.receiver.written import MAILBOX

IVAN, PETR = "Ivan.Petrov@ya.ru", "petr-pustyakov@primer.ru"
WORDS = {IVAN: ("Бармаглотов", "ursulapine"), PETR: ("Хливкошорьков", "quidnuncery")}
SUBJECTS = {who: f"Потерянный {words[0]} семнадцать" for who, words in WORDS.items()}
ENCODINGS = ("utf-8", "koi8-r", "cp1251", "utf-16-le")


def spellings(who: str) -> set[bytes]:
    """Return his words and address as a dump may have them."""
    found: set[bytes] = set()
    address = [who, who.lower(), canonical(who), quote(who), quote(who.lower())]
    for word in (*WORDS[who], *(each[:-3] for each in WORDS[who]), *address):
        for form in {word, word.casefold(), word.upper()}:
            found |= {form.encode(each, "ignore") for each in ENCODINGS if form}
    for text in (*WORDS[who], SUBJECTS[who], who):
        content = text.encode()
        found.add(quopri.encodestring(content))
        for shift in range(3):  # base64 of a text within another one
            found.add(base64.b64encode(b" " * shift + content)[4:-4])
    return {each for each in found if len(each) > 4}


def line_of(who: str) -> str:
    return f"{WORDS[who][0]} спросил про {WORDS[who][1]}, строка подлиннее двадцати знаков."


def from_him(number: int, who: str, **fields: Any) -> Email:
    """Return a letter whose original says all of it in base64, the text in KOI8-R."""
    coded = base64.b64encode(SUBJECTS[who].encode()).decode()
    original = (
        f"From: <{who}>\r\nTo: {MAILBOX}\r\nSubject: =?utf-8?B?{coded}?=\r\n"
        f"Message-ID: <{number}@a.ru>\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    ).encode() + base64.encodebytes(line_of(who).encode("koi8-r"))
    digest = hashlib.sha256(original).hexdigest()
    raw = {"sha256": digest, "size": len(original), "content": original}
    return email(number, who, subject=SUBJECTS[who], text=line_of(who), raw=raw, **fields)


def quoting(number: int, sender: str, **fields: Any) -> Email:
    """Return a letter that quotes and names both."""
    quoted = "".join(f"\n> {who}:\n> {line_of(who)}" for who in WORDS)
    reply = f"Спасибо за письмо {number}."
    about: dict[str, Any] = {"in_reply_to": ["1@a.ru"], "references": ["2@a.ru", "1@a.ru"]}
    return email(number, sender, text=f"{reply}\n{quoted}", reply=reply, **about, **fields)


def letters() -> list[Email]:
    """Return letters of two who go, of one who is with both, and of one who is with neither."""
    both = f"{MAILBOX},{IVAN},{PETR}"
    return [
        from_him(1, IVAN),
        from_him(2, PETR, in_reply_to=["1@a.ru"]),
        quoting(3, OLGA, to=both, subject=f"Re: {SUBJECTS[IVAN]}"),
        quoting(4, OLGA, to=both, subject=f"Fwd: {SUBJECTS[PETR]}"),
        from_him(5, PETR),
        email(6, "eve@example.ru", subject="Другое", text="Совсем про другое."),
        email(7, OLGA, subject="Своё", text="Это Ольга написала сама."),
    ]


def carrying(database: Database, place: Path) -> Carrying:
    store = Store.of(database)
    erasing = Erasing(store, "participants")
    return Carrying(store, Holds(database, store.dialogs), erasing.erase, place)


async def erase(database: Database, who: str, place: Path, found: list[Held]) -> Recorded:
    work = carrying(database, place)
    order = Order(ObjectId(), "Anna", "asked", await work.store.dialogs.now())
    return await work.carry_out(found, order, Subject(who), everywhere=canonical(who))


async def at_once(database: Database, place: Path, *people: str) -> list[Recorded]:
    """Erase people at once, each by a look that was taken before any of it."""
    looks = [await held(Store.of(database), [MAILBOX], canonical(who)) for who in people]
    every = zip(people, looks, strict=True)
    return await asyncio.gather(*(erase(database, who, place, found) for who, found in every))


async def left_of(database: Database, *people: str) -> set[bytes]:
    await after_six_days(database)
    text = await everything(database)
    return {each for who in people for each in spellings(who) if each in text}


async def test_two_people_at_once(database: Database, run: Run, tmp_path: Path) -> None:
    await come(database, *letters())
    assert len(await left_of(database, IVAN, PETR)) > 8
    mine = {"message.message_id": {"$in": ["6@a.ru", "7@a.ru"]}}
    before = await database.letters.find(mine).sort("_id", 1).to_list(None)
    done = await at_once(database, tmp_path, IVAN, PETR)
    assert [each.outcomes[0].letters for each in done] == [1, 2]
    assert await left_of(database, IVAN, PETR) == set()
    assert run("project", "--check")[:2] == (0, "")
    assert run("fsck")[:2] == (0, "")
    assert await database.letters.find(mine).sort("_id", 1).to_list(None) == before
    kept = await database.letters.find().sort("message.created", 1).to_list(None)
    assert [each["message"]["message_id"] for each in kept] == [
        f"{each}@a.ru" for each in (3, 4, 6, 7)
    ]
    assert [each["message"]["body"] for each in kept[:2]] == [
        "Спасибо за письмо 3.",
        "Спасибо за письмо 4.",
    ]
    assert [each.outcome for each in await come(database, *letters())] == [
        *("erased", "erased", "duplicate", "duplicate", "erased", "duplicate", "duplicate")
    ]
    assert await left_of(database, IVAN, PETR) == set()


async def test_one_person_twice_at_once(database: Database, run: Run, tmp_path: Path) -> None:
    await come(database, *letters())
    done = await at_once(database, tmp_path, IVAN, IVAN)
    assert await left_of(database, IVAN) == set()
    assert await left_of(database, PETR)
    assert run("project", "--check")[:2] == (0, "")
    acts = [(each.place / record.ACT).read_text("utf-8") for each in done]
    assert all("писем 1," in each for each in acts)
    assert await database.erasures.count_documents({"done": True}) == 2
    again = await at_once(database, tmp_path, IVAN)
    assert "прервано" not in (again[0].place / record.ACT).read_text("utf-8")


async def test_a_bridge_that_is_no_more_tells_of_his_letters_no_more(
    database: Database, tmp_path: Path
) -> None:
    """Its last report of his letters goes; that of others' letters stays."""
    await come(database, *letters())
    told = {"state": "failed", "mailbox": MAILBOX, "came": START}
    reported = [
        {"id": "1", "mail_from": IVAN.upper()},
        {"id": "2", "mail_from": "forwarding@yandex.ru", "subject": f"Re: {SUBJECTS[IVAN]}"},
        {"id": "3", "mail_from": "forwarding@yandex.ru", "message_id": "<1@a.ru>"},
        {"id": "4", "reason": f"no such user: {IVAN}"},
        {"id": "5", "rcpt_to": f"{MAILBOX}, {IVAN}"},
        {"id": "6", "mail_from": OLGA, "subject": "Своё", "message_id": "<7@a.ru>"},
    ]
    report = BridgeReport.model_validate(
        {
            **{"bridge": "gone-with-it", "host": "mx.example.ru", "version": "1", "started": START},
            "letters": [told | each for each in reported],
        }
    )
    await Store.of(database).bridges.take(report, START)
    await at_once(database, tmp_path, IVAN)
    assert await left_of(database, IVAN) == set()
    [bridge] = await database.bridges.find().to_list(None)
    assert [each["id"] for each in bridge["report"]["letters"]] == ["6"]


async def test_two_erasures_write_the_same_tombstones_at_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have seen that there are none. What only one of them writes is kept, too."""

    async def none_yet(*_: object) -> dict[str, datetime]:
        return {}

    tombstones = Store.of(database).tombstones
    monkeypatch.setattr(Tombstones, "standing", none_yet)
    await tombstones.for_letters(ObjectId(), ["b"])
    await tombstones.for_letters(ObjectId(), ["a", "b", "c"])
    monkeypatch.undo()
    assert {each["_id"] for each in await tombstones.every()} == {"a", "b", "c"}


async def test_the_reason_of_a_hold_does_not_name_him(database: Database, tmp_path: Path) -> None:
    await come(database, *letters())
    now = await Store.of(database).dialogs.now()
    holds = carrying(database, tmp_path).holds
    [his] = await database.dialogs.find({"messages.message_id": "1@a.ru"}).to_list(None)
    [other] = await database.dialogs.find({"messages.message_id": "6@a.ru"}).to_list(None)
    for dialog, until in ((his, now), (other, None)):
        await holds.place(dialog, "anna", f"asked by {IVAN}", START, until)
    await at_once(database, tmp_path, IVAN)
    assert {each["_id"]: each["why"] for each in await holds.listed()} == {
        his["_id"]: "asked by [erased]",
        other["_id"]: "asked by [erased]",
    }
    assert await holds.held(MAILBOX, now) == {other["_id"]}  # as before
