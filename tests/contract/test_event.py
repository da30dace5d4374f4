"""The event: what is required, what is refused, and that the published schema is current."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from contract.bounds import MAX_IDS, MAX_TEXT_BYTES
from contract.event import EmailReceived
from contract.schema import schema_text

SMALLEST: dict[str, Any] = {
    "mailbox": "support@yandex.ru",
    "from": {"address": "ivan@example.ru"},
    "text": "Здравствуйте!",
}


def event(**data: Any) -> EmailReceived:
    body = {"type": "email.received", "data": SMALLEST | data}
    return EmailReceived.model_validate_json(json.dumps(body))


def test_mailbox_from_and_text_are_enough() -> None:
    assert event().data.from_.address == "ivan@example.ru"


@pytest.mark.parametrize(
    "mailbox",
    ["a@b", "a.b+c@d-e.f_g.ru", "o'brien@example.ie", "поддержка@пример.рф", f"a@{'b' * 63}.ru"],
)
def test_a_mailbox_of_any_script_is_taken(mailbox: str) -> None:
    assert event(mailbox=f" {mailbox} ").data.mailbox == mailbox


def test_a_subject_does_instead_of_a_text() -> None:
    data = {"mailbox": "a@b.ru", "from": {"address": "c@d.ru"}, "subject": "Вопрос"}
    body = json.dumps({"type": "email.received", "data": data})
    assert EmailReceived.model_validate_json(body).data.subject == "Вопрос"
    del data["subject"]
    with pytest.raises(ValidationError, match="one of subject, text and html is required"):
        EmailReceived.model_validate({"type": "email.received", "data": data})
    page = {"type": "email.received", "data": data | {"html": "<p>Вопрос"}}
    assert EmailReceived.model_validate(page).data.html == "<p>Вопрос"


@pytest.mark.parametrize("missing", ["mailbox", "from", "text"])
def test_what_is_required(missing: str) -> None:
    data = {name: value for name, value in SMALLEST.items() if name != missing}
    with pytest.raises(ValidationError, match="required"):
        EmailReceived.model_validate_json(json.dumps({"type": "email.received", "data": data}))


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "an operator for an address": ({"from": {"$ne": None}}, "data.from.address"),
    "an operator for a subject": ({"subject": {"$ne": 1}}, "data.subject"),
    "a number for a text": ({"text": 1}, "data.text"),
    "a mailbox of blanks": ({"mailbox": "    "}, "data.mailbox"),
    "a mailbox without @": ({"mailbox": "support"}, "data.mailbox"),
    "a mailbox that is a domain": ({"mailbox": "@yandex.ru"}, "data.mailbox"),
    "a mailbox with a line feed": ({"mailbox": "a@b.ru\nc"}, "data.mailbox"),
    "a mailbox with a control sign": ({"mailbox": "a\x01@b.ru"}, "data.mailbox"),
    "a mailbox with a sign that is not seen": ({"mailbox": "a\u200b@b.ru"}, "data.mailbox"),
    "a domain with one": ({"mailbox": "a@b.ru\ufeff"}, "data.mailbox"),
    "a list of mailboxes": ({"mailbox": "a@b.ru,c@b.ru"}, "data.mailbox"),
    "a mailbox and what ended its row": ({"mailbox": "a@b.ru;"}, "data.mailbox"),
    "a mailbox in angle brackets": ({"mailbox": "<a@b.ru>"}, "data.mailbox"),
    "a mailbox with a comment": ({"mailbox": "(c)a@b.ru"}, "data.mailbox"),
    "a mailbox in quotation marks": ({"mailbox": "'a@b.ru'"}, "data.mailbox"),
    "a mailbox as a link": ({"mailbox": "mailto:a@b.ru"}, "data.mailbox"),
    "a mailbox with two @": ({"mailbox": "a@@b.ru"}, "data.mailbox"),
    "a mailbox at a mailbox": ({"mailbox": "a@b@c.ru"}, "data.mailbox"),
    "a mailbox with two dots": ({"mailbox": "a@b..ru"}, "data.mailbox"),
    "a mailbox of dots": ({"mailbox": "..@b.ru"}, "data.mailbox"),
    "a domain that begins with a dot": ({"mailbox": "a@.ru"}, "data.mailbox"),
    "a domain that ends with one": ({"mailbox": "a@b.ru."}, "data.mailbox"),
    "a domain that begins with a dash": ({"mailbox": "a@-b.ru"}, "data.mailbox"),
    "a path for a domain": ({"mailbox": "a@b/c"}, "data.mailbox"),
    "a label too long for DNS": ({"mailbox": f"a@{'b' * 64}.ru"}, "data.mailbox"),
    "From of a sign that is not seen": ({"from": {"address": "\u200b"}}, "data.from.address"),
    "of several": ({"to": [{"address": " \ufeff\u00ad\u3164 "}]}, "data.to.0.address"),
    "a line feed in From": ({"from": {"address": "a@b\nBcc: x"}}, "data.from.address"),
    "a line feed in a name": ({"from": {"address": "a@b", "name": "A\r\nB"}}, "data.from.name"),
    "a line separator in To": ({"to": [{"address": "a@b\u2028c"}]}, "data.to.0.address"),
    "NUL in Reply-To": ({"reply_to": [{"address": "a\0@b"}]}, "data.reply_to.0.address"),
    "a list for a mailbox": ({"mailbox": ["a@b.ru"]}, "data.mailbox"),
    "a string for ids": ({"references": "<a@b>"}, "data.references"),
    "an empty id": ({"references": ["<>"]}, "data.references.0"),
    "too many ids": ({"references": ["a@b"] * (MAX_IDS + 1)}, "data.references"),
    "an unknown kind": ({"kind": "spam"}, "data.kind"),
    "a date without a zone": ({"date": "2026-11-23T10:00:00"}, "data.date"),
    "a digest in capitals": ({"raw": {"sha256": "A" * 64, "size": 1}}, "data.raw.sha256"),
    "a negative size": ({"raw": {"sha256": "a" * 64, "size": -1}}, "data.raw.size"),
    "a size beyond BSON": ({"raw": {"sha256": "a" * 64, "size": 10**30}}, "data.raw.size"),
    "a text beyond the limit": ({"text": "я" * (MAX_TEXT_BYTES // 2 + 1)}, "data.text"),
    "an object for a header": ({"headers": [{"Subject": "x"}]}, "data.headers.0"),
}


@pytest.mark.parametrize(("data", "path"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_field_is_named(data: dict[str, Any], path: str) -> None:
    with pytest.raises(ValidationError) as caught:
        event(**data)
    paths = [".".join(map(str, error["loc"])) for error in caught.value.errors()]
    assert any(found.startswith(path) for found in paths), paths


@pytest.mark.parametrize("given", ["a\nb", "a\r\nb", "a\u2028b", "a\0b", "a b"])
def test_what_is_shown_on_one_line_is_made_one(given: str) -> None:
    """A name with a line break is refused instead: without the break it would be another name."""
    file = {"filename": given, "content_type": given, "size": 1, "sha256": "a" * 64}
    read = event(subject=given, thread_index=given, attachments=[file]).data
    shown = (read.subject, read.thread_index, read.attachments[0].filename)
    assert shown == ("a b",) * 3


def test_a_mailbox_loses_its_outer_blanks() -> None:
    assert event(mailbox=" support@yandex.ru\n").data.mailbox == "support@yandex.ru"


def test_ids_lose_their_brackets() -> None:
    assert event(in_reply_to=["<a@b.ru>", " c@d.ru "]).data.in_reply_to == ["a@b.ru", "c@d.ru"]


def test_a_newer_bridge_may_say_more() -> None:
    assert event(mood="sunny").data.mailbox == "support@yandex.ru"


def test_a_mistake_does_not_show_the_letter() -> None:
    with pytest.raises(ValidationError) as caught:
        event(subject=["secret words"])
    assert "secret words" not in str(caught.value)


def test_the_published_schema_is_current() -> None:
    path = Path(__file__).parents[2] / "docs" / "event.schema.json"
    assert path.read_text(encoding="utf-8") == schema_text(), "run: make schema"
