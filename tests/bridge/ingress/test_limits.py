"""What one client may take of us, and when there is no room: rules."""

import math
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.ingress.smtp.limits import (
    BYTES_PER_SECOND,
    Connections,
    Room,
    Senders,
    a_stranger,
    affordable,
    longest_idle,
    longest_letterless,
    of_a_crowd,
    patience,
)
from bridge.spool.capacity import Capacity
from bridge.spool.inventory import Inventory
from bridge.spool.spool import Spool
from contract.door.peer import network


@pytest.mark.parametrize(
    ("address", "stands_for"),
    [
        ("77.88.21.1", "77.88.21.1"),
        ("2a02:6b8:0:1:a:b:c:d", "2a02:6b8:0:1::/64"),
        ("2a02:6b8:0:1::1", "2a02:6b8:0:1::/64"),
        ("::ffff:77.88.21.1", "77.88.21.1"),
        ("", ""),
    ],
)
def test_whom_an_address_stands_for(address: str, stands_for: str) -> None:
    assert network(address) == stands_for


def test_connections_are_counted_in_all_and_by_peer() -> None:
    connections = Connections(total=3, per_peer=2)
    many = [connections.enter("10.0.0.1") for _ in range(3)]
    assert many == [Room.YES, Room.YES, Room.NOT_FOR_THIS_PEER]
    connections.leave("10.0.0.1")
    assert connections.enter("10.0.0.2") is Room.YES
    assert connections.enter("10.0.0.3") is Room.ALL_TAKEN
    for address in ("10.0.0.1", "10.0.0.1", "10.0.0.2", "10.0.0.3"):
        connections.leave(address)
    assert [connections.enter("10.0.0.4") for _ in range(2)] == [Room.YES, Room.YES]


@dataclass
class Client:
    in_data: bool
    active: float
    peer: str = "10.0.0.1"
    of_use: float = 0.0
    data_began: float = 99.0
    received: int = 0


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
    found = of_a_crowd(clients, newcomer, now=100.0)
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
    found = a_stranger(clients, senders, now=100.0)
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
    """As with NOOP every few seconds, from as many addresses as there are connections."""
    found = longest_letterless(clients, now=1000.0)
    assert found == (None if makes_room is None else clients[makes_room])


@pytest.mark.parametrize(
    ("wanted", "descriptors", "affordable_"),
    [(200, 1024, 200), (200, 400, 200), (200, 157, 78), (200, 2, 1)],
)
def test_no_more_connections_than_there_are_descriptors_for(
    wanted: int, descriptors: int, affordable_: int
) -> None:
    assert affordable(wanted, descriptors) == affordable_


@given(st.floats(1, 3600), st.integers(0, 2**26), st.floats(0, 10**6))
def test_patience_ends_with_those_who_are_too_slow_on_the_whole(
    timeout: float, received: int, elapsed: float
) -> None:
    seconds = patience(timeout, received, elapsed)
    assert 0 < seconds <= timeout
    assert elapsed + seconds <= timeout + received / BYTES_PER_SECOND + 0.01 or seconds == 0.001


def test_room_is_what_was_counted_and_what_came_in_since(tmp_path: Path) -> None:
    capacity = Capacity(Spool(tmp_path / "spool").prepare(), max_bytes=100, min_free=0)
    capacity.counted(Inventory(waiting_bytes=40, failed_bytes=20))
    assert capacity.lacks(40) == ""
    assert capacity.lacks(41) == "the spool is full"
    capacity.added(30)
    capacity.arriving(10)
    assert capacity.lacks(0) == ""
    assert capacity.lacks(1) == "the spool is full"
    capacity.arriving(-10)
    capacity.counted(Inventory())
    assert capacity.lacks(100) == ""


def test_a_disk_that_is_nearly_full_has_no_room(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool").prepare()
    assert Capacity(spool, 2**62, min_free=2**61).lacks(0) == "the disk is nearly full"
    assert Capacity(spool, 2**62, min_free=0).lacks(0) == ""


@pytest.mark.parametrize("gone", ["", "tmp", "new", "cur", "failed"])
def test_a_spool_that_is_not_there_has_no_room(tmp_path: Path, gone: str) -> None:
    spool = Spool(tmp_path / "spool").prepare()
    capacity = Capacity(spool, 2**30, 0)
    assert capacity.lacks(0) == ""
    shutil.rmtree(spool.root / gone)
    assert capacity.lacks(0).endswith(f"/{gone or 'tmp'} is not there")
    assert (capacity.free() == 0) == (gone == "")
    spool.prepare()
    assert capacity.lacks(0) == ""


def test_a_spool_that_cannot_be_written_to_has_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    capacity = Capacity(Spool(tmp_path / "spool").prepare(), 2**30, 0)
    # To root every directory seems to be writable, but for a disk that is mounted read-only.
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert capacity.lacks(0) == f"{tmp_path}/spool/tmp cannot be written to"
