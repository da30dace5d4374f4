"""Whom this bridge has erased, as salted digests: else an earlier archive would bring letters back.

The file is ``DATA_DIR/erased.json``; each archive holds it, too. Its reader can find out whether a
given address was erased, and nothing else.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Sequence, Set
from dataclasses import asdict, dataclass
from pathlib import Path

from contract.process import CannotStart
from contract.reading.addresses import forms

NAME = "erased.json"
SALT_BYTES = 16
TORN = (
    "{path}: {why}: who was erased here would come back: bring it back from an archive, or move it"
    " away and erase them again"
)


@dataclass(frozen=True)
class ErasedAddress:
    """One erased address: letters of his that came up to this Unix time are gone for good."""

    salt: str
    digest: str
    until: float


def read(content: bytes) -> list[ErasedAddress]:
    """Return the file's content; raises ValueError if it is not ours."""
    try:
        return [ErasedAddress(**each) for each in json.loads(content)]
    except (TypeError, ValueError):
        raise ValueError("it is torn or damaged") from None


def known(directory: Path) -> list[ErasedAddress]:
    """Return the addresses erased by the bridge of this DATA_DIR; raises OSError, CannotStart."""
    path = directory / NAME
    try:
        return read(path.read_bytes())
    except FileNotFoundError:
        return []
    except ValueError as error:
        raise CannotStart(TORN.format(path=path, why=error)) from None


def is_there(directory: Path) -> bool:
    """Tell whether this DATA_DIR says who was erased by its bridge."""
    return (directory / NAME).is_file()


def remember(directory: Path, addresses: Iterable[str], now: float) -> None:
    """Record that canonical addresses are erased; raises OSError, CannotStart."""
    new = []
    for each in addresses:
        salt = secrets.token_hex(SALT_BYTES)
        new.append(ErasedAddress(salt, _digest(salt, each), now))
    write(directory, [*known(directory), *new])


def write(directory: Path, every: Iterable[ErasedAddress]) -> None:
    """Replace the file, with each digest once; raises OSError."""
    partial = directory / f".{NAME}"
    partial.touch(mode=0o600)
    rows = [asdict(each) for each in dict.fromkeys(every)]
    partial.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    partial.rename(directory / NAME)


def erased_among(addresses: Set[str], came: float, every: Sequence[ErasedAddress]) -> set[str]:
    """Return the canonical addresses that were erased after a letter came, by its Unix time."""
    return {
        address
        for address in addresses
        for each in every
        if came <= each.until
        and any(hmac.compare_digest(each.digest, _digest(each.salt, one)) for one in forms(address))
    }


def _digest(salt: str, address: str) -> str:
    return hmac.new(bytes.fromhex(salt), address.encode(), hashlib.sha256).hexdigest()
