"""A person's data by ``/v1``: shown, exported, erased."""

import asyncio
import zipfile
from contextlib import ExitStack
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest

from contract.bridge.report import BridgeReport
from receiver.access.grant import Grant
from receiver.bridges.bridges import Bridges
from receiver.errors import Problem
from receiver.store.mongo import Database
from receiver.web.v1.persons.survey_limit import OF_ALL, OF_ONE, SurveyLimit
from tests.receiver.api.given import SALES, SUPPORT, posted
from tests.receiver.api_client import Said, calling, make_token
from tests.servers import Service
from tests.webhook_client import Client


async def report_of_a_bridge(database: Database) -> None:
    """Let a bridge report its letters: one of his in each mailbox, and one of another's."""
    now = datetime.now(UTC)
    told = {"state": "failed", "came": now}
    letters = [
        told | {"id": "1", "mailbox": SUPPORT, "mail_from": "ivan@example.ru"},
        told | {"id": "2", "mailbox": SALES, "mail_from": "ivan@example.ru"},
        told | {"id": "3", "mailbox": SUPPORT, "mail_from": "olga@example.ru"},
    ]
    report = {"bridge": "bridge-1", "host": "mx", "version": "1", "started": now}
    await Bridges(database).take(BridgeReport.model_validate(report | {"letters": letters}), now)


@pytest.mark.parametrize("named", ["a@xn--80a1acny.xn--p1ai", "a@почта.рф"])
async def test_letters_at_bridges_are_told_however_a_mailbox_is_spelt(
    database: Database, named: str
) -> None:
    now = datetime.now(UTC)
    letter: dict[str, Any] = {"id": "1", "state": "failed", "came": now}
    letter |= {"mailbox": "A@Почта.рф", "mail_from": "i@a.ru"}
    report = {"bridge": "bridge-1", "host": "mx", "version": "1", "started": now}
    bridges = Bridges(database)
    await bridges.take(BridgeReport.model_validate(report | {"letters": [letter]}), now)
    found = await bridges.having([named], "i@a.ru", lambda _: False)
    assert found == [{"bridge": "mx", "id": "1", "state": "failed"}]
    assert await bridges.having(["a@почта.бел"], "i@a.ru", lambda _: False) == []


async def test_a_person_is_shown_exported_and_erased(
    client: Client, receiver: Service, database: Database
) -> None:
    first = await posted(client, 1, sender="ivan@example.ru", text="mine")
    await posted(client, 2, sender="olga@example.ru")
    await posted(client, 3, sender="ivan@example.ru", mailbox=SALES)
    token = await make_token(database, "erase raw read", SUPPORT)
    async with calling(receiver.env["RECEIVER_PORT"], token) as caller:

        async def asked(word: str, **body: Any) -> Said:
            return await caller.call("POST", f"/v1/persons/{word}", body)

        ivan = {"address": "Ivan@Example.ru"}
        said = (await asked("find", **ivan)).json
        assert [(each["letters"], each["dialogs"]) for each in said["items"]] == [(1, [first])]
        packed = await asked("export", **ivan)
        with zipfile.ZipFile(BytesIO(packed.content)) as archive:
            assert b"mine" in archive.read("letters.json")
        as_copied = await asked("find", address="Ivan <mailto:ivan@example.ru>,")
        assert as_copied.json == said
        assert (await asked("find", address=SUPPORT)).status == 409
        for none in ("ivan", "ivan@example.ru, a@a.ru"):
            wrong = await asked("find", address=none)
            assert wrong.status == 422
            assert [each["path"] for each in wrong.json["errors"]] == ["address"]
        assert (await asked("find", mailbox=SALES, **ivan)).status == 404
        erase = {**ivan, "reason": "asked", "preview": said["preview"]}
        await posted(client, 4, sender="ivan@example.ru", text="mine")
        assert (await asked("erase", **erase)).status == 409  # it is not what was shown any more
        erase["preview"] = (await asked("find", **ivan)).json["preview"]
        await report_of_a_bridge(database)
        done = await asked("erase", **erase)
        assert done.json["at_bridges"] == [{"bridge": "mx", "id": "1", "state": "failed"}]
        assert done.json["counts"][SUPPORT]["letters"] == 2
        assert "Ivan@Example.ru" in done.json["act"]
        assert (await caller.get(f"/v1/dialogs/{first}")).status == 410
        assert (await asked("export", **ivan)).status == 404
    assert await database.letters.count_documents({"mailbox": SALES}) == 1
    reader = await make_token(database, "erase read", SALES, name="of another mailbox")
    async with calling(receiver.env["RECEIVER_PORT"], reader) as caller:
        assert (await caller.get(f"/v1/dialogs/{first}")).status == 404
        assert (await caller.call("POST", "/v1/persons/export", ivan)).status == 403


async def test_who_asks_again_and_again_looks_twice_at_once(
    client: Client, receiver: Service, database: Database
) -> None:
    """Each survey reads all letters; another token has its own share meanwhile."""
    for number in range(3):
        await posted(client, number)
    port, asked = receiver.env["RECEIVER_PORT"], {"address": "ivan@example.ru"}
    tokens = [await make_token(database, "erase", SUPPORT) for _ in range(2)]
    async with calling(port, tokens[0]) as caller, calling(port, tokens[1]) as other:
        find = "/v1/persons/find"
        several = [caller.call("POST", find, asked) for _ in range(12)]
        *said, another = await asyncio.gather(*several, other.call("POST", find, asked))
        assert {each.status for each in said} == {200, 429}
        assert all(each.headers["Retry-After"] for each in said if each.status == 429)
        assert another.status == 200
        assert (await caller.call("POST", find, asked)).status == 200


def test_there_are_no_more_looks_than_the_memory_has_room_for() -> None:
    looks = SurveyLimit()
    with ExitStack() as going_on:
        for number in range(OF_ALL):
            going_on.enter_context(
                looks.one(Grant(str(number // OF_ONE), frozenset(), frozenset()))
            )
        for name, status in (("0", 429), ("other", 503)):
            with (
                pytest.raises(Problem) as refused,
                looks.one(Grant(name, frozenset(), frozenset())),
            ):
                pass
            assert refused.value.status == status
    with looks.one(Grant("other", frozenset(), frozenset())):
        pass
