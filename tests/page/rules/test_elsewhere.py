"""What other parts say or decide has words on the page, in both languages."""

import inspect
import re
from datetime import UTC, datetime
from typing import get_args

import pytest
from aiosmtpd.smtp import SMTP

from bridge.ingress.imap.login import ADVICE, UNTRIED
from contract.bounds import Kind
from contract.event import Source
from receiver.page.shown.bridges import alarm_of, answer_of, means
from receiver.page.shown.clock import Clock
from receiver.page.words import LANGUAGES, Language, words_of
from receiver.page.words.elsewhere import RUSSIAN, in_words
from receiver.threads.facts import What
from receiver.why.wording import ENGLISH
from tests.servers import ROOT

RU, EN = words_of("ru"), words_of("en")
# Where sentences are made that the page shows.
SAYING = {
    "receiver/page": r"Problem\(\s*\d+, f?\"([^\"]+)\"",
    "receiver/filing/corrections.py": r"Problem\(\s*\d+, f?\"([^\"]+)\"",
    "receiver/web/v1/persons/persons.py": r"Problem\(\s*\d+, f?\"([^\"]+)\"",
    "receiver/web/v1/found.py": r"Problem\(\s*4(?:04|10), f?\"([^\"]+)\"",
    "receiver/search/query.py": r"QueryWrong\([^,]+, f?\"([^\"]+)\"",
    "bridge/parse": r"(?:defects\.append|budget\.defect)\(f?\"([^\"]+)\"\)",
    "bridge/parse/containers/sealed.py": r"\"((?:signed|encrypted) with [^\"]+)\"",
    "bridge/parse/structure/encodings/undone.py": r"^[A-Z_0-9]+ = \"([^\"]+)\"",
    "bridge/parse/text/spoilt/misread.py": r"^(?:TWICE|OTHER_PAGE) = \"([^\"]+)\"",
    "bridge/parse/text/line_ends.py": r"^DOUBLED = \"([^\"]+)\"",
    "bridge/courier": r"^(?:NOT_PARSED|HEADERS_ONLY): Final = \"([^\"]+)\"",
    "bridge/ingress/imap/states.py": r"yield f\"\{name\}: ([^{\"][^\"]*)\"",
}


def said(place: str, pattern: str) -> list[str]:
    """Return the sentences that match in a file, or in all of a folder, ``{}`` for their values."""
    path = ROOT / place
    files = [path] if path.is_file() else sorted(path.rglob("*.py"))
    texts = [each.read_text(encoding="utf-8") for each in files]
    found = [one for text in texts for one in re.findall(pattern, text, re.MULTILINE)]
    told = [re.sub(r"\{[^}]*\}(?:\")?", "{}", each) for each in found]
    return [each for each in told if re.search("[a-z]{3}", each)]


@pytest.mark.parametrize(("place", "pattern"), SAYING.items())
def test_every_sentence_of_another_part_is_told_in_russian(place: str, pattern: str) -> None:
    found = said(place, pattern)
    assert found
    assert [each for each in found if in_words(each.replace("{}", "7"), RU).isascii()] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_that_the_door_refuses_with_is_told_in_words(language: Language) -> None:
    answers = said("bridge/ingress/smtp", r"\"([45]\d\d \d\.\d\.\d [A-Z][^\"]+)\"")
    answers += said("bridge/spool", r"\"([45]\d\d \d\.\d\.\d [A-Z][^\"]+)\"")
    assert len(answers) > 8
    assert [each for each in answers if not means(each, words_of(language))] == []
    library = "".join(map(inspect.getsource, (SMTP.smtp_MAIL, SMTP.smtp_RCPT, SMTP.smtp_DATA)))
    own = [*re.findall(r"['\"]([45]\d\d [^'\"]+)", library), "530 Must issue STARTTLS"]
    assert len(own) > 12
    vague = {words_of(language)(f"refusal.{each}") for each in (4, 5)}
    assert [each for each in own if means(each, words_of(language)) in {"", *vague}] == []
    assert means("550 no", words_of(language)) == words_of(language)("refusal.5")
    assert means("no answer", words_of(language)) == ""


def test_an_answer_over_http_is_told_in_the_readers_words() -> None:
    answer = "HTTP 422: the event has wrong fields; data.from: is missing"
    assert answer_of(answer, EN) == answer
    assert answer_of(answer, RU) == "HTTP 422: в событии неверные поля; data.from: отсутствует"
    for each in ("550 5.1.1 No such mailbox here", "HTTP: is missing", ""):
        assert answer_of(each, RU) == each


def test_values_stay_in_their_places_and_what_is_not_known_stays_as_it_is() -> None:
    assert in_words("more than 100 attachments", RU) == "больше 100 вложений"
    assert in_words("счёт.pdf: labelled base64, but is not", RU).startswith("счёт.pdf: назван")
    assert in_words("after: it cannot be read", RU) == "after: это не удалось прочитать"
    for text in ("anything else", "a: b", "", "more than  attachments"):
        assert in_words(text, RU) == text
    for english, russian in RUSSIAN.items():
        assert in_words(english, EN) == english
        assert english.count("{}") == russian.count("{}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_a_letter_or_correction_may_be_has_words(language: Language) -> None:
    words = words_of(language)
    for what in get_args(What):
        assert words.n(f"done.{what}_letters", 2)
    for kind in {*get_args(Kind)} - {"letter"}:
        assert words(f"mark.{kind.replace('-', '_')}")
    for way in get_args(Source.model_fields["via"].annotation):
        assert words(f"way.{way}")
    for reason in ENGLISH.matched:
        assert words(f"by.{reason}")


@pytest.mark.parametrize(
    "alarm",
    [
        "the spool is full",
        "/data/spool is not there",
        "IMAP is not watched: no bridge has begun to, by DATA_DIR (/data/imap)",
        "IMAP is not watched: no bridge is running, by DATA_DIR (/data/imap)",
        "nothing is delivered: no bridge is running, by DATA_DIR (/data)",
        f"a@ya.ru INBOX: refused: AUTHENTICATE failed; {UNTRIED}; {ADVICE}",
        "a@ya.ru INBOX: never read yet: imap.ya.ru:993: no such host: look at IMAP_HOST, or at DNS",
        "a@ya.ru INBOX: waiting for 950 s: the server closed the connection",
        "a@ya.ru INBOX: no folder: h:993: no folder Sent: look at IMAP_SENT; there are: INBOX, Out",
        "a@ya.ru INBOX: 3 letters that the server does not give",
        "WEBHOOK_URL http://r:8080/: no answer in time (WEBHOOK_TIMEOUT)",
        "never reached yet: WEBHOOK_URL http://r:8080/: the connection ended before the answer",
    ],
)
def test_no_alarm_of_a_bridge_is_half_in_english(alarm: str) -> None:
    """Except for names and a server's own words."""
    [shown, _] = alarm_of(alarm, Clock(RU, datetime(2026, 11, 26, tzinfo=UTC)))
    left = shown.replace("AUTHENTICATE failed", "")
    assert not re.search(r"[a-z]{2,} [a-z]{2,}", left), shown
    assert not left.isascii()
    assert alarm_of(alarm, Clock(EN, datetime(2026, 11, 26, tzinfo=UTC))) == (alarm, "")
