"""HTML is read as its reader saw it, and stored without anything that acts or hides."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.html.bounds import MAX_DEPTH, MAX_PAGE, MAX_TAG, bounded
from contract.html.html_text import text_of
from contract.html.sanitise import TOKEN, sanitise, sanitise_within


def read(page: str) -> str:
    return text_of(sanitise(page))


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("Привет,&nbsp;мир &amp; &lt;все&gt;", "Привет, мир & <все>"),
        ("<div>one</div><div>two</div>", "one\ntwo"),
        ("<div>one</div><div><br></div><div>two</div>", "one\n\ntwo"),
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("one<br>two<br/><br>three", "one\ntwo\n\nthree"),
        ("<div>one<br></div><div>two</div>", "one\ntwo"),
        ("<b>bo</b>ld <i> it </i> on", "bold it on"),
        ("  many \n\t spaces  ", "many spaces"),
        ("<pre>  a\n    b\n</pre>", "  a\n    b"),
        ("<ul><li>one</li><li>two</li></ul>", "- one\n- two"),
        ("<ol><li>one</li><li>two</li></ol>", "1. one\n2. two"),
        ('<ol start="3"><li>one</li></ol>', "3. one"),
        ("<ul><li>a<ul><li>b</li></ul></li></ul>", "- a\n  - b"),
        ('<a href="https://a.ru/x">тут</a>', "тут <https://a.ru/x>"),
        ('<a href="https://a.ru/">a.ru</a>', "a.ru"),
        ('<a href="mailto:a@b.ru">a@b.ru</a>', "a@b.ru"),
        ('Имя &lt;<a href="mailto:a@b.ru">a@b.ru</a>&gt;:', "Имя <a@b.ru>:"),
        ('<a href="javascript:alert(1)">тут</a>', "тут"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>1</td><td>2</td></tr></table>", "a\tb\n1\t2"),
        ("<table><tr><td><p>a</p></td><td><p>b</p></td></tr></table>", "a\tb"),
        ("<table><tr><td>a<br>b</td><td>c</td></tr></table>", "a\nb\nc"),
        ("<blockquote>one<br>two</blockquote>three", "> one\n> two\n\nthree"),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>", "> a\n>\n>> b"),
        ('<img src="https://t.ru/p.gif" alt="Логотип">', "Логотип"),
        ('<img src="https://t.ru/p.gif">', ""),
        ('<img src="cid:a@b" alt="Фото">', "[image: Фото]"),
        ("a<hr>b", "a\n--------------------\nb"),
        (
            "a<div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm'>b</div>",
            "a\n--------------------\nb",
        ),
        ('a<div style="border-top:1px solid #ccc;font-size:11px">b</div>', "a\nb"),
        ("<title>t</title><style>x{}</style><script>y()</script>text", "text"),
        ("<!-- comment -->text<!--[if mso]>x<![endif]-->", "text"),
        ('<span style="display: none">hidden</span>text', "text"),
        ("<p hidden>hidden <b>too</b></p>text", "text"),
        ("<div HIDDEN='until-found'><br>hidden</div>text", "text"),
        ('<p title="hidden">seen</p>', "seen"),
        ('<div style="visibility:hidden"><p>hidden <b>too</b></p></div>text', "text"),
        ('<td style="font-size:0">text', "text"),
        ("<div>unclosed <b>bold", "unclosed bold"),
        ("a</div></p></b>b", "a\n\nb"),
        ("", ""),
    ],
)
def test_a_page_as_text(page: str, text: str) -> None:
    assert read(page) == text


YANDEX_REPLY = (
    "<div>Спасибо, всё пришло!</div><div> </div><div>----------------</div>"
    "<div>Кому: Анна (a@example.ru);</div><div>Тема: Заказ;</div>"
    "<div>15.09.2025, 15:46, &quot;Иван&quot; &lt;i@example.ru&gt;:</div>"
    "<blockquote><p>Здравствуйте!</p><p>Заказ отправлен.</p></blockquote>"
)


def test_an_answer_from_the_web_mail_of_yandex() -> None:
    assert read(YANDEX_REPLY).split("\n") == [
        "Спасибо, всё пришло!",
        "----------------",
        "Кому: Анна (a@example.ru);",
        "Тема: Заказ;",
        '15.09.2025, 15:46, "Иван" <i@example.ru>:',
        "",
        "> Здравствуйте!",
        ">",
        "> Заказ отправлен.",
    ]


@pytest.mark.parametrize(
    "page",
    [
        "<script>alert(1)</script>",
        '<a href="javascript:alert(1)">x</a>',
        '<a href="data:text/html,x">x</a>',
        '<a href="/sign-out">x</a>',
        '<a href="\\\\t.ru">x</a>',
        '<a href="#x">x</a>',
        "<img src=x onerror=alert(1)>",
        '<img src="http://t.ru/pixel.gif">',
        '<img src="data:image/png;base64,xx">',
        '<body background="http://t.ru/x.gif">x',
        '<div style="background:url(http://t.ru/x)">x</div>',
        '<link rel="stylesheet" href="http://t.ru/x.css">',
        '<iframe src="http://t.ru/"></iframe>',
        '<form action="http://t.ru/"><input name=x><button>go</button></form>',
        '<meta http-equiv="refresh" content="0;url=http://t.ru/">',
        '<svg><a xlink:href="javascript:alert(1)">x</a></svg>',
        "<math><mtext><style><img src=x onerror=alert(1)>",
        '<object data="http://t.ru/x"></object>',
        '<base href="http://t.ru/">',
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    ],
)
def test_nothing_acts_and_nothing_is_fetched(page: str) -> None:
    clean = sanitise(page).lower()
    assert not any(
        sign in clean
        for sign in (
            "script",
            "t.ru",
            "data:",
            "onerror=alert",
            "<form",
            "<input",
            "style=",
            "href",
        )
    )


@pytest.mark.parametrize(
    "page",
    [
        YANDEX_REPLY,
        "<p>a&nbsp;b &lt; c</p><ul><li>x</li></ul>",
        '<div style="border-style: solid none none; border-width: 1pt">x</div>',
    ],
)
def test_what_is_clean_goes_through_unchanged(page: str) -> None:
    assert sanitise(sanitise(page)) == sanitise(page)


@pytest.mark.parametrize("room", [0, 1, 50, 1000])
def test_a_page_is_cut_until_it_fits(room: int) -> None:
    clean = sanitise_within("<b>&amp;" * 100, room)
    assert len(clean.encode()) <= room
    assert sanitise(clean) == clean


@pytest.mark.parametrize("page", ["<div>" * 201, "<b>" * 150 + "</b>" * 150 + "<i>" * 300])
def test_no_page_nests_too_deep(page: str) -> None:
    kept = bounded(page)
    assert kept.count("<div>") + kept.count("<i>") == MAX_DEPTH


PIECES = """<div> </div> <p> <b> </b> <table> <tr> <td> </td> </table> <ul> <li> </ul> </a>
<blockquote> </blockquote> <pre> </pre> <br> <!-- --> < > & &amp; &#x0; x ' " <svg> <style>
</style> <a&href='x'> <img&src='cid:a'> <div&style='display:none'>"""
MARKUP = st.lists(st.sampled_from(PIECES.split()), max_size=40)


@pytest.mark.parametrize("before", ["", " " * MAX_TAG], ids=["short", "long"])
@given(MARKUP)
def test_any_markup_is_read_and_only_harmless_elements_are_left(
    before: str, pieces: list[str]
) -> None:
    clean = sanitise(before + "".join(pieces).replace("&href", " href").replace("&s", " s"))
    text_of(clean)
    left = {token[2] for token in TOKEN.finditer(clean) if token[2]}
    assert not left & {"style", "svg", "script", "form"}
    assert "display:none" not in clean


def test_what_somebody_wrote_into_a_form_is_text() -> None:
    page = "<p>Комментарий:</p><textarea name=c>Прошу <перезвонить>\nпосле 18:00</textarea>"
    assert text_of(sanitise(page)) == "Комментарий:\n\nПрошу <перезвонить>\nпосле 18:00"
    assert "textarea" not in sanitise(page)


@pytest.mark.parametrize(
    ("between", "seen"),
    [
        ("<svg viewBox='0 0 9 9'><path d='M0 0'/></svg>", ""),
        ("<SVG><G><CIRCLE r=1 /></G></SVG>", ""),
        ("<svg><style>a{}</style><title>Icon</title><desc>Made with X</desc><use/></svg>", ""),
        ("<svg><title/><style/><script/><metadata><rdf:RDF>r</rdf:RDF></metadata></svg>", ""),
        ("<svg><title>Icon</svg>", "Icon"),
        ("<SVG><STYLE>a{}</STYLE><TITLE>Icon</TITLE><PATH/></SVG>", ""),
        ("<svg/>", ""),
        ("<math><mi>x</mi><mo>=</mo><mn>1<annotation>x</annotation></math>", "x=1"),
        ("List<int> a; set<text> b", "List<int> a; set<text> b"),
        ("<times>", "<times>"),
        ("<xml/>", ""),
        ("<select><option>a<option>b</select>", ""),
        ("<select><optgroup label=x><option>a</select>", ""),
        ("<datalist><option>a</datalist>", ""),
    ],
)
def test_what_stands_behind_a_drawing_a_formula_or_a_list_is_there(between: str, seen: str) -> None:
    """Browsers show it; here an unclosed tag used to swallow the rest of the page."""
    assert read(f"<p>before</p>{between}<p>behind</p>").split() == [
        "before",
        *seen.split(),
        "behind",
    ]


@pytest.mark.parametrize("begin", ["<svg>", "<math><mi>", ""])
@pytest.mark.parametrize(
    "piece", ["<desc>", "<title>", "<style>", "<path/>", "<path>", "</desc>", "<svg>", "<option>"]
)
def test_drawings_are_taken_out_in_linear_time(begin: str, piece: str) -> None:
    """It takes about a hundredth of this second."""
    began = process_time()
    sanitise(begin + piece * (MAX_PAGE // len(piece)))
    assert process_time() - began < 5
