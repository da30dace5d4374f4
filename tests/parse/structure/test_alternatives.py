"""Which parts say the letter's words: alternatives, pages for some programs, hidden pictures."""

from base64 import b64encode, encodebytes
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.parse.letter import ParsedLetter
from bridge.parse.message import read_letter
from tests.letters import base64_part, container, multipart, part
from tests.letters import raw_letter as letter
from tests.parse.validation import validated

HTML = "text/html; charset=utf-8"
AMP = "text/x-amp-html; charset=utf-8"
WORDS = part("Слова")
PAGE = part("<p>Слова</p>", HTML)
FORM = part("<html amp4email><body><amp-form>…</amp-form></body></html>", AMP)


def alternative(*parts: bytes) -> ParsedLetter:
    return validated(read_letter(multipart(*parts, subtype="alternative")))


STANDING_IN = [
    *("-", ".", "...", "_____", "[cid:image001.png]", "[image: logo]", "<image001.png>", "[Image]"),
    *("[https://x.example/logo.png]", "![](cid:logo)", "[рисунок]", "&nbsp;", "\u00a0-\u00a0"),
    *(
        "Привет",
        "null",
        "(no text)",
        "%PLAINTEXT%",
        "{{text}}",
        "*|MC:TEXT|*",
        "Text version",
        "None",
    ),
    "Sent from my iPhone",
    "Your email client does not support HTML.",
    "Ваш почтовый клиент не поддерживает HTML",
    "Ihr E-Mail Client kann diese HTML-Nachricht leider nicht anzeigen",
    "Votre messagerie n'affiche pas les messages au format HTML",
    "Su cliente de correo no soporta HTML",
    "Il tuo client di posta non supporta l'HTML",
    "Seu cliente de e-mail não suporta HTML",
    "Twój program pocztowy nie obsługuje HTML",
    "E-posta istemciniz HTML desteklemiyor",
    "您的邮件客户端不支持HTML",
    "お使いのメールソフトはHTMLに対応していません",
    "This is a multi-part message in MIME format.",
    "View this email in your browser: https://x.example/1",
    "Если письмо не отображается, откройте его в браузере",
    "Cliquez ici pour voir ce message en ligne",
    "Plain text version not available",
    "No text version available.",
    "Нет текстовой версии",
    "text/plain",
    "This email requires a modern e-mail reader: https://x.example/1",
]
BILL = "Прошу выставить счёт на 15 лицензий."


@pytest.mark.parametrize("said", STANDING_IN)
def test_a_plain_text_that_stands_for_the_page_hides_nothing(said: str) -> None:
    assert alternative(part(said), part(f"<p>{BILL}</p>", HTML)).text == BILL
    with_remark = part(f"<p>{said}</p><p>{BILL}</p>", HTML)
    assert BILL in alternative(part(said), with_remark).text


@pytest.mark.parametrize(
    "said",
    ["Да", "+", "?", "👍", "15", "Привет", "Не открывается в браузере", "Пришлите в HTML", "None"],
)
def test_a_plain_text_that_says_what_the_page_says_is_taken(said: str) -> None:
    assert alternative(part(said), part(f"<p>{said}</p>", HTML)).text == said
    assert alternative(part(said), part("<img src=cid:a>", HTML)).text == said


def names(read: ParsedLetter) -> list[str]:
    return [one.attachment.filename for one in read.parts]


@pytest.mark.parametrize(
    "blank",
    [
        part(""),
        part("\r\n \t\r\n"),
        part("\u200b\u00a0\ufeff\u2060\r\n"),
        base64_part(b"\r\n\r\n", "text/plain; charset=utf-8"),
        base64_part("\u00a0".encode(), "text/plain; charset=utf-8"),
        part("=20=20\r\n=C2=A0", Content_Transfer_Encoding="quoted-printable"),
        part(b"\xa0\r\n", "text/plain; charset=windows-1251"),
    ],
)
def test_an_alternative_that_shows_nothing_is_none(blank: bytes) -> None:
    assert alternative(blank, PAGE).text == "Слова"
    assert alternative(blank, WORDS).text == "Слова"
    assert alternative(blank, WORDS, PAGE).text == "Слова"
    assert alternative(WORDS, blank).text == "Слова"
    assert alternative(blank, blank).text == ""


