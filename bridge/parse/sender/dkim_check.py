"""Our own DKIM check (RFC 6376) on the raw bytes, beside Yandex's verdict.

The keys are fetched from DNS beforehand. Every failure is a label, never an exception: the letter
is delivered in any case.
"""

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bridge.parse.sender.alignment import aligned
from contract.event import Verdict

# Keys are given, so a resolver would only make parsing processes larger and slower to start.
sys.modules.setdefault("dkim.dnsplug", None)  # type: ignore[arg-type]
import dkim  # noqa: E402
import dkim.util  # noqa: E402

SOURCE: Final = "bridge"
MAX_SIGNATURES: Final = 5
MAX_SIGNATURE: Final = 8 * 1024
MAX_SIGNED_FIELDS: Final = 100
MAX_HEADER: Final = 256 * 1024
MAX_KEY: Final = 1024

_SIGNATURE: Final = re.compile(
    rb"^DKIM-Signature[ \t]*:((?:[^\r\n]|\r?\n[ \t])*)", re.IGNORECASE | re.MULTILINE
)
_NAME: Final = b"dkim-signature"
_FROM: Final = re.compile(rb"^From[ \t]*:", re.IGNORECASE | re.MULTILINE)
_END: Final = re.compile(rb"\n\r?\n")
_LONG_SPACE: Final = re.compile(rb"\s{100}")
_SPACES: Final = re.compile(rb"[\t ]+")
_STRENGTH: Final = ("pass", "policy", "temperror", "fail", "neutral", "permerror")


@dataclass(frozen=True, slots=True)
class Signature:
    """One DKIM-Signature: its number, its domain, and where its key is published."""

    index: int
    domain: str
    key_name: str
    relaxed_body: bool
    covers_all: bool


def signatures_of(raw: bytes) -> list[Signature]:
    """Read the first five signatures; damaged or oversized ones are left out."""
    return _signatures_in(_header(raw))


def _signatures_in(header: bytes) -> list[Signature]:
    found: list[Signature] = []
    if _NAME not in header.lower():
        return found
    for index, match in enumerate(_SIGNATURE.finditer(header)):
        if index >= MAX_SIGNATURES:
            break
        signature = _read(index, match[1])
        if signature is not None:
            found.append(signature)
    return found


def judge(raw: bytes, sender: str, keys: Mapping[str, bytes | None]) -> Verdict:
    """Verify the first five signatures of ``raw``; ``sender`` is the address shown as From.

    ``keys`` maps a key's name to None if it does not exist; a name without an answer from DNS is
    missing. ``dkim`` in the verdict is ``none`` without a signature, ``pass`` if one is good,
    ``policy`` if one is good but covers only the start of the body (RFC 6376 8.2), ``temperror``
    without an answer from DNS, else ``fail``, ``neutral`` or ``permerror`` (RFC 8601 2.7.1).
    ``aligned`` is true if a good signature's domain is of the sender's organisation.
    """
    header = _header(raw)
    results = [(_result(raw, signature, keys), signature) for signature in _signatures_in(header)]
    if not results:
        unread = _NAME in header.lower() and _SIGNATURE.search(header) is not None
        return Verdict(source=SOURCE, dkim="permerror" if unread else "none")
    best = min((result for result, _ in results), key=_STRENGTH.index)
    single_from = len(_FROM.findall(header)) == 1
    agrees = single_from and any(
        result == "pass" and aligned(signature.domain, sender) for result, signature in results
    )
    return Verdict(source=SOURCE, dkim=best, aligned=agrees)


def _read(index: int, value: bytes) -> Signature | None:
    """Read one field; the bounds keep dkimpy's patterns linear, which backtrack on white space."""
    if len(value) > MAX_SIGNATURE or _LONG_SPACE.search(value):
        return None
    try:
        tags = dkim.util.parse_tag_value(value)
        domain, selector = tags[b"d"].decode("ascii"), tags[b"s"].decode("ascii")
    except (dkim.util.InvalidTagValueList, KeyError, UnicodeDecodeError):
        return None
    if tags.get(b"h", b"").count(b":") >= MAX_SIGNED_FIELDS:
        return None
    name = f"{selector}._domainkey.{domain}."
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,253}", name):
        return None
    return Signature(
        index=index,
        domain=domain,
        key_name=name.lower(),
        relaxed_body=tags.get(b"c", b"").partition(b"/")[2] == b"relaxed",
        covers_all=b"l" not in tags,
    )


def _result(raw: bytes, signature: Signature, keys: Mapping[str, bytes | None]) -> str:
    if signature.key_name not in keys:
        return "temperror"
    key = keys[signature.key_name]
    if key is None or len(key) > MAX_KEY:
        return "permerror"
    try:
        verifier = dkim.DKIM(raw, minkey=1024)
        if signature.relaxed_body:
            verifier.body = _relaxed(verifier.body)
        good = verifier.verify(idx=signature.index, dnsfunc=lambda name, timeout=0: key)
    except (dkim.KeyFormatError, dkim.MessageFormatError):
        return "permerror"
    except (dkim.NaClNotFoundError, dkim.UnknownKeyTypeError):
        return "neutral"
    except dkim.ValidationError:
        return "fail"
    except Exception:  # dkimpy raises anything on hostile input; the verdict is a label
        return "permerror"
    if not good:
        return "fail"
    return "pass" if signature.covers_all else "policy"


def _relaxed(body: bytes) -> bytes:
    """Apply the relaxed body's white space rules (RFC 6376 3.4.4) in linear time, before dkimpy.

    dkimpy's own pattern is quadratic in a run of blanks; afterwards it finds nothing to do.
    """
    *lines, last = body.split(b"\r\n")
    stripped = [_SPACES.sub(b" ", line).rstrip(b" ") for line in lines]
    return b"\r\n".join([*stripped, _SPACES.sub(b" ", last)])


def _header(raw: bytes) -> bytes:
    """Return the header with the line end of its last field, bounded."""
    block = raw[:MAX_HEADER]
    end = _END.search(block)
    return block[: end.start()].removesuffix(b"\r") if end else block
