"""The lengths and shapes allowed in the fields of an event, as types."""

import re
from base64 import b64decode, b64encode
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
)

from contract.signature import ID_SHAPE

# The doors accept only what lies within these bounds: the bridge cuts a letter's fields to them and
# refuses longer envelopes. The receiver answers 422 to anything beyond.
MAX_MAILBOX = 320
MAX_PATH_BYTES = 1000  # of an envelope's address (RFC 5321 4.5.3.1.3 asks for 256)
MAX_LINE = 2000
MAX_ADDRESS = 1000
MAX_MESSAGE_ID = 1000
MAX_IDS = 100
MAX_ADDRESSES = 1000
MAX_ATTACHMENTS = 100
MAX_HEADERS = 10_000
MAX_VERDICTS = 10
MAX_DEFECTS = 100
MAX_HOSTS = 20
MAX_TEXT_BYTES = 1024 * 1024
LEAST_MAILBOX = 3  # a@b
# Invisible characters besides white space: a name with one of them is another name.
UNSEEN = (
    r"\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    r"\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff0-\ufffb"
)
# RFC 5322 3.2.3 and RFC 6531: words and labels between dots, in any script. What punctuates a list,
# a URL or a display name is a mistake to report, as are a star, an ellipsis and a quotation mark.
_NOT_IN_A_WORD = r"\s@.<>()\[\],;:\\\"*\u2026" + UNSEEN
_NOT_IN_A_LABEL = r"\s\x21-\x2c\x2e\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7e\u2026" + UNSEEN
_WORDS = rf"[^'{_NOT_IN_A_WORD}][^{_NOT_IN_A_WORD}]*(?:\.[^{_NOT_IN_A_WORD}]+)*"
_LABEL = rf"[^_\-{_NOT_IN_A_LABEL}](?:[^{_NOT_IN_A_LABEL}]{{0,61}}[^_\-{_NOT_IN_A_LABEL}])?"
MAILBOX_PATTERN = rf"^{_WORDS}@{_LABEL}(?:\.{_LABEL})*$"
# Characters that end a line, command a terminal, or reorder the text beside them (TR 9).
_IN_A_LINE = r"[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]"
ONE_LINE, ONE_LINE_OR_NONE = rf"^{_IN_A_LINE}+$", rf"^{_IN_A_LINE}*$"
SHA256_PATTERN = r"^[0-9a-f]{64}$"
EVENT_ID_PATTERN = rf"^{ID_SHAPE.pattern}$"
EVENT_BYTES = 7 * 1024 * 1024  # of JSON: the most that the bridge sends, and every receiver takes


def bare_id(value: str) -> str:
    """Return a Message-ID without its angle brackets and outer white space (RFC 8621 4.1.2.3)."""
    value = value.strip()
    if value.startswith("<") and value.endswith(">"):
        value = value[1:-1].strip()
    if not value:
        raise ValueError("a Message-ID must not be empty")
    if _BREAKS.search(value):
        raise ValueError("a Message-ID must be on one line")
    return value


def bounded_text(value: str) -> str:
    """Refuse a text of more than ``MAX_TEXT_BYTES`` of UTF-8."""
    size = len(value) if value.isascii() else len(value.encode())
    if size > MAX_TEXT_BYTES:
        raise ValueError(f"a text must not be longer than {MAX_TEXT_BYTES} bytes of UTF-8")
    return value


def on_one_line(value: str) -> str:
    """Refuse characters at which a mail header would break or end: no name has them."""
    if _BREAKS.search(value):
        raise ValueError("a name or address must be on one line")
    return value


def flattened(value: str) -> str:
    """Return a text that is shown on one line: each line break becomes a space."""
    return value if value.isprintable() else _BREAKS.sub(" ", value)


def is_blank(value: str) -> bool:
    """Tell whether a text has nothing visible."""
    if "!" <= value[:1] <= "~":  # most begin with visible ASCII
        return False
    return _SEEN.search(value) is None


def has_unseen(value: str) -> bool:
    """Tell whether a text has an invisible character, other than a blank."""
    return bool(_UNSEEN.search(value))


def not_blank(value: str) -> str:
    """Refuse a text with nothing visible: as an address it would be shared by all without one."""
    if is_blank(value):
        raise ValueError("must not be blank")
    return value


def seen_ends(value: object) -> object:
    """Return a text without invisible characters at its ends, as programs copy addresses."""
    return _UNSEEN_ENDS.sub("", value) if isinstance(value, str) else value


# Line ends (RFC 5322 2.2, Unicode TR 14), and NUL.
_BREAKS = re.compile("[\x00\n\x0b\x0c\r\x85\u2028\u2029]+")
_UNSEEN = re.compile(f"[{UNSEEN}]")
_SEEN = re.compile(rf"[^\s{UNSEEN}\ufe00-\ufe0f]")
_UNSEEN_ENDS = re.compile(rf"\A[\s{UNSEEN}]+|[\s{UNSEEN}]+\Z")

# A person's name, refused if it has several lines; any other text is made one line.
Name = Annotated[str, StringConstraints(max_length=MAX_LINE), AfterValidator(on_one_line)]
Line = Annotated[str, StringConstraints(max_length=MAX_LINE), AfterValidator(flattened)]
# Each byte of a path may be shown as ``\xff``, which takes four characters.
EnvelopePath = Annotated[str, StringConstraints(max_length=4 * MAX_PATH_BYTES)]
Mailbox = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        min_length=LEAST_MAILBOX,
        max_length=MAX_MAILBOX,
        pattern=MAILBOX_PATTERN,
    ),
]
MessageId = Annotated[str, StringConstraints(max_length=MAX_MESSAGE_ID), AfterValidator(bare_id)]
Sha256 = Annotated[str, StringConstraints(pattern=SHA256_PATTERN)]
Text = Annotated[str, AfterValidator(bounded_text)]
Subject = Annotated[Text, AfterValidator(flattened)]
EventId = Annotated[str, StringConstraints(pattern=EVENT_ID_PATTERN)]
Count = Annotated[int, Field(ge=0, le=2**31)]
Size = Annotated[int, Field(ge=0, le=2**53)]
Kind = Literal["letter", "auto-reply", "bounce", "list", "confirmation"]
Direction = Literal["in", "out"]


@lru_cache(maxsize=64)  # a bridge has few, and checks them with every letter
def is_mailbox(name: str) -> bool:
    """Tell whether a name may be a mailbox's."""
    try:
        _MAILBOX.validate_python(name)
    except ValidationError:
        return False
    return True


_MAILBOX: TypeAdapter[str] = TypeAdapter(Mailbox)


def from_base64(value: object) -> object:
    """Return the bytes of base64 (RFC 4648 4), at most ``MAX_CONTENT_BYTES``."""
    if not isinstance(value, str):
        return value
    if len(value) > MAX_CONTENT_BASE64:
        raise ValueError(f"the content must not be longer than {MAX_CONTENT_BYTES} bytes")
    try:
        return b64decode(value, validate=True)
    except ValueError:
        raise ValueError("the content is not base64") from None


MAX_CONTENT_BYTES = 128 * 1024
MAX_CONTENT_BASE64 = (MAX_CONTENT_BYTES + 2) // 3 * 4
Content = Annotated[
    bytes,
    BeforeValidator(from_base64),
    Field(max_length=MAX_CONTENT_BYTES),
    PlainSerializer(lambda value: b64encode(value).decode(), return_type=str, when_used="json"),
    WithJsonSchema(
        {"type": "string", "contentEncoding": "base64", "maxLength": MAX_CONTENT_BASE64}
    ),
]
