"""The owner of a token for one mailbox sees nothing of another, by any path, parameter or cursor.

Every operation of the description is called with three tokens, with the ids, keys, digests and
cursors of both mailboxes. Nothing of the other mailbox may be in any answer, and what exists there
must be answered like what does not.
"""

import asyncio
import hashlib
import itertools
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from bson import ObjectId
from motor.motor_asyncio import AsyncIOMotorClient

from receiver.access.grant import Grant
from receiver.errors import Problem
from receiver.listing.queries import Queries
from receiver.store.dialogs import Dialogs
from receiver.store.mongo import Database
from receiver.web.v1.found import DialogsFound
from tests.receiver.api.given import by_token
from tests.receiver.api.test_listeners import Counted
from tests.receiver.api_client import Caller, Said, calling, make_token
from tests.receiver.written import corrections, file, filing, written
from tests.servers import Service
from tests.webhook_client import Client, event

OWN, OTHER = "support@yandex.ru", "sales@yandex.ru"
NOWHERE = {"id": "0" * 24, "key": "1" * 64, "sha256": "2" * 64, "hook": "3" * 24}


@dataclass
class World:
    """What there is in one mailbox, by the name of the path's parameter."""

    mailbox: str
    mark: str
    named: dict[str, list[str]] = field(default_factory=dict)
    cursors: list[str] = field(default_factory=list)
    states: list[str] = field(default_factory=list)

    @property
    def secrets(self) -> list[str]:
        """Data that nobody else may learn."""
        return [self.mark, self.mailbox, *itertools.chain(*self.named.values())]


async def made(client: Client, caller: Caller, mailbox: str, mark: str) -> World:
    """Fill a mailbox: files, originals, a merged dialog, a split one, several pages."""
    world = World(mailbox, mark)
    content = f"a file of {mark}".encode()
    originals = [f"Subject: {mark} {number}\r\n\r\n{mark}".encode() for number in range(4)]
    for each in (content, *originals):
        await client.put(each)
    file_digest, *raw_digests = (hashlib.sha256(each).hexdigest() for each in (content, *originals))
    file = {"filename": f"{mark}.txt", "content_type": "text/plain", "size": len(content)}
    dialogs = []
    for number in range(len(originals)):
        _, answer = await client.post(
            event(
                mailbox=mailbox,
                message_id=f"{number}@{mark}.ru",
                subject=f"{mark} {number}",
                text=mark,
                html=f"<p>{mark}",
                headers=[["Subject", mark]],
                sender=f"{mark}@example.ru",
                attachments=[file | {"sha256": file_digest}],
                raw={"sha256": raw_digests[number], "size": len(originals[number])},
            )
        )
        dialogs.append(answer["dialog"])
    await caller.call("POST", f"/v1/dialogs/{dialogs[0]}/merge", {"with": dialogs[1]})
    page = await caller.get(f"/v1/dialogs?mailbox={mailbox}&limit=1")
    world.cursors = [page.json["next"]]
    world.states = [(await caller.get(f"/v1/changes?mailbox={mailbox}")).json["state"]]
    whole = await caller.get(f"/v1/dialogs/{dialogs[0]}")
    keys = [each["key"] for each in whole.json["messages"]]
    hook = {"url": f"http://127.0.0.1:1/{mark}", "mailboxes": [mailbox]}
    made = (await caller.call("POST", "/v1/hooks", hook)).json["id"]
    digests = [file_digest, *raw_digests]
    world.named = {"id": dialogs, "key": keys, "sha256": digests, "hook": [made]}
    return world


@pytest.fixture
async def everything(receiver: Service, database: Database) -> AsyncIterator[Caller]:
    """A caller who may do all."""
    token = await make_token(database, "read raw post correct erase admin")
    async with calling(receiver.env["RECEIVER_PORT"], token) as found:
        yield found


