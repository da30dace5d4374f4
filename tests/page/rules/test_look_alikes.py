"""Addresses that look like another's, and links that lead elsewhere than they say."""

from time import process_time

import pytest

from contract.html.bounds import MAX_PAGE
from contract.html.sanitise import sanitise
from receiver.page.shown.look_alikes import (
    MAX_TOLD,
    address_line,
    called,
    links_told,
    told_beside,
)
from receiver.page.words import words_of

EN, RU = words_of("en"), words_of("ru")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("ivan@example.ru", "ivan@example.ru"),
        ("иван@пример.рф", "иван@пример.рф"),
        ("ivan@ex\u200dample.ru", "ivan@ex\\u200dample.ru"),
        ("iv\u200ban@example.ru", "iv\\u200ban@example.ru"),
        ("ivan\ufe0f@example.ru", "ivan\\ufe0f@example.ru"),
        ("iv\u3164an@example.ru", "iv\\u3164an@example.ru"),
        ("iv\u202ean@example.ru", "iv\\u202ean@example.ru"),
        ("ivan@b\u0430nk.ru", "ivan@b\u0430nk.ru (xn--bnk-6cd.ru)"),
        (
            "ivan@\u0430\u0440\u0440\u04cf\u0435.com",
            "ivan@\u0430\u0440\u0440\u04cf\u0435.com (xn--80ak6aa92e.com)",
        ),
        ("ivan@b\u03b1nk.ru", "ivan@b\u03b1nk.ru (xn--bnk-oxc.ru)"),
        ("ivan@\u0144ank.ru", "ivan@\u0144ank.ru (xn--ank-owa.ru)"),
    ],
)
def test_what_makes_an_address_another_one_is_seen(address: str, shown: str) -> None:
    assert address_line(address) == shown


@pytest.mark.parametrize("sign", ["\x1b", "\x07", "\x08", "\u202e", "\u2066", "\ufeff", "\u2028"])
@pytest.mark.parametrize(
    "address", ["a{}@b.ru", "a@\u0431{}.ru", "a@b\u0430{}nk.ru", "a@xn--{}1.ru"]
)
def test_no_sign_that_turns_or_hides_text_is_shown_as_it_is(address: str, sign: str) -> None:
    address = address.format(sign)
    assert sign not in address_line(address)
    assert sign not in called({"name": "", "address": address})
    assert sign not in told_beside(f"https://x@{address.partition('@')[2]}/", "here", EN)


def test_whoever_bears_such_an_address_is_called_by_it() -> None:
    assert called({"name": "", "address": "iv\u200dan@a.ru"}) == "iv\\u200dan@a.ru"


@pytest.mark.parametrize(
    ("href", "said", "host"),
    [
        ("https://bank.ru/", "bank.ru", ""),
        ("https://BANK.ru./", "Bank.ru", ""),
        ("https://www.bank.ru/a?b", "https://bank.ru/a?b", ""),
        ("https://click.bank.ru/", "www.bank.ru", ""),
        ("https://evil.example/", "bank.ru", "evil.example"),
        ("https://evil.example/", "Open https://bank.ru/login now", "evil.example"),
        ("https://evil.example/bank.ru", "www.bank.ru", "evil.example"),
        ("//evil.example", "(bank.ru/login)", "evil.example"),
        ("https:\\\\evil.example", "bank.ru", "evil.example"),
        ("https:evil.example", "bank.ru", "evil.example"),
        ("ht\ttps://ev\nil.example", "bank.ru", "evil.example"),
        ("https://ev%69l.example:443/", "bank.ru", "evil.example"),
        ("https://[::1]:80/", "bank.ru", "[::1]"),
        ("https://192.0.2.1/", "bank.ru", "192.0.2.1"),
        ("https://bank.ru.evil.example/", "bank.ru", "bank.ru.evil.example"),
        ("https://evil.example/", "b\u200dank.ru", "evil.example"),
        ("https://evil.example/", "\uff42ank.ru", "evil.example"),
        ("https://evil.example/", "ivan@bank.ru", "evil.example"),
        ("https://evil.example/", "Войти на bank.ru", "evil.example"),
        ("https://evil.example/", "bank.ru: вход", "evil.example"),
        ("https://evil.example/", "bank.ru?x=1", "evil.example"),
        ("https://evil.example/", "bank.ru:443, bank.ru", "evil.example"),
        ("https://evil.example/", "https:/bank.ru", "evil.example"),
        ("https://evil.example/", "ftp://bank.ru/", "evil.example"),
        ("https://evil.example/", "https://ba\u034fnk.ru/", "evil.example"),
        ("https://evil.example/", "https://bank\u3002ru/", "evil.example"),
        ("https://bank.ru/", "https://bank.ru/to/evil.ru", ""),
        ("https://docs.example/", "see report.md and setup.py.", ""),
        ("https://docs.example/", "и т.д., ул.Мира", ""),
        ("https://evil.github.io/", "bank.github.io", "evil.github.io"),
        ("https://bank.ru@evil.example/", "here", "evil.example"),
        ("https://bank.ru:x@evil.example/", "here", "evil.example"),
        ("https://xn--bnk-6cd.ru/", "here", "xn--bnk-6cd.ru"),
        ("https://b\u0430nk.ru/", "b\u0430nk.ru", "xn--bnk-6cd.ru"),
        ("https://xn--80a1acny.xn--p1ai/", "here", ""),
        ("https://почта.рф/", "почта.рф", ""),
        ("https://docs.example/", "report.pdf", ""),
        ("https://docs.example/", "Node.js", ""),
        ("https://docs.example/", "г.Москва", ""),
        ("https://docs.example/", "here", ""),
        ("https://docs.example/", "", ""),
        ("tel:+7", "bank.ru", ""),
    ],
)
def test_where_a_link_leads_is_told_if_its_words_say_otherwise(
    href: str, said: str, host: str
) -> None:
    assert told_beside(href, said, EN) == (host and f"leads to {host}")
    assert told_beside(href, said, RU) == (host and f"ведёт на {host}")


