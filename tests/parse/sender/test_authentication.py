"""Whose word is believed about a sender: Yandex's, by its place in the header."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.parse.sender.alignment import aligned
from bridge.parse.sender.authentication import verdicts
from contract.event import Verdict
from contract.reading.organisations import organisational_domain

BORDER_HOST = "mail-nwsmtp-mxfront-production-main-25.sas.yp-c.yandex.net"
SUBMISSION_HOST = "mail-nwsmtp-smtp-production-main-57.sas.yp-c.yandex.net"
INNER = [
    (
        "Received",
        "from postback21a.mail.yandex.net (postback21a.mail.yandex.net [2a02:6b8:c0e::1])"
        " by mail-notsolitesrv-production-main-4.vla.yp-c.yandex.net with LMTPS id Aa1;"
        " Mon, 15 Sep 2025 15:46:00 +0300",
    ),
    (
        "Received",
        f"from {BORDER_HOST} ({BORDER_HOST} [IPv6:2a02:6b8:c08::1])"
        " by postback21a.mail.yandex.net (Yandex) with ESMTPS id Bb2;"
        " Mon, 15 Sep 2025 15:45:59 +0300",
    ),
]
BORDER = (
    "Received",
    "from mail.example.ru (mail.example.ru [192.0.2.1])\r\n"
    f"\tby {BORDER_HOST} (mxfront) with ESMTPS id Cc3; Mon, 15 Sep 2025 15:45:58 +0300",
)
FWD = ("X-Yandex-Fwd", "1")
SPAM = ("X-Yandex-Spam", "1")
FROM = ("From", "Иван <ivan@example.ru>")
GOOD = (
    "Authentication-Results",
    f"{BORDER_HOST}; spf=pass ({BORDER_HOST}: domain of example.ru designates 192.0.2.1 as"
    " permitted sender, rule=[ip4:192.0.2.1]) smtp.mail=ivan@example.ru;"
    " dkim=pass header.i=@example.ru",
)
SENDER = "ivan@example.ru"

Headers = list[tuple[str, str]]


def results(text: str, host: str = BORDER_HOST) -> tuple[str, str]:
    return ("Authentication-Results", f"{host}; {text}")


def hop(origin: str, by: str, protocol: str = "ESMTPS", role: str = "(Yandex)") -> tuple[str, str]:
    return ("Received", f"from {origin} by {by} {role} with {protocol} id 1; Mon, 15 Sep 2025")


def come(*written: tuple[str, str]) -> Headers:
    """Write a header: Yandex's inner hops, its border, and ``written`` under it."""
    return [*INNER, BORDER, *written]


PASS = Verdict(source=BORDER_HOST, spf="pass", dkim="pass", aligned=True)
NONE = Verdict(source=BORDER_HOST)

BELIEVED = {
    "both pass": (come(FWD, GOOD, SPAM, FROM), PASS),
    "no fields of Yandex between": (come(GOOD, SPAM, FROM), PASS),
    "the border line is the first": ([BORDER, GOOD, SPAM, FROM], PASS),
    "no DKIM": (
        come(results("spf=pass smtp.mail=ivan@example.ru"), SPAM, FROM),
        Verdict(source=BORDER_HOST, spf="pass", aligned=True),
    ),
    "SPF for a subdomain of the sender's": (
        come(results("spf=pass smtp.mail=bounce@mail.example.ru"), SPAM, FROM),
        Verdict(source=BORDER_HOST, spf="pass", aligned=True),
    ),
    "SPF for a mailer, DKIM for the sender": (
        come(results("spf=pass smtp.mail=x@mailer.example; dkim=pass header.i=@example.ru"), SPAM),
        PASS,
    ),
    "both for a mailer": (
        come(results("spf=pass smtp.mail=x@mailer.com; dkim=pass header.i=@mailer.com"), SPAM),
        Verdict(source=BORDER_HOST, spf="pass", dkim="pass"),
    ),
    "a failure for the sender's own domain": (
        come(
            results("spf=softfail smtp.mail=ivan@example.ru; dkim=fail header.i=@example.ru"), SPAM
        ),
        Verdict(source=BORDER_HOST, spf="softfail", dkim="fail"),
    ),
    "two signatures, one good": (
        come(results("dkim=pass header.i=@example.ru; dkim=fail header.i=@list.example"), SPAM),
        Verdict(source=BORDER_HOST, dkim="pass", aligned=True),
    ),
}

