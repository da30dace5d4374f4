"""Message-ID, In-Reply-To and References as programs write them."""

import pytest

from bridge.parse.message import read_letter
from tests.letters import raw_letter as letter


@pytest.mark.parametrize(
    ("field", "ids"),
    [
        ("<a@x>", ("a@x",)),
        ("<a@x> <b@x>", ("a@x", "b@x")),
        ("<a@x>\r\n\t<b@x>", ("a@x", "b@x")),
        ("a@x, b@x", ("a@x", "b@x")),
        ("<a@x>,<b@x>", ("a@x", "b@x")),
        ("<a@x> <a@x>", ("a@x",)),
        ("<a\r\n @x>", ("a@x",)),
        ("<yes> <a@x>", ("a@x",)),
        ("<one@example.ru> <a@x>", ("a@x",)),
        ("<a@x b@x>", ("a@x", "b@x")),
        ("=?utf-8?q?=3Ca=40x=3E?=", ("a@x",)),
        ("=?utf-8?q?=3Ca=40?=\r\n =?utf-8?q?x=3E?=\r\n =?utf-8?q?=3Cb=40x=3E?=", ("a@x", "b@x")),
        ("=?utf-8?b?PGFAeD4=?= <b@x>", ("a@x", "b@x")),
        ("&lt;a@x&gt; &lt;b@x&gt;", ("a@x", "b@x")),
        ("%3Ca%40x%3E", ("a@x",)),
        ("=?utf-8?q?<a=00b=0A=E2=80=A8c@x>?=", ("abc@x",)),
        ("%3Ca%00b@x%3E", ("ab@x",)),
        ("<%3Ca%40x%3E> <b@x>", ("a@x", "b@x")),
        ("", ()),
    ],
)
def test_references(field: str, ids: tuple[str, ...]) -> None:
    assert read_letter(letter(References=field)).references == list(ids)


@pytest.mark.parametrize(
    ("parent", "own", "field", "ids"),
    [
        ("<a@x>", "<c@x>", "", ["a@x"]),
        ("<a@x>", "<c@x>", "<b@x> <a@x>", ["a@x", "b@x"]),
        ("<a@x>", "<a@x>", "", []),
        ("none", "<c@x>", "<b@x>", ["b@x"]),
    ],
)
def test_a_copy_that_exchange_redirected_names_the_letter_it_is(
    parent: str, own: str, field: str, ids: list[str]
) -> None:
    fields = {"X_MS_Exchange_Parent_Message_Id": parent, "Message_ID": own, "References": field}
    assert read_letter(letter(**fields)).references == ids


@pytest.mark.parametrize(
    ("field", "ids"),
    [
        ("<a@x>", ("a@x",)),
        ("a@x", ("a@x",)),
        ("=?utf-8?q?=3Ca=40x=3E?=", ("a@x",)),
        ("[a@x]", ("a@x",)),
        ("<a@[192.0.2.1]>", ("a@[192.0.2.1]",)),
        ("mid:a@x", ("a@x",)),
        ("Message from A <p@q> of Mon, 2 Mar 2026 <a@x>", ("a@x",)),
        ("Your message of Mon, 2 Mar 2026 <a@x>", ("a@x",)),
        ("<a@x> (message from A <p@q>)", ("a@x",)),
        ("<a@x> from A <p@q>", ("a@x",)),
        ("Message from A <p@q>", ()),
        ("Message from A <p@q> of Mon, 2 Mar 2026", ()),
        ("Message from A42 <p@q>", ()),
        ("Your message of Monday <a@x>", ("a@x",)),
        ("Ivan Petrov <p@q>'s message of Mon, 2 Mar 2026", ()),
        ("<p@q>'s message of Mon, 2 Mar 2026 <a@x>", ("a@x",)),
        ("<a@x> (Ivan Petrov <p@q>'s message of Mon)", ("a@x",)),
        ("the mail of Ivan Petrov <p@q>", ()),
        ("Ivan Petrov <p@q>", ()),
        ('"Petrov, Ivan" <p@q>', ()),
        ("Сообщение от Ивана <p@q>", ()),
        ("Сообщение от Ивана <p@q> от 2 марта 2026 <a@x>", ("a@x",)),
        ("Ваше письмо от 2 марта 2026 г. <a@x>", ("a@x",)),
        ("In reply to your message <a@x>", ("a@x",)),
        ("In reply to <a@x>", ("a@x",)),
        ("Your message, sent to <support@example.com>", ()),
        ("support@example.com", ()),
        ("SUPPORT@example.com's message of Mon", ()),
        ("<reply+17@example.ru>", ("reply+17@example.ru",)),
        ("<yes>", ()),
        ("<one@example.ru>", ()),
    ],
)
def test_in_reply_to(field: str, ids: tuple[str, ...]) -> None:
    assert read_letter(letter(In_Reply_To=field)).in_reply_to == list(ids)


@pytest.mark.parametrize(
    ("field", "own"),
    [
        ("<a@x>", "a@x"),
        ("a@x", "a@x"),
        (" <a@x> (comment)", "a@x"),
        ("<a@\r\n x>", "a@x"),
        ("<<a@x>>", "a@x"),
        ('<1."Ivan"<p@q>>', '1."Ivan"p@q'),
        ("<a@x", "a@x"),
        ("a@x>", "a@x"),
        ("<>", None),
        ("", None),
        (None, None),
    ],
)
def test_the_own_id(field: str | None, own: str | None) -> None:
    assert read_letter(letter(Message_ID=field)).message_id == own


def test_of_a_repeated_id_the_first_counts() -> None:
    assert read_letter(b"Message-ID: <old@x>\r\n" + letter()).message_id == "old@x"


@pytest.mark.parametrize(
    "value",
    ["=?utf-8?q?=3Cone=40x=3E?=", "=?us-ascii?b?PG9uZUB4Pg==?=", "&lt;one@x&gt;", "<one@x>"],
)
def test_the_letters_own_id_is_read_however_it_is_written(value: str) -> None:
    assert read_letter(letter(Message_ID=value)).message_id == "one@x"
