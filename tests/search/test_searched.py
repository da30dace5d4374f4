"""Which letters a query finds, and which words of them are shown."""

from typing import Any

import pytest

from receiver.search.query import read
from receiver.search.searched import Searched, matches
from receiver.search.snippet import Snippet, fields_found, snippet_of
from tests.receiver.written import MAILBOX, sent, written


def file(name: str, *, inline: bool = False) -> dict[str, Any]:
    fields = {"content_type": "application/pdf", "size": 1, "sha256": "0" * 64}
    return {"filename": name, "inline": inline, **fields}


OLGA = {"name": "Ольга Смирнова", "address": "olga@mail.example.com"}
LETTERS = {
    "return": written("1", "ivan", subject="Заказ 12345", text="Хочу возвратить товар.\nИван"),
    "tree": written(
        "2",
        subject="Ёлки",
        text="Пришлите договор",
        attachments=[file("Договор_2026.pdf")],
    ),
    "form": written("3", "noreply", text="form", reply_to=[{"address": "petr@example.ru"}]),
    "ours": sent("4", "ivan", text="Ваш возврат одобрен", reply="Ваш возврат одобрен"),
    "bounce": written("5", "mailer-daemon", text="user unknown", kind="bounce"),
    "picture": written("6", text="see", attachments=[file("logo.png", inline=True)]),
    "quote": written(
        "7", "eve", text="Да\n\n> возврат денег невозможен\n> заказ", reply="Да", days=60
    ),
}
LETTERS["elsewhere"] = written(
    "8",
    subject="Elsewhere",
    text="x",
    reply_to=[{"address": "anna@example.ru"}, {"address": MAILBOX}],
)
LETTERS["tree"].message["from"] = OLGA
# A domain in either spelling, as mail and web forms have it.
DOMAINS = {
    "ascii": ("иван@xn--80a1acny.xn--p1ai", "XN--P1AI"),
    "letters": ("иван@почта.рф", "РФ"),
}


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("возврат", "return ours quote"),
        ("елка", "tree"),
        ("12345", "return"),
        ("1234", ""),
        ('"возвратить товар"', "return"),
        ('"товар возвратить"', ""),
        ("товар возвратить", "return"),
        ("olga@mail.example.com", "tree"),
        ("from:olga", "tree"),
        ("from:смирнов", "tree"),
        ("from:смирнова", "tree"),
        ("from:petr@example.ru", "form"),
        ("from:anna@example.ru", "elsewhere"),
        ("anna", "elsewhere"),
        ("to:ivan", "ours"),
        ("to:support", "return tree form bounce picture quote elsewhere"),
        ("from:support", "ours"),
        ("договор", "tree"),
        ("file:договор", "tree"),
        ("file:2026.pdf", "tree"),
        ("subject:договор", ""),
        ("subject:заказ", "return form ours bounce picture quote"),
        ("has:attachment", "tree"),
        ("file:logo", "picture"),
        ("kind:bounce", "bounce"),
        ("возврат -from:support", "return quote"),
        ('возврат -"возврат денег"', "return ours"),
        ("возврат -денег", "return ours"),
        ("after:2026-12 возврат -kind:bounce", "quote"),
        ("-kind:letter", "bounce"),
        ("нигде", ""),
    ],
)
def test_what_is_found(line: str, found: str) -> None:
    asked = read(line)
    names = [
        name
        for name, each in LETTERS.items()
        if matches(asked, Searched(MAILBOX, each.message | {"created": each.created}))
    ]
    assert names == found.split()


@pytest.mark.parametrize(
    "line",
    [
        *("иван@почта.рф", "иван@xn--80a1acny.xn--p1ai", "from:иван@ПОЧТА.РФ", "почта.рф"),
        *("от:ИВАН@XN--80A1ACNY.xn--p1ai", "to:почта.рф", "кому:xn--80a1acny.xn--p1ai"),
        *("см.рф", "см.xn--p1ai", "file:рф", "subject:xn--p1ai -почта.ру"),
    ],
)
@pytest.mark.parametrize("spelling", DOMAINS)
def test_a_domain_is_found_in_either_spelling(spelling: str, line: str) -> None:
    address, top = DOMAINS[spelling]
    person = {"name": "", "address": address}
    said = written("1", subject=top, text=f"см.{top}", attachments=[file(f"a.{top}")]).message
    searched = Searched(MAILBOX, said | {"from": person, "to": [person]})
    assert searched.has(read(line).wanted[0])
    assert all(not word.isdisjoint(searched.index_terms()) for word in index_words(line))


def index_words(line: str) -> list[frozenset[str]]:
    return [word for each in read(line).wanted for word in each.index_terms]


def test_the_snippet_has_a_domain_as_it_is_written() -> None:
    found = snippet("почта.рф", text="see xn--80a1acny.xn--p1ai now")
    assert marked(found) == ["xn--80a1acny.xn--p1ai"]


def snippet(line: str, **fields: Any) -> Snippet:
    letter = written("1", **fields)
    return snippet_of(Searched(MAILBOX, letter.message), read(line).phrases)


def marked(found: Snippet) -> list[str]:
    return [found.text[start:end] for start, end in found.marks]


def test_the_snippet_is_of_the_new_words_if_they_have_it() -> None:
    found = snippet("возврат", text="да, возвратите\n> возврат", reply="да, возвратите")
    assert (found.text, found.place, marked(found)) == ("да, возвратите", "reply", ["возвратите"])


def test_else_of_the_quoted_ones() -> None:
    found = snippet("возврат", text="да\n> о  возврате", reply="да")
    assert (found.text, found.place, marked(found)) == ("да > о возврате", "body", ["возврате"])


def test_else_it_is_the_beginning() -> None:
    found = snippet("from:ivan", text="о возврате " * 90)
    assert (found.place, found.marks) == (None, [])
    assert found.text.startswith("о возврате")


def test_a_long_text_is_cut_between_words_and_says_so() -> None:
    words = " ".join(f"слово{number}" for number in range(1000))
    found = snippet('слово500 "слово502 слово503"', text=words)
    assert marked(found) == ["слово500", "слово502 слово503"]
    assert found.text[0] == found.text[-1] == "…"
    assert set(found.text.strip("…").split()) <= set(words.split())
    assert len(found.text) < 300


def test_marks_do_not_lie_over_each_other() -> None:
    found = snippet('"a b" "b c" c', text="x a b c y")
    assert marked(found) == ["a b c"]


def test_where_else_it_was_found() -> None:
    searched = Searched(MAILBOX, LETTERS["tree"].message)
    assert fields_found(searched, read("договор елка from:olga").phrases) == [
        *("from", "subject", "file"),
    ]
