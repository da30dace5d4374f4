"""How answers are written: JSON of a model, with an entity tag where it may be asked again."""

from typing import Any, TypeVar

from aiohttp import web
from bson import ObjectId
from pydantic import BaseModel

from receiver.store.mongo import Document

Model = TypeVar("Model", bound=BaseModel)


def json_of(answer: BaseModel, **headers: str) -> web.Response:
    """Return an answer as JSON."""
    text = answer.model_dump_json(by_alias=True)
    return web.Response(text=text, content_type="application/json", headers=headers)


def shaped(model: type[Model], document: Document) -> Model:
    """Return what is stored as a model has it, ids as text."""
    return model.model_validate(_plain(document))


def tag_of(head: Document) -> str:
    """Return the weak entity tag of a dialog: another whenever it was written."""
    return f'W/"{head["revision"]}-{int(head["changed"].timestamp() * 1000)}"'


def matches(request: web.Request, name: str, tag: str) -> bool | None:
    """Tell whether the entity tags of a field have this one, None if there is no such field.

    A list may come in several lines (RFC 9110 5.3); the comparison is the weak one (8.8.3.2).
    """
    lines = request.headers.getall(name, ())
    if not lines:
        return None
    tags = [each.strip().removeprefix("W/") for line in lines for each in line.split(",")]
    return "*" in tags or tag.removeprefix("W/") in tags


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, ObjectId) else value
