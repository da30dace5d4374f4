"""Which connection is ended when all are taken: rules."""

import math
from dataclasses import dataclass

import pytest

from bridge.ingress.smtp.places.making_room import (
    FORGOTTEN_AFTER,
    REMEMBERED,
    Comings,
    Senders,
    guessing_most,
    least_missed,
    longest_idle,
    longest_letterless,
    of_the_largest,
    returning_most,
)
from contract.door.peer import neighbourhood, network


@dataclass
class Client:
    in_data: bool
    active: float
    peer: str = "10.0.0.1"
    of_use: float = 0.0
    data_began: float = 99.0
    received: int = 0
    put_off: int = 0


def sends(began: float, received: int, peer: str = "10.0.0.1") -> Client:
    """Return a client in the middle of a letter."""
    return Client(True, 99.0, peer, data_began=began, received=received)


@pytest.mark.parametrize(
    ("clients", "makes_room"),
    [
        ([Client(False, 90.0), Client(False, 80.0)], 1),
        ([Client(False, 96.0), Client(False, 99.0)], None),
        ([Client(True, 50.0), Client(False, 94.0)], 1),
        ([Client(True, 30.0), Client(False, 94.0)], 0),
        ([Client(True, 50.0), Client(True, 99.0)], None),
        ([Client(True, 99.0), sends(89.0, 15_000), sends(0.0, 300_000)], 1),
        ([sends(95.0, 0), sends(math.inf, 0)], None),
        ([], None),
    ],
)
def test_who_is_idle_and_a_letter_that_does_not_come_make_room(
    clients: list[Client], makes_room: int | None
) -> None:
    found = longest_idle(clients, now=100.0)
    assert found == (None if makes_room is None else clients[makes_room])


CROWD = [Client(False, 99.0), Client(False, 98.0), Client(True, 1.0)]
ANOTHER = Client(False, 1.0, "10.0.0.2")


SLOW, SLOWER = sends(60.0, 2_000_000), sends(60.0, 1_000_000)
FAST, FRESH = sends(60.0, 4_000_000), sends(98.5, 0)
BEGUN, OURS = sends(97.0, 500_000), sends(math.inf, 1000)
LONELY = sends(0.0, 0, "10.0.0.2")


@pytest.mark.parametrize(
    ("clients", "newcomer", "makes_room"),
    [
        ([*CROWD, ANOTHER], "10.0.0.9", 1),
        ([*CROWD, ANOTHER], "10.0.0.2", 1),
        ([*CROWD, ANOTHER], "10.0.0.1", None),
        ([*CROWD, ANOTHER, ANOTHER], "10.0.0.2", None),
        ([FAST, FRESH, FRESH], "10.0.0.9", None),
        ([FAST, BEGUN, OURS], "10.0.0.9", None),
        ([FAST, FRESH, sends(97.0, 100_000)], "10.0.0.9", 2),
        ([FAST, SLOW, SLOWER, FRESH], "10.0.0.9", 2),
        ([FAST, SLOW, FRESH], "10.0.0.9", 1),
        ([SLOW, SLOWER, *CROWD], "10.0.0.9", 3),
        ([SLOW, SLOWER, LONELY], "10.0.0.9", 1),
        ([LONELY], "10.0.0.9", None),
        ([ANOTHER], "10.0.0.9", None),
        ([], "10.0.0.9", None),
    ],
)
def test_who_has_the_most_makes_room_for_who_has_fewer(
    clients: list[Client], newcomer: str, makes_room: int | None
) -> None:
    found = of_the_largest(clients, newcomer, now=100.0)
    assert found == (None if makes_room is None else clients[makes_room])


@pytest.mark.parametrize(
    ("clients", "makes_room"),
    [
        ([Client(False, 99.9), ANOTHER, Client(False, 99.8)], 2),
        ([SLOW, SLOWER, FRESH, ANOTHER], 1),
        ([FAST, FRESH, OURS], None),
        ([ANOTHER], None),
        ([], None),
    ],
)
def test_who_never_brought_a_letter_makes_room_for_who_did(
    clients: list[Client], makes_room: int | None
) -> None:
    senders = Senders()
    senders.brought(ANOTHER.peer)
    found = least_missed([each for each in clients if each.peer not in senders], now=100.0)
    assert found == (None if makes_room is None else clients[makes_room])


def test_only_so_many_senders_are_remembered_the_last_ones() -> None:
    senders = Senders(most=2)
    for address in ("10.0.0.1", "10.0.0.2", "10.0.0.1", "10.0.0.3"):
        senders.brought(address)
    assert [f"10.0.0.{number}" in senders for number in (1, 2, 3)] == [True, False, True]


def who_talks(in_data: bool, of_use: float) -> Client:
    return Client(in_data, 999.0, of_use=of_use)


