"""What has no end takes no words with it, neither from the text nor from the formatted page."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.parse.letter import ParsedLetter
from bridge.parse.message import read_letter
from contract.html.bounds import MAX_PAGE
from contract.html.html_text import text_of
from contract.html.left_out import left_out_of
from contract.html.sanitise import sanitise
from tests.letters import raw_letter

UNCLOSED = """<noscript> <xml> <option> <optgroup> <plaintext> <xmp> <listing> <title> <textarea>
<iframe> <noembed> <noframes> <template> <select> <datalist> <style> <script> <object> <svg> <math>
<!-- <!--[if&mso]> <![CDATA[ <!& <?& </& <canvas> <audio> <video> <button> <details> <frameset>
<p&class="x> <a&href='x> <OPTION&VALUE=1> <TITLE/> <style&type="text/css">""".split()  # noqa: SIM905 - a list would take a line for each
USUAL = "<p> </p> <b> </b> <div> </div> <table><tr><td> </td></tr></table> <br> <ul><li> &".split()  # noqa: SIM905 - a list would take a line for each
CLOSED = """<style>p{color:red}</style> <title>t</title> <script>s();</script> <!--&c&-->
<select><option>o</select> <xml>x</xml> <noembed>n</noembed> <!DOCTYPE&html> <?xml&version="1.0"?>
<!--[if&mso]>m<![endif]--> <![if&!mso]> <![endif]> <img&title="a->b">""".split()  # noqa: SIM905 - a list would take a line for each


def letter(source: str) -> ParsedLetter:
    return read_letter(raw_letter(source.encode(), Content_Type="text/html; charset=utf-8"))


@pytest.mark.parametrize("opened", UNCLOSED)
@pytest.mark.parametrize(
    "page",
    [
        "<p>before</p>{}after one <b>two</b> <p>three",
        "<p>before {}after one <b>two</b></p><p>three</p>",
        "<html><head>{}</head><body>before after <b>one</b> two three</body></html>",
        "before {0}after {0}one <b>two</b> {0} three",
        "<style>b{{}}</style>before {} after one <style>i{{}}</style> two <title>t</title>three",
    ],
)
def test_words_behind_what_has_no_end_are_read(page: str, opened: str) -> None:
    found = letter(page.format(opened.replace("&", " ")))
    for each in ("before", "after", "one", "two", "three"):
        assert each in found.text
        assert each in text_of(found.html)


@given(st.lists(st.sampled_from(UNCLOSED + USUAL), max_size=15))
def test_no_word_between_any_unclosed_markup_is_lost(pieces: list[str]) -> None:
    page = "".join(f"{each.replace('&', ' ')} word{number} " for number, each in enumerate(pieces))
    shown = text_of(sanitise(page)).split()
    assert [each for each in shown if each.startswith("word")] == [
        f"word{number}" for number in range(len(pieces))
    ]


@given(st.lists(st.sampled_from(CLOSED + USUAL), max_size=15))
def test_what_has_an_end_hides_what_it_holds_and_no_more(pieces: list[str]) -> None:
    page = "".join(f"{each.replace('&', ' ')} word{number} " for number, each in enumerate(pieces))
    shown = text_of(sanitise(page)).replace("- ", "").split()  # an empty item of a list
    assert shown == [f"word{number}" for number in range(len(pieces))]


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("<style>p{color:red} @media x{b{c:d}}<p>words</p>", "words"),
        ("<style>@import 'a.css';<p>words</p>", "words"),
        ("<script>a();\nb()\n<p>words</p>", "words"),
        ("<style><!-- p{} --> words", "words"),
        ("<title>Words <b>here</b>", "Words here"),
        ("<noscript>Words <b>here</b></noscript> too", "Words here too"),
        ("<xmp><b>code</b></xmp> words", "<b>code</b> words"),
        ("<!-- one <b>two</b>", "one two"),
        ("<!-- one <b>two</b> <!-- c --> three", "one two three"),
        ("<!-- one <!-- two <!-- c --> three", "one two three"),
        ("<!-- a <!-- b --> c --> one", "c --> one"),
        ("<!--[if mso]> a <!--[endif]--> one", "one"),
        ("<!--[if !mso]><!--> one <!--<![endif]--> two", "one two"),
        ("<!-- a --> one <!-- b --> two", "one two"),
        ("<![CDATA[one <b>two</b>]]> three", "one two three"),
        ("a <! b > c <? d > e", "a <! b > c <? d > e"),
        ('<p class="x>one "two" <b>three</b>', 'one "two" three'),
        ('<img alt="a > b"> words', "a > b words"),
    ],
)
def test_what_is_left_of_broken_markup_reads_well(page: str, shown: str) -> None:
    assert " ".join(text_of(sanitise(page)).split()) == shown


def test_pictures_behind_what_has_no_end_are_counted() -> None:
    lost = left_out_of('<!-- <img src="https://a.example/b.png">')
    assert lost is not None
    assert (lost.pictures, lost.hosts) == (1, ["a.example"])


@pytest.mark.parametrize(
    "piece", [*UNCLOSED, *CLOSED, "</style>", "-->", "<a x='", "<!", "</", "<!-- <!--"]
)
def test_any_flood_is_read_in_linear_time(piece: str) -> None:
    """A second is a hundred times of what it takes."""
    piece = piece.replace("&", " ")
    began = process_time()
    sanitise(piece * (MAX_PAGE // len(piece)))
    left_out_of(piece * (MAX_PAGE // len(piece)))
    assert process_time() - began < 5


@pytest.mark.parametrize("piece", ["<!-- ", "<!-- <!--", "<!-- -->"])
def test_a_flood_of_comments_before_a_long_text_is_read_in_linear_time(piece: str) -> None:
    """A second is a hundred times of what it takes."""
    began = process_time()
    sanitise(piece * (MAX_PAGE // 2 // len(piece)) + "-->" + "a" * (MAX_PAGE // 2))
    assert process_time() - began < 5
