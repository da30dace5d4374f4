"""Standard Webhooks 1.0.0 signatures (``v1``, HMAC-SHA256) with several secrets at once.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import binascii
import hashlib
import hmac
import re
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence

TOLERANCE_SECONDS = 300
SAME_SECONDS = 15  # smaller clock differences cannot be told from slow requests
SECRET_PREFIX = "whsec_"  # noqa: S105 - the prefix is public
MAX_SIGNATURES = 20
HOW = f'to make one: echo "{SECRET_PREFIX}$(openssl rand -base64 32)"'

ID = "webhook-id"
TIMESTAMP = "webhook-timestamp"
SIGNATURE = "webhook-signature"

ID_SHAPE = re.compile(r"[!-\-/-~]{1,200}", re.ASCII)
_TIMESTAMP_SHAPE = re.compile(r"[0-9]{1,12}", re.ASCII)


class NotVerified(Exception):
    """The signature headers are missing, malformed, stale or wrong; the text says which."""


class Key:
    """One signing key; its text form is ``whsec_`` and the base64 of 16 to 64 bytes.

    The specification asks for 24 at least; its own example has 18."""

    def __init__(self, secret: str) -> None:
        if not secret.startswith(SECRET_PREFIX):
            raise ValueError(f"a webhook secret starts with {SECRET_PREFIX}; {HOW}")
        try:
            self._bytes = b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
        except (binascii.Error, ValueError):
            raise ValueError(f"a webhook secret is base64 behind {SECRET_PREFIX}; {HOW}") from None
        if not 16 <= len(self._bytes) <= 64:
            raise ValueError(f"a webhook secret holds 16 to 64 bytes in base64; {HOW}")

    def __repr__(self) -> str:
        return "Key(**********)"

    def digest(self, content: bytes) -> bytes:
        """Return the HMAC-SHA256 of ``content``."""
        return hmac.digest(self._bytes, content, hashlib.sha256)

    def digest_in_pieces(self) -> hmac.HMAC:
        """Return an HMAC-SHA256 that is fed content piece by piece."""
        return hmac.new(self._bytes, digestmod=hashlib.sha256)


def new_secret() -> str:
    """Return a fresh secret of 32 random bytes."""
    return SECRET_PREFIX + b64encode(secrets.token_bytes(32)).decode()


def parse_keys(text: str) -> list[Key]:
    """Read white-space separated secrets; raises ValueError if one is malformed, or for none."""
    keys = [Key(word) for word in text.split()]
    if not keys:
        raise ValueError(f"there is no webhook secret in it; {HOW}")
    return keys


def sign(keys: Sequence[Key], event_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Return the three headers for ``body``, signed with the first key.

    ``timestamp`` is the Unix time of this attempt, in seconds.
    """
    digest = keys[0].digest(_signed_content(event_id, str(timestamp), body))
    return {
        ID: event_id,
        TIMESTAMP: str(timestamp),
        SIGNATURE: "v1," + b64encode(digest).decode(),
    }


def sign_with_each(
    keys: Sequence[Key], event_id: str, timestamp: int, body: bytes
) -> dict[str, str]:
    """Return the three headers for ``body``, signed with every key: the verifier knows one."""
    headers = sign(keys, event_id, timestamp, body)
    every = (sign([key], event_id, timestamp, body)[SIGNATURE] for key in keys)
    return headers | {SIGNATURE: " ".join(every)}


class Verification:
    """The check of one signed body: begun with its headers, fed its pieces, finished.

    Wrong headers raise in the constructor, before any byte of the body; of the body only digests
    are kept. ``headers`` must ignore the case of names, or have them in lower case.
    """

    def __init__(self, keys: Iterable[Key], headers: Mapping[str, str], now: float) -> None:
        event_id, timestamp = headers.get(ID, ""), headers.get(TIMESTAMP, "")
        if not ID_SHAPE.fullmatch(event_id):
            raise NotVerified(f"{ID} is missing or malformed")
        if not _TIMESTAMP_SHAPE.fullmatch(timestamp):
            raise NotVerified(f"{TIMESTAMP} is missing or malformed")
        if abs(now - int(timestamp)) > TOLERANCE_SECONDS:
            raise NotVerified(f"{TIMESTAMP} is more than {TOLERANCE_SECONDS} s away from now")
        self._given = _signatures(headers.get(SIGNATURE, ""))
        self._event_id = event_id
        self._digests = [key.digest_in_pieces() for key in keys]
        self.update(_signed_content(event_id, timestamp, b""))

    def update(self, piece: bytes) -> None:
        """Take the next piece of the signed body."""
        for digest in self._digests:
            digest.update(piece)

    def finish(self) -> str:
        """Return the event's id if any key signed the body; raises NotVerified otherwise."""
        expected = [digest.digest() for digest in self._digests]
        matches = [hmac.compare_digest(ours, one) for ours in expected for one in self._given]
        if not any(matches):
            raise NotVerified(f"{SIGNATURE} does not match")
        return self._event_id


def verify(keys: Iterable[Key], headers: Mapping[str, str], body: bytes, now: float) -> str:
    """Return the event's id if any key signed ``body`` lately; raises NotVerified otherwise."""
    check = Verification(keys, headers, now)
    check.update(body)
    return check.finish()


def clocks_differ(headers: Mapping[str, str], now: float) -> float:
    """Return by how many seconds our clock is ahead of the signer's, for a verified request.

    A request takes up to some seconds, and is signed by the second: so little counts as 0.
    """
    seconds = now - int(headers.get(TIMESTAMP, now))
    return seconds if abs(seconds) >= SAME_SECONDS else 0.0


def _signed_content(event_id: str, timestamp: str, body: bytes) -> bytes:
    return b".".join((event_id.encode(), timestamp.encode(), body))


def _signatures(header: str) -> list[bytes]:
    """Return the ``v1`` digests of a header; other versions are ignored, as the spec requires."""
    found = []
    for word in header.split(" ")[:MAX_SIGNATURES]:
        version, comma, encoded = word.partition(",")
        if version == "v1" and comma:
            try:
                found.append(b64decode(encoded.encode("ascii"), validate=True))
            except ValueError:  # binascii.Error and UnicodeEncodeError are ValueErrors
                continue
    if not found:
        raise NotVerified(f"{SIGNATURE} is missing or malformed")
    return found
