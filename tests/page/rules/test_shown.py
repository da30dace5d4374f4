"""Letters as shown: nothing hidden that may be new, nothing of theirs that is HTML."""

import re
from html import unescape
from html.parser import HTMLParser
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.event import LeftOut
from contract.html.bounds import MAX_PAGE
from contract.html.left_out import left_out_of
from contract.html.sanitise import sanitise
from receiver.page.shown.bodies import MARKS_ON_A_PAGE, bodies_of, folded
from receiver.page.shown.letters import failures_of, height_of, reason_of, revealed_in
from receiver.page.shown.letters import left_out_of as said_of
from receiver.page.shown.linked import MarkRoom, marked
from receiver.page.shown.look_alikes import called
from receiver.page.shown.pictures import MAX_PLACED, Unplaced, kind_of, named_in, with_pictures
from receiver.page.shown.text import (
    beginning,
    file_name,
    one_line,
    several_lines,
    size_in_words,
    without_gaps,
)
from receiver.page.words import words_of


@pytest.mark.parametrize(
    ("body", "reply", "shown", "rest"),
    [
        ("new\n\n> old", "new", "new", "> old"),
        ("new", "new", "new", ""),
        ("all of it", "", "all of it", ""),
        ("> old\nanswer\n> old", "answer", "answer", "> old\nanswer\n> old"),
        ("", "", "", ""),
        ("", "words", "words", ""),
    ],
)
def test_only_what_reply_proves_is_folded(body: str, reply: str, shown: str, rest: str) -> None:
    assert folded(body, reply) == (shown, rest)


@pytest.mark.parametrize(
    ("body", "pictures", "height"),
    [
        ("one line", 0, "short"),
        ("one line\n" * 10, 0, "low"),
        ("one line\n" * 20, 0, "high"),
        ("a" * 3000, 0, "higher"),
        ("one line\n" * 500, 0, "highest"),
        ("one line", 1, "low"),
        ("one cell\n\n\n\n" * 5, 0, "low"),
    ],
)
def test_a_long_page_has_a_high_frame(body: str, pictures: int, height: str) -> None:
    """Whatever was longer than a screen was read through a slot."""
    attachments = [{"inline": True}] * pictures + [{"inline": False}] * 9
    assert height_of({"body": body, "attachments": attachments}) == height


@given(st.text(), st.text())
def test_no_word_is_lost_by_folding(body: str, reply: str) -> None:
    shown, rest = folded(body, reply)
    assert body.strip() in (shown, rest, rest.strip()) or (shown + rest).replace("\n", "") == (
        body.strip().replace("\n", "")
    )


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, list[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, sorted(name for name, _ in attrs)))


LINK = ("a", ["href", "target"])
PLENTY = 100_000
QUOTED = ("span", ["class"])
PIECES = st.lists(
    st.sampled_from(
        [
            *("<script>", "<img src=x onerror=a()>", "https://a.example/", '"', "'", ">", "<"),
            *("javascript:a()", "https://a.example/\"onmouseover='a()", "> ", "\u202e"),
            *("https://a.example@<b>&", "https://a@b<i>"),
            *("слово", "\n", "&"),
        ]
    )
).map("".join)


def linked(text: str) -> str:
    return str(marked(text, MarkRoom(PLENTY), words_of("en")))


@given(PIECES)
def test_text_becomes_nothing_but_links_and_quotes(text: str) -> None:
    parser = _Elements()
    parser.feed(str(marked(text, MarkRoom(PLENTY), words_of("en"))))
    assert [each for each in parser.found if each not in (LINK, QUOTED)] == []


def test_where_a_link_leads_that_looks_like_another_stands_behind_it() -> None:
    assert linked("https://bank.ru@evil.example/.").endswith(
        '</a> <span class="leads">leads to evil.example</span>.'
    )
    assert "leads" not in linked("https://evil.example/bank.ru?a@b.ru")


def test_links_end_where_the_sentence_does() -> None:
    assert 'href="https://a.example/b"' in linked("See https://a.example/b.")
    assert "href" not in linked("javascript:alert(1) ftp://a.example")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://ru.example/wiki/Python_(язык)", "https://ru.example/wiki/Python_(язык)"),
        ("(https://ru.example/wiki/Python_(язык)).", "https://ru.example/wiki/Python_(язык)"),
        ("(see https://a.example/b)", "https://a.example/b"),
        ("[https://a.example/b]!", "https://a.example/b"),
        ("https://a.example/b?x[0]=1&y={z}", "https://a.example/b?x[0]=1&amp;y={z}"),
        ("https://a.example/" + ")" * 900, "https://a.example/"),
    ],
)
def test_a_bracket_that_an_address_opened_is_its_own(text: str, address: str) -> None:
    assert f'href="{address}"' in linked(text)


