"""``/openapi.json`` (OpenAPI 3.1.1): the table of operations and the models, as one document."""

import json
import re
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from contract import __version__
from receiver.access.grant import SERVICE
from receiver.errors import MEANINGS
from receiver.filing.corrections import IDEMPOTENCY_KEY
from receiver.web.v1.described.beside import LEFT_OUT, beside
from receiver.web.v1.operation import MayAnswer, Operation
from receiver.web.v1.shapes import HEX_ID, HEX_KEY, ProblemShape

TEMPLATE = "#/components/schemas/{model}"
PATH_PARAMETERS = {
    "id": ("the id of a dialog", HEX_ID),
    "hook": ("the id of a hook", HEX_ID),
    "key": ("the key of a letter", HEX_KEY),
    "sha256": ("the SHA-256 of a file", HEX_KEY),
}
ASKED_BY_HEADER = {
    "dialog": ("If-Match", "If-None-Match"),
    "raw": ("If-Match", "If-None-Match", "Range", "If-Range"),
    "blob": ("If-Match", "If-None-Match", "Range", "If-Range"),
    "split": ("If-Match", IDEMPOTENCY_KEY),
    "merge": ("If-Match", IDEMPOTENCY_KEY),
    "move": ("If-Match", IDEMPOTENCY_KEY),
    "undo": ("If-Match", IDEMPOTENCY_KEY),
    "stream": ("Last-Event-ID",),
}
NOT_HERE = "Pages for people, what bridges ask, and health are left out: `x-left-out` has each."
ALSO_HEAD = "Whatever answers GET answers HEAD, too, with the same header and no body."
A_TEXT = {"schema": {"type": "string"}}
UNKNOWN = (401, 405)  # who asks, and so whose rate it is
OF_THE_RATE = ("RateLimit-Policy", "RateLimit")
# What of a problem is told by its header.
BY_PROBLEM: dict[int, tuple[str, ...]] = {
    401: ("WWW-Authenticate",),
    405: ("Allow",),
    416: ("Content-Range",),
    429: ("Retry-After",),
    503: ("Retry-After",),
}


def document_of(operations: Iterable[Operation]) -> dict[str, Any]:
    """Return the document that describes the operations, and what is answered beside them."""
    listed = [*operations, *beside()]
    refs, schemas = _schemas(listed)
    paths: dict[str, dict[str, Any]] = {}
    for each in listed:
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each, refs)
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "email-listener",
            "version": __version__,
            "description": f"Dialogs, letters and files of a company's mailboxes."
            f" {ALSO_HEAD} {NOT_HERE}",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "x-left-out": {path: why for why, listed in LEFT_OUT.items() for path in listed},
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "`python -m receiver token add` makes one",
                },
                "signature": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "webhook-signature",
                    "description": "Standard Webhooks, with `webhook-id` and `webhook-timestamp`;"
                    " what is signed is told in docs/webhook.md",
                },
            },
        },
    }


def text_of(operations: Iterable[Operation]) -> str:
    """Return the document as JSON."""
    return json.dumps(document_of(operations), ensure_ascii=False, indent=1) + "\n"


def _schemas(
    operations: Iterable[Operation],
) -> tuple[dict[type[BaseModel], dict[str, str]], dict[str, Any]]:
    asked = {each.body for each in operations if each.body}
    told = {one.model for each in operations for one in each.answers.values() if one.model}
    pairs = [(model, "validation") for model in sorted(asked, key=lambda model: model.__name__)]
    told.add(ProblemShape)
    pairs += [(model, "serialization") for model in sorted(told, key=lambda model: model.__name__)]
    found, definitions = models_json_schema(pairs, ref_template=TEMPLATE)  # type: ignore[arg-type]
    refs = {model: {"$ref": schema["$ref"]} for (model, _), schema in found.items()}
    return refs, definitions["$defs"]  # type: ignore[return-value]


def _operation(each: Operation, refs: dict[type[BaseModel], dict[str, str]]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": each.name,
        "summary": each.summary,
        "description": _needs(each),
        "parameters": parameters_of(each),
        "responses": {
            **{str(status): _answer(one, refs) for status, one in each.answers.items()},
            **{
                str(status): _problem(status, refs)
                for status in sorted({*each.ALWAYS, *each.problems})
            },
        },
    }
    if each.proofs != ("token",):
        found["security"] = [{proof: []} for proof in each.proofs]
    if each.takes:
        found["requestBody"] = {"required": True, "content": {each.takes: {}}}
    if each.body:
        content = {"application/json": {"schema": refs[each.body]}}
        found["requestBody"] = {"required": each.needs_body, "content": content}
    return found


def _needs(each: Operation) -> str:
    if "token" not in each.proofs:
        return "Needs a signature with the webhook's secret."
    signed = ", or a signature" if "signature" in each.proofs else ""
    may = " A service may sign instead." if not signed and each.right in SERVICE else ""
    return f"Needs the right `{each.right}`{signed}.{may}"


def _problem(status: int, refs: dict[type[BaseModel], dict[str, str]]) -> dict[str, Any]:
    known = OF_THE_RATE if status not in UNKNOWN else ()
    return {
        "description": MEANINGS[status],
        "headers": dict.fromkeys((*BY_PROBLEM.get(status, ()), *known), A_TEXT),
        "content": {"application/problem+json": {"schema": refs[ProblemShape]}},
    }


def parameters_of(each: Operation) -> list[dict[str, Any]]:
    """Return the parameters of an operation: of its path, its query, its header."""
    found: list[dict[str, Any]] = []
    for name in re.findall(r"{(\w+)}", each.path):
        words, pattern = PATH_PARAMETERS[name]
        schema = {"type": "string", "pattern": pattern}
        found.append(
            {"name": name, "in": "path", "required": True, "description": words, "schema": schema}
        )
    described = each.query.model_json_schema()
    needed = described.get("required", ())
    for name, schema in described.get("properties", {}).items():
        one = {"name": name, "in": "query", "required": name in needed, "schema": schema}
        if "description" in schema:
            one["description"] = schema.pop("description")
        if name in each.query.several:
            one |= {"style": "form", "explode": False}
        found.append(one)
    for name in ASKED_BY_HEADER.get(each.name, ()):
        found.append({"name": name, "in": "header", "schema": {"type": "string"}})
    return found


def _answer(one: MayAnswer, refs: dict[type[BaseModel], dict[str, str]]) -> dict[str, Any]:
    found: dict[str, Any] = {"description": one.words}
    found["headers"] = dict.fromkeys((*one.headers, *OF_THE_RATE), A_TEXT)
    if one.model:
        found["content"] = {one.media: {"schema": refs[one.model]}}
    elif one.media != "application/json":
        found["content"] = {one.media: {}}
    for media in one.also:
        found["content"][media] = {}
    return found
