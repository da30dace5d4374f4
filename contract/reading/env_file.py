"""The lines of ``.env``; lines that python-dotenv would ignore silently are reported."""

import re
from collections.abc import Container
from io import StringIO

from dotenv import dotenv_values
from dotenv.parser import Binding, parse_stream

from contract.language.refusals import told
from contract.reading.every_name import EVERY_NAME

_NAME = re.compile(r"[^\W\d][\w.-]*")  # of any script, so that names that only look Latin are seen
_ODD = "{path}: line {number} cannot be read: a line is NAME=value, or a comment after #"
_TWICE = "{path}: line {number}: {name} stands above with another value: leave one of the two"


class OddLine(ValueError):
    """A line that sets nothing, or contradicts one above; the text says which."""


def variables_in(path: str, text: str, elsewhere: Container[str]) -> dict[str, str]:
    """Return the variables of an ``.env``; raises OddLine.

    A name without value is an error unless it is set ``elsewhere``: Docker then passes it on.
    """
    seen: dict[str, str | None] = {}
    for each in parse_stream(StringIO(text)):
        name = each.key
        if each.error or (name is not None and not _says_something(each, elsewhere)):
            raise OddLine(told(_ODD, path=path, number=_number(each)))
        if name is None:
            continue
        ours = name.removesuffix("_FILE") in EVERY_NAME or name in EVERY_NAME
        if ours and seen.setdefault(name, each.value) != each.value:
            raise OddLine(told(_TWICE, path=path, number=_number(each), name=name))
    values = dotenv_values(stream=StringIO(text))
    return {key: value for key, value in values.items() if value is not None}


def _says_something(line: Binding, elsewhere: Container[str]) -> bool:
    is_name = _NAME.fullmatch(line.key or "") is not None
    return is_name and (line.value is not None or line.key in elsewhere)


def _number(line: Binding) -> int:
    """Return the number of a line; dotenv counts the blank lines before it as its part."""
    said = line.original.string
    return line.original.line + said[: len(said) - len(said.lstrip())].count("\n")
