"""The same bytes from several senders, without a sender in them, are a letter each."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal

import pytest
from bson import ObjectId

from bridge.courier.event import email_received
from bridge.parse.message import read_letter
from bridge.spool.envelope import Delivery
from contract.event import Blob
from receiver.erasing.erased import Erased
from receiver.filing.collections import Store
from receiver.filing.keeping import Batch
from receiver.letters.arrival import Arrival, arrival_of
from receiver.letters.belonging import digests_of_letter
from receiver.store.mongo import Database, StoreUnavailable
from tests.letters import START
from tests.receiver.written import filing

BARE = "Subject: Meter\n\n42\n"
DATED = f"Date: Mon, 02 Mar 2026 10:00:00 +0300\n{BARE}"
UNNAMED = [
    BARE,
    DATED,
    f"Message-ID: <yes>\n{DATED}",
    f"From: Office scanner\n{BARE}",
    f"Return-Path: <>\n{BARE}",
    "42\n",
]
V0, V1, V2 = (f"v{number}@b.ru" for number in range(3))
HOUR = timedelta(hours=1)


def came(
    sender: str,
    letter: str = BARE,
    *,
    when: datetime = START,
    via: Literal["smtp", "imap", "import"] = "smtp",
    large: bool = False,
) -> Arrival:
    """Return what a letter brings; its bytes travel apart where it is large."""
    raw = letter.encode()
    delivery = Delivery("1", "support@yandex.ru", when, sender, via=via)
    blob = Blob(sha256=sha256(raw).hexdigest(), size=len(raw), content=None if large else raw)
    event = email_received(delivery, read_letter(raw), blob)
    return arrival_of(f"{sender} {when}", event.data, when)


async def outcomes(database: Database, *arrivals: Arrival) -> list[str]:
    files = filing(database)
    return [answer.outcome for each in arrivals for answer in await files.file([each])]


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("later", [timedelta(0), HOUR])
@pytest.mark.parametrize("letter", UNNAMED)
async def test_each_sender_has_a_letter_and_a_dialog(
    database: Database, letter: str, later: timedelta, large: bool
) -> None:
    them = ["", V0, V1, V2, ""]
    all_of = [
        came(each, letter, when=START + number * later, large=large)
        for number, each in enumerate(them)
    ]
    assert await outcomes(database, *all_of) == ["created"] * 4 + ["duplicate"]
    retried = [came(each, letter, when=START + later / 2, large=large) for each in them]
    assert set(await outcomes(database, *retried)) == {"duplicate"}
    assert await database.dialogs.count_documents({}) == 4


async def test_so_it_is_where_they_come_together(database: Database) -> None:
    answers = await filing(database).file([came(each) for each in (V0, V1, V2, V1)])
    assert [each.outcome for each in answers] == ["created"] * 3 + ["duplicate"]


@pytest.mark.parametrize("later", [timedelta(0), HOUR])
@pytest.mark.parametrize("via", ["imap", "import"])
@pytest.mark.parametrize("letter", UNNAMED)
async def test_a_way_that_knows_no_sender_makes_no_second_letter(
    database: Database, letter: str, via: Literal["imap", "import"], later: timedelta
) -> None:
    other_way = came("", letter, via=via, when=START + later)
    for first, second in ((came(V0, letter), other_way), (other_way, came(V0, letter))):
        await database.letters.delete_many({})
        await database.dialogs.delete_many({})
        assert await outcomes(database, first, second) == ["created", "duplicate"]
        assert await outcomes(database, came(V1, letter), other_way) == ["created", "duplicate"]
        assert await outcomes(database, first, second, came(V1, letter)) == ["duplicate"] * 3


@pytest.mark.parametrize("first_by_smtp", [True, False])
@pytest.mark.parametrize("letter", [*UNNAMED, f"Message-ID: <1@b.ru>\n{DATED}"])
async def test_two_ways_make_one_letter_where_they_come_together(
    database: Database, letter: str, first_by_smtp: bool
) -> None:
    """Its sender is known only from the SMTP envelope, which the copy by IMAP does not have."""
    ways = [came(V0, letter), came("", letter, via="imap", when=START + HOUR)]
    answers = await filing(database).file(ways if first_by_smtp else ways[::-1])
    assert [each.outcome for each in answers] == ["created", "duplicate"]
    assert answers[0].letter == answers[1].letter
    [stored] = await database.letters.find().to_list()
    assert stored["key"] == answers[0].letter
    assert len(stored["copies"]) == 2


async def test_each_of_several_senders_has_his_beside_a_copy_without(database: Database) -> None:
    together = [came("", via="imap"), *map(came, (V0, V1, V2)), came("", via="imap")]
    answers = await filing(database).file(together)
    assert sorted(each.outcome for each in answers) == ["created"] * 3 + ["duplicate"] * 2
    assert len({each.letter for each in answers}) == 3


async def test_an_id_says_which_letter_it_is_where_they_come_together(database: Database) -> None:
    letter = f"Message-ID: <1@b.ru>\n{DATED}"
    answers = await filing(database).file([came(each, letter) for each in (V0, V1, V2)])
    assert [each.outcome for each in answers] == ["created", "duplicate", "duplicate"]


async def test_what_was_taken_for_one_before_is_known_for_each(database: Database) -> None:
    await outcomes(database, came(V0))
    source = came(V1).copy
    await database.letters.update_one({}, {"$push": {"copies": source}})
    assert await outcomes(database, came(V1), came(V0)) == ["duplicate", "duplicate"]
    assert await outcomes(database, came(V2)) == ["created"]


async def test_one_that_is_kept_without_its_envelope_is_known(database: Database) -> None:
    await outcomes(database, came(V0))
    await database.letters.update_one({}, {"$set": {"copies.0.source": {}}})
    assert await outcomes(database, came(V1)) == ["duplicate"]


@pytest.mark.parametrize("name", ["From", "Sender", "Reply-To", "Return-Path"])
async def test_bytes_that_name_a_sender_are_one_letter_by_any_envelope(
    database: Database, name: str
) -> None:
    letter = f"{name}: a@b.ru\n{BARE}"
    assert await outcomes(database, came(V0, letter), came(V1, letter)) == ["created", "duplicate"]


async def test_a_message_id_says_which_letter_it_is(database: Database) -> None:
    letter = f"Message-ID: <1@b.ru>\n{DATED}"
    assert await outcomes(database, came(V0, letter), came(V1, letter)) == ["created", "duplicate"]


async def test_what_one_has_sent_and_was_erased_is_taken_of_another(database: Database) -> None:
    store = Store.of(database)
    key = await store.tombstones.made_key()
    gone = came(V0)
    raw = gone.mark.raw
    digests = digests_of_letter(key, gone.letter.mailbox, gone.letter.message, raw)
    await store.tombstones.for_letters(ObjectId(), digests)
    by_imap = came("", via="imap")
    assert await Erased(store).among([came(V0), came(V1), by_imap]) == {
        gone.letter.key,
        by_imap.letter.key,
    }


@pytest.mark.parametrize("letter", [*UNNAMED, f"Return-Path: <{V0}>\n{DATED}"])
async def test_two_receivers_take_copies_at_the_same_moment(
    database: Database, letter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One has looked, and not stored yet: the other's copy has to come again."""
    one, other = filing(database), filing(database)
    by_smtp = came(V0, letter.removeprefix(f"Return-Path: <{V0}>\n"))
    by_imap = came("", letter, via="imap")
    keep, refused = one._keeping.keep, []

    async def beaten(batch: Batch) -> None:
        try:
            await other.file([by_imap])
        except StoreUnavailable as error:
            refused.append(str(error))
        await keep(batch)

    monkeypatch.setattr(one._keeping, "keep", beaten)
    [first] = await one.file([by_smtp])
    [second] = await other.file([by_imap])
    assert (first.outcome, second.outcome) == ("created", "duplicate")
    assert refused == ["a copy of this letter is being stored"]
    assert await database.letters.count_documents({}) == 1
    assert await database.meta.count_documents({"_id": {"$regex": "^storing "}}) == 0


async def test_a_receiver_that_died_while_it_stored_holds_up_nobody_for_long(
    database: Database,
) -> None:
    letter = came(V0)
    left = {"_id": f"storing {letter.without_its_sender}", "owner": ObjectId()}
    now = await Store.of(database).dialogs.now()
    await database.meta.insert_one(left | {"until": now + HOUR})
    with pytest.raises(StoreUnavailable):
        await outcomes(database, letter)
    await database.meta.update_one({"_id": left["_id"]}, {"$set": {"until": now}})
    assert await outcomes(database, letter) == ["created"]
