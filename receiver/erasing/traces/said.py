"""Which addresses bytes contain, remembered by digest: the next search reads only new bytes.

Bytes never change, so a process decodes each once, however often and for whomever it is asked. In
memory only, and no addresses: of each, eight bytes salted anew by each process. It may say yes for
an address that is not there; then the bytes are read, as for a non-ASCII address.
"""

from collections.abc import Iterable

from contract.reading.written import MOST_PLACES, is_plain, plain_addresses_in

MOST_BYTES = 32 * 1024 * 1024
EACH = 200  # memory taken by an entry without addresses
MOST_ADDRESSES = 20_000  # a list of customers is read each time
_ENDS_OF_DIGESTS = 1 << 16


class SaidInBytes:
    """Remembers which addresses bytes contain; thread-safe."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most = most
        self._taken = 0
        self._known: dict[bytes, bytes] = {}
        self._share = _ENDS_OF_DIGESTS

    def rules_out(self, digest: bytes, address: str) -> bool:
        """Tell whether bytes are known not to contain a canonical address."""
        known = self._known.get(digest)
        return known is not None and is_plain(address) and _salted(address) not in known

    def note(self, digest: bytes, said: "Addresses") -> None:
        """Remember all addresses in the bytes."""
        if said.countless or not self._is_of_share(digest):
            return
        known = self._known[digest] = b"".join(map(_salted, said.found))
        self._taken += EACH + len(known)
        if self._taken > self._most:
            # Not the oldest is dropped: if more is read in turn than fits, nothing would ever be
            # found here.
            self._share //= 2
            self._known = {one: of for one, of in self._known.items() if self._is_of_share(one)}
            self._taken = sum(EACH + len(each) for each in self._known.values())

    def _is_of_share(self, digest: bytes) -> bool:
        return int.from_bytes(digest[-2:]) < self._share


class Addresses:
    """Collects the addresses in the texts of one file or original."""

    def __init__(self) -> None:
        self.found: set[str] = set()
        self.countless = False

    def gather(self, texts: Iterable[str]) -> None:
        """Add the addresses of some texts."""
        for text in texts:
            if not self.countless:
                self.found |= plain_addresses_in(text)
                places = sum(map(text.count, ("@", "%", "&", "\\u0040", "\\x40")))
                self.countless = places > MOST_PLACES or len(self.found) > MOST_ADDRESSES


def _salted(address: str) -> bytes:
    return hash(address).to_bytes(8, signed=True)
