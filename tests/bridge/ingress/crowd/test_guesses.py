"""How many guesses a guesser gets: the rule, on a clock that is only a number."""

from hypothesis import given
from hypothesis import strategies as st

from bridge.ingress.smtp.password_guesses import REMEMBERED, Guesses

PATIENCE = 10.0


@given(st.integers(1, 50), st.floats(1.0, 100.0))
def test_however_many_connections_guess_at_once_few_guesses_are_answered(
    connections: int, seconds: float
) -> None:
    guesses = Guesses(free=3, first=1.0, longest=60.0)
    turns = [
        guesses.turn("10.0.0.1", tick / 4, PATIENCE)
        for tick in range(int(seconds * 4))
        for _ in range(connections)
    ]
    assert len([turn for turn in turns if turn is not None]) <= 3 + 6 + seconds / 60


def test_pauses_grow_and_end() -> None:
    guesses = Guesses(free=2, first=1.0, longest=8.0)
    waits, now = [], 0.0
    for _ in range(8):
        waits.append(wait := guesses.turn("a", now, PATIENCE) or 0.0)
        now += wait
    assert waits == [0.0, 0.0, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]
    assert guesses.turn("b", now, PATIENCE) == 0.0
    assert guesses.turn("a", now, patience=7.0) is None
    assert guesses.turn("a", now + 4000.0, PATIENCE) == 0.0


def test_who_knows_it_after_all_begins_anew() -> None:
    guesses = Guesses(free=1, first=20.0, longest=20.0)
    assert guesses.turn("a", 0.0, PATIENCE) == 0.0
    assert guesses.turn("a", 0.0, PATIENCE) is None
    guesses.right("a")
    assert guesses.turn("a", 0.0, PATIENCE) == 0.0


def test_memory_is_bounded_and_forgets_who_has_been_quiet_longest() -> None:
    guesses = Guesses(free=1, first=20.0, longest=20.0)
    for number in range(REMEMBERED + 1):
        guesses.turn(str(number), 0.0, PATIENCE)
    assert guesses.turn("0", 0.0, PATIENCE) == 0.0
    assert guesses.turn("9000", 0.0, PATIENCE) is None
