"""Reports every few seconds while the bridge runs, and carries out what the answer asks for.

A receiver that does not know reports, or does not answer, gets them somewhat less often, but soon
enough that a bridge is not shown as silent for a minute after an outage.
"""

import asyncio
import logging
import secrets
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from bridge.courier.attempt import NotAnswered
from bridge.courier.receiver_client import ReceiverClient, connected
from bridge.reporting.refusals import Refusals
from bridge.reporting.report import folders, held, try_now
from bridge.settings import BridgeSettings
from bridge.spool.inventory import Inventory
from bridge.spool.spool import Spool
from bridge.trace.dropped import dropped
from contract import __version__
from contract.bridge.report import PATH, BridgeReport, Orders
from contract.keyring import Keyring

log = logging.getLogger(__name__)

FIRST_SECONDS, REPORT_SECONDS, LONGEST_SECONDS = 2.0, 4.0, 15.0
JSON = "application/json"

State = Callable[[], tuple[Inventory, list[str]]]


class Reporter:
    """Reports one process to a receiver; ``state`` returns what health last saw."""

    def __init__(
        self, settings: BridgeSettings, spool: Spool, refusals: Refusals, door: str, state: State
    ) -> None:
        self._settings = settings
        self._spool = spool
        self._refusals = refusals
        self._door = door
        self._state = state
        self._name = f"{_own_name(settings.data_dir / 'bridge.id')}-{door}"
        self._started = datetime.now(UTC)
        self._known = -1
        self._done: list[str] = []

    async def run(self, receiver: ReceiverClient) -> None:
        """Report until cancelled."""
        pause = FIRST_SECONDS
        while True:
            await asyncio.sleep(pause)
            with suppress(OSError):
                await asyncio.to_thread(self._refusals.save)
            try:
                await self._tell(receiver)
                pause = REPORT_SECONDS
            except (NotAnswered, ValidationError, OSError) as error:
                log.debug("the receiver was not told how the bridge is: %s", error)
                pause = pause_after(pause)

    async def _tell(self, receiver: ReceiverClient) -> None:
        report = await asyncio.to_thread(self._report)
        lines = await receiver.ask_many(PATH, report.model_dump_json().encode(), JSON)
        answer = Orders.model_validate_json(b"".join(lines))
        self._known = answer.refusals_known
        self._done = []
        for order in answer.orders:
            found = await asyncio.to_thread(try_now, self._spool, order.letter)
            log.info("letter %s: %s", order.letter, "tried now, as told" if found else "not here")
            self._done.append(order.id)

    def _report(self) -> BridgeReport:
        inventory, alarms = self._state()
        accounts = self._settings.accounts
        return BridgeReport(
            bridge=self._name,
            host=" ".join(
                dict.fromkeys([socket.gethostname()[:200], self._settings.smtp_hostname])
            ),
            version=__version__,
            started=self._started,
            doors=[self._door, *(["imap"] if accounts and self._door != "imap" else [])],
            mailboxes=sorted(self._settings.mailboxes)[:1000],
            waiting=inventory.waiting,
            waiting_bytes=inventory.waiting_bytes,
            oldest_seconds=int(inventory.oldest),
            failed=inventory.failed,
            alarms=alarms,
            letters=held(self._spool, datetime.now(UTC).timestamp()),
            dropped=dropped(self._settings.data_dir),
            folders=list(folders(self._settings.imap_health)) if accounts else [],
            refusals=self._refusals.since(self._known),
            done=self._done,
        )


def pause_after(pause: float) -> float:
    """Return the pause after a report that was not taken, from the one before (seconds)."""
    return min(2 * max(pause, REPORT_SECONDS), LONGEST_SECONDS)


@asynccontextmanager
async def telling(
    settings: BridgeSettings, spool: Spool, refusals: Refusals, door: str, state: State
) -> AsyncIterator[None]:
    """Report while the block runs, and save the refusals at its end."""
    reporter = Reporter(settings, spool, refusals, door, state)
    url, keys = str(settings.webhook_url), Keyring(settings).current
    async with connected(url, keys, settings.webhook_timeout) as receiver:
        running = asyncio.create_task(reporter.run(receiver))
        try:
            yield
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
            with suppress(OSError):
                refusals.save()


def _own_name(path: Path) -> str:
    """Return the bridge's own name, made once for its directory."""
    with suppress(OSError):
        found = path.read_text(encoding="ascii").strip()
        if len(found) == 16 and all(sign in "0123456789abcdef" for sign in found):
            return found
    made = secrets.token_hex(8)
    with suppress(OSError):
        path.write_text(made + "\n", encoding="ascii")
    return made