@pytest.mark.parametrize(
    "blank",
    [
        "",
        "<html><head><title>x</title></head><body></body></html>",
        "<p>&nbsp;</p><!-- nothing -->",
        "<style>p { color: red }</style><div>\u200b</div>",
    ],
)
def test_a_page_that_shows_nothing_takes_no_place(blank: str) -> None:
    read = alternative(WORDS, PAGE, part(blank, HTML))
    assert (read.text, read.html) == ("Слова", "<p>Слова</p>")
    assert alternative(WORDS, part(blank, HTML)).text == "Слова"


def test_a_page_of_one_picture_shows_something() -> None:
    picture = '<img src="cid:a@x" alt="">'
    read = alternative(part(""), PAGE, part(picture, HTML))
    assert read.text == "[image: a@x]"


@pytest.mark.parametrize(
    "parts",
    [
        (WORDS, FORM, PAGE),
        (WORDS, PAGE, FORM),
        (FORM, PAGE),
        (WORDS, PAGE, part("<p>watch</p>", "text/watch-html")),
        (WORDS, container(PAGE, FORM, subtype="related")),
    ],
)
def test_a_page_for_some_programs_is_no_file(parts: tuple[bytes, ...]) -> None:
    read = alternative(*parts)
    assert (read.text, read.html, read.parts) == ("Слова", "<p>Слова</p>", ())


def test_such_a_page_alone_is_the_letter() -> None:
    assert alternative(part("<p>Слова</p>", AMP)).text == "Слова"


def test_such_a_page_sent_as_a_file_is_one() -> None:
    kept = part("<p>x</p>", AMP, Content_Disposition="attachment; filename=a.html")
    assert names(read_letter(multipart(WORDS, kept))) == ["a.html"]


def test_a_reaction_for_a_program_is_no_file() -> None:
    reaction = part('{"emoji":"👍","version":1}', "text/vnd.google.email-reaction+json")
    read = alternative(part("👍"), reaction, part("<p>👍</p>", HTML))
    assert (read.text, names(read)) == ("👍", [])


SAID_AGAIN = ["text/rtf", "application/rtf", "application/ld+json", "text/x-amp-css", "text/xml"]


@pytest.mark.parametrize("kind", SAID_AGAIN)
def test_an_unnamed_alternative_says_what_the_others_say(kind: str) -> None:
    again = part("{\\rtf1 x}", kind)
    for beside in ((WORDS,), (PAGE,), (WORDS, PAGE)):
        read = alternative(*beside, again)
        assert (read.text, names(read)) == ("Слова", [])


@pytest.mark.parametrize("kind", SAID_AGAIN[:3])
def test_an_alternative_is_a_file_where_it_is_named_or_holds_all_there_is(kind: str) -> None:
    named = part("{\\rtf1 x}", f"{kind}; name=a.rtf")
    assert names(alternative(WORDS, named)) == ["a.rtf"]
    attached = part("{\\rtf1 x}", kind, Content_Disposition="attachment")
    again = part("{\\rtf1 x}", kind)
    for letter_with_one in ((WORDS, attached), (again,), (part(" "), again)):
        assert len(alternative(*letter_with_one).parts) == 1


def test_a_letter_that_is_one_text_says_it_however_it_is_to_be_shown() -> None:
    read = read_letter(letter("Слова", Content_Disposition="attachment"))
    assert (read.text, names(read)) == ("Слова", [])
    read = read_letter(letter("Слова", Content_Disposition="attachment; filename=a.txt"))
    assert (read.text, names(read)) == ("", ["a.txt"])


