"""The allow-list: whom a recipient address stands for."""

import pytest

from bridge.ingress.smtp.recipients import Mailboxes

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
        ("in-0000@bridge.example", None),
        ("anybody@help.example", "support@yandex.ru"),
        ("urgent@help.example", "sales@yandex.ru"),
        ("anybody@sales.example", "sales@yandex.ru"),
        ("anybody@sub.help.example", None),
        ("ivan@example.ru", None),
        ("<>", None),
        ("", None),
    ],
)
def test_who_is_reached(recipient: str, mailbox: str | None) -> None:
    assert MAILBOXES.find(recipient) == mailbox