@pytest.mark.parametrize(
    ("href", "said", "told"),
    [
        ("mailto:ivan@bank.ru", "Ivan@bank.ru", ""),
        ("mailto:ivan@bank.ru?subject=x@y.ru", "ivan@bank.ru", ""),
        ("mailto:a@b.ru,ivan@bank.ru", "ivan@bank.ru", "writes to a@b.ru, ivan@bank.ru"),
        ("mailto:a@b.ru,ivan@bank.ru", "ivan@bank.ru, a@b.ru", ""),
        ("mailto:ivan@bank.ru?BCC=a%40b.ru", "ivan@bank.ru", "writes to ivan@bank.ru, a@b.ru"),
        ("mailto:?to=a@b.ru&cc=c@d.ru", "ivan@bank.ru", "writes to a@b.ru, c@d.ru"),
        ("mailto:", "ivan@bank.ru", ""),
        ("mailto:ivan@bank.ru.evil.example", "ivan@bank.ru", "writes to ivan@bank.ru.evil.example"),
        ("mailto:xivan@bank.ru", "ivan@bank.ru", "writes to xivan@bank.ru"),
        ("mailto:a@b\u0430nk.ru", "write to us", "writes to a@b\u0430nk.ru (xn--bnk-6cd.ru)"),
        ("mailto:petr@bank.ru", "ivan@bank.ru", "writes to petr@bank.ru"),
        ("MAILTO:petr%40bank.ru", "write to ivan@bank.ru!", "writes to petr@bank.ru"),
        ("mailto:petr@bank.ru", "write to us", ""),
    ],
)
def test_whom_a_link_writes_to_is_told_if_its_words_say_otherwise(
    href: str, said: str, told: str
) -> None:
    assert told_beside(href, said, EN) == told


@pytest.mark.parametrize(
    "link",
    [
        "<a href='https://evil.example/'><img src='cid:x' alt='https://bank.ru/3'></a>",
        "<a href='https://evil.example/' title='https://bank.ru/4'>here</a>",
        "<a title='https://bank.ru/4' href='https://evil.example/'>here</a>",
    ],
)
def test_what_is_shown_for_a_picture_or_above_a_link_is_said_by_it(link: str) -> None:
    page, _ = links_told(sanitise(link), EN)
    assert page.endswith("</a>" + '<small class="leads">leads to evil.example</small>')


def test_a_page_has_a_note_beside_each_link_that_leads_elsewhere() -> None:
    page = sanitise(
        "<p><a href='https://evil.example/?a=1&b=2'><b>ba</b>nk&#46;ru</a>, <a href='https://a.ru'>"
        "a.ru</a> and <a href='https://e.example' title='a>b'>https://bank.ru</a></p>"
    )
    told, is_all = links_told(page, EN)
    assert is_all
    assert told.count("<small") == 2
    first, second = told.split("</small>")[:2]
    assert first.endswith(">leads to evil.example")
    assert second.endswith(">leads to e.example")
    assert links_told("<p>nothing</p>", EN) == ("<p>nothing</p>", True)


def test_a_page_of_many_such_links_stays_within_bounds() -> None:
    page = '<a href="https://e.example">bank.ru</a>' * (MAX_TOLD + 1)
    told, is_all = links_told(page, EN)
    assert (told.count("<small"), is_all) == (MAX_TOLD, False)


@pytest.mark.parametrize("piece", ["<a>", '<a href="x">', '<a href="', "<a ", "a.", "@", "http://"])
@pytest.mark.parametrize("begin", ["<p>", '<a href="https://a.ru">'])
def test_links_are_told_in_linear_time(begin: str, piece: str) -> None:
    """It takes about a hundredth of this second."""
    page = sanitise(begin + piece * (MAX_PAGE // len(piece)))
    began = process_time()
    links_told(page, EN)
    assert process_time() - began < 5
