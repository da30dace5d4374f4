"""The SMTP front door as its sessions see it: who may come in, for whom, and how much."""

import asyncio
import hmac
import logging
import ssl
from collections.abc import Iterator, Sequence
from typing import Protocol

from bridge import metrics
from bridge.ingress.smtp.certificate import Certificate
from bridge.ingress.smtp.limits import Connections
from bridge.ingress.smtp.recipients import Mailboxes
from bridge.settings import BridgeSettings
from bridge.spool.envelope import Delivery
from bridge.spool.intake import Incoming, Intake
from contract.sparing_log import SparingLog

log = logging.getLogger(__name__)


class OpenSession(Protocol):
    """What the door must know of a session, to end it when the service stops."""

    in_data: bool

    async def dismiss(self, answer: str) -> None:
        """Say why and close the connection."""

    def close(self) -> None:
        """Close the connection."""


class Door:
    """What all sessions share."""

    def __init__(self, settings: BridgeSettings, intake: Intake) -> None:
        self.settings = settings
        self.sessions: set[OpenSession] = set()
        self._intake = intake
        self._connections = Connections(
            settings.smtp_max_connections, settings.smtp_max_connections_per_peer
        )
        self._mailboxes = Mailboxes(settings.mailboxes)
        self._refusals = SparingLog(log, "recipients were refused")
        self._certificate = None
        if settings.smtp_tls_cert and settings.smtp_tls_key:
            self._certificate = Certificate(settings.smtp_tls_cert, settings.smtp_tls_key)

    def enter(self, session: OpenSession, peer: str) -> bool:
        """Count a connection; False if it is one too many. ``leave`` follows in either case."""
        self.sessions.add(session)
        metrics.CONNECTIONS.inc()
        return self._connections.enter(peer)

    def leave(self, session: OpenSession, peer: str) -> None:
        """Forget a connection."""
        self.sessions.discard(session)
        metrics.CONNECTIONS.dec()
        self._connections.leave(peer)

    def mailbox(self, recipient: str) -> str | None:
        """Return the mailbox that a recipient stands for."""
        return self._mailboxes.find(recipient)

    def taken(self) -> Iterator[tuple[str, str]]:
        """Yield each recipient, a domain as ``*@domain``, and the mailbox that it stands for."""
        return self._mailboxes.taken()

    def refused(self, recipient: str, peer: str) -> None:
        """Count a recipient who is not ours, and tell whom the client meant."""
        metrics.RECIPIENTS_REFUSED.inc()
        told = "recipient %.200r is not in MAILBOXES: refused, from %s"
        self._refusals.warning(told, recipient, peer)

    def lacks_room(self, size: int) -> bool:
        """Tell whether a letter of ``size`` bytes must be asked to come later."""
        if lacking := self._intake.lacks(size):
            metrics.REFUSED.labels("452").inc()
            log.warning("a letter is told to come later: %s", lacking)
        return bool(lacking)

    def begin(self, deliveries: Sequence[Delivery]) -> Incoming:
        """Return a letter that is to come, which has yet to be opened."""
        return self._intake.begin(deliveries)

    async def keep(self, letter: Incoming) -> bool:
        """Put the letter on disk; False if that failed. Never cancelled."""
        try:
            await asyncio.to_thread(letter.commit)
        except OSError as error:
            log.error("a letter could not be kept: %s", error)
            return False
        return True

    def knows(self, login: bytes, password: bytes) -> bool:
        """Tell whether this is a user's password, in a time that tells nothing."""
        secret = self.settings.smtp_users.get(login.decode("utf-8", "replace"))
        expected = secret.get_secret_value().encode() if secret else b""
        return hmac.compare_digest(expected, password) and secret is not None

    def tls_context(self) -> ssl.SSLContext | None:
        """Return the context that STARTTLS offers, if there is a certificate."""
        return self._certificate.current() if self._certificate else None
