"""The form of a token: ``el_``, 43 random characters and 6 of a checksum, all base62.

The checksum tells a token from a typing mistake or another secret that a scanner found; it is no
secret itself. Only a token's SHA-256 is stored: 256 random bits need no slow hash.
"""

import hashlib
import hmac
import secrets
import string
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zlib import crc32

PREFIX = "el_"
RANDOM_BYTES = 32
RANDOM_SIGNS, CHECK_SIGNS = 43, 6
NO_DIGEST = "0" * 64
_DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase


def new_token() -> str:
    """Return a fresh token."""
    random = _base62(int.from_bytes(secrets.token_bytes(RANDOM_BYTES)), RANDOM_SIGNS)
    return PREFIX + random + _checksum(random)


def is_token(text: str) -> bool:
    """Tell whether a text has the form of a token, its checksum included."""
    rest = text.removeprefix(PREFIX)
    if len(rest) != RANDOM_SIGNS + CHECK_SIGNS or not set(rest) <= set(_DIGITS):
        return False
    return text.startswith(PREFIX) and _checksum(rest[:RANDOM_SIGNS]) == rest[RANDOM_SIGNS:]


def digest_of(token: str) -> str:
    """Return the stored form of a token: its SHA-256 in hex."""
    return hashlib.sha256(token.encode(errors="surrogateescape")).hexdigest()


def is_good(token: str, kept: Mapping[str, Any] | None, now: datetime) -> bool:
    """Tell whether a token may be used, by what is stored under its digest.

    All checks are made in any case, so that no refusal is faster than another: an unknown token is
    checked like a revoked one.
    """
    found = kept or {"_id": NO_DIGEST, "revoked": None, "expires": None}
    told = (
        kept is not None,
        is_token(token),
        hmac.compare_digest(found["_id"], digest_of(token)),
        is_in_force(found, now),
    )
    return all(told)


def is_in_force(kept: Mapping[str, Any], now: datetime) -> bool:
    """Tell whether a token is neither revoked nor expired, nor suspended by a restore."""
    lasts = kept["expires"] is None or now < kept["expires"]
    return kept["revoked"] is None and lasts and not kept.get("suspended")


def _checksum(random: str) -> str:
    return _base62(crc32(random.encode()), CHECK_SIGNS)


def _base62(number: int, signs: int) -> str:
    found = ""
    for _ in range(signs):
        number, digit = divmod(number, len(_DIGITS))
        found = _DIGITS[digit] + found
    return found
