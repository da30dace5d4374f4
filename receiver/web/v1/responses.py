"""Responses: JSON of a model, and entity tags."""

import re
from typing import Any, TypeVar

from aiohttp import web
from bson import ObjectId
from pydantic import BaseModel

from receiver.errors import Problem
from receiver.store.mongo import Document

Model = TypeVar("Model", bound=BaseModel)
_TAG = re.compile(r'(W/)?("[^"]*")')


def json_of(answer: BaseModel, **headers: str) -> web.Response:
    """Return a response with a model as JSON."""
    text = answer.model_dump_json(by_alias=True)
    return web.Response(text=text, content_type="application/json", headers=headers)


def shaped(model: type[Model], document: Document) -> Model:
    """Return a stored document as a model, with ids as text."""
    return model.model_validate(_plain(document))


def tag_of(head: Document) -> str:
    """Return the weak entity tag of a dialog; it changes with each write."""
    return f'W/"{head["revision"]}-{int(head["changed"].timestamp() * 1000)}"'


def is_known(request: web.Request, tag: str) -> bool:
    """Tell whether the client already has the state with this tag: 304 (RFC 9110 13.1.2)."""
    return bool(_matches(request, "If-None-Match", tag.removeprefix("W/"), weakly=True))


def demand_match(request: web.Request, tag: str) -> None:
    """Refuse a request about another state than the tag's: Problem 412 (RFC 9110 13.1.1).

    A dialog's tag is weak but counts here all the same: it names a revision, and a correction is
    about a revision. A file's tag is strong, and is compared as such.
    """
    weakly = tag.startswith("W/")
    if _matches(request, "If-Match", tag.removeprefix("W/"), weakly=weakly) is False:
        raise Problem(412, "it has changed since you read it")


def _matches(request: web.Request, name: str, opaque: str, *, weakly: bool) -> bool | None:
    """Tell whether the entity tags of a field include this one, None if there is no such field.

    A list may come in several lines (RFC 9110 5.3).
    """
    lines = request.headers.getall(name, ())
    if not lines:
        return None
    if any(line.strip() == "*" for line in lines):
        return True
    tags = [found for line in lines for found in _TAG.findall(line)]
    return any(each == opaque and (weakly or not weak) for weak, each in tags)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, ObjectId) else value
