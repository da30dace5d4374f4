"""A second opinion on who signed a letter: DKIM (RFC 6376) verified by us on the raw bytes.

The keys are asked of DNS first, all at once and within a time limit; the arithmetic then runs in a
worker, so that neither a slow name server nor a large letter holds anything up. Whatever goes wrong
is a label, never an exception: a letter is delivered with it or without.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Final

import dkim
import dkim.util
import dns.asyncresolver
import dns.exception
import dns.name
import dns.resolver

from bridge.parse.alignment import aligned
from contract.event import Verdict

SOURCE: Final = "bridge"
MAX_SIGNATURES: Final = 5
MAX_SIGNATURE: Final = 8 * 1024
MAX_SIGNED_FIELDS: Final = 100
MAX_HEADER: Final = 256 * 1024
MAX_KEY: Final = 1024
LOOKUP_SECONDS: Final = 5.0
CHECK_SECONDS: Final = 10.0

Lookup = Callable[[str], Awaitable[bytes | None]]
"""From a DNS name to its TXT record, None if there is none; raises if DNS gives no answer."""

_SIGNATURE: Final = re.compile(
    rb"^DKIM-Signature[ \t]*:((?:[^\r\n]|\r?\n[ \t])*)", re.IGNORECASE | re.MULTILINE
)
_FROM: Final = re.compile(rb"^From[ \t]*:", re.IGNORECASE | re.MULTILINE)
_END: Final = re.compile(rb"\r?\n\r?\n")
_LONG_SPACE: Final = re.compile(rb"\s{100}")
_SPACES: Final = re.compile(rb"[\t ]+")
_STRENGTH: Final = ("pass", "policy", "temperror", "fail", "neutral", "permerror")


@dataclass(frozen=True, slots=True)
class Signature:
    """One DKIM-Signature: its place among them, its domain, and where its key is published."""

    index: int
    domain: str
    key_name: str
    relaxed_body: bool
    covers_all: bool


async def verify(
    raw: bytes,
    sender: str,
    lookup: Lookup | None = None,
    executor: Executor | None = None,
    lookup_seconds: float = LOOKUP_SECONDS,
    check_seconds: float = CHECK_SECONDS,
) -> Verdict:
    """Verify the first five signatures of ``raw``; ``sender`` is the address shown as From.

    ``dkim`` in the verdict is ``none`` without a signature, ``pass`` if one is good, ``policy`` if
    one is but covers only the start of the body (RFC 6376 8.2), ``temperror`` if DNS or we were
    too slow, else ``fail``, ``neutral`` or ``permerror`` (RFC 8601 2.7.1). ``aligned`` is true if
    a good signature's domain is of the sender's organisation. Takes at most ``lookup_seconds`` +
    ``check_seconds``; a worker that is out of time goes on in ``executor`` and is not waited for.
    """
    signatures = await asyncio.to_thread(signatures_of, raw)
    if not signatures:
        unread = _SIGNATURE.search(_header(raw)) is not None
        return Verdict(source=SOURCE, dkim="permerror" if unread else "none")
    names = {signature.key_name for signature in signatures}
    keys = await fetch_keys(names, lookup or txt_record, lookup_seconds)
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(check_seconds):
            return await loop.run_in_executor(executor, judge, raw, sender, keys)
    except TimeoutError:
        return Verdict(source=SOURCE, dkim="temperror")
    except Exception:  # a broken worker pool must not stop a delivery
        return Verdict(source=SOURCE, dkim="temperror")


async def fetch_keys(
    names: set[str], lookup: Lookup, seconds: float = LOOKUP_SECONDS
) -> dict[str, bytes | None]:
    """Ask DNS for the keys, all at once; a name without an answer in time is left out."""

    async def one(name: str) -> tuple[str, bytes | None] | None:
        try:
            async with asyncio.timeout(seconds):
                return name, await lookup(name)
        except (TimeoutError, OSError, dns.exception.DNSException, ValueError):
            return None

    answers = await asyncio.gather(*(one(name) for name in sorted(names)[:MAX_SIGNATURES]))
    return dict(answer for answer in answers if answer is not None)


async def txt_record(name: str) -> bytes | None:
    """Ask the system's resolver for a TXT record; several strings are one (RFC 6376 3.6.2.2)."""
    try:
        answer = await dns.asyncresolver.resolve(name, "TXT", lifetime=LOOKUP_SECONDS, search=False)
    except (
        dns.resolver.NXDOMAIN,
        dns.resolver.NoAnswer,
        dns.name.LabelTooLong,
        dns.name.EmptyLabel,
    ):
        return None
    return next((b"".join(record.strings) for record in answer), None)


def signatures_of(raw: bytes) -> list[Signature]:
    """Read the first five signatures; one that is damaged or beyond all measure is left out."""
    found = []
    for index, match in enumerate(_SIGNATURE.finditer(_header(raw))):
        if index >= MAX_SIGNATURES:
            break
        signature = _read(index, match[1])
        if signature is not None:
            found.append(signature)
    return found


def judge(raw: bytes, sender: str, keys: Mapping[str, bytes | None]) -> Verdict:
    """Verify the signatures of ``raw`` with keys already fetched; no I/O, never raises.

    ``keys`` holds None for a key that does not exist and nothing for one that DNS did not answer.
    """
    results = [(_result(raw, signature, keys), signature) for signature in signatures_of(raw)]
    if not results:
        return Verdict(source=SOURCE)
    best = min((result for result, _ in results), key=_STRENGTH.index)
    single_from = len(_FROM.findall(_header(raw))) == 1
    agrees = single_from and any(
        result == "pass" and aligned(signature.domain, sender) for result, signature in results
    )
    return Verdict(source=SOURCE, dkim=best, aligned=agrees)


def _read(index: int, value: bytes) -> Signature | None:
    """Read one field; the bounds keep dkimpy's patterns, which backtrack on white space, linear."""
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
    except Exception:  # dkimpy raises what it likes on hostile input; the verdict is a label
        return "permerror"
    if not good:
        return "fail"
    return "pass" if signature.covers_all else "policy"


def _relaxed(body: bytes) -> bytes:
    """Do the white space of the relaxed body (RFC 6376 3.4.4) in linear time, before dkimpy does.

    dkimpy's own pattern takes the square of a run of blanks; on this text it has nothing to do.
    """
    *lines, last = body.split(b"\r\n")
    stripped = [_SPACES.sub(b" ", line).rstrip(b" ") for line in lines]
    return b"\r\n".join([*stripped, _SPACES.sub(b" ", last)])


def _header(raw: bytes) -> bytes:
    """Return the header block with the line end of its last field, bounded."""
    block = raw[:MAX_HEADER]
    end = _END.search(block)
    return block[: end.start()] if end else block
