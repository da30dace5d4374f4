"""The allow-list: whom a recipient address stands for."""

import re

import pytest

from bridge.ingress.smtp.recipients import Mailboxes
from bridge.settings import BridgeSettings

MAILBOXES = Mailboxes(
    {
        "support@yandex.ru": ["support@yandex.ru", "in-4f2a@bridge.example", "help.example"],
        "sales@yandex.ru": ["@sales.example", "urgent@help.example"],
    }
)


@pytest.mark.parametrize(
    ("recipient", "mailbox"),
    [
        ("support@yandex.ru", "support@yandex.ru"),
        ("Support@Yandex.RU", "support@yandex.ru"),
        ("in-4f2a@bridge.example", "support@yandex.ru"),
        ('"support"@yandex.ru', "support@yandex.ru"),
        ('"In-\\4f2a"@bridge.example', "support@yandex.ru"),
        ('"support@yandex.ru"', None),
        ('"support@yandex.ru"@x.ru', None),
        ('"any body"@help.example', "support@yandex.ru"),
        ("in-0000@bridge.example", None),
        ("anybody@help.example", "support@yandex.ru"),
        ("urgent@help.example", "sales@yandex.ru"),
        ("anybody@sales.example", "sales@yandex.ru"),
        ("anybody@sub.help.example", None),
        ("ivan@example.ru", None),
        ("help.example", None),
        ("postmaster", None),
        ("postmaster@help.example", "support@yandex.ru"),
        ("<>", None),
        ("", None),
    ],
)
def test_who_is_reached(recipient: str, mailbox: str | None) -> None:
    assert MAILBOXES.find(recipient) == mailbox


@pytest.mark.parametrize(
    ("mailboxes", "wanted", "postmaster"),
    [
        ("a@x.ru", "", "a@x.ru"),
        ("a@x.ru b@x.ru", "", ""),
        ("a@x.ru b@x.ru", "B@x.ru", "b@x.ru"),
        ('{"a@x.ru": ["in@y.ru", "y.example"]}', "", "a@x.ru"),
        ('{"a@x.ru": [], "b@x.ru": ["b@x.ru"]}', "", "b@x.ru"),
    ],
)
def test_who_is_the_postmaster(mailboxes: str, wanted: str, postmaster: str) -> None:
    env = {"MAILBOXES": mailboxes, "SMTP_POSTMASTER": wanted}
    imap = {"IMAP_USER": "a@x.ru", "IMAP_PASSWORD": "x"} if "[]" in mailboxes else {}
    settings, wrong = BridgeSettings.judged({**env, **imap})
    assert wrong == []
    found = Mailboxes(settings.mailboxes, settings.postmaster)
    for name in ("postmaster", "Postmaster", "POSTMASTER"):  # RFC 5321 4.5.1
        assert (found.find(name) or "") == postmaster
    assert found.find("ivan@postmaster") is None
    assert ("postmaster" in dict(found.taken())) == bool(postmaster)


def test_whom_is_said_at_the_start() -> None:
    assert dict(MAILBOXES.taken()) == {
        "support@yandex.ru": "support@yandex.ru",
        "in-4f2a@bridge.example": "support@yandex.ru",
        "*@help.example": "support@yandex.ru",
        "*@sales.example": "sales@yandex.ru",
        "urgent@help.example": "sales@yandex.ru",
    }


BOTH = {"a@x.ru": ["a@x.ru"], "b@x.ru": ["b@x.ru"]}


