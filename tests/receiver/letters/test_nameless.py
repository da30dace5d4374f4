"""Letters without a Message-ID: which are the same, and that stored ones are recognised."""

import json
from pathlib import Path
from typing import Any

import pytest
from bson.json_util import loads
from hypothesis import given, settings
from hypothesis import strategies as st

from receiver.erasing.erased import Erased
from receiver.filing.collections import Store
from receiver.letters.arrival import Arrival, arrival_of
from receiver.letters.belonging import digests_of_letter
from receiver.proving.known import known_of
from receiver.store.mongo import Database
from tests.receiver.written import filing
from tests.receiver.years.earlier import write_nameless
from tests.receiver.years.earlier.write_nameless import (
    CAME,
    MAILBOX,
    METER,
    SCAN,
    YES,
    by_mail,
    every,
    posted,
)

DUMP = Path(write_nameless.__file__).with_name("nameless.jsonl")
SUBJECT = "=?koi8-r?B?8sHTyM/E2SDawSDGxdfSwczY?="
BASE64 = "0KHQvC4g0LLQu9C+0LbQtdC90LjQtQo=\n"

ONE = [
    ("as it is", {}),
    ("an X- field", {"From:": "X-Spam: yes\nFrom:"}),
    ("a Bcc of the copy in Sent", {"From:": "Bcc: boss@example.ru\nFrom:"}),
    ("a folded subject", {"Subject: ": "Subject:\n "}),
    ("the subject in another encoding", {SUBJECT: "Расходы за февраль"}),
    ("a recipient's name and case", {"To: support@yandex.ru": 'To: "S." <Support@Yandex.RU>'}),
    ("line ends", {"\n": "\r\n"}),
    ("the body in another encoding", {"8bit": "base64", "См. вложение\n": BASE64}),
]
TWO = [
    ("the subject", {SUBJECT: "Расходы за март"}),
    ("a subject that is tagged", {SUBJECT: f"[SPAM] {SUBJECT}"}),
    ("no subject", {f"Subject: {SUBJECT}\n": ""}),
    ("the recipient", {"To: support": "To: sales"}),
    ("one recipient more", {"From:": "Cc: boss@example.ru\nFrom:"}),
    ("who is behind a form", {"From:": "Reply-To: ivan@example.ru\nFrom:"}),
    ("the letter that it answers", {"From:": "In-Reply-To: <1@example.ru>\nFrom:"}),
    ("the sender", {"Scanner <": "Scanner <a."}),
    ("the sender's name", {"Scanner": "Copier"}),
    ("the second", {"10:00:00": "10:00:01"}),
    ("the text", {"вложение": "файл"}),
    ("the kind of its text", {"text/plain": "text/html", "См. вложение": "<p>См. вложение</p>"}),
]


def changed(letter: str, by: dict[str, str]) -> str:
    for old, new in by.items():
        assert old in letter
        letter = letter.replace(old, new)
    return letter


@pytest.fixture
async def kept(database: Database) -> Database:
    """Five letters as version 2 kept them."""
    for line in DUMP.read_text(encoding="utf-8").splitlines():
        name = json.loads(line)[0]
        await database[name].insert_one(loads(line)[1])
    return database


async def outcomes(database: Database, *came: Arrival) -> list[str]:
    files = filing(database)
    return [answer.outcome for each in came for answer in await files.file([each])]


@pytest.mark.parametrize("letter", [SCAN, YES], ids=["no id", "an id that names nothing"])
@pytest.mark.parametrize(("what", "by"), ONE, ids=[what for what, _ in ONE])
async def test_copies_are_one(
    database: Database, letter: str, what: str, by: dict[str, str]
) -> None:
    again = by_mail(changed(letter, by), received="mx2.example.net", event_id="2")
    assert await outcomes(database, by_mail(letter), again) == ["created", "duplicate"]
    assert await outcomes(database, again, by_mail(letter)) == ["duplicate", "duplicate"]


@pytest.mark.parametrize("letter", [SCAN, YES], ids=["no id", "an id that names nothing"])
@pytest.mark.parametrize(("what", "by"), TWO, ids=[what for what, _ in TWO])
async def test_what_a_person_would_call_two_are_two(
    database: Database, letter: str, what: str, by: dict[str, str]
) -> None:
    other = by_mail(changed(letter, by), event_id="2")
    assert "duplicate" not in await outcomes(database, by_mail(letter), other)
    assert await outcomes(database, other, by_mail(letter)) == ["duplicate", "duplicate"]


async def test_posts_differ_in_their_pages_too(database: Database) -> None:
    one, other = (posted(number, html=f"<p>{number}</p>") for number in ("1", "2"))
    came = await outcomes(database, posted(), one, other, posted("3", html="<b>2</b>"), one)
    assert "duplicate" not in came[:3]
    assert came[3:] == ["duplicate", "duplicate"]


