"""The program's words in a letter's text are in the reader's language, and nothing else.

The texts are made by the code that writes them.
"""

import re
from time import process_time

import pytest

from bridge.parse.body.calendar_text import _ANSWERS, _METHODS, answer_unsaid, invitation
from bridge.parse.message import read_letter
from receiver.erasing.traces.phrases import GONE
from receiver.page.shown.text import MAX_SHOWN
from receiver.page.words import words_of
from receiver.page.words.of_the_bridge import in_reader_words
from tests.letters import multipart, part
from tests.parse.body.test_invitations import INVITATION

RU, EN = words_of("ru"), words_of("en")
NAMES = re.compile(r"Europe/Moscow|UTC|anna@example\.ru|petr@example\.ru")


def english_of(text: str) -> list[str]:
    """Return the English words that are left in Russian."""
    return re.findall(r"[A-Za-z]{2,}", NAMES.sub("", in_reader_words(text, RU)))


@pytest.mark.parametrize("method", [*_METHODS, "NONE"])
@pytest.mark.parametrize(
    "more",
    [
        "",
        "ATTENDEE;CN=Анна;PARTSTAT=ACCEPTED:mailto:anna@example.ru\n",
        "RRULE:FREQ=WEEKLY;COUNT=4\n",
        "RRULE:FREQ=YEARLY;INTERVAL=2;UNTIL=20301231\nDUE:20260302T100000Z\n",
    ],
)
def test_an_invitation_is_told_in_russian(method: str, more: str) -> None:
    source = INVITATION.replace("METHOD:REQUEST", f"METHOD:{method}")
    text = invitation(source.replace("END:VEVENT", f"{more}END:VEVENT"))
    assert "\nStarts: 02.03.2026" in text
    assert english_of(text) == []
    for each in ("Встреча, обсудить заказ", "02.03.2026 10:00 Europe/Moscow", "Москва"):
        assert each in in_reader_words(text, RU)
    assert in_reader_words(text, EN) == text


@pytest.mark.parametrize("status", _ANSWERS)
def test_who_answers_an_invitation_is_told_in_russian(status: str) -> None:
    more = (
        f'ATTENDEE;PARTSTAT={status};DELEGATED-TO="mailto:petr@example.ru":mailto:anna@example.ru'
    )
    source = INVITATION.replace("METHOD:REQUEST", "METHOD:REPLY")
    source = source.replace("END:VEVENT", f"{more}\nEND:VEVENT")
    for text in (invitation(source), f"{answer_unsaid(source, 'Да.')}\n\nДа."):
        assert english_of(text) == []
        assert "anna@example.ru" in in_reader_words(text, RU)


def test_a_picture_a_seal_and_what_was_erased_are_told_in_russian() -> None:
    read = read_letter(multipart(part('<p>Вот:</p><img src="cid:a@x" alt="чашка">', "text/html")))
    assert "[image: " in read.text
    assert in_reader_words(read.text, RU) == read.text.replace("[image: ", "[картинка: ")
    for system in ("S/MIME", "OpenPGP", "a key"):
        text = in_reader_words(f"[encrypted with {system}, not readable here]", RU)
        assert text.startswith("[зашифровано")
    assert in_reader_words(f"{GONE} и {GONE}", RU) == "[стёрто] и [стёрто]"


@pytest.mark.parametrize("begin", ["", "Invitation: x\nStarts: 1\n", "\nStarts: 1\n"])
@pytest.mark.parametrize(
    "piece",
    [
        *("@", "a@", "a <a@", "<a@", "a ", "a\n", "a@b.ru accepted", "a <a@b> accepted: "),
        *("Invitation: x\n", "Starts: 1\n", "[image: ", "[image: a", "every 1 ", "Invitation: "),
        *("[encrypted with ", "Invitation: x\nStarts: 1\n", "a <a@b> ", " "),
    ],
)
def test_it_takes_linear_time_whatever_a_letter_says(begin: str, piece: str) -> None:
    """It takes about a hundredth of this second."""
    began = process_time()
    in_reader_words(begin + piece * (MAX_SHOWN // len(piece)), RU)
    assert process_time() - began < 2


@pytest.mark.parametrize(
    "text",
    [
        "Starts: tomorrow\nWhere: Moscow",
        "He accepted: good",
        "Invitation: come\n\nStarts: soon",
        "anna@example.ru has written",
        "The letter is [encrypted with care], see [image:",
        "",
    ],
)
def test_what_somebody_wrote_stays_as_it_is(text: str) -> None:
    assert in_reader_words(text, RU) == text
