"""Which addresses bytes say, remembered by their digest: who is sought next reads only what is new.

Bytes never change, so a process decodes each once, however often it is asked, and for whomever. In
memory alone, and no address: of each eight bytes that are salted anew by each process. They may say
yes of an address that is not there; who asks reads the bytes then, as for one that is not of ASCII.
"""

from collections.abc import Iterable

from contract.reading.written import MOST_PLACES, is_plain, plain_addresses_in

MOST_BYTES = 32 * 1024 * 1024
EACH = 200  # bytes that are taken by what says nothing
MOST_ADDRESSES = 20_000  # a list of customers is read each time
_ENDS_OF_DIGESTS = 1 << 16


class SaidInBytes:
    """Remembers what bytes say; of any thread."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most = most
        self._taken = 0
        self._known: dict[bytes, bytes] = {}
        self._share = _ENDS_OF_DIGESTS

    def rules_out(self, digest: bytes, address: str) -> bool:
        """Tell whether bytes are known not to say a canonical address."""
        known = self._known.get(digest)
        return known is not None and is_plain(address) and _salted(address) not in known

    def note(self, digest: bytes, said: "Addresses") -> None:
        """Remember all that bytes say."""
        if said.countless or not self._is_of_share(digest):
            return
        known = self._known[digest] = b"".join(map(_salted, said.found))
        self._taken += EACH + len(known)
        if self._taken > self._most:
            # Not the oldest goes: where more is read in turn than fits nothing would ever be met.
            self._share //= 2
            self._known = {one: of for one, of in self._known.items() if self._is_of_share(one)}
            self._taken = sum(EACH + len(each) for each in self._known.values())

    def _is_of_share(self, digest: bytes) -> bool:
        return int.from_bytes(digest[-2:]) < self._share


class Addresses:
    """Gathers the addresses that the texts of one file or original say."""

    def __init__(self) -> None:
        self.found: set[str] = set()
        self.countless = False

    def gather(self, texts: Iterable[str]) -> None:
        """Add those of some texts."""
        for text in texts:
            if not self.countless:
                self.found |= plain_addresses_in(text)
                places = sum(map(text.count, "@%&"))
                self.countless = places > MOST_PLACES or len(self.found) > MOST_ADDRESSES


def _salted(address: str) -> bytes:
    return hash(address).to_bytes(8, signed=True)
