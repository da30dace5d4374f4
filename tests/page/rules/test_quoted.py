"""What a server said stands as it said it, beside its meaning, and is read aloud as English."""

from typing import Any

import pytest

from receiver.page.shown.bridges import refusal_of
from receiver.page.shown.clock import Clock
from receiver.page.templates import rendered
from receiver.page.words import words_of
from tests.letters import START


@pytest.mark.parametrize(
    ("answer", "is_quoted"), [("550 5.1.1 no such user", True), ("404: there is no page", False)]
)
def test_an_answer_of_smtp_is_marked_as_english(answer: str, is_quoted: bool) -> None:
    words = words_of("ru")
    document = {"at": START, "answer": answer, "peer": "", "mail_from": "", "rcpt_to": ""}
    told: dict[str, Any] = {"_": words, "time": lambda *_: ""}
    shown = rendered("refusals.html", refusals=[refusal_of(document, Clock(words, START))], **told)
    assert ('<bdi lang="en">550' in shown) == is_quoted