def bodies(operation: str, world: World) -> list[Any]:
    ids, keys = world.named["id"], world.named["key"]
    found: dict[str, list[Any]] = {
        "split": [{"messages": keys[:1]}],
        "merge": [{"with": ids[2]}],
        "move": [{"message": keys[0], "to": ids[2]}],
        "undo": [{}, {"message": keys[0]}],
        "person": [{"address": f"{world.mark}@example.ru"}],
        "person_export": [{"address": f"{world.mark}@example.ru", "mailbox": world.mailbox}],
        "person_erase": [
            {"address": f"{world.mark}@example.ru", "reason": "x", "preview": "y"},
            {"address": world.mailbox, "mailbox": world.mailbox, "reason": "x", "preview": "y"},
        ],
        "make_hook": [{"url": "http://127.0.0.1:1/x", "mailboxes": [world.mailbox]}],
    }
    return found.get(operation, [None])


def requests_of(document: Any, path_of: World, query_of: World, body_of: World) -> Any:
    """Yield every request: ids of one world, parameters of another, bodies of a third."""
    for path, methods in document["paths"].items():
        names = re.findall(r"{(\w+)}", path)
        for method, operation in methods.items():
            known = {each["name"] for each in operation["parameters"] if each["in"] == "query"}
            queries = [""]
            if "mailbox" in known:
                queries = [f"?mailbox={query_of.mailbox}"]
            if "cursor" in known:
                queries += [f"{queries[0]}&cursor={each}" for each in query_of.cursors]
            if operation["operationId"] in ("changes", "stream"):
                queries += [f"{queries[0]}&since={each}" for each in query_of.states]
                queries += [f"?since={each}" for each in query_of.states]
            if "q" in known:
                found = [f"&mailbox={query_of.mailbox}", "", f"&cursor=9-{'a' * 24}"]
                queries = [f"?q={query_of.mark}{each}" for each in found]
            if "as" in known:
                queries = ["?as=json", "?as=mbox"]
            for values in itertools.product(*(path_of.named[name] for name in names)):
                filled = path
                for name, value in zip(names, values, strict=True):
                    filled = filled.replace(f"{{{name}}}", value)
                for query in queries:
                    for body in bodies(operation["operationId"], body_of):
                        yield method.upper(), filled + query, body


def told(said: Said) -> str:
    return said.content.decode(errors="replace") + json.dumps(dict(said.headers))


async def test_nothing_of_another_mailbox_is_told(
    receiver: Service, database: Database, client: Client, everything: Caller
) -> None:
    own = await made(client, everything, OWN, "ours")
    other = await made(client, everything, OTHER, "theirs")
    document = by_token((await everything.get("/openapi.json")).json)
    rights = {
        "reader": "read",
        "reader of originals": "read raw",
        "corrector": "read raw post correct erase admin",
    }
    before = await database.dialogs.find({"mailbox": OTHER}).to_list(None)
    port = receiver.env["RECEIVER_PORT"]
    for name, each in rights.items():
        token = await make_token(database, each, OWN, name=name)
        async with calling(port, token) as caller:
            worlds = itertools.product((own, other), repeat=3)
            called = set()
            for path_of, query_of, body_of in worlds:
                if path_of is query_of is body_of is own:
                    continue
                if name == "corrector" and path_of is own:
                    continue  # it may change its own; what it names of others is tried below
                for method, path, body in requests_of(document, path_of, query_of, body_of):
                    if (asked := f"{method} {path} {body}") in called:
                        continue
                    called.add(asked)
                    said = await caller.call(method, path, body)
                    assert said.status != 429  # which would hide what would have been told
                    answer = told(said).replace(path, "").replace(path.partition("?")[0], "")
                    for secret in other.secrets:
                        assert secret not in answer, (name, method, path, body)
    token = await make_token(database, "correct", OWN)
    async with calling(port, token) as caller:
        for body in ({"with": other.named["id"][2]}, {"with": NOWHERE["id"]}):
            said = await caller.call("POST", f"/v1/dialogs/{own.named['id'][2]}/merge", body)
            assert (said.status, said.json["detail"]) == (404, "there is no such dialog")
    assert await database.dialogs.find({"mailbox": OTHER}).to_list(None) == before