@pytest.mark.parametrize(
    ("line", "lost"), [("https://abc ", True), ("> \na\n", False), ("> https://abc\n", True)]
)
def test_what_is_added_to_a_text_is_bounded(line: str, lost: bool) -> None:
    room = MarkRoom(4000)
    shown = str(marked(line * 5000, room, words_of("en")))
    assert len(shown) - len(line.replace(">", "&gt;")) * 5000 <= 4000
    assert ("href" in shown, room.is_short) == (lost, lost)
    assert unescape(re.sub("<[^>]+>", "", shown)) == line * 5000


def links(signs: int, count: int) -> str:
    """Return a text of links of so many signs."""
    begun = [f"https://a.example/{number}/" for number in range(count)]
    return " ".join(each + "a" * (signs - len(each)) for each in begun)


@pytest.mark.parametrize("signs", [80, 170, 400])
@pytest.mark.parametrize("at", [0, 49])
def test_what_a_page_has_room_for_goes_to_the_letters_that_need_it(signs: int, at: int) -> None:
    """Each used to get a fiftieth of it, so a letter with three usual links showed one."""
    texts = ["", links(signs, 3)] + ["a " + links(60, 2)] * 20 + ["a"] * 28
    texts.insert(at, texts.pop(1))
    found = bodies_of([{"body": text, "reply": ""} for text in texts], words_of("en"))
    assert [each.new_words.count("<a ") for each in found] == [text.count("http") for text in texts]
    assert not any(each.unlinked for each in found)


def test_where_the_room_of_a_page_is_too_small_who_needs_little_has_all_of_it() -> None:
    texts = [links(80, 900), "> " + links(300, 40), links(60, 2), links(400, 2), "a"] * 10
    found = bodies_of([{"body": text, "reply": ""} for text in texts], words_of("en"))
    assert [each.unlinked for each in found] == [True, True, False, True, False] * 10
    assert all(each.new_words.count("<a ") for each in found if each.unlinked)
    assert MARKS_ON_A_PAGE - 1000 < sum(each.added for each in found) <= MARKS_ON_A_PAGE


def test_lines_that_are_quoted_together_bear_one_mark() -> None:
    assert linked("a\n> b\n> c\nd") == 'a\n<span class="quoted">&gt; b\n&gt; c</span>\nd'


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200f", "\x00", "\x1b", "\u2028", "\ufeff"])
def test_no_sign_turns_what_is_around_a_name(sign: str) -> None:
    assert sign not in one_line(f"annexe{sign}cod.exe")
    assert sign not in linked(f"a{sign}b")


@given(st.text(alphabet=st.characters(), max_size=2000), st.integers(1, 400))
def test_a_line_is_never_longer_than_it_may_be_nor_has_signs_that_are_not_seen(
    text: str, most: int
) -> None:
    shown = one_line(text, most)
    assert len(shown) <= most
    assert all(sign.isprintable() or sign in "\u200c\u200d\xa0" or sign.isspace() for sign in shown)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("\u3164\u2800", "ivan@example.ru"),
        ("\u200d", "ivan@example.ru"),
        ("\u202e", "ivan@example.ru"),
        ("Z" + "\u0301" * 50, "Z" + "\u0301" * 3),
        ("a" * 500, "a" * 79 + "…"),
        ("Иван", "Иван"),
        ("Кон\u00adсуль\u00adта\u200bция\u2060", "Консультация"),
        ("Ivan@Example.ru", "Ivan@Example.ru"),
        ("support@yandex.ru", "ivan@example.ru “support@yandex.ru”"),
        ("Support (support\uff20yandex.ru)", "ivan@example.ru “Support (support\uff20yandex.ru)”"),
        *[
            (name, f"ivan@example.ru “{name}”")
            for name in (
                *("support@yandex\uff0eru", "support@yandex\u3002ru", "support@yandex\u2024ru"),
                *("support@yandex\uff61ru", "support@yandex\ufe52ru", "support @ yandex.ru"),
                *("a\uff20yandex\uff0eru", "Support <support\ufe6byandex\u3002рф>"),
            )
        ],
        ("Shop @ Work", "Shop @ Work"),
        ("Cafe @ 5th Ave.", "Cafe @ 5th Ave."),
        ("Anna @ Acme. Sales", "Anna @ Acme. Sales"),
        ("'ivan@example.ru'", "'ivan@example.ru'"),
        ("<Ivan@example.ru>", "<Ivan@example.ru>"),
    ],
)
def test_who_has_no_name_to_be_seen_is_called_by_his_address(name: str, shown: str) -> None:
    assert called({"name": name, "address": "ivan@example.ru"}) == shown


