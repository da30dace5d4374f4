"""Settings out of text: every mistake is found in one go, and said in words.

A settings class is a pydantic model whose field ``smtp_port`` is the variable ``SMTP_PORT``. A
field that is annotated with ``Section`` is a class of its own, whose variables begin with the
section's prefix. A field of lists or dictionaries is JSON, unless it is annotated with ``Words``.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from types import NoneType
from typing import Any, Literal, TypeVar, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from contract.environment import FileUnusable, text_of
from contract.language.refusals import told

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
    """Marks a field whose own validator reads the text; ``right`` says what it must be."""

    right: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """A mistake: the settings that it is about, and a sentence that says what would be right."""

    names: tuple[str, ...]
    sentence: str
    missing: bool = False

    def __str__(self) -> str:
        text = f"{', '.join(self.names)}: {self.sentence}" if self.names else self.sentence
        return _LONG_WORD.sub(r"\1…\2", "".join(map(_on_one_line, text)))


class Contradiction(ValueError):
    """Fields of one section do not go together: their names, and a sentence, for each mistake."""

    def __init__(self, mistakes: Iterable[tuple[tuple[str, ...], str]]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("; ".join(f"{', '.join(names)}: {why}" for names, why in self.mistakes))


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
            wrong.append(Wrong((error.setting,), error.why))
        except ValueError as error:
            given = "" if is_secret(field) else told(", not {given}", given=shown(text or ""))
            wrong.append(Wrong((_source(variable, env),), f"{right(field)}{given} ({error})"))
    while True:
        try:
            return model(**values), wrong
        except ValidationError as error:
            bad = {str(mistake["loc"][0]) for mistake in error.errors() if mistake["loc"]}
            named = {name for each in wrong for name in each.names}
            wrong += (
                each
                for each in _mistakes(model, error, env, prefix)
                if not (each.missing and named & {*each.names})  # it is there, and wrong
            )
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
    like = field.examples[0] if field.examples else ""
    example = told(", such as {example}", example=like) if like else ""
    annotation = _without_none(field.annotation)
    origin = get_origin(annotation)
    if origin is Literal:
        choices = ", ".join(map(str, get_args(annotation)))
        return told("must be one of {choices}", choices=choices)
    if words := _marked(field, Words):
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
    """Return a setting's text in quotation marks; what is long is cut."""
    cut = text if len(text) <= SHOWN else text[:SHOWN] + "…"
    return repr(cut)


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
    return parsed(text)


def parsed(text: str, **options: Any) -> Any:
    """Return what JSON says; raises ValueError with words about where it ends to be JSON."""
    try:
        return json.loads(text, **options)
    except json.JSONDecodeError as error:
        within, at_end = "this is not JSON, at character {number}", "this is not JSON, at its end"
        where = within if error.pos < len(text) else at_end
        raise NotJson(told(where, number=error.pos + 1)) from None
    except RecursionError:
        raise NotJson(told("this is nested too deeply")) from None


class NotJson(ValueError):
    """A text is not JSON; the error says where."""


def _mistakes(
    model: type[BaseModel], error: ValidationError, env: Mapping[str, str], prefix: str
) -> Iterator[Wrong]:
    for mistake in error.errors(include_url=False):
        cause = mistake.get("ctx", {}).get("error")
        if not mistake["loc"]:
            pairs = cause.mistakes if isinstance(cause, Contradiction) else [((), str(cause))]
            for names, why in pairs:
                yield Wrong(tuple(prefix + each.upper() for each in names), why)
            continue
        name, *within = mistake["loc"]
        field = model.model_fields[str(name)]
        variable = prefix + str(name).upper()
        inner = _inner(field, within)
        place = "".join(f"[{e}]" if isinstance(e, int) else f".{e}" for e in within).lstrip(".")
        sentence = _sentence(mistake, inner, is_inside=inner is field and bool(within))
        if mistake["type"] not in ("value_error", "missing") and not is_secret(inner):
            text = json.dumps(mistake["input"], ensure_ascii=False, default=str)
            given = shown(env.get(variable, "")) if not within else text[:SHOWN]
            sentence += told(", not {given}", given=given)
        sentence = f"{place}{': ' * bool(place)}{sentence}"
        source = _source(variable, env)
        yield Wrong((source,), sentence, missing=mistake["type"] == "missing")


def _source(variable: str, env: Mapping[str, str]) -> str:
    """Return the name under which a setting's text was given: its own, or its file's."""
    file = f"{variable}_FILE"
    return variable if env.get(variable) or not env.get(file) else file


def _inner(field: FieldInfo, within: list[int | str]) -> FieldInfo:
    """Return the field of the model that lies in a list of them, or the field itself."""
    if (model := _model_in(field)) and len(within) > 1:
        return model.model_fields.get(str(within[1]), field)
    return field


def _model_in(field: FieldInfo) -> type[BaseModel] | None:
    """Return the model of which a field is a list, if it is one."""
    inside = get_args(_without_none(field.annotation))
    models = (each for each in inside if isinstance(each, type) and issubclass(each, BaseModel))
    return next(models, None)


def _sentence(mistake: Any, field: FieldInfo, *, is_inside: bool) -> str:
    """Return what is wrong; ``is_inside`` a list or an object, of which the field is."""
    match mistake["type"]:
        case "extra_forbidden":
            return _no_such_field(str(mistake["loc"][-1]), field)
        case "missing":
            description = told.word(field.description or "")
            return told("is missing: {description}", description=description)
        case "value_error":
            return str(mistake["ctx"]["error"])
        case _ if is_inside:
            example = f" {field.examples[0]}" if field.examples else ""
            an_object = "must be an object, as in{example}"
            a_text = "must be a text in quotation marks, as in{example}"
            return told(an_object if _model_in(field) else a_text, example=example)
    return right(field)


def _no_such_field(name: str, field: FieldInfo) -> str:
    model = _model_in(field)
    known = [*model.model_fields] if model else []
    near = get_close_matches(name, known, 1, 0.6)
    if near:
        return told("is no such field: is {near} meant?", near=near[0])
    return told("is no such field: one of {known}", known=", ".join(known))


def _on_one_line(sign: str) -> str:
    return sign if sign.isprintable() else repr(sign)[1:-1]


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