async def test_what_is_another_s_is_answered_as_what_is_not_there(
    receiver: Service, database: Database, client: Client, everything: Caller
) -> None:
    await made(client, everything, OWN, "ours")
    other = await made(client, everything, OTHER, "theirs")
    document = by_token((await everything.get("/openapi.json")).json)
    nowhere = World(OWN, "", {name: [value] for name, value in NOWHERE.items()})
    token = await make_token(database, "read raw correct", OWN)
    async with calling(receiver.env["RECEIVER_PORT"], token) as caller:

        async def answers(world: World) -> dict[str, set[tuple[int, bytes]]]:
            found: dict[str, set[tuple[int, bytes]]] = {}
            for method, path, _ in requests_of(document, world, nowhere, other):
                if "{" in path or not any(
                    each in path for each in itertools.chain(*world.named.values())
                ):
                    continue
                shape = re.sub(r"[0-9a-f]{24,}", "x", path)
                said = await caller.call(method, path, {} if method == "POST" else None)
                found.setdefault(f"{method} {shape}", set()).add((said.status, said.content))
            return found

        assert await answers(other) == await answers(nowhere)


async def test_a_token_of_one_mailbox_need_not_name_it(
    receiver: Service, database: Database, client: Client, everything: Caller
) -> None:
    own = await made(client, everything, OWN, "ours")
    await made(client, everything, OTHER, "theirs")
    token = await make_token(database, "read", OWN)
    async with calling(receiver.env["RECEIVER_PORT"], token) as caller:
        said = await caller.get("/v1/dialogs")
        assert {each["id"] for each in said.json["items"]} == {*own.named["id"]} - {
            own.named["id"][1]
        }
        raw = own.named["sha256"][1]
        assert (await caller.get(f"/v1/blobs/{raw}")).status == 404  # it has not the right `raw`
        assert [each["mailbox"] for each in (await caller.get("/v1/mailboxes")).json["items"]] == [
            OWN
        ]


async def test_two_tokens_in_one_request_are_refused(receiver: Service, database: Database) -> None:
    token = await make_token(database, "read", OWN)
    port = int(receiver.env["RECEIVER_PORT"])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    lines = ["GET /v1/dialogs HTTP/1.1", "Host: x", "Connection: close"]
    lines += [f"Authorization: Bearer {token}", "Authorization: Bearer el_another"]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    answer = (await reader.read()).decode()
    writer.close()
    await writer.wait_closed()
    assert answer.startswith("HTTP/1.1 400 ")
    assert "there are several Authorization headers: send one" in answer


async def test_an_id_elsewhere_and_an_id_of_nowhere_are_told_by_the_same_work(
    database: Database, mongo_uri: str
) -> None:
    """Otherwise the response time would reveal that another mailbox has such a dialog."""
    theirs = {name: ObjectId() for name in ("whole", "merged", "erased", "letter")}
    [answer] = await file(filing(database), written("1", mailbox=OTHER))
    kept = await database.letters.find_one({"key": written("1", mailbox=OTHER).key})
    assert kept
    theirs |= {"whole": ObjectId(answer.dialog), "letter": kept["_id"]}
    for name, into in (("merged", theirs["whole"]), ("erased", None)):
        said = {"_id": theirs[name], "mailbox": OTHER, "into": into, "revision": 1}
        await database.redirects.insert_one(said)
    counted = Counted()
    client: AsyncIOMotorClient[Any] = AsyncIOMotorClient(
        mongo_uri, tz_aware=True, event_listeners=[counted]
    )
    watched = client[database.name]
    found = DialogsFound(corrections(watched), Dialogs(watched), Queries(watched))
    grant = Grant("a program", frozenset(["read"]), frozenset([OWN]))
    await watched.dialogs.find_one({})  # and so there is a connection
    asked = []
    for one in (ObjectId(), *theirs.values()):
        counted.counts.clear()
        with pytest.raises(Problem) as refused:
            await found.dialog(grant, str(one))
        asked.append((refused.value.status, refused.value.detail, dict(counted.counts)))
    assert asked == [asked[0]] * len(asked)
    assert asked[0][0] == 404
    whole = Grant("a program", frozenset(["read"]), frozenset([OTHER]))
    assert (await found.dialog(whole, str(theirs["merged"]))).id == theirs["whole"]
    assert (await found.dialog(whole, str(theirs["letter"]))).id == theirs["whole"]
    client.close()