@pytest.mark.parametrize(
    ("mark", "most"),
    [(each, 3) for each in "\u0301\u0483\u0e47\u0e38\u0ec8\u20d2\ua66f\U0001d167"]
    + [(each, 6) for each in "\u05b0\u0651\u0941\u0c4d\u0f71\u103a\u17d2"],
)
@pytest.mark.parametrize("between", ["", "\u200d", "\u200c"])
def test_marks_of_no_script_are_heaped_over_the_lines_around(
    mark: str, most: int, between: str
) -> None:
    kept = f"a{mark * most} b"
    assert one_line(kept) == kept
    for shown in (one_line, several_lines):
        found = shown(f"над\nก{(mark + between) * 200}ก под")
        assert found.count(mark) == most
        assert found.endswith("ก под")


def test_emoji_and_marks_of_languages_stay_as_they_are() -> None:
    for text in ("👩\u200d🚒" * 9, "❤\ufe0f\u200d🔥" * 9, "ที่นี่ น้ำ กำลัง", "שָׁלוֹם", "ཧཱུྃ", "مُحَمَّدٌ"):
        assert several_lines(text) == text


def test_a_long_file_name_keeps_its_end() -> None:
    assert file_name("w" * 300 + "\u202egnp.exe").endswith(" gnp.exe")
    assert len(file_name("w" * 300)) == 80
    assert file_name("чек.pdf") == "чек.pdf"


def test_a_long_text_is_shown_by_its_beginning() -> None:
    assert beginning("one\n\n two  three", 50) == "one two three"
    assert beginning("word " * 100, 12) == "word word w…"


@pytest.mark.parametrize(
    ("size", "english", "russian"),
    [
        (17, "17\xa0B", "17\xa0Б"),
        (2048, "2\xa0KB", "2\xa0КБ"),
        (1_600_000, "1.5\xa0MB", "1,5\xa0МБ"),
    ],
)
def test_sizes(size: int, english: str, russian: str) -> None:
    assert size_in_words(size, words_of("en")) == english
    assert size_in_words(size, words_of("ru")) == russian