def test_the_order_of_alternatives_does_not_matter() -> None:
    for parts in ((WORDS, PAGE), (PAGE, WORDS)):
        read = alternative(*parts)
        assert (read.text, read.html) == ("Слова", "<p>Слова</p>")


def test_files_among_alternatives_stay_files() -> None:
    pdf = base64_part(b"%PDF", "application/pdf; name=a.pdf")
    read = alternative(WORDS, container(PAGE, pdf), part("BEGIN:VCALENDAR", "text/calendar"))
    assert (read.text, names(read)) == ("Слова", ["a.pdf", "invitation.ics"])


def test_parts_are_read_in_their_order() -> None:
    """Apple Mail: a page, a picture, a page, a file, a page."""
    png = base64_part(b"\x89PNG", "image/png; name=a.png", Content_Disposition="inline")
    pdf = base64_part(b"%PDF", "application/pdf; name=b.pdf")
    pages = [part(f"<p>{word}</p>", HTML) for word in ("один", "два", "три")]
    read = read_letter(multipart(pages[0], png, pages[1], pdf, pages[2]))
    assert (read.text, names(read)) == ("один\nдва\nтри", ["a.png", "b.pdf"])


def test_the_root_of_related_parts_is_the_one_that_is_named() -> None:
    note = part("<p>сноска</p>", HTML, Content_ID="<note@x>", Content_Disposition="inline")
    page = part("<p>Слова</p>", f'{HTML}; name="page.html"', Content_ID="<page@x>")
    raw = letter(
        b"".join(b"--b\r\n" + one + b"\r\n" for one in (note, page)) + b"--b--\r\n",
        Content_Type='multipart/related; start="<page@x>"; boundary=b',
    )
    assert "Слова" in read_letter(raw).text


PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8
DATA = "data:image/png;base64," + b64encode(PNG).decode()


@pytest.mark.parametrize(
    "tag",
    [
        f'<img src="{DATA}">',
        f"<img alt='' src='{DATA}'/>",
        f"<img src={DATA}>",
        f'<IMG SRC = " {DATA}">',
        f'<img src="{DATA.replace(",", ",%0A").replace("=", "%3D")}">',
        '<img src="{}">'.format("data:image/png;base64," + encodebytes(PNG).decode()),
        f'<img src="data:;base64,{b64encode(PNG).decode()}">',
        f'<div style="background:url({DATA})">x</div>',
        f"<div style=\"background-image: url('{DATA}') no-repeat\">x</div>",
        f'<div style="background:url(&quot;{DATA}&quot;)">x</div>',
        f"<style>.a {{ background: #fff url( {DATA} ) }}</style><p class=a>x</p>",
        f'<source srcset="{DATA} 2x">',
        f'<picture><source srcset="{DATA} 1x, {DATA} 2x"></picture>',
        f'<img src="{DATA.replace("png;", "png;name=a.png;charset=utf-8;")}">',
        f'<v:imagedata src="{DATA}"/><img src="{DATA}">',
        f'<table background="{DATA}"><tr><td></td></tr></table>',
    ],
)
def test_a_picture_in_a_data_address_is_a_file(tag: str) -> None:
    read = validated(read_letter(letter(f"<p>До</p>{tag}<p>После</p>", Content_Type=HTML)))
    [kept] = read.parts
    assert kept.content == PNG
    assert (kept.attachment.filename, kept.attachment.content_type) == ("part-1.png", "image/png")
    assert kept.attachment.inline
    assert read.text.startswith("До")
    assert read.text.endswith("После")
    assert b64encode(PNG).decode()[:12] not in read.text + read.html
    if "<img" in tag.lower():
        assert f'src="cid:{kept.attachment.content_id}"' in read.html
        assert "[image: part-1.png]" in read.text


