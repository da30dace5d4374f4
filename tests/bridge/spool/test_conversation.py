"""Which conversation a letter seems to be of, by its bytes as they come."""

import pytest

from bridge.spool.conversation import conversation_of


@pytest.mark.parametrize(
    ("header", "conversation"),
    [
        ("Subject: x", ""),
        ("Message-ID: <1@a.ru>", "<1@a.ru>"),
        ("In-Reply-To: <1@a.ru>\r\nMessage-ID: <2@a.ru>", "<1@a.ru>"),
        ("MESSAGE-ID:<3@a.ru>\r\nreferences:\r\n <1@a.ru> <2@a.ru>", "<1@a.ru>"),
        ("Subject: x\r\n\r\nReferences: <1@a.ru>", ""),  # a letter's text
        ("X-References: <1@a.ru>\r\nMessage-ID: <2@a.ru>", "<2@a.ru>"),
        ("References: none\r\nMessage-ID: none", ""),
        (f"Message-ID: <{'x' * 300}>", ""),
        ("Message-ID: <1@a.ru", ""),
        ("References: none\r\nTo: <support@a.ru>\r\nMessage-ID: <1@a.ru>", "<1@a.ru>"),
    ],
)
def test_the_first_id_that_it_names_or_its_own(header: str, conversation: str) -> None:
    assert conversation_of(header.encode() + b"\r\n\r\ntext") == conversation.encode()