@pytest.mark.parametrize(
    ("page", "lost"),
    [
        ("<p>Hello <a href='https://a.example'>there</a></p>", None),
        ('<img src="cid:a@b">', None),
        ('<img src="https://a.example/x.png">', LeftOut(pictures=1, hosts=["a.example"])),
        (
            "<IMG width=1 height='1' src=//t.example/o.gif>",
            LeftOut(pictures=1, trackers=1, hosts=["t.example"]),
        ),
        (
            '<img style="display: none" src="http://t.example">',
            LeftOut(pictures=1, trackers=1, hosts=["t.example"]),
        ),
        (
            "<td background='https://b.example/a.png'>",
            LeftOut(pictures=1, hosts=["b.example"]),
        ),
        (
            "<div style=\"background:url('https://b.example/a.png')\">",
            LeftOut(pictures=1, hosts=["b.example"]),
        ),
        (
            "<script>a()</script><form action=x></form><iframe src=y></iframe>",
            LeftOut(scripts=1, forms=1, frames=1),
        ),
        (
            "<p style='background:url(//a\\d800 b)'>",
            LeftOut(pictures=1, hosts=["a\ufffdb"]),
        ),
        ('<img src="https://[broken">', LeftOut(pictures=1)),
        *[
            (f"<{tag}>", LeftOut(pictures=1, hosts=["a.example"]))
            for tag in (
                "tr background='https://a.example/a.png'",
                "p style='background:URL(https://a.example/a.png)'",
                "a href='https://b.example' style='background:url(//a.example/a.png)'",
                "g><image xlink:href='https://a.example/a.png' /",
                "g><image href='https://a.example/a.png' /",
                "img src='http:\\\\a.example\\a.png'",
                "img src='\\/a.example/a.png'",
                "img src='http:/a.example/a.png'",
                "img src='http:\\a.example/a.png'",
                "img src='https:a.example/a.png'",
                "img src='https:///a.example/a.png'",
                "img src='\\/\\a.example'",
                "img src='ht&#10;tp:/&#9;/a.exam\nple/a.png'",
                "p style='background:url(&#34;http:\\\\a.example&#34;)'",
                "p style='background:url(http:\\2f\\2f a.example)'",
                "p style='background:u\\72l(//a.example)'",
                "p style='background:url(a.png),url(//a.example)'",
                "style>p{background:url('\\\\\\\\a.example')}</style",
                "img src='data:,' srcset='small.png 1x, https://a.example/a.png 2x'",
                "img data-src='https://b.example/' src='&#104;ttps://a.example/a.png'",
                "style>p{background:url(//a.example/a)} q{background:url(//a.example/a)}</style",
                "picture><source srcset='//a.example/b'><img src='//a.example/a'></picture",
            )
        ],
        (
            "<picture><source srcset='//a.example/b'><img src='//b.example/a'></picture>"
            "<img src='//b.example/c'>",
            LeftOut(pictures=2, hosts=["a.example", "b.example"]),
        ),
        ("<img data-src='https://a.example/a.png' src='data:,//a.example'>", None),
        ("<p title='url(https://a.example/a.png)'>", None),
        *[
            (page, LeftOut(sheets=1, hosts=["s.example"]))
            for page in (
                "<link rel=stylesheet href=https://s.example/a.css>",
                "<LINK href='//s.example/a' REL='Alternate StyleSheet' media=print>",
                "<style>@import url(https://s.example/a.css) screen;</style>",
                '<style>@IMPORT  "//s.example/a.css";p{color:red}</style>',
                '<style>@import"\\\\\\\\s.example/a.css"</style>',
                "<style><!-- @import url( '//s.example/a' ) --></style>",
            )
        ],
        (
            "<style>@font-face{font-family:F;src:url(//f.example/f.woff2) format('woff2'),"
            "url(//f.example/f.woff)}@font-face{src:local(G),url('//g.example/g')}"
            "p{background:url(//a.example/a)}</style>",
            LeftOut(fonts=2, pictures=1, hosts=["f.example", "g.example", "a.example"]),
        ),
        *[
            (page, LeftOut(media=1, hosts=["m.example"]))
            for page in (
                "<video src=//m.example/a></video>",
                "<audio controls><source src=//m.example/a><source src=//m.example/b></audio>",
                "<VIDEO><source src='https://m.example/a'><track src=//m.example/b></VIDEO>",
                "<bgsound src=//m.example/a>",
            )
        ],
        (
            "<video poster=//a.example/a src=//m.example/a></video><img src=//a.example/b>",
            LeftOut(pictures=2, media=1, hosts=["m.example", "a.example"]),
        ),
        ("<svg viewBox='0 0 9 9'><path d='M0 0'/></svg>", LeftOut(drawings=1)),
        *[
            (f"<link rel={rel} href=//h.example/a>", LeftOut(hints=1, hosts=["h.example"]))
            for rel in ("prefetch", "'dns-prefetch preconnect'", "PRELOAD", "prerender")
        ],
        *[
            (page, LeftOut(redirects=1, hosts=["r.example"]))
            for page in (
                "<meta http-equiv=refresh content='0;url=https://r.example/'>",
                "<META content=\"5; URL='//r.example/'\" HTTP-EQUIV=Refresh>",
            )
        ],
        ("<meta http-equiv=refresh content=9><meta charset=utf-8>", LeftOut(redirects=1)),
        *[
            (f"<p>x</p><a {said}>here</a>", LeftOut(links=1))
            for said in (
                "href='javascript:a()'",
                "href=' JavaScript:a()'",
                "href='java&#115;cript:a()'",
                "href='java\tscript:a()'",
                "href=data:text/html,x",
                "href=file:///etc/passwd",
                "class=b href='ms-word:ofe|u|https://a.example/a.docx'",
                "xlink:href='vbscript:a'",
            )
        ],
        *[
            (f"<p>x</p><a href='{address}'>here</a>", None)
            for address in (
                *("HTTPS://a.example", "mailto:a@b.ru", "tel:+7", "#top", "page.html", "?a:b"),
                *("//a.example", "/a:b", ""),
            )
        ],
        (
            "<p onclick='a()'>x</p><b OnMouseOver = a()>y</b><i title='on=1'>z</i>",
            LeftOut(scripts=2),
        ),
        ("<img src=cid:a onerror=a()><p>phone=1 on x = 2</p>", LeftOut(scripts=1)),
        ("<link rel=icon href=//s.example/a><link rel=stylesheet href=cid:a>", None),
        ("<style>@import 'a.css';@font-face{src:url(data:font/woff,a)}</style>", None),
        ("<!--[if mso]><link rel=stylesheet href=//s.example/a><img src=//a.example>-->", None),
        (
            "<!--><script>'<img src=//b.example><!--'</script><!-- <form>",
            LeftOut(scripts=1, forms=1),
        ),
    ],
)
def test_what_a_page_loses_is_counted(page: str, lost: LeftOut | None) -> None:
    assert left_out_of(page) == lost


