"""What sort of letter it is: other projects' letters."""

import pytest

from tests.measure.fidelity.kinds import TARGET, cases, print_threads
from tests.real_mail import CORPUS


@pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no corpus at {CORPUS}")
def test_labelled_letters_of_others() -> None:
    found = list(cases(CORPUS, "sisimai"))
    assert sum(case.agrees for case in found) >= TARGET * len(found)


@pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no corpus at {CORPUS}")
def test_no_letter_of_a_conversation_is_a_machines() -> None:
    """Only each fifth letter is read here; `make fidelity` reads all."""
    assert print_threads(CORPUS, step=5) == 0
