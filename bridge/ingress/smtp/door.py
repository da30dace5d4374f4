"""The SMTP door as its sessions see it: who may come in, for whom, and with how much.

There are few connections, and even a harmless client may hold them: a server that keeps its
connections open is as bad as an attack. If a new client were simply refused when all are taken, the
first clients could keep everybody out. So an open connection is ended in its favour, the first
found of:

1. a client that guesses recipients or passwords;
2. a client that came much more often than the new one, without a letter;
3. the one that is idle longest;
4. one of the network that holds most connections;
5. the one that has talked longest without a letter;
6. if the new client has brought letters before: one that never did.

A client in the middle of a letter is ended only if its bytes have stopped, or come slowly while it
holds most connections or came too often.

What a client can repeat without end (unknown recipients, logins, handshakes) costs it a growing
pause, and us one line of the log now and then, with the number of lines left out.
"""

import asyncio
import logging
import ssl
from collections.abc import Sequence
from typing import Protocol

from bridge import metrics
from bridge.ingress.smtp.certificate import Certificate
from bridge.ingress.smtp.limits import (
    REFUSAL_PATIENCE,
    Connections,
    Room,
    descriptors_apart,
    share_of_one,
)
from bridge.ingress.smtp.logins import Logins
from bridge.ingress.smtp.password_guesses import Guesses
from bridge.ingress.smtp.places.descriptors import connections_at_once
from bridge.ingress.smtp.places.making_room import (
    Activity,
    Comings,
    Senders,
    guessing_most,
    least_missed,
    longest_idle,
    longest_letterless,
    of_the_largest,
    returning_most,
)
from bridge.ingress.smtp.recipients import Mailboxes
from bridge.ingress.smtp.refused import DoorAnswers
from bridge.reporting.refusals import Refusals
from bridge.settings import BridgeSettings
from bridge.spool.envelope import Delivery
from bridge.spool.intake import Incoming, Intake
from contract.door.peer import network
from contract.door.sparing_log import SparingLog

log = logging.getLogger(__name__)


class OpenSession(Activity, Protocol):
    """The part of a session that the door needs to end it."""

    async def dismiss(self, answer: str) -> None:
        """Send the answer and close the connection."""

    def close(self) -> None:
        """Close the connection."""


