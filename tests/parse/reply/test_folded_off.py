"""Quoted lines whose end a client or a relay folded off and left without a mark."""

import pytest

from bridge.parse.reply.new_words import new_words
from bridge.parse.reply.occasion import Occasion

ANSWER = Occasion(
    subject="Re: Pump",
    writer="Ivan Petrov ivan@example.ru",
    people=frozenset({"ivan@example.ru", "ivan petrov", "desk@example.org", "help desk"}),
)
SAID = "On Mon, Sep 15, 2025 at 3:46 PM Help Desk <desk@example.org> wrote:"
NEW = "Thanks, the new seal holds."

FOLDED = {
    "once, the line full": (
        "> The seal that we sent you last week belongs to the older pump, which has\n"
        "another housing, so please\n> measure the shaft first."
    ),
    "once, on the English I": (
        "> I am sure that the seal belongs to the older pump, and that is the reason why\n"
        "I asked for a picture\n> of the housing."
    ),
    "several full lines, as archives fold a paragraph": (
        "> The seal that we sent you last week belongs to the older pump, which has a new housing\n"
        "and therefore cannot hold. Please measure the shaft first, and send us a picture of the\n"
        "housing, on which the plate can be read.\n>\n> Your desk"
    ),
    "what was quoted twice, and shorter": (
        ">> The seal that you sent belongs to the older pump, which has\nanother\n"
        ">> housing, and so it\n> cannot hold."
    ),
    "again and again, each client with another width": (
        "> > > The seal that you have sent us belongs to the older\npump, which\n> > has\n"
        "> > > another housing. Please send us the right one as\nsoon as\n> > you\n"
        "> > > can, because this pump stands still, and all our\nflowers\n> are thirsty.\n"
        "> > > The second pump in the garden is a rather old one.\nThe third\n> is new."
    ),
}


@pytest.mark.parametrize("history", FOLDED.values(), ids=FOLDED.keys())
def test_the_end_of_a_quoted_line_is_no_answer(history: str) -> None:
    assert new_words(f"{NEW}\n\n{SAID}\n{history}\n", ANSWER) == NEW
    assert new_words(f"{SAID}\n{history}\n\n{NEW}\n", ANSWER) == NEW


ANSWERED = {
    "a question": (
        "> Which of the two pumps do you mean, the older one or the newer, with the seal?\n"
        "the older\n> Your desk"
    ),
    "a full line that ends a sentence": (
        "> The seal that we sent you last week belongs to the older pump, not to yours.\n"
        "yes, it does not fit\n> Measure the shaft."
    ),
    "a short line": "> Which pump is it, the older\nthe newer one\n> or the newer",
    "a capital": (
        "> Please tell us the number that is on the plate of the pump beside the motor\n"
        "Number 15\n> and the year"
    ),
    "lines that are not full": (
        "> Please tell us the number that is on the plate of the pump beside the motor\n"
        "it says 15\nand 2019\n> Your desk"
    ),
    "a form with long labels, again and again": (
        "> Name of the firm as it stands in the register of the court\nRoe Pumps\n"
        "> Number of the pumps of this firm that are older than a year\nfive\n"
        "> Town in which the pumps stand, and the street with the number\nLeeds\n> Your desk"
    ),
    "a blank line between": (
        "> The seal that we sent you last week belongs to the older pump, which has\n\n"
        "another housing, I know\n\n> and a plate."
    ),
}


@pytest.mark.parametrize("history", ANSWERED.values(), ids=ANSWERED.keys())
def test_an_answer_right_under_a_quoted_line_stays(history: str) -> None:
    answer = [line for line in history.split("\n") if line and not line.startswith(">")]
    shown = new_words(f"{SAID}\n{history}\n\n{NEW}\n", ANSWER)
    assert all(line in shown for line in [*answer, NEW])