@pytest.mark.parametrize(
    ("said", "is_tracker"),
    [
        ("width=1", True),
        ("height='0'", True),
        ("style='width:1px!important'", True),
        ("style='WIDTH : 1PX ! important; color:red'", True),
        ("style='max-height:0'", True),
        ("style='height:0%'", True),
        ("style='opacity:0'", True),
        ("style='visibility:hidden'", True),
        ("hidden", True),
        ("alt='A hidden beach'", False),
        ("alt='width=1'", False),
        ("data-hidden=1", False),
        ("style='overflow:hidden'", False),
        ("style='border-width:0;line-height:0;min-width:0;opacity:0.9'", False),
        ("title=/hidden/", False),
        ("width=100 height=10", False),
        ("width='100%' style='height:1.5em'", False),
    ],
)
def test_a_picture_that_nobody_could_see_looks_like_a_tracker(said: str, is_tracker: bool) -> None:
    lost = left_out_of(f"<img {said} src='https://a.example/hidden/a.png'>")
    assert lost == LeftOut(pictures=1, trackers=int(is_tracker), hosts=["a.example"])


@pytest.mark.parametrize(
    "piece",
    [
        *("<style>", "<p style='url('", "<img ", "<img src=", "<picture>", "<a '", "x=", "url("),
        *("<script>", "<!--", "<!-- -", "<style>@import ", "<style>@font-face{"),
        *(" ", "a"),
        *(
            "<a href='javascript:'>",
            "<a href=",
            " on",
            "<p onclick=",
            "<video>",
            "<meta ",
            "<a b:c ",
        ),
    ],
)
@pytest.mark.parametrize("begin", ["<p>", "<a href=", "<a href='", "<a onclick", "<meta content='"])
def test_what_a_page_loses_is_counted_in_linear_time(begin: str, piece: str) -> None:
    """It takes about a hundredth of this second."""
    began = process_time()
    left_out_of(begin + piece * (MAX_PAGE // len(piece)))
    assert process_time() - began < 5


def test_what_was_left_out_is_said_in_words() -> None:
    lost = LeftOut(pictures=2, trackers=1, hosts=["t.example"]).model_dump()
    assert said_of(lost, words_of("en")) == [
        "2 pictures from elsewhere",
        "1 of them looks like a tracker",
        "from t.example",
    ]
    assert said_of(lost, words_of("ru"))[0] == "2 картинки с чужих серверов"
    sheet = {"pictures": 0, "sheets": 1, "fonts": 5, "scripts": 0, "forms": 0, "frames": 0}
    assert said_of(sheet | {"hosts": ["s.example"]}, words_of("ru")) == [
        "1 таблица стилей с чужого сервера",
        "5 шрифтов с чужих серверов",
        "серверы: s.example",
    ]
    assert said_of(None, words_of("en")) == []


def test_what_was_hidden_and_what_only_looked_so_are_said_apart() -> None:
    lost = LeftOut(pictures=1, hidden=1, revealed=2, hosts=["a.example"]).model_dump()
    assert said_of(lost, words_of("en"))[1:] == [
        "from a.example",
        "1 hidden passage (often a newsletter's preview line)",
    ]
    assert revealed_in(lost, words_of("en")).startswith("2 passages of this letter were made inv")
    assert revealed_in(lost, words_of("ru")).startswith("2 фрагмента текста в письме были сделаны")
    assert [revealed_in(each, words_of("en")) for each in (None, {"pictures": 1})] == ["", ""]


@pytest.mark.parametrize(
    ("status", "reason", "means", "said"),
    [
        ("5.1.1", "no such user here", "такого адреса нет", "no such user here"),
        ("5.1.1", "", "такого адреса нет", "5.1.1"),
        (
            "5.7.26",
            "DMARC",
            "сервер отказал: счёл письмо спамом или не пустил по своим правилам",
            "DMARC",
        ),
        ("4.9.9", "try later", "долго не удавалось доставить", "try later"),
        ("", "Mailbox unavailable", "", "Mailbox unavailable"),
        ("x", "", "", "x"),
        ("", "", "причина не указана", ""),
    ],
)
def test_why_a_letter_came_back_is_told_with_what_it_means(
    status: str, reason: str, means: str, said: str
) -> None:
    failure = {"status": status, "reason": reason, "recipient": "no@a.ru"}
    assert reason_of(failure, words_of("ru")) == (means, said)
    [whole] = failures_of({"bounce": {"failures": [failure]}}, words_of("ru"))
    shown = ": ".join(filter(None, (means, said)))
    assert f"{whole.told}{whole.said}" == f"Не доставлено: no@a.ru — {shown}"


@pytest.mark.parametrize(("said", "is_english"), [("no such user", True), ("нет такого", False)])
def test_what_a_server_says_is_marked_as_english(said: str, is_english: bool) -> None:
    failure = {"status": "5.1.1", "reason": said, "recipient": "no@a.ru"}
    [found] = failures_of({"bounce": {"failures": [failure]}}, words_of("ru"))
    assert (found.said, found.is_english) == (said, is_english)


def test_a_picture_is_known_by_its_first_bytes() -> None:
    assert kind_of(b"\x89PNG\r\n\x1a\n...") == "image/png"
    assert kind_of(b"RIFF....WEBPVP8 ") == "image/webp"
    assert kind_of(b"<svg onload=a()>") == kind_of(b"") == kind_of(b"<html>") == ""


def test_pictures_of_the_letter_stand_where_it_names_them() -> None:
    page = '<p><img alt="a" src="cid:one%40b"><img src="cid:other"></p>'
    assert with_pictures(page, {"one@b": "data:image/png;base64,AA=="}) == (
        '<p><img alt="a" src="data:image/png;base64,AA=="><img src=""></p>',
        {Unplaced.ABSENT: 1},
    )


@pytest.mark.parametrize(
    ("written", "content_id"),
    [
        ("cid:%D1%87%D0%B0%D1%88%D0%BA%D0%B0@x", "чашка@x"),
        ("cid:чашка@x", "чашка@x"),
        ("cid:c&amp;d@x", "c&d@x"),
        ("cid:foo%20bar@x", "foo bar@x"),
        ("cid:foo%20bar@x", "foo%20bar@x"),
        ("CID:one@b", "one@b"),
    ],
)
def test_a_picture_is_found_however_its_place_names_it(written: str, content_id: str) -> None:
    page = sanitise(f'<p>a</p><img src="{written}">')
    assert content_id in named_in(page)
    assert with_pictures(page, {content_id: "data:x"})[0].count('src="data:x"') == 1


def test_a_picture_in_very_many_places_makes_no_large_page() -> None:
    page, one = '<img src="cid:a">' * 30_000, "data:" + "A" * 1_000_000
    shown, left = with_pictures(page, {"a": one, "b": Unplaced.LARGE})
    assert len(shown) < len(page) + MAX_PLACED
    assert shown.count("data:") == 30_000 - left[Unplaced.LARGE] == MAX_PLACED // len(one)
    for why in Unplaced:
        assert with_pictures('<img src="cid:b">', {"b": why}) == ('<img src="">', {why: 1})


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\n\n\n\nb", "a\n\n\n\nb"),
        ("a\n\n\n\n\nb", "a\n\n\n\nb"),
        ("a\n \n\t\n\xa0\n  \n  b", "a\n\n\n\n  b"),
        ("a" + "\n" * 5000 + "b" + "\n" * 5000 + "c", "a\n\n\n\nb\n\n\n\nc"),
    ],
)
def test_empty_lines_fill_no_page(text: str, shown: str) -> None:
    assert without_gaps(text) == shown
