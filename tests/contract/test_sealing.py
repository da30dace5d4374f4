"""Sealed data is read only with its passphrase, and only as it was written."""

import subprocess
import sys
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.sealing.seal import HEAD, PIECE, TAG, NotUnsealed, Seal, sealed_size
from tests.servers import ROOT

SEAL = Seal("correct horse battery staple")
NAME = "letters.bson.gz.sealed"
SIZES = (0, 1, 1000, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 17)


def sealed(content: bytes, *, at_once: int = 10_000, name: str = NAME) -> bytes:
    file = BytesIO()
    writer = SEAL.writer(file, name)
    for start in range(0, len(content), at_once):
        writer.write(content[start : start + at_once])
    writer.finish()
    return file.getvalue()


def unsealed(content: bytes, seal: Seal = SEAL, name: str = NAME) -> bytes:
    return seal.reader(BytesIO(content), name).read()


# "Где мой заказ?" under the passphrase above, as the first version sealed it.
OF_BEFORE = (
    "454c5345414c310a000102030405060708090a0b0c0d0e0f2aa9e1685ca21293c586fc6f69887f8349ee1c15e797cd"
    "c5adc4d75602ea3061211d58cad6216b1fd3d880f8c9cb61a827dabf31eeabc7646393bd68238c84981b81d91b272e"
    "9352d6"
)


def test_what_was_sealed_before_is_read() -> None:
    """So its key is made by as much work as ever, which is what a guessed passphrase costs."""
    assert unsealed(bytes.fromhex(OF_BEFORE), name="a.sealed").decode() == "Где мой заказ?"


@pytest.mark.parametrize("size", SIZES)
def test_what_is_read_is_what_was_written(size: int) -> None:
    content = bytes(number % 251 for number in range(size))
    for at_once in (7919, PIECE, 5 * PIECE):
        whole = sealed(content, at_once=at_once)
        assert unsealed(whole) == content
        assert len(whole) == sealed_size(size)
        assert len(content) < 16 or content[:64] not in whole


@pytest.mark.parametrize("size", SIZES)
def test_whatever_is_cut_off_is_noticed(size: int) -> None:
    whole = sealed(bytes(size))
    ends = {0, 1, HEAD - 1, HEAD, HEAD + 1, len(whole) - 1, len(whole) - TAG, len(whole) // 2}
    ends |= {HEAD + number * (PIECE + TAG) for number in range(4)}  # between two pieces
    for end in sorted(each for each in ends if each < len(whole)):
        with pytest.raises(NotUnsealed):
            unsealed(whole[:end])


def test_pieces_can_be_neither_moved_nor_left_out_nor_added() -> None:
    whole = sealed(b"".join(bytes([number]) * PIECE for number in range(3)))
    head = whole[:HEAD]
    pieces = [whole[HEAD + n * (PIECE + TAG) :][: PIECE + TAG] for n in range(3)]
    for order in ((1, 0, 2), (0, 2), (0, 1, 1, 2), (2,), (0, 1, 2, 2)):
        with pytest.raises(NotUnsealed):
            unsealed(head + b"".join(pieces[each] for each in order))


@settings(max_examples=60)
@given(st.data())
def test_any_byte_that_changed_is_noticed(data: st.DataObject) -> None:
    whole = bytearray(sealed(b"a letter" * 10_000))
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(NotUnsealed):
        unsealed(bytes(whole))


def test_another_passphrase_is_told_from_damage() -> None:
    whole = sealed(b"x" * 100)
    with pytest.raises(NotUnsealed, match="another BACKUP_KEY"):
        unsealed(whole, Seal("correct horse battery stapler"))
    with pytest.raises(NotUnsealed, match="cut short"):
        unsealed(whole[:-1])
    with pytest.raises(NotUnsealed, match="not encrypted"):
        unsealed(b"no sealed file at all" * 10)


def test_no_file_can_stand_for_another() -> None:
    with pytest.raises(NotUnsealed):
        unsealed(sealed(b"x", name="facts.bson.gz.sealed"))


def test_the_same_bytes_are_sealed_otherwise_each_time_and_named_alike() -> None:
    one, other = sealed(b"x" * 100), sealed(b"x" * 100)
    assert one[HEAD:] != other[HEAD:]
    again = Seal("correct horse battery staple").like(one[:HEAD])
    assert again.name_of("ab12") == SEAL.name_of("ab12") != "ab12"
    assert Seal("another passphrase").like(one[:HEAD]).name_of("ab12") != SEAL.name_of("ab12")


def test_what_was_not_finished_is_cut_short() -> None:
    file = BytesIO()
    SEAL.writer(file, NAME).write(b"x" * 3 * PIECE)
    with pytest.raises(NotUnsealed):
        unsealed(file.getvalue())


@pytest.mark.parametrize("service", ["bridge.service", "receiver.commands.serve"])
def test_a_service_that_runs_has_no_ciphers_in_memory(service: str) -> None:
    loaded = f"import sys, {service}; print('cryptography' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", loaded], cwd=ROOT, capture_output=True, check=True)
    assert said.stdout == b"False\n"
