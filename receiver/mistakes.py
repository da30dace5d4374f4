"""What is wrong with a value that somebody sent, in plain words: the only place for them. Pure.

Pydantic's own words are for the author of a model, not for its user.
"""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from contract.bounds import (
    EVENT_ID_PATTERN,
    LEAST_MAILBOX,
    MAILBOX_PATTERN,
    ONE_LINE,
    ONE_LINE_OR_NONE,
    SHA256_PATTERN,
)

MAX_MISTAKES = 100
A_TIME = "must be a time with its offset from UTC, such as 2026-01-31T10:00:00Z"
_A_DATE = "must be a date, such as 2026-01-31"
_A_WHOLE_NUMBER = "must be a whole number"
_AN_OBJECT = "must be an object, as in {{…}}"
_A_LIST = "must be a list, as in […]"

BY_TYPE: Final[Mapping[str, str]] = {
    "missing": "is missing",
    "extra_forbidden": "is not known here",
    "string_type": "must be a text",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "string_unicode": "must be a text in UTF-8",
    "bytes_type": "must be a text in base64",
    "bytes_too_long": "must have at most {max_length} bytes",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": _A_WHOLE_NUMBER,
    "int_parsing": _A_WHOLE_NUMBER,
    "int_parsing_size": _A_WHOLE_NUMBER + " of fewer digits",
    "int_from_float": _A_WHOLE_NUMBER,
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a number that is finite",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be {expected}",
    "list_type": _A_LIST,
    "tuple_type": _A_LIST,
    "set_type": _A_LIST,
    "frozen_set_type": _A_LIST,
    "too_short": "must have at least {min_length} entries",
    "too_long": "must have at most {max_length} entries",
    "dict_type": _AN_OBJECT,
    "model_type": _AN_OBJECT,
    "model_attributes_type": _AN_OBJECT,
    "datetime_type": A_TIME,
    "datetime_parsing": A_TIME,
    "datetime_from_date_parsing": A_TIME,
    "datetime_object_invalid": A_TIME,
    "timezone_aware": A_TIME,
    "date_type": _A_DATE,
    "date_parsing": _A_DATE,
    "date_from_datetime_parsing": _A_DATE,
    "date_from_datetime_inexact": _A_DATE,
    "none_required": "must be null",
    "recursion_loop": "is nested in itself",
}
# A pattern is described by what it requires; each pattern of a model is listed.
BY_PATTERN: Final[Mapping[str, str]] = {
    MAILBOX_PATTERN: "must be an address, such as support@example.ru",
    SHA256_PATTERN: "must have 64 digits 0-9 and a-f",
    EVENT_ID_PATTERN: "must have 1 to 200 visible ASCII characters and no dot",
    r"^[0-9a-z-]{8,64}$": "must have 8 to 64 characters, each a digit, a-z or a hyphen",
    r"^[0-9a-f]{24}$": "must have 24 digits 0-9 and a-f",
    **dict.fromkeys(
        (ONE_LINE, ONE_LINE_OR_NONE),
        "must be on one line, without control characters or marks that turn the direction",
    ),
    r"^[Hh][Tt][Tt][Pp][Ss]?://\S+$": "must be a URL that begins with https:// or http://",
}


def mistakes_of(error: ValidationError) -> tuple[dict[str, str], ...]:
    """Return the places and kinds of mistakes, without the values."""
    mistakes = error.errors(include_url=False, include_input=False)
    return tuple(
        {"path": ".".join(map(str, mistake["loc"])), "message": in_words(mistake)}
        for mistake in mistakes[:MAX_MISTAKES]
    )


def in_words(mistake: ErrorDetails) -> str:
    """Return one mistake in words."""
    told: dict[str, Any] = mistake.get("ctx", {})
    match mistake["type"]:
        case "value_error":
            return str(told["error"])
        case "string_too_short" | "too_short" if told["min_length"] == 1:
            return "must not be empty"
        case "string_too_short" if told["min_length"] == LEAST_MAILBOX:
            return BY_PATTERN[MAILBOX_PATTERN]
        case "string_too_long" | "too_long" if told["max_length"] == 1:
            return BY_TYPE[mistake["type"]].format_map(told).rstrip("s").replace("entrie", "entry")
        case "string_pattern_mismatch" if told["pattern"] in BY_PATTERN:
            return BY_PATTERN[told["pattern"]]
        case known if known in BY_TYPE:
            return BY_TYPE[known].format_map(told)
        case _:
            return "is not as it must be: docs/event.schema.json and /openapi.json say how"
