"""Words in angle brackets that nobody escaped are read; what a program wrote there is not."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.html.bounds import MAX_PAGE
from contract.html.html_text import text_of
from contract.html.left_out import left_out_of
from contract.html.sanitise import sanitise

WORDS = """<Ivan&Petrov> <ivan@example.ru> <b@c.ru> <List<int>> <int> <https://a.example/b?c=1>
<Name> <mailto:a@b.ru> <Mark&Twain> <Anna-Maria> <your.name> <CHRIS@EXAMPLE.COM>""".split()  # noqa: SIM905 - a list would take a line for each
MARKUP = """<o:p></o:p> <o:p/> <td&nowrap> <mytag></mytag> <my&foo=1> <text="#fff"> <b>
<img&alt=""&border> <style&new>s</style> <!--&<Ivan&Petrov>&--> <a&href='#'></a> <br/>""".split()  # noqa: SIM905 - a list would take a line for each


def read(page: str) -> str:
    return " ".join(text_of(sanitise(page.replace("&", " "))).split())


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("page", ["<p>one {} two</p>", "one {}<br>two", "<div>one<b> {}</b> two"])
def test_words_in_angle_brackets_are_read(page: str, words: str) -> None:
    assert read(page.format(words)) == f"one {words.replace('&', ' ')} two"


@given(st.lists(st.sampled_from(MARKUP), max_size=12))
def test_markup_is_not_read(pieces: list[str]) -> None:
    page = "".join(f"{each} word{number} " for number, each in enumerate(pieces))
    shown = [each for each in read(page).split() if each not in ("-", "s")]
    assert shown == [f"word{number}" for number in range(len(pieces))]


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("<b words <i>more", "words more"),
        ("one a<b", "one a<b"),
        ("<p>if a<b then <i>c</i>", "if a<b then c"),
        ("<p>5<i</p>", "5<i"),
        ("one<b class=x", "one"),
        ("one<br", "one"),
        ("<p>one <b class=x words <i>more</i>", "one words more"),
        ("<div Reply simply<div>to this</div>", "Reply simply to this"),
        ("<!-- <b>one</b> -->two", "two"),
        ('<img alt="<ivan@example.ru>">', "<ivan@example.ru>"),
        ("<xmp><Ivan Petrov></xmp>", "<Ivan Petrov>"),
        ("<svg><circle r=1><g></svg>one", "one"),
    ],
)
def test_words_within_and_beside_tags(page: str, shown: str) -> None:
    assert read(page) == shown


def test_a_picture_that_stands_beside_such_words_is_counted() -> None:
    lost = left_out_of("<Ivan Petrov> <img src='https://a.example/b.png'>")
    assert lost is not None
    assert (lost.pictures, lost.hosts) == (1, ["a.example"])


@pytest.mark.parametrize(
    "piece", ["<a@b ", "<b 'x ", '<b "', "<Ivan P> ", "<b x <", "<x:y", "<!-- <a"]
)
def test_any_flood_is_read_in_linear_time(piece: str) -> None:
    """A second is ten times of what it takes."""
    began = process_time()
    sanitise(piece * (MAX_PAGE // len(piece)))
    assert process_time() - began < 5
