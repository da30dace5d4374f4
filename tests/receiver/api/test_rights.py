"""Each right by itself, tried on every operation and every other route.

An operation's right is read from its description. Without it the answer is 403, whatever is asked
for; with it, one's own data is answered as described, and another mailbox's like something missing.
No answer reveals anything of another mailbox.
"""

import json
import re
from typing import Any

from receiver.access.grant import RIGHTS, Right
from receiver.store.mongo import Database
from receiver.web.access import REQUESTS
from tests.receiver.api.given import by_token
from tests.receiver.api.v1.test_v1_walls import OTHER, OWN, World, bodies, made, requests_of, told
from tests.receiver.api_client import Caller, Said, calling, make_token
from tests.servers import Service
from tests.webhook_client import Client, event

NEEDS_TWO = ("as=mbox", "/persons/export")  # `raw`, too
# What takes a token beside the operations: what it needs, and what is asked of a mailbox.
LINES = "application/x-ndjson"
DOORS: dict[str, tuple[Right, str]] = {
    "/webhook/email": ("post", "application/json"),
    "/webhook/known": ("read", LINES),
    "/webhook/stored": ("read", "application/json"),
}
SIGNED_ONLY = (
    ("GET", "/dialogs/{id}"), ("GET", "/dialogs/{id}/why"), ("POST", "/dialogs/{id}/undo"),
    ("PUT", "/webhook/blobs/{sha256}"), ("POST", "/webhook/alarms"), ("POST", "/webhook/bridge"),
    ("GET", "/webhook/email"),
)  # fmt: skip
PAGES = ("/", "/?mailbox=" + OTHER, "/d/{id}", "/d/{id}/why", f"/letters/{OTHER}/{{key}}/text")
OPEN = ("/docs", "/openapi.json", "/healthz", "/readyz", "/sign-in")


def needed(operation: Any) -> str:
    """Return the right that an operation's description names."""
    found = re.search(r"Needs the right `(\w+)`", operation["description"])
    assert found, operation
    return found[1]


def filled(path: str, world: World) -> str:
    """Return a path with the ids of a world."""
    return re.sub(r"{(\w+)}", lambda found: world.named[found[1]][-1], path)


