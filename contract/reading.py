"""Settings out of text: every mistake is found in one go, and said in words.

A settings class is a pydantic model whose field ``smtp_port`` is the variable ``SMTP_PORT``. A
field that is annotated with ``Section`` is a class of its own, whose variables begin with the
section's prefix. A field of lists or dictionaries is JSON, unless it is annotated with ``Words``.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import NoneType
from typing import Any, Literal, TypeVar, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from pydantic import BaseModel, HttpUrl, ValidationError
from pydantic.fields import FieldInfo

from contract.environment import FileUnusable, text_of

SHOWN = 60
_LONG_WORD = re.compile(r"(\S{100})\S{80,}(\S{60})")

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Section:
    """Marks a field that is a settings class of its own.

    It is None unless one of the variables ``needs`` (without the prefix) is set, if there are any.
    """

    prefix: str
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """Marks a field whose own validator reads the text."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A mistake: the settings that it is about, and a sentence that says what would be right."""

    names: tuple[str, ...]
    sentence: str

    def __str__(self) -> str:
        text = f"{', '.join(self.names)}: {self.sentence}" if self.names else self.sentence
        return _LONG_WORD.sub(r"\1…\2", "".join(map(_on_one_line, text)))


def read(
    model: type[Model], env: Mapping[str, str], prefix: str = ""
) -> tuple[Model | None, list[Wrong]]:
    """Return the settings of the environment, and what is wrong with them.

    A setting that is wrong is as if it were not set; None where there is no model without it.
    """
    values: dict[str, Any] = {}
    wrong: list[Wrong] = []
    for name, field in model.model_fields.items():
        variable = prefix + name.upper()
        if (section := _marked(field, Section)) is not None:
            if _is_there(section, env):
                found, more = read(_class_of(field), env, section.prefix)
                wrong += more
                if found is not None:
                    values[name] = found
            continue
        try:
            own_file = f"{name}_file" in model.model_fields
            if text := env.get(variable) if own_file else text_of(variable, env):
                values[name] = _value(field, text)
        except FileUnusable as error:
            wrong.append(Wrong((), str(error)))
        except ValueError as error:
            wrong.append(Wrong((variable,), f"is not JSON ({error}): {right(field)}"))
    while True:
        try:
            return model(**values), wrong
        except ValidationError as error:
            bad = {str(mistake["loc"][0]) for mistake in error.errors() if mistake["loc"]}
            wrong += _mistakes(model, error, env, prefix)
            if not bad & set(values):
                return None, wrong
            values = {name: value for name, value in values.items() if name not in bad}


def variables(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Yield each setting's name in the environment, and its field."""
    for name, field in model.model_fields.items():
        if (section := _marked(field, Section)) is not None:
            yield from variables(_class_of(field), section.prefix)
        else:
            yield prefix + name.upper(), field


def right(field: FieldInfo) -> str:
    """Return what a setting must be, in words."""
    example = f", such as {field.examples[0]}" if field.examples else ""
    annotation = _without_none(field.annotation)
    origin = get_origin(annotation)
    if origin is Literal:
        return "must be one of " + ", ".join(map(str, get_args(annotation)))
    if _marked(field, Words):
        return f"must be {field.description}{example}"
    if origin in (list, dict):
        return f"must be JSON{example}"
    if annotation is bool:
        return "must be true or false"
    if annotation in (int, float):
        return f"must be {'a whole number' if annotation is int else 'a number'}{_span(field)}"
    if annotation is HttpUrl:
        return f"must be a URL{example or ', such as http://127.0.0.1:8080/'}"
    if isinstance(annotation, type) and issubclass(annotation, Path):
        return "must be the path of a file"
    return f"must be text{_length(field)} in one line, without control characters{example}"


def is_secret(field: FieldInfo) -> bool:
    """Tell whether a setting's text must not be shown."""
    return any(word in repr(field.annotation) for word in ("SecretStr", "Url", "Account"))


def _is_there(section: Section, env: Mapping[str, str]) -> bool:
    needed = [section.prefix + name for name in section.needs]
    return not needed or any(env.get(name) or env.get(f"{name}_FILE") for name in needed)


def _marked(field: FieldInfo, mark: type[Any]) -> Any:
    return next((each for each in field.metadata if isinstance(each, mark)), None)


def _class_of(field: FieldInfo) -> type[BaseModel]:
    found: type[BaseModel] = _without_none(field.annotation)
    return found


def _without_none(annotation: Any) -> Any:
    choices = [each for each in get_args(annotation) if each is not NoneType]
    is_optional = NoneType in get_args(annotation)
    return choices[0] if is_optional else annotation


def _value(field: FieldInfo, text: str) -> Any:
    if get_origin(_without_none(field.annotation)) not in (list, dict) or _marked(field, Words):
        return text
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"{error.msg} at character {error.pos + 1}") from None
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _mistakes(
    model: type[BaseModel], error: ValidationError, env: Mapping[str, str], prefix: str
) -> Iterator[Wrong]:
    for mistake in error.errors(include_url=False, include_input=False):
        if not mistake["loc"]:
            said = str(mistake.get("ctx", {}).get("error", mistake["msg"]))
            yield Wrong((), said.replace(f"({prefix})", prefix))
            continue
        name, *within = mistake["loc"]
        field = model.model_fields[str(name)]
        variable = prefix + str(name).upper()
        inner = _inner(field, within)
        place = "".join(f"[{e}]" if isinstance(e, int) else f".{e}" for e in within)
        sentence = _sentence(mistake, inner)
        said_already = mistake["type"] in ("value_error", "missing")
        if not within and not is_secret(field) and not said_already:
            sentence += f", not {_shown(env.get(variable, ''))}"
        yield Wrong((variable,), f"{place.lstrip('.')} {sentence}".strip())


def _inner(field: FieldInfo, within: list[int | str]) -> FieldInfo:
    """Return the field of the model that lies in a list of them, or the field itself."""
    for model in get_args(_without_none(field.annotation)):
        if isinstance(model, type) and issubclass(model, BaseModel) and len(within) > 1:
            return model.model_fields.get(str(within[1]), field)
    return field


def _sentence(mistake: Any, field: FieldInfo) -> str:
    if mistake["type"] == "extra_forbidden":
        return "is no such field"
    if mistake["type"] == "missing":
        return "is missing"
    if mistake["type"] == "value_error":
        return str(mistake["ctx"]["error"])
    return right(field)


def _on_one_line(sign: str) -> str:
    return sign if sign.isprintable() else repr(sign)[1:-1]


def _shown(text: str) -> str:
    cut = text if len(text) <= SHOWN else text[:SHOWN] + "…"
    return repr(cut)


def _span(field: FieldInfo) -> str:
    least = next((f" from {m.ge}" for m in field.metadata if isinstance(m, Ge)), "")
    above = next((f" above {m.gt}" for m in field.metadata if isinstance(m, Gt)), "")
    most = next((f"{m.le}" for m in reversed(field.metadata) if isinstance(m, Le)), "")
    below = next((f" below {m.lt}" for m in field.metadata if isinstance(m, Lt)), "")
    most = most and (f" to {most}" if least else f" and at most {most}")
    return (least or above) + (most or below) + (" on" if least and not most else "")


def _length(field: FieldInfo) -> str:
    least = next((m.min_length for m in field.metadata if isinstance(m, MinLen)), 0)
    most = next((m.max_length for m in field.metadata if isinstance(m, MaxLen)), 0)
    return f" of {least} to {most} signs" if most else ""
