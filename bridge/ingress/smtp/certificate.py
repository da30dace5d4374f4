"""The certificate behind STARTTLS."""

import logging
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bridge.ingress.refusals import told
from contract.files.text import FileUnreadable, bytes_in

log = logging.getLogger(__name__)

_PEM = ": a text with -----BEGIN …----- in it is needed"
_SWAPPED = "; are SMTP_TLS_CERT and SMTP_TLS_KEY swapped?"
_TOO_WEAK = {
    "KEY_TOO_SMALL": "{chain} is for a key that is too short for OpenSSL ({cause}): have a"
    " certificate issued for a key of RSA with 2048 bits or more, or of ECDSA",
    "MD_TOO_WEAK": "{chain} is signed in a way that is too weak for OpenSSL ({cause}): have it"
    " issued anew, with SHA-256",
}
_OF_OPENSSH = (
    "{path} is a key of OpenSSH, which TLS cannot use: give the key that the certificate was"
    " issued for (PEM)"
)
AGAIN_SECONDS = 60.0
EXPIRES_SOON = timedelta(days=14)
# https://docs.openssl.org/master/man3/X509_STORE_CTX_get_error/
UNFIT = {
    9: "is not valid yet: is the clock right, or is it the certificate of a later time?",
    10: "has expired: have it renewed",
    26: "is for clients alone (extendedKeyUsage): have one issued for servers (serverAuth)",
}


class NotUsable(Exception):
    """A certificate or key is unusable: the setting that names it, and why."""

    def __init__(self, setting: str, why: str) -> None:
        super().__init__(f"{setting}: {why}")
        self.setting = setting
        self.why = why


class Certificate:
    """A TLS context that follows its files, so that a renewed certificate needs no restart."""

    def __init__(self, chain: Path, key: Path) -> None:
        self._files = (chain, key)
        self._seen = self._failed = self._times()
        self._again = 0.0
        self._context = load(*self._files)

    def current(self) -> ssl.SSLContext:
        """Return the context for the next connection.

        New files that are unusable are logged once, and tried again when they change or after
        AGAIN_SECONDS: granting read access need not change a file's time.
        """
        times, now = self._times(), time.monotonic()
        if times != self._seen and (times != self._failed or now >= self._again):
            try:
                self._context, self._seen = load(*self._files), times
                with suppress(OSError):  # changed once more: the next connection warns
                    for sentence in warnings(*self._files):
                        log.warning("%s", sentence)
            except NotUsable as error:
                self._failed, self._again = times, now + AGAIN_SECONDS
                log.error("the new certificate is not usable, the old one stays: %s", error)
        return self._context

    def _times(self) -> tuple[float, ...]:
        return tuple(map(_changed, self._files))


class ExpiryWatch:
    """Watches whether the certificate has expired, expires soon, or is unusable.

    The files are read again only once they have changed.
    """

    def __init__(self, chain: Path, key: Path) -> None:
        self._files = (chain, key)
        self._seen: tuple[float, ...] = ()
        self._end: datetime | None = None
        self._wrong = ""

    def complaint(self) -> str:
        """Return what is wrong now, or an empty text."""
        times = tuple(map(_changed, self._files))
        if times != self._seen:
            self._end, self._wrong = None, ""
            try:
                load(*self._files)
                self._end, self._seen = expires(*self._files), times
            except NotUsable as error:  # a certificate not valid yet becomes valid unchanged
                self._wrong = str(error)
            except OSError as error:
                self._wrong = f"SMTP_TLS_CERT: {self._files[0]}: {error.strerror}"
        return self._wrong or _ending(self._files[0], self._end)


def _ending(chain: Path, end: datetime | None) -> str:
    now = datetime.now(UTC)
    if end is None or end >= now + EXPIRES_SOON:
        return ""
    if end < now:
        return f"SMTP_TLS_CERT: {chain} {UNFIT[10]}"
    return f"SMTP_TLS_CERT: {chain} expires on {end:%Y-%m-%d}"


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def wrong_with(chain: Path, key: Path) -> list[NotUsable]:
    """Return everything that is wrong with a certificate chain and its key (PEM)."""
    try:
        load(chain, key)
    except NotUsable as error:
        return [*_wrong_texts(chain, key)] or [error]
    return []


