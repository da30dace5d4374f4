"""The room for unverified bodies: bounded in total, and shared by address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receiver.web.bodies import STILL_SECONDS, BodyRoom, Crowded, HeldBody

TOTAL = 100


class Clock:
    """A clock that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Given:
    """A room, a clock, and what gave way, by name."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.room = BodyRoom(TOTAL, self.clock)
        self.gave_way: list[str] = []

    def body(self, address: str, name: str = "") -> HeldBody:
        return self.room.enter(address, lambda: self.gave_way.append(name))


def test_one_address_may_have_it_all() -> None:
    given = Given()
    body = given.body("a")
    for _ in range(10):
        given.room.add(body, bytes(10))
    assert given.room.held == TOTAL
    given.room.leave(body)
    assert given.room.held == 0


def test_who_wants_more_than_there_is_has_to_wait() -> None:
    given = Given()
    first, second = given.body("a", "first"), given.body("a", "second")
    given.room.add(first, bytes(90))
    with pytest.raises(Crowded):
        given.room.add(second, bytes(20))
    given.room.leave(second)
    assert (given.room.held, given.gave_way) == (90, [])


def test_the_address_that_holds_the_most_gives_way_to_others() -> None:
    given = Given()
    bodies = []
    for number in range(3):
        given.clock.now = number
        bodies.append(given.body("hostile", str(number)))
        given.room.add(bodies[-1], bytes(30))
    given.room.add(given.body("courier", "courier"), bytes(20))
    assert given.gave_way == ["0"]  # the one that was still the longest
    assert bodies[0].content() == b""
    with pytest.raises(Crowded):
        given.room.add(bodies[0], b"more")


def test_a_body_that_is_still_gives_way_to_its_own_address() -> None:
    given = Given()
    given.room.add(given.body("a", "still"), bytes(90))
    given.clock.now = STILL_SECONDS
    given.room.add(given.body("a", "moving"), bytes(20))
    assert given.gave_way == ["still"]


def test_an_ipv6_network_is_one_address() -> None:
    given = Given()
    given.room.add(given.body("2001:db8::1", "1"), bytes(40))
    given.clock.now = 0.5
    given.room.add(given.body("2001:db8::2", "2"), bytes(40))
    given.room.add(given.body("192.0.2.1", "other"), bytes(30))
    assert given.gave_way == ["1"]


@given(st.lists(st.integers(0, 300_000), max_size=8))
def test_what_is_held_is_what_came(sizes: list[int]) -> None:
    body = BodyRoom(10**9).enter("a", lambda: None)
    pieces = [bytes([number]) * size for number, size in enumerate(sizes)]
    for piece in pieces:
        body.append(piece)
    assert body.content() == b"".join(pieces)
    body.drop()


STEPS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 60), st.floats(0, 2)), max_size=60)


@given(STEPS)
def test_whatever_comes_the_room_is_never_overfull_and_forgets_nothing(
    steps: list[tuple[int, int, float]],
) -> None:
    given = Given()
    bodies = [given.body(f"address-{number % 3}") for number in range(10)]
    for number, size, seconds in steps:
        given.clock.now += seconds
        body = bodies[number]
        try:
            given.room.add(body, bytes(size))
        except Crowded:
            given.room.leave(body)
            bodies[number] = given.body(body.address)
        living = [each for each in bodies if not each.gave_way]
        assert given.room.held == sum(each.size for each in living) <= TOTAL
        assert all(len(each.content()) == each.size for each in living)
    for body in bodies:
        given.room.leave(body)
    assert given.room.held == 0
