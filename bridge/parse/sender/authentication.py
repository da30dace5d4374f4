"""Yandex's verdict about the sender on taking the letter in: SPF, DKIM and their alignment.

Each host writes its header fields above those it was given, so only the position tells Yandex's
fields from a forger's. From the top there must be only Yandex's own hops down to the *border*: the
``Received`` line by which a ``*.yandex.net`` host took the letter from a stranger. Between that
line and the ``X-Yandex-Spam`` under it, among fields that only Yandex writes, the
``Authentication-Results`` under the border host's own name (RFC 8601 5) is believed. Everything
else is the sender's, whatever it says.

Two attacks decide the details. A sender may greet as ``x.yandex.net``: so the name that Yandex
found for his address, which stands beside the greeting, counts, and a line of the role ``mxfront``
is always a border. A user of Yandex may submit a letter with a forged border in it, or with a
forged verdict right under the line of submission: so the search ends at the first ``Received`` line
that is no hop within Yandex, that line must say plain SMTP (RFC 3848: no authenticated ``ESMTPSA``,
no ``HTTP``), and a letter submitted at Yandex has no verdict.

All this holds only for letters from Yandex's hosts, which the receiving side knows.
"""

import re
from collections.abc import Sequence
from typing import Final

from bridge.parse.sender.alignment import aligned
from contract.event import Verdict
from contract.yandex import RELAY

Headers = Sequence[tuple[str, str]]

MAX_HOPS: Final = 50
MAX_VALUE: Final = 8000
MAX_RESULTS: Final = 20

FROM_CLAUSE: Final = re.compile(r"^\s*from\s+([^\s()]{1,300})\s*(?:\(([^()]{0,600})\))?", re.I)
BY_CLAUSE: Final = re.compile(r"(?:^|\s)by\s+([^\s()]{1,300})\s*(?:\(([^()]{0,100})\))?", re.I)
WITH_CLAUSE: Final = re.compile(r"\swith\s+(?:E?SMTP|ESMTPS)(?=[\s;]|$)", re.I)
LOOPBACK: Final = re.compile(r"\[(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|(?:IPv6:)?::1)\]\s*$")
COMMENT: Final = re.compile(r"\([^()]*\)")
UNSAFE: Final = re.compile(r"[\"\\()]")
RESULT: Final = re.compile(r"^\s*([a-z0-9-]{1,40})\s*=\s*([a-z]{1,20})\b", re.I)
SPF_DOMAIN: Final = re.compile(r"\bsmtp\.mail(?:from)?\s*=\s*([^\s;]{1,500})", re.I)
DKIM_DOMAIN: Final = re.compile(r"\bheader\.[di]\s*=\s*([^\s;]{1,500})", re.I)
RESULTS: Final = frozenset(
    {"none", "pass", "fail", "softfail", "neutral", "policy", "temperror", "permerror"}
)


def verdicts(headers: Headers, sender: str) -> tuple[Verdict, ...]:
    """Return Yandex's verdict, or () if the letter did not cross Yandex's border.

    ``headers`` are all fields in order, top first. ``sender`` is the address shown as From, for
    alignment, as Yandex gives no DMARC result. ``source`` is the border host. A border without
    results gives the verdict ``none``, never a pass. A letter with several From fields aligns with
    nothing (RFC 7489 6.6.1). Never raises.
    """
    border = _border(headers)
    if border is None:
        return ()
    index, host = border
    results = _results(headers, index + 1, host)
    if sum(name.lower() == "from" for name, _ in headers) > 1:
        sender = ""
    return (_verdict(host, results, sender),)


def _border(headers: Headers) -> tuple[int, str] | None:
    """Return the place of the border line and the host that wrote it; None if there is none."""
    hops = 0
    for index, (name, value) in enumerate(headers):
        if name.lower() != "received":
            continue
        value = " ".join(value[:MAX_VALUE].split())
        origin, receiver = FROM_CLAUSE.match(value), BY_CLAUSE.search(value)
        hops += 1
        if receiver is None or not RELAY.fullmatch(receiver[1]) or hops > MAX_HOPS:
            return None
        if origin is None:
            return None
        if (receiver[2] or "").lower().startswith("mxfront"):
            return index, receiver[1].lower()
        if not _is_within(origin):
            return (index, receiver[1].lower()) if WITH_CLAUSE.search(value) else None
    return None


def _is_within(origin: re.Match[str]) -> bool:
    """Whether the line is a hop within Yandex: greeting and found name are both Yandex's.

    A host also hands letters to itself, from a loopback address.
    """
    found = (origin[2] or "").split()
    if LOOPBACK.search(origin[2] or ""):
        return True
    names = [origin[1], *(word for word in found[:1] if not word.startswith("["))]
    return all(RELAY.fullmatch(name.rstrip(".")) for name in names)


def _results(headers: Headers, start: int, host: str) -> str:
    """Return the results under ``host``'s name between the border and X-Yandex-Spam, or ''.

    The fields there must be ones that Yandex writes; the first other field begins the sender's
    part, and an X-Yandex-Spam below it proves nothing. Yandex repeats the reverse path unescaped,
    and a quoted local part may hold ``; dkim=pass``: results with quotes or odd brackets count as
    none.
    """
    believed = ""
    for name, value in headers[start : start + MAX_HOPS]:
        name = name.lower()
        if name == "x-yandex-spam":
            return believed
        if name == "authentication-results":
            authority, _, results = COMMENT.sub(" ", value[:MAX_VALUE]).partition(";")
            if not believed and authority.lower().split()[:1] == [host]:
                believed = "" if UNSAFE.search(results) else results
        elif not name.startswith("x-yandex-"):
            return ""
    return ""


def _verdict(host: str, results: str, sender: str) -> Verdict:
    """Read ``spf=`` and ``dkim=`` (RFC 8601 2.7); one good signature of several is enough."""
    spf, dkim, agrees = "none", "none", False
    for result in results.split(";")[:MAX_RESULTS]:
        method = RESULT.match(result)
        if method is None or method[2].lower() not in RESULTS:
            continue
        name, value = method[1].lower(), method[2].lower()
        if name == "spf" and spf == "none":
            spf = value
            domain = SPF_DOMAIN.search(result)
        elif name == "dkim":
            dkim = value if dkim != "pass" else dkim
            domain = DKIM_DOMAIN.search(result)
        else:
            continue
        if value == "pass" and domain:
            agrees = agrees or aligned(domain[1].rpartition("@")[2], sender)
    return Verdict(source=host, spf=spf, dkim=dkim, aligned=agrees)