def test_pictures_of_several_pages_are_numbered_and_the_same_is_one() -> None:
    other = DATA.replace("image/png", "image/gif")[:-8]
    svg = "data:image/svg+xml," + quote("<svg xmlns='http://www.w3.org/2000/svg'/>")
    pages = f'<img src="{DATA}"><img src="{other}">', f'<img src="{DATA}"><img src="{svg}">'
    file = base64_part(b"%PDF", "application/pdf; name=a.pdf")
    read = read_letter(multipart(part(pages[0], HTML), file, part(pages[1], HTML)))
    assert names(read) == ["a.pdf", "part-2.png", "part-3.gif", "part-4.svg"]


def test_a_picture_of_a_page_whose_words_are_also_plain() -> None:
    read = alternative(WORDS, part(f'<p>Слова</p><img src="{DATA}">', HTML))
    assert (read.text, names(read)) == ("Слова", ["part-1.png"])


@pytest.mark.parametrize(
    "address",
    [
        "data:,",
        "data:text/html;base64,PHNjcmlwdD4=",
        "data:application/javascript;base64,YWxlcnQoMSk=",
        "data:image/png;base64,",
        "data:image/png",
        "https://example.com/a.png",
    ],
)
def test_what_is_no_picture_makes_no_file(address: str) -> None:
    read = read_letter(letter(f'<p>x</p><img src="{address}">', Content_Type=HTML))
    assert (read.text, read.parts) == ("x", ())


def test_words_behind_a_picture_larger_than_a_text_may_be() -> None:
    large = "data:image/png;base64," + b64encode(b"\x89PNG" + b"x" * 6_000_000).decode()
    read = read_letter(letter(f'<p>До</p><img src="{large}"><p>После</p>', Content_Type=HTML))
    assert read.text == "До\n\n[image: part-1.png]\n\nПосле"
    assert read.parts[0].attachment.size == 6_000_004


def test_more_pictures_than_are_taken() -> None:
    page = "".join(
        f'<img src="data:image/gif;base64,{b64encode(bytes((n,))).decode()}">' for n in range(80)
    )
    read = validated(read_letter(letter(page, Content_Type=HTML)))
    assert len(read.parts) == 50
    assert "more than 50 pictures in data: addresses" in read.defects


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(['src="data:', "image/png;base64,", "QUJD", '"', "'", ">", " ", ","]))
)
def test_broken_addresses_never_harm(pieces: list[str]) -> None:
    validated(read_letter(letter("<img " + "".join(pieces), Content_Type=HTML)))


@pytest.mark.parametrize(
    ("plain", "told"),
    [
        ("????????? ??????? ????.", "Пришлите, пожалуйста, счёт."),
        ("????", "😃😃"),
        ("Total: 15 ???", "Total: 15 руб"),
    ],
)
def test_question_marks_for_the_letters_of_the_page_are_no_words(plain: str, told: str) -> None:
    assert alternative(part(plain), part(f"<p>{told}</p>", HTML)).text == told


def test_question_marks_of_a_link_are_not_counted_against_those_for_letters() -> None:
    page = 'Да 😃😄<p>Sent from <a href="https://post.example/?via=mail">Post</a></p>'
    plain = "?? ??\n\nSent from Post"
    assert alternative(part(plain), part(page, HTML)).text.startswith("Да 😃😄")
    linked = f"{plain} <https://post.example/?via=mail>"
    assert alternative(part(linked), part(page, HTML)).text.startswith("Да 😃😄")
    asked = 'Why??<p><a href="https://post.example/?a=1">Post</a> 😃😃</p>'
    assert alternative(part("Why??\n\nPost"), part(asked, HTML)).text == "Why??\n\nPost"


@pytest.mark.parametrize(
    ("plain", "page"),
    [
        ("Really?? Why??", "Really?? Why?? — Café"),
        ("Что??", "Что?? 😃😃"),
        ("Is it paid?? Regards, Tom", "Is it paid? Regards, Tom 😃"),
        ("Why???", "Why?"),
    ],
)
def test_question_marks_that_were_typed_stay(plain: str, page: str) -> None:
    assert alternative(part(plain), part(f"<p>{page}</p>", HTML)).text == plain
