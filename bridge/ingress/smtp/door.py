"""The SMTP front door as its sessions see it: who may come in, for whom, and how much.

Places are few, and whoever holds them need not be hostile: a server that keeps connections open is
as good as an attack. Where all are taken, a new client is not simply refused, as then the first to
come would keep everybody out. One of the present goes: who guesses recipients or passwords; else
who came much more often and never with a letter; else who has been idle for longest; else one of
the client that holds the most; else who has talked longest without a letter; and for a client that
has brought letters before, one of those that never did. Who is in the middle of a letter goes only
if its bytes have ceased to come, or come slowly to a client that holds the most or came too often.

What a client can repeat without end, wrong recipients, logins and handshakes, costs it a growing
pause and us one line of the log a while, with the number of those left out.
"""

import asyncio
import logging
import ssl
from collections.abc import Sequence
from typing import Protocol

from bridge import metrics
from bridge.ingress.smtp.answered import DoorAnswers
from bridge.ingress.smtp.certificate import Certificate
from bridge.ingress.smtp.guesses import Guesses
from bridge.ingress.smtp.limits import (
    REFUSAL_PATIENCE,
    Connections,
    Room,
    descriptors_apart,
    share_of_one,
)
from bridge.ingress.smtp.logins import Logins
from bridge.ingress.smtp.places.descriptors import connections_at_once
from bridge.ingress.smtp.places.making_room import (
    Activity,
    Comings,
    Senders,
    least_missed,
    longest_idle,
    longest_letterless,
    of_a_crowd,
    who_comes_again,
    who_guesses,
)
from bridge.ingress.smtp.recipients import Mailboxes
from bridge.reporting.refusals import Refusals
from bridge.settings import BridgeSettings
from bridge.spool.envelope import Delivery
from bridge.spool.intake import Incoming, Intake
from contract.door.peer import network
from contract.door.sparing_log import SparingLog

log = logging.getLogger(__name__)


class OpenSession(Activity, Protocol):
    """What the door must know of a session, to end it."""

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
        """Count a connection; False if it is one too many. ``leave`` follows in either case.

        Where all are taken, one that guesses makes room, or one of whoever has come much more often
        for nothing, or the  one that has been idle for longest, or one of whoever has the most, or
        the one that has  brought no letter for longest; for a client whose letters were taken
        before, one of a client  that has brought none.
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
            who_guesses(strangers)
            or who_comes_again(strangers, self._comings, peer, now)
            or longest_idle(self.sessions, now)
            or of_a_crowd(self.sessions, peer, now)
            or longest_letterless(self.sessions, now)
            or (least_missed(strangers, now) if peer in self._senders else None)
        )

    def brought_a_letter(self, peer: str) -> None:
        """Remember whose letters were taken."""
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
        """Return each mailbox that recipients stand for, and which do."""
        found: dict[str, list[str]] = {}
        for recipient in recipients:
            if (mailbox := self._mailboxes.find(recipient)) is not None:
                found.setdefault(mailbox, []).append(recipient)
        return found

    def say_what_is_taken(self) -> None:
        """Log each recipient and its mailbox, and whether connections are fewer than is wished."""
        if self._scarcity:
            log.warning("%s", self._scarcity)
        for recipient, mailbox in self._mailboxes.taken():
            log.info("mail to %s is taken for %s", recipient, mailbox)

    def refused(self, recipient: str, peer: str) -> float | None:
        """Count a recipient who is not ours, and tell of which domain; ``/trace`` tells who it was.

        Returns the seconds to put the refusal off, None if the client is to come again later.
        """
        now = asyncio.get_running_loop().time()
        pause = self._strangers.turn(network(peer), now, REFUSAL_PATIENCE)
        metrics.RECIPIENTS_REFUSED.inc()
        told = "a recipient at %.200r is not in MAILBOXES: refused, from %s; who: the page's /trace"
        _, _, domain = recipient.rpartition("@") if "@" in recipient else ("", "", "")
        self._refusals.warning(told, domain, peer)
        return pause

    def handshake_failed(self, peer: str, error: BaseException | None) -> None:
        """Tell that TLS with a client did not come about."""
        reason = getattr(error, "reason", None) or type(error).__name__
        self._handshakes.warning("no TLS with %s: %s", peer, reason)

    async def lacks_room(self, size: int) -> bool:
        """Tell whether a letter of ``size`` bytes must be asked to come later."""
        try:
            lacking = self._intake.lacks(size)
            if lacking:
                lacking = await asyncio.to_thread(self._intake.still_lacks, size)
        except OSError as error:  # in the middle of a letter it may not end the dialogue
            lacking = f"the spool cannot be looked into: {error.strerror}"
        if lacking:
            metrics.REFUSED.labels("452").inc()
            log.warning("a letter is told to come later: %s", lacking)
        return bool(lacking)

    def begin(self, deliveries: Sequence[Delivery]) -> Incoming:
        """Return a letter that is to come."""
        return self._intake.begin(deliveries)

    async def keep(self, letter: Incoming) -> bool:
        """Put the letter on disk; False if that failed. Never cancelled."""
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
        """Return the context that STARTTLS offers, if there is a certificate."""
        return self._certificate.current() if self._certificate else None