NOTHING_BELIEVED = {
    "no result at all": come(FWD, SPAM, FROM),
    "a forged one under X-Yandex-Spam": come(FWD, SPAM, GOOD, FROM),
    "a forged one after the sender's own fields": come(FROM, GOOD, SPAM),
    "Yandex wrote no X-Yandex-Spam and the sender did": come(FWD, FROM, GOOD, SPAM),
    "X-Yandex-Spam nowhere": come(GOOD),
    "another host's name": come(results("dkim=pass header.i=@example.ru", "mx.evil.example"), SPAM),
    "another host of Yandex": come(
        results("dkim=pass header.i=@example.ru", "mail-nwsmtp-mxfront-9.yandex.net"), SPAM
    ),
    "a method that is unknown": come(results("dmarc=pass header.from=example.ru"), SPAM),
    "a result that is unknown": come(results("dkim=yes header.i=@example.ru"), SPAM),
    "a reverse path that holds a result": come(
        results('spf=none smtp.mail="a; dkim=pass header.i=@example.ru "@evil.example'), SPAM
    ),
    "a comment that ends too soon": come(
        results("spf=none (domain of x) ; dkim=pass header.i=@example.ru (@evil) smtp.mail=x)"),
        SPAM,
    ),
    "the sender greets as Yandex, his own line below": [
        *INNER,
        hop("mxfront-9.yandex.net (evil.example [192.0.2.9])", BORDER_HOST, role="(mxfront)"),
        SPAM,
        hop("good.example (good.example [192.0.2.1])", "mxfront-9.yandex.net", role="(mxfront)"),
        results("dkim=pass header.i=@example.ru", "mxfront-9.yandex.net"),
        SPAM,
    ],
    "the sender greets as Yandex at a host of another role": [
        hop("mxfront-9.yandex.net (unknown [192.0.2.9])", BORDER_HOST, role="(nwsmtp/Yandex)"),
        SPAM,
        hop("good.example (good.example [192.0.2.1])", "mxfront-9.yandex.net", role="(mxfront)"),
        results("dkim=pass header.i=@example.ru", "mxfront-9.yandex.net"),
        SPAM,
    ],
}

NO_BORDER: dict[str, Headers] = {
    "an empty header": [],
    "no hop at all": [GOOD, SPAM, FROM],
    "it never passed Yandex": [hop("a.example", "mx.example.ru"), GOOD, SPAM],
    "a stranger's line above a forged border": [
        hop("a.example", "mx.example.ru"),
        *come(GOOD, SPAM),
    ],
    "a host that only looks like Yandex": [
        hop("a.example (a.example [192.0.2.1])", "mxfront.yandex.net.evil.example"),
        results("dkim=pass header.i=@example.ru", "mxfront.yandex.net.evil.example"),
        SPAM,
    ],
    "submitted by a user of Yandex, no from": [
        hop(f"{SUBMISSION_HOST} ({SUBMISSION_HOST} [::2])", "forward502b.mail.yandex.net"),
        ("Received", f"by {SUBMISSION_HOST} (smtp/Yandex) with ESMTPSA id 1"),
        *come(GOOD, SPAM),
    ],
    "submitted by a user of Yandex, who forges a verdict": [
        hop("pc (pc.example [192.0.2.7])", SUBMISSION_HOST, "ESMTPSA", "(smtp/Yandex)"),
        results("dkim=pass header.i=@example.ru", SUBMISSION_HOST),
        SPAM,
    ],
    "written in Yandex's web client": [
        ("Received", "by mail-nwsmtp-mxback-8.yandex.net (mxback/Yandex) with HTTP id 1"),
        GOOD,
        SPAM,
    ],
    "an endless chain of hops": [*(INNER * 100), BORDER, GOOD, SPAM],
}


