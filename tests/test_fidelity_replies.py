"""The new words of real letters read as their projects say."""

import pytest

from tests.measure.fidelity.replies import JUDGED, exceptions, judge
from tests.real_mail import CORPUS

LEAST = {"reply_trimmer": 92, "talon": 100, "crisp_reply": 90}

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no corpus at {CORPUS}")


@pytest.mark.parametrize("source", JUDGED)
def test_the_new_words_of_real_letters_agree(source: str) -> None:
    tally = judge(source, iter(JUDGED[source](CORPUS / source)))
    assert tally.letters
    assert tally.agreement >= LEAST[source], [letter for letter, _, _ in tally.wrong]


def test_exceptions_are_few_and_have_a_reason() -> None:
    tally = judge("reply_trimmer", iter(JUDGED["reply_trimmer"](CORPUS / "reply_trimmer")))
    assert tally.excepted / tally.letters < 0.03
    assert all(exceptions().values())
