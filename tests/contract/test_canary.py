"""Only who has the secret makes a canary, for one mailbox, and for six days."""

import pytest

from contract.canary import CLOCKS_DIFFER, FIELD, OLDEST_SECONDS, CanaryMark, mark, mark_in
from contract.signature import Key, new_secret

OLD, NEW, OTHER = (Key(new_secret()) for _ in range(3))
NAME, MAILBOX, NOW = "ab" * 16, "support@example.ru", 1_795_000_000
VALUE = mark([OLD], MAILBOX, NAME, NOW)


@pytest.mark.parametrize(
    ("headers", "mailbox", "keys", "later", "is_one"),
    [
        ([(FIELD, VALUE)], MAILBOX, [OLD], 0, True),
        ([(FIELD.lower(), f" {VALUE} ")], "Support@Example.ru ", [NEW, OLD], 0, True),
        ([(FIELD, VALUE)], MAILBOX, [OLD], OLDEST_SECONDS, True),
        ([(FIELD, VALUE)], MAILBOX, [OLD], -CLOCKS_DIFFER, True),
        ([(FIELD, VALUE)], MAILBOX, [OLD], OLDEST_SECONDS + 1, False),
        ([(FIELD, VALUE)], MAILBOX, [OLD], -CLOCKS_DIFFER - 1, False),
        ([(FIELD, VALUE)], "sales@example.ru", [OLD], 0, False),
        ([(FIELD, VALUE)], MAILBOX, [OTHER], 0, False),
        ([(FIELD, VALUE.replace(str(NOW), str(NOW + 1)))], MAILBOX, [OLD], 0, False),
        ([(FIELD, VALUE.replace("ab", "ac", 1))], MAILBOX, [OLD], 0, False),
        ([(FIELD, VALUE), (FIELD, VALUE)], MAILBOX, [OLD], 0, False),
        ([(FIELD, "v1")], MAILBOX, [OLD], 0, False),
        ([("Subject", VALUE)], MAILBOX, [OLD], 0, False),
        ([], MAILBOX, [OLD], 0, False),
    ],
)
def test_what_is_a_canary(
    headers: list[tuple[str, str]], mailbox: str, keys: list[Key], later: int, is_one: bool
) -> None:
    found = mark_in(keys, mailbox, headers, NOW + later)
    assert found == (CanaryMark(NAME, NOW) if is_one else None)
