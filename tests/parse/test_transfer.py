"""Content-Transfer-Encoding undone piece by piece gives what it gives at once."""

from base64 import encodebytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.parse.header.block import MAX_BLOCK
from bridge.parse.message import read_letter
from bridge.parse.structure import transfer_encoding
from bridge.parse.structure.mime import MAX_HEAD
from bridge.parse.structure.transfer_encoding import decode

LETTERS = st.lists(st.sampled_from([b"QUJD", b"QQ==", b"Q", b"=", b"\r\n", b"!", b"\xff"]))


@given(LETTERS.map(b"".join), st.integers(1, 9))
def test_the_size_of_a_piece_changes_nothing(content: bytes, piece: int) -> None:
    at_once = decode(content, "base64")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transfer_encoding, "PIECE", piece)
        assert decode(content, "base64") == at_once


@given(st.binary(), st.integers(1, 9))
def test_what_was_encoded_comes_back(content: bytes, piece: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transfer_encoding, "PIECE", piece)
        assert decode(encodebytes(content), "base64") == content


@pytest.mark.parametrize("length", [10, MAX_BLOCK, MAX_HEAD // 2, MAX_HEAD, 2 * MAX_HEAD])
def test_a_large_part_is_cut_where_its_header_ends(length: int) -> None:
    header = b"Content-Type: application/x; name=f\r\nX-Long: " + b"x" * length + b"\r\n\r\n"
    content = b"y" * 3 * MAX_HEAD
    whole = b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n' + header + content
    [part] = read_letter(whole + b"\r\n--b--\r\n").parts
    assert part.content == content
    assert part.attachment.filename == "f"
