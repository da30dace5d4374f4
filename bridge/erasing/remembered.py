"""Whom a bridge has erased, by salted digests: an archive of before brings his letters back else.

``DATA_DIR/erased.json``, which each archive holds, too. Whoever has it can find out whether a given
address was erased, and nothing else.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Sequence, Set
from dataclasses import asdict, dataclass
from pathlib import Path

from contract.reading.addresses import forms

NAME = "erased.json"
SALT_BYTES = 16


@dataclass(frozen=True)
class ErasedAddress:
    """One erased address: his letters that came until that Unix time are gone for good."""

    salt: str
    digest: str
    until: float


def read(content: bytes) -> list[ErasedAddress]:
    """Return what a file says; raises ValueError if it is none of ours."""
    try:
        return [ErasedAddress(**each) for each in json.loads(content)]
    except TypeError as error:
        raise ValueError(f"{NAME} is damaged: {error}") from None


def known(directory: Path) -> list[ErasedAddress]:
    """Return whom the bridge of a DATA_DIR has erased; raises OSError, ValueError."""
    path = directory / NAME
    return read(path.read_bytes()) if path.exists() else []


def remember(directory: Path, addresses: Iterable[str], now: float) -> None:
    """Note that canonical addresses are erased; raises OSError, ValueError."""
    new = []
    for each in addresses:
        salt = secrets.token_hex(SALT_BYTES)
        new.append(ErasedAddress(salt, _digest(salt, each), now))
    write(directory, [*known(directory), *new])


def write(directory: Path, every: Iterable[ErasedAddress]) -> None:
    """Write the file anew, each digest once; raises OSError."""
    partial = directory / f".{NAME}"
    partial.touch(mode=0o600)
    rows = [asdict(each) for each in dict.fromkeys(every)]
    partial.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    partial.rename(directory / NAME)


def erased_among(addresses: Set[str], came: float, every: Sequence[ErasedAddress]) -> set[str]:
    """Return which canonical addresses were erased after a letter came, by its Unix time."""
    return {
        address
        for address in addresses
        for each in every
        if came <= each.until
        and any(hmac.compare_digest(each.digest, _digest(each.salt, one)) for one in forms(address))
    }


def _digest(salt: str, address: str) -> str:
    return hmac.new(bytes.fromhex(salt), address.encode(), hashlib.sha256).hexdigest()
