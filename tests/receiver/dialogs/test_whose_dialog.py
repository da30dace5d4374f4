"""Letters POSTed to a real receiver: whose dialog each lands in, and what the API says of it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from receiver.store.mongo import Database
from tests import servers
from tests.receiver.conftest import DATABASE
from tests.webhook_client import Client, connected, event

SALES = "sales@yandex.ru"
SUPPORT = "support@yandex.ru"
OLGA = {"address": "olga@example.ru"}
IVAN = {"address": "ivan@example.ru"}


def written(number: int, **fields: Any) -> bytes:
    """Return Ivan's letter number so and so, a minute after the one before, or as named."""
    ordinary = {
        "message_id": f"{number}@example.ru",
        "date": f"2026-11-23T10:{number:02}:00Z",
        "received_at": "2026-11-23T12:00:00Z",
        "text": str(number),
    }
    return event(**(ordinary | fields))


async def posted(client: Client, number: int, **fields: Any) -> dict[str, Any]:
    status, answer = await client.post(written(number, **fields), event_id=f"event-{number}")
    assert status == (201 if answer["outcome"] == "created" else 200)
    return answer


async def told(client: Client, dialog: str) -> tuple[list[str], list[str]]:
    """Return the texts of a dialog's letters, and why each is there."""
    _, found = await client.call("GET", f"/dialogs/{dialog}")
    _, why = await client.call("GET", f"/dialogs/{dialog}/why")
    texts = [message["body"] for message in found["messages"]]
    return texts, [message["why"] for message in why["messages"]]


async def test_a_stranger_whom_the_user_puts_in_cc_later_is_let_in(client: Client) -> None:
    host = (await posted(client, 1))["dialog"]
    guest = await posted(client, 2, sender="olga@example.ru", in_reply_to=["1@example.ru"])
    assert (guest["outcome"], guest["related"]) == ("created", [host])
    answer = await posted(client, 3, in_reply_to=["1@example.ru"], cc=[OLGA])
    assert answer["dialog"] == host
    moved = await client.call("GET", f"/dialogs/{guest['dialog']}")
    assert moved == (308, {"location": f"/dialogs/{host}"})
    texts, reasons = await told(client, host)
    assert texts == ["1", "2", "3"]
    assert reasons[1] == "its In-Reply-To names <1@example.ru>, which belongs to this dialog"


async def test_a_stranger_whom_nobody_brings_in_stays_outside(client: Client) -> None:
    host = (await posted(client, 1))["dialog"]
    stranger = {"sender": "mallory@example.ru", "in_reply_to": ["1@example.ru"]}
    guest = (await posted(client, 2, cc=[IVAN], **stranger))["dialog"]
    await posted(client, 3, in_reply_to=["1@example.ru"], cc=[OLGA])
    assert await told(client, guest) == (
        ["2"],
        [
            f"it names <1@example.ru> of dialog {host}, where its sender had been neither From,"
            " To nor Cc, so the two are only linked; so it opened a dialog of its own"
        ],
    )
    assert (await told(client, host))[0] == ["1", "3"]


async def test_two_mailboxes_that_get_one_letter_answer_it_apart(client: Client) -> None:
    dialogs = {
        mailbox: (await posted(client, 1, mailbox=mailbox))["dialog"]
        for mailbox in (SUPPORT, SALES)
    }
    ours = {"direction": "out", "sender": SUPPORT, "to": [IVAN], "in_reply_to": ["1@example.ru"]}
    assert (await posted(client, 2, **ours))["dialog"] == dialogs[SUPPORT]
    await posted(client, 3, in_reply_to=["2@example.ru"], references=["1@example.ru"])
    assert (await told(client, dialogs[SUPPORT]))[0] == ["1", "2", "3"]
    assert (await told(client, dialogs[SALES]))[0] == ["1"]


async def test_a_message_id_that_two_people_use_is_two_dialogs_and_no_duplicate(
    client: Client,
) -> None:
    mallory = {"sender": "mallory@example.ru", "message_id": "1@example.ru"}
    first, second = await posted(client, 1), await posted(client, 2, **mallory)
    assert [first["outcome"], second["outcome"]] == ["created", "created"]
    answer = await posted(client, 3, in_reply_to=["1@example.ru"])
    assert answer["dialog"] == first["dialog"]
    for again, fields, dialog in ((1, {}, first), (2, mallory, second)):
        repeated = await posted(client, again, **fields)
        assert (repeated["outcome"], repeated["dialog"]) == ("duplicate", dialog["dialog"])


