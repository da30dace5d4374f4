"""The new words of real letters read as their projects say."""

import pytest

from tests.measure.fidelity.own_words import errors_in
from tests.measure.fidelity.replies import JUDGED, exceptions, judge
from tests.real_mail import CORPUS

LEAST = {"reply_trimmer": 92, "talon": 100, "crisp_reply": 90}
MOST_LEFT = 0.6  # a patch is answered between its lines, and then the whole of it stays

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no corpus at {CORPUS}")


@pytest.mark.parametrize("source", JUDGED)
def test_the_new_words_of_real_letters_agree(source: str) -> None:
    tally = judge(source, iter(JUDGED[source](CORPUS / source)))
    assert tally.letters
    assert tally.agreement >= LEAST[source], [letter for letter, _, _ in tally.wrong]
    assert not tally.missing, "words of the writer's"


def test_no_word_of_a_writer_is_missing_in_a_conversation() -> None:
    alone, shown = errors_in(CORPUS / "threads" / "openbmc")
    assert alone.letters
    assert not alone.missing, alone.lines
    assert alone.left / alone.history < MOST_LEFT
    assert not shown.missing, shown.lines
    assert shown.left < alone.left


def test_exceptions_are_few_and_have_a_reason() -> None:
    tally = judge("reply_trimmer", iter(JUDGED["reply_trimmer"](CORPUS / "reply_trimmer")))
    assert tally.excepted / tally.letters < 0.03
    assert all(exceptions().values())
