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


def matches(field: str | None, tag: str) -> bool:
    """Tell whether a list of entity tags has this one (RFC 9110 13.1.2: weak comparison)."""
    if field is None:
        return False
    tags = [each.strip().removeprefix("W/") for each in field.split(",")]
    return "*" in tags or tag.removeprefix("W/") in tags


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, ObjectId) else value
