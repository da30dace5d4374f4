"""The preparation of each letter of an import, before its event is sent in its turn."""

import asyncio
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bridge.courier.attempt import Attempt
from bridge.courier.outcome import Outcome
from bridge.courier.parsing.parse_pool import ParsePool
from bridge.courier.parsing.questions import ParserDied
from bridge.courier.receiver_client import ReceiverClient
from bridge.courier.sender_dns import SenderFacts
from bridge.courier.together import Ready, ready
from bridge.ingress.importer.source import Past
from bridge.spool import disk
from bridge.spool.crlf import wire_form
from bridge.spool.deliveries import Deliveries, delivered
from bridge.spool.envelope import Delivery
from bridge.spool.intake import Intake
from bridge.spool.spool import Waiting, new_id
from bridge.words import texts
from contract.bounds import Direction
from contract.doctor.russian import spoken

LONGEST_PAUSE_SECONDS = 30.0
SAY_EVERY_SECONDS = 5.0  # many letters may wait at a time
TRIES = 8


@dataclass(frozen=True, slots=True)
class Provenance:
    """What is known of all letters: their mailbox and direction.

    ``folder`` is the folder on the mailbox's own server that they come from, if they do.
    """

    mailbox: str
    direction: Direction
    folder: str = ""


class Preparing:
    """Stores letters in the import's spool, has them parsed and uploads their blobs."""

    def __init__(
        self,
        intake: Intake,
        parsers: ParsePool,
        webhook: ReceiverClient,
        told: Provenance,
        say: Callable[[str], None],
    ) -> None:
        self._intake = intake
        self._parsers = parsers
        self._webhook = webhook
        self._told = told
        self._say = say
        self._deliveries = Deliveries.beside(intake.spool.root)
        self._said = -math.inf

    async def keep(self, letter: Past, content: bytes) -> Waiting:
        """Put a letter into the spool; raises OSError."""
        delivery = Delivery(
            id=new_id(),
            mailbox=self._told.mailbox,
            received=letter.came,
            protocol="IMPORT",
            via="import",
            folder=self._told.folder,
            direction=self._told.direction,
        )
        coming = self._intake.begin([delivery])
        content = wire_form(content)
        if coming.hold(content):
            await asyncio.wrap_future(coming.commit_soon())
        else:
            await asyncio.to_thread(self._intake.keep, delivery, content)
        return Waiting(delivery.id, self._intake.spool.path_of(delivery.id), 0.0, len(content))

    async def insist(self, letter: Waiting, failed: Callable[[Attempt], None]) -> Ready | Attempt:
        """Try until the letter is ready, or refused, or was tried often enough.

        ``failed`` is called with what is worth another try, and raises if nothing is.
        """
        for tries in range(1, TRIES + 1):
            result = await self.attempt(letter)
            if isinstance(result, Ready) or result.outcome is not Outcome.RETRY or tries == TRIES:
                break
            failed(result)
            await self.pause(tries, result)
        return result

    async def attempt(self, letter: Waiting) -> Ready | Attempt:
        """Try once; return the letter ready to be sent, or what went wrong."""
        try:
            # No DNS: the keys of old signatures are gone, and the answer would be a guess.
            facts = SenderFacts(from_yandex=bool(self._told.folder))
            parsed = await self._parsers.parse(letter.id, letter.path, facts, letter.size)
            prepared = ready(self._webhook, letter.id, parsed)
            uploaded = await self._webhook.upload(letter.id, prepared.to_upload)
        except ParserDied as error:
            return Attempt(Outcome.RETRY, str(error))
        finally:
            await self._parsers.forget(letter.id)
        return prepared if uploaded.outcome is Outcome.DONE else uploaded

    async def pause(self, tries: int, attempt: Attempt) -> None:
        """Wait after this many failed tries."""
        pause = max(min(0.25 * 2.0**tries, LONGEST_PAUSE_SECONDS), attempt.pause)
        if tries >= 3 and time.monotonic() > self._said + SAY_EVERY_SECONDS:
            self._said = time.monotonic()
            self._say(self._waiting(pause, spoken(attempt.reason[:200])))
        await asyncio.sleep(pause)

    def _waiting(self, seconds: float, why: str) -> str:
        place = self._webhook.place
        return texts(
            "waiting {seconds} s: {why}; Ctrl-C ends it, and the same command goes on from there",
            seconds=f"{seconds:.0f}",
            why=why if place in why else f"{place}: {why}",
        )

    async def settled(self, letters: Sequence[tuple[Waiting, Attempt]]) -> None:
        """Remove the letters that were delivered; keep the others, each with the reason."""
        for letter, _ in letters:
            await self._parsers.settled(letter.id)
        await asyncio.to_thread(self._settle, letters)

    def _settle(self, letters: Sequence[tuple[Waiting, Attempt]]) -> None:
        for letter, attempt in letters:
            if attempt.outcome is Outcome.DONE:
                told = delivered(letter.id, attempt.mailbox, attempt.message_id, attempt.answer)
                self._deliveries.note(told)
                self._intake.spool.remove(letter)
            else:
                disk.sync_file(letter.path)  # it is not to be read from its source again
                self._intake.spool.fail(letter, attempt.reason, time.time())
