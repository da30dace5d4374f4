"""Settings from text: all mistakes are found at once and put in words.

A settings class is a pydantic model whose field ``smtp_port`` is the variable ``SMTP_PORT``. A
field marked ``Section`` is a class of its own, whose variables begin with the section's prefix. A
field of lists or dictionaries is JSON, unless it is marked ``Words``.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from contract.environment import FileUnusable, text_of
from contract.language.refusals import told
from contract.reading.fields import Section, Words, is_secret, marked, right, shown, without_none
from contract.reading.mistakes import Wrong, mistakes_of, source_of
from contract.reading.unfilled import quoted, unfilled

Model = TypeVar("Model", bound=BaseModel)
_UNFILLED = "{left} stands there as it is, for nothing fills it in here: write the value itself"
_NAMED = "{name}= stands in front of it: write the value alone"
_QUOTED = "the quotation marks around {text} would belong to it: leave them out"
MOST_DIGITS = 100


def read(
    model: type[Model], env: Mapping[str, str], prefix: str = ""
) -> tuple[Model | None, list[Wrong]]:
    """Return the settings of the environment, and the mistakes in them.

    A wrong setting counts as not set; None if the model is impossible without it.
    """
    values: dict[str, Any] = {}
    wrong: list[Wrong] = []
    for name, field in model.model_fields.items():
        if (section := marked(field, Section)) is not None:
            if _is_there(section, env):
                found, more = read(_class_of(field), env, section.prefix)
                wrong += more
                if found is not None:
                    values[name] = found
            continue
        own_file = f"{name}_file" in model.model_fields
        value, why = _one(prefix + name.upper(), field, env, own_file)
        if why:
            wrong.append(why)
        elif value is not None:
            values[name] = value
    return _made(model, values, wrong, env, prefix)


def _one(
    variable: str, field: FieldInfo, env: Mapping[str, str], own_file: bool
) -> tuple[Any, Wrong | None]:
    """Return the value of one setting, None if it is not set, and its mistakes."""
    text = None
    try:
        text = env.get(variable) if own_file else text_of(variable, env)
        if not text:
            return None, None
        if why := _not_meant(variable, field, text):
            return None, Wrong((source_of(variable, env),), why)
        return _value(field, text), None
    except FileUnusable as error:
        return None, Wrong((error.setting,), error.why)
    except ValueError as error:
        given = "" if is_secret(field) else told(", not {given}", given=shown(text or ""))
        return None, Wrong((source_of(variable, env),), f"{right(field)}{given} ({error})")


def _made(
    model: type[Model],
    values: dict[str, Any],
    wrong: list[Wrong],
    env: Mapping[str, str],
    prefix: str,
) -> tuple[Model | None, list[Wrong]]:
    """Make the model from the right values; leave out what it finds wrong, and report it once."""
    while True:
        try:
            return model(**values), wrong
        except ValidationError as error:
            bad = {str(mistake["loc"][0]) for mistake in error.errors() if mistake["loc"]}
            named = {name for each in wrong for name in each.names}
            wrong += (
                each
                for each in mistakes_of(model, error, env, prefix)
                if not named & {*each.names}  # it is there, but wrong
            )
            if not bad & set(values):
                return None, wrong
            values = {name: value for name, value in values.items() if name not in bad}


def variables(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Yield each setting's name in the environment, and its field."""
    for name, field in model.model_fields.items():
        if (section := marked(field, Section)) is not None:
            yield from variables(_class_of(field), section.prefix)
        else:
            yield prefix + name.upper(), field


def _is_there(section: Section, env: Mapping[str, str]) -> bool:
    needed = [section.prefix + name for name in section.needs]
    return not needed or any(env.get(name) or env.get(f"{name}_FILE") for name in needed)


def _class_of(field: FieldInfo) -> type[BaseModel]:
    found: type[BaseModel] = without_none(field.annotation)
    return found


def _not_meant(variable: str, field: FieldInfo, text: str) -> str:
    """Return why nobody can have meant a text for this setting, or nothing."""
    if variable.endswith("_COMMAND"):  # a shell in it fills in such names
        return ""
    if left := unfilled(text, is_secret(field)):
        return told(_UNFILLED, left=left)
    if text.removeprefix("export ").startswith(f"{variable}="):
        return told(_NAMED, name=variable)
    if without_none(field.annotation) is str and quoted(text):
        return told(_QUOTED, text=shown(text))
    return ""


def _value(field: FieldInfo, text: str) -> Any:
    if get_origin(without_none(field.annotation)) not in (list, dict) or marked(field, Words):
        return text
    return parsed(text, object_pairs_hook=_once_each)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the pairs of a JSON object; ``json`` would drop the first of two with one name."""
    names = [name for name, _ in pairs]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ValueError(told("{text} is there twice: name it once", text=shown(twice)))
    return dict(pairs)


def parsed(text: str, **options: Any) -> Any:
    """Return what JSON says; raises ValueError with the place where it becomes invalid."""
    try:
        return json.loads(text, parse_int=_whole, **options)
    except json.JSONDecodeError as error:
        within, at_end = "this is not JSON, at character {number}", "this is not JSON, at its end"
        where = within if error.pos < len(text) else at_end
        raise NotJson(told(where, number=error.pos + 1)) from None
    except RecursionError:
        raise NotJson(told("this is nested too deeply")) from None


def _whole(digits: str) -> int:
    """Return a number small enough for a setting; Python's own error is about Python."""
    if len(digits) > MOST_DIGITS:
        raise NotJson(told("there is a number of more than {most} digits", most=MOST_DIGITS))
    return int(digits)


class NotJson(ValueError):
    """A text is not JSON; the error says where."""
