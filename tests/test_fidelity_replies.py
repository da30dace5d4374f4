"""The new words of real letters read as their projects say."""

import pytest

from tests.fidelity.replies import JUDGED, corpus, exceptions, judge

LEAST = {"reply_trimmer": 92, "talon": 100, "crisp_reply": 90}

pytestmark = pytest.mark.skipif(not corpus().is_dir(), reason=f"no corpus at {corpus()}")


@pytest.mark.parametrize("source", JUDGED)
def test_the_new_words_of_real_letters_agree(source: str) -> None:
    tally = judge(source, iter(JUDGED[source](corpus() / source)))
    assert tally.letters
    assert tally.agreement >= LEAST[source], [letter for letter, _, _ in tally.wrong]


def test_exceptions_are_few_and_have_a_reason() -> None:
    tally = judge("reply_trimmer", iter(JUDGED["reply_trimmer"](corpus() / "reply_trimmer")))
    assert tally.excepted / tally.letters < 0.03
    assert all(exceptions().values())
