"""Mistakes in settings, in sentences that say what would be right."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from contract.language.refusals import told
from contract.reading.fields import SHOWN, in_signs, is_secret, model_in, right, shown

_LONG_WORD = re.compile(r"(\S{100})\S{80,}(\S{60})")


@dataclass(frozen=True, slots=True)
class Wrong:
    """A mistake: the settings concerned, and a sentence that says what would be right.

    Nobody can tell whether it is one while a setting in ``if_right`` is wrong itself.
    """

    names: tuple[str, ...]
    sentence: str
    if_right: tuple[str, ...] = ()

    def __str__(self) -> str:
        text = f"{', '.join(self.names)}: {self.sentence}" if self.names else self.sentence
        return _LONG_WORD.sub(r"\1…\2", in_signs(text))


class Contradiction(ValueError):
    """Contradictions between fields of one section: for each the fields' names and a sentence."""

    def __init__(self, mistakes: Iterable[tuple[tuple[str, ...], str]]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("; ".join(f"{', '.join(names)}: {why}" for names, why in self.mistakes))


def mistakes_of(
    model: type[BaseModel], error: ValidationError, env: Mapping[str, str], prefix: str
) -> Iterator[Wrong]:
    """Yield pydantic's errors, each under the name of its variable."""
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
        yield Wrong((source_of(variable, env),), sentence)


def source_of(variable: str, env: Mapping[str, str]) -> str:
    """Return the name under which a setting's text was given: its own, or its file's."""
    file = f"{variable}_FILE"
    return variable if env.get(variable) or not env.get(file) else file


def _inner(field: FieldInfo, within: list[int | str]) -> FieldInfo:
    """Return the field of the model in a list of models, or the field itself."""
    if (model := model_in(field)) and len(within) > 1:
        return model.model_fields.get(str(within[1]), field)
    return field


def _sentence(mistake: Any, field: FieldInfo, *, is_inside: bool) -> str:
    """Return what is wrong; ``is_inside``: the field is part of a list or object."""
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
            return told(an_object if model_in(field) else a_text, example=example)
    return right(field)


def _no_such_field(name: str, field: FieldInfo) -> str:
    model = model_in(field)
    known = [*model.model_fields] if model else []
    near = get_close_matches(name, known, 1, 0.6)
    if near:
        return told("is no such field: is {near} meant?", near=near[0])
    return told("is no such field: one of {known}", known=", ".join(known))
