"""The certificate behind STARTTLS."""

import logging
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

_PEM = ": a text with -----BEGIN …----- in it is needed"
EXPIRED = 10  # X509_V_ERR_CERT_HAS_EXPIRED, https://docs.openssl.org/master/man3/X509_STORE_CTX_get_error/


class NotUsable(Exception):
    """A certificate or key that cannot be used: whose setting it is, and why."""

    def __init__(self, setting: str, why: str) -> None:
        super().__init__(f"{setting}: {why}")
        self.setting = setting
        self.why = why


class Certificate:
    """A TLS context that follows its files, so that a renewed certificate needs no restart."""

    def __init__(self, chain: Path, key: Path) -> None:
        self._files = (chain, key)
        self._seen = self._times()
        self._context = load(*self._files)

    def current(self) -> ssl.SSLContext:
        """Return the context for the next connection."""
        if (times := self._times()) != self._seen:
            try:
                self._context, self._seen = load(*self._files), times
            except NotUsable as error:
                log.error("the new certificate is not usable, the old one stays: %s", error)
        return self._context

    def _times(self) -> tuple[float, ...]:
        return tuple(path.stat().st_mtime if path.exists() else 0.0 for path in self._files)


def load(chain: Path, key: Path) -> ssl.SSLContext:
    """Return the context of a certificate chain and its key (PEM); raises NotUsable."""
    certificate, secret = _text("SMTP_TLS_CERT", chain), _text("SMTP_TLS_KEY", key)
    swapped = (
        "; are SMTP_TLS_CERT and SMTP_TLS_KEY swapped?" if "PRIVATE KEY" in certificate else ""
    )
    if "-----BEGIN CERTIFICATE-----" not in certificate:
        raise NotUsable("SMTP_TLS_CERT", f"{chain} holds no certificate (PEM){swapped or _PEM}")
    if "PRIVATE KEY-----" not in secret:
        raise NotUsable("SMTP_TLS_KEY", f"{key} holds no private key (PEM){swapped or _PEM}")
    if "ENCRYPTED" in secret:
        bare = f"openssl pkey -in {key} -out key.pem"
        raise NotUsable("SMTP_TLS_KEY", f"{key} is encrypted, and must not be: {bare}")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(chain, key, password=lambda: "")
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or str(error)
        if "MISMATCH" in reason:
            raise NotUsable(
                "SMTP_TLS_KEY",
                f"{key} is not the key of {chain}: give the key of the first certificate there",
            ) from None
        told = f" ({reason})" if isinstance(error, ssl.SSLError) and error.reason else ""
        raise NotUsable(
            "SMTP_TLS_CERT",
            f"{chain} with the key {key} cannot be read by OpenSSL{told}: one of them is cut or"
            " damaged, so copy both anew",
        ) from None
    return context


def expires(chain: Path, key: Path) -> datetime | None:
    """Return when a certificate expires, if that is to come; raises NotUsable if it is over.

    None where it cannot be told.
    """
    found = _presented(chain, key).get("notAfter")
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(found)), UTC) if found else None


def names(chain: Path, key: Path) -> list[str]:
    """Return the host names of a certificate; none where they cannot be told."""
    pairs = _presented(chain, key).get("subjectAltName", ())
    return [str(pair[1]) for pair in pairs if isinstance(pair, tuple) and pair[0] == "DNS"]


def _presented(chain: Path, key: Path) -> Mapping[str, Any]:
    """Return the certificate as a client reads it, nothing where that fails; raises NotUsable.

    It is asked for by a handshake in memory, in which it is itself what is trusted.
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
        if error.verify_code == EXPIRED:
            raise NotUsable("SMTP_TLS_CERT", f"{chain} has expired: have it renewed") from None
        return {}
    except ssl.SSLError:
        return {}
    return ends[0].getpeercert() or {}


def _text(setting: str, path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError as error:
        raise NotUsable(setting, f"{path} cannot be read: {error.strerror}") from None
