"""The certificate behind STARTTLS."""

import logging
import ssl
from pathlib import Path

log = logging.getLogger(__name__)


class Certificate:
    """A TLS context that follows its files, so that a renewed certificate needs no restart."""

    def __init__(self, chain: Path, key: Path) -> None:
        self._files = (chain, key)
        self._seen = self._times()
        self._context = self._load()

    def current(self) -> ssl.SSLContext:
        """Return the context for the next connection."""
        if (times := self._times()) != self._seen:
            try:
                self._context, self._seen = self._load(), times
            except (OSError, ssl.SSLError) as error:
                log.error("the new certificate is not usable, the old one stays: %s", error)
        return self._context

    def _times(self) -> tuple[float, ...]:
        return tuple(path.stat().st_mtime if path.exists() else 0.0 for path in self._files)

    def _load(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(*self._files)
        return context
