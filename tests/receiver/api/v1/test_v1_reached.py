"""Each operation of the description can be reached, and answers in the shape that is described."""

import time
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from contract.signature import parse_keys, sign
from receiver.store.mongo import Database
from tests.receiver.api.given import by_token
from tests.receiver.api.v1.test_v1_walls import OWN, made, requests_of
from tests.receiver.api_client import Caller, Said, calling, make_token
from tests.servers import SECRET, Service
from tests.webhook_client import Client, event

LAST = ("remove_hook", "person_erase")  # after these the others would find less


def operations_in(document: Any) -> list[tuple[str, dict[str, Any]]]:
    """Return each operation with the part of the document that describes it alone."""
    found = [
        (one["operationId"], {path: {method: one}})
        for path, methods in document["paths"].items()
        for method, one in methods.items()
    ]
    return sorted(found, key=lambda each: LAST.index(each[0]) if each[0] in LAST else -1)


def wrong_with(document: Any, described: Any, said: Said) -> list[str]:
    """Return where an answer is not of the shape that is described for its status."""
    answer = described["responses"][str(said.status)]
    schema = answer.get("content", {}).get("application/json", {}).get("schema")
    if schema is None:
        return []
    whole = {**schema, "components": document["components"]}
    return [each.message for each in Draft202012Validator(whole).iter_errors(said.json)]


TOLD_BY_HEADER = {
    *("ETag", "Link", "Location", "Content-Range", "Retry-After", "WWW-Authenticate"),
    *("RateLimit", "RateLimit-Policy", "Content-Disposition"),
}


def undescribed(described: Any, said: Said) -> set[str]:
    """Return what an answer says in its header, and the description does not."""
    known = set(described["responses"][str(said.status)].get("headers", {}))
    return {name for name in TOLD_BY_HEADER if name in said.headers} - known


async def as_it_is_now(caller: Caller, operation: str, path: str, body: Any) -> tuple[str, Any]:
    """Return a path and a body that fit the dialogs as changed by the previous calls."""
    if operation == "person_erase":
        asked = {"address": body["address"]}
        found = await caller.call("POST", "/v1/persons/find", asked)
        return path, body | {"preview": found.json["preview"]}
    if operation == "move":
        one, other, *_ = (each["id"] for each in (await caller.get("/v1/dialogs")).json["items"])
        whole = (await caller.get(f"/v1/dialogs/{one}")).json
        letter = whole["messages"][0]["key"]
        return f"/v1/dialogs/{one}/move", {"message": letter, "to": other}
    return path, body


async def test_each_operation_is_reached_and_answers_as_described(
    receiver: Service, database: Database, client: Client
) -> None:
    rights = "read raw post correct erase admin"
    port = receiver.env["RECEIVER_PORT"]
    async with calling(port, await make_token(database, rights, OWN)) as caller:
        world = await made(client, caller, OWN, "ours")
        document = by_token((await caller.get("/openapi.json")).json)
        missed = {}
        for name, paths in operations_in(document):
            [methods] = paths.values()
            [described] = methods.values()
            statuses = []
            for method, asked, given in requests_of({"paths": paths}, world, world, world):
                path, body = await as_it_is_now(caller, name, asked, given)
                said = await caller.call(method, path, body)
                statuses.append(said.status)
                assert str(said.status) in described["responses"], (name, path, said.status)
                assert undescribed(described, said) == set(), (name, path, said.status)
                if 200 <= said.status < 300:
                    assert wrong_with(document, described, said) == [], (name, path)
                    break
            else:
                missed[name] = statuses
        assert missed == {}
        later = event(mailbox=OWN, sender="zoe@a.ru", message_id="later@a.ru")
        await client.post(later, event_id="later")
        one = (await caller.get("/v1/dialogs?limit=1")).json["items"][0]["id"]
        path, described = f"/v1/dialogs/{one}", document["paths"]["/v1/dialogs/{id}"]["get"]
        tag = (await caller.get(path)).headers["ETag"]
        for fields, status in (({"If_None_Match": tag}, 304), ({"If_Match": '"x"'}, 412)):
            said = await caller.get(path, **fields)
            assert (said.status, undescribed(described, said)) == (status, set())


async def test_what_is_signed_is_reached_and_answers_as_described(
    receiver: Service, client: Client
) -> None:
    """These are the signed paths outside ``/v1``, described with the others."""
    async with calling(receiver.env["RECEIVER_PORT"], None) as caller:
        document = (await caller.get("/openapi.json")).json
    status, first = await client.post(event())
    other = event(message_id="2@a.ru", sender="petr@a.ru")
    said: list[tuple[str, str, int, Any]] = [("post", "/webhook/email", status, first)]
    status, second = await client.post(other, event_id="event-2")
    one, two = f"/dialogs/{first['dialog']}", second["dialog"]
    for method, rest, body in (
        ("get", "", None),
        ("get", "/why", None),
        ("post", "/merge", {"with": two, "who": "anna"}),
        ("post", "/undo", {"who": "anna"}),
        ("post", "/merge", {"with": two, "who": "anna"}),
        ("post", "/split", {"messages": [second["letter"]], "who": "anna"}),
    ):
        status, answer = await client.call(method.upper(), one + rest, body)
        said.append((method, f"/dialogs/{{id}}{rest}", status, answer))
    into = said[-1][3]["dialog"]
    body = {"message": second["letter"], "to": first["dialog"], "who": "anna"}
    status, answer = await client.call("POST", f"/dialogs/{into}/move", body)
    said.append(("post", "/dialogs/{id}/move", status, answer))
    said.append(("put", "/webhook/blobs/{sha256}", await client.put(b"a file"), None))
    headers = sign(parse_keys(SECRET), "check-1", int(time.time()), b"")
    async with client.session.get(f"{client.base}/webhook/email", headers=headers) as got:
        said.append(("get", "/webhook/email", got.status, None))
    for method, path, status, answer in said:
        described = document["paths"][path][method]
        assert status in (200, 201, 204), (path, status, answer)
        wrong = wrong_with(document, described, Said(status, {}, b"", answer))
        assert wrong == [], (path, wrong)
    signed = {
        (method, path)
        for path, methods in document["paths"].items()
        for method, described in methods.items()
        if "security" in described
    }
    assert {(method, path) for method, path, _, _ in said} == signed
