"""Letters of others that mention a person: which do, and what is left without him. Pure."""

import zlib
from collections.abc import Iterator, Mapping, Set
from contextlib import suppress
from html import unescape
from typing import Any

from contract.reading.addresses import canonical, is_his
from receiver.erasing.traces.traces import ERASED, Traces
from receiver.letters.belonging import named_in
from receiver.letters.letter import Letter
from receiver.letters.subject import base_subject
from receiver.store.mongo import Document
from receiver.store.packed import headers_in, packed

PEOPLE = ("to", "cc", "bcc", "reply_to")
IDS = ("key", "message_id", "known_as", "thread_index", "in_reply_to", "references")


def why_touched(traces: Traces, document: Document, *, linked: bool) -> str | None:
    """Return how a letter of others mentions a person; None if it does not.

    ``linked``: it stands beside his letters, or names one. Only there lines and names are searched
    for: elsewhere they could be anybody's, unless there are more of them than chance makes.
    """
    mailbox, message = document["mailbox"], document["message"]
    if any(is_his(each, traces.person) for each in named_in(mailbox, message)):
        return "names"
    if any(map(traces.mentioned_in, texts_of(document))):
        return "mentions"
    quotes = _quotes(traces, document) if linked else traces.forwarded_in(Letter(mailbox, message))
    return "quotes" if quotes else None


def _quotes(traces: Traces, document: Document) -> bool:
    """Tell whether a letter beside his has his words, his full name, or a subject of his."""
    message, content = document["message"], document["content"]
    people = [message["from"], *(each for name in PEOPLE for each in message.get(name, ()))]
    said = [message["subject"], message["body"], *(each["name"] for each in people)]
    said += [each["filename"] for each in message["attachments"]]
    return (
        base_subject(message["subject"]) in traces.subjects
        or any(map(traces.names_him, said))
        or any(_tells(traces, each, frozenset()) for each in _headers(content))
        or traces.told_in(unescape(content.get("html", "")))
    )


def texts_of(document: Document) -> list[str]:
    """Return every text of a letter's document, except ids, its original and files."""
    message = document["message"]
    said = {name: each for name, each in message.items() if name not in IDS}
    texts = [each["filename"].rpartition(".")[0] for each in message["attachments"]]
    texts += _strings([said, document["content"], document["copies"]])
    return [*texts, *_strings(_headers(document["content"]))]


def _headers(content: Document) -> list[list[str]]:
    with suppress(zlib.error):  # of a damaged letter the rest is searched
        return headers_in(content)
    return []


def tells_anywhere(traces: Traces, document: Document) -> bool:
    """Tell whether a document of any shape mentions him."""
    return any(traces.told_in(each) or traces.names_him(each) for each in _strings(document))


def _strings(value: Any) -> Iterator[str]:
    """Yield every text in a value of any shape."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)


def redacted(traces: Traces, document: Document, files: frozenset[str]) -> Document:
    """Return the fields of a letter's document without a person.

    ``files`` are the digests of attachments that stay.
    """
    message, content = dict(document["message"]), dict(document["content"])
    new_words = message["reply"] if message["reply"].strip() else message["body"]
    untouched = {name: message[name] for name in ("key", "message_id", "thread_index")}
    message = traces.without(message) | untouched
    message["body"] = traces.cleaned(new_words)
    if base_subject(document["message"]["subject"]) in traces.subjects:
        message["subject"] = ERASED
    for name in ("in_reply_to", "references"):
        message[name] = [one for one in document["message"][name] if one not in traces.ids]
    if message.get("guess") and message["guess"]["evidence"] in traces.subjects:
        message["guess"] = message["guess"] | {"evidence": ERASED}
    rewritten = document["message"].get("original_from")
    if message.get("original_from") and is_his(canonical(rewritten["address"]), traces.person):
        message.pop("original_from")
    message["attachments"] = [each for each in message["attachments"] if each["sha256"] in files]
    kept = [each for each in headers_in(content) if not _tells(traces, each, traces.ids)]
    content |= {"html": "", "raw": None}
    content.pop("original", None)
    content = traces.without(content) | {"headers": packed(kept)}
    known = [one for one in document["known"] if one.partition("\n")[0] not in traces.ids]
    return {
        "message": message,
        "content": content,
        "copies": traces.without(document["copies"]),
        "known": [one for one in known if not is_his(one.rpartition("\n")[2], traces.person)],
        "digests": sorted(files),
        "redacted": True,
    }


def _tells(traces: Traces, field: list[str], ids: Set[str]) -> bool:
    name, value = field[0].casefold(), field[1]
    quotes = name.endswith(("subject", "topic")) and base_subject(value) in traces.subjects
    return quotes or any(one in value for one in ids) or traces.names_him(value)