@pytest.mark.parametrize(
    ("clients", "makes_room"),
    [
        ([who_talks(False, 870.0), who_talks(False, 800.0), who_talks(False, 900.0)], 1),
        ([who_talks(True, 10.0), who_talks(False, 890.0)], None),
        ([], None),
    ],
)
def test_who_talks_and_brings_no_letter_makes_room(
    clients: list[Client], makes_room: int | None
) -> None:
    """For example with NOOP every few seconds, from as many addresses as there are connections."""
    found = longest_letterless(clients, now=1000.0)
    assert found == (None if makes_room is None else clients[makes_room])


@pytest.mark.parametrize(
    ("address", "near"),
    [
        ("77.88.21.1", "77.88.21.0/24"),
        ("::ffff:77.88.21.1", "77.88.21.0/24"),
        ("2a02:6b8:1:2:a:b:c:d", "2a02:6b8:1::/48"),
        ("", ""),
    ],
)
def test_what_one_owner_may_have_many_addresses_of(address: str, near: str) -> None:
    assert neighbourhood(address) == near


def test_who_guesses_makes_room_before_all_others() -> None:
    guesser = Client(False, 99.0, put_off=3)
    some = [Client(False, 1.0), Client(False, 99.0, put_off=2), guesser]
    assert guessing_most([*some, Client(True, 99.0, put_off=9)]) is guesser
    assert guessing_most([Client(False, 1.0)]) is None


def come(comings: Comings, times: int, *addresses: str) -> None:
    for address in addresses * times:
        comings.came(address, 0.0)


OFTEN, SELDOM = Client(False, 99.0, "10.0.1.1"), Client(False, 1.0, "10.0.2.1")
IN_DATA = sends(98.0, 500_000, "10.0.1.1")


@pytest.mark.parametrize(
    ("clients", "newcomer", "makes_room"),
    [
        ([SELDOM, OFTEN], "10.0.9.9", 1),
        ([SELDOM, OFTEN], "10.0.2.1", 1),
        ([SELDOM, OFTEN], "10.0.1.1", None),
        ([SELDOM, OFTEN], "10.0.1.9", 1),
        ([SELDOM, IN_DATA], "10.0.9.9", None),
        ([SELDOM, sends(60.0, 1000, "10.0.1.1")], "10.0.9.9", 1),
        ([SELDOM, OFTEN, Client(False, 98.0, "10.0.1.1")], "10.0.9.9", 2),
        ([], "10.0.9.9", None),
    ],
)
def test_who_comes_again_and_again_makes_room_for_who_is_new(
    clients: list[Client], newcomer: str, makes_room: int | None
) -> None:
    comings = Comings()
    come(comings, 7, "10.0.1.1")
    come(comings, 2, "10.0.2.1")
    comings.came(newcomer, 0.0)
    found = returning_most(clients, comings, newcomer, now=100.0)
    assert found is (None if makes_room is None else clients[makes_room])


def test_the_addresses_of_one_neighbourhood_are_one_who_comes_again() -> None:
    comings = Comings()
    come(comings, 1, *(f"2001:db8:1:{number:x}::1" for number in range(9)))
    come(comings, 1, "2001:db8:2::1")
    assert comings.of("2001:db8:1:3::1") == (9, 1)
    assert comings.is_oftener("2001:db8:1:3::1", "2001:db8:2::1")
    assert not comings.is_oftener("2001:db8:1:3::1", "2001:db8:1:4::1")


def test_who_brings_a_letter_or_stays_away_for_long_is_as_if_new() -> None:
    comings = Comings()
    come(comings, 5, "10.0.1.1", "10.0.2.1")
    comings.brought("10.0.1.1")
    assert comings.of("10.0.1.1") == (0, 0)
    comings.came("10.0.2.1", FORGOTTEN_AFTER + 1)
    assert comings.of("10.0.2.1") == (1, 1)
    for number in range(REMEMBERED):
        comings.came(f"10.{1 + number // 250}.{number % 250}.1", FORGOTTEN_AFTER + 1)
    assert comings.of("10.0.2.1") == (0, 0)


def test_the_addresses_of_those_present_are_not_read_anew_for_each_that_comes() -> None:
    """It once cost 6 ms each time, so with 600 new clients a second nobody got in."""
    present = [Client(False, 99.0, f"10.{number}.0.1") for number in range(200)]
    comings = Comings()
    returning_most(present, comings, "10.1.0.1", 99.0)
    of_the_largest(present, "10.1.0.1", 99.0)
    before = neighbourhood.cache_info().misses + network.cache_info().misses
    returning_most(present, comings, "10.2.0.1", 99.0)
    of_the_largest(present, "10.2.0.1", 99.0)
    assert neighbourhood.cache_info().misses + network.cache_info().misses == before
