"""Words that a page's writer made invisible are counted: those left out, and those shown."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.event import LeftOut
from contract.html.bounds import MAX_PAGE
from contract.html.hidden import hidden_in
from contract.html.html_text import text_of
from contract.html.left_out import left_out_of
from contract.html.sanitise import sanitise


@pytest.mark.parametrize(
    "said",
    [
        "style='display:none'",
        'style="color:#fff; DISPLAY : none !important"',
        "style='visibility:hidden'",
        "style='mso-hide:all'",
        "style='opacity:0'",
        "style='opacity: 0.0;'",
        "hidden",
        "hidden=''",
        "class=x style='font-size:1px;display:&#110;one'",
    ],
)
def test_words_that_are_hidden_and_left_out_are_counted(said: str) -> None:
    page = f"<p>one</p><div {said}>two <b>words</b></div><p>three</p>"
    assert hidden_in(page) == (1, 0)
    assert "two" not in sanitise(page)
    assert left_out_of(page) == LeftOut(hidden=1)
    assert (
        left_out_of(page.replace("two <b>words</b>", " &nbsp;&zwnj; <img src=cid:a>&#8199;"))
        is None
    )


@pytest.mark.parametrize(
    "said",
    [
        "style='backface-visibility:hidden'",
        "style='color:red; -webkit-backface-visibility: hidden;'",
        "style='fill-opacity:0'",
        "style='--opacity:0; color:red'",
        "style='opacity:0.9'",
        "style='empty-display:none'",
        "style='display:none0'",
        "style='display:nonesuch'",
        "style='visibility:hiddenish'",
        "style='/* display:none */ color:red'",
        """style="font-family:'display:none'" """,
        "style='background:url(x?display:none)'",
        "class='display:none'",
        "title='display:none'",
    ],
)
def test_words_that_only_a_like_name_would_hide_are_shown(said: str) -> None:
    page = f"<p>one</p><div {said}>two <b>words</b></div><p>three</p>"
    assert hidden_in(page) == (0, 0)
    assert text_of(sanitise(page)).split() == ["one", "two", "words", "three"]


@pytest.mark.parametrize(
    "said",
    [
        "style='font-size:0'",
        "style='font-size:1px'",
        "style='font-size: .1em'",
        "style='font:0/0 a'",
        "style='color:#fff'",
        "style='color:white'",
        "style='color:rgb(255,255,254)'",
        "style='color:#333;background:#333'",
        "style='color:#333' bgcolor='#333333'",
        "style='color:transparent'",
        "style='color:rgba(0,0,0,0)'",
        "style='max-height:0;overflow:hidden'",
        "style='width:0px;overflow:hidden'",
        "style='text-indent:-9999px'",
        "style='position:absolute;left:-9999px'",
        "style='position:absolute;clip:rect(0 0 0 0)'",
        "style='clip-path:inset(100%)'",
        "style='transform:scale(0)'",
        "style='opacity:.01'",
        "style='d\\69splay:none'",
        "style='display:/**/none'",
        "class='a gone'",
        "class=small",
    ],
)
def test_words_that_only_a_style_made_invisible_are_counted(said: str) -> None:
    sheet = "<style>.gone, p.b{display:none} .small{font-size:0} @media x{.a{display:none}}</style>"
    page = f"{sheet}<p>one</p><div {said}>two <b>words</b></div><p class=a>three</p>"
    assert hidden_in(page) == (0, 1)
    assert "two" in sanitise(page)
    assert left_out_of(page) == LeftOut(revealed=1)
    assert left_out_of(page.replace("two <b>words</b>", "&nbsp;")) is None


@pytest.mark.parametrize(
    "page",
    [
        "<td bgcolor=black><p style='color:white'>words</p></td>",
        "<table background='cid:a'><td style='color:white'>words</td></table>",
        "<div style='background:url(cid:a)'><p style='color:white'>words</p></div>",
        "<div style='background:linear-gradient(red,blue)'><b style='color:#fff'>words</b></div>",
        "<style>.h{background:#333}</style><div class=h><p style='color:#fff'>words</p></div>",
        "<body style='background-color:#000'><font color=white>words</font></body>",
        "<body bgcolor=black text=white>words</body>",
        "<p style='font-size:0'><span style='font-size:14px'>words</span></p>",
        "<div style='color:#fff'><a href='https://a.ru'>words</a></div>",
        "<div style='color:#fff'><p style='color:#000'>words</p></div>",
        "<p style='max-height:0'>words</p>",
        "<p style='border:none;opacity:0.9;text-decoration:none'>words</p>",
        "<p style='margin-left:-20px;left:0;top:-5px'>words</p>",
        "<img style='display:none' alt='some words'>words",
        "<p title='display:none hidden'>words</p>",
        "<!-- <p style='display:none'>words</p> -->words",
        "<style>p{display:none}</style><script>var a='<p hidden>words'</script>",
        "<p style='display:none'></p><p>words</p>",
        "<div style='display:none'><div></div></div>words",
        "<td bgcolor=white><td style='color:#eeeeee'>words",
    ],
)
def test_words_that_can_be_seen_are_not_counted(page: str) -> None:
    assert hidden_in(page) == (0, 0)


def test_each_passage_is_counted_once() -> None:
    one = "<div style='display:none'>two <p style='display:none'>words</p> <b>more</b></div>"
    assert hidden_in(one) == (1, 0)
    assert hidden_in(one + "<p>seen</p>" + one) == (2, 0)
    assert hidden_in("<p style='color:#fff'>two <b style='font-size:0'>words</b> more</p>") == (
        0,
        1,
    )


def nested(depth: int = 3) -> st.SearchStrategy[str]:
    """Return pages of well-nested elements, some of them hidden."""
    opened = [
        "<div>",
        "<div style='display:none'>",
        "<span hidden>",
        "<b>",
        "<b style='opacity:0'>",
    ]
    if not depth:
        return st.sampled_from(["word ", "<br>", ""])
    within = st.lists(nested(depth - 1), max_size=3).map("".join)
    return st.tuples(st.sampled_from(opened), within).map(
        lambda found: f"{found[0]}{found[1]}</{found[0][1:].split()[0].strip('>')}>"
    )


@given(nested())
def test_what_is_counted_is_what_sanitising_takes(page: str) -> None:
    lost = page.count("word ") - text_of(sanitise(page)).count("word")
    assert (hidden_in(page).left_out > 0) == (lost > 0)
    assert hidden_in(page).left_out <= lost


@pytest.mark.parametrize(
    "piece",
    [
        *("<p hidden>", "<p hidden>a</p>", "<p style='", "<style>", "<style>.a{", "<style>@media{"),
        *("<p class=a>", "<a", "</p>", "<style>/*", "<p style='display:none'>a b<b>", "<!--"),
        *("<style></style>", "<style>.a{display:none}</style><p class=a>", "<title>", "\\"),
    ],
)
@pytest.mark.parametrize("begin", ["", "<p hidden>", "<div style='color:#fff'>"])
@pytest.mark.parametrize("end", ["", "</style>"])
def test_any_flood_is_looked_through_in_linear_time(begin: str, piece: str, end: str) -> None:
    """A second is ten times of what it takes."""
    began = process_time()
    hidden_in(begin + piece * (MAX_PAGE // len(piece)) + end)
    assert process_time() - began < 5
