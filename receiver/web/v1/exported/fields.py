"""A letter's header fields (RFC 5322 3.6), made from its stored content: pure.

Stored addresses may be anything that somebody once wrote, so no parser of addresses is used. What
is no address is written as the name of an empty group (RFC 6854): people can read it, and no
program answers to it. Non-ASCII text is encoded (RFC 2047), but not in addresses (RFC 6532).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.header import Header
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

from receiver.letters.identity import MADE

MADE_ANEW = "X-Email-Listener"
LONGEST_WORD = 700  # octets: a line has 998 (RFC 5322 2.1.1)
_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_FIELD_NAME = re.compile(r"[!-9;-~]{1,200}")
_ATOM = r"[\w!#$%&'*+/=?^`{|}~-]+"
_ATOMS = re.compile(rf"{_ATOM}(?: {_ATOM})*", re.ASCII)
_SPECIAL = re.compile(r'["\\]')
_ADDRESS = re.compile(r'[^\s<>()\[\],;:\\"@]+@[^\s<>()\[\],;:\\"@]+')
_ID = re.compile(r"[!-;=?-~]+")
_PEOPLE = (("Reply-To", "reply_to"), ("To", "to"), ("Cc", "cc"), ("Bcc", "bcc"))
_WRITTEN = frozenset({
    "from", "reply-to", "to", "cc", "bcc", "date", "subject", "message-id", "in-reply-to",
    "references", "mime-version", MADE_ANEW.lower(),
})  # fmt: skip

Message = Mapping[str, Any]


def header_of(message: Message, kept: Iterable[Sequence[str]], remark: str) -> bytes:
    """Return the header of a letter without the MIME fields.

    ``kept`` are the fields that it came with: those that the parser read are written as it read
    them, the others as they are. ``remark`` says that this is not the original.
    """
    fields = [(name, value) for name, value in kept if _FIELD_NAME.fullmatch(name)]
    lines = [
        _text(MADE_ANEW, remark),
        _text("Date", _date(message["created"], fields)),
        *_of_people(message),
        _text("Subject", message["subject"]),
        *_of_ids(message),
    ]
    others = {name.lower() for name, _ in fields}
    if message.get("thread_index") and "thread-index" not in others:
        lines.append(_text("Thread-Index", message["thread_index"]))
    if message.get("original_from") and "x-original-from" not in others:
        lines.append(_addresses("X-Original-From", [message["original_from"]]))
    for name, value in fields:
        if name.lower() not in _WRITTEN and not name.lower().startswith("content-"):
            lines.append(_text(name, value))
    return "".join(f"{line}\n" for line in lines).encode()


def _date(created: datetime, kept: Iterable[tuple[str, str]]) -> str:
    """Return the Date as it came, with its zone; the stored time if that differs."""
    for name, value in kept:
        if name.lower() == "date":
            try:
                told = parsedate_to_datetime(value)
            except (ValueError, TypeError, OverflowError):
                continue
            told = told if told.tzinfo else told.replace(tzinfo=UTC)
            if value.isascii() and told == created.replace(microsecond=0):
                return value
    return format_datetime(created)


def _of_people(message: Message) -> Iterator[str]:
    yield _addresses("From", [message["from"]])
    for field, name in _PEOPLE:
        if people := message.get(name):
            yield _addresses(field, people)


def _of_ids(message: Message) -> Iterator[str]:
    own = message["message_id"]
    named = (
        ("Message-ID", [] if own.endswith(MADE) or not own else [own]),
        ("In-Reply-To", message["in_reply_to"]),
        ("References", message["references"]),
    )
    for field, ids in named:
        plain = [f"<{each}>" for each in ids if _ID.fullmatch(each) and len(each) < LONGEST_WORD]
        if plain:
            yield f"{field}: " + "\n ".join(plain)
        for each in ids:
            if f"<{each}>" not in plain:
                yield _text(f"X-{field}", each)


def _addresses(field: str, people: Iterable[Mapping[str, str]]) -> str:
    return f"{field}: " + ",\n ".join(map(_address, people))


def _address(person: Mapping[str, str]) -> str:
    address, name = _on_one_line(person["address"]), _on_one_line(person.get("name", ""))
    if not _ADDRESS.fullmatch(address) or len(address.encode()) > LONGEST_WORD:
        return f"{_phrase(f'{name} <{address}>' if name else address)}:;"
    return f"{_phrase(name)} <{address}>" if name else address


def _phrase(words: str) -> str:
    """Return a person's name, quoted or encoded if necessary."""
    if not _is_plain(words) or len(words) > LONGEST_WORD:
        return Header(words, "utf-8", header_name="X-Original-From").encode()
    return words if _ATOMS.fullmatch(words) else '"' + _SPECIAL.sub(r"\\\g<0>", words) + '"'


def _text(field: str, value: str) -> str:
    """Return a field of unstructured text, folded."""
    value = _on_one_line(value)
    charset = "us-ascii" if _is_plain(value) else "utf-8"
    return f"{field}: {Header(value, charset, header_name=field).encode()}"


def _is_plain(words: str) -> bool:
    """Tell whether text needs no encoding: ASCII, in lines that are short enough."""
    if not words.isascii() or "=?" in words:
        return False
    return len(words) <= LONGEST_WORD or max(map(len, words.split())) <= LONGEST_WORD


def _on_one_line(text: str) -> str:
    return _BREAKS.sub(" ", text.encode(errors="replace").decode()).strip()