def load(chain: Path, key: Path) -> ssl.SSLContext:
    """Return the TLS context of a certificate chain and its key (PEM); raises NotUsable."""
    for wrong in _wrong_texts(chain, key):
        raise wrong
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(chain, key, password=lambda: "")
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or str(error)
        for sign, text in _TOO_WEAK.items():
            if sign in reason:
                raise NotUsable("SMTP_TLS_CERT", told(text, chain=chain, cause=reason)) from None
        if "MISMATCH" in reason or reason == "NO_CERTIFICATE_ASSIGNED":
            raise NotUsable(
                "SMTP_TLS_KEY",
                told(
                    "{key} is not the key of {chain}: give the key of the first certificate there",
                    key=key,
                    chain=chain,
                ),
            ) from None
        cause = f" ({reason})" if isinstance(error, ssl.SSLError) and error.reason else ""
        raise NotUsable(
            "SMTP_TLS_CERT",
            told(
                "{chain} with the key {key} cannot be read by OpenSSL{cause}: one of them is cut or"
                " damaged, so copy both anew",
                chain=chain,
                key=key,
                cause=cause,
            ),
        ) from None
    return context


def expires(chain: Path, key: Path) -> datetime | None:
    """Return when a valid certificate expires; raises NotUsable if it is not valid now.

    None if the time cannot be read.
    """
    found = _presented(chain, key).get("notAfter")
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(found)), UTC) if found else None


def warnings(chain: Path, key: Path) -> Iterator[str]:
    """Yield what senders may object to in a usable certificate, such as its end."""
    try:
        end = expires(chain, key)
    except NotUsable as error:
        yield f"{error}; senders that look at it will not use TLS, or not come"
    else:
        if ending := _ending(chain, end):
            yield ending


def names(chain: Path, key: Path) -> list[str]:
    """Return the host names of a certificate; none if they cannot be read."""
    pairs = _presented(chain, key).get("subjectAltName", ())
    return [str(pair[1]) for pair in pairs if isinstance(pair, tuple) and pair[0] == "DNS"]


def _presented(chain: Path, key: Path) -> Mapping[str, Any]:
    """Return the certificate as a client sees it, empty if that fails; raises NotUsable.

    A handshake in memory presents it; the certificate itself is the trust anchor.
    """
    client = ssl.create_default_context(cafile=chain)
    client.check_hostname = False
    client.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        client.wrap_bio(there, back),
        load(chain, key).wrap_bio(back, there, server_side=True),
    ]
    try:
        for end in ends * 3:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
    except ssl.SSLCertVerificationError as error:
        if why := UNFIT.get(error.verify_code):
            raise NotUsable("SMTP_TLS_CERT", f"{chain} {why}") from None
        return {}
    except ssl.SSLError:
        return {}
    return ends[0].getpeercert() or {}


def _wrong_texts(chain: Path, key: Path) -> Iterator[NotUsable]:
    """Yield what is wrong with each file by itself."""
    is_swapped = False
    try:
        certificate = bytes_in(chain).decode("ascii", "replace")
        is_swapped = "PRIVATE KEY" in certificate
        if "-----BEGIN CERTIFICATE-----" not in certificate:
            right = told.word(_SWAPPED if is_swapped else _PEM)
            wrong = told("{path} holds no certificate (PEM){right}", path=chain, right=right)
            yield NotUsable("SMTP_TLS_CERT", wrong)
    except FileUnreadable as error:
        yield NotUsable("SMTP_TLS_CERT", f"{chain}: {error.why}")
    try:
        secret = bytes_in(key).decode("ascii", "replace")
    except FileUnreadable as error:
        yield NotUsable("SMTP_TLS_KEY", f"{key}: {error.why}")
        return
    if "OPENSSH PRIVATE KEY-----" in secret:
        yield NotUsable("SMTP_TLS_KEY", told(_OF_OPENSSH, path=key))
    elif "PRIVATE KEY-----" not in secret:
        right = told.word(_SWAPPED if is_swapped else _PEM)
        wrong = told("{path} holds no private key (PEM){right}", path=key, right=right)
        yield NotUsable("SMTP_TLS_KEY", wrong)
    elif "ENCRYPTED" in secret:
        bare = f"openssl pkey -in {key} -out key.pem"
        wrong = told("{path} is encrypted, and must not be: {command}", path=key, command=bare)
        yield NotUsable("SMTP_TLS_KEY", wrong)