@pytest.mark.parametrize(
    ("text", "mailboxes"),
    [
        ("a@x.ru b@x.ru", BOTH),
        ("a@x.ru,b@x.ru", BOTH),
        ("a@x.ru, b@x.ru,", BOTH),
        ("a@x.ru;b@x.ru", BOTH),
        ("a@x.ru\nb@x.ru\n", BOTH),
        ("\ta@x.ru\r\n ; b@x.ru", BOTH),
        ("a@x.ru a@x.ru b@x.ru", BOTH),
        ('["a@x.ru", "b@x.ru"]', BOTH),
        ('{"a@x.ru": ["a@x.ru"], "b@x.ru": ["b@x.ru"]}', BOTH),
        ("o'brien+x@sub.x.ru", {"o'brien+x@sub.x.ru": ["o'brien+x@sub.x.ru"]}),
        ("помощь@почта.рф", {"помощь@почта.рф": ["помощь@почта.рф"]}),
        ("root@localhost", {"root@localhost": ["root@localhost"]}),
        ('{"a@x.ru": ["@lan", "in.b-c.example"]}', {"a@x.ru": ["@lan", "in.b-c.example"]}),
    ],
)
def test_how_mailboxes_are_written(text: str, mailboxes: dict[str, list[str]]) -> None:
    settings, wrong = BridgeSettings.judged({"MAILBOXES": text})
    assert (settings.mailboxes, wrong) == (mailboxes, [])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("support", '"support" is no mailbox'),
        ("x.ru", '"x.ru" is no mailbox'),
        ("@b", '"@b" is no mailbox'),
        ("a@x.ru.", '"a@x.ru." is no mailbox'),
        ("a@x.ru @b", '"@b" is no mailbox'),
        ("'a@x.ru'", "\"'a@x.ru'\" is no mailbox"),
        ('"a@x.ru"', r'"\"a@x.ru\"" is no mailbox'),
        ("Иван <a@x.ru>", '"<a@x.ru>" is no mailbox'),
        ("*@x.ru", '"*@x.ru" is no mailbox'),
        ("a@b@x.ru", '"a@b@x.ru" is no mailbox'),
        ("a" * 320 + "@x.ru", "is no mailbox"),
        ('{"a@x.ru": ["in"]}', '"in" is no address and no domain'),
        ('{"a@x.ru": ["in-4f2a9c…@bridge.example.ru"]}', '"in-4f2a9c…@bridge.example.ru" is no'),
        ('{"a@x.ru": ["*"]}', '"*" is no address and no domain'),
        ('{"a@x.ru": [""]}', '"" is no address and no domain'),
        ('{"a@x.ru": ["in@y.ru, out@y.ru"]}', '"in@y.ru, out@y.ru" is no address'),
        ('{"a@x.ru": ["y.ru."]}', '"y.ru." is no address'),
        ('{"a@x.ru": ["in@y.ru"], "b@x.ru": ["IN@y.ru"]}', '"IN@y.ru" would stand for both'),
        ('{"a@x.ru": ["y.ru"], "b@x.ru": ["@y.ru"]}', '"@y.ru" would stand for both'),
        ('{"a@x.ru": ["in@y.ru"], "a@x.ru": ["in@z.ru"]}', '"a@x.ru" is named twice'),
        ('{"a@x.ru": ["in@y.ru"], "A@x.ru": ["in@z.ru"]}', '"a@x.ru" and "A@x.ru" are one mailbox'),
        ('{"a@x.ru": ', "this is not JSON, at its end"),
        ('{"a@x.ru": []}', 'no recipient for "a@x.ru"'),
        ("[1]", "such as"),
        pytest.param(f"[{'9' * 5000}]", "such as", id="a long number"),
        ("suppоrt@yandex.ru", '"suppоrt@yandex.ru" has Latin beside Cyrillic'),
        ('{"a@x.ru": ["bridgе.example.ru"]}', '"bridgе.example.ru" has Latin beside Cyrillic'),
    ],
)
def test_a_mistake_in_the_mailboxes_is_quoted(text: str, said: str) -> None:
    _, [wrong] = BridgeSettings.judged({"MAILBOXES": text})
    assert wrong.names == ("MAILBOXES",)
    assert said in wrong.sentence


def test_all_mistakes_in_the_mailboxes_are_named_at_once() -> None:
    _, [wrong] = BridgeSettings.judged({"MAILBOXES": "support, a@x.ru, sales"})
    assert re.search(r'"support" is no.*"sales" is no', wrong.sentence)