class Door:
    """What all sessions share."""

    def __init__(self, settings: BridgeSettings, intake: Intake) -> None:
        self.settings = settings
        self.sessions: set[OpenSession] = set()
        self._intake = intake
        apart = descriptors_apart(settings.courier_concurrency, settings.parse_workers)
        most, descriptors = connections_at_once(wanted := settings.smtp_max_connections, apart)
        enough = f"{descriptors} descriptors are enough for {most} connections, not for {wanted}"
        scarce = f"SMTP_MAX_CONNECTIONS: {enough}: raise `ulimit -n`"
        self._scarcity = scarce if most < wanted else ""
        of_one = settings.smtp_max_connections_per_peer
        if self._scarcity:
            of_one = min(of_one, share_of_one(most))
        self._connections = Connections(most, of_one)
        self._senders = Senders()
        self._comings = Comings()
        self._endings: set[asyncio.Future[None]] = set()
        self._crowds = SparingLog(log, "connections were ended or refused", lines=1)
        self._mailboxes = Mailboxes(settings.mailboxes, settings.postmaster)
        self._strangers = Guesses(free=20, first=0.1, longest=2.0)
        self._refusals = SparingLog(log, "recipients were refused")
        self._handshakes = SparingLog(log, "TLS handshakes failed", lines=1)
        self.logins = Logins(settings.smtp_users)
        self.refusals = Refusals(settings.data_dir / "refusals.json")
        self.answered = DoorAnswers(self.refusals)
        self._certificate = None
        if settings.smtp_tls_cert and settings.smtp_tls_key:
            self._certificate = Certificate(settings.smtp_tls_cert, settings.smtp_tls_key)

    def enter(self, session: OpenSession, peer: str) -> bool:
        """Count a connection; return False if it is refused. ``leave`` must follow in either case.

        If all are taken, another connection may be ended instead: see the module.
        """
        room = self._connections.enter(peer)
        now = asyncio.get_running_loop().time()
        self._comings.came(peer, now)
        goes = self._who_goes_for(peer, now) if room is Room.ALL_TAKEN else None
        metrics.CONNECTIONS.inc()
        if room is not Room.YES:
            metrics.CONNECTIONS_ENDED.inc()
        if goes is not None:
            self.sessions.discard(goes)
            farewell = "421 4.4.2 No letter while others wait, please come again"
            ending = asyncio.ensure_future(goes.dismiss(farewell))
            self._endings.add(ending)
            ending.add_done_callback(self._endings.discard)
            self._crowds.warning("a connection of %s made room for %s", goes.peer, peer)
        elif room is not Room.YES:
            self._crowds.warning("a connection of %s was refused: %s", peer, room.value)
        if room is not Room.YES and goes is None:
            return False
        self.sessions.add(session)
        return True

    def _who_goes_for(self, peer: str, now: float) -> OpenSession | None:
        strangers = [each for each in self.sessions if each.peer not in self._senders]
        return (
            guessing_most(strangers)
            or returning_most(strangers, self._comings, peer, now)
            or longest_idle(self.sessions, now)
            or of_the_largest(self.sessions, peer, now)
            or longest_letterless(self.sessions, now)
            or (least_missed(strangers, now) if peer in self._senders else None)
        )

    def brought_a_letter(self, peer: str) -> None:
        """Remember that letters of this client were taken."""
        self._senders.brought(peer)
        self._comings.brought(peer)

    def leave(self, session: OpenSession, peer: str) -> None:
        """Forget a connection."""
        self.sessions.discard(session)
        metrics.CONNECTIONS.dec()
        self._connections.leave(peer)

    def mailbox(self, recipient: str) -> str | None:
        """Return the mailbox that a recipient stands for."""
        return self._mailboxes.find(recipient)

    def mailboxes_of(self, recipients: Sequence[str]) -> dict[str, list[str]]:
        """Return the mailboxes that recipients stand for, each with its recipients."""
        found: dict[str, list[str]] = {}
        for recipient in recipients:
            if (mailbox := self._mailboxes.find(recipient)) is not None:
                found.setdefault(mailbox, []).append(recipient)
        return found

    def say_what_is_taken(self) -> None:
        """Log each recipient and its mailbox, and whether connections are fewer than set."""
        if self._scarcity:
            log.warning("%s", self._scarcity)
        for recipient, mailbox in self._mailboxes.taken():
            log.info("mail to %s is taken for %s", recipient, mailbox)

    def refused(self, recipient: str, peer: str) -> float | None:
        """Count an unknown recipient and log its domain; ``/trace`` shows the address.

        Return the seconds to delay the refusal, None if the client must come again later.
        """
        now = asyncio.get_running_loop().time()
        pause = self._strangers.turn(network(peer), now, REFUSAL_PATIENCE)
        metrics.RECIPIENTS_REFUSED.inc()
        told = "a recipient at %.200r is not in MAILBOXES: refused, from %s; who: the page's /trace"
        _, _, domain = recipient.rpartition("@") if "@" in recipient else ("", "", "")
        self._refusals.warning(told, domain, peer)
        return pause

    def handshake_failed(self, peer: str, error: BaseException | None) -> None:
        """Log that a TLS handshake failed."""
        reason = getattr(error, "reason", None) or type(error).__name__
        self._handshakes.warning("no TLS with %s: %s", peer, reason)

    async def lacks_room(self, size: int) -> bool:
        """Tell whether there is no room for a letter of ``size`` bytes."""
        try:
            lacking = self._intake.lacks(size)
            if lacking:
                lacking = await asyncio.to_thread(self._intake.still_lacks, size)
        except OSError as error:  # an error in the middle of a letter must not end the session
            lacking = f"the spool cannot be looked into: {error.strerror}"
        if lacking:
            metrics.REFUSED.labels("452").inc()
            log.warning("a letter is told to come later: %s", lacking)
        return bool(lacking)

    def begin(self, deliveries: Sequence[Delivery]) -> Incoming:
        """Return a letter to be filled."""
        return self._intake.begin(deliveries)

    async def keep(self, letter: Incoming) -> bool:
        """Store the letter on disk; return False if that fails. Must not be cancelled."""
        try:
            if letter.in_memory:
                await asyncio.wrap_future(letter.commit_soon())
            else:
                await asyncio.to_thread(letter.commit)
        except OSError as error:
            log.error("a letter could not be kept: %s", error)
            return False
        return True

    def tls_context(self) -> ssl.SSLContext | None:
        """Return the context for STARTTLS, if there is a certificate."""
        return self._certificate.current() if self._certificate else None
