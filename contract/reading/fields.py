"""A setting as a field of its class: its marks, and its right form in words."""

from dataclasses import dataclass
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from contract.bounds import has_unseen
from contract.language.refusals import told

SHOWN = 60


@dataclass(frozen=True, slots=True)
class Section:
    """Marks a field that is a settings class of its own.

    If there are variables in ``needs`` (without the prefix), it is None unless one of them is set.
    """

    prefix: str
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """Marks a field whose own validator reads the text; ``right`` is its right form in words."""

    right: str


def right(field: FieldInfo) -> str:
    """Return the right form of a setting in words."""
    like = field.examples[0] if field.examples else ""
    example = told(", such as {example}", example=like) if like else ""
    annotation = without_none(field.annotation)
    origin = get_origin(annotation)
    if origin is Literal:
        choices = ", ".join(map(str, get_args(annotation)))
        return told("must be one of {choices}", choices=choices)
    if words := marked(field, Words):
        return told("must be {what}{example}", what=told.word(words.right), example=example)
    if origin in (list, dict):
        a_list, an_object = (
            "must be a JSON list{length}{example}",
            "must be a JSON object{length}{example}",
        )
        length = _length(field, " of {least} to {most} entries")
        return told(a_list if origin is list else an_object, length=length, example=example)
    if annotation is bool:
        return told("must be true or false")
    if annotation in (int, float):
        whole, broken = "must be a whole number{span}", "must be a number{span}"
        return told(whole if annotation is int else broken, span=_span(field))
    if isinstance(annotation, type) and issubclass(annotation, Path):
        return told("must be the path of a file")
    return told(
        "must be text{length} in one line, without control characters{example}",
        length=_length(field, " of {least} to {most} signs"),
        example=example,
    )


def shown(text: str) -> str:
    """Return a setting's text in quotation marks; a long one is cut."""
    cut = text if len(text) <= SHOWN else text[:SHOWN] + "…"
    return repr(cut)


def in_signs(text: str) -> str:
    """Return a text on one line, with escapes for invisible characters."""
    return "".join(map(_in_signs, text))


def _in_signs(sign: str) -> str:
    if sign.isprintable() and not has_unseen(sign):
        return sign
    return repr(sign)[1:-1] if not sign.isprintable() else f"\\u{ord(sign):04x}"


def is_secret(field: FieldInfo) -> bool:
    """Tell whether a setting's text must not be shown."""
    return any(word in repr(field.annotation) for word in ("SecretStr", "Url", "Account"))


def marked(field: FieldInfo, mark: type[Any]) -> Any:
    """Return a field's mark of this class, or None."""
    return next((each for each in field.metadata if isinstance(each, mark)), None)


def without_none(annotation: Any) -> Any:
    """Return the type of a setting that is set."""
    choices = [each for each in get_args(annotation) if each is not NoneType]
    is_optional = NoneType in get_args(annotation)
    return choices[0] if is_optional else annotation


def model_in(field: FieldInfo) -> type[BaseModel] | None:
    """Return the model if a field is a list of one."""
    inside = get_args(without_none(field.annotation))
    models = (each for each in inside if isinstance(each, type) and issubclass(each, BaseModel))
    return next(models, None)


def _span(field: FieldInfo) -> str:
    least = next((m.ge for m in field.metadata if isinstance(m, Ge)), None)
    above = next((m.gt for m in field.metadata if isinstance(m, Gt)), None)
    most = next((m.le for m in reversed(field.metadata) if isinstance(m, Le)), None)
    below = next((m.lt for m in field.metadata if isinstance(m, Lt)), None)
    pieces = []
    if least is not None:
        pieces.append(told(" from {least}", least=least))
    elif above is not None:
        pieces.append(told(" above {least}", least=above))
    if most is not None:
        to, at_most = " to {most}", " and at most {most}"
        pieces.append(told(at_most if least is None else to, most=most))
    elif below is not None:
        pieces.append(told(" below {most}", most=below))
    elif least is not None:
        pieces.append(told(" on"))
    return "".join(pieces)


def _length(field: FieldInfo, text: str) -> str:
    least = next((m.min_length for m in field.metadata if isinstance(m, MinLen)), 0)
    most = next((m.max_length for m in field.metadata if isinstance(m, MaxLen)), 0)
    return told(text, least=least, most=most) if most else ""