async def test_where_there_is_no_date_only_the_same_bytes_are_the_same(database: Database) -> None:
    for letter in (METER, changed(YES, {"Date: Mon, 02 Mar 2026 10:00:00 +0300\n": ""})):
        one, other = by_mail(letter), by_mail(letter, received="mx2.example.net", event_id="2")
        assert (await outcomes(database, one, other, one))[2] == "duplicate"
        assert one.letter.key != other.letter.key


async def test_what_version_2_kept_is_known_again(kept: Database) -> None:
    came = every()
    again = {
        "by mail": by_mail(SCAN, received="mx2.example.net", event_id="again"),
        "by mail, an id that names nothing": by_mail(YES, received="mx2.example.net"),
        "posted": posted("again"),
    }
    for _ in range(2):
        for what, each in [*came.items(), *again.items()]:
            assert await outcomes(kept, each) == ["duplicate"], what
    assert await kept.letters.count_documents({}) == len(came)


@pytest.mark.parametrize("letter", [SCAN, YES], ids=["no id", "an id that names nothing"])
@pytest.mark.parametrize(("what", "by"), ONE, ids=[what for what, _ in ONE])
async def test_so_are_its_copies(
    kept: Database, letter: str, what: str, by: dict[str, str]
) -> None:
    again = by_mail(changed(letter, by), received="mx2.example.net", event_id="2")
    assert await outcomes(kept, again) == ["duplicate"]


async def test_what_version_2_took_for_another_is_kept_when_it_comes_again(kept: Database) -> None:
    before = await kept.letters.count_documents({})
    lost = [by_mail(changed(SCAN, by), event_id=what) for what, by in TWO]
    lost += [posted("9", subject="Другая заявка"), posted("10", html="<p>Страница</p>")]
    assert "duplicate" not in await outcomes(kept, *lost)
    assert set(await outcomes(kept, *lost)) == {"duplicate"}
    assert await kept.letters.count_documents({}) == before + len(lost)


async def test_a_reader_that_learns_makes_no_second_letter(database: Database) -> None:
    """Its subject, sender's name and recipients are read differently but written the same."""
    first = by_mail(SCAN)
    assert first.email
    readings: list[dict[str, Any]] = [
        {"subject": "����"},
        {"from_": first.email.from_.model_copy(update={"name": "?"})},
        {"to": []},
    ]
    for read in readings:
        worse = first.email.model_copy(update=read)
        again = by_mail(SCAN, received="mx2.example.net", event_id="2")
        await database.letters.delete_many({})
        await database.dialogs.delete_many({})
        assert await outcomes(database, arrival_of("1", worse, CAME), again) == [
            "created",
            "duplicate",
        ]


async def test_tombstones_of_version_2_hold(kept: Database) -> None:
    store = Store.of(kept)
    key = await store.tombstones.made_key()
    documents = await kept.letters.find().to_list(None)
    digests = set[str]()
    for each in documents:
        digests |= digests_of_letter(key, MAILBOX, each["message"], "")
    await store.tombstones.for_letters(documents[0]["_id"], digests)
    erased = Erased(Store.of(kept))
    for what, arrival in every().items():
        assert await erased.among([arrival]) == {arrival.letter.key}, what
    assert await erased.among([by_mail(changed(SCAN, {"10:00:00": "10:00:01"}))]) == set()


async def test_reconciling_knows_what_version_2_kept(kept: Database) -> None:
    asked = [(what.replace(" ", "-"), each.email) for what, each in every().items() if each.email]
    asked += [("other", by_mail(changed(SCAN, {SUBJECT: "Другое"})).email or asked[0][1])]
    found = await known_of(Store.of(kept), MAILBOX, asked, CAME)
    states = {each.id: each.state for each in found}
    assert states.pop("other") == "unknown"
    # Of that one nothing but its event tells which it is, and who asks has other events.
    assert states == {"posted,-no-Date": "unknown"} | dict.fromkeys(
        states.keys() - {"posted,-no-Date"}, "stored"
    )


WORDS = st.sampled_from(["Отчёт", "отчёт", "Отчёт 2", "", "Re: Отчёт"])
PEOPLE = st.lists(st.sampled_from(["a@example.ru", "b@example.ru"]), unique=True)


@given(one=st.tuples(WORDS, WORDS, PEOPLE, PEOPLE), other=st.tuples(WORDS, WORDS, PEOPLE, PEOPLE))
@settings(max_examples=60)
def test_keys_are_the_same_if_and_only_if_what_is_told_is(one: Any, other: Any) -> None:
    def key(said: Any) -> str:
        subject, name, to, reply_to = said
        people: dict[str, Any] = {
            "from": {"address": "form@example.ru", "name": name},
            "to": [{"address": each} for each in to],
            "reply_to": [{"address": each} for each in reply_to],
        }
        return posted("1", subject=subject, **people).letter.key

    def of_any_order(said: Any) -> Any:
        return (*said[:2], *map(sorted, said[2:]))

    assert (key(one) == key(other)) is (of_any_order(one) == of_any_order(other))
