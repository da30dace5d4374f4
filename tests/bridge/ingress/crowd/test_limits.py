"""How much one client may take, and when there is no room: rules."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.ingress.smtp.limits import (
    BYTES_PER_SECOND,
    Connections,
    Room,
    affordable,
    patience,
)
from bridge.spool.capacity import Capacity
from bridge.spool.inventory import Inventory
from bridge.spool.spool import Spool
from contract.doctor.examining import disk_of
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


@pytest.mark.parametrize(
    ("files", "left", "state"),
    [(10**6, 999, "broken"), (10**6, 1000, "look"), (10**6, 10**4, "well"), (0, 0, "well")],
)
def test_a_disk_whose_inodes_are_used_up_has_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: int, left: int, state: str
) -> None:
    """Bytes may still be free. File systems that create inodes as needed report none at all."""
    capacity = Capacity(Spool(tmp_path / "spool").prepare(), 2**30, 0)
    real = os.statvfs

    def used_up(path: Path) -> os.statvfs_result:
        found = [*real(path)]
        found[5], found[7] = files, left  # f_files, f_favail
        return os.statvfs_result(found)

    monkeypatch.setattr(os, "statvfs", used_up)
    assert ("inodes" in capacity.lacks(0)) is (state == "broken")
    found = disk_of(tmp_path, 0)
    assert (found.state, "свободно inode" in found.says.ru) == (state, state != "well")


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
