"""The description of ``/v1`` and the server are one: OpenAPI, the page, and what is answered."""

import re
from html import unescape
from typing import Any

import pytest
from openapi_spec_validator import validate

from contract.keyring import Keyring
from receiver.app import build
from receiver.errors import MEANINGS, NAMES, Problem
from receiver.settings import ReceiverSettings
from receiver.store.mongo import Database
from receiver.wiring import ReceiverParts
from tests.receiver.api.given import by_token
from tests.receiver.api_client import calling, make_token
from tests.servers import SECRET, Service


async def described(receiver: Service) -> dict[str, Any]:
    async with calling(receiver.env["RECEIVER_PORT"], None) as caller:
        return dict((await caller.get("/openapi.json")).json)


async def test_openapi_is_valid(receiver: Service) -> None:
    document = await described(receiver)
    assert document["openapi"] == "3.1.1"
    validate(document)


async def test_what_is_described_is_what_is_served(receiver: Service, database: Database) -> None:
    settings = ReceiverSettings(webhook_secrets=SECRET, mongo_database="never_used")
    app = build(ReceiverParts.of(settings, Keyring(settings), database))
    served = {
        (each.method, each.resource.canonical)
        for each in app.router.routes()
        if each.resource and each.method != "HEAD"
    }
    document = await described(receiver)
    told = {
        (method.upper(), path) for path, methods in document["paths"].items() for method in methods
    }
    left_out = document["x-left-out"]
    assert {each for each in served if each[1] not in left_out} == told
    assert left_out.keys() <= {path for _, path in served}


async def test_a_method_that_a_path_does_not_take_is_answered_as_described(
    receiver: Service,
) -> None:
    document = await described(receiver)
    assert "HEAD" in document["info"]["description"]
    async with calling(receiver.env["RECEIVER_PORT"], None) as caller:
        for path, methods in document["paths"].items():
            said = await caller.call("PATCH", re.sub("{[^}]+}", "0" * 24, path))
            takes = {each.upper() for each in methods} | ({"HEAD"} if "get" in methods else set())
            assert (said.status, set(said.headers["Allow"].split(", "))) == (405, takes), path
            for one in methods.values():
                assert "Allow" in one["responses"]["405"]["headers"], path


async def test_what_is_too_long_is_answered_as_described(
    receiver: Service, database: Database
) -> None:
    token = await make_token(database)
    paths = (await described(receiver))["paths"]
    async with calling(receiver.env["RECEIVER_PORT"], token) as caller:
        for name, most in (("user", 414), ("mailbox", 422)):
            wide = "%F0%9F%93%A7" * (900 if most == 414 else 321)
            said = await caller.get(f"/v1/dialogs?{name}={wide}")
            assert said.status == most
            assert str(most) in paths["/v1/dialogs"]["get"]["responses"]
        said = await caller.get("/v1/stream", Last_Event_ID="x" * 9000)
        assert said.status == 431
        assert "431" in paths["/v1/stream"]["get"]["responses"]


async def test_the_page_names_everything_and_needs_nothing_else(receiver: Service) -> None:
    document = await described(receiver)
    async with calling(receiver.env["RECEIVER_PORT"], None) as caller:
        said = await caller.get("/docs")
    page = said.content.decode()
    for methods in document["paths"].values():
        for one in methods.values():
            assert f"id={one['operationId']}>" in page
    anchors = set(re.findall(r"href=#([\w-]+)", page))
    assert {each for each in anchors if f"id={each}" not in page} == set()
    assert not re.search(r"<script|<link|<img|src=|https?://|style=", page)
    assert "default-src 'none'" in said.headers["Content-Security-Policy"]


async def test_each_problem_leads_to_its_explanation(receiver: Service) -> None:
    async with calling(receiver.env["RECEIVER_PORT"], None) as caller:
        page = (await caller.get("/docs")).content.decode()
    assert NAMES.keys() == MEANINGS.keys()
    for status in NAMES:
        said = [Problem(status, words).body() for words in ("this time", "another time")]
        assert {each["detail"] for each in said} == {"this time", "another time"}
        [(kind, title)] = {(str(each["type"]), str(each["title"])) for each in said}
        assert kind.startswith("/docs#")
        row = page.partition(f"<tr id={kind.partition('#')[2]}>")[2].partition("\n")[0]
        assert title.split("`")[0] in unescape(row), row
    assert Problem(417, "x").body()["title"] == "Expectation Failed"


@pytest.mark.parametrize("path", ["/openapi.json", "/docs"])
async def test_the_description_needs_no_token(receiver: Service, path: str) -> None:
    async with calling(receiver.env["RECEIVER_PORT"], None) as caller:
        assert (await caller.get(path)).status == 200


async def test_every_operation_says_no_without_its_right(
    receiver: Service, database: Database
) -> None:
    document = await described(receiver)
    token = await make_token(database, "post")
    async with calling(receiver.env["RECEIVER_PORT"], token) as caller:
        for path, methods in by_token(document)["paths"].items():
            for method in methods:
                said = await caller.call(method.upper(), re.sub(r"{\w+}", "0" * 24, path))
                assert said.status == 403, path