@pytest.mark.parametrize(
    ("headers", "verdict"), [pytest.param(*row, id=name) for name, row in BELIEVED.items()]
)
def test_yandexs_own_results_are_believed(headers: Headers, verdict: Verdict) -> None:
    assert verdicts(headers, SENDER) == (verdict,)


@pytest.mark.parametrize("headers", NOTHING_BELIEVED.values(), ids=NOTHING_BELIEVED.keys())
def test_a_border_without_believable_results_is_none(headers: Headers) -> None:
    assert verdicts(headers, SENDER) == (NONE,)


@pytest.mark.parametrize("headers", NO_BORDER.values(), ids=NO_BORDER.keys())
def test_without_a_border_there_is_no_verdict(headers: Headers) -> None:
    assert verdicts(headers, SENDER) == ()


def test_two_from_fields_align_with_nothing() -> None:
    (verdict,) = verdicts(come(GOOD, SPAM, FROM, ("From", "boss@bank.example")), SENDER)
    assert verdict == PASS.model_copy(update={"aligned": False})


@pytest.mark.parametrize("sender", ["", "ivan", "ivan@", "ivan@ru", "ivan@example.ru.evil.example"])
def test_a_sender_of_no_domain_or_another_is_not_aligned(sender: str) -> None:
    (verdict,) = verdicts(come(GOOD, SPAM, FROM), sender)
    assert not verdict.aligned


FIELDS = st.sampled_from([*INNER, BORDER, FWD, GOOD, FROM, *NOTHING_BELIEVED["no result at all"]])
FORGED = st.lists(st.one_of(FIELDS, st.just(SPAM), st.tuples(st.text(), st.text())), max_size=20)


@given(FORGED)
def test_nothing_that_a_sender_writes_changes_the_verdict(forged: Headers) -> None:
    assert verdicts(come(FWD, SPAM, *forged), SENDER) == (NONE,)
    bad = results("spf=fail smtp.mail=ivan@example.ru; dkim=fail header.i=@example.ru")
    expected = Verdict(source=BORDER_HOST, spf="fail", dkim="fail")
    assert verdicts(come(FWD, bad, SPAM, *forged), SENDER) == (expected,)


@given(st.lists(st.tuples(st.text(), st.text())), st.text())
def test_any_header_has_some_verdict(headers: Headers, sender: str) -> None:
    assert len(verdicts(headers, sender)) <= 1


ORGANISATIONS = {
    "example.ru": "example.ru",
    "Mail.Example.RU.": "example.ru",
    "a.b.example.co.uk": "example.co.uk",
    "msk.ru": "",
    "firm.msk.ru": "firm.msk.ru",
    "почта.пример.рф": "xn--e1afmkfd.xn--p1ai",
    "xn--e1afmkfd.xn--p1ai": "xn--e1afmkfd.xn--p1ai",
    "Почта.Straße.DE": "xn--strae-oqa.de",
    "shop.github.io": "shop.github.io",
    "ru": "",
    "localhost": "",
    "192.0.2.1": "",
    "": "",
    "..": "",
    "a" * 300 + ".ru": "",
}


@pytest.mark.parametrize(("domain", "organisation"), ORGANISATIONS.items())
def test_organisational_domain(domain: str, organisation: str) -> None:
    assert organisational_domain(domain) == organisation


def test_a_domain_does_not_speak_for_one_that_was_it_by_older_rules() -> None:
    """To IDNA 2003 straße.de is strasse.de, which is another's."""
    assert aligned("xn--strae-oqa.de", "ivan@straße.de")
    assert not aligned("strasse.de", "ivan@straße.de")


def test_a_suffix_aligns_with_itself_only() -> None:
    assert aligned("msk.ru", "ivan@msk.ru")
    assert not aligned("firm.msk.ru", "ivan@msk.ru")
    assert not aligned("firm.msk.ru", "ivan@other.msk.ru")


@given(st.text(), st.text())
def test_any_domains_align_or_do_not(authenticated: str, sender: str) -> None:
    assert aligned(authenticated, sender) in {True, False}
