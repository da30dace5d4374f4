"""Files of any size encrypted with a passphrase, in pieces.

A file is a head and pieces. The head: 8 bytes that name the format, 16 of salt for the passphrase
(scrypt, RFC 7914), 16 that tell a wrong passphrase from a damaged file, 16 of salt for the file's
own key (HKDF, RFC 5869). A piece is up to 64 KiB, encrypted and authenticated by ChaCha20-Poly1305
(RFC 8439); its nonce is its number and whether it is the last, so that pieces cannot be left out,
moved or cut off (the STREAM construction, Hoang, Reyhanitabar, Rogaway, Vizár, 2015). The file's
name is authenticated with each, so that no file can stand for another.
"""

import hashlib
import hmac
import io
import os
from functools import cached_property
from typing import TYPE_CHECKING, BinaryIO, Final

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

MAGIC: Final = b"ELSEAL1\n"
SALT: Final = 16
HEAD: Final = len(MAGIC) + 3 * SALT
PIECE: Final = 64 * 1024
TAG: Final = 16
LAST: Final = 0x80
WORK: Final = {"n": 2**15, "r": 8, "p": 1, "maxmem": 64 * 1024 * 1024, "dklen": 32}
SUFFIX: Final = ".sealed"


class NotUnsealed(Exception):
    """A file is cut short, damaged, not sealed, or has another passphrase: the text says which."""


class Seal:
    """A passphrase with a salt, for writing and reading files.

    Reading takes the salt of each file, so that one passphrase reads all that it wrote.
    """

    def __init__(self, passphrase: str, salt: bytes | None = None) -> None:
        self._passphrase = passphrase
        self._salt = salt or os.urandom(SALT)
        self._keys: dict[bytes, bytes] = {}

    def like(self, head: bytes) -> "Seal":
        """Return a seal with the salt of a file, if the passphrase is that of the file.

        Names are then the same. ``head`` are the first bytes of the file.
        """
        if len(head) < HEAD or not self.opens(head):
            return self
        other = Seal(self._passphrase, head[len(MAGIC) : len(MAGIC) + SALT])
        other._keys = self._keys
        return other

    def opens(self, head: bytes) -> bool:
        """Tell whether a file with this head was written with this passphrase."""
        start = len(MAGIC)
        key = self._key(head[start : start + SALT])
        check = head[start + SALT : start + 2 * SALT]
        return head.startswith(MAGIC) and hmac.compare_digest(check, _check(key))

    def name_of(self, name: str) -> str:
        """Return the hidden form of a name that reveals something of the content."""
        return hmac.new(self._own, b"name\0" + name.encode(), hashlib.sha256).hexdigest()

    def writer(self, file: BinaryIO, name: str) -> "SealedWriter":
        """Return a writer that seals what is written to ``file``; ``name`` is the file's."""
        own = os.urandom(SALT)
        file.write(MAGIC + self._salt + _check(self._own) + own)
        return SealedWriter(file, _cipher(self._own, own), name.encode())

    def reader(self, file: BinaryIO, name: str) -> BinaryIO:
        """Return a reader of a sealed file; it, and each read, raises NotUnsealed."""
        head = file.read(HEAD)
        if not head.startswith(MAGIC) or len(head) < HEAD:
            raise NotUnsealed("is not encrypted as a backup is, or cut short")
        if not self.opens(head):
            raise NotUnsealed("was encrypted with another BACKUP_KEY")
        key = self._key(head[len(MAGIC) : len(MAGIC) + SALT])
        pieces = _Pieces(file, _cipher(key, head[-SALT:]), name.encode())
        return io.BufferedReader(pieces, PIECE)

    @cached_property
    def _own(self) -> bytes:
        return self._key(self._salt)

    def _key(self, salt: bytes) -> bytes:
        if salt not in self._keys:
            self._keys[salt] = hashlib.scrypt(self._passphrase.encode(), salt=salt, **WORK)
        return self._keys[salt]


class SealedWriter(io.RawIOBase):
    """Seals what is written; closed without ``finish`` the file counts as cut short."""

    def __init__(self, file: BinaryIO, cipher: "ChaCha20Poly1305", name: bytes) -> None:
        self._file = file
        self._cipher = cipher
        self._name = name
        self._number = 0
        self._waiting = bytearray()

    def writable(self) -> bool:
        """Tell that it is written to."""
        return True

    def write(self, content: "bytes | bytearray | memoryview") -> int:  # type: ignore[override]
        """Write bytes."""
        self._waiting += content
        while len(self._waiting) > PIECE:  # at least one piece is left, to be the last
            self._put(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]
        return len(content)

    def finish(self) -> None:
        """Write the last piece; the file itself stays open."""
        if not self.closed:
            self._put(bytes(self._waiting), last=True)
            super().close()

    def _put(self, piece: bytes, *, last: bool) -> None:
        nonce = _nonce(self._number, last=last)
        self._file.write(self._cipher.encrypt(nonce, piece, self._name))
        self._number += 1


class _Pieces(io.RawIOBase):
    """Reads a sealed file piece by piece."""

    def __init__(self, file: BinaryIO, cipher: "ChaCha20Poly1305", name: bytes) -> None:
        self._file = file
        self._cipher = cipher
        self._name = name
        self._number = 0
        self._next = file.read(PIECE + TAG)
        self._left = b""
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self._left and not self._ended:
            self._left = self._piece()
        count = min(len(buffer), len(self._left))
        buffer[:count] = self._left[:count]
        self._left = self._left[count:]
        return count

    def _piece(self) -> bytes:
        sealed, self._next = self._next, self._file.read(PIECE + TAG)
        self._ended = not self._next
        nonce = _nonce(self._number, last=self._ended)
        self._number += 1
        from cryptography.exceptions import InvalidTag

        try:
            return self._cipher.decrypt(nonce, sealed, self._name)
        except InvalidTag:
            raise NotUnsealed("is cut short, or has other bytes than were written") from None


def sealed_size(size: int) -> int:
    """Return the sealed size of a file of ``size`` bytes."""
    pieces = max(1, -(-size // PIECE))
    return HEAD + size + pieces * TAG


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([LAST if last else 0])


def _check(key: bytes) -> bytes:
    return hmac.digest(key, b"check", "sha256")[:SALT]


def _cipher(key: bytes, own: bytes) -> "ChaCha20Poly1305":
    """Return a file's cipher; its library is loaded here, as a running service does not need it."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    derived = HKDF(hashes.SHA256(), 32, own, b"email-listener sealed file")
    return ChaCha20Poly1305(derived.derive(key))
