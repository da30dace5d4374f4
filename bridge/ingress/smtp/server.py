"""The SMTP front door: listens, knows the open sessions, and says who may come in and how much."""

import asyncio
import hmac
import logging
import ssl
from collections.abc import Sequence

from bridge import metrics
from bridge.ingress.smtp.certificate import Certificate
from bridge.ingress.smtp.limits import Connections
from bridge.ingress.smtp.recipients import Mailboxes
from bridge.ingress.smtp.session import Session
from bridge.ingress.smtp.sparing_log import SparingLog
from bridge.settings import BridgeSettings
from bridge.spool.envelope import Delivery
from bridge.spool.intake import Incoming, Intake

log = logging.getLogger(__name__)

STOP_SECONDS = 30.0


class SmtpServer:
    """What all sessions share."""

    def __init__(
        self,
        settings: BridgeSettings,
        intake: Intake,
    ) -> None:
        self.settings = settings
        self._intake = intake
        self._sessions: set[Session] = set()
        self._connections = Connections(
            settings.smtp_max_connections, settings.smtp_max_connections_per_peer
        )
        self._mailboxes = Mailboxes(settings.mailboxes)
        self._refusals = SparingLog(log, "recipients were refused")
        self._certificate = None
        if settings.smtp_tls_cert and settings.smtp_tls_key:
            self._certificate = Certificate(settings.smtp_tls_cert, settings.smtp_tls_key)

    async def listen(self) -> asyncio.Server:
        """Start to accept connections on the settings' address, and say for whom."""
        for recipient, mailbox in self._mailboxes.taken():
            log.info("mail to %s is taken for %s", recipient, mailbox)
        loop = asyncio.get_running_loop()
        host, port = self.settings.smtp_host, self.settings.smtp_port
        return await loop.create_server(lambda: Session(self), host, port)

    async def stop(self, server: asyncio.Server) -> None:
        """Stop listening, let letters in DATA finish, then close every connection."""
        server.close()
        deadline = asyncio.get_running_loop().time() + STOP_SECONDS
        while self._sessions and asyncio.get_running_loop().time() < deadline:
            idle = [session for session in self._sessions if not session.in_data]
            self._sessions.difference_update(idle)
            farewell = "421 4.3.2 Service is going down"
            await asyncio.gather(*(session.dismiss(farewell) for session in idle))
            await asyncio.sleep(0.05)
        for session in self._sessions:
            session.close()

    def enter(self, session: Session, peer: str) -> bool:
        """Count a connection; False if it is one too many. ``leave`` follows in either case."""
        self._sessions.add(session)
        metrics.CONNECTIONS.inc()
        return self._connections.enter(peer)

    def leave(self, session: Session, peer: str) -> None:
        """Forget a connection."""
        self._sessions.discard(session)
        metrics.CONNECTIONS.dec()
        self._connections.leave(peer)

    def mailbox(self, recipient: str) -> str | None:
        """Return the mailbox that a recipient stands for."""
        return self._mailboxes.find(recipient)

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