async def asked(caller: Caller, path: str, mailbox: str) -> Said:
    """Ask a door about a mailbox."""
    _, media = DOORS[path]
    said: dict[str, Any] = json.loads(event(mailbox=mailbox, message_id="of-a-right@example.ru"))
    if path == "/webhook/stored":
        said = {"mailbox": mailbox, "folder": "INBOX"}
        said |= {"since": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z"}
    elif path == "/webhook/known":
        said |= {"id": "1"}
    return await caller.call("POST", path, said, Content_Type=media)


async def operations_answer(
    caller: Caller, right: Right, document: Any, own: World, other: World
) -> None:
    """Ask for everything that the description allows, with one right of one mailbox."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            part = {"paths": {path: {method: operation}}}
            for world in (other, own):
                for verb, place, body in requests_of(part, world, world, world):
                    said = await caller.call(verb, place, body)
                    where = (right, verb, place, body, said.status, said.content)
                    assert str(said.status) in operation["responses"], where
                    if world is other:
                        answer = told(said).replace(place, "").replace(path, "")
                        assert [each for each in other.secrets if each in answer] == [], where
                    if right != needed(operation):
                        assert said.status == 403, where
                        break
                    if any(each in place for each in NEEDS_TWO):
                        assert said.status == (403 if world is own else said.status), where
                        continue
                    named = "{" in path or f"mailbox={OTHER}" in place
                    assert said.status == 404 or world is own or not named, where
                    assert said.status != 403, where


async def doors_answer(caller: Caller, right: Right, own: World, other: World) -> None:
    """Ask at the doors beside the API."""
    for path, (needs, _) in DOORS.items():
        mine, theirs = await asked(caller, path, OWN), await asked(caller, path, OTHER)
        assert theirs.status == (404 if right == needs else 403), (path, theirs.content)
        assert (mine.status in (200, 201)) == (right == needs), (path, mine.content)
        assert "RateLimit" in mine.headers
        assert OTHER not in told(theirs)
    for verb, path in SIGNED_ONLY:
        said = await caller.call(verb, filled(path, own), {} if verb == "POST" else None)
        assert said.status == 401, (verb, path, said.status)
    for path in PAGES:  # they are for people who have signed in
        assert (await caller.get(filled(path, other))).status == 303, path
    for path in OPEN:
        assert [each for each in other.secrets if each in told(await caller.get(path))] == []


async def test_a_right_opens_its_own_operations_in_its_own_mailbox(
    receiver: Service, database: Database, client: Client
) -> None:
    port = receiver.env["RECEIVER_PORT"]
    every = await make_token(database, " ".join(RIGHTS))
    async with calling(port, every) as everything:
        own = await made(client, everything, OWN, "ours")
        other = await made(client, everything, OTHER, "theirs")
        document = by_token((await everything.get("/openapi.json")).json)
    kept = await database.dialogs.find({"mailbox": OTHER}).to_list(None)
    hooks = await database.hooks.count_documents({"mailboxes": OTHER})
    for right in RIGHTS:
        async with calling(port, await make_token(database, right, OWN)) as caller:
            await operations_answer(caller, right, document, own, other)
            await doors_answer(caller, right, own, other)
    assert await database.dialogs.find({"mailbox": OTHER}).to_list(None) == kept
    assert await database.hooks.count_documents({"mailboxes": OTHER}) == hooks


async def test_what_is_named_in_a_body_must_be_one_s_own_too(
    receiver: Service, database: Database, client: Client
) -> None:
    port = receiver.env["RECEIVER_PORT"]
    async with calling(port, await make_token(database, " ".join(RIGHTS))) as everything:
        own = await made(client, everything, OWN, "ours")
        other = await made(client, everything, OTHER, "theirs")
    token = await make_token(database, "correct erase admin", OWN)
    async with calling(port, token) as caller:
        for name in ("split", "merge", "move", "undo"):
            for body in bodies(name, other):
                path = f"/v1/dialogs/{own.named['id'][2]}/{name}"
                said = await caller.call("POST", path, body | {"who": "x"})
                assert said.status in (404, 409), (name, body, said.status)
        for mailboxes in ([OTHER], [OWN, OTHER], ["*"]):
            hook = {"url": "http://127.0.0.1:1/x", "mailboxes": mailboxes}
            assert (await caller.call("POST", "/v1/hooks", hook)).status == 404
        # An address that is a mailbox of others is one as any: nobody learns that it is there.
        answers = {
            (said.status, said.content.replace(address.encode(), b""))
            for address in (OTHER, "nobody@yandex.ru")
            for said in [await caller.call("POST", "/v1/persons/find", {"address": address})]
        }
        assert len({status for status, _ in answers}) == 1
        assert b"0" in answers.pop()[1]
        assert (await caller.call("POST", "/v1/persons/find", {"address": OWN})).status == 409


async def test_the_numbers_of_all_mailboxes_are_not_passed_by_a_proxy(receiver: Service) -> None:
    async with calling(receiver.env["RECEIVER_PORT"], None) as caller:
        assert (await caller.get("/metrics")).status == 200
        assert (await caller.get("/metrics", X_Forwarded_For="192.0.2.7")).status == 404


async def test_every_path_counts_what_a_token_asks(receiver: Service, database: Database) -> None:
    async with calling(receiver.env["RECEIVER_PORT"], await make_token(database, "post")) as caller:
        left = []
        for method, path in (("GET", "/v1/mailboxes"), ("POST", "/webhook/email")) * 2:
            said = await caller.call(method, path, {} if method == "POST" else None)
            left.append(int(said.headers["RateLimit"].partition("r=")[2].partition(";")[0]))
        assert left[0] == REQUESTS - 1
        assert left[-1] < left[0]