async def test_letters_that_differ_in_nothing_but_their_id_are_both_kept(client: Client) -> None:
    same = {"text": "Спасибо!", "date": "2026-11-23T10:00:00Z"}
    outcomes = [(await posted(client, number, **same))["outcome"] for number in (1, 2)]
    assert outcomes == ["created", "created"]


@pytest.mark.parametrize("none", [None, "yes", "<yes>"])
async def test_letters_without_an_id_or_with_a_bogus_one_stop_nothing(
    client: Client, none: str | None
) -> None:
    outcomes = [(await posted(client, number, message_id=none))["outcome"] for number in (1, 2)]
    assert outcomes == ["created", "created"]
    assert (await posted(client, 2, message_id=none))["outcome"] == "duplicate"
    assert (await posted(client, 3))["outcome"] == "created"


async def test_an_automatic_answer_is_kept_in_its_dialog_and_says_what_it_is(
    client: Client,
) -> None:
    dialog = (await posted(client, 1))["dialog"]
    absent = {"kind": "auto-reply", "subject": "Я в отпуске", "in_reply_to": ["1@example.ru"]}
    assert (await posted(client, 2, **absent))["dialog"] == dialog
    _, found = await client.call("GET", f"/dialogs/{dialog}")
    assert [each["kind"] for each in found["messages"]] == ["letter", "auto-reply"]
    assert not any(each["subject_changed"] for each in found["messages"])


async def test_why_tells_of_every_rung_in_words(client: Client) -> None:
    sent = {"direction": "out", "sender": SUPPORT, "to": [IVAN]}
    dialog = (await posted(client, 2, in_reply_to=["1@example.ru"]))["dialog"]
    await posted(client, 1)
    await posted(client, 3, in_reply_to=["2@example.ru"], **sent)
    await posted(client, 4, references=["1@example.ru", "unseen@example.ru"], subject="Счёт")
    bounce = {
        "message_id": "3@example.ru",
        "failures": [{"recipient": "ivan@example.ru", "status": "5.1.1"}],
    }
    returned = {"kind": "bounce", "bounce": bounce, "sender": "mailer-daemon@example.ru"}
    await posted(client, 5, subject="Undelivered Mail", **returned)
    await posted(client, 6, in_reply_to=["lost@example.ru"], subject="Отв: Где мой заказ?")
    assert await told(client, dialog) == (
        ["1", "2", "3", "4", "5", "6"],
        [
            "it opened the dialog: it names no letter that is here",
            "its In-Reply-To names <1@example.ru>, which belongs to this dialog",
            "its In-Reply-To names <2@example.ru>, which belongs to this dialog",
            "its References name <1@example.ru>, which belongs to this dialog; its subject is"
            " another than the dialog's",
            "it is a bounce, and returns the letter <3@example.ru> of this dialog",
            "no id that it names was known, but it says that it is a reply, and this was the only"
            " dialog of its user with the subject “где мой заказ?” touched within 30 days",
        ],
    )


@pytest.fixture
async def another(database: Database, mongo_uri: str, tmp_path: Path) -> AsyncIterator[Client]:
    """A client of a second receiver on the same database."""
    service = servers.receiver(tmp_path, mongo_uri, DATABASE)
    with servers.running(service):
        async with connected(service.env["RECEIVER_PORT"]) as found:
            yield found


async def test_letters_that_several_workers_deliver_at_once_are_stored_once(
    client: Client, another: Client, database: Database
) -> None:
    answers = {number: {"in_reply_to": [f"{number - 1}@example.ru"]} for number in range(1, 9)}
    both = [posted(one, n, **answers[n]) for n in answers for one in (client, another)]
    outcomes = [answer["outcome"] for answer in await asyncio.gather(*both)]
    assert outcomes.count("duplicate") == len(answers)
    [dialog] = await database.dialogs.find().to_list(None)
    assert [each["body"] for each in dialog["messages"]] == [str(number) for number in answers]
